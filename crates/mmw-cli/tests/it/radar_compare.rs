//! `mmw radar compare`: the table equals that of the library; every option works or is named.

use super::comparison::{Beside, Options, RMSE, refused};
use super::options::option;
use mmw_dsp::compare::{
    DetectionTrials, DetectionTrialsConfig, DirectionTrials, DirectionTrialsConfig, detection_grid,
    direction_grid,
};
use mmw_dsp::doa::DirectionFinder;
use mmw_dsp::mmw_core::study::StudyConfig;
use serde_json::json;

#[test]
fn the_table_is_that_of_the_library_whole_and_in_parts() {
    let arguments = [
        "radar",
        "compare",
        "doa",
        "--estimators=fft,root_music",
        "--snr-db=0,10",
        "--separation-deg=0,8",
        "--snapshots=16",
        "--trials=50",
        "--seed=4",
    ];
    let finders = [DirectionFinder::Fft, DirectionFinder::RootMusic];
    let grid = direction_grid(&[16], &[0.0, 8.0], &[0.0, 10.0]).unwrap();
    let config = StudyConfig { trials: 50, seed: 4, ..StudyConfig::default() };
    let trials = DirectionTrials::new(DirectionTrialsConfig::default()).unwrap();
    let table = trials.run(&finders, grid, config).unwrap();
    Beside {
        arguments: &arguments,
        table: &table,
        named: "estimator",
        figures: &[
            ("rmse_deg", RMSE),
            ("crlb_deg", |row| row.bound),
            ("resolved", |row| row.detection.map(|detected| detected.value)),
        ],
        page: &["Direction finders", "root mean square error (deg)"],
    }
    .check();
}

#[test]
fn every_option_of_the_comparison_works_or_is_named() {
    let alone = json!({});
    let own = vec![
        option("estimators", json!(["capon"]), &alone),
        option("snr_db", json!([4]), &alone),
        option("separation_deg", json!([20]), &alone),
        option("snapshots", json!([9]), &alone),
        option("elements", json!(7), &alone),
        option("spacing_waves", json!(0.4), &alone),
        option("centre_deg", json!(-10), &alone),
        option("correlation", json!(0.7), &alone),
    ];
    let base = json!({ "estimators": ["fft"], "snr_db": [10], "snapshots": [8], "trials": 20 });
    let modes = vec![json!({ "separation_deg": [0] }), json!({ "separation_deg": [15] })];
    Options { area: "radar", command: "compare doa", base, modes, own }.check();
}

#[test]
fn what_cannot_be_compared_is_named_by_its_option() {
    let cases: [(&[&str], &str); 7] = [
        (&["--estimators=guess"], "guess"),
        (&["--snapshots=0"], "snapshots"),
        (&["--separation-deg=175"], "azimuth of a source"),
        (&["--separation-deg=0", "--correlation=0.5"], "correlation"),
        (&["--elements=2"], "elements"),
        (&["--trials=1"], "trials"),
        (&["--estimators=music,music"], "estimators: two are named music"),
    ];
    refused(&["radar", "compare", "doa"], &cases);
}

#[test]
fn the_table_of_detectors_is_that_of_the_library_whole_and_in_parts() {
    let arguments = [
        "radar",
        "compare",
        "cfar",
        "--detectors=ca:plain,os:0.6",
        "--snr-db=10,20",
        "--neighbour-db=0,30",
        "--clutter-db=0",
        "--trials=40",
        "--seed=4",
    ];
    let detectors = ["ca:plain", "os:0.6"].map(|name| name.parse().unwrap());
    let grid = detection_grid(&[0.0, 30.0], &[0.0], &[10.0, 20.0]).unwrap();
    let config = StudyConfig { trials: 40, seed: 4, ..StudyConfig::default() };
    let trials = DetectionTrials::new(DetectionTrialsConfig::default()).unwrap();
    let table = trials.run(&detectors, grid, config).unwrap();
    Beside {
        arguments: &arguments,
        table: &table,
        named: "detector",
        figures: &[
            ("detected", |row| row.detection.map(|detected| detected.value)),
            ("false_alarms_over_promised", |row| row.bias.map(|excess| 1.0 + excess.value)),
        ],
        page: &["CFAR detectors"],
    }
    .check();
}

#[test]
fn every_option_of_the_comparison_of_detectors_works_or_is_named() {
    let alone = json!({});
    let own = vec![
        option("detectors", json!(["go"]), &alone),
        option("snr_db", json!([4]), &alone),
        option("neighbour_db", json!([20]), &alone),
        option("clutter_db", json!([20]), &alone),
        option("swerling", json!("four"), &alone),
        option("looks", json!(3), &alone),
        option("false_alarm_probability", json!(1e-2), &alone),
        option("cells", json!([50, 40]), &alone),
        option("training_cells", json!([4, 4]), &alone),
        option("guard_cells", json!([1, 1]), &alone),
    ];
    let base = json!({ "detectors": ["ca"], "snr_db": [10], "neighbour_db": [0], "trials": 20 });
    Options { area: "radar", command: "compare cfar", base, modes: vec![json!({})], own }.check();
}

#[test]
fn what_detectors_cannot_be_compared_by_is_named_by_its_option() {
    let cases: [(&[&str], &str); 7] = [
        (&["--detectors=median"], "median"),
        (&["--detectors=os:2"], "rank"),
        (&["--snr-db=-100"], "snr"),
        (&["--neighbour-db=-3"], "neighbour"),
        (&["--cells=20,20"], "cells is 20"),
        (&["--looks=0"], "looks"),
        (&["--detectors=ca,ca"], "detectors: two are named ca"),
    ];
    refused(&["radar", "compare", "cfar"], &cases);
}
