//! `mmw mimo compare`: the table equals that of the library; every option works or is named.

use super::comparison::{BIAS, Beside, Options, RMSE, refused};
use super::options::option;
use mimo_gscm::compare::{ChannelLaw, ChannelTrials, ChannelTrialsConfig};
use mimo_gscm::mmw_core::study::StudyConfig;
use mimo_gscm::{ChannelModel, Scenario, Station};
use serde_json::json;

#[test]
fn the_table_is_that_of_the_library_whole_and_in_parts() {
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
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let ends = [2, 3].map(|count| Station::linear(count, 0.5, 2e9).unwrap());
    let config = ChannelTrialsConfig { draws: 50, reference_draws: 500, ..Default::default() };
    let trials = ChannelTrials::new(model, ends, &[0.0, 10.0], config).unwrap();
    let config = StudyConfig { trials: 90, seed: 4, ..StudyConfig::default() };
    let table = trials.run(&[ChannelLaw::Iid, ChannelLaw::Kronecker], config).unwrap();
    Beside {
        arguments: &arguments,
        table: &table,
        named: "model",
        figures: &[("bias_bit_s_hz", BIAS), ("rmse_bit_s_hz", RMSE)],
        page: &["Models of the MIMO channel"],
    }
    .check();
}

#[test]
fn every_option_of_the_comparison_works_or_is_named() {
    let alone = json!({});
    let street = concat!(env!("CARGO_MANIFEST_DIR"), "/scenes/street.toml");
    let own = vec![
        option("models", json!(["keyhole"]), &alone),
        option("receive", json!(3), &alone),
        option("transmit", json!(3), &alone),
        option("snr_db", json!([-7]), &alone),
        option("outage_probability", json!(0.3), &alone),
        option("draws", json!(30), &alone),
        option("reference_draws", json!(300), &alone),
        option("reference_seed", json!(5), &alone),
        option("scenario", json!(street), &alone),
        option("distance_m", json!(500), &alone),
        option("guide_coupling", json!("independent_modes"), &alone),
        option("receive_spacing_waves", json!(0.3), &alone),
        option("transmit_spacing_waves", json!(4.0), &alone),
    ];
    let base = json!({
        "models": ["kronecker"], "receive": 2, "transmit": 2, "snr_db": [10],
        "draws": 20, "reference_draws": 200, "trials": 20
    });
    Options { area: "mimo", command: "compare", base, modes: vec![json!({})], own }.check();
}

#[test]
fn what_cannot_be_compared_is_named_by_its_option() {
    let cases: [(&[&str], &str); 9] = [
        (&["--models=guess"], "guess"),
        (&["--models=iid,iid", "--reference-draws=100"], "models: two are named iid"),
        (&["--receive=0"], "receive"),
        (&["--transmit=1000"], "transmit"),
        (&["--snr-db=300"], "snr_db"),
        (&["--outage-probability=1"], "outage_probability"),
        (&["--draws=2"], "draws"),
        (&["--reference-draws=2"], "reference_draws"),
        (&["--trials=1", "--reference-draws=100"], "trials"),
    ];
    refused(&["mimo", "compare"], &cases);
}
