//! What a caller lends to a run: where files go, how far it is, and whether it shall end.

use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::{Error, Result};
use mmw_plot::{Format, Picture};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Where a run writes, and who watches it. File names are relative and may hold a folder: `snr/figure-2.svg`.
pub trait Host: Sync {
    /// Writes a whole file, replacing what was there.
    ///
    /// # Errors
    /// Kind `io` naming the file.
    fn write(&self, file: &str, bytes: &[u8]) -> Result<()>;

    /// A file that an earlier run has written, if there is one.
    ///
    /// # Errors
    /// Kind `io` naming the file.
    fn read(&self, file: &str) -> Result<Option<String>>;

    /// Work of so many units begins; units are named by their plural.
    fn begin(&self, total: u64, units: &'static str) {
        let _ = (total, units);
    }

    /// So many more units are done.
    fn advance(&self, units: u64) {
        let _ = units;
    }

    /// The work that began last is done.
    fn end(&self) {}

    /// A flag that ends the run as soon as it is raised.
    fn cancel(&self) -> &AtomicBool;
}

/// A plain folder without anybody who watches.
///
/// # Examples
/// ```
/// use mmw_reproduce::{Folder, Host};
///
/// let folder = Folder::new(std::env::temp_dir().join("mmw-reproduce-doc"));
/// folder.write("radar/note.txt", b"12.8 degrees")?;
/// assert_eq!(folder.read("radar/note.txt")?.as_deref(), Some("12.8 degrees"));
/// assert_eq!(folder.read("radar/other.txt")?, None);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    cancel: AtomicBool,
}

impl Folder {
    /// A folder, which is made with the first file.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), cancel: AtomicBool::new(false) }
    }
}

impl Host for Folder {
    fn write(&self, file: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path.join(file);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, bytes)).map_err(|error| Error::io(&path, "write", &error))
    }

    fn read(&self, file: &str) -> Result<Option<String>> {
        read_file(&self.path.join(file))
    }

    fn cancel(&self) -> &AtomicBool {
        &self.cancel
    }
}

/// The text of a file, if it is there.
///
/// # Errors
/// Kind `io` naming the file.
pub fn read_file(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(path, "read", &error)),
    }
}

/// How a run is done.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// Fewer trials: everything within seconds, with larger statistical errors.
    pub quick: bool,
    /// Seed of all random numbers; the same seed gives the same files.
    pub seed: u64,
    host: &'a dyn Host,
}

impl std::fmt::Debug for Setup<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { quick, seed, .. } = self;
        f.debug_struct("Setup").field("quick", quick).field("seed", seed).finish_non_exhaustive()
    }
}

impl<'a> Setup<'a> {
    /// All trials, seed 1.
    #[must_use]
    pub fn new(host: &'a dyn Host) -> Self {
        Self { quick: false, seed: 1, host }
    }

    pub(crate) fn host(&self) -> &'a dyn Host {
        self.host
    }

    /// Nothing, or kind `cancelled` once the caller wants an end.
    pub(crate) fn check(&self) -> Result<()> {
        if !self.host.cancel().load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(Error::Cancelled { what: "the run".into(), done: 0, total: 1 })
    }

    /// A Monte Carlo run that tells how far it is and ends when the caller wants an end.
    pub(crate) fn trials<R>(
        &self,
        run: MonteCarlo<'_>,
        progress: &Progress<'_>,
        work: impl FnOnce(&MonteCarlo<'_>) -> Result<R>,
    ) -> Result<R> {
        let told = AtomicU64::new(0);
        let report = |done: u64| progress.advance(done.saturating_sub(told.swap(done, Ordering::Relaxed)));
        let result = work(&run.progress(&report).cancel(self.host.cancel()));
        self.check()?;
        result
    }

    /// Begins work that is watched.
    pub(crate) fn progress(&self, total: u64, units: &'static str) -> Progress<'a> {
        self.host.begin(total, units);
        Progress { host: self.host }
    }
}

/// Work under way; dropping ends it.
pub(crate) struct Progress<'a> {
    host: &'a dyn Host,
}

impl Progress<'_> {
    pub(crate) fn advance(&self, units: u64) {
        self.host.advance(units);
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.host.end();
    }
}

/// Pictures into the caller's files.
pub(crate) trait Draw: Picture {
    /// Draws the picture into a file, in the format of its name.
    fn draw(&self, setup: &Setup<'_>, file: impl AsRef<str>) -> Result<()> {
        let file = file.as_ref();
        setup.host().write(file, &self.render(Format::of(Path::new(file))?)?)
    }
}

impl<P: Picture> Draw for P {}
