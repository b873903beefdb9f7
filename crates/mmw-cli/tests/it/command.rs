//! What every command has in common.

use super::{mmw, stderr, succeed};
use serde_json::{Value, json};
use std::io::Write;
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

/// The answers of a command to a batch, every line of which must be good.
fn answers(command: &[&str], lines: &[Value]) -> Vec<Value> {
    let mut child = mmw(&[command, &["--batch", "-"]].concat());
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((answers.len(), output.status.code()), (lines.len(), Some(0)), "{command:?}: {answers:?}");
    answers
}

#[test]
fn former_names_of_fields_and_spellings_of_values_are_taken() {
    let beam = json!({ "divergence_rad": 1e-4, "length_m": 20e3, "aperture_radius_m": 0.05, "jitter_m": 0.5,
                       "alpha": 4, "beta": 1.7, "normalised_threshold": 0.1 });
    let size = json!({ "receive": 2, "transmit": 2, "snr_db": 10 });
    let wall = json!({ "permittivity": [6.31, -0.26], "incidence_rad": 1.2 });
    for (command, common, (then, now), values) in [
        (["fso", "monte-carlo"], &beam, ("draws", "trials"), [json!(1000), json!(1000)]),
        (["fso", "outage"], &beam, ("model", "model"), [json!("half-plane"), json!("half_plane")]),
        (["mimo", "capacity"], &size, ("realisations", "trials"), [json!(200), json!(200)]),
        (["link", "reflection"], &wall, ("polarisation", "field"), [json!("tm"), json!("tm")]),
    ] {
        let lines = [(then, &values[0]), (now, &values[1])].map(|(field, value)| {
            let mut line = common.clone();
            line[field] = value.clone();
            line
        });
        let got = answers(&command, &lines);
        assert_eq!(got[0], got[1], "{command:?}");
        assert_ne!(got[0], answers(&command, std::slice::from_ref(common))[0], "{then} has an effect");
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
