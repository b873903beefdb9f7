//! What every command has in common.

use super::{mmw, stderr, succeed};
use std::process::Stdio;

#[test]
fn help_names_the_areas_and_the_exit_status() {
    let help = succeed(&["--help"]);
    for word in ["Usage: mmw", "radar", "reproduce", "--version", "Exit status"] {
        assert!(help.contains(word), "{word} is missing from:\n{help}");
    }
    assert!(succeed(&["--version"]).starts_with("mmw "));
    assert!(succeed(&["radar", "--help"]).contains("Usage: mmw radar"));
    assert!(succeed(&["reproduce", "--help"]).contains("--quick"));
}

#[test]
fn wrong_usage_exits_with_two_and_says_so_on_standard_error() {
    for arguments in [
        &[][..],
        &["radar"],
        &["nonsense"],
        &["--nonsense"],
        &["reproduce", "nonsense"],
        &["reproduce", "--out"],
    ] {
        let output = mmw(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_failure_is_one_plain_sentence() {
    let file = env!("CARGO_MANIFEST_DIR").to_owned() + "/Cargo.toml";
    let output = mmw(&["reproduce", "--out", &format!("{file}/out")]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), format!("mmw: cannot create {file}/out: Not a directory\n"));
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    for arguments in [&["--help"][..], &["radar", "--help"], &["--version"]] {
        let mut child = mmw(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(stderr(&output), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}
