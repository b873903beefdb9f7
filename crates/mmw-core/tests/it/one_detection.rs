//! One file of the workspace asks the processor what it can do.

use std::fs;
use std::path::Path;

const DETECTION: &str = "mmw-core/src/simd/level.rs";

/// In two parts, so that a search for the whole word finds one file.
const CALL: &str = concat!("is_x86_feature_", "detected!(");

fn files_that_detect(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_that_detect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            if text.contains(CALL) {
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
}

#[test]
fn only_the_vector_level_detects_features() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !crates.join("mmw-core/src").is_dir() {
        println!("skipped: not within the workspace");
        return;
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(&crates).unwrap() {
        let source = entry.unwrap().path().join("src");
        if source.is_dir() {
            files_that_detect(&source, &mut found);
        }
    }
    assert!(matches!(&found[..], [one] if one.ends_with(DETECTION)), "{found:?}");
}
