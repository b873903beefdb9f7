//! Areas recomputed into files, and the page of all areas whose results are there.

use crate::area::Area;
use crate::csv;
use crate::host::Setup;
use crate::ledger::LedgerRow;
use crate::page;
use crate::report::{AreaReport, Report};
use mmw_core::{Error, Result};
use serde::Serialize;

/// Recomputes areas and writes their pictures and tables, `AREA/report.json` for each, and over all areas
/// that the files hold, earlier runs included, `index.html`, `report.json`, `ledger.json` and `ledger.csv`.
///
/// What comes back are the areas of this run. An area that fails does not stop the others: see
/// [`Report::failures`]; verdicts that are not the expected ones are [`Report::surprises`].
///
/// # Errors
/// Kind `cancelled` once the caller wants an end, `io` naming a file, `format` for the report of another area
/// that cannot be read.
pub fn run(areas: &[Area], setup: &Setup<'_>) -> Result<Report> {
    let mut made = Report::default();
    for &area in Area::ALL.iter().filter(|area| areas.contains(area)) {
        setup.check()?;
        let report = run_area(area, areas.len() == Area::ALL.len(), setup)?;
        setup.host().write(&file(area), json(&report)?.as_bytes())?;
        made.areas.push(report);
    }
    let mut all = Report::default();
    for &area in Area::ALL {
        match made.areas.iter().find(|report| report.area == area) {
            Some(report) => all.areas.push(report.clone()),
            None => all.areas.extend(earlier(area, setup)?),
        }
    }
    save(&all, setup)?;
    Ok(made)
}

/// Where the results of an area are kept for later pages.
fn file(area: Area) -> String {
    format!("{area}/report.json")
}

/// What an earlier run came to.
fn earlier(area: Area, setup: &Setup<'_>) -> Result<Option<AreaReport>> {
    let Some(text) = setup.host().read(&file(area))? else { return Ok(None) };
    let report = serde_json::from_str(&text).map_err(|error| Error::Format {
        path: file(area),
        offset: 0,
        expected: format!("the report of version {} of an area", env!("CARGO_PKG_VERSION")),
        found: error.to_string(),
    })?;
    Ok(Some(report))
}

/// The sections of one area with their tables written; a failure is kept, so that other areas go on.
fn run_area(area: Area, with_all: bool, setup: &Setup<'_>) -> Result<AreaReport> {
    let made = area.sections(setup).and_then(|sections| {
        let mut tables = sections.iter().flat_map(|section| &section.tables);
        tables.try_for_each(|table| table.save(setup, area.name()))?;
        Ok(sections)
    });
    let (sections, error) = match made {
        Ok(sections) => (sections, None),
        Err(error @ Error::Cancelled { .. }) => return Err(error),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let what = if with_all { String::new() } else { format!(" {area}") };
    let quick = if setup.quick { " --quick" } else { "" };
    Ok(AreaReport {
        area,
        command: format!("mmw reproduce{what}{quick} --seed {}", setup.seed),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: setup.seed,
        quick: setup.quick,
        sections,
        error,
    })
}

fn save(report: &Report, setup: &Setup<'_>) -> Result<()> {
    let rows: Vec<&LedgerRow> = report.ledger().collect();
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.cells()).collect();
    let table = csv::table(&LedgerRow::COLUMNS, cells.iter().map(Vec::as_slice));
    setup.host().write("ledger.json", json(&rows)?.as_bytes())?;
    setup.host().write("ledger.csv", table.as_bytes())?;
    setup.host().write("report.json", json(report)?.as_bytes())?;
    setup.host().write("index.html", page::html(report).as_bytes())
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n").map_err(|error| Error::invalid("report", error.to_string()))
}
