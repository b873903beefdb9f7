//! `mmw radar compare`: the table equals that of the library; every option works or is named.

use super::options::{Table, option};
use super::{TempFolder, mmw, stderr, succeed};
use mmw_dsp::compare::{DirectionTrials, DirectionTrialsConfig, direction_grid};
use mmw_dsp::doa::DirectionFinder;
use mmw_dsp::mmw_core::study::StudyConfig;
use serde_json::{Value, json};

#[test]
fn the_table_is_that_of_the_library_whole_and_in_parts() {
    let folder = TempFolder::new("radar-compare");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
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
    let run = |more: &[&str]| succeed(&[&arguments[..], more].concat());
    let [csv, page] = ["table.csv", "page.html"].map(path);
    let answer: Value = serde_json::from_str(&run(&["--json", "--out", &csv, "--page", &page])).unwrap();

    let finders = [DirectionFinder::Fft, DirectionFinder::RootMusic];
    let grid = direction_grid(&[16], &[0.0, 8.0], &[0.0, 10.0]).unwrap();
    let config = StudyConfig { trials: 50, seed: 4, ..StudyConfig::default() };
    let trials = DirectionTrials::new(DirectionTrialsConfig::default()).unwrap();
    let table = trials.run(&finders, grid, config).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), table.rows.len());
    for (shown, row) in rows.iter().zip(&table.rows) {
        assert_eq!(shown["estimator"], row.contender);
        assert_eq!(shown["rmse_deg"].as_f64(), row.rmse.map(|rmse| rmse.value));
        assert_eq!(shown["crlb_deg"].as_f64(), row.bound);
        assert_eq!(shown["resolved"].as_f64(), row.detection.map(|detected| detected.value));
    }
    assert_eq!(std::fs::read_to_string(&csv).unwrap().lines().count(), 1 + rows.len());
    let page = std::fs::read_to_string(&page).unwrap();
    assert!(page.contains("Direction finders") && page.contains("root mean square error (deg)"));

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
    let folder = TempFolder::new("radar-compare-options");
    let alone = json!({});
    let options = vec![
        option("estimators", json!(["capon"]), &alone),
        option("snr_db", json!([4]), &alone),
        option("separation_deg", json!([20]), &alone),
        option("snapshots", json!([9]), &alone),
        option("elements", json!(7), &alone),
        option("spacing_waves", json!(0.4), &alone),
        option("centre_deg", json!(-10), &alone),
        option("correlation", json!(0.7), &alone),
        option("trials", json!(30), &alone),
        option("seed", json!(2), &alone),
        option("costs", json!(true), &alone),
        option("shard", json!("1/2"), &json!({ "out": folder.path().join("part.json") })),
    ];
    let base = json!({ "estimators": ["fft"], "snr_db": [10], "snapshots": [8], "trials": 20 });
    let modes = vec![json!({ "separation_deg": [0] }), json!({ "separation_deg": [15] })];
    let beside = vec!["threads", "checkpoint", "plot", "page", "out"];
    Table { area: "radar", command: "compare doa", base, modes, options, beside }.check();
}

#[test]
fn what_cannot_be_compared_is_named_by_its_option() {
    for (arguments, told) in [
        (&["--estimators=guess"][..], "guess"),
        (&["--snapshots=0"], "snapshots"),
        (&["--separation-deg=175"], "azimuth of a source"),
        (&["--separation-deg=0", "--correlation=0.5"], "correlation"),
        (&["--elements=2"], "elements"),
        (&["--trials=1"], "trials"),
        (&["--estimators=music,music"], "estimators: two are named music"),
    ] {
        let output = mmw(&[&["radar", "compare", "doa"], arguments].concat()).output().unwrap();
        assert!(!output.status.success() && stderr(&output).contains(told), "{}", stderr(&output));
    }
}
