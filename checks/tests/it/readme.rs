//! Programs in documents that are no crate's.

use std::fs::read_to_string;
use std::path::Path;

/// The Rust programs of a file.
fn programs(file: &Path) -> Vec<String> {
    let text = read_to_string(file).unwrap();
    let blocks = text.split("```rust\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// It cannot be a doc test: its indented commands would be taken for Rust.
#[test]
fn the_program_of_the_readme_is_that_of_a_crate_whose_readme_is_tested() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let front = programs(&workspace.join("README.md"));
    assert_eq!(front.len(), 1);
    assert_eq!(front, programs(&workspace.join("crates/mmw-dsp/README.md")));
}

#[test]
fn the_programs_of_the_chapters_are_those_of_crates_whose_readmes_are_tested() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files =
        |folder: &str| std::fs::read_dir(workspace.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let tested: Vec<String> =
        files("crates").flat_map(|folder| programs(&folder.join("README.md"))).collect();
    let mut found = 0;
    for chapter in files("docs").filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        for program in programs(&chapter) {
            assert!(tested.contains(&program), "{}:\n{program}", chapter.display());
            found += 1;
        }
    }
    assert!(found >= 2, "{found}");
}
