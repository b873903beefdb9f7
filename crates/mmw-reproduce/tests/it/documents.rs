//! The errata, and the ledger in the validation, are written from a run. Set `UPDATE_DOCS` to 1 to write them
//! anew.

use super::rows;
use mmw_reproduce::{LedgerRow, Verdict};
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "# Errata of the source papers

What a paper prints, what is right or missing, and the test that pins it. The printed forms live in modules named
`paper`. This file is written from the ledger of `mmw reproduce --quick`, seed 1, by the tests of `mmw-reproduce`
(`UPDATE_DOCS=1 cargo test -p mmw-reproduce errata` writes it anew): its numbers are computed. What is simulated has the
errors of a quick run.
";

/// Begins the part of the validation that is written from the ledger, to the end of the file.
const PRINTED: &str = "## Printed numbers

The ledger of `mmw reproduce --quick`, seed 1, written by the tests of `mmw-reproduce`
(`UPDATE_DOCS=1 cargo test -p mmw-reproduce documents` writes it anew). A number is reproduced where ours agrees with what
is printed, within the tolerance: half of the last digit, or five deviations of a simulation. What is corrected, and what
cannot be reproduced, stands in [ERRATA.md](ERRATA.md).
";

/// Titles and authors behind the short names of the sources.
const TITLES: [(&str, &str); 3] = [
    ("Molisch, MIMO model", "A Generic Model for MIMO Wireless Propagation Channels (Molisch)"),
    (
        "Moazzeni et al., BPSK SNR",
        "On a New Approach to SNR Estimation of BPSK Signals (Moazzeni, Amei, Ma, Jiang)",
    ),
    (
        "Ground-to-air FSO paper",
        "Statistical channel modeling for long-range ground-to-air FSO links (Safi, Dargahi)",
    ),
];

/// A cell of a table in Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*")
}

fn title(source: &str) -> &str {
    TITLES.iter().find(|(name, _)| *name == source).map_or(source, |(_, title)| title)
}

fn errata() -> String {
    let mut text = HEAD.to_owned();
    let mut source = "";
    for row in rows().into_iter().filter(|row| row.verdict != Verdict::Reproduced) {
        if row.source != source {
            source = &row.source;
            let _ = write!(
                text,
                "\n## {}\n\n| item | printed | right | why | test |\n| --- | --- | --- | --- | --- |\n",
                title(source)
            );
        }
        let why = match row.verdict {
            Verdict::NotReproducible => format!("not reproducible: {}", row.why),
            _ => row.why.clone(),
        };
        let cells = [&row.item, &row.printed, &row.ours, &why].map(|text| cell(text)).join(" | ");
        let _ = writeln!(text, "| {cells} | `{}` |", row.test);
    }
    text
}

/// The tolerances of a row to two digits: those of a simulation end in what chance made of them.
fn tolerance(row: &LedgerRow) -> String {
    let printed = row.checks.iter().filter_map(|check| check.printed);
    let mut found: Vec<String> = printed.map(|printed| short(printed.tolerance)).collect();
    found.dedup();
    found.join("; ")
}

/// At most two digits, as short as they are written.
fn short(value: f64) -> String {
    let rounded = format!("{value:.1e}").parse().unwrap_or(value);
    if rounded == 0.0 || rounded >= 1e-4 { format!("{rounded}") } else { format!("{rounded:e}") }
}

fn printed() -> String {
    let mut text = PRINTED.to_owned();
    text +=
        "\n| source | rows | reproduced | corrected | not reproducible |\n| --- | --- | --- | --- | --- |\n";
    let mut sources: Vec<&str> = rows().into_iter().map(|row| row.source.as_str()).collect();
    sources.dedup();
    for source in &sources {
        let of_source: Vec<_> = rows().into_iter().filter(|row| row.source == *source).collect();
        let [reproduced, corrected, missing] =
            [Verdict::Reproduced, Verdict::Corrected, Verdict::NotReproducible]
                .map(|verdict| of_source.iter().filter(|row| row.verdict == verdict).count());
        let all = of_source.len();
        let _ = writeln!(text, "| {} | {all} | {reproduced} | {corrected} | {missing} |", title(source));
    }
    for source in sources {
        let _ = write!(
            text,
            "\n### {}\n\n| item | printed | ours | tolerance | test |\n| --- | --- | --- | --- | --- |\n",
            title(source)
        );
        for row in rows().into_iter().filter(|row| row.source == source && row.verdict == Verdict::Reproduced)
        {
            let cells =
                [&row.item, &row.printed, &row.ours, &tolerance(row)].map(|text| cell(text)).join(" | ");
            let _ = writeln!(text, "| {cells} | `{}` |", row.test);
        }
    }
    text
}

/// Equal, but for numbers of one digit and an exponent, or below 1e-11: they tell how far rounding leads a
/// formula that cancels, which the last bits of the system's logarithm decide: their order is compared.
fn same(ours: &str, theirs: &str) -> bool {
    let order = |word: &str| {
        let (digit, power) =
            word.trim_end_matches([',', ';']).trim_start_matches(['+', '-']).split_once('e')?;
        let power: i16 = power.parse().ok()?;
        (digit.len() == 1 || power <= -12).then_some(())?;
        Some(digit.parse::<f64>().ok()?.log10() + f64::from(power))
    };
    let (ours, theirs) = (ours.split(' '), theirs.split(' '));
    ours.clone().count() == theirs.clone().count()
        && ours
            .zip(theirs)
            .all(|(a, b)| a == b || order(a).zip(order(b)).is_some_and(|(a, b)| (a - b).abs() < 1.0))
}

#[test]
fn numbers_that_rounding_makes_are_compared_by_their_order() {
    assert!(
        same("off by 8e-9, 4e3", "off by 1e-8, 1e4") && same("by 9.1e-15 at most", "by 2.22e-14 at most")
    );
    assert!(!same("off by 8e-9", "off by 1e-7") && !same("off by 0.02", "off by 0.03"));
    assert!(!same("off by 8.1e-9", "off by 8.2e-9") && !same("8e-9", "8e-9 dB"));
}

/// Compares what the ledger says with a document from `start` on, or writes it there if that is asked for.
fn compare(name: &str, start: &str, ours: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if !path.exists() {
        println!("skipped: the documents of the workspace are not here");
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap();
    let at = written.find(start).unwrap_or(written.len());
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, format!("{}{ours}", &written[..at])).unwrap();
        return;
    }
    let theirs = &written[at..];
    for (ours, theirs) in ours.lines().zip(theirs.lines()) {
        assert!(
            same(ours, theirs),
            "`UPDATE_DOCS=1` writes docs/{name} anew:\n ours: {ours}\n file: {theirs}"
        );
    }
    assert_eq!(ours.lines().count(), theirs.lines().count(), "`UPDATE_DOCS=1` writes docs/{name} anew");
}

#[test]
fn the_errata_are_those_of_the_ledger() {
    compare("ERRATA.md", "# Errata", &errata());
}

#[test]
fn the_printed_numbers_of_the_validation_are_those_of_the_ledger() {
    compare("VALIDATION.md", PRINTED.lines().next().unwrap(), &printed());
}

#[test]
fn tolerances_have_two_digits() {
    assert_eq!([0.005, 0.123_45, 0.0, 3.2e-7, 12.3].map(short), ["0.005", "0.12", "0", "3.2e-7", "12"]);
}
