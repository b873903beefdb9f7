//! What the tests of several modules share.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A fresh folder that is removed with its contents.
pub(crate) struct TempFolder(PathBuf);

impl TempFolder {
    pub(crate) fn new(name: &str) -> Self {
        static COUNTER: AtomicUsize = AtomicUsize::new(0);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("mmw-{name}-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a Python script prints; `None`, with a line that says so, where there is no Python with NumPy.
pub(crate) fn python(script: &str) -> Option<String> {
    let Ok(output) = Command::new("python3").args(["-c", script]).output() else {
        println!("skipped: no Python here");
        return None;
    };
    if output.status.success() {
        return Some(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("ModuleNotFoundError"), "{message}");
    println!("skipped: no NumPy here");
    None
}
