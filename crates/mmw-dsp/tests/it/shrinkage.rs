//! Shrinkage and the random-matrix count of sources, against oracles and simulated truth.

use crate::common::Noise;
use mmw_core::antenna::AntennaArray;
use mmw_core::linalg::hermitian_eigen;
use mmw_core::ndarray::{Array1, Array2, array};
use mmw_core::{C64, Error};
use mmw_dsp::covariance::{
    Shrinkage, SourceCount, sample_covariance, shrinkage_intensity, shrunk, source_count,
};

/// A covariance with eigenvectors along the channels: powers from 1 to `spread`.
fn channels(count: usize, spread: f64, snapshots: usize, noise: &mut Noise) -> Array2<C64> {
    let amplitude = |i: usize| spread.powf(0.5 * i as f64 / (count - 1) as f64);
    Array2::from_shape_fn((count, snapshots), |(i, _)| noise.complex() * amplitude(i))
}

fn distance(a: &Array2<C64>, truth: &Array2<C64>) -> f64 {
    a.iter().zip(truth).map(|(a, b)| (a - b).norm_sqr()).sum()
}

#[test]
fn the_intensity_is_its_definition() {
    let x = channels(5, 10.0, 7, &mut Noise::new(1));
    let r = sample_covariance(&x).unwrap();
    let (m, n) = (5.0, 7.0);
    let mean = r.diag().iter().map(|z| z.re).sum::<f64>() / m;
    let away = distance(&r, &Array2::from_diag_elem(5, C64::from(mean)));
    // Ledoit and Wolf in the words of their lemma 3.4: the spread of the outer products around their mean.
    let spread: f64 = x
        .columns()
        .into_iter()
        .map(|c| distance(&Array2::from_shape_fn((5, 5), |(i, j)| c[i] * c[j].conj()), &r))
        .sum::<f64>()
        / (n * n);
    let found = shrinkage_intensity(&x, Shrinkage::LedoitWolf).unwrap();
    assert!((found - (spread / away).min(1.0)).abs() < 1e-12, "{found} {}", spread / away);
    // OAS as the limit of its iteration from the unshrunk covariance.
    let square: f64 = r.iter().map(C64::norm_sqr).sum();
    let trace = m * mean;
    let mut intensity = 0.0;
    for _ in 0..10_000 {
        let mixed = (1.0 - intensity) * square + intensity * trace * trace / m;
        let above = trace * trace - mixed / m;
        intensity = above / ((n - 1.0 / m) * mixed + (1.0 - n / m) * trace * trace);
    }
    let found = shrinkage_intensity(&x, Shrinkage::Oas).unwrap();
    assert!((found - intensity).abs() < 1e-9, "{found} {intensity}");
}

#[test]
fn shrinkage_comes_nearer_to_the_truth_and_near_the_oracle() {
    const TRIALS: usize = 400;
    for (snapshots, spread) in [(6, 10.0), (12, 10.0), (100, 10.0)] {
        let powers: Array1<C64> = (0..12).map(|i| C64::from(10.0_f64.powf(i as f64 / 11.0))).collect();
        let truth = Array2::from_diag(&powers);
        let mut noise = Noise::new(3);
        let (mut plain, mut shrunken, mut oracle) = (0.0, [0.0; 2], 0.0);
        for _ in 0..TRIALS {
            let x = channels(12, spread, snapshots, &mut noise);
            let r = sample_covariance(&x).unwrap();
            plain += distance(&r, &truth);
            for (sum, &kind) in shrunken.iter_mut().zip(Shrinkage::ALL) {
                *sum += distance(&shrunk(&r, shrinkage_intensity(&x, kind).unwrap()).unwrap(), &truth);
            }
            let best = (0..=50).map(|i| distance(&shrunk(&r, f64::from(i) / 50.0).unwrap(), &truth));
            oracle += best.fold(f64::INFINITY, f64::min);
        }
        // The best intensity of each trial is out of reach: Ledoit and Wolf's errs 1.21 times as much for six
        // snapshots, where no shrinkage errs five times as much.
        for (sum, kind) in shrunken.iter().zip(Shrinkage::ALL) {
            assert!(
                *sum < plain && *sum < 1.3 * oracle,
                "{kind} {snapshots}: {sum} of {plain}, best {oracle}"
            );
        }
        assert!(shrunken[1] < 1.02 * shrunken[0], "{snapshots}: {shrunken:?}");
    }
}

#[test]
fn white_and_zero_covariances_shrink_wholly_and_bad_arguments_are_errors() {
    let white = array![[C64::from(1.0), C64::from(1.0)], [C64::from(1.0), C64::from(-1.0)]];
    for &kind in Shrinkage::ALL {
        assert_eq!(shrinkage_intensity(&white, kind).unwrap(), 1.0);
        assert_eq!(shrinkage_intensity(&Array2::zeros((3, 4)), kind).unwrap(), 1.0);
        assert!(matches!(shrinkage_intensity(&Array2::zeros((3, 0)), kind), Err(Error::TooFew { .. })));
        let huge = channels(3, 10.0, 9, &mut Noise::new(2));
        let exact = shrinkage_intensity(&huge, kind).unwrap();
        for exponent in [-400, 400] {
            let scaled = shrinkage_intensity(&(&huge * C64::from(2.0_f64.powi(exponent))), kind).unwrap();
            assert!((scaled - exact).abs() < 1e-12);
        }
    }
    assert!(shrunk(&white, 1.1).is_err() && shrunk(&white, f64::NAN).is_err());
    assert!(shrunk(&Array2::zeros((2, 3)), 0.5).is_err());
}

#[test]
fn the_random_matrix_test_keeps_its_level_and_sees_weaker_sources_than_mdl() {
    let ula = AntennaArray::uniform_linear(12, 2e-3).unwrap();
    const TRIALS: usize = 1000;
    let mut noise = Noise::new(17);
    let mut right = |azimuths: &[f64], snr_db: f64, snapshots: usize| {
        let mut hits = [0; 2];
        for _ in 0..TRIALS {
            let x = noise.snapshots(&ula, 4e-3, azimuths, snr_db, snapshots);
            let values = hermitian_eigen(&sample_covariance(&x).unwrap()).unwrap().values;
            for (hits, method) in hits.iter_mut().zip([SourceCount::RandomMatrix, SourceCount::Mdl]) {
                *hits += usize::from(source_count(&values, snapshots, method).unwrap() == azimuths.len());
            }
        }
        hits
    };
    // 0.005 of 1000, and four standard deviations.
    for azimuths in [&[][..], &[0.1], &[-0.35, 0.2]] {
        for snapshots in [20, 128] {
            assert!(right(azimuths, 5.0, snapshots)[0] >= TRIALS - 14, "{azimuths:?} {snapshots}");
        }
    }
    // At -12 and -10 dB another program, with draws of its own, counts right in 0.715 and 0.999 of the cases;
    // MDL in 0.009 and 0.527. Four standard deviations of 1000 trials are 0.06.
    let weak = [right(&[0.1], -12.0, 128), right(&[0.1], -10.0, 128)];
    assert!((650..780).contains(&weak[0][0]) && weak[0][1] < 30, "{weak:?}");
    assert!(weak[1][0] > 985 && (460..600).contains(&weak[1][1]), "{weak:?}");
    assert_eq!(source_count(&array![0.0, 0.0, 0.0, 5.0], 10, SourceCount::RandomMatrix).unwrap(), 1);
    assert_eq!(source_count(&array![0.0, 0.0, 5.0], 1, SourceCount::RandomMatrix).unwrap(), 0);
}
