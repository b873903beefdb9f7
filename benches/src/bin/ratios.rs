//! Prints how the last criterion run stands: our median over that of each peer, and the limit.
//!
//! Rows and limits stand in `limits.json`: `limit` is the largest ratio to a `peer`, `limit_ns` the longest
//! time of one call, or of one of `per` pieces of work that a call does. Exits with 1 when a limit is
//! exceeded; a benchmark that was not run is shown as a dash and exceeds nothing.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let limits = std::fs::read_to_string(package.join("limits.json")).unwrap_or_default();
    let Ok(Value::Array(rows)) = serde_json::from_str::<Value>(&limits) else {
        eprintln!("limits.json is not a list of rows");
        return ExitCode::from(2);
    };
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| package.join("../target"), PathBuf::from);
    let criterion = target.join("criterion");
    println!("| group | ours | peer | | ratio | limit | |");
    println!("| --- | ---: | --- | ---: | ---: | ---: | --- |");
    let exceeded = rows.iter().filter(|row| print_row(&criterion, row)).count();
    if exceeded == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints one row; whether its limit is exceeded.
fn print_row(criterion: &Path, row: &Value) -> bool {
    let text = |field: &str| row[field].as_str().unwrap_or_default();
    let (group, peer) = (text("group"), text("peer"));
    let ours = median_ns(criterion, group, row["ours"].as_str().unwrap_or("ours"));
    if let Some(limit_ns) = row["limit_ns"].as_f64() {
        return print_time(group, ours.map(|ns| ns / row["per"].as_f64().unwrap_or(1.0)), limit_ns);
    }
    let theirs = median_ns(criterion, group, peer);
    let limit = row["limit"].as_f64();
    let ratio = ours.zip(theirs).map(|(ours, theirs)| ours / theirs);
    let exceeded = ratio.zip(limit).is_some_and(|(ratio, limit)| ratio > limit);
    let microseconds = |ns: Option<f64>| ns.map_or("-".into(), |ns| format!("{:.1} us", ns / 1e3));
    let number = |x: Option<f64>| x.map_or("-".into(), |x| format!("{x:.3}"));
    let verdict = match ratio.and(limit) {
        None => "",
        Some(_) if exceeded => "over",
        Some(_) => "ok",
    };
    println!(
        "| {group} | {} | {peer} | {} | {} | {} | {verdict} |",
        microseconds(ours),
        microseconds(theirs),
        number(ratio),
        number(limit)
    );
    exceeded
}

/// Prints a row that limits a time; whether it is exceeded.
fn print_time(group: &str, ours_ns: Option<f64>, limit_ns: f64) -> bool {
    let exceeded = ours_ns.is_some_and(|ns| ns > limit_ns);
    let time = ours_ns.map_or("-".into(), |ns| format!("{ns:.1} ns"));
    let verdict = match ours_ns {
        None => "",
        Some(_) if exceeded => "over",
        Some(_) => "ok",
    };
    println!("| {group} | {time} | | | | {limit_ns} ns | {verdict} |");
    exceeded
}

/// The median of the last run, ns.
fn median_ns(criterion: &Path, group: &str, function: &str) -> Option<f64> {
    // Criterion names a group's directory after it, with underscores for slashes.
    let file = criterion.join(group.replace('/', "_")).join(function).join("new/estimates.json");
    let estimates: Value = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
