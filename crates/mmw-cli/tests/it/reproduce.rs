//! `mmw reproduce` into a fresh folder.

use super::{TempFolder, mmw, stderr, succeed};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

fn quick(folder: &Path) -> String {
    succeed(&["reproduce", "--quick", "--out", folder.to_str().unwrap()])
}

/// Every file below a folder by its path from there.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            files
                .extend(contents(&entry.path()).into_iter().map(|(inner, b)| (format!("{name}/{inner}"), b)));
        } else {
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    files
}

#[test]
fn the_page_the_ledger_and_every_file_they_name_are_there() {
    let folder = TempFolder::new("page");
    let printed = quick(folder.path());
    assert!(printed.contains("index.html"), "{printed}");
    let files = contents(folder.path());
    for name in ["index.html", "ledger.json", "ledger.csv", "report.json"] {
        assert!(files.contains_key(name), "{name}");
    }
    let page = String::from_utf8(files["index.html"].clone()).unwrap();
    for attribute in ["src=\"", "href=\""] {
        for rest in page.split(attribute).skip(1) {
            let target = rest.split('"').next().unwrap();
            let local = target.starts_with('#') || files.contains_key(target);
            assert!(local, "{target} is linked but not there");
        }
    }
    let ledger: serde_json::Value = serde_json::from_slice(&files["ledger.json"]).unwrap();
    assert!(ledger.as_array().unwrap().iter().all(|row| row["verdict"] == row["pinned"]));
}

#[test]
fn the_same_seed_gives_the_same_files() {
    let (a, b) = (TempFolder::new("a"), TempFolder::new("b"));
    quick(a.path());
    quick(b.path());
    let (a, b) = (contents(a.path()), contents(b.path()));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(*bytes == b[name], "{name} differs");
    }
}

#[test]
fn the_summary_is_one_json_object() {
    let folder = TempFolder::new("json");
    let printed =
        succeed(&["reproduce", "radar", "--quick", "--json", "--out", folder.path().to_str().unwrap()]);
    let summary: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&summary["failed_areas"], &summary["unexpected"]), (&0.into(), &0.into()));
    assert!(summary["reproduced"].as_u64().unwrap() > 0);
}

#[test]
fn a_reader_that_goes_away_leaves_whole_files() {
    let folder = TempFolder::new("pipe");
    let arguments = ["reproduce", "--quick", "--out", folder.path().to_str().unwrap()];
    let mut child = mmw(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
    assert!(contents(folder.path()).keys().all(|name| !name.contains("/.") && !name.starts_with('.')));
}
