//! Each crate's root offers what its signatures name, so that a user needs no other crate for it.

use std::path::Path;

#[test]
fn every_root_offers_errors_arrays_and_complex_numbers() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let libraries: Vec<_> = std::fs::read_dir(crates)
        .unwrap()
        .map(|folder| folder.unwrap().path().join("src/lib.rs"))
        .filter(|root| root.exists() && !root.ends_with("mmw-core/src/lib.rs"))
        .collect();
    assert!(libraries.len() >= 7, "{libraries:?}");
    for root in libraries {
        let text = std::fs::read_to_string(&root).unwrap();
        let offers = "pub use mmw_core::{Error, Result, ndarray, num_complex};";
        assert!(text.lines().any(|line| line == offers), "{}: {offers}", root.display());
    }
}
