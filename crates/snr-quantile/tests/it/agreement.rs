//! Maximum likelihood on bins beside the same on the samples, over records of every kind that is handed in.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

use proptest::prelude::*;
use snr_quantile::compare::bpsk_samples;
use snr_quantile::mmw_core::ndarray::Array1;
use snr_quantile::mmw_core::rand::{Rng, RngExt};
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::mmw_core::stats::normal_quantile;
use snr_quantile::{Estimate, Estimator, Method, Ml, MlBinned, Snr, Streaming, bound};

/// What becomes of plain samples of unit power.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Plain,
    Integers(f64),
    OneOutlier(f64),
    HeavyTails,
}

fn record(kind: Kind, snr_db: f64, n: usize, seed: u64) -> Array1<f64> {
    let mut rng = Streams::new(seed).stream(0);
    let x = bpsk_samples(Snr::from_db(snr_db).unwrap(), n, &mut rng).unwrap();
    match kind {
        Kind::Plain => x,
        Kind::Integers(scale) => x.mapv(|x| (scale * x).round()),
        Kind::OneOutlier(times) => {
            let mut x = x;
            x[n / 3] *= times;
            x
        }
        Kind::HeavyTails => x.mapv(|x| x * heavy(&mut rng)),
    }
}

/// A gain that is 3 in one sample of twenty.
fn heavy(rng: &mut impl Rng) -> f64 {
    if rng.random::<f64>() < 0.05 { 3.0 } else { 1.0 }
}

/// How far the two may stand apart, in dB: 4 % of the deviation, and never more than `S⁴` resolves.
fn bin_error_db(estimate: &Estimate) -> f64 {
    let snr = Snr::from_linear(estimate.snr().unwrap().linear().max(1.1e-6)).unwrap();
    2e-3 + 0.04 * bound::crlb_db2(snr, estimate.samples).unwrap().sqrt()
}

fn disagreement(x: &Array1<f64>) -> Option<String> {
    let (Ok(exact), Ok(binned)) = (Ml.estimate(x), MlBinned.estimate(x)) else { return None };
    let agree = match (exact.snr(), binned.snr()) {
        (None, None) => true,
        (Some(a), Some(b)) => (a.db() - b.db()).abs() <= bin_error_db(&exact),
        _ => false,
    };
    (!agree).then(|| format!("{:?} {:?}", exact.snr().map(Snr::db), binned.snr().map(Snr::db)))
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Plain),
        (0.7..60.0_f64).prop_map(Kind::Integers),
        (3.0..300.0_f64).prop_map(Kind::OneOutlier),
        Just(Kind::HeavyTails),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn bins_and_samples_tell_the_same(kind in kinds(), snr_db in -25.0..40.0, n in 20_usize..6000, seed in any::<u64>()) {
        let apart = disagreement(&record(kind, snr_db, n, seed));
        prop_assert!(apart.is_none(), "{:?}", apart);
    }
}

#[test]
fn no_record_is_answered_with_the_border_between_two_forms_of_the_equation() {
    let mut wrong = Vec::new();
    for (k, kind) in
        [Kind::Plain, Kind::Integers(3.0), Kind::Integers(20.0), Kind::OneOutlier(30.0), Kind::HeavyTails]
            .into_iter()
            .enumerate()
    {
        for seed in 0..1500 {
            let n = [60, 200, 300, 1000, 3000][seed as usize % 5];
            let x = record(kind, -18.0 + 0.01 * seed as f64, n, seed + 10_000 * k as u64);
            wrong.extend(disagreement(&x).map(|apart| format!("{kind:?} {n} {seed}: {apart}")));
        }
    }
    assert!(wrong.is_empty(), "{}: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}

/// Samples of the law at the midpoints of `n/2` intervals of equal probability, for either symbol.
fn midpoints(amplitude: f64, noise_std: f64, n: u32) -> Array1<f64> {
    let noise = |k: u32| noise_std * normal_quantile((f64::from(k / 2) + 0.5) / f64::from(n / 2)).unwrap();
    (0..n).map(|k| noise(k) + if k % 2 == 0 { amplitude } else { -amplitude }).collect()
}

#[test]
fn rounding_to_integers_does_not_bias_the_estimate() {
    // A midpoint that falls on either side of an edge moves a count by one: 0.05 of the deviation at 100 000
    // samples, whose deviation counts, and 0.002 here.
    let n = 2_000_000;
    for (amplitude, noise_std) in
        [(80.0, 8.0), (40.0, 15.0), (20.0, 2.0), (6.0, 1.2), (10.0, 10.0), (4.0, 2.0), (3.0, 4.5)]
    {
        for unit in [1.0, 1.0 / 128.0, 0.1] {
            let x = midpoints(amplitude, noise_std, n).mapv(|x| x.round().clamp(-128.0, 127.0) * unit);
            let truth = Snr::from_linear((amplitude / noise_std).powi(2)).unwrap();
            let deviation_db = bound::crlb_db2(truth, 100_000).unwrap().sqrt();
            let (binned, exact) = (MlBinned.estimate(&x).unwrap(), Ml.estimate(&x).unwrap());
            let error = (binned.snr().unwrap().db() - truth.db()) / deviation_db;
            println!("{amplitude} {noise_std} {unit}: {error:.4} deviations");
            assert!(error.abs() < 0.02, "{amplitude} {noise_std} {unit}: {error}");
            assert_eq!(binned.snr(), exact.snr());
            assert!((binned.step.unwrap() / unit - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn the_likelihood_of_intervals_has_its_maximum_where_another_program_finds_it() {
    // SciPy's Nelder-Mead on the probabilities of the intervals, to 1e-10.
    for (amplitude, noise_std, n, snr_db) in [
        (20.0, 2.0, 2000, 20.012_454_791_555_335),
        (6.0, 3.0, 2000, 5.935_869_595_065_537),
        (3.0, 1.5, 5000, 6.017_574_419_018_916),
        (2.0, 3.0, 3000, -3.412_590_965_310_595),
    ] {
        let x: Array1<f64> = (1..=n)
            .map(|k: i32| {
                let noise = normal_quantile((f64::from(k) * 0.618_033_988_749_894_9) % 1.0).unwrap();
                let symbol = if (k * 7919) % 13 < 6 { 1.0 } else { -1.0 };
                (amplitude * symbol + noise_std * noise).round_ties_even()
            })
            .collect();
        let found = MlBinned.estimate(&x).unwrap().snr().unwrap().db();
        // The search ends within 1e-5 deviations.
        assert!((found - snr_db).abs() < 3e-5, "{found} {snr_db}");
    }
}

#[test]
fn a_stream_of_integers_gives_the_estimate_of_the_record() {
    let x = record(Kind::Integers(25.0), 6.0, 5000, 3);
    let mut stream = Streaming::new(Method::MlBinned).unwrap();
    x.as_slice().unwrap().chunks(700).for_each(|few| stream.push(&Array1::from(few.to_vec())).unwrap());
    let (stream, record) = (stream.estimate().unwrap(), MlBinned.estimate(&x).unwrap());
    assert_eq!(stream.step, Some(1.0));
    assert!((stream.snr().unwrap().db() - record.snr().unwrap().db()).abs() < 1e-9);
}
