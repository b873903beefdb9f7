//! Areas one by one into the same files, and what stands in the way.

use super::folder;
use mmw_core::{Error, Result};
use mmw_reproduce::{Area, Folder, Host, Report, Setup, read_file, run};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// A folder that is removed with its contents.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        Self(folder(name))
    }

    fn text(&self, file: &str) -> String {
        read_file(&self.0.join(file)).unwrap().unwrap_or_default()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A folder that refuses one file, and can be told to end.
struct Stubborn {
    folder: Folder,
    refused: &'static str,
    cancel: AtomicBool,
}

impl Host for Stubborn {
    fn write(&self, file: &str, bytes: &[u8]) -> Result<()> {
        if file == self.refused {
            return Err(Error::invalid("disk", "is full"));
        }
        self.folder.write(file, bytes)
    }

    fn read(&self, file: &str) -> Result<Option<String>> {
        self.folder.read(file)
    }

    fn cancel(&self) -> &AtomicBool {
        &self.cancel
    }
}

fn run_link(host: &dyn Host, seed: u64) -> Result<Report> {
    let mut setup = Setup::new(host);
    (setup.quick, setup.seed) = (true, seed);
    run(&[Area::Link], &setup)
}

#[test]
fn an_area_leaves_the_others_on_the_page() {
    let here = Temporary::new("areas");
    let host = Folder::new(&here.0);
    let mut setup = Setup::new(&host);
    setup.quick = true;
    run(&[Area::Radar], &setup).unwrap();
    let alone = here.text("index.html");
    assert!(alone.contains("FMCW radar") && !alone.contains("60 GHz path loss and ladders"));

    let report = run_link(&host, 5).unwrap();
    assert_eq!(report.areas.len(), 1, "what comes back is this run");
    let both = here.text("index.html");
    for text in
        ["FMCW radar", "60 GHz path loss and ladders", "seed 1.", "seed 5.", "radar/range_doppler.png"]
    {
        assert!(both.contains(text), "{text}");
    }
    let ledger: Vec<serde_json::Value> = serde_json::from_str(&here.text("ledger.json")).unwrap();
    assert_eq!(ledger.len(), 12 + 23);
    assert_eq!(here.text("ledger.csv").lines().count(), 1 + 12 + 23);
    let all: Report = serde_json::from_str(&here.text("report.json")).unwrap();
    assert_eq!(all.areas.iter().map(|area| area.area).collect::<Vec<_>>(), [Area::Radar, Area::Link]);
    assert_eq!(all.areas[1], report.areas[0]);
}

#[test]
fn a_report_that_cannot_be_read_is_named() {
    let here = Temporary::new("damaged");
    let host = Folder::new(&here.0);
    host.write("snr/report.json", b"{}").unwrap();
    let error = run_link(&host, 1).unwrap_err();
    assert_eq!(error.kind(), "format");
    assert!(error.to_string().starts_with("snr/report.json: "), "{error}");
}

#[test]
fn an_area_that_fails_says_so_on_the_page() {
    let here = Temporary::new("full");
    let cancel = AtomicBool::new(false);
    let host = Stubborn { folder: Folder::new(&here.0), refused: "link/path-loss.svg", cancel };
    let report = run_link(&host, 1).unwrap();
    assert_eq!(report.failures().collect::<Vec<_>>(), [(Area::Link, "disk: is full")]);
    assert!(here.text("index.html").contains("This area stopped: disk: is full"));
}

#[test]
fn a_run_ends_when_it_is_told_to() {
    let here = Temporary::new("cancelled");
    let host = Stubborn { folder: Folder::new(&here.0), refused: "", cancel: AtomicBool::new(false) };
    host.cancel.store(true, Ordering::Relaxed);
    assert_eq!(run_link(&host, 1).unwrap_err().kind(), "cancelled");
    assert!(!here.0.exists());
}
