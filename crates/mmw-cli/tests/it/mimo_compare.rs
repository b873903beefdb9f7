//! `mmw mimo compare`: the table equals that of the library; every option works or is named.

use super::options::{Table, option};
use super::{TempFolder, mmw, stderr, succeed};
use mimo_gscm::compare::{ChannelLaw, ChannelTrials, ChannelTrialsConfig};
use mimo_gscm::mmw_core::study::StudyConfig;
use mimo_gscm::{ChannelModel, Scenario, Station};
use serde_json::{Value, json};

#[test]
fn the_table_is_that_of_the_library_whole_and_in_parts() {
    let folder = TempFolder::new("mimo-compare");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let arguments = [
        "mimo",
        "compare",
        "--models=iid,kronecker",
        "--receive=2",
        "--transmit=3",
        "--snr-db=0,10",
        "--draws=50",
        "--reference-draws=500",
        "--trials=90",
        "--seed=4",
    ];
    let run = |more: &[&str]| succeed(&[&arguments[..], more].concat());
    let [csv, page] = ["table.csv", "page.html"].map(path);
    let answer: Value = serde_json::from_str(&run(&["--json", "--out", &csv, "--page", &page])).unwrap();

    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let ends = [2, 3].map(|count| Station::linear(count, 0.5, 2e9).unwrap());
    let config = ChannelTrialsConfig { draws: 50, reference_draws: 500, ..Default::default() };
    let trials = ChannelTrials::new(model, ends, &[0.0, 10.0], config).unwrap();
    let config = StudyConfig { trials: 90, seed: 4, ..StudyConfig::default() };
    let table = trials.run(&[ChannelLaw::Iid, ChannelLaw::Kronecker], config).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), table.rows.len());
    for (shown, row) in rows.iter().zip(&table.rows) {
        assert_eq!(shown["model"], row.contender);
        assert_eq!(shown["bias_bit_s_hz"].as_f64(), row.bias.map(|bias| bias.value));
        assert_eq!(shown["rmse_bit_s_hz"].as_f64(), row.rmse.map(|rmse| rmse.value));
    }
    assert_eq!(std::fs::read_to_string(&csv).unwrap().lines().count(), 1 + rows.len());
    assert!(std::fs::read_to_string(&page).unwrap().contains("Models of the MIMO channel"));

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
    let folder = TempFolder::new("mimo-compare-options");
    let alone = json!({});
    let street = concat!(env!("CARGO_MANIFEST_DIR"), "/scenes/street.toml");
    let options = vec![
        option("models", json!(["keyhole"]), &alone),
        option("receive", json!(3), &alone),
        option("transmit", json!(3), &alone),
        option("snr_db", json!([-7]), &alone),
        option("probability", json!(0.3), &alone),
        option("draws", json!(30), &alone),
        option("reference_draws", json!(300), &alone),
        option("reference_seed", json!(5), &alone),
        option("scenario", json!(street), &alone),
        option("distance_m", json!(500), &alone),
        option("guide_coupling", json!("independent_modes"), &alone),
        option("receive_spacing_wavelengths", json!(0.3), &alone),
        option("transmit_spacing_wavelengths", json!(4.0), &alone),
        option("trials", json!(30), &alone),
        option("seed", json!(2), &alone),
        option("costs", json!(true), &alone),
        option("shard", json!("1/2"), &json!({ "out": folder.path().join("part.json") })),
    ];
    let base = json!({
        "models": ["kronecker"], "receive": 2, "transmit": 2, "snr_db": [10],
        "draws": 20, "reference_draws": 200, "trials": 20
    });
    let beside = vec!["threads", "checkpoint", "plot", "page", "out"];
    Table { area: "mimo", command: "compare", base, modes: vec![json!({})], options, beside }.check();
}

#[test]
fn what_cannot_be_compared_is_named_by_its_option() {
    for (arguments, told) in [
        (&["--models=guess"][..], "guess"),
        (&["--models=iid,iid", "--reference-draws=100"], "models: two are named iid"),
        (&["--receive=0"], "receive"),
        (&["--transmit=1000"], "transmit"),
        (&["--snr-db=300"], "snr_db"),
        (&["--probability=1"], "probability"),
        (&["--draws=2"], "draws"),
        (&["--reference-draws=2"], "reference_draws"),
        (&["--trials=1", "--reference-draws=100"], "trials"),
    ] {
        let output = mmw(&[&["mimo", "compare"], arguments].concat()).output().unwrap();
        assert!(!output.status.success() && stderr(&output).contains(told), "{}", stderr(&output));
    }
}
