//! Files that are whole or absent: written beside their target, then renamed over it.
//!
//! Every file under way is listed in one registry. Ctrl-C and SIGTERM remove what the registry lists, while
//! holding it, so that no new file can begin between the clearing and the end of the process.

mod registry;

mod interrupt;

pub(crate) use interrupt::Interrupt;

use crate::error::{Error, Result};
use mmw_core::text::fnv1a;
use registry::unfinished;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Distinguishes files that one process writes to the same target at once.
static COUNTER: AtomicUsize = AtomicUsize::new(0);

/// A file that appears at its path only when [`AtomicFile::commit`] succeeds; dropped before, it leaves
/// nothing. Devices and pipes (`/dev/null`, `/dev/stdout`) are written straight through.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    writer: BufWriter<File>,
    target: PathBuf,
    /// The name while under way; `None` for what is written straight through.
    temporary: Option<PathBuf>,
}

impl AtomicFile {
    /// Begins a file; its folder must exist.
    ///
    /// # Errors
    /// Kind `io` naming `path`, when the folder is missing or closed to us; `usage` for `-`, which elsewhere
    /// is standard input.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        not_a_dash(path)?;
        let refused = |error: std::io::Error| Error::io(path, "create", &error);
        let target = std::fs::canonicalize(path).unwrap_or_else(|_| end_of_links(path));
        if target.is_dir() {
            return Err(refused(std::io::ErrorKind::IsADirectory.into()));
        }
        if target.exists() && !target.is_file() {
            let file = File::options().write(true).open(&target).map_err(refused)?;
            return Ok(Self { writer: BufWriter::new(file), target, temporary: None });
        }
        let Some(name) = target.file_name() else {
            return Err(refused(std::io::ErrorKind::InvalidInput.into()));
        };
        // A name may have 255 bytes.
        let name: String = name.to_string_lossy().chars().take(50).collect();
        let prefix = format!(".{name}.tmp-{}-", machine());
        clear_leftovers(&target, &prefix);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let temporary = target.with_file_name(format!("{prefix}{}-{count}", std::process::id()));
        let mut files = unfinished();
        let file = File::options().write(true).create_new(true).open(&temporary).map_err(refused)?;
        files.insert(temporary.clone());
        Ok(Self { writer: BufWriter::new(file), target, temporary: Some(temporary) })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// Kind `io` naming the file: a full disk, for one.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).map_err(|error| Error::io(&self.target, "write", &error))
    }

    /// Puts the whole file at its path, replacing what was there, whose permissions it keeps.
    ///
    /// # Errors
    /// Kind `io` naming the file; nothing is left behind then.
    pub(crate) fn commit(mut self) -> Result<()> {
        self.writer.flush().map_err(|error| Error::io(&self.target, "write", &error))?;
        let Some(temporary) = &self.temporary else { return Ok(()) };
        let mut files = unfinished();
        put_in_place(temporary, &self.target).map_err(|error| Error::io(&self.target, "create", &error))?;
        files.remove(temporary);
        self.temporary = None;
        Ok(())
    }
}

fn not_a_dash(path: &Path) -> Result<()> {
    match path.as_os_str() == "-" {
        true => Err(Error::Usage("nothing is written to \"-\": name a file, or /dev/stdout".to_owned())),
        false => Ok(()),
    }
}

/// Whether a path is there and is neither a file nor a folder.
pub(crate) fn is_device(path: &Path) -> bool {
    path.exists() && !path.is_file() && !path.is_dir()
}

/// Renames. A file that was there leaves its permissions, and where it has other names (hard links) its
/// contents are replaced under all of them.
fn put_in_place(temporary: &Path, target: &Path) -> std::io::Result<()> {
    let Ok(old) = std::fs::metadata(target) else { return std::fs::rename(temporary, target) };
    std::fs::set_permissions(temporary, old.permissions())?;
    if !has_other_names(&old) {
        return std::fs::rename(temporary, target);
    }
    std::fs::copy(temporary, target)?;
    std::fs::remove_file(temporary)
}

