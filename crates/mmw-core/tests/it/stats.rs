//! Statistics: against references, identities, and coverage of the intervals.

use crate::reference::{number, rows};
use mmw_core::random::{Streams, standard_normal};
use mmw_core::stats::{
    Ecdf, Histogram, Interval, KolmogorovSmirnov, Merge, Moments, Proportion, normal_cdf, normal_quantile,
};
use mmw_core::{Axis, Error};
use ndarray::{Array1, array};
use proptest::prelude::*;
use rand::RngExt;

#[test]
fn the_normal_distribution_agrees_with_sixty_digits() {
    for row in rows(include_str!("../data/normal_cdf.csv")) {
        let error = (normal_cdf(number(row[0])) / number(row[1]) - 1.0).abs();
        // exp(−x²/2) magnifies the rounding of x²/2: up to 700 units at x = −37.
        let tolerance = 1e-15 * number(row[0]).powi(2).max(30.0);
        assert!(error < tolerance, "at {}: {error:e}", row[0]);
    }
    for row in rows(include_str!("../data/normal_quantile.csv")) {
        let error = normal_quantile(number(row[0])).unwrap() - number(row[1]);
        assert!(error.abs() <= 4e-16 * number(row[1]).abs().max(1.0), "at {}: {error:e}", row[0]);
    }
}

#[test]
fn the_normal_distribution_has_its_limits() {
    assert_eq!((normal_cdf(f64::NEG_INFINITY), normal_cdf(0.0), normal_cdf(f64::INFINITY)), (0.0, 0.5, 1.0));
    assert_eq!(normal_cdf(f64::NAN), 0.5);
    for bad in [0.0, 1.0, -0.1, f64::NAN] {
        assert!(matches!(normal_quantile(bad), Err(Error::Domain { .. })));
    }
    assert!(normal_quantile(f64::MIN_POSITIVE).unwrap() < -37.5);
}

#[test]
fn moments_survive_a_great_offset() {
    let moments: Moments = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0].into_iter().collect();
    assert_eq!((moments.mean().unwrap(), moments.variance().unwrap()), (1e9 + 10.0, 30.0));
}

#[test]
fn moments_refuse_what_they_cannot_tell() {
    assert!(matches!(Moments::new().mean(), Err(Error::TooFew { .. })));
    let mut one = Moments::new();
    one.push(3.0);
    assert_eq!(one.mean().unwrap(), 3.0);
    assert!(matches!(one.variance(), Err(Error::TooFew { needed: 2, got: 1, .. })));
    one.push(f64::NAN);
    assert!(matches!(one.mean(), Err(Error::Invalid { .. })));
    assert_eq!((one.count(), one.not_finite()), (1, 1));
    let wide: Moments = [f64::MAX, f64::MIN, f64::MAX, f64::MIN].into_iter().collect();
    assert!(wide.mean().unwrap().is_finite());
    assert!(matches!(wide.variance(), Err(Error::Invalid { .. })));
}

#[test]
fn quantiles_are_those_of_numpy() {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], p), default method.
    let ecdf = Ecdf::new(&array![3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]).unwrap();
    for (p, expected) in [(0.0, 1.0), (0.1, 1.0), (0.25, 1.75), (0.5, 3.5), (0.9, 6.9), (1.0, 9.0)] {
        assert!((ecdf.quantile(p).unwrap() - expected).abs() < 1e-14, "{p}");
    }
    assert_eq!((ecdf.probability(1.0), ecdf.probability(0.9), ecdf.probability(f64::NAN)), (0.25, 0.0, 0.0));
    assert!(ecdf.quantile(1.1).is_err() && ecdf.quantile(f64::NAN).is_err());
}

#[test]
fn the_quantile_interval_is_that_of_the_binomial_table() {
    // Ranks by scipy.stats.binom: lower = ppf(0.025), upper = isf(0.025) + 1 with the tails at most 0.025.
    let ecdf = |n: u32| Ecdf::new(&Array1::from_iter((1..=n).map(f64::from))).unwrap();
    for (n, p, lower, upper) in BINOMIAL_RANKS {
        let interval = ecdf(n).quantile_interval(p, 0.95).unwrap();
        assert_eq!((interval.lower, interval.upper), (lower, upper), "n {n}, p {p}");
    }
}

const BINOMIAL_RANKS: [(u32, f64, f64, f64); 5] = [
    (10, 0.5, 2.0, 9.0),
    (100, 0.5, 40.0, 61.0),
    (1000, 0.1, 82.0, 120.0),
    (1000, 0.9, 881.0, 919.0),
    (100_000, 0.001, 81.0, 121.0),
];

