//! log2 det(I + ρ H Hᴴ): against 60 digits, the singular values, and the exact ergodic capacity.

use crate::reference::{number, rows};
use mmw_core::linalg::{log2_det_i_plus, log2_det_i_plus_batch, singular_values};
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::random::{Streams, standard_complex_normal};
use mmw_core::stats::Moments;
use mmw_core::{C64, Error};
use ndarray::{Array2, Array3, Axis, array};
use proptest::prelude::*;

fn random_matrices(count: usize, rows: usize, columns: usize, seed: u64) -> Array3<C64> {
    let mut rng = Streams::new(seed).stream(0);
    Array3::from_shape_simple_fn((count, rows, columns), || standard_complex_normal(&mut rng))
}

#[test]
fn values_agree_with_sixty_digits() {
    let mut worst = 0.0_f64;
    for row in rows(include_str!("../data/log2_det.csv")) {
        let (rho, expected) = (number(row[1]), number(row[4]));
        let (n, m): (usize, usize) = (row[2].parse().unwrap(), row[3].parse().unwrap());
        let entries = row[5..].chunks(2).map(|z| C64::new(number(z[0]), number(z[1]))).collect();
        let h = Array2::from_shape_vec((n, m), entries).unwrap();
        let error = (log2_det_i_plus(rho, &h).unwrap() / expected - 1.0).abs();
        assert!(error < 1e-12, "{} {n}x{m} at rho {rho}: relative error {error:e}", row[0]);
        let transposed = log2_det_i_plus(rho, &h.t()).unwrap();
        assert!((transposed / expected - 1.0).abs() < 1e-12, "transposed {n}x{m} at rho {rho}");
        worst = worst.max(error);
    }
    println!("worst relative error {worst:e}");
}

#[test]
fn the_value_is_the_sum_over_singular_values() {
    for (rows, columns) in [(1, 1), (2, 3), (4, 4), (8, 8), (8, 2), (12, 9)] {
        let h = random_matrices(20, rows, columns, 3);
        for matrix in h.outer_iter() {
            for rho in [1e-9, 0.1, 10.0, 1e5] {
                let s = singular_values(&matrix).unwrap();
                let sum: f64 = s.iter().map(|s| (rho * s * s).ln_1p() / std::f64::consts::LN_2).sum();
                let value = log2_det_i_plus(rho, &matrix).unwrap();
                assert!((value / sum - 1.0).abs() < 1e-12, "{rows}x{columns} at {rho}: {value} and {sum}");
            }
        }
    }
}

#[test]
fn a_batch_gives_the_bits_of_single_matrices() {
    for (rows, columns) in [(1, 1), (2, 2), (3, 5), (5, 3), (4, 4), (6, 6), (7, 8), (8, 8), (8, 20), (9, 9)] {
        let mut h = random_matrices(21, rows, columns, 5);
        h.index_axis_mut(Axis(0), 3).fill(C64::new(1.0, -2.0)); // rank 1: the other way of working
        h.index_axis_mut(Axis(0), 4).fill(C64::ZERO);
        for rho in [1e-12, 1.0, 1e9] {
            let batch = log2_det_i_plus_batch(rho, &h).unwrap();
            let single: Vec<f64> = h.outer_iter().map(|m| log2_det_i_plus(rho, &m).unwrap()).collect();
            assert_eq!(batch.to_vec(), single, "{rows}x{columns} at {rho}");
        }
        let strided = h.slice(ndarray::s![..;2, .., ..;-1]);
        let batch = log2_det_i_plus_batch(2.0, &strided).unwrap();
        let single: Vec<f64> = strided.outer_iter().map(|m| log2_det_i_plus(2.0, &m).unwrap()).collect();
        assert_eq!(batch.to_vec(), single);
    }
}

#[test]
fn the_ends_of_the_number_range_do_no_harm() {
    let one = |x: f64| Array2::from_diag_elem(2, C64::new(x, 0.0));
    // Both channels: 2 log2(rho x²), where the product fits f64 or not.
    for (rho, x) in [(1e300, 1e200), (1e-300, 1e300), (1e308, 1e308), (1e-10, 1e160)] {
        let expected = 2.0 * (f64::log2(rho) + 2.0 * f64::log2(x));
        let value = log2_det_i_plus(rho, &one(x)).unwrap();
        assert!((value / expected - 1.0).abs() < 1e-12, "{rho} {x}: {value}");
    }
    // The linear regime: 2 rho x² / ln 2.
    for (rho, x) in [(1e300_f64, 1e-200_f64), (1e-300, 1.0), (1e-100, 1e-90), (1e300, 1e-160)] {
        let expected = 2.0 * (rho.sqrt() * x).powi(2) / std::f64::consts::LN_2;
        let value = log2_det_i_plus(rho, &one(x)).unwrap();
        assert!((value / expected - 1.0).abs() < 1e-12, "{rho} {x}: {value}");
    }
    assert_eq!(log2_det_i_plus(1e-320, &one(1e-320)).unwrap(), 0.0);
    let lopsided = array![[C64::new(1e300, 0.0), C64::ZERO], [C64::ZERO, C64::new(1e-300, 0.0)]];
    let expected = f64::log2(1e300) * 2.0;
    assert!((log2_det_i_plus(1.0, &lopsided).unwrap() / expected - 1.0).abs() < 1e-12);
}

