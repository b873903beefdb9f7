//! The comparison of CFAR detectors: what theory says of them comes out of it.

use mmw_core::Error;
use mmw_core::study::{Metric, StudyConfig, StudyTable};
use mmw_dsp::cfar::{Swerling, detection_probability};
use mmw_dsp::compare::{DetectionTrials, DetectionTrialsConfig, TrialDetector, detection_grid};

const ALL: [&str; 7] = ["ca", "ca:plain", "go", "so", "os", "tm", "log"];

fn detectors(names: &[&str]) -> Vec<TrialDetector> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn table(config: DetectionTrialsConfig, at: [f64; 3], names: &[&str], trials: u64) -> StudyTable {
    let [neighbour_db, clutter_db, snr_db] = at;
    let grid = detection_grid(&[neighbour_db], &[clutter_db], &[snr_db]).unwrap();
    let config_of_study = StudyConfig { trials, ..StudyConfig::default() };
    DetectionTrials::new(config).unwrap().run(&detectors(names), grid, config_of_study).unwrap()
}

/// Four training cells on each side, along range.
fn line() -> DetectionTrialsConfig {
    DetectionTrialsConfig { shape: [24, 8], train: [4, 0], guard: [1, 0], ..Default::default() }
}

#[test]
fn in_even_noise_detections_and_false_alarms_are_those_of_theory() {
    for (target, looks, snr_db) in [
        (Swerling::Zero, 1, 12.0),
        (Swerling::One, 4, 12.0),
        (Swerling::Two, 4, 6.0),
        (Swerling::Three, 1, 14.0),
        (Swerling::Four, 2, 9.0),
    ] {
        let names = &ALL[1..];
        let config = DetectionTrialsConfig { target, looks, ..line() };
        let found = table(config, [0.0, 0.0, snr_db], names, 1000);
        for (name, row) in names.iter().zip(&found.rows) {
            let kind = name.parse::<TrialDetector>().unwrap().kind;
            let snr = 10_f64.powf(snr_db / 10.0);
            let expected = detection_probability(kind, [4, 4], looks, 1e-3, target, snr).unwrap();
            let detected = row.detection.unwrap();
            let error = (expected * (1.0 - expected) / 1000.0).sqrt();
            assert!(
                (detected.value - expected).abs() < 4.0 * error,
                "{name} {target}: {detected:?} {expected}"
            );
            let excess = row.bias.unwrap();
            assert!(excess.value.abs() < 4.0 * excess.standard_error, "{name} {target}: {excess:?}");
        }
    }
}

#[test]
fn a_strong_neighbour_hides_the_target_from_means_of_all_and_greatest_means() {
    let found = table(DetectionTrialsConfig::default(), [50.0, 0.0, 25.0], &ALL, 200);
    let alone = table(DetectionTrialsConfig::default(), [0.0, 0.0, 25.0], &ALL, 200);
    for (name, (row, alone)) in ALL.iter().zip(found.rows.iter().zip(&alone.rows)) {
        let [detected, alone] = [row, alone].map(|row| row.get(Metric::Detection).unwrap());
        match *name {
            "ca:plain" | "go" => assert!(detected < 0.1 && alone > 0.9, "{name}: {detected} {alone}"),
            // The same but for what one cell of 544 with a strong target takes.
            _ => assert!(detected > alone - 0.1, "{name}: {detected} {alone}"),
        }
    }
}

#[test]
fn an_edge_of_clutter_breaks_the_promise_least_with_the_greatest_mean() {
    let found = table(line(), [0.0, 20.0, 0.0], &ALL, 400);
    let excess = |name: &str| found.row(0, name).unwrap().bias.unwrap().value;
    for name in ["ca:plain", "so", "os:0.75", "tm:0:0.25", "log"] {
        assert!(excess(name) > excess("go") + 1.0, "{name}: {} {}", excess(name), excess("go"));
    }
}

#[test]
fn what_cannot_be_compared_is_named() {
    let with = |change: fn(&mut DetectionTrialsConfig)| {
        let mut config = DetectionTrialsConfig::default();
        change(&mut config);
        DetectionTrials::new(config).unwrap_err()
    };
    for (error, name) in [
        (with(|config| config.shape[0] = 49), "shape[0]"),
        (with(|config| config.shape[1] = 24), "shape[1]"),
        (with(|config| config.shape[1] = 1 << 20), "shape[1]"),
        (with(|config| config.train[0] = 0), "train[0]"),
        (with(|config| config.train[0] = usize::MAX), "shape[0]"),
        (with(|config| config.looks = 0), "looks"),
        (with(|config| config.false_alarm_probability = 0.0), "false"),
    ] {
        assert!(error.to_string().contains(name), "{name}: {error}");
    }
    assert!("ca:plane".parse::<TrialDetector>().is_err());
    let trials = DetectionTrials::new(DetectionTrialsConfig::default()).unwrap();
    let run = |neighbour_db, clutter_db, snr_db| {
        let grid = detection_grid(&[neighbour_db], &[clutter_db], &[snr_db])?;
        trials.run(&detectors(&["os"]), grid, StudyConfig::default())
    };
    for (error, name) in
        [(run(-3.0, 0.0, 0.0), "neighbour"), (run(0.0, 101.0, 0.0), "clutter"), (run(0.0, 0.0, -61.0), "snr")]
    {
        let error = error.unwrap_err();
        assert!(matches!(error, Error::Domain { .. }), "{error}");
        assert!(error.to_string().contains(name), "{name}: {error}");
    }
}
