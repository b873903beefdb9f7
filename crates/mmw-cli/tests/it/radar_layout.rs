//! `mmw radar`: what is said of a layout that the samples contradict, and recordings of several files.

use super::radar::{fails, json, published, simulated, text};
use super::{TempFolder, mmw, stderr, succeed};
use serde_json::Value;
use std::path::PathBuf;

/// The fan's recording, and a configuration that leaves the storage open.
fn fan(folder: &TempFolder) -> Option<(String, PathBuf)> {
    let capture = published("vibration/fan_on.bin")?;
    let config = folder.path().join("fan.cfg");
    let commands = "channelCfg 15 1 0\nadcCfg 2 1\nprofileCfg 0 77 100 6 60 0 0 29.982 1 256 10000 0 0 30\n\
                    chirpCfg 0 0 0 0 0 0 0 1\nframeCfg 0 0 1 1000 1 1 0\n";
    std::fs::write(&config, commands).unwrap();
    Some((capture, config))
}

#[test]
fn a_layout_that_the_samples_contradict_is_told_with_the_option() {
    let folder = TempFolder::new("layout");
    let Some((capture, config)) = fan(&folder) else { return };
    let said = |lanes: &str, swap: &str, more: &[&str]| {
        let layout = ["--config", text(&config), "--lanes", lanes, "--iq-swap", swap, "--frames", "0..2"];
        let output = mmw(&["radar", "process", &capture]).args(layout).args(more).output().unwrap();
        assert!(output.status.success());
        stderr(&output)
    };
    let right = said("2", "false", &[]);
    assert!(!right.contains("the samples") && !right.contains("frequencies"), "{right}");
    let lanes = said("4", "false", &[]);
    assert!(lanes.contains("--lanes 2") && !lanes.contains("--iq-swap"), "{lanes}");
    let swapped = said("2", "true", &[]);
    assert!(swapped.contains("--iq-swap false") && !swapped.contains("--lanes"), "{swapped}");
    let batch = folder.path().join("jobs.jsonl");
    let job = serde_json::json!({ "capture": [capture], "config": config, "lanes": "4", "iq_swap": false, "frames": "0..1" });
    std::fs::write(&batch, job.to_string()).unwrap();
    let answer = json(&["radar", "process", "--batch", text(&batch)]);
    assert!(answer["layout_doubts"][0].as_str().unwrap().contains("--lanes 2"), "{answer}");
    let mended = said("2", "true", &["--conjugate"]);
    assert!(!mended.contains("frequencies"), "{mended}");

    let info = ["radar", "info", &capture, text(&config), "--lanes", "4", "--iq-swap", "true"];
    let report = json(&[&info[..], &["--json"]].concat());
    assert_eq!(report["doubts"].as_array().unwrap().len(), 2);
    let told = succeed(&info);
    assert!(
        told.contains("doubtful      the samples are echoes when read with 2 lanes, not with 4"),
        "{told}"
    );
    let right = succeed(&["radar", "info", &capture, text(&config), "--lanes", "2", "--iq-swap", "false"]);
    assert!(!right.contains("doubtful"), "{right}");
}

#[test]
fn what_a_configuration_lacks_the_samples_may_supply() {
    let folder = TempFolder::new("layout-open");
    let Some((capture, config)) = fan(&folder) else { return };
    let arguments = ["radar", "process", &capture, "--config", text(&config)];
    fails(&arguments, 1, &["lanes is not given", "the samples speak for --lanes 2"]);
    let more = [&arguments[..], &["--lanes", "2"]].concat();
    fails(&more, 1, &["iq_swap is not given", "the samples speak for --iq-swap false"]);
    let report = json(&["radar", "info", &capture, text(&config), "--json"]);
    let asked = |what: &str| {
        let all = report["missing"].as_array().unwrap();
        all.iter().find(|missing| missing["what"] == what).unwrap()["supplied_by"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(asked("lanes").ends_with("(the samples speak for --lanes 2)"));
    assert!(asked("iq_swap").ends_with("(the samples speak for --iq-swap false)"));
    assert_eq!(report["doubts"], Value::Array(vec![]));
}

/// `info` opens what it is given: what `process` would refuse stands there too.
#[test]
fn words_of_another_coding_are_told_before_anything_is_processed() {
    let Some(capture) = published("cases/c06_offset_binary.bin") else { return };
    let Some(config) = published("cases/c06_offset_binary.cfg") else { return };
    let output = mmw(&["radar", "info", &capture, &config, "--lanes", "4"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("unreadable") && said.contains("--offset-binary"), "{said}");
}

/// Each case that is read today is read without an accusation.
#[test]
fn no_case_of_known_truth_is_accused() {
    for name in [
        "c01_right_target",
        "c03_intact",
        "c07_real_dc",
        "c08_two_chirps",
        "c10_folded",
        "c15_inverted_receivers",
        "c16_leakage",
        "c18_two_targets",
        "c19_slow_mover",
    ] {
        let Some(capture) = published(&format!("cases/{name}.bin")) else { return };
        let Some(config) = published(&format!("cases/{name}.cfg")) else { return };
        let report = json(&["radar", "info", &capture, &config, "--lanes", "2", "--json"]);
        assert_eq!(report["doubts"], Value::Array(vec![]), "{name}");
        assert_eq!(report["problems"], Value::Array(vec![]), "{name}");
    }
    let Some(capture) = published("cases/c06_twos_complement.bin") else { return };
    let Some(config) = published("cases/c06_twos_complement.cfg") else { return };
    let told = |lanes: &str| json(&["radar", "info", &capture, &config, "--lanes", lanes, "--json"]);
    assert_eq!(told("4")["doubts"], Value::Array(vec![]));
    assert!(told("2")["doubts"][0].as_str().unwrap().contains("--lanes 4"));
}

#[test]
fn a_batch_takes_a_recording_of_several_files_as_a_list() {
    let (folder, capture) = simulated("batch-list");
    let config = capture.with_extension("config.toml");
    let bytes = std::fs::read(&capture).unwrap();
    let (first, second) = bytes.split_at(bytes.len() / 2 + 12);
    let parts = [(0, first), (1, second)].map(|(number, part)| {
        let path = folder.path().join(format!("a_Raw_{number}.bin"));
        std::fs::write(&path, part).unwrap();
        path
    });
    let [a, b] = [&parts[0], &parts[1]].map(|path| text(path));
    let jobs = folder.path().join("jobs.jsonl");
    let config = text(&config);
    let lines = [
        serde_json::json!({ "capture": [a, b], "config": config }),
        serde_json::json!({ "capture": text(&capture), "config": config }),
        serde_json::json!({ "capture": [b], "config": config }),
        serde_json::json!({ "capture": [], "config": config }),
    ];
    std::fs::write(&jobs, lines.map(|line| line.to_string()).join("\n")).unwrap();
    let output = mmw(&["radar", "process", "--batch", text(&jobs)]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((&answers[0], answers[0]["frames"].as_u64()), (&answers[1], Some(3)));
    assert_eq!(answers[2]["error"]["kind"], "format");
    assert_eq!(answers[3]["error"]["kind"], "usage");
}
