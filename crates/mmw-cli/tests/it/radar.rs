//! `mmw radar` from a scene or a published capture to points and files.

use super::{TempFolder, mmw, stderr, succeed};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const SCENE: &str = r#"
board = "iwr1843"
frames = 3
seed = 4

[fmcw]
chirps = 64
samples = 128

[[target]]
position_m = [0.5, 3.0, 0.0]
velocity_m_s = [0.0, -0.6, 0.0]
snr_db = 0.0

[[target]]
position_m = [-1.0, 4.0, 0.3]
snr_db = 5.0
"#;

/// A simulated capture in a folder of its own: `a.bin`, `a.config.toml`, `a.truth.json`.
pub(crate) fn simulated(name: &str) -> (TempFolder, PathBuf) {
    let folder = TempFolder::new(name);
    let scene = folder.path().join("scene.toml");
    std::fs::write(&scene, SCENE).unwrap();
    let capture = folder.path().join("a.bin");
    succeed(&["radar", "simulate", text(&scene), "-o", text(&capture)]);
    (folder, capture)
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeed(arguments)).unwrap()
}

pub(crate) fn fails(arguments: &[&str], status: i32, words: &[&str]) {
    let output = mmw(arguments).output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(status), "{said}");
    for word in words {
        assert!(said.contains(word), "{word} is not in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

/// A published capture, or nothing and a printed line.
pub(crate) fn published(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar").join(name);
    if path.exists() {
        return Some(text(&path).to_owned());
    }
    println!("skipped: no capture {name}");
    None
}

pub(crate) fn numbers(report: &Value, field: &str) -> Vec<f64> {
    report["points"].as_array().unwrap().iter().filter_map(|point| point[field].as_f64()).collect()
}

#[test]
fn a_simulated_capture_is_processed_to_its_truth() {
    let (folder, capture) = simulated("roundtrip");
    let config = capture.with_extension("config.toml");
    let report = json(&["radar", "process", text(&capture), "--config", text(&config), "--json"]);
    assert_eq!(report["frames"], 3);
    assert_eq!(report["angles_resolved"], serde_json::json!(["azimuth", "elevation"]));
    let truth: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("a.truth.json")).unwrap()).unwrap();
    for target in truth["targets"].as_array().unwrap() {
        let field = |name: &str| target[name].as_f64().unwrap();
        let hit = report["points"].as_array().unwrap().iter().any(|point| {
            let near = |name: &str, tolerance: f64| {
                (point[name].as_f64().unwrap() - target[name].as_f64().unwrap()).abs() < tolerance
            };
            point["frame"] == target["frame"]
                && near("range_m", 2e-3)
                && near("velocity_m_s", 5e-3)
                && near("azimuth_rad", 5e-3)
                && near("elevation_rad", 2e-2)
                && near("x_m", 2e-2)
        });
        assert!(hit, "no point at {} m", field("range_m"));
    }
}

/// The frame of the maps goes by way of its cube, the others straight from their words.
#[test]
fn words_and_cubes_make_the_same_points() {
    let (_folder, capture) = simulated("words");
    let config = capture.with_extension("config.toml");
    let files = ["radar", "process", text(&capture), "--config", text(&config)];
    for mti in ["none", "notch", "frame_difference", "mean"] {
        let with_map_of = |frame: &str| {
            let options = ["--mti", mti, "--map-frame", frame, "--json"];
            json(&[&files[..], &options[..]].concat())["points"].clone()
        };
        let points = with_map_of("0");
        assert_eq!(with_map_of("1"), points, "{mti}");
        assert_eq!(with_map_of("2"), points, "{mti}");
        let pipe = std::fs::File::open(&capture).unwrap();
        let arguments = ["radar", "process", "-", "--config", text(&config), "--mti", mti];
        let output = mmw(&arguments).stdin(pipe).output().unwrap();
        let lines = String::from_utf8(output.stdout.clone()).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3, "{}", stderr(&output));
        let piped = lines.iter().flat_map(|line| line["points"].as_array().unwrap().clone());
        assert_eq!(Value::Array(piped.collect()), points, "{mti}");
    }
}

#[test]
fn every_form_is_written_as_array_and_picture() {
    let (folder, capture) = simulated("files");
    let out = folder.path().join("maps");
    let config = capture.with_extension("config.toml");
    let shown = succeed(&["radar", "process", text(&capture), "--config", text(&config), "-o", text(&out)]);
    assert!(shown.contains("range     0.0836 m resolution"), "{shown}");
    let forms = ["range_doppler", "range_time", "doppler_time", "range_azimuth", "range_elevation", "tensor"];
    for form in forms {
        for ending in ["npy", "axes.json", "png"] {
            let file = out.join(format!("{form}.{ending}"));
            assert!(std::fs::metadata(&file).unwrap().len() > 100, "{}", file.display());
        }
    }
    for file in ["points.csv", "points.ply", "points.png"] {
        assert!(out.join(file).exists(), "{file}");
    }
    let hidden = std::fs::read_dir(&out)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(hidden.count(), 0);
}

