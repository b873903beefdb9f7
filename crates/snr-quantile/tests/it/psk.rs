//! Complex samples: against NumPy, against the bound, and intervals that hold the truth.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

use serde_json::Value;
use snr_quantile::mmw_core::ndarray::{Array1, array};
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::num_complex::Complex;
use snr_quantile::psk::{self, Modulation, PskStudy, Record};
use snr_quantile::{Method, Outcome, Snr};

/// The generator stands in its `meta`.
fn oracle() -> Value {
    serde_json::from_str(include_str!("../data/psk.json")).unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap()
}

fn es_n0(db: f64) -> Snr {
    Snr::from_es_n0(10_f64.powf(0.1 * db)).unwrap()
}

fn samples(row: &Value) -> Array1<Complex<f64>> {
    list(row, "y").iter().map(|y| Complex::new(y[0].as_f64().unwrap(), y[1].as_f64().unwrap())).collect()
}

fn modulation(row: &Value) -> Modulation {
    row["modulation"].as_str().unwrap().parse().unwrap()
}

#[test]
fn the_estimates_are_those_of_numpy() {
    for row in list(&oracle(), "vectors") {
        let (modulation, y) = (modulation(row), samples(row));
        let mut record = Record::keeping_all(modulation);
        record.push(&y).unwrap();
        let estimate = record.estimate(Method::Ml).unwrap();
        let ml = |key: &str| row["ml"][key].as_f64().unwrap();
        let Outcome::Identifiable { signal_amplitude, noise_std, .. } = estimate.outcome else {
            unreachable!("{modulation} {estimate:?}")
        };
        // Steps on numerical derivatives end 1e-7 off or so.
        assert!((estimate.es_n0_db().unwrap() - ml("es_n0_db")).abs() < 1e-5, "{modulation} {estimate:?}");
        assert!(
            (signal_amplitude - ml("amplitude")).abs() < 1e-5 && (noise_std - ml("noise_std")).abs() < 1e-5
        );
        let turn = std::f64::consts::TAU / modulation.order() as f64;
        let apart =
            (estimate.phase_rad.unwrap() - ml("phase_rad") + 0.5 * turn).rem_euclid(turn) - 0.5 * turn;
        // The likelihood of many phases in much noise is nearly flat in the phase.
        assert!(apart.abs() < 1e-4, "{modulation} {estimate:?}");
        for (method, key) in [(Method::M2m4, "m2m4"), (Method::Svr, "svr")] {
            let found = record.estimate(method).unwrap().es_n0_db().unwrap();
            assert!((found - row[key].as_f64().unwrap()).abs() < 1e-10, "{modulation} {method} {found}");
        }
        let symbols: Vec<usize> = list(row, "symbols").iter().map(|k| k.as_u64().unwrap() as usize).collect();
        let known = psk::data_aided(modulation, &y, &symbols).unwrap().es_n0_db().unwrap();
        assert!((known - row["data_aided"].as_f64().unwrap()).abs() < 1e-10);
    }
}

#[test]
fn the_bounds_are_those_of_another_quadrature() {
    for row in list(&oracle(), "bounds") {
        let found = psk::crlb_db2(modulation(row), es_n0(row["es_n0_db"].as_f64().unwrap()), 1).unwrap();
        let expected = row["crlb_db2"].as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-8, "{row} {found}");
    }
}

#[test]
fn bounds_of_more_phases_are_higher_and_all_meet_that_of_known_symbols() {
    for db in [-20.0, -5.0, 0.0, 7.0, 12.0, 20.0, 29.0, 31.0, 60.0] {
        let bounds: Vec<f64> =
            Modulation::ALL.iter().map(|m| psk::crlb_db2(*m, es_n0(db), 100).unwrap()).collect();
        let known = psk::data_aided_crlb_db2(es_n0(db), 100).unwrap();
        // Rounding, where they are equal; at low SNR it is divided by a residual of the third order.
        assert!(bounds.windows(2).all(|pair| pair[1] > pair[0] * (1.0 - 1e-9)), "{db} {bounds:?}");
        assert!(bounds[0] > known * (1.0 - 1e-9), "{db}");
        assert!(db < 31.0 || bounds[3] / known - 1.0 < 1e-9, "{db}");
    }
}

#[test]
fn likelihood_is_within_a_tenth_of_the_bound_from_3_db_on() {
    for db in [3.0, 6.0, 10.0] {
        let study = PskStudy { trials: 1500, ..PskStudy::new(Modulation::Qpsk, Some(es_n0(db)), 1000) };
        let score = study.run(&[Method::MlBinned]).unwrap().remove(0);
        // Within 1.06 by a study of 20 000; four standard errors of 3.7 % above it.
        assert!(score.mse_db2 / score.crlb_db2.unwrap() < 1.21, "{db} {score:?}");
    }
}

#[test]
fn intervals_hold_the_truth_with_and_without_a_signal() {
    for (modulation, samples, db) in [
        (Modulation::Bpsk, 50, None),
        (Modulation::Bpsk, 200, Some(-5.0)),
        (Modulation::Qpsk, 50, None),
        (Modulation::Qpsk, 200, Some(0.0)),
        (Modulation::Qpsk, 200, Some(10.0)),
        (Modulation::Psk8, 50, None),
        (Modulation::Psk8, 200, Some(6.0)),
    ] {
        let study = PskStudy { trials: 600, ..PskStudy::new(modulation, db.map(es_n0), samples) };
        let score = study.run(&[Method::MlBinned]).unwrap().remove(0);
        // 0.94 to 0.97, with four standard errors of 0.009.
        let covered = score.covered.unwrap();
        assert!((0.905..=1.0).contains(&covered), "{modulation} {samples} {db:?}: {covered}");
        // 1 %, with four standard errors of 0.4 %.
        assert!(db.is_some() || score.detected.unwrap() < 0.026, "{modulation} {samples}: {score:?}");
    }
}

