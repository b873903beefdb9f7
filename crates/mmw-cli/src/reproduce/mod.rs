//! `mmw reproduce`: the tables and figures of the source papers, recomputed.
//!
//! An area hands over [`Section`]s; what is common to all areas happens here: tables as CSV, the ledger as
//! JSON and CSV, everything as `report.json`, and a page that shows it.

mod fso;
mod ledger;
mod link;
mod mimo;
mod page;
mod radar;
mod section;
mod snr;

pub(crate) use ledger::{LedgerRow, Verdict};
pub(crate) use section::{Figure, Section, Table};

use crate::error::{Error, Result};
use crate::output::{self, Interrupt};
use crate::{json, stdout};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// The areas that have something to reproduce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AreaName {
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

impl AreaName {
    fn name(self) -> &'static str {
        match self {
            Self::Radar => "radar",
            Self::Link => "link",
            Self::Mimo => "mimo",
            Self::Snr => "snr",
            Self::Fso => "fso",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Radar => "FMCW radar",
            Self::Link => "60 GHz path loss and ladders",
            Self::Mimo => "MIMO channel and capacity",
            Self::Snr => "SNR estimation of BPSK",
            Self::Fso => "Optical links from ground to air",
        }
    }

    fn run(self, setup: &Setup) -> Result<Vec<Section>> {
        match self {
            Self::Radar => radar::run(setup),
            Self::Link => link::run(setup),
            Self::Mimo => mimo::run(setup),
            Self::Snr => snr::run(setup),
            Self::Fso => fso::run(setup),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReproduceArgs {
    /// Only this area; all of them by default
    #[arg(value_enum)]
    area: Option<AreaName>,

    /// Folder for the page, pictures and tables; made if absent
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,

    /// Fewer trials: all pictures and tables within seconds, with larger statistical errors
    #[arg(long)]
    quick: bool,

    /// Seed of all random numbers; the same seed gives the same files
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Print a summary as one JSON object
    #[arg(long)]
    json: bool,
}

/// What an area needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// The output folder; it exists.
    pub(crate) out: PathBuf,
    /// Whether to take fewer trials.
    pub(crate) quick: bool,
    /// Seed of all random numbers.
    pub(crate) seed: u64,
}

/// What one area came to.
#[derive(Debug, Serialize)]
pub(crate) struct AreaReport {
    area: AreaName,
    sections: Vec<Section>,
    /// Why the area stopped, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Everything, as `report.json` and the page show it.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    command: String,
    version: &'static str,
    seed: u64,
    quick: bool,
    areas: Vec<AreaReport>,
}

impl Report {
    fn ledger(&self) -> Vec<&LedgerRow> {
        self.areas.iter().flat_map(|area| &area.sections).flat_map(|section| &section.ledger).collect()
    }

    fn count(&self, word: &str) -> usize {
        self.ledger().iter().filter(|row| row.verdict.word() == word).count()
    }
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Summary {
    page: PathBuf,
    reproduced: usize,
    corrected: usize,
    not_reproducible: usize,
    failed_areas: usize,
}

pub(crate) fn run(args: &ReproduceArgs) -> Result<()> {
    output::create_folder(&args.out)?;
    let setup = Setup { out: args.out.clone(), quick: args.quick, seed: args.seed };
    let names = args.area.map_or_else(|| AreaName::value_variants().to_vec(), |area| vec![area]);
    let mut areas = Vec::new();
    for area in names {
        Interrupt::check()?;
        areas.push(run_area(area, &setup)?);
    }
    let report = Report {
        command: command(args),
        version: env!("CARGO_PKG_VERSION"),
        seed: args.seed,
        quick: args.quick,
        areas,
    };
    save(&report, &setup)?;

    let summary = Summary {
        page: args.out.join("index.html"),
        reproduced: report.count("reproduced"),
        corrected: report.count("corrected"),
        not_reproducible: report.count("not_reproducible"),
        failed_areas: report.areas.iter().filter(|area| area.error.is_some()).count(),
    };
    if args.json {
        stdout::print_json(&summary)?;
    } else {
        stdout::print_line(&format!(
            "{}: {} reproduced, {} corrected, {} not reproducible",
            summary.page.display(),
            summary.reproduced,
            summary.corrected,
            summary.not_reproducible
        ))?;
    }
    match summary.failed_areas {
        0 => Ok(()),
        failed => Err(Error::Partial { failed, total: report.areas.len(), unit: "areas" }),
    }
}

/// The sections of one area with their tables written; a failure is told and kept, so that other areas go on.
fn run_area(area: AreaName, setup: &Setup) -> Result<AreaReport> {
    let made = area.run(setup).and_then(|sections| {
        let mut tables = sections.iter().flat_map(|section| &section.tables);
        tables.try_for_each(|table| table.save(&setup.out, area.name()))?;
        Ok(sections)
    });
    match made {
        Ok(sections) => Ok(AreaReport { area, sections, error: None }),
        Err(error @ (Error::Interrupted | Error::ClosedPipe)) => Err(error),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "mmw: {}: {error}", area.name());
            Ok(AreaReport { area, sections: Vec::new(), error: Some(error.to_string()) })
        }
    }
}

fn save(report: &Report, setup: &Setup) -> Result<()> {
    ledger::save_ledger(&setup.out, &report.ledger())?;
    output::save_bytes(&setup.out.join("report.json"), json::to_pretty(report)?.as_bytes())?;
    output::save_bytes(&setup.out.join("index.html"), page::html(report).as_bytes())
}

/// The command that makes these files again, without the folder, which does not change them.
fn command(args: &ReproduceArgs) -> String {
    let mut command = String::from("mmw reproduce");
    if let Some(area) = args.area {
        command.push(' ');
        command.push_str(area.name());
    }
    if args.quick {
        command.push_str(" --quick");
    }
    command + &format!(" --seed {}", args.seed)
}
