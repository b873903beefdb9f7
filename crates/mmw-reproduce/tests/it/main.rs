//! The ledger as it comes out of a quick run, broken on purpose, and compared with what the documents say.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod documents;
mod doors;
mod ledger;
mod page;

use mmw_reproduce::{Area, Folder, LedgerRow, Report, Setup, run};
use std::path::PathBuf;
use std::sync::OnceLock;

/// A folder of this process, by name.
fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("mmw-reproduce-{name}-{}", std::process::id()))
}

/// All areas, run once for all tests.
fn report() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| {
        let path = folder("all");
        let host = Folder::new(&path);
        let mut setup = Setup::new(&host);
        setup.quick = true;
        let report = run(Area::ALL, &setup).unwrap();
        std::fs::remove_dir_all(path).unwrap();
        report
    })
}

fn rows() -> Vec<&'static LedgerRow> {
    report().ledger().collect()
}
