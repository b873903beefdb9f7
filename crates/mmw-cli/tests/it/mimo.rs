//! `mmw mimo`: exact references and simulated capacities by batch, draws as files, and what is refused.

use super::{TempFolder, mmw, stderr, succeed};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

/// The answers to the lines of a batch, and the exit status.
fn batch(command: &str, lines: &[Value]) -> (Vec<Value>, Option<i32>) {
    let mut child =
        mmw(&["mimo", command, "--batch", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let text = lines.iter().map(|line| line.to_string() + "\n").collect::<String>();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output.status.code())
}

/// The answer to one good line.
fn ask(command: &str, parameters: Value) -> Value {
    let (mut answers, status) = batch(command, &[parameters]);
    assert_eq!((answers.len(), status), (1, Some(0)), "{answers:?}");
    answers.remove(0)
}

/// The kind of the error on one bad line.
fn refused(command: &str, parameters: Value) -> String {
    let (answers, status) = batch(command, &[parameters]);
    assert_eq!((answers.len(), status), (1, Some(1)), "{answers:?}");
    assert!(answers[0]["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
    answers[0]["error"]["kind"].as_str().unwrap().to_owned()
}

fn capacity(answer: &Value) -> f64 {
    assert_eq!(answer.as_object().unwrap().len(), 1);
    answer["capacity_bit_s_hz"].as_f64().unwrap()
}

fn keys(answer: &Value) -> Vec<&str> {
    answer.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn ergodic_capacities_are_those_of_thirty_digit_quadrature() {
    for (receive, transmit, snr_db, exact) in [
        (1, 1, 0.0, 0.860_347_382_270_886_8),
        (4, 4, 20.0, 22.139_459_241_2),
        (2, 4, 10.0, 6.272_651_192_21),
        (4, 1, 0.0, 2.210_375_848_61),
    ] {
        let answer = ask("ergodic", json!({ "receive": receive, "transmit": transmit, "snr_db": snr_db }));
        // The table has twelve digits.
        assert!((capacity(&answer) / exact - 1.0).abs() < 1e-11, "{receive}x{transmit}: {answer}");
    }
}

#[test]
fn outage_capacities_are_those_of_the_independent_determinant() {
    for (receive, transmit, snr_db, probability, exact) in [
        (2, 2, 0.0, 0.01, 0.513_736_65),
        (4, 4, 20.0, 0.1, 19.627_715_73),
        (4, 4, 10.0, 0.9, 12.584_277_45),
        (1, 4, 20.0, 0.1, 5.479_594_005_188_383),
        (4, 1, 20.0, 0.5, 8.524_369_619_108_644),
    ] {
        let line = json!({ "receive": receive, "transmit": transmit, "snr_db": snr_db, "outage_probability": probability });
        // The table of the square sizes has eight decimals.
        assert!((capacity(&ask("outage", line)) - exact).abs() < 2e-8, "{receive}x{transmit}");
    }
}

#[test]
fn simulated_quantiles_match_the_reference_implementation() {
    for (coupling, quantiles, errors) in [
        ("mouth_angles", [12.2422, 14.3295, 16.9152, 19.4141], [0.0782, 0.0291, 0.0212, 0.0303]),
        ("independent_modes", [15.4048, 17.325, 19.6307, 21.9821], [0.0624, 0.0268, 0.0215, 0.0205]),
    ] {
        let line = json!({ "scenario": "urban_macrocell", "receive": 4, "transmit": 4, "snr_db": 20,
                           "trials": 6000, "seed": 5, "distance_m": 1000, "guide_coupling": coupling });
        let answer = ask("capacity", line);
        assert_eq!(keys(&answer), ["mean_power", "quantiles", "standard_errors"]);
        assert!((answer["mean_power"].as_f64().unwrap() - 1.0).abs() < 0.03);
        let names = ["0.01", "0.1", "0.5", "0.9"];
        assert_eq!(keys(&answer["quantiles"]), names);
        for (i, name) in names.into_iter().enumerate() {
            let ours = answer["quantiles"][name].as_f64().unwrap();
            let own = answer["standard_errors"][name].as_f64().unwrap();
            assert!((ours - quantiles[i]).abs() < 4.0 * own.hypot(errors[i]), "{coupling} {name}: {ours}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let run = |threads: &str| {
        succeed(&[
            "mimo",
            "capacity",
            "--receive=2",
            "--transmit=3",
            "--snr-db=10",
            "--trials=5000",
            "--seed=9",
            "--threads",
            threads,
            "--json",
        ])
    };
    let one = run("1");
    assert_eq!(one, run("2"));
    assert_eq!(one, run("5"));
    let band = |threads: &str| {
        succeed(&[
            "mimo",
            "capacity",
            "--receive=2",
            "--transmit=2",
            "--snr-db=10",
            "--trials=600",
            "--bandwidth-hz=20e6",
            "--bins=8",
            "--threads",
            threads,
            "--json",
        ])
    };
    assert_eq!(band("1"), band("2"));
}

#[test]
fn a_band_narrows_the_distribution_and_a_wider_base_array_gains() {
    let ask = |more: Value| {
        let mut line = json!({ "receive": 4, "transmit": 4, "snr_db": 20, "trials": 1500 });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask("capacity", line)["quantiles"].clone()
    };
    let (flat, wide) = (ask(json!({})), ask(json!({ "bandwidth_hz": 20e6, "bins": 16 })));
    let spread = |q: &Value| q["0.9"].as_f64().unwrap() - q["0.1"].as_f64().unwrap();
    assert!(spread(&wide) < 0.8 * spread(&flat));
    let spaced = ask(json!({ "transmit_spacing_waves": 4 }));
    assert!(spaced["0.1"].as_f64().unwrap() > flat["0.1"].as_f64().unwrap() + 2.0);
}

#[test]
fn a_draw_is_written_as_paths_and_matrices_that_agree() {
    let folder = TempFolder::new("mimo-draw");
    let out = folder.path().join("channel");
    let arguments =
        ["mimo", "draw", "--receive=3", "--transmit=2", "--bandwidth-hz=10e6", "--bins=5", "--draw=7"];
    let shown = succeed(&[&arguments[..], &["-o", out.to_str().unwrap()]].concat());
    assert!(shown.contains("far cluster 1, then mobile scatterers"), "{shown}");
    assert!(shown.contains("[5, 3, 2]") && shown.contains("transfer.npy"), "{shown}");
    let text = std::fs::read_to_string(out.join("channel.json")).unwrap();
    let printed = succeed(&[&arguments[..], &["--json"]].concat());
    assert_eq!(text, printed);
    let channel: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(channel["paths"].as_array().unwrap().len(), 143);
    assert_eq!(channel["guides"].as_array().unwrap().len(), 17);
    assert_eq!(channel["scenario"]["carrier_hz"], 2e9);
    assert_eq!(channel["offsets_hz"], json!([-4e6, -2e6, 0.0, 2e6, 4e6]));
    let h = channel["h"].as_array().unwrap();
    let shape = |value: &Value| value.as_array().unwrap().len();
    assert_eq!([h.len(), shape(&h[0]), shape(&h[0][0]), shape(&h[0][0][0])], [5, 3, 2, 2]);
    // Without an offset the phase of a path is that of its gain: 64 header bytes at least, then 30 entries.
    let npy = std::fs::read(out.join("transfer.npy")).unwrap();
    let entries = &npy[npy.len() - 30 * 16..];
    let entry = |i: usize| f64::from_le_bytes(entries[8 * i..8 * i + 8].try_into().unwrap());
    assert_eq!(entry(2 * 11), h[1][2][1][0].as_f64().unwrap());
    assert_eq!(entry(2 * 11 + 1), h[1][2][1][1].as_f64().unwrap());
    let axes: Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("transfer.axes.json")).unwrap()).unwrap();
    let names: Vec<&str> =
        axes["axes"].as_array().unwrap().iter().map(|axis| axis["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["frequency", "rx", "tx"]);
}

#[test]
fn each_draw_of_a_seed_is_another_channel_and_the_same_again() {
    let draw = |seed: u32, index: u32| ask("draw", json!({ "seed": seed, "draw": index }))["h"].clone();
    assert_eq!(draw(1, 0), draw(1, 0));
    assert_ne!(draw(1, 0), draw(1, 1));
    assert_ne!(draw(1, 0), draw(2, 0));
}

#[test]
fn a_scenario_comes_from_a_file_too() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenes/street.toml");
    let shown = succeed(&["mimo", "draw", "--scenario", file]);
    assert!(shown.contains("guide 2, roof edge") && shown.contains("distance 2000 m"), "{shown}");
    assert!(!shown.contains("line of sight"), "{shown}");
    let shown = succeed(&[
        "mimo",
        "capacity",
        "--scenario",
        file,
        "--receive=2",
        "--transmit=2",
        "--snr-db=10",
        "--trials=500",
    ]);
    assert!(shown.contains("loss %") && shown.contains("mean power"), "{shown}");

    let folder = TempFolder::new("mimo-scenario");
    let path = folder.path().join("wrong.toml");
    std::fs::write(&path, "carrier_ghz = 2.0").unwrap();
    let output = mmw(&["mimo", "draw", "--scenario", path.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("wrong.toml: unknown field `carrier_ghz`"), "{}", stderr(&output));
}

#[test]
fn nonsense_is_an_error_with_a_kind() {
    let size = json!({ "receive": 2, "transmit": 2, "snr_db": 10 });
    let with = |field: &str, value: Value| {
        let mut line = size.clone();
        line[field] = value;
        line
    };
    for (command, line, kind) in [
        ("ergodic", json!({ "receive": 2, "transmit": 2 }), "missing"),
        ("ergodic", with("receive", json!(0)), "too_few"),
        ("ergodic", with("receive", json!(-1)), "parse"),
        ("ergodic", with("receive", json!(600)), "domain"),
        ("ergodic", with("snr_db", json!(1e9)), "domain"),
        ("ergodic", with("snr", json!(1)), "parse"),
        ("outage", size.clone(), "missing"),
        ("outage", with("outage_probability", json!(0)), "domain"),
        ("outage", with("outage_probability", json!(1e-9)), "domain"),
        ("outage", with("outage_probability", json!("half")), "parse"),
        ("capacity", with("trials", json!(10)), "domain"),
        ("capacity", with("trials", json!(1_000_000_000_000_u64)), "domain"),
        ("capacity", with("receive", json!(1_000_000)), "domain"),
        ("capacity", with("scenario", json!("rural")), "invalid"),
        ("capacity", with("scenario", json!("no/such.toml")), "io"),
        ("capacity", with("guide_coupling", json!("weak")), "parse"),
        ("capacity", with("distance_m", json!(0)), "domain"),
        ("capacity", with("distance_m", json!(1e300)), "domain"),
        ("capacity", with("bins", json!(3)), "invalid"),
        ("capacity", with("bandwidth_hz", json!(-1)), "domain"),
        ("capacity", with("threads", json!(0)), "domain"),
        ("capacity", with("transmit_spacing_waves", json!(0)), "domain"),
        ("draw", json!({ "receive": 128, "transmit": 128, "bandwidth_hz": 1e6, "bins": 60_000 }), "domain"),
        ("draw", json!({ "trials": 3 }), "parse"),
    ] {
        assert_eq!(refused(command, line.clone()), kind, "{command} {line}");
    }
    let output = mmw(&["mimo", "capacity", "--receive=2"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let output = mmw(&["mimo", "ergodic", "--receive=2", "--transmit=2", "--snr-db=NaN"]).output().unwrap();
    assert_eq!(stderr(&output), "mmw: snr_db is NaN, but must be a number from -200 to 200\n");
}

#[test]
fn a_bad_line_leaves_the_others_answered() {
    let good = json!({ "receive": 4, "transmit": 4, "snr_db": 20, "outage_probability": 0.1 });
    let bad = json!({ "receive": 4, "transmit": 4, "snr_db": 20, "outage_probability": 2 });
    let (answers, status) = batch("outage", &[good.clone(), bad, good]);
    assert_eq!((answers.len(), status), (3, Some(1)));
    assert_eq!(answers[1]["error"]["kind"], "domain");
    assert_eq!(answers[0], answers[2]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_long_study_and_leaves_no_file() {
    let folder = TempFolder::new("mimo-interrupt");
    let mut child =
        mmw(&["mimo", "capacity", "--receive=4", "--transmit=4", "--snr-db=20", "--trials=100000000"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let process = nix::unistd::Pid::from_raw(child.id().try_into().unwrap());
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
