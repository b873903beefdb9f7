//! The errata are written from the ledger. Set `UPDATE_DOCS` to 1 to write them anew.

use super::rows;
use mmw_reproduce::Verdict;
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "# Errata of the source papers

What a paper prints, what is right or missing, and the test that pins it. The printed forms live in modules named
`paper`. This file is written from the ledger of `mmw reproduce --quick`, seed 1, by the tests of `mmw-reproduce`
(`UPDATE_DOCS=1 cargo test -p mmw-reproduce errata` writes it anew): its numbers are computed. What is simulated has the
errors of a quick run.
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

fn errata() -> String {
    let mut text = HEAD.to_owned();
    let mut source = "";
    for row in rows().into_iter().filter(|row| row.verdict != Verdict::Reproduced) {
        if row.source != source {
            source = &row.source;
            let title = TITLES.iter().find(|(name, _)| *name == source).map_or(source, |(_, title)| title);
            let _ = write!(
                text,
                "\n## {title}\n\n| item | printed | right | why | test |\n| --- | --- | --- | --- | --- |\n"
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

/// Equal, but for numbers of one digit and an exponent: they tell how far rounding leads a formula that
/// cancels, which the last bits of the system's logarithm decide, so only their order is compared.
fn same(ours: &str, theirs: &str) -> bool {
    let order = |word: &str| {
        let (digit, power) =
            word.trim_end_matches([',', ';']).trim_start_matches(['+', '-']).split_once('e')?;
        (digit.len() == 1).then_some(())?;
        Some(f64::from(digit.parse::<u8>().ok()?).log10() + f64::from(power.parse::<i16>().ok()?))
    };
    let (ours, theirs) = (ours.split(' '), theirs.split(' '));
    ours.clone().count() == theirs.clone().count()
        && ours
            .zip(theirs)
            .all(|(a, b)| a == b || order(a).zip(order(b)).is_some_and(|(a, b)| (a - b).abs() < 1.0))
}

#[test]
fn numbers_of_one_digit_are_compared_by_their_order() {
    assert!(same("off by 8e-9, 4e3", "off by 1e-8, 1e4"));
    assert!(!same("off by 8e-9", "off by 1e-7") && !same("off by 0.02", "off by 0.03"));
    assert!(!same("off by 8.1e-9", "off by 8.2e-9") && !same("8e-9", "8e-9 dB"));
}

#[test]
fn the_errata_are_those_of_the_ledger() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ERRATA.md");
    if !path.exists() {
        println!("skipped: the documents of the workspace are not here");
        return;
    }
    let errata = errata();
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &errata).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    for (ours, theirs) in errata.lines().zip(written.lines()) {
        assert!(
            same(ours, theirs),
            "UPDATE_DOCS=1 writes docs/ERRATA.md anew:\n ours: {ours}\n file: {theirs}"
        );
    }
    assert_eq!(errata.lines().count(), written.lines().count());
}
