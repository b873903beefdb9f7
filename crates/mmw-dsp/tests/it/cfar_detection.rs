//! Probabilities of detection against closed forms, published formulas, quadrature and simulation.
#![allow(clippy::excessive_precision, reason = "the digits of the references")]

use mmw_dsp::cfar::{
    Cfar, CfarConfig, CfarKind, ClutterMap, ClutterMapConfig, Edge, Swerling, ca_false_alarm_probability,
    ca_multiplier, clutter_map_detection_probability, detection_probability, os_multiplier,
};
use mmw_dsp::ndarray::Array2;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::f64::consts::TAU;

const OS: CfarKind = CfarKind::Os { rank: 0.75 };

#[test]
fn one_look_of_an_exponential_target_is_noise_that_is_stronger() {
    for (p, snr) in [(1e-3, 3.0), (1e-6, 30.0), (1e-9, 1000.0), (0.3, 0.0)] {
        let alpha = ca_multiplier(16, 1, p).unwrap();
        let exact = ca_false_alarm_probability(16, 1, alpha / (1.0 + snr)).unwrap();
        let product = |rank: usize, alpha: f64| -> f64 {
            (0..rank).map(|i| (16 - i) as f64 / ((16 - i) as f64 + alpha / (1.0 + snr))).product()
        };
        // Equation 12 of Rohling, 1983, and equation 38 of Gandhi and Kassam, 1988.
        let ordered = product(12, os_multiplier(16, 12, 1, p).unwrap());
        for target in [Swerling::One, Swerling::Two] {
            let found = detection_probability(CfarKind::Ca, [8, 8], 1, p, target, snr).unwrap();
            assert!((found - exact).abs() < 1e-11, "{target} {p} {snr}: {found} {exact}");
            let found = detection_probability(OS, [8, 8], 1, p, target, snr).unwrap();
            assert!((found - ordered).abs() < 1e-11, "{target} {p} {snr}: {found} {ordered}");
        }
    }
}

#[test]
fn four_looks_of_sixteen_cells_are_found_as_often_as_by_quadrature() {
    // SciPy 1.17: the density of the cell, non-central chi-squared (ncx2) averaged over the target's gamma
    // law by quad, over one minus the law of the noise estimate by 24 panels of 20 Gauss-Legendre nodes.
    // Probabilities of false alarm of the multipliers 5 (CA), 4.5 (OS, the 12th) and 4 (GO, SO).
    for (kind, p, target, exact) in [
        (CfarKind::Ca, 2.078470802779779731e-5, Swerling::Zero, [0.067663624871, 0.855742757070]),
        (CfarKind::Ca, 2.078470802779779731e-5, Swerling::One, [0.160226535950, 0.510392296693]),
        (CfarKind::Ca, 2.078470802779779731e-5, Swerling::Three, [0.137612262488, 0.599372087618]),
        (CfarKind::Ca, 2.078470802779779731e-5, Swerling::Four, [0.093384863401, 0.743037105919]),
        (OS, 1.17739159799899409574e-5, Swerling::Zero, [0.042808840130, 0.766994081852]),
    ] {
        for (snr, exact) in [2.0, 6.0].into_iter().zip(exact) {
            let found = detection_probability(kind, [8, 8], 4, p, target, snr).unwrap();
            println!("{kind} {target} {snr}: {found} {:+.1e}", found - exact);
            // The tolerance of quad, and twelve digits.
            assert!((found - exact).abs() < 1e-9, "{kind} {target} {snr}: {found} {exact}");
        }
    }
}

/// The SNR of D. A. Shnidman, "Determination of required SNR values", IEEE Trans. Aerosp. Electron. Syst.,
/// vol. 38, no. 3, pp. 1059-1064, 2002, dB, for noise that is known.
fn shnidman(target: Swerling, n: f64, pd: f64, pfa: f64) -> f64 {
    let inverse_k = match target {
        Swerling::Zero => 0.0,
        Swerling::One => 1.0,
        Swerling::Two => 1.0 / n,
        Swerling::Three => 0.5,
        Swerling::Four => 0.5 / n,
    };
    let alpha = if n < 40.0 { 0.0 } else { 0.25 };
    let root = |p: f64| (-0.8 * (4.0 * p * (1.0 - p)).ln()).sqrt();
    let eta = root(pfa) + (pd - 0.5).signum() * root(pd);
    let steady = eta * (eta + 2.0 * (n / 2.0 + alpha - 0.25).sqrt());
    let mut db = (((17.7006 * pd - 18.4496) * pd + 14.5339) * pd - 3.525) * inverse_k;
    if pd > 0.872 {
        let far = (0.7 * (1e-5 / pfa).ln() + (2.0 * n - 20.0) / 80.0) * (pd - 0.8);
        db += ((27.31 * pd - 25.14).exp() + far) * inverse_k;
    }
    db + 10.0 * (steady / n).log10()
}

#[test]
fn with_endless_training_cells_the_snr_is_that_of_shnidmans_equations() {
    for &target in Swerling::ALL {
        for looks in [1, 4, 12, 32] {
            for (pd, pfa) in [(0.5, 1e-6), (0.9, 1e-6), (0.8, 1e-4), (0.3, 1e-8)] {
                let db = shnidman(target, looks as f64, pd, pfa);
                let found = |db: f64| {
                    let snr = 10_f64.powf(db / 10.0);
                    detection_probability(CfarKind::Ca, [500_000; 2], looks, pfa, target, snr).unwrap()
                };
                // The equations are good to half a decibel, by their author.
                let [below, above] = [db - 0.5, db + 0.5].map(found);
                assert!(below < pd && pd < above, "{target} {looks} {pd} {pfa}: {below} to {above}");
            }
        }
    }
}

