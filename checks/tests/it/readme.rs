//! The README of the workspace.

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
