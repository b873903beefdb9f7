//! The walks through the sources in `docs/DESIGN.md`.

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn walks_lead_through_files_that_exist_and_through_each_once() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let design = std::fs::read_to_string(workspace.join("docs/DESIGN.md")).unwrap();
    let (_, walks) = design.split_once("\n## Five walks\n").unwrap();
    let walks: Vec<&str> = walks.split("\n**").skip(1).collect();
    assert_eq!(walks.len(), 5);
    for walk in walks {
        let (title, table) = walk.split_once("**").unwrap();
        let rows = table.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, 10, "{title}");
        let mut seen = BTreeSet::new();
        for file in table.split('`').filter(|word| word.ends_with(".rs")) {
            assert!(workspace.join("crates").join(file).exists(), "{title}: there is no {file}");
            assert!(seen.insert(file), "{title} leads to {file} twice");
        }
    }
}
