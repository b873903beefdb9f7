//! The model against an independent NumPy implementation with the same geometry:
//! `tests/data/model_capacity*.json` hold quantiles of the capacity at 1, 10, 50 and 90 % and their standard
//! errors, from 2000 to 200 000 draws each.

use mimo_gscm::capacity::{CapacitySample, capacity_flat_batch};
use mimo_gscm::exact::{IidOutage, ergodic_capacity};
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::{GuideCoupling, Placement, Scenario};
use mimo_gscm::statistics::sample_matrices;
use mimo_gscm::study::{Band, CapacityResult, CapacityStudy};
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::ndarray::Array1;
use mmw_core::random::Streams;
use serde_json::Value;

const PROBABILITIES: [f64; 4] = [0.01, 0.1, 0.5, 0.9];

fn reading_a() -> Scenario {
    let mut scenario = Scenario::urban_macrocell();
    scenario.interpretation.guide_coupling = GuideCoupling::IndependentModes;
    scenario
}

fn two_kilometres() -> Scenario {
    let mut scenario = Scenario::urban_macrocell().at_distance(2000.0);
    scenario.far_clusters[0].placement = Placement::InCell { radius_m: 3000.0, clearance_m: 300.0 };
    scenario
}

fn study(scenario: &Scenario, n: usize, base_spacing: f64, snr: f64, trials: u64) -> CapacityResult {
    let model = ChannelModel::new(scenario.clone()).unwrap();
    let study = CapacityStudy {
        receive: Station::linear(n, 0.5, scenario.carrier_hz).unwrap(),
        transmit: Station::linear(n, base_spacing, scenario.carrier_hz).unwrap(),
        snr,
        band: None,
    };
    study.run(&model, &MonteCarlo::new(2026, trials).block_size(1000)).unwrap()
}