#[cfg(unix)]
fn has_other_names(file: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(file) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &std::fs::Metadata) -> bool {
    false
}

/// Where a path leads that may be a link to what is not there yet.
fn end_of_links(path: &Path) -> PathBuf {
    let mut end = path.to_path_buf();
    for _ in 0..40 {
        let Ok(next) = std::fs::read_link(&end) else { break };
        end = end.parent().unwrap_or(Path::new("")).join(next);
    }
    end
}

/// A word for this machine and its numbering of processes, while it is up: another one's processes may be
/// alive.
fn machine() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let numbering = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let bytes = boot.bytes().chain(numbering.to_string_lossy().bytes().collect::<Vec<_>>());
    format!("{:016x}", fnv1a(bytes))
}

/// Removes what processes of this machine that were killed had under way for this target: temporary names
/// begin with `prefix`, then comes the number of their process. Only where the system says which processes
/// there are.
fn clear_leftovers(target: &Path, prefix: &str) {
    let processes = Path::new("/proc");
    if !processes.join("self").exists() {
        return;
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(std::result::Result::ok) {
        let name = entry.file_name();
        let Some(numbers) = name.to_str().and_then(|name| name.strip_prefix(prefix)) else { continue };
        let process = numbers.split_once('-').and_then(|(process, _)| process.parse::<u32>().ok());
        if process.is_some_and(|process| !processes.join(process.to_string()).exists()) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.writer.seek(to)
    }
}

impl AtomicFile {
    /// Cuts or extends (by zeros) the file to `len` bytes.
    ///
    /// # Errors
    /// Kind `io` naming the file.
    pub(crate) fn set_len(&mut self, len: u64) -> Result<()> {
        let set = self.writer.flush().and_then(|()| self.writer.get_ref().set_len(len));
        set.map_err(|error| Error::io(&self.target, "write", &error))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.writer.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(temporary) = self.temporary.take() {
            let mut files = unfinished();
            let _ = std::fs::remove_file(&temporary);
            files.remove(&temporary);
        }
    }
}

/// Writes a whole file through `fill`.
///
/// # Errors
/// Kind `io` naming the file; nothing is left behind then.
pub(crate) fn save(path: &Path, fill: impl FnOnce(&mut AtomicFile) -> std::io::Result<()>) -> Result<()> {
    let mut file = AtomicFile::create(path)?;
    fill(&mut file).map_err(|error| Error::io(path, "write", &error))?;
    file.commit()
}

/// Writes a whole file of these bytes.
///
/// # Errors
/// As [`save`].
pub(crate) fn save_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    save(path, |file| file.write_all(bytes))
}

/// As [`save_bytes`], and on the disk before it is at its path: a checkpoint outlives a fault of the machine.
///
/// # Errors
/// As [`save`].
pub(crate) fn save_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    save(path, |file| {
        file.write_all(bytes)?;
        file.flush()?;
        match file.temporary {
            Some(_) => file.writer.get_ref().sync_all(),
            None => Ok(()),
        }
    })
}

/// Nothing, if a file can be written there: asked before the work that it is to hold.
///
/// # Errors
/// As [`AtomicFile::create`].
pub(crate) fn probe(path: &Path) -> Result<()> {
    AtomicFile::create(path).map(drop)
}

