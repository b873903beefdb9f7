//! Eigenvalues of general matrices against those that they were made of, and against the Hermitian solver.

use mmw_core::linalg::{eigenvalues, hermitian_eigen};
use mmw_core::{C64, Error};
use ndarray::{Array2, array};

fn number(i: usize) -> C64 {
    let part = |i: usize| (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) as f64 / u64::MAX as f64 - 0.5;
    C64::new(part(2 * i + 1), part(2 * i + 2))
}

/// The greatest distance of a value to the nearest of the others.
fn distance(found: &[C64], exact: &[C64]) -> f64 {
    let nearest = |z: &C64| found.iter().map(|f| (f - z).norm()).fold(f64::INFINITY, f64::min);
    exact.iter().map(nearest).fold(0.0, f64::max)
}

#[test]
fn a_triangle_shows_its_eigenvalues_and_a_similarity_keeps_them() {
    for n in 1..9 {
        let triangle = Array2::from_shape_fn((n, n), |(i, j)| match i <= j {
            true => number(i * n + j) + if i == j { C64::from(i as f64) } else { C64::from(0.0) },
            false => C64::from(0.0),
        });
        let exact = triangle.diag().to_vec();
        // Row operations and the opposite column operations: A -> L A L^-1, unit lower triangular.
        let mut a = triangle.clone();
        for i in 1..n {
            let factor = number(1000 + i);
            for j in 0..n {
                let above = a[[i - 1, j]];
                a[[i, j]] += factor * above;
            }
            for j in 0..n {
                let right = a[[j, i]];
                a[[j, i - 1]] -= factor * right;
            }
        }
        for matrix in [triangle, a] {
            let found = eigenvalues(&matrix).unwrap().to_vec();
            // Gaps of about one in matrices of norm 10 or less: conditions below 1e3.
            assert!(found.len() == n && distance(&found, &exact) < 1e-11, "{n}: {found:?} {exact:?}");
        }
    }
}

#[test]
fn a_hermitian_matrix_has_the_values_of_its_own_solver() {
    let a = Array2::from_shape_fn((7, 7), |(i, j)| number(7 * i + j) + number(7 * j + i).conj());
    let exact: Vec<C64> = hermitian_eigen(&a).unwrap().values.iter().map(|&x| C64::from(x)).collect();
    assert!(distance(&eigenvalues(&a).unwrap().to_vec(), &exact) < 1e-13);
}

#[test]
fn scale_does_not_matter_and_bad_matrices_are_errors() {
    let a = array![[C64::new(1.0, 2.0), C64::from(3.0)], [C64::from(-1.0), C64::i()]];
    let exact = eigenvalues(&a).unwrap().to_vec();
    for exponent in [-1000, 900] {
        let factor = 2.0_f64.powi(exponent);
        let found: Vec<C64> =
            eigenvalues(&(&a * C64::from(factor))).unwrap().iter().map(|z| z / factor).collect();
        assert_eq!(found, exact);
    }
    assert_eq!(eigenvalues(&Array2::zeros((3, 3))).unwrap().to_vec(), [C64::default(); 3]);
    assert!(matches!(eigenvalues(&Array2::zeros((0, 0))), Err(Error::TooFew { .. })));
    assert!(matches!(eigenvalues(&Array2::zeros((2, 3))), Err(Error::Shape { .. })));
    assert!(matches!(eigenvalues(&array![[C64::new(0.0, f64::NAN)]]), Err(Error::NotFinite { .. })));
}