#[test]
fn nothing_is_carried_by_nothing() {
    for shape in [(0, 0), (0, 3), (3, 0)] {
        assert_eq!(log2_det_i_plus(1.0, &Array2::zeros(shape)).unwrap(), 0.0);
    }
    assert_eq!(log2_det_i_plus(0.0, &Array2::ones((2, 2))).unwrap(), 0.0);
    assert_eq!(log2_det_i_plus(1e300, &Array2::zeros((8, 8))).unwrap(), 0.0);
    assert_eq!(log2_det_i_plus_batch(1.0, &Array3::zeros((0, 2, 2))).unwrap().len(), 0);
    assert_eq!(log2_det_i_plus_batch(1.0, &Array3::zeros((3, 0, 2))).unwrap().to_vec(), [0.0; 3]);
}

#[test]
fn bad_input_is_named() {
    let mut h = Array3::<C64>::ones((30, 2, 2));
    assert!(matches!(log2_det_i_plus_batch(-1.0, &h), Err(Error::Domain { .. })));
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        h[[25, 1, 0]].im = bad;
        let error = log2_det_i_plus_batch(1.0, &h).unwrap_err();
        assert!(matches!(error, Error::NotFinite { index: 102, .. }), "{error}");
        let single = log2_det_i_plus(1.0, &h.index_axis(Axis(0), 25)).unwrap_err();
        assert!(matches!(single, Error::NotFinite { index: 2, .. }), "{single}");
        assert!(log2_det_i_plus(bad, &Array2::ones((2, 2))).is_err());
    }
}

/// Ergodic capacity of the i.i.d. Rayleigh channel by the closed form of the eigenvalue density (Telatar
/// 1999), from `exact_refs.json` of the MIMO oracle: (antennas on each side, SNR in dB, bit/s/Hz).
const ERGODIC: [(usize, f64, f64); 6] = [
    (1, 0.0, 0.860347382271),
    (1, 20.0, 5.88404823368),
    (2, 0.0, 1.68502698141),
    (2, 20.0, 11.2909984521),
    (4, 10.0, 10.941422086),
    (4, 20.0, 22.1394592412),
];

#[test]
fn the_mean_over_rayleigh_channels_is_the_ergodic_capacity() {
    for (antennas, snr_db, expected) in ERGODIC {
        let rho = 10_f64.powf(snr_db / 10.0) / antennas as f64;
        let run = MonteCarlo::new(11, 100_000);
        let moments = run
            .run(|rng, trials| {
                let shape = ((trials.end - trials.start) as usize, antennas, antennas);
                let h = Array3::from_shape_simple_fn(shape, || standard_complex_normal(rng));
                Ok(log2_det_i_plus_batch(rho, &h)?.into_iter().collect::<Moments>())
            })
            .unwrap();
        // Five standard deviations of the mean: a chance of 6e-7.
        let sigma = (moments.variance().unwrap() / moments.count() as f64).sqrt();
        let error = moments.mean().unwrap() - expected;
        assert!(error.abs() < 5.0 * sigma, "{antennas} at {snr_db} dB: {error} with sigma {sigma}");
    }
}

proptest! {
    #[test]
    fn any_floats_give_a_finite_value_or_an_error(
        rho in any::<f64>(),
        rows in 0_usize..6,
        columns in 0_usize..12,
        entries in prop::collection::vec(any::<(f64, f64)>(), 72),
    ) {
        let entries: Vec<C64> = entries.iter().take(rows * columns).map(|&(re, im)| C64::new(re, im)).collect();
        let finite = rho >= 0.0 && rho.is_finite() && entries.iter().all(|z| z.re.is_finite() && z.im.is_finite());
        let h = Array2::from_shape_vec((rows, columns), entries).unwrap();
        let value = log2_det_i_plus(rho, &h);
        prop_assert_eq!(value.is_ok(), finite);
        if let Ok(value) = value {
            prop_assert!(value.is_finite() && value >= 0.0);
        }
    }

    #[test]
    fn more_power_never_lowers_the_value(rho in 1e-6_f64..1e6, factor in 1.0_f64..100.0, seed in any::<u64>()) {
        let h = random_matrices(1, 3, 4, seed);
        let h = h.index_axis(Axis(0), 0);
        prop_assert!(log2_det_i_plus(rho * factor, &h)? >= log2_det_i_plus(rho, &h)? * (1.0 - 1e-12));
    }
}
