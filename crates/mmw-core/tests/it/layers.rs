//! A module imports only from those that stand above it.

#[path = "../support/layers.rs"]
mod support;

use std::path::Path;
use support::breaches;

#[test]
fn modules_import_only_from_those_above_them() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["mmw-core", "mmw-dsp", "mimo-gscm", "linkbudget", "fso-g2a", "snr-quantile"] {
        let found = breaches(&crates.join(name), false);
        assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
    }
}

#[test]
fn files_of_a_module_import_only_from_those_above_them() {
    let found = breaches(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../snr-quantile"), true);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
