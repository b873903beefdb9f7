//! Singular values: identities, known matrices, the ends of the number range.

use mmw_core::linalg::singular_values;
use mmw_core::random::{Streams, standard_complex_normal};
use mmw_core::{C64, Error};
use ndarray::{Array2, array};
use proptest::prelude::*;

fn random_matrix(rows: usize, columns: usize, seed: u64) -> Array2<C64> {
    let mut rng = Streams::new(seed).stream(0);
    Array2::from_shape_simple_fn((rows, columns), || standard_complex_normal(&mut rng))
}

#[test]
fn the_squares_sum_to_the_frobenius_norm() {
    for (rows, columns) in [(1, 1), (1, 7), (7, 1), (5, 5), (16, 3), (40, 40)] {
        let a = random_matrix(rows, columns, 1);
        let s = singular_values(&a).unwrap();
        assert_eq!(s.len(), rows.min(columns));
        let frobenius: f64 = a.iter().map(|z| z.norm_sqr()).sum();
        assert!((s.dot(&s) / frobenius - 1.0).abs() < 1e-13);
        assert!(s.windows(2).into_iter().all(|w| w[0] >= w[1]) && s.iter().all(|&s| s >= 0.0));
    }
}

#[test]
fn a_product_of_unitary_and_diagonal_gives_the_diagonal_back() {
    // The discrete Fourier matrix over √n is unitary; so are its rows permuted and turned.
    let n = 6;
    let dft = |a: usize, b: usize| {
        C64::from_polar(1.0 / (n as f64).sqrt(), 2.0 * std::f64::consts::PI * (a * b) as f64 / n as f64)
    };
    let values = [9.0, 4.0, 1.0, 0.1, 1e-3, 0.0];
    let a = Array2::from_shape_fn((n, n), |(i, j)| {
        (0..n).map(|k| dft(i, k) * values[k] * dft(k, j).conj() * C64::from_polar(1.0, j as f64)).sum::<C64>()
    });
    let s = singular_values(&a).unwrap();
    // Backward stable: a few units of rounding of the greatest value.
    assert!(s.iter().zip(values).all(|(s, v)| (s - v).abs() < 20.0 * f64::EPSILON * values[0]), "{s}");
}

#[test]
fn one_row_has_its_length() {
    let row = array![[C64::new(3.0, 0.0), C64::new(0.0, 4.0), C64::new(12.0, 0.0)]];
    assert!((singular_values(&row).unwrap()[0] - 13.0).abs() < 1e-14);
}

#[test]
fn scale_does_not_matter_until_the_value_itself_overflows() {
    let a = random_matrix(3, 3, 2);
    let s = singular_values(&a).unwrap();
    for scale in [1e300, 1e-300] {
        let scaled = singular_values(&a.mapv(|z| z * scale)).unwrap();
        assert!(scaled.iter().zip(&s).all(|(x, y)| (x / scale / y - 1.0).abs() < 1e-12));
    }
    let huge = Array2::from_elem((4, 4), C64::new(f64::MAX, f64::MAX));
    assert!(matches!(singular_values(&huge), Err(Error::Invalid { .. })));
    assert!(singular_values(&Array2::<C64>::zeros((3, 2))).unwrap().iter().all(|&s| s == 0.0));
    assert_eq!(singular_values(&Array2::<C64>::zeros((0, 2))).unwrap().len(), 0);
}

proptest! {
    #[test]
    fn unitary_phases_and_transposition_change_nothing(seed in any::<u64>(), phase in -3.0_f64..3.0) {
        let a = random_matrix(4, 3, seed);
        let s = singular_values(&a)?;
        let turned = singular_values(&a.t().mapv(|z| z.conj() * C64::from_polar(1.0, phase)))?;
        prop_assert!(s.iter().zip(&turned).all(|(x, y)| (x - y).abs() < 1e-13 * s[0]));
    }

    #[test]
    fn any_floats_give_finite_values_or_an_error(entries in prop::collection::vec(any::<(f64, f64)>(), 12)) {
        let entries = entries.into_iter().map(|(re, im)| C64::new(re, im)).collect();
        let a = Array2::from_shape_vec((3, 4), entries).unwrap();
        if let Ok(s) = singular_values(&a) {
            prop_assert!(s.iter().all(|s| s.is_finite()));
        }
    }
}
