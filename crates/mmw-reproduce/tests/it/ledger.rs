//! Verdicts are computed: they are the expected ones, and any number that breaks turns its row.

use super::{report, rows};
use mmw_reproduce::{Ground, LedgerRow, Verdict};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[test]
fn every_verdict_is_the_expected_one() {
    assert_eq!(report().failures().collect::<Vec<_>>(), []);
    let surprises: Vec<&LedgerRow> = report().surprises().map(|(_, row)| row).collect();
    assert!(surprises.is_empty(), "{surprises:#?}");
    assert!(rows().iter().all(|row| row.pinned != Verdict::Unconfirmed && row.verdict == row.judge()));
}

#[test]
fn no_row_is_lost() {
    let mut counts = BTreeMap::new();
    for area in &report().areas {
        counts.insert(area.area.name(), area.rows().count());
    }
    let expected = [("fso", 30), ("link", 23), ("mimo", 35), ("radar", 12), ("snr", 37)];
    assert_eq!(counts, BTreeMap::from(expected));
    let count = |verdict| report().count(verdict);
    println!("{} rows", rows().len());
    assert_eq!(count(Verdict::Reproduced) + count(Verdict::Corrected) + count(Verdict::NotReproducible), 137);
}

#[test]
fn any_number_that_breaks_turns_its_row() {
    let (mut broken, mut bare) = (0, 0);
    for row in rows() {
        for index in 0..row.checks.len() {
            let mut wrong = row.clone();
            wrong.checks[index] = row.checks[index].broken();
            assert_ne!(wrong.judge(), row.pinned, "{}: {:?}", row.item, wrong.checks[index]);
            let mut nan = row.clone();
            nan.checks[index].ours = f64::NAN;
            assert_eq!(nan.judge(), Verdict::Unconfirmed, "{}", row.item);
            broken += 1;
        }
        bare += usize::from(row.checks.is_empty());
    }
    println!("{broken} numbers broken; {bare} rows without a number");
    // Those without a number are words against words, or say what is missing.
    assert!(rows().iter().all(|row| !row.checks.is_empty() || row.ground != Ground::Numbers));
    assert!(bare <= 12, "{bare} rows without a number");
}

#[test]
fn the_printed_number_in_place_of_ours_turns_every_corrected_row() {
    for row in rows().into_iter().filter(|row| row.pinned == Verdict::Corrected) {
        let mut printed = row.clone();
        printed.ours.clone_from(&row.printed);
        for check in &mut printed.checks {
            let claim = check.printed.and_then(|printed| printed.low.or(printed.high));
            check.ours = claim.unwrap_or(check.ours);
        }
        assert_ne!(printed.judge(), Verdict::Corrected, "{}", row.item);
    }
}

#[test]
fn every_row_says_what_it_is_about() {
    for row in rows() {
        assert!(![&row.source, &row.item, &row.printed, &row.ours, &row.test].contains(&&String::new()));
        assert_eq!(row.why.is_empty(), row.pinned == Verdict::Reproduced, "{}", row.item);
        let missing = row.pinned == Verdict::NotReproducible;
        assert_eq!(row.ground == Ground::Missing, missing, "{}", row.item);
    }
    for number in 1..=18 {
        let found = rows().iter().any(|row| row.item.starts_with(&format!("R{number},")));
        assert!(found, "row {number} of the study on SNR");
    }
    for number in 1..=22 {
        let found = rows().iter().any(|row| row.test.contains(&format!("::row_{number}_")));
        assert!(found, "erratum {number} of the optical links");
    }
}

/// The folder of a package of the workspace.
fn package(name: &str) -> PathBuf {
    let folder = name.strip_prefix("mmw-linkbudget").map_or(name.to_owned(), |_| "linkbudget".to_owned());
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)
}

/// The source files below a folder, by path from there without the ending.
fn sources(folder: &Path, at: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            sources(&entry.path(), &format!("{at}{name}/"), found);
        } else if let Some(stem) = name.strip_suffix(".rs") {
            found.insert(format!("{at}{stem}"), std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn every_test_that_a_row_names_exists() {
    if !package("mmw-core").exists() {
        println!("skipped: the other crates of the workspace are not here");
        return;
    }
    let mut packages: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    for row in rows() {
        let words: Vec<&str> = row.test.split("::").collect();
        let (name, function, modules) = (words[0], words[words.len() - 1], &words[1..words.len() - 1]);
        let files = packages.entry(name).or_insert_with(|| {
            let mut files = BTreeMap::new();
            sources(&package(name).join("src"), "src/", &mut files);
            sources(&package(name).join("tests"), "tests/", &mut files);
            files
        });
        // `tests::name` of a unit test stands in the file of its module, an integration test in tests/it.
        let unit: Vec<&str> = modules.iter().copied().filter(|module| *module != "tests").collect();
        let place = if unit.len() < modules.len() { "src/" } else { "tests/it/" };
        let path = format!("{place}{}", unit.join("/"));
        let text = files.get(&path).or_else(|| files.get(&format!("{path}/mod")));
        let text = text.unwrap_or_else(|| panic!("{}: no file {path}", row.test));
        let start =
            text.find(&format!("fn {function}(")).unwrap_or_else(|| panic!("{}: no such test", row.test));
        let before = text[..start].trim_end();
        let attributes = &before[before.rfind("\n\n").unwrap_or(0)..];
        assert!(attributes.contains("#[test]"), "{} is no test", row.test);
    }
}