#[test]
fn cells_change_an_estimate_by_less_than_a_hundredth_of_its_deviation() {
    for (modulation, db) in [
        (Modulation::Bpsk, -8.0),
        (Modulation::Bpsk, 25.0),
        (Modulation::Qpsk, -1.0),
        (Modulation::Qpsk, 4.0),
        (Modulation::Qpsk, 12.0),
        (Modulation::Qpsk, 40.0),
        (Modulation::Psk8, 8.0),
        (Modulation::Psk16, 15.0),
    ] {
        let y = psk::samples(modulation, es_n0(db), 50_000, &mut Streams::new(5).stream(0)).unwrap();
        let (mut cells, mut all) = (Record::new(modulation), Record::keeping_all(modulation));
        cells.push(&y).unwrap();
        all.push(&y).unwrap();
        let (binned, exact) = (cells.estimate(Method::MlBinned).unwrap(), all.estimate(Method::Ml).unwrap());
        let apart = (binned.es_n0_db().unwrap() - exact.es_n0_db().unwrap()).abs();
        assert!(cells.estimate(Method::Ml).is_err());
        let deviation = psk::crlb_db2(modulation, es_n0(db), 50_000).unwrap().sqrt();
        assert!(apart < 0.01 * deviation, "{modulation} {db}: {apart} of {deviation}");
    }
}

#[test]
fn scale_phase_and_growth_do_not_matter() {
    let y = psk::samples(Modulation::Qpsk, es_n0(9.0), 20_000, &mut Streams::new(8).stream(0)).unwrap();
    let of = |y: &Array1<Complex<f64>>| {
        let mut record = Record::new(Modulation::Qpsk);
        record.push(y).unwrap();
        record.estimate(Method::MlBinned).unwrap().es_n0_db().unwrap()
    };
    let plain = of(&y);
    // Other cells, a hundredth of a deviation of 0.05 dB off.
    for factor in [Complex::new(1e-30, 0.0), Complex::new(0.0, 1e30), Complex::from_polar(3.0, 0.4)] {
        assert!((of(&y.mapv(|y| y * factor)) - plain).abs() < 5e-4, "{factor}");
    }
    let mut silent = vec![Complex::default(); 10_000];
    silent.extend(y.iter().map(|y| y * 1e-3));
    silent.extend(y.iter());
    let mut record = Record::new(Modulation::Qpsk);
    record.push(&Array1::from_vec(silent)).unwrap();
    assert_eq!(record.count(), 50_000);
    assert!(record.estimate(Method::M2m4).is_ok() && record.likelihood().is_ok());
}

#[test]
fn what_is_no_signal_is_an_error_or_not_identifiable() {
    let push = |y: Vec<Complex<f64>>| {
        let mut record = Record::new(Modulation::Qpsk);
        record.push(&Array1::from_vec(y)).map(|()| record)
    };
    let one = Complex::new(1.0, 0.0);
    let kind = |y: Vec<Complex<f64>>, method| {
        push(y).and_then(|record| record.estimate(method)).map_err(|e| e.kind())
    };
    for method in [Method::MlBinned, Method::M2m4, Method::Svr, Method::DecisionDirected] {
        assert_eq!(kind(vec![], method).unwrap_err(), "too_few", "{method}");
        assert_eq!(kind(vec![one], method).unwrap_err(), "too_few", "{method}");
        assert_eq!(kind(vec![Complex::default(); 9], method).unwrap_err(), "invalid", "{method}");
        assert_eq!(
            kind(vec![one, one * Complex::i(), -one, one], method).unwrap_err(),
            "invalid",
            "{method}"
        );
    }
    for wrong in [f64::NAN, f64::INFINITY] {
        assert_eq!(kind(vec![one, Complex::new(0.0, wrong)], Method::M2m4).unwrap_err(), "not_finite");
        assert_eq!(kind(vec![Complex::new(0.0, wrong)], Method::M2m4).unwrap_err(), "not_finite");
    }
    let mut record = Record::new(Modulation::Qpsk);
    record.push(&array![one * 1e-200, one * 2e-200]).unwrap();
    assert_eq!(record.push(&array![one * 1e200]).unwrap_err().kind(), "invalid");
    assert_eq!(kind(vec![one, one * 2.0], Method::Quartic).unwrap_err(), "invalid");
    assert_eq!(kind(vec![one * 5e-324, one * 1e-323, one * 2e-323], Method::M2m4).map(|e| e.samples), Ok(3));
    assert!(psk::data_aided(Modulation::Qpsk, &Array1::from_vec(vec![one, one]), &[0, 4]).is_err());
    assert!(psk::data_aided(Modulation::Qpsk, &Array1::from_vec(vec![one, one]), &[0]).is_err());
    let impulses: Vec<Complex<f64>> = (0..40).map(|i| if i == 7 { one * 9.0 } else { one * 0.1 }).collect();
    assert_eq!(push(impulses).unwrap().estimate(Method::M2m4).unwrap().es_n0_db(), None);
}