/// Amplitudes of a target in each look, for a mean power of one.
fn fluctuation(target: Swerling, looks: usize, rng: &mut SmallRng) -> Vec<f64> {
    let mut exponential = || -(1.0 - rng.random::<f64>()).ln();
    let mut chi = |slow: bool, degrees: usize| {
        let mut draw = || ((0..degrees).map(|_| exponential()).sum::<f64>() / degrees as f64).sqrt();
        let first = draw();
        (0..looks).map(|look| if slow || look == 0 { first } else { draw() }).collect()
    };
    match target {
        Swerling::Zero => vec![1.0; looks],
        Swerling::One => chi(true, 1),
        Swerling::Two => chi(false, 1),
        Swerling::Three => chi(true, 2),
        Swerling::Four => chi(false, 2),
    }
}

/// The power of a target in noise.
fn echo(target: Swerling, looks: usize, snr: f64, rng: &mut SmallRng) -> f64 {
    let amplitudes = fluctuation(target, looks, rng);
    let power = |amplitude: f64| {
        let radius = (-(1.0 - rng.random::<f64>()).ln()).sqrt();
        let (im, re) = (TAU * rng.random::<f64>()).sin_cos();
        let signal = amplitude * snr.sqrt();
        (signal + radius * re).powi(2) + (radius * im).powi(2)
    };
    amplitudes.into_iter().map(power).sum()
}

fn noise(shape: [usize; 2], looks: usize, rng: &mut SmallRng) -> Array2<f64> {
    let mut exponential = || -(1.0 - rng.random::<f64>()).ln();
    Array2::from_shape_simple_fn(shape, || (0..looks).map(|_| exponential()).sum())
}

#[test]
fn every_detector_finds_every_target_as_often_as_predicted() {
    let p = 1e-2;
    let kinds = [
        CfarKind::Ca,
        CfarKind::Go,
        CfarKind::So,
        OS,
        CfarKind::Tm { low: 0.0, high: 0.25 },
        CfarKind::Tm { low: 0.25, high: 0.25 },
        CfarKind::Log,
    ];
    let trials = 3000;
    let mut rng = SmallRng::seed_from_u64(77);
    let assert_share = |name: String, found: usize, exact: f64| {
        let (share, trials) = (found as f64 / f64::from(trials), f64::from(trials));
        let error = (exact * (1.0 - exact) / trials).sqrt();
        assert!((share - exact).abs() < 4.0 * error, "{name}: {share} of {exact} ± {error}");
    };
    for kind in kinds {
        for (&target, looks) in Swerling::ALL.iter().zip([1, 3, 2, 4, 2]) {
            // Its law for more looks takes seconds where it is asked for many shapes.
            let slow = kind == CfarKind::Tm { low: 0.25, high: 0.25 };
            if slow && looks > 1 && target != Swerling::Two {
                continue;
            }
            let (train, guard, edges) = ([0, 8], [0, 1], [Edge::Shrink; 2]);
            let base = CfarConfig { kind, train, guard, edges, looks, ..CfarConfig::default() };
            let config = CfarConfig { censor: false, false_alarm_probability: p, ..base };
            let cfar = Cfar::new(&config, [1, 19]).unwrap();
            let snr = 3.0;
            let mut found = 0;
            for _ in 0..trials {
                let mut power = noise([1, 19], looks, &mut rng);
                power[[0, 9]] = echo(target, looks, snr, &mut rng);
                let cell = cfar.examine(&power, &[], [0, 9]).unwrap().unwrap();
                found += usize::from(cell.power > cell.threshold);
            }
            let exact = detection_probability(kind, [8, 8], looks, p, target, snr).unwrap();
            assert_share(format!("{kind} {target} {looks}"), found, exact);
        }
    }
    let config = ClutterMapConfig { weight: 0.2, false_alarm_probability: p, looks: 3 };
    let mut found = 0;
    for _ in 0..trials {
        let mut map = ClutterMap::new(&config, [1, 1]).unwrap();
        for _ in 0..6 {
            map.detect(&noise([1, 1], 3, &mut rng)).unwrap();
        }
        let power = Array2::from_elem((1, 1), echo(Swerling::Three, 3, 3.0, &mut rng));
        found += map.detect(&power).unwrap().len();
    }
    let exact = clutter_map_detection_probability(0.2, 6, 3, p, Swerling::Three, 3.0).unwrap();
    assert_share("clutter map".to_owned(), found, exact);
}

#[test]
fn no_target_is_detected_as_often_as_noise_and_a_strong_one_always() {
    for &target in Swerling::ALL {
        for kind in [CfarKind::Ca, CfarKind::Go, OS, CfarKind::Log] {
            let found = |snr| detection_probability(kind, [12, 12], 4, 1e-4, target, snr).unwrap();
            assert!((found(0.0) / 1e-4 - 1.0).abs() < 1e-9, "{kind} {target}");
            assert!(found(1e9) > 1.0 - 1e-7 && found(1e9) <= 1.0, "{kind} {target}");
            assert!(found(1.0) < found(2.0), "{kind} {target}");
        }
    }
    for snr in [-1.0, f64::NAN, f64::INFINITY] {
        let refused = detection_probability(CfarKind::Ca, [8, 8], 4, 1e-4, Swerling::One, snr);
        assert!(refused.is_err());
    }
    let no_cells = detection_probability(OS, [0, 0], 4, 1e-4, Swerling::One, 1.0);
    assert_eq!(no_cells.unwrap_err().kind(), "too_few");
}
