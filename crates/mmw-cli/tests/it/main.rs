//! The `mmw` command from outside: arguments in, text, files and exit status out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod argument_options;
mod command;
mod comments;
mod comparison;
mod fso;
mod fso_compare;
mod fso_simulation;
mod link;
mod link_budget;
mod link_ladder;
mod link_network;
mod link_options;
mod mimo;
mod mimo_compare;
mod optical;
mod options;
mod radar;
mod radar_compare;
mod radar_edges;
mod radar_hands;
mod radar_interference;
mod radar_layout;
mod radar_options;
mod radar_recordings;
mod radar_sar;
mod radar_sar_doubts;
mod radar_vitals;
mod recording;
mod reproduce;
mod sense;
mod sense_ego;
mod sense_options;
mod sense_slam;
mod snr;
mod snr_files;
mod snr_options;
mod study;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The command, not yet run.
fn mmw(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mmw"));
    command.args(arguments);
    command
}

/// Standard output of a run that must succeed.
fn succeed(arguments: &[&str]) -> String {
    let output = mmw(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A fresh folder that is removed with its contents.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new(name: &str) -> Self {
        static COUNTER: AtomicUsize = AtomicUsize::new(0);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("mmw-it-{name}-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