/// Makes a folder and those above it, unless there.
///
/// # Errors
/// Kind `io` naming the folder, `usage` for `-`.
pub(crate) fn create_folder(path: &Path) -> Result<()> {
    not_a_dash(path)?;
    std::fs::create_dir_all(path).map_err(|error| Error::io(path, "create", &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempFolder;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_only_when_it_is_whole() {
        let folder = TempFolder::new("atomic");
        let path = folder.path().join("map.npy");
        std::fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.append(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()).len(), 2);
        file.commit().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["map.npy"]);
    }

    #[test]
    fn a_failed_or_dropped_file_leaves_nothing() {
        let folder = TempFolder::new("dropped");
        let path = folder.path().join("map.npy");
        drop(AtomicFile::create(&path).unwrap());
        let failed = save(&path, |file| {
            file.write_all(b"half")?;
            Err(std::io::ErrorKind::StorageFull.into())
        });
        let message = failed.unwrap_err().to_string();
        assert!(message.starts_with(&format!("cannot write {}: ", path.display())), "{message}");
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_missing_folder_is_named_by_the_path_that_was_asked_for() {
        let error = save_bytes(Path::new("no/such/folder/x.png"), b"").unwrap_err().to_string();
        assert_eq!(error, "cannot create no/such/folder/x.png: No such file or directory");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_leaves_its_permissions_and_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = TempFolder::new("replaced");
        let [path, other, link] = ["a.csv", "b.csv", "c.csv"].map(|name| folder.path().join(name));
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        save_bytes(&path, b"new").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        std::fs::hard_link(&path, &other).unwrap();
        save_bytes(&path, b"newer").unwrap();
        assert_eq!((std::fs::read(&other).unwrap().as_slice(), mode(&path)), (&b"newer"[..], 0o600));
        // A link to what is not there yet is followed, too.
        std::fs::remove_file(&other).unwrap();
        symlink("b.csv", &link).unwrap();
        save_bytes(&link, b"new").unwrap();
        assert_eq!(std::fs::read_link(&link).unwrap(), Path::new("b.csv"));
        assert_eq!(std::fs::read(&other).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.csv", "b.csv", "c.csv"]);
    }

    #[test]
    fn a_probe_leaves_nothing_and_what_is_there_as_it_is() {
        let folder = TempFolder::new("probe");
        let path = folder.path().join("a.csv");
        probe(&path).unwrap();
        assert!(names(folder.path()).is_empty());
        std::fs::write(&path, "old").unwrap();
        probe(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert!(probe(&folder.path().join("no/a.csv")).is_err() && probe(folder.path()).is_err());
    }

    #[test]
    fn the_longest_name_that_a_file_may_have_is_written() {
        let folder = TempFolder::new("long");
        let name = "x".repeat(255);
        save_bytes(&folder.path().join(&name), b"new").unwrap();
        assert_eq!(names(folder.path()), [name]);
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_written_straight_through_and_a_full_one_is_named() {
        save_bytes(Path::new("/dev/null"), b"x").unwrap();
        let error = save_bytes(Path::new("/dev/full"), b"x").unwrap_err().to_string();
        assert_eq!(error, "cannot write /dev/full: No space left on device");
    }

    /// Names the folder in which the process of the test below writes.
    #[cfg(unix)]
    const CHILD: &str = "MMW_TEST_INTERRUPTED_FOLDER";

    #[cfg(unix)]
    #[test]
    fn an_interrupted_process_leaves_nothing_half_written() {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        use std::io::{BufRead, BufReader, Read};
        use std::process::{Command, Stdio};
        if let Some(folder) = std::env::var_os(CHILD) {
            Interrupt::install().unwrap();
            let mut file = AtomicFile::create(&Path::new(&folder).join("map.npy")).unwrap();
            file.append(b"half").unwrap();
            println!("\nready");
            std::thread::sleep(std::time::Duration::from_secs(60));
            return;
        }
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            // A shell has what it runs in the background ignore SIGINT.
            if interrupt::ignored_signals() >> (signal as i32 - 1) & 1 == 1 {
                println!("skipped: {signal} is ignored here");
                continue;
            }
            let folder = TempFolder::new("interrupted");
            let name = "output::tests::an_interrupted_process_leaves_nothing_half_written";
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", name, "--nocapture"])
                .env(CHILD, folder.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            assert!(lines.map_while(|line| line.ok()).any(|line| line == "ready"));
            assert_eq!(names(folder.path()).len(), 1);
            kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(130));
            let mut message = String::new();
            child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
            assert!(message.contains("mmw: interrupted: nothing half-written"), "{message}");
            assert!(names(folder.path()).is_empty());
        }
    }
}
