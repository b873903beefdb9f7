//! The files under way: what Ctrl-C and SIGTERM remove.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Files under way: the temporary names.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

pub(super) fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    // A set of paths is valid whatever a panicking holder was doing.
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}
