//! Invariances, merging, and agreement of the forms of one estimator.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

use proptest::prelude::*;
use snr_quantile::compare::bpsk_samples;
use snr_quantile::mmw_core::ndarray::{Array1, s};
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::mmw_core::stats::Merge;
use snr_quantile::{DataAided, Estimate, Estimator, Method, Ml, Outcome, Snr, Streaming, bound};

fn samples(snr_db: f64, n: usize, seed: u64) -> Array1<f64> {
    bpsk_samples(Snr::from_db(snr_db).unwrap(), n, &mut Streams::new(seed).stream(0)).unwrap()
}

fn estimate(method: Method, x: &Array1<f64>) -> Estimate {
    method.estimator().unwrap().estimate(x).unwrap()
}

fn linear(estimate: &Estimate) -> Option<f64> {
    estimate.snr().map(Snr::linear)
}

/// What the rounding of samples in f64 makes of the coefficient (in exact arithmetic 25 samples show 4e-14,
/// 200 1e-14), and that of the coefficient itself, up to 15.3, and of the weights of more than 4000 samples.
fn rounding_of_the_coefficient(samples: usize) -> f64 {
    3e-13 / (samples as f64).sqrt() + 4e-14
}

/// What becomes of that in the SNR, relative: `C4` is close to `30 σ²` at high SNR, to `15.3 − 10 S⁴` at low
/// SNR, and has its least slope, 13.6, between.
fn rounding_of_the_quartic(snr: f64, samples: usize) -> f64 {
    rounding_of_the_coefficient(samples) * (0.05 * (1.0 + snr).powi(2) / snr).max(0.05 / (snr * snr))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn signs_and_order_do_not_matter_to_the_last_bit(
        snr_db in -25.0..80.0, n in 10_usize..20_000, seed in any::<u64>(), turn in any::<prop::sample::Index>(),
    ) {
        let x = samples(snr_db, n, seed);
        let mut turned = x.to_vec();
        turned.rotate_left(turn.index(n));
        turned.iter_mut().step_by(3).for_each(|x| *x = -*x);
        turned.swap(0, n / 2);
        let turned = Array1::from(turned);
        for method in Method::BLIND.into_iter().filter(|method| *method != Method::Svr) {
            prop_assert_eq!(estimate(method, &x), estimate(method, &turned));
        }
        let negated = x.mapv(|x| -x);
        prop_assert_eq!(estimate(Method::Svr, &x), estimate(Method::Svr, &negated));
    }

    #[test]
    fn scale_does_not_matter(snr_db in -25.0..80.0, n in 25_usize..20_000, seed in any::<u64>(), scale in 1e-3..1e3_f64) {
        let x = samples(snr_db, n, seed);
        let scaled = x.mapv(|x| x * scale);
        for method in Method::BLIND {
            let (a, b) = (estimate(method, &x), estimate(method, &scaled));
            // In a weak record bins may take a maximum that hardly beats S = 0 for one that does not.
            let is_strong = snr_db >= 3.0 && n >= 200;
            let may_differ = method == Method::MlBinned && !is_strong;
            prop_assert!(may_differ || a.is_identifiable() == b.is_identifiable(), "{}", method);
            if let (Some(a), Some(b)) = (a.leading_coefficient, b.leading_coefficient) {
                prop_assert!((a - b).abs() < rounding_of_the_coefficient(n), "{} {}", a, b);
            }
            let (Some(a), Some(b)) = (a.snr(), b.snr()) else { continue };
            let tolerance = match method {
                // Bins stand still when the samples move: their error is another one then, up to 4 % of the
                // deviation each time, which is 1 % of the SNR for a dB of deviation.
                Method::MlBinned if is_strong => 3e-3,
                Method::MlBinned => {
                    let snr = Snr::from_linear(b.linear().max(1.1e-6)).unwrap();
                    3e-3 + 0.03 * bound::crlb_db2(snr, n).unwrap().sqrt()
                }
                Method::Quartic => 1e-12 + rounding_of_the_quartic(b.linear(), n),
                // A small difference of means, in which the first and the last sample do not cancel.
                Method::Svr => 1e-12 + 1e-16 * b.linear(),
                _ => 1e-12,
            };
            // Below −25 dB the rounding of the samples moves the SNR by more.
            if b.db() > -25.0 {
                prop_assert!((a.linear() / b.linear() - 1.0).abs() < tolerance, "{} {:?} {:?}", method, a, b);
            }
        }
    }

    #[test]
    fn powers_of_two_do_not_matter_at_all(snr_db in -25.0..80.0, exponent in -300..300_i32, seed in any::<u64>()) {
        let x = samples(snr_db, 300, seed);
        let scaled = x.mapv(|x| x * 2_f64.powi(exponent));
        for method in Method::BLIND {
            prop_assert_eq!(linear(&estimate(method, &x)), linear(&estimate(method, &scaled)));
        }
    }

    #[test]
    fn two_streams_merged_are_one(snr_db in -3.0..80.0, n in 20_usize..9000, cut in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let x = samples(snr_db, n, seed);
        let cut = cut.index(n);
        for method in [Method::MlBinned, Method::M2m4, Method::M1m2, Method::DecisionDirected, Method::Svr] {
            let mut whole = Streaming::new(method).unwrap();
            whole.push(&x).unwrap();
            let (mut first, mut second) = (Streaming::new(method).unwrap(), Streaming::new(method).unwrap());
            first.push(&x.slice(s![..cut])).unwrap();
            second.push(&x.slice(s![cut..])).unwrap();
            first.merge(second);
            prop_assert_eq!(first.count(), n as u64);
            // Counts do not depend on the scale, and sums have digits enough that they do not either.
            let one = whole.estimate().unwrap();
            prop_assert_eq!(first.estimate().unwrap(), one);
            let batch = estimate(method, &x);
            // A record tells two maxima of nearly one height by its samples, which a stream has no more.
            let may_differ = method == Method::MlBinned && snr_db < 3.0 && n > 256;
            prop_assert!(may_differ || one.is_identifiable() == batch.is_identifiable());
            if let (Some(one), Some(batch)) = (one.snr(), batch.snr()) {
                // The scale of a record has some headroom, and with it what falls below the least bin is
                // another: 2^-12 of the rms. At low SNR that counts for more, as all errors do: a thousandth
                // of the deviation of the estimate. Where the record is asked for its samples, bins are off
                // by 4 % of the deviation at most, 0.01 as a ratio for each dB of that.
                let snr = Snr::from_linear(one.linear().max(1.1e-6)).unwrap();
                let deviation_db = bound::crlb_db2(snr, n).unwrap().sqrt();
                let bins = match method {
                    Method::MlBinned if may_differ => 3e-5 + 0.01 * deviation_db,
                    Method::MlBinned => 3e-5 + 1e-3 * deviation_db,
                    _ => 0.0,
                };
                prop_assert!((batch.linear() / one.linear() - 1.0).abs() < bins + 1e-12, "{}", method);
            }
        }
    }

    #[test]
    fn two_streams_of_one_scale_merge_to_the_last_bit(snr_db in -3.0..80.0, n in 20_usize..9000, cut in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let mut x = samples(snr_db, n, seed);
        let cut = 1 + cut.index(n - 2);
        // The greatest magnitude sets the scale: here it comes first in either part.
        (x[0], x[cut]) = (7.5, -7.9);
        for method in [Method::MlBinned, Method::M2m4, Method::M1m2, Method::DecisionDirected, Method::Svr] {
            let mut whole = Streaming::new(method).unwrap();
            x.as_slice().unwrap().chunks(97).for_each(|few| whole.push(&Array1::from(few.to_vec())).unwrap());
            let (mut first, mut second) = (Streaming::new(method).unwrap(), Streaming::new(method).unwrap());
            first.push(&x.slice(s![..cut])).unwrap();
            second.push(&x.slice(s![cut..])).unwrap();
            first.merge(second);
            prop_assert!(first == whole, "{}", method);
        }
    }

    #[test]
    fn no_estimate_is_ever_nan(x in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL, 0..40)) {
        let x = Array1::from(x);
        for method in Method::BLIND {
            let Ok(estimate) = method.estimator().unwrap().estimate(&x) else { continue };
            if let Outcome::Identifiable { snr, signal_amplitude, noise_std } = estimate.outcome {
                prop_assert!(snr.linear().is_finite() && snr.db().is_finite() && snr.linear() > 0.0);
                prop_assert!(signal_amplitude.is_finite() && noise_std.is_finite(), "{:?}", estimate);
                let Ok(interval) = estimate.interval_db(0.95) else { continue };
                prop_assert!(interval.lower.is_finite() && interval.upper.is_finite());
            }
        }
    }
}

