//! What the features change that the tests of the workspace are built without.

use std::path::Path;

/// The lines of the files below a folder that hold a word, as `file: line`.
fn lines_with(folder: &Path, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(lines_with(&entry.path(), word));
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let lines = text.lines().filter(|line| line.contains(word));
        found.extend(lines.map(|line| format!("{}: {}", entry.path().display(), line.trim())));
    }
    found
}

/// `cargo test --workspace` turns on what the packages ask of each other, which is all but `rayon`
/// of these two.
#[test]
fn rayon_changes_how_channels_are_shared_out_and_nothing_else() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let of = |name: &str| lines_with(&crates.join(name).join("src"), "feature = \"rayon\"");
    assert_eq!(of("snr-quantile"), [""; 0]);
    let places = of("mmw-dsp");
    let covered = ["range_doppler/mod.rs: #[cfg(", "range_doppler/run.rs: #[cfg(", "sar/chunks.rs: #[cfg("];
    let known = places.iter().all(|place| covered.iter().any(|known| place.contains(known)));
    assert!(known && places.len() == 6, "does mmw-dsp/tests/parallel.rs cover them? {places:#?}");
}
