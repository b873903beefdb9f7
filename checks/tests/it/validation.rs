//! The tests that `docs/VALIDATION.md` names.

use std::fs::read_to_string;
use std::path::Path;

/// Whether a test of that name is there: a file of integration tests of the crate or of the command, a test
/// or a module in such a file, a module with unit tests, an example, a command.
fn is_there(crates: &Path, package: &str, name: &str) -> bool {
    let folder = crates.join(package);
    if name.ends_with(".rs") {
        return folder.join(name).exists();
    }
    if let Some((program, of)) = name.split_once(' ') {
        let [first, second] = [0, 1].map(|i| of.split(' ').nth(i).unwrap_or("mod"));
        let source = crates.join("mmw-cli/src");
        return match program {
            "mmw" => [format!("{first}/{second}.rs"), format!("{first}.rs")]
                .iter()
                .any(|f| source.join(f).exists()),
            _ => crates.join(program).join(format!("tests/it/{of}.rs")).exists(),
        };
    }
    let path = name.replace("::", "/");
    let places = [
        folder.join("tests/it"),
        crates.join("mmw-cli/tests/it"),
        folder.join("src"),
        folder.join("examples"),
    ];
    let mut files =
        places.iter().flat_map(|place| [".rs", "/mod.rs"].map(|end| place.join(format!("{path}{end}"))));
    files.any(|file| file.exists()) || is_in(&folder.join("tests/it"), name)
}

/// Whether a file of the folder holds `file::item`, or any of them the item.
fn is_in(folder: &Path, name: &str) -> bool {
    let (file, item) = name.split_once("::").map_or((None, name), |(file, item)| (Some(file), item));
    let holds =
        |text: String| text.contains(&format!("fn {item}(")) || text.contains(&format!("mod {item} "));
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let wanted =
        |path: &std::path::PathBuf| file.is_none_or(|file| path.file_stem().is_some_and(|s| s == file));
    files.filter(|path| path.is_file()).filter(wanted).any(|path| holds(read_to_string(path).unwrap()))
}

#[test]
fn every_test_that_the_validation_names_is_there() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = read_to_string(workspace.join("docs/VALIDATION.md")).unwrap();
    let (by_hand, _) = text.split_once("\n## Published captures\n").unwrap();
    let mut named = 0;
    let mut missing = vec![];
    for section in by_hand.split("\n## ").skip(1) {
        let (title, table) = section.split_once('\n').unwrap();
        let package = title.strip_prefix("mmw-link").map_or(title, |_| "linkbudget");
        for row in table.lines().filter(|line| line.starts_with("| ")) {
            let last = row.trim_end_matches(['|', ' ']).rsplit(" | ").next().unwrap_or_default();
            for name in last.split('`').skip(1).step_by(2) {
                named += 1;
                if !is_there(&workspace.join("crates"), package, name) {
                    missing.push(format!("{title}: {name}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(named > 150, "{named}");
}