#[test]
fn a_sample_too_small_for_a_rare_quantile_says_what_would_do() {
    let ecdf = |n: u32| Ecdf::new(&Array1::from_iter((1..=n).map(f64::from))).unwrap();
    let Err(Error::TooFew { needed, got: 100, .. }) = ecdf(100).quantile_interval(0.01, 0.95) else {
        panic!("100 values bound no 1 % quantile");
    };
    // 0.99^n ≤ 0.025 from n = 368 on.
    assert_eq!(needed, 368);
    assert!(ecdf(367).quantile_interval(0.01, 0.95).is_err());
    assert!(ecdf(368).quantile_interval(0.01, 0.95).is_ok());
}

fn coverage(runs: u32, mut hit: impl FnMut(u64) -> bool) -> f64 {
    f64::from((0..runs).filter(|&i| hit(u64::from(i))).count() as u32) / f64::from(runs)
}

#[test]
fn intervals_cover_as_often_as_they_say() {
    let streams = Streams::new(8);
    let sample = |i: u64| {
        let mut rng = streams.stream(i);
        Array1::from_shape_simple_fn(200, || standard_normal(&mut rng))
    };
    let truth = normal_quantile(0.2).unwrap();
    let quantile = coverage(4000, |i| {
        Ecdf::new(&sample(i)).unwrap().quantile_interval(0.2, 0.9).unwrap().contains(truth)
    });
    // At least 0.90; at most 0.95 for n = 200, whose steps in probability are 0.07 at the mode.
    let sigma = (0.9_f64 * 0.1 / 4000.0).sqrt();
    assert!(quantile > 0.9 - 4.0 * sigma && quantile < 0.95, "{quantile}");
    let mean = coverage(4000, |i| {
        sample(i).into_iter().collect::<Moments>().mean_interval(0.9).unwrap().contains(0.0)
    });
    assert!((mean - 0.9).abs() < 4.0 * sigma + 0.003, "{mean}"); // t with 199 degrees: 0.8987
    let wilson = coverage(4000, |i| {
        let mut rng = streams.stream(i);
        let mut proportion = Proportion::default();
        (0..200).for_each(|_| proportion.push(rng.random::<f64>() < 0.1));
        proportion.interval(0.9).unwrap().contains(0.1)
    });
    // Exact coverage of Wilson's interval at n = 200, p = 0.1: 0.899 (binomial sum), within discreteness.
    assert!((wilson - 0.9).abs() < 0.03, "{wilson}");
}

#[test]
fn wilson_keeps_within_zero_and_one() {
    // statsmodels.stats.proportion.proportion_confint(0, 10, method="wilson"): (0, 0.27753279).
    let none = Proportion::new(0, 10).unwrap().interval(0.95).unwrap();
    assert_eq!((none.estimate, none.lower), (0.0, 0.0));
    assert!((none.upper - 0.277_532_79).abs() < 1e-8);
    let all = Proportion::new(10, 10).unwrap().interval(0.95).unwrap();
    assert!((all.lower - (1.0 - none.upper)).abs() < 1e-15 && all.upper == 1.0);
    assert!(Proportion::new(2, 1).is_err());
    assert!(Proportion::default().interval(0.95).is_err());
    for confidence in [0.0, 1.0, -1.0, 2.0, f64::NAN] {
        assert!(Proportion::new(1, 2).unwrap().interval(confidence).is_err());
    }
}

#[test]
fn p_values_of_true_samples_are_uniform() {
    let streams = Streams::new(12);
    let p_values = Array1::from_iter((0..2000).map(|i| {
        let mut rng = streams.stream(i);
        let sample = Array1::from_shape_simple_fn(50, || rng.random::<f64>());
        KolmogorovSmirnov::new(&sample, |x| x).unwrap().p_value
    }));
    // The finite-sample form is good to about 0.01 in p at n = 50: a distance that 2000 values hardly see.
    assert!(KolmogorovSmirnov::new(&p_values, |p| p).unwrap().statistic < 0.01 + 1.63 / 2000_f64.sqrt());
}

#[test]
fn kolmogorov_smirnov_refuses_what_is_no_distribution() {
    let sample = array![1.0, 2.0];
    for bad in [-0.1, 1.1, f64::NAN] {
        assert!(matches!(KolmogorovSmirnov::new(&sample, |_| bad), Err(Error::Domain { .. })));
    }
    assert!(matches!(KolmogorovSmirnov::new(&Array1::zeros(0), |x| x), Err(Error::TooFew { .. })));
}

#[test]
fn histogram_edges_belong_to_the_bin_above() {
    let mut histogram = Histogram::new(-1.0, 1.0, 2).unwrap();
    for x in [-1.0, 0.0, 1.0, -1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        histogram.push(x);
    }
    assert_eq!(histogram.counts(), [1, 1]);
    assert_eq!((histogram.below(), histogram.above(), histogram.not_a_number()), (2, 2, 1));
    assert!(Histogram::new(1.0, 1.0, 3).is_err() && Histogram::new(0.0, 1.0, 0).is_err());
    assert!(Histogram::new(0.0, 1.0, usize::MAX).is_err() && Histogram::new(0.0, 1.0, 1 << 53).is_err());
    assert!(Histogram::new(f64::MIN, f64::MAX, 3).is_err());
    assert!(Histogram::new(0.0, 1.0, 2).unwrap().density("x", "").is_err());
}

