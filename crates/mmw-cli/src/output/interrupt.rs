//! Signals that ask for an end.

use super::registry::unfinished;
use crate::error::{Error, Result};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Set once a signal has come.
static REQUESTED: AtomicBool = AtomicBool::new(false);
/// Set while a command ends by itself when asked to, and keeps what it has.
static FINISHES: AtomicBool = AtomicBool::new(false);
/// How long loops that poll [`Interrupt::requested`] have for an orderly end before the process is ended.
const GRACE: Duration = Duration::from_millis(200);

/// Ctrl-C, SIGTERM, and SIGHUP unless it is ignored (`nohup`).
#[derive(Debug)]
pub(crate) struct Interrupt;

/// Until it is dropped the command ends by itself when asked to.
#[derive(Debug)]
#[must_use = "dropped, it does nothing"]
pub(crate) struct Finishing(());

impl Drop for Finishing {
    fn drop(&mut self) {
        FINISHES.store(false, Ordering::SeqCst);
    }
}

impl Interrupt {
    /// Installs the handler: it raises the flag, waits a moment for an orderly end, then removes the
    /// unfinished files and ends the process with status 130.
    ///
    /// # Errors
    /// Kind `io` when the operating system refuses the handler.
    pub(crate) fn install() -> Result<()> {
        let installed = on_request(|| {
            REQUESTED.store(true, Ordering::SeqCst);
            // A command that finishes by itself has until the second request.
            if FINISHES.swap(false, Ordering::SeqCst) {
                return;
            }
            std::thread::sleep(GRACE);
            let files = unfinished();
            for file in files.iter() {
                let _ = std::fs::remove_file(file);
            }
            let _ = writeln!(std::io::stderr(), "\nmmw: {}", Error::Interrupted);
            std::process::exit(130);
        });
        installed.map_err(|error| mmw_core::Error::invalid("interrupt handler", error).into())
    }

    /// From here on, until what comes back is dropped, the command polls [`Interrupt::requested`] and keeps
    /// what it has; a second request ends it as usual.
    pub(crate) fn finish_on_request() -> Finishing {
        FINISHES.store(true, Ordering::SeqCst);
        Finishing(())
    }

    /// Whether Ctrl-C or SIGTERM has come.
    pub(crate) fn requested() -> bool {
        REQUESTED.load(Ordering::SeqCst)
    }

    /// The flag that Ctrl-C and SIGTERM raise, for loops of a library that take one.
    pub(crate) fn flag() -> &'static AtomicBool {
        &REQUESTED
    }

    /// Nothing, or [`Error::Interrupted`] once Ctrl-C or SIGTERM has come: `Interrupt::check()?` in a loop.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    pub(crate) fn check() -> Result<()> {
        if Self::requested() { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// Calls `handle` on a thread of its own for each signal that asks for an end. One that whoever started the
/// process had it ignore stays ignored.
#[cfg(unix)]
fn on_request(handle: impl Fn() + Send + 'static) -> std::result::Result<(), String> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored_signals();
    let heeded = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let signals = signal_hook::iterator::Signals::new(heeded).map_err(|error| error.to_string())?;
    let wait = move || { signals }.forever().for_each(|_| handle());
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait).map_err(|error| error.to_string())?;
    Ok(())
}

/// A bit for each signal that is ignored, from the first on; none where the system does not say.
#[cfg(unix)]
pub(super) fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(not(unix))]
fn on_request(handle: impl Fn() + Send + 'static) -> std::result::Result<(), String> {
    ctrlc::set_handler(handle).map_err(|error| error.to_string())
}
