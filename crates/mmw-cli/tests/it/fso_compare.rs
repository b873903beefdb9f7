//! `mmw fso compare`: the table equals that of the library; every option works or is named.

use super::options::{Table, option};
use super::{TempFolder, mmw, stderr, succeed};
use fso_g2a::compare::{OutageMethod, OutageTrials, OutageTrialsConfig, outage_grid};
use fso_g2a::mmw_core::study::StudyConfig;
use serde_json::{Value, json};

#[test]
fn the_table_is_that_of_the_library_whole_and_in_parts() {
    let folder = TempFolder::new("fso-compare");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let arguments = [
        "fso",
        "compare",
        "--methods=half_plane,simulation",
        "--threshold-db=-20,-10",
        "--draws=500",
        "--trials=90",
        "--seed=4",
    ];
    let run = |more: &[&str]| succeed(&[&arguments[..], more].concat());
    let [csv, page] = ["table.csv", "page.html"].map(path);
    let answer: Value = serde_json::from_str(&run(&["--json", "--out", &csv, "--page", &page])).unwrap();

    let methods = [OutageMethod::HalfPlane, OutageMethod::Simulation];
    let grid = outage_grid(&[2.0], &[0.7], &[-20.0, -10.0]).unwrap();
    let config = StudyConfig { trials: 90, seed: 4, ..StudyConfig::default() };
    let trials = OutageTrials::new(OutageTrialsConfig { draws: 500, ..Default::default() }).unwrap();
    let table = trials.run(&methods, grid, config).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), table.rows.len());
    for (shown, row) in rows.iter().zip(&table.rows) {
        assert_eq!(shown["method"], row.contender);
        assert_eq!(shown["rmse_decades"].as_f64(), row.rmse.map(|rmse| rmse.value));
        assert_eq!(shown["bias_decades"].as_f64(), row.bias.map(|bias| bias.value));
    }
    assert_eq!(std::fs::read_to_string(&csv).unwrap().lines().count(), 1 + rows.len());
    assert!(std::fs::read_to_string(&page).unwrap().contains("Ways to an outage probability"));

    let parts = ["1/2", "2/2"].map(|shard| {
        let part = path(&format!("{}.part", &shard[..1]));
        run(&["--shard", shard, "--out", &part]);
        part
    });
    let merged = succeed(&["merge", &parts[1], &parts[0], "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&merged).unwrap(), answer);
}

#[test]
fn every_option_of_the_comparison_works_or_is_named() {
    let folder = TempFolder::new("fso-compare-options");
    let alone = json!({});
    let options = vec![
        option("methods", json!(["paper"]), &json!({ "draws": null })),
        option("beam_radius_m", json!([3]), &alone),
        option("jitter_m", json!([1.1]), &alone),
        option("threshold_db", json!([-7]), &alone),
        option("aperture_radius_m", json!(0.2), &alone),
        option("alpha", json!(5), &alone),
        option("beta", json!(2.5), &alone),
        option("draws", json!(200), &alone),
        option("trials", json!(30), &alone),
        option("seed", json!(2), &alone),
        option("costs", json!(true), &alone),
        option("shard", json!("1/2"), &json!({ "out": folder.path().join("part.json") })),
    ];
    let base = json!({ "methods": ["rare_simulation"], "threshold_db": [-10], "draws": 100, "trials": 20 });
    let beside = vec!["threads", "checkpoint", "plot", "page", "out"];
    Table { area: "fso", command: "compare", base, modes: vec![json!({})], options, beside }.check();
}

#[test]
fn what_cannot_be_compared_is_named_by_its_option() {
    for (arguments, told) in [
        (&["--methods=guess"][..], "guess"),
        (&["--beam-radius-m=0"], "beam_radius_m"),
        (&["--jitter-m=-1"], "jitter_m"),
        (&["--threshold-db=200"], "threshold_db"),
        (&["--threshold-db=-400"], "threshold_db is -400"),
        (&["--methods=exact,exact"], "methods: two are named exact"),
        (&["--methods=exact,half_plane", "--draws=5"], "draws: has no effect"),
        (&["--aperture-radius-m=0"], "aperture_radius_m"),
        (&["--draws=0"], "draws"),
        (&["--trials=1"], "trials"),
    ] {
        let output = mmw(&[&["fso", "compare"], arguments].concat()).output().unwrap();
        assert!(!output.status.success() && stderr(&output).contains(told), "{}", stderr(&output));
    }
}