#[test]
fn narrow_samples_give_the_estimate_of_their_values() {
    let x = samples(7.0, 3000, 4).mapv(|x| x as f32);
    let wide = x.mapv(f64::from);
    for method in Method::BLIND {
        let narrow = method.estimator::<f32>().unwrap().estimate(&x).unwrap();
        assert_eq!(narrow, estimate(method, &wide), "{method}");
    }
}

#[test]
fn a_view_with_gaps_gives_the_estimate_of_its_values() {
    let x = samples(7.0, 3000, 4);
    let gaps = x.slice(s![..;3]);
    for method in Method::BLIND {
        let there = method.estimator::<f64>().unwrap().estimate(&gaps).unwrap();
        assert_eq!(there, estimate(method, &gaps.to_owned()), "{method}");
    }
}

#[test]
fn amplitude_and_noise_are_in_the_unit_of_the_samples() {
    let x = samples(10.0, 20_000, 6).mapv(|x| 7.0 * x);
    for method in [Method::MlBinned, Method::LStatistic, Method::M2m4] {
        let Outcome::Identifiable { snr, signal_amplitude, noise_std } = estimate(method, &x).outcome else {
            panic!("{method} finds nothing");
        };
        assert!((signal_amplitude / (7.0 * (10.0_f64 / 11.0).sqrt()) - 1.0).abs() < 0.01);
        assert!(((signal_amplitude / noise_std).powi(2) / snr.linear() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn known_symbols_help_below_6_db() {
    let snr = Snr::from_db(-3.0).unwrap();
    let mut rng = Streams::new(8).stream(0);
    let symbols: Vec<i8> = (0..400).map(|i| if i % 3 == 0 { -1 } else { 1 }).collect();
    let aided = DataAided::new(&symbols).unwrap();
    let (mut with, mut without) = (0.0, 0.0);
    for _ in 0..300 {
        let noise = bpsk_samples(Snr::from_db(-200.0).unwrap(), 400, &mut rng).unwrap();
        let x: Array1<f64> =
            noise.iter().zip(&symbols).map(|(w, a)| w + snr.linear().sqrt() * f64::from(*a)).collect();
        with += (aided.estimate(&x).unwrap().snr_db_or(-20.0) - snr.db()).powi(2);
        without += (Ml.estimate(&x).unwrap().snr_db_or(-20.0) - snr.db()).powi(2);
    }
    assert!(with < 0.5 * without, "{with} {without}");
}
