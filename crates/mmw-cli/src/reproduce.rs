//! `mmw reproduce`: the tables and figures of the source papers, recomputed.

use crate::error::{Error, Result};
use crate::output::{self, Interrupt};
use crate::progress::{Progress, Unit};
use crate::question::{Readable, show};
use crate::stdout;
use clap::{Args, ValueEnum};
use mmw_reproduce::{Area, Host, Report, Setup, Verdict};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

/// The areas that have something to reproduce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AreaName {
    /// FMCW radar
    Radar,
    /// 60 GHz path loss and ladders
    Link,
    /// MIMO channel and capacity
    Mimo,
    /// SNR estimation of BPSK
    Snr,
    /// Optical links from ground to air
    Fso,
}

impl From<AreaName> for Area {
    fn from(name: AreaName) -> Self {
        match name {
            AreaName::Radar => Self::Radar,
            AreaName::Link => Self::Link,
            AreaName::Mimo => Self::Mimo,
            AreaName::Snr => Self::Snr,
            AreaName::Fso => Self::Fso,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReproduceArgs {
    /// Only this area; all of them by default. The page shows earlier results of the others, too
    #[arg(value_enum)]
    area: Option<AreaName>,

    /// Folder for the page, pictures and tables; made if absent
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    out: PathBuf,

    /// Fewer trials: all pictures and tables within seconds, with larger statistical errors
    #[arg(long)]
    quick: bool,

    /// Seed of all random numbers; the same seed gives the same files
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// Print a summary as one JSON object
    #[arg(long)]
    json: bool,
}

/// The output folder, with a bar on a terminal, ended by Ctrl-C.
struct Output<'a> {
    folder: &'a Path,
    progress: Mutex<Option<Progress>>,
}

impl Output<'_> {
    fn bar(&self, change: impl FnOnce(&mut Option<Progress>)) {
        // A bar is valid whatever a panicking holder was doing.
        change(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Host for Output<'_> {
    fn write(&self, file: &str, bytes: &[u8]) -> mmw_core::Result<()> {
        let path = self.folder.join(file);
        let folder = path.parent().map_or(Ok(()), output::create_folder);
        folder.and_then(|()| output::save_bytes(&path, bytes)).map_err(|error| match error {
            Error::Core(error) => error,
            other => mmw_core::Error::invalid("output", other.to_string()),
        })
    }

    fn read(&self, file: &str) -> mmw_core::Result<Option<String>> {
        mmw_reproduce::read_file(&self.folder.join(file))
    }

    fn begin(&self, total: u64, units: &'static str) {
        self.bar(|bar| *bar = Some(Progress::new(total, Unit::Count(units))));
    }

    fn advance(&self, units: u64) {
        self.bar(|bar| bar.iter().for_each(|bar| bar.advance(units)));
    }

    fn end(&self) {
        self.bar(|bar| *bar = None);
    }

    fn cancel(&self) -> &AtomicBool {
        Interrupt::flag()
    }
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Answer {
    page: PathBuf,
    reproduced: usize,
    corrected: usize,
    not_reproducible: usize,
    /// Rows whose verdict is not the expected one.
    unexpected: usize,
    failed_areas: usize,
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![format!(
            "{}: {} reproduced, {} corrected, {} not reproducible",
            self.page.display(),
            self.reproduced,
            self.corrected,
            self.not_reproducible
        )]
    }
}

pub(crate) fn run(args: &ReproduceArgs) -> Result<()> {
    output::create_folder(&args.out)?;
    let host = Output { folder: &args.out, progress: Mutex::new(None) };
    let mut setup = Setup::new(&host);
    (setup.quick, setup.seed) = (args.quick, args.seed);
    let areas = args.area.map_or_else(|| Area::ALL.to_vec(), |area| vec![area.into()]);
    let report = mmw_reproduce::run(&areas, &setup).map_err(|error| match error {
        mmw_core::Error::Cancelled { .. } => Error::Interrupted,
        error => error.into(),
    })?;
    for (area, error) in report.failures() {
        stdout::warn(&format!("{area}: {error}"));
    }
    for (area, row) in report.surprises() {
        let (area, item, verdict, pinned) = (area.area, &row.item, row.verdict, row.pinned);
        stdout::warn(&format!("{area}: {item}: {verdict} instead of {pinned}; test {}", row.test));
    }
    let summary = Answer {
        page: args.out.join("index.html"),
        reproduced: report.count(Verdict::Reproduced),
        corrected: report.count(Verdict::Corrected),
        not_reproducible: report.count(Verdict::NotReproducible),
        unexpected: report.surprises().count(),
        failed_areas: report.failures().count(),
    };
    show(&summary, args.json)?;
    outcome(&summary, &report)
}

/// Whether all went well.
fn outcome(summary: &Answer, report: &Report) -> Result<()> {
    match (summary.failed_areas, summary.unexpected) {
        (0, 0) => Ok(()),
        (0, failed) => Err(Error::Partial { failed, total: report.ledger().count(), unit: "rows" }),
        (failed, _) => Err(Error::Partial { failed, total: report.areas.len(), unit: "areas" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unexpected_verdict_ends_with_status_1_and_so_does_a_failed_area() {
        let end = |unexpected, failed_areas| {
            let page = PathBuf::new();
            let summary =
                Answer { page, reproduced: 1, corrected: 0, not_reproducible: 0, unexpected, failed_areas };
            outcome(&summary, &Report::default()).err().map(|error| error.to_string())
        };
        assert_eq!(end(0, 0), None);
        assert_eq!(end(2, 0).as_deref(), Some("2 of 0 rows failed"));
        assert_eq!(end(2, 1).as_deref(), Some("1 of 0 areas failed"));
    }
}