fn load(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Sets every quantile of a table beside ours; returns the worst difference in combined standard errors.
fn worst_deviation(scenario: &Scenario, base_spacing: f64, table: &Value, trials: usize) -> f64 {
    let mut worst: f64 = 0.0;
    let model = ChannelModel::new(scenario.clone()).unwrap();
    for n in [1, 2, 4, 8] {
        let receive = Station::linear(n, 0.5, scenario.carrier_hz).unwrap();
        let transmit = Station::linear(n, base_spacing, scenario.carrier_hz).unwrap();
        let transfer = Transfer::flat(&receive, &transmit, scenario.carrier_hz).unwrap();
        let mut rng = Streams::new(2026).stream(n as u64);
        let h = sample_matrices(&model, &transfer, trials, &mut rng).unwrap();
        for db in ["0", "10", "20"] {
            let row = &table[format!("{n}x{n}")][format!("{db}dB")];
            let snr = 10f64.powf(db.parse::<f64>().unwrap() / 10.0);
            let capacities = Array1::from_vec(capacity_flat_batch(&h, snr).unwrap());
            let ours = CapacitySample::new(&capacities).unwrap();
            for (i, p) in PROBABILITIES.into_iter().enumerate() {
                let (theirs, se) = (row["model"][i].as_f64().unwrap(), row["se"][i].as_f64().unwrap());
                let value = ours.ecdf().quantile(p).unwrap();
                let own = ours.outage_standard_error(p).unwrap();
                let deviation = (value - theirs) / own.hypot(se);
                println!(
                    "{n}x{n} {db} dB {p}: {value:.4} ± {own:.4} for {theirs:.4} ± {se:.4}: {deviation:.2}"
                );
                worst = worst.max(deviation.abs());
            }
        }
    }
    worst
}

#[test]
fn quantiles_of_reading_b_match_the_reference_implementation() {
    let table = load(include_str!("../data/model_capacity_B.json"));
    let worst = worst_deviation(&Scenario::urban_macrocell(), 0.5, &table["B_D1km_large"], 4000);
    println!("worst deviation of reading B: {worst:.2} combined standard errors");
    assert!(worst < 4.0, "{worst}");
}

#[test]
fn quantiles_of_reading_a_match_the_reference_implementation() {
    let table = load(include_str!("../data/model_capacity.json"));
    let worst = worst_deviation(&reading_a(), 0.5, &table["A: wg modes iid at both arrays, D=1km"], 4000);
    println!("worst deviation of reading A: {worst:.2} combined standard errors");
    assert!(worst < 4.0, "{worst}");
}

#[test]
fn other_distances_spacings_and_rice_factors_match_the_reference_implementation() {
    let table = load(include_str!("../data/model_capacity.json"));
    let mut scenario = two_kilometres();
    let far = worst_deviation(&scenario, 0.5, &table["B2: as B, D=2km, cell radius 3km"], 2500);
    let wide = worst_deviation(&scenario, 4.0, &table["B2wide: as B2, BS spacing 4 wavelengths"], 2500);
    scenario.rice_factor_db = Some(0.0);
    let rice = worst_deviation(&scenario, 0.5, &table["B2K0: as B2, K=0dB"], 2500);
    println!("worst deviations: 2 km {far:.2}, 4 wavelengths {wide:.2}, K = 0 dB {rice:.2}");
    assert!(far < 4.0 && wide < 4.0 && rice < 4.0, "{far} {wide} {rice}");
}

#[test]
fn the_loss_against_independent_fading_grows_with_the_array() {
    let trials = 12_000;
    let mut losses = Vec::new();
    for n in [2, 4, 8] {
        let exact = IidOutage::new(n, n, 100.0).unwrap();
        let ours = study(&Scenario::urban_macrocell(), n, 0.5, 100.0, trials);
        let row: Vec<f64> = PROBABILITIES
            .iter()
            .map(|&p| 100.0 * (1.0 - ours.capacity.ecdf().quantile(p).unwrap() / exact.capacity(p).unwrap()))
            .collect();
        println!("{n}x{n} loss in % at 1, 10, 50, 90 % outage: {row:.1?}");
        losses.push(row[1]);
    }
    assert!(losses[0] < losses[1] && losses[1] < losses[2], "{losses:?}");
    // 27.0 ± 0.2 in the reference implementation.
    assert!((losses[1] - 27.0).abs() < 2.0, "{losses:?}");

    let exact = IidOutage::new(4, 4, 100.0).unwrap().capacity(0.1).unwrap();
    let a = study(&reading_a(), 4, 0.5, 100.0, trials).capacity.ecdf().quantile(0.1).unwrap();
    let loss = 100.0 * (1.0 - a / exact);
    println!("4x4 loss of reading A at 10 % outage: {loss:.2} %");
    assert!((loss - 11.7).abs() < 2.0, "{loss}");
}

#[test]
fn a_single_antenna_fades_no_deeper_than_rayleigh() {
    let ours = study(&Scenario::urban_macrocell(), 1, 0.5, 100.0, 60_000);
    let exact = IidOutage::new(1, 1, 100.0).unwrap().capacity(0.1).unwrap();
    let value = ours.capacity.ecdf().quantile(0.1).unwrap();
    println!("1x1 at 10 % outage: {value:.4}, independent Rayleigh {exact:.4}");
    assert!(value > exact, "{value} {exact}");
    // The mean cannot exceed that of an unfading channel, and hardly differs from Rayleigh.
    let mean = ours.capacity.moments().mean().unwrap();
    assert!((mean / ergodic_capacity(1, 1, 100.0).unwrap() - 1.0).abs() < 0.01);
}

#[test]
fn the_mean_power_is_one() {
    for scenario in [Scenario::urban_macrocell(), reading_a()] {
        let power = study(&scenario, 2, 0.5, 1.0, 20_000).power;
        assert!(power.mean_interval(0.9999).unwrap().contains(1.0), "{:?}", power.mean());
    }
}

#[test]
fn a_band_keeps_the_mean_and_narrows_the_spread() {
    let table = load(include_str!("../data/model_capacity.json"));
    let row = &table["frequency_selective_4x4_20MHz_64bins_20dB_B2"];
    let model = ChannelModel::new(two_kilometres()).unwrap();
    let array = Station::linear(4, 0.5, 2e9).unwrap();
    let mut study = CapacityStudy { receive: array.clone(), transmit: array, snr: 100.0, band: None };
    let run = MonteCarlo::new(5, 3000).block_size(1000);
    let flat = study.run(&model, &run).unwrap().capacity;
    study.band = Some(Band { bandwidth_hz: 20e6, bins: 64 });
    let wide = study.run(&model, &run).unwrap().capacity;
    let deviation = |sample: &CapacitySample| sample.moments().standard_deviation().unwrap();
    let mean = wide.moments().mean().unwrap();
    println!(
        "mean {mean} (flat {}), deviation {} (flat {})",
        flat.moments().mean().unwrap(),
        deviation(&wide),
        deviation(&flat)
    );
    let theirs = |name: &str| row[name].as_f64().unwrap();
    // 2000 draws there, 3000 here.
    let se = deviation(&wide) * (1.0 / 2000.0 + 1.0 / 3000.0f64).sqrt();
    assert!((mean - theirs("mean_wideband")).abs() < 4.0 * se, "{mean}");
    assert!((deviation(&wide) / theirs("std_wideband") - 1.0).abs() < 0.1);
    assert!(deviation(&wide) < 0.75 * deviation(&flat));
    assert!((mean / flat.moments().mean().unwrap() - 1.0).abs() < 0.02);
}
