//! Intervals and detections hold what they promise, and the tests of fit find what is wrong.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

#[path = "../support/misuse.rs"]
mod misuse;

use misuse::{MISUSES, misuse};
use snr_quantile::compare::{BpskRecords, Promise, Scoring, WITH_INTERVALS, bpsk_samples, snr_grid};
use snr_quantile::fit::{self, Cause};
use snr_quantile::mmw_core::ndarray::Array1;
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::mmw_core::study::StudyConfig;
use snr_quantile::{DataAided, Estimator, Method, MlBinned, NO_SIGNAL_DB, Robust, Snr};

#[test]
fn intervals_hold_the_truth_from_no_signal_on() {
    let scoring = Scoring { intervals: Some(Promise::default()), ..Scoring::default() };
    let grid = snr_grid(&[50, 200, 1000], &[NO_SIGNAL_DB, -20.0, -6.0, 0.5, 3.5, 7.0, 30.0]).unwrap();
    let config = StudyConfig { trials: 1500, ..StudyConfig::default() };
    let table = BpskRecords { scoring }.run(&WITH_INTERVALS, grid, config).unwrap();
    for row in table.rows {
        // 0.94 to 0.97, with four standard errors of 0.0056.
        let covered = row.coverage.unwrap().value;
        assert!((0.9175..0.9925).contains(&covered), "{row:?}");
        // 1 %, with four standard errors of 0.0026.
        assert!(row.condition[1] > NO_SIGNAL_DB || row.detection.unwrap().value < 0.021, "{row:?}");
    }
}

#[test]
fn a_record_of_noise_alone_has_an_interval_that_begins_at_no_signal() {
    let noise = bpsk_samples(Snr::from_db(-300.0).unwrap(), 1000, &mut Streams::new(3).stream(0)).unwrap();
    for method in WITH_INTERVALS {
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
fn intervals_of_rounded_records_hold_the_truth_wherever_the_steps_begin() {
    let mut rng = Streams::new(23).stream(0);
    for (noise, origin) in [(0.5, 0.0), (0.5, 0.5), (0.5, 0.31), (1.0, 0.0), (1.0, 0.2)] {
        for (samples, snr_db) in [(200, 5.0), (1000, 10.0), (1000, 20.0)] {
            let snr = Snr::from_db(snr_db).unwrap();
            let (mut told, mut held) = (0, 0);
            for _ in 0..400 {
                let x = bpsk_samples(snr, samples, &mut rng).unwrap() * (noise / snr.sigma());
                let x = x.mapv(|x| (x - origin).round() + origin);
                let estimate = MlBinned.estimate(&x).unwrap();
                assert!((estimate.step.unwrap() - 1.0).abs() < 1e-9);
                let Ok(interval) = estimate.interval_db(0.95) else { continue };
                told += 1;
                held += u32::from(interval.contains(snr_db));
            }
            let share = f64::from(held) / f64::from(told);
            // Four standard errors of 0.011; the rest are said to be too coarse.
            assert!(told > 300 && share > 0.906, "{noise} {origin} {samples} {snr_db}: {held} of {told}");
        }
    }
}

#[test]
fn steps_that_tell_no_noise_have_no_interval() {
    let mut rng = Streams::new(24).stream(0);
    let snr = Snr::from_db(0.0).unwrap();
    let coarse = (0..200).filter(|_| {
        let x = bpsk_samples(snr, 1000, &mut rng).unwrap().mapv(|x| (0.3 * x / snr.sigma()).round());
        let estimate = MlBinned.estimate(&x).unwrap();
        let is_told = estimate.interval_db(0.95).is_ok();
        assert_eq!(is_told, fit::check(&x).unwrap().cause != Some(Cause::CoarseSteps));
        !is_told
    });
    assert!(coarse.count() > 190);
}

#[test]
fn estimators_that_take_steps_for_numbers_are_told() {
    let mut rng = Streams::new(27).stream(0);
    let snr = Snr::from_db(10.0).unwrap();
    for (noise, is_coarse) in [(0.5, true), (1.0, true), (10.0, false)] {
        let x = bpsk_samples(snr, 1000, &mut rng).unwrap().mapv(|x| (noise * x / snr.sigma()).round());
        let coarse = |method| fit::check_for(method, &x).unwrap().cause == Some(Cause::CoarseSteps);
        assert!(coarse(Method::M2m4) == is_coarse && coarse(Method::LStatistic) == is_coarse, "{noise}");
        assert!(!coarse(Method::MlBinned) && !coarse(Method::Robust), "{noise}");
    }
}

#[test]
fn a_tone_is_found_and_named() {
    let mut rng = Streams::new(25).stream(0);
    let snr = Snr::from_db(10.0).unwrap();
    for (share, cycles) in [(0.3, 0.07), (0.3, 0.2503), (0.5, 0.431)] {
        let (mut found, mut named) = (0, 0);
        for _ in 0..100 {
            let x = bpsk_samples(snr, 1000, &mut rng).unwrap();
            let tone = |k: usize| (std::f64::consts::TAU * cycles * k as f64).cos();
            let x: Array1<f64> = x.iter().enumerate().map(|(k, x)| x + share * tone(k)).collect();
            let fit = fit::check(&x).unwrap();
            found += u32::from(!fit.is_good());
            named += u32::from(fit.cause == Some(Cause::Tone));
        }
        assert!(found >= 70 && named * 10 >= found * 8, "{share} {cycles}: {found} found, {named} named");
    }
}

#[test]
fn on_off_keying_is_named_whatever_the_balance_and_clipping_of_one_side() {
    let mut rng = Streams::new(26).stream(0);
    for snr_db in [10.0, 20.0] {
        let snr = Snr::from_db(snr_db).unwrap();
        let (mut keyed, mut clipped) = (0, 0);
        for _ in 0..100 {
            let x = bpsk_samples(snr, 1000, &mut rng).unwrap();
            let amplitude = (1.0 - snr.sigma().powi(2)).sqrt();
            keyed += u32::from(fit::check(&(&x + amplitude)).unwrap().cause == Some(Cause::OnOffKeying));
            let x = x.mapv(|x| x.min(1.02));
            clipped += u32::from(fit::check(&x).unwrap().cause == Some(Cause::Clipping));
        }
        assert!(keyed >= 90 && clipped >= 90, "{snr_db}: {keyed} {clipped}");
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