#[test]
fn a_calibration_is_one_weight_a_channel() {
    let (folder, capture) = simulated("calibration");
    let config = capture.with_extension("config.toml");
    let file = folder.path().join("weights.json");
    let arguments = [
        "radar",
        "process",
        text(&capture),
        "--config",
        text(&config),
        "--calibration",
        text(&file),
        "--json",
    ];
    std::fs::write(&file, format!("[{}]", ["[2.0, 0.0]"; 12].join(","))).unwrap();
    let plain = json(&arguments[..5].iter().copied().chain(["--json"]).collect::<Vec<_>>());
    let doubled = json(&arguments);
    let azimuth = |report: &Value| numbers(report, "azimuth_rad")[0];
    assert!((azimuth(&plain) - azimuth(&doubled)).abs() < 1e-4);
    std::fs::write(&file, "[[1.0, 0.0]]").unwrap();
    fails(&arguments, 1, &["calibration", "12"]);
}

#[test]
fn a_batch_answers_line_by_line() {
    let (_folder, capture) = simulated("batch");
    let config = capture.with_extension("config.toml");
    let line = |extra: &str| {
        format!("{{\"capture\": {:?}, \"config\": {:?}{extra}}}\n", text(&capture), text(&config))
    };
    let lines = line(", \"mti\": \"mean\", \"frames\": \"1..3\"")
        + &line(", \"mit\": 1")
        + &line(", \"doa\": \"music\"");
    let mut child = mmw(&["radar", "process", "--batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers[0]["frames"], 2);
    assert!(numbers(&answers[0], "velocity_m_s").iter().any(|v| (v + 0.6).abs() < 0.05));
    assert_eq!(answers[1]["error"]["kind"], "parse");
    assert!(answers[1]["error"]["message"].as_str().unwrap().contains("mit"));
    assert_eq!(answers[2]["frames"], 3);
}

#[test]
fn wrong_input_is_refused_with_what_would_be_right() {
    let (folder, capture) = simulated("wrong");
    let config = capture.with_extension("config.toml");
    let (capture_text, config_text) = (text(&capture).to_owned(), text(&config).to_owned());
    let process = |capture: &str, config: &str| {
        ["radar", "process", capture, "--config", config].map(str::to_owned).to_vec()
    };
    let run = |arguments: Vec<String>, status: i32, words: &[&str]| {
        fails(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), status, words);
    };
    let bytes = std::fs::read(&capture).unwrap();
    let cut = folder.path().join("cut.bin");
    std::fs::write(&cut, &bytes[..bytes.len() - 1000]).unwrap();
    run(process(text(&cut), &config_text), 1, &["cut.bin", "expected", "--allow-partial-last-frame"]);
    succeed(&[
        "radar",
        "process",
        text(&cut),
        "--config",
        &config_text,
        "--allow-partial-last-frame",
        "--json",
    ]);
    let empty = folder.path().join("empty.bin");
    std::fs::write(&empty, b"").unwrap();
    run(process(text(&empty), &config_text), 1, &["empty.bin"]);
    run(process("no/such.bin", &config_text), 1, &["cannot open no/such.bin"]);
    let lanes = mmw(&["radar", "process", &capture_text, "--config", &config_text, "--lanes", "4"]).output();
    let said = stderr(&lanes.unwrap());
    assert!(said.contains("--lanes 4 overrules the configuration, which says 2"), "{said}");
    let mut frames = process(&capture_text, &config_text);
    frames.extend(["--frames".into(), "2..9".into()]);
    run(frames, 2, &["--frames 2..9", "3 frames"]);
    let unknown = folder.path().join("unknown.toml");
    std::fs::write(&unknown, std::fs::read_to_string(&config).unwrap() + "\nchrips = 3\n").unwrap();
    run(process(&capture_text, text(&unknown)), 1, &["chrips"]);
    run(process(&capture_text, &capture_text), 1, &[".json", ".cfg", ".toml"]);
    fails(&["radar", "process", &capture_text], 2, &["--config"]);
    let scene = folder.path().join("bad.toml");
    std::fs::write(&scene, SCENE.replace("snr_db = 0.0", "snr = 0.0")).unwrap();
    let out = folder.path().join("b.bin");
    fails(&["radar", "simulate", text(&scene), "-o", text(&out)], 1, &["bad.toml", "snr"]);
    assert!(!out.exists());
}

/// What a person who has only the files can ask first.
#[test]
fn info_says_what_is_there_and_what_is_missing() {
    let folder = TempFolder::new("radar-info");
    let (config, bin) = (folder.path().join("a.cfg"), folder.path().join("a.bin"));
    let command = "channelCfg 15 3 0\nadcCfg 2 1\nprofileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\n\
                   chirpCfg 0 0 0 0 0 0 0 1\nchirpCfg 1 1 0 0 0 0 0 2\nframeCfg 0 1 16 1 50 1 0\n\
                   compRangeBiasAndRxChanPhase 0.1 1 0 -1 0 1 0 -1 0 1 0 -1 0 1 0 -1 0\n";
    std::fs::write(&config, command).unwrap();
    std::fs::write(&bin, vec![0_u8; 32768 + 100]).unwrap();
    // In any order; nothing is refused for a missing piece.
    let report = json(&["radar", "info", text(&bin), text(&config), "--json"]);
    let asked: Vec<&str> =
        report["missing"].as_array().unwrap().iter().map(|m| m["what"].as_str().unwrap()).collect();
    assert_eq!(asked, ["lanes", "iq_swap", "antennas"]);
    let said = &report["configurations"][0];
    assert_eq!(said["waveform"]["samples"], 64);
    assert_eq!((said["lanes"].is_null(), said["weighted_channels"].as_u64()), (true, Some(4)));
    assert!((said["range_bias_m"].as_f64().unwrap() - 0.1).abs() < 1e-12);
    let all = ["--lanes", "2", "--iq-swap", "false", "--board", "awr1642"];
    let arguments = [&["radar", "info", text(&config), text(&bin)][..], &all].concat();
    let silent = mmw(&arguments).output().unwrap();
    let said = String::from_utf8(silent.stdout).unwrap();
    assert!(
        !silent.status.success() && said.contains("all its words are zero (--as-told overrules"),
        "{said}"
    );
    let said = succeed(&[&arguments[..], &["--as-told"]].concat());
    for words in
        ["4 channels weighted", "1 whole frames and 100 bytes", "as the radar looks out", "(-1.947, "]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("missing"), "{said}");
    let alone = succeed(&["radar", "info", text(&bin)]);
    assert!(alone.contains("missing       configuration"), "{alone}");
    let not_understood = |files: &[&str]| {
        let output = mmw(&[&["radar", "info"], files].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{files:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let absent = not_understood(&["nowhere.cfg", text(&bin)]);
    assert!(absent.contains("unreadable    cannot open nowhere.cfg"), "{absent}");
    std::fs::write(&config, command.replace("60 1 64", "-60 1 64")).unwrap();
    let falling = not_understood(&[text(&config)]);
    assert!(falling.contains("a.cfg:3") && falling.contains("falling ramps"), "{falling}");
}

#[test]
fn antennas_of_a_board_without_a_name_come_from_a_file() {
    let (folder, capture) = simulated("radar-antennas");
    let config = folder.path().join("a.config.toml");
    let said = std::fs::read_to_string(&config).unwrap();
    let (waveform, antennas) = said.split_once("[antennas]").unwrap();
    let plain = folder.path().join("plain.toml");
    std::fs::write(&plain, waveform).unwrap();
    let places = folder.path().join("places.toml");
    std::fs::write(&places, antennas).unwrap();
    let arguments = ["radar", "process", text(&capture), "--config", text(&config), "--json"];
    let whole = json(&arguments);
    let arguments =
        ["radar", "process", text(&capture), "--config", text(&plain), "--antennas", text(&places), "--json"];
    assert_eq!(json(&arguments), whole);
    let both = [&arguments[..7], &["--board", "iwr1843"]].concat();
    fails(&both, 2, &["--antennas", "--board"]);
    let arguments = [
        "radar",
        "process",
        text(&capture),
        "--config",
        text(&config),
        "--antennas",
        text(&places),
        "--json",
    ];
    let output = mmw(&arguments).output().unwrap();
    assert!(stderr(&output).contains("--antennas overrules the places of the antennas"), "{output:?}");
    assert_eq!(json(&arguments)["points"], whole["points"]);
}

#[test]
fn options_of_the_detector_are_checked() {
    let (_folder, capture) = simulated("detector");
    let config = capture.with_extension("config.toml");
    let base = ["radar", "process", text(&capture), "--config", text(&config)];
    let with = |more: &[&'static str]| base.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    fails(&with(&["--cfar", "median"]), 2, &["--cfar", "ca, go, so, os"]);
    fails(&with(&["--training-cells", "8"]), 2, &["--training-cells", "8,8"]);
    fails(&with(&["--training-cells", "0,0"]), 2, &["--training-cells 0,0"]);
    let wide =
        json(&with(&["--training-cells", "12,4", "--guard-cells", "3,3", "--coupling-bins", "2", "--json"]));
    assert!(!wide["points"].as_array().unwrap().is_empty());
}