#[test]
fn histograms_with_other_bins_are_refused_or_counted_by_their_centres() {
    let mut fine = Histogram::new(0.0, 1.0, 4).unwrap();
    let mut coarse = Histogram::new(0.0, 2.0, 2).unwrap();
    [0.1, 1.9].into_iter().for_each(|x| coarse.push(x));
    assert!(matches!(fine.try_merge(&coarse), Err(Error::Invalid { .. })));
    fine.merge(coarse);
    assert_eq!((fine.counts(), fine.above()), ([0, 0, 1, 0].as_slice(), 1));
}

#[test]
fn the_density_of_a_normal_sample_is_the_normal_density() {
    let mut rng = Streams::new(3).stream(0);
    let mut histogram = Histogram::new(-4.0, 4.0, 16).unwrap();
    let n = 100_000;
    (0..n).for_each(|_| histogram.push(standard_normal(&mut rng)));
    let density = histogram.density("amplitude", "V").unwrap();
    for (i, (&found, x)) in density.data().iter().zip(density.axes()[0].iter()).enumerate() {
        let p = normal_cdf(x + 0.25) - normal_cdf(x - 0.25);
        // A binomial count over n and the width ½: five standard deviations.
        assert!((found * 0.5 - p).abs() < 5.0 * (p * (1.0 - p) / f64::from(n)).sqrt(), "bin {i}");
    }
}

#[test]
fn an_ecdf_on_an_axis_is_a_curve() {
    let ecdf = Ecdf::new(&array![1.0, 2.0, 2.0, 4.0]).unwrap();
    let curve = ecdf.on_axis(Axis::uniform("x", "m", 0.0, 1.0, 5).unwrap());
    assert_eq!(curve.data(), &array![0.0, 0.25, 0.75, 0.75, 1.0]);
}

proptest! {
    #[test]
    fn merged_moments_are_those_of_the_whole(
        first in prop::collection::vec(-1e3_f64..1e3, 0..40),
        second in prop::collection::vec(-1e3_f64..1e3, 2..40),
    ) {
        let mut merged: Moments = first.iter().copied().collect();
        merged.merge(second.iter().copied().collect());
        let whole: Moments = first.iter().chain(&second).copied().collect();
        prop_assert_eq!((merged.count(), merged.min()?, merged.max()?), (whole.count(), whole.min()?, whole.max()?));
        prop_assert!((merged.mean()? - whole.mean()?).abs() < 1e-11);
        prop_assert!((merged.variance()? - whole.variance()?).abs() <= 1e-9 * (1.0 + whole.variance()?));
    }

    #[test]
    fn quantiles_rise_and_stay_within_the_sample(
        sample in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 1..50),
        p in 0.0_f64..=1.0,
        q in 0.0_f64..=1.0,
    ) {
        let ecdf = Ecdf::new(&Array1::from_vec(sample))?;
        let (low, high) = (ecdf.quantile(p.min(q))?, ecdf.quantile(p.max(q))?);
        let slack = 1e-15 * low.abs().max(high.abs());
        prop_assert!(low <= high + slack && low >= ecdf.values()[0]);
        prop_assert!(high <= ecdf.values()[ecdf.values().len() - 1]);
    }

    #[test]
    fn cdf_and_quantile_are_inverse(p in 1e-300_f64..1.0) {
        prop_assume!(p < 1.0 - 1e-9);
        let x = normal_quantile(p)?;
        // Relative condition of Φ at x is about x²: 1400 at the far end.
        prop_assert!((normal_cdf(x) / p - 1.0).abs() < 1e-15 * (30.0 + x * x));
    }

    #[test]
    fn any_floats_give_moments_or_an_error(values in prop::collection::vec(any::<f64>(), 0..20)) {
        let (half, rest) = values.split_at(values.len() / 2);
        let mut moments: Moments = half.iter().copied().collect();
        moments.merge(rest.iter().copied().collect());
        for result in [moments.mean(), moments.variance(), moments.min(), moments.max()] {
            prop_assert!(result.is_err() || result.is_ok_and(f64::is_finite));
        }
        if let Ok(ecdf) = Ecdf::new(&Array1::from_vec(values)) {
            prop_assert!(ecdf.quantile(0.3)?.is_finite());
        }
    }

    #[test]
    fn any_interval_request_is_answered_or_refused(n in 1_usize..60, p in any::<f64>(), confidence in any::<f64>()) {
        let ecdf = Ecdf::new(&Array1::linspace(0.0, 1.0, n))?;
        if let Ok(Interval { estimate, lower, upper }) = ecdf.quantile_interval(p, confidence) {
            prop_assert!(lower <= estimate && estimate <= upper);
        }
    }
}
