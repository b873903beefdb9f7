//! What every command has in common.

use super::{TempFolder, mmw, stderr, succeed};
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

/// The options that these fields are.
fn options(fields: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let plain = |one: &Value| one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            list.iter().map(plain).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    };
    let option = |(name, value): (&String, &Value)| match name.as_str() {
        "capture" | "files" => text(value),
        name => format!("--{}={}", name.replace('_', "-"), text(value)),
    };
    fields.as_object().unwrap().iter().map(option).collect()
}

#[test]
fn a_line_of_a_batch_has_the_defaults_of_the_command_line() {
    let folder = TempFolder::new("defaults");
    let capture = folder.path().join("a.bin").to_str().unwrap().to_owned();
    let scene = concat!(env!("CARGO_MANIFEST_DIR"), "/../mmw-reproduce/scenes/room.toml");
    succeed(&["radar", "simulate", scene, "--frames=1", "--out", &capture]);
    let config = capture.replace(".bin", ".config.toml");
    let beam = json!({ "divergence_rad": 1e-4, "length_m": 20e3, "aperture_radius_m": 0.05, "jitter_m": 0.5,
                       "alpha": 4, "beta": 1.7, "normalised_threshold": 0.1 });
    let mut rare = beam.clone();
    rare["method"] = json!("conditioned");
    let size = json!({ "receive": 2, "transmit": 2, "snr_db": 10 });
    let sweep = capture.replace(".bin", ".s2p");
    std::fs::write(&sweep, "# GHz S MA R 50\n1 0.1 10 0.9 -20 0.05 30 0.2 -40\n").unwrap();
    for (command, fields) in [
        ("radar process", json!({ "capture": capture, "config": config })),
        ("radar phase", json!({ "capture": capture, "config": config, "range_m": 3 })),
        ("link loss", json!({ "distance_m": 10 })),
        ("link gas", json!({ "frequency_hz": 60e9 })),
        ("link rain", json!({ "frequency_hz": 60e9, "rain_rate_mm_h": 5 })),
        ("link knife-edge", json!({ "v": -0.5 })),
        ("link reflection", json!({ "permittivity": [6.31, -0.26], "incidence_rad": 1.2 })),
        (
            "link order",
            json!({ "response": "chebyshev", "ripple_db": 0.1, "attenuation_db": 40, "frequency_ratio": 3 }),
        ),
        (
            "link ladder",
            json!({ "response": "chebyshev", "ripple_db": 0.1, "order": 3, "source_ohm": 50, "load_ohm": 73 }),
        ),
        ("link network", json!({ "files": sweep, "renormalise_ohm": ["75", "50+10j"], "waves": "pseudo" })),
        ("mimo compare", json!({ "trials": 20, "draws": 20, "reference_draws": 200 })),
        ("mimo draw", json!({})),
        ("mimo capacity", size.clone()),
        ("mimo ergodic", size),
        ("mimo outage", json!({ "receive": 2, "transmit": 2, "snr_db": 10, "outage_probability": 0.1 })),
        ("snr estimate", json!({ "samples": [1.2, -0.9, 0.8, -1.1, -1.0, 1.3, 0.7, -1.2] })),
        ("snr crlb", json!({ "snr_db": -3, "samples": 200 })),
        ("snr calibration", json!({ "sigma": 0.5 })),
        ("snr compare", json!({})),
        ("radar compare doa", json!({ "trials": 20, "snr_db": [0, 10], "estimators": ["fft", "esprit"] })),
        (
            "radar compare cfar",
            json!({ "trials": 20, "snr_db": [10, 20], "detectors": ["ca", "tm"], "cells": [64, 30] }),
        ),
        ("snr coverage", json!({ "samples": 50, "snr_db": [0, 10], "trials": 20 })),
        ("fso compare", json!({ "trials": 20, "draws": 100 })),
        ("fso outage", beam.clone()),
        ("fso turbulence", json!({ "alpha": 4, "beta": 1.7, "gain": 0.5 })),
        ("fso wander", json!({ "divergence_rad": 1e-4, "length_m": 20e3 })),
        (
            "fso power",
            json!({ "altitude_m": 20e3, "divergence_rad": 2e-4, "aperture_radius_m": 0.1, "wobble_m": 0.3,
                              "outage_probability": 1e-3, "snr_threshold_db": 10, "noise_a": 1e-6 }),
        ),
        ("fso monte-carlo", rare),
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        let options = options(&fields);
        let line: Vec<&str> =
            words.iter().copied().chain(options.iter().map(String::as_str)).chain(["--json"]).collect();
        let one: Value = serde_json::from_str(&succeed(&line)).unwrap();
        assert_eq!(one, answers(&words, &[fields]).remove(0), "{command}");
        // Whatever is said beside a batch would have no effect.
        let beside = mmw(&[&words[..], &["--batch", "-", "--json"]].concat()).output().unwrap();
        assert_eq!(beside.status.code(), Some(2), "{command}");
    }
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
fn a_level_that_does_not_exist_is_told_before_any_work() {
    let arguments = ["fso", "outage", "--help"];
    assert!(mmw(&arguments).env("MMW_SIMD", "fastest").output().unwrap().status.success());
    let output = mmw(&["mimo", "draw"]).env("MMW_SIMD", "fastest").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("MMW_SIMD: is fastest, but must be portable, avx2 or avx512"), "{told}");
}

#[test]
#[cfg(target_os = "linux")]
fn help_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = mmw(&["--help"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot write standard output"));
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

/// The parser forgets what an option requires where that contradicts what is given.
#[test]
fn what_an_option_requires_is_not_forgotten_beside_what_contradicts_that() {
    let power = "fso power --altitude-m 20e3 --divergence-rad 2e-4 --aperture-radius-m 0.1 --wobble-m 0.3 \
                 --outage-probability 1e-3 --snr-threshold-db 10 --noise-a 1e-6 --direction downlink --beta 3";
    for (command, option) in [
        ("link loss --distance-m 10 --frequency-hz 60e9 --field tm", "--field"),
        (&format!("{power} --wave plane"), "--beta"),
        (&format!("{power} --point-receiver"), "--beta"),
        ("sense ego x.csv --velocity-m-s [1]", "--velocity-m-s"),
        ("sense ego x.csv --elevation [1]", "--elevation"),
        ("sense ego x.csv --weights [1]", "--weights"),
        ("sense register x.csv y.csv --source [[1,2,3]]", "--source"),
        ("snr coverage --shard 1/2 --costs", "--costs"),
        ("radar record --bind 127.0.0.1:0 --out x.bin --duration-s 0.1 --lanes 2", "--config"),
    ] {
        let output =
            mmw(&command.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(stderr(&output).contains(option), "{command}: {}", stderr(&output));
    }
}
