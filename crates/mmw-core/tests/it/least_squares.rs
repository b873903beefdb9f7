//! Least squares and square systems: normal equations, units, rank, bad input.

use mmw_core::Error;
use mmw_core::linalg::{least_squares, solve};
use mmw_core::random::{Streams, standard_normal};
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

fn random_system(equations: usize, unknowns: usize, seed: u64) -> (Array2<f64>, Array1<f64>) {
    let mut rng = Streams::new(seed).stream(0);
    let a = Array2::from_shape_simple_fn((equations, unknowns), || standard_normal(&mut rng));
    let b = Array1::from_shape_simple_fn(equations, || standard_normal(&mut rng));
    (a, b)
}

#[test]
fn the_residual_is_orthogonal_to_the_columns() {
    for (equations, unknowns) in [(1, 1), (5, 2), (30, 7), (8, 8)] {
        let (a, b) = random_system(equations, unknowns, 4);
        let x = least_squares(&a, &b).unwrap();
        let gradient = a.t().dot(&(a.dot(&x) - &b));
        // Rounding of a dot product of `equations` terms of order one.
        assert!(gradient.iter().all(|g| g.abs() < 1e-14 * 10.0 * equations as f64), "{gradient}");
    }
}

#[test]
fn the_units_of_the_unknowns_do_not_matter() {
    let (a, b) = random_system(10, 3, 6);
    let x = least_squares(&a, &b).unwrap();
    let units = [1e-150, 1.0, 1e150];
    let scaled = Array2::from_shape_fn(a.dim(), |(i, j)| a[[i, j]] * units[j]);
    let y = least_squares(&scaled, &b).unwrap();
    assert!((0..3).all(|j| (y[j] * units[j] / x[j] - 1.0).abs() < 1e-12));
}

#[test]
fn dependent_columns_are_singular() {
    let a = array![[1.0, 2.0, 3.0], [4.0, 5.0, 9.0], [7.0, 8.0, 15.0], [0.5, 0.25, 0.75]];
    assert!(matches!(least_squares(&a, &Array1::ones(4)), Err(Error::Singular { .. })));
    assert!(matches!(solve(&Array2::zeros((2, 2)), &Array1::ones(2)), Err(Error::Singular { .. })));
}

#[test]
fn a_hilbert_matrix_is_solved_as_well_as_its_condition_allows() {
    let n = 6;
    let a = Array2::from_shape_fn((n, n), |(i, j)| 1.0 / (i + j + 1) as f64);
    let x = solve(&a, &a.sum_axis(ndarray::Axis(1))).unwrap();
    // Condition number 1.5e7 times rounding 1e-16, with a factor 10 in hand.
    assert!(x.iter().all(|x| (x - 1.0).abs() < 1.5e-8), "{x}");
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    let a = Array2::<f64>::ones((2, 3));
    assert!(matches!(least_squares(&a, &Array1::ones(2)), Err(Error::TooFew { needed: 3, got: 2, .. })));
    assert!(matches!(least_squares(&a.t(), &Array1::ones(2)), Err(Error::Shape { .. })));
    assert!(matches!(solve(&a.t(), &Array1::ones(3)), Err(Error::Shape { .. })));
    assert!(matches!(least_squares(&Array2::zeros((2, 0)), &Array1::ones(2)), Err(Error::TooFew { .. })));
    assert!(matches!(solve(&array![[f64::NAN]], &array![1.0]), Err(Error::NotFinite { .. })));
    assert!(matches!(solve(&array![[1e-300]], &array![1e300]), Err(Error::Invalid { .. })));
}

proptest! {
    #[test]
    fn what_was_put_in_comes_out(seed in any::<u64>(), x in prop::collection::vec(-1e3_f64..1e3, 4)) {
        let (a, _) = random_system(9, 4, seed);
        let x = Array1::from_vec(x);
        let found = least_squares(&a, &a.dot(&x))?;
        prop_assert!((found - &x).iter().all(|e| e.abs() < 1e-9));
    }

    #[test]
    fn any_floats_give_finite_values_or_an_error(entries in prop::collection::vec(any::<f64>(), 12)) {
        let a = Array2::from_shape_vec((3, 3), entries[..9].to_vec()).unwrap();
        let b = Array1::from_vec(entries[9..].to_vec());
        if let Ok(x) = solve(&a, &b) {
            prop_assert!(x.iter().all(|x| x.is_finite()));
        }
    }
}
