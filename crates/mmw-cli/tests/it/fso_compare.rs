//! `mmw fso compare`: the table equals that of the library; every option works or is named.

use super::comparison::{BIAS, Beside, Options, RMSE, refused};
use super::options::option;
use fso_g2a::compare::{OutageMethod, OutageTrials, OutageTrialsConfig, outage_grid};
use fso_g2a::mmw_core::study::StudyConfig;
use serde_json::json;

#[test]
fn the_table_is_that_of_the_library_whole_and_in_parts() {
    let arguments = [
        "fso",
        "compare",
        "--methods=half_plane,simulation",
        "--threshold-db=-20,-10",
        "--draws=500",
        "--trials=90",
        "--seed=4",
    ];
    let methods = [OutageMethod::HalfPlane, OutageMethod::Simulation];
    let grid = outage_grid(&[2.0], &[0.7], &[-20.0, -10.0]).unwrap();
    let config = StudyConfig { trials: 90, seed: 4, ..StudyConfig::default() };
    let trials = OutageTrials::new(OutageTrialsConfig { draws: 500, ..Default::default() }).unwrap();
    let table = trials.run(&methods, grid, config).unwrap();
    Beside {
        arguments: &arguments,
        table: &table,
        named: "method",
        figures: &[("rmse_decades", RMSE), ("bias_decades", BIAS)],
        page: &["Ways to an outage probability"],
    }
    .check();
}

#[test]
fn every_option_of_the_comparison_works_or_is_named() {
    let alone = json!({});
    let own = vec![
        option("methods", json!(["paper"]), &json!({ "draws": null })),
        option("beam_radius_m", json!([3]), &alone),
        option("jitter_m", json!([1.1]), &alone),
        option("threshold_db", json!([-7]), &alone),
        option("aperture_radius_m", json!(0.2), &alone),
        option("alpha", json!(5), &alone),
        option("beta", json!(2.5), &alone),
        option("draws", json!(200), &alone),
    ];
    let base = json!({ "methods": ["rare_simulation"], "threshold_db": [-10], "draws": 100, "trials": 20 });
    Options { area: "fso", command: "compare", base, modes: vec![json!({})], own }.check();
}

#[test]
fn what_cannot_be_compared_is_named_by_its_option() {
    let cases: [(&[&str], &str); 10] = [
        (&["--methods=guess"], "guess"),
        (&["--beam-radius-m=0"], "beam_radius_m"),
        (&["--jitter-m=-1"], "jitter_m"),
        (&["--threshold-db=200"], "threshold_db"),
        (&["--threshold-db=-400"], "threshold_db is -400"),
        (&["--methods=exact,exact"], "methods: two are named exact"),
        (&["--methods=exact,half_plane", "--draws=5"], "draws: has no effect"),
        (&["--aperture-radius-m=0"], "aperture_radius_m"),
        (&["--draws=0"], "draws"),
        (&["--trials=1"], "trials"),
    ];
    refused(&["fso", "compare"], &cases);
}
