//! Intervals and detections hold what they promise, and the tests of fit find what is wrong.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

#[path = "../support/misuse.rs"]
mod misuse;

use misuse::{MISUSES, misuse};
use snr_quantile::compare::bpsk_samples;
use snr_quantile::coverage::{Coverage, METHODS};
use snr_quantile::fit::{self, Cause};
use snr_quantile::mmw_core::ndarray::Array1;
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::{DataAided, Estimator, Method, NO_SIGNAL_DB, Robust, Snr};

#[test]
fn intervals_hold_the_truth_from_no_signal_on() {
    for samples in [50, 200, 1000] {
        for snr_db in [None, Some(-20.0), Some(-6.0), Some(0.5), Some(3.5), Some(7.0), Some(30.0)] {
            let snr = snr_db.map(|db| Snr::from_db(db).unwrap());
            let cell = Coverage { trials: 1500, ..Coverage::new(snr, samples) };
            for score in cell.run(&METHODS).unwrap() {
                // 0.94 to 0.97, with four standard errors of 0.0056.
                let (method, covered) = (score.method, score.covered);
                assert!((0.9175..0.9925).contains(&covered), "{method} {samples} {snr_db:?}: {covered}");
                if snr.is_none() {
                    // 1 %, with four standard errors of 0.0026.
                    assert!(score.detected < 0.021, "{method} {samples}: {}", score.detected);
                }
            }
        }
    }
}

#[test]
fn a_record_of_noise_alone_has_an_interval_that_begins_at_no_signal() {
    let noise = bpsk_samples(Snr::from_db(-300.0).unwrap(), 1000, &mut Streams::new(3).stream(0)).unwrap();
    for method in METHODS {
        let interval = method.estimator().unwrap().estimate(&noise).unwrap().interval_db(0.95).unwrap();
        assert_eq!(interval.lower, NO_SIGNAL_DB, "{method}");
        assert!(interval.upper < 5.0, "{method} {interval:?}");
    }
}

#[test]
fn intervals_of_known_symbols_hold_the_truth_too() {
    let mut rng = Streams::new(12).stream(0);
    for (samples, snr_db) in [(50, -20.0), (50, 10.0), (200, -10.0), (1000, 30.0)] {
        let symbols: Vec<i8> = (0..samples).map(|i| if i % 3 == 0 { -1 } else { 1 }).collect();
        let aided = DataAided::new(&symbols).unwrap();
        let snr = Snr::from_db(snr_db).unwrap();
        let held = (0..2000).filter(|_| {
            let noise = bpsk_samples(Snr::from_db(-300.0).unwrap(), samples, &mut rng).unwrap();
            let x: Array1<f64> =
                noise.iter().zip(&symbols).map(|(w, a)| w + snr.linear().sqrt() * f64::from(*a)).collect();
            aided.estimate(&x).unwrap().interval_db(0.95).unwrap().contains(snr_db)
        });
        let share = held.count() as f64 / 2000.0;
        // Four standard errors of 0.0049.
        assert!((share - 0.95).abs() < 0.02, "{samples} {snr_db}: {share}");
    }
}

#[test]
fn records_of_the_model_fail_one_time_in_a_hundred() {
    let mut rng = Streams::new(20).stream(0);
    for (samples, snr_db) in [(200, -300.0), (200, 4.0), (1000, 0.0), (1000, 10.0), (3000, 25.0)] {
        let failed = (0..2000).filter(|_| {
            let x = bpsk_samples(Snr::from_db(snr_db).unwrap(), samples, &mut rng).unwrap();
            !fit::check(&x).unwrap().is_good()
        });
        let share = failed.count() as f64 / 2000.0;
        // 20 % of 1 %, and four standard errors of 0.0022.
        assert!((share - 0.01).abs() < 0.011, "{samples} {snr_db}: {share}");
    }
}

#[test]
fn each_misuse_is_found_and_named() {
    let mut rng = Streams::new(21).stream(0);
    for cause in MISUSES {
        let least = if cause == Cause::NonNormalNoise { 0.5 } else { 0.9 };
        let (mut found, mut named) = (0, 0);
        for _ in 0..200 {
            let fit = fit::check(&misuse(cause, &mut rng)).unwrap();
            found += u32::from(!fit.is_good());
            named += u32::from(fit.cause == Some(cause));
        }
        println!("{cause:?}: found in {} %, named in {} %", f64::from(found) / 2.0, f64::from(named) / 2.0);
        assert!(f64::from(found) >= 200.0 * least, "{cause:?}: {found} of 200");
        assert!(f64::from(named) >= 0.8 * f64::from(found), "{cause:?}: {named} of {found}");
    }
}

#[test]
fn outliers_do_not_reach_the_robust_estimate() {
    let mut rng = Streams::new(22).stream(0);
    let snr = Snr::from_db(10.0).unwrap();
    let held = (0..500).filter(|_| {
        let mut x = bpsk_samples(snr, 1000, &mut rng).unwrap();
        (0..10).for_each(|k| x[97 * k] *= 20.0 * (k as f64 + 1.0));
        Robust.estimate(&x).unwrap().interval_db(0.95).unwrap().contains(10.0)
    });
    let share = held.count() as f64 / 500.0;
    // Four standard errors of 0.01.
    assert!((share - 0.95).abs() < 0.04, "{share}");
    assert_eq!("robust".parse::<Method>().unwrap(), Method::Robust);
}
