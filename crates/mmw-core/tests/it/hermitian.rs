//! Hermitian eigenvalues against nalgebra, against closed forms, and against what makes them eigenvalues.

use mmw_core::linalg::{HermitianSolver, hermitian_eigen};
use mmw_core::ndarray::{Array1, Array2, s};
use mmw_core::rand::{RngExt, SeedableRng};
use mmw_core::{C64, Error};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;

fn random_hermitian(n: usize, seed: u64) -> Array2<C64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = || rng.random_range(-1.0..1.0);
    let a = Array2::from_shape_fn((n, n), |_| C64::new(draw(), draw()));
    Array2::from_shape_fn((n, n), |(i, j)| 0.5 * (a[[i, j]] + a[[j, i]].conj()))
}

fn adjoint(a: &Array2<C64>) -> Array2<C64> {
    a.t().mapv(|z| z.conj())
}

fn greatest(a: &Array2<C64>) -> f64 {
    a.iter().map(|z| z.norm()).fold(0.0, f64::max)
}

/// Householder and QR are backward stable: each entry of the residual is a few `n ε ‖A‖`.
fn assert_decomposes(a: &Array2<C64>) {
    let n = a.nrows();
    let eigen = hermitian_eigen(a).unwrap();
    let v = &eigen.vectors;
    let tolerance = 1e-14 * n as f64;
    assert!(eigen.values.windows(2).into_iter().all(|w| w[0] <= w[1]), "{:?}", eigen.values);
    let gram = adjoint(v).dot(v) - Array2::<C64>::eye(n);
    assert!(greatest(&gram) < tolerance, "orthonormal to {:e}", greatest(&gram));
    let scaled = v * &eigen.values.mapv(C64::from);
    let residual = greatest(&(scaled.dot(&adjoint(v)) - a));
    assert!(residual <= tolerance * greatest(a), "recomposed to {residual:e} of {:e}", greatest(a));
}

#[test]
fn the_decomposition_recomposes_at_every_size() {
    for n in 1..=33 {
        assert_decomposes(&random_hermitian(n, n as u64));
    }
    assert_decomposes(&random_hermitian(100, 1));
}

#[test]
fn the_eigenvalues_are_those_of_nalgebra() {
    for n in [2, 3, 8, 12, 25] {
        let a = random_hermitian(n, 100 + n as u64);
        let rival =
            nalgebra::DMatrix::from_fn(n, n, |i, j| nalgebra::Complex::new(a[[i, j]].re, a[[i, j]].im));
        let mut expected: Vec<f64> = rival.symmetric_eigenvalues().iter().copied().collect();
        expected.sort_by(f64::total_cmp);
        for (ours, theirs) in hermitian_eigen(&a).unwrap().values.iter().zip(expected) {
            assert!((ours - theirs).abs() < 1e-14 * n as f64, "{ours} {theirs}");
        }
    }
}

#[test]
fn structured_matrices_decompose() {
    let n = 12;
    let u: Vec<C64> = (0..n).map(|i| C64::from_polar(1.0 + i as f64, 0.7 * i as f64)).collect();
    let outer = Array2::from_shape_fn((n, n), |(i, j)| u[i] * u[j].conj());
    assert_decomposes(&outer);
    assert_decomposes(&Array2::zeros((n, n)));
    assert_decomposes(&Array2::eye(n));
    let diagonal: Array1<C64> = (0..n).map(|i| C64::from((7 * i % 12) as f64 - 5.0)).collect();
    assert_decomposes(&Array2::from_diag(&diagonal));
    assert_decomposes(&Array2::from_elem((n, n), C64::from(1.0)));
    assert_decomposes(&Array2::from_elem((1, 1), C64::from(-3.0)));
    // Imaginary chain: every off-diagonal is imaginary and every diagonal zero.
    let chain = Array2::from_shape_fn((n, n), |(i, j)| match (i as i64) - (j as i64) {
        1 => C64::i(),
        -1 => -C64::i(),
        _ => C64::default(),
    });
    assert_decomposes(&chain);
    // Its eigenvalues are 2 cos(k π / 13).
    let values = hermitian_eigen(&chain).unwrap().values;
    for (k, value) in values.iter().rev().enumerate() {
        let exact = 2.0 * ((k + 1) as f64 * std::f64::consts::PI / 13.0).cos();
        assert!((value - exact).abs() < 1e-14);
    }
}

#[test]
fn rank_one_has_one_eigenvalue_and_its_vector() {
    let n = 12;
    let u: Vec<C64> = (0..n).map(|i| C64::from_polar(1.0, 0.3 * (i * i) as f64)).collect();
    let outer = Array2::from_shape_fn((n, n), |(i, j)| u[i] * u[j].conj());
    let mut solver = HermitianSolver::new(n).unwrap();
    solver.decompose(&outer).unwrap();
    assert!((solver.values()[n - 1] - 12.0).abs() < 1e-13);
    assert!(solver.values()[..n - 1].iter().all(|v| v.abs() < 1e-14));
    let mut strongest = Array2::zeros((n, 1));
    solver.vectors_into(n - 1..n, &mut strongest).unwrap();
    let inner: C64 = strongest.iter().zip(&u).map(|(a, b)| a.conj() * b).sum();
    assert!((inner.norm() - (n as f64).sqrt()).abs() < 1e-14 * n as f64);
}

#[test]
fn repeated_eigenvalues_keep_their_count() {
    // A projector of rank 5 in a random basis has 7 zeros and 5 ones.
    let basis = hermitian_eigen(&random_hermitian(12, 5)).unwrap().vectors;
    let kept = basis.slice(s![.., ..5]).to_owned();
    let projector = kept.dot(&adjoint(&kept));
    assert_decomposes(&projector);
    let values = hermitian_eigen(&projector).unwrap().values;
    for (k, value) in values.iter().enumerate() {
        assert!((value - if k < 7 { 0.0 } else { 1.0 }).abs() < 1e-14 * 12.0);
    }
}

#[test]
fn scaling_by_a_power_of_two_scales_the_values_bit_for_bit() {
    let a = random_hermitian(9, 3);
    let plain = hermitian_eigen(&a).unwrap();
    for exponent in [-900, -300, 300, 900] {
        let factor = 2.0_f64.powi(exponent);
        let scaled = hermitian_eigen(&a.mapv(|z| z * factor)).unwrap();
        assert_eq!(scaled.values, &plain.values * factor);
        assert_eq!(scaled.vectors, plain.vectors);
    }
}

#[test]
fn graded_and_subnormal_matrices_decompose() {
    let graded = Array2::from_shape_fn((8, 8), |(i, j)| {
        random_hermitian(8, 2)[[i, j]] * 10.0_f64.powi(-3 * (i + j) as i32)
    });
    assert_decomposes(&graded);
    let tiny = random_hermitian(6, 4).mapv(|z| z * 1e-150 * 1e-150);
    assert_decomposes(&tiny);
    let smallest = Array2::from_elem((3, 3), C64::from(5e-324));
    assert!(hermitian_eigen(&smallest).unwrap().values.iter().all(|v| v.is_finite()));
    // Far apart in one matrix: what lies below rounding of the greatest may vanish, not turn into NaN.
    let mut mixed = random_hermitian(6, 4).mapv(|z| z * 1e-160);
    mixed[[0, 0]] = C64::from(1.0);
    assert_decomposes(&mixed);
}

#[test]
fn bad_matrices_are_errors() {
    let mut a = random_hermitian(4, 1);
    assert!(matches!(hermitian_eigen(&Array2::zeros((0, 0))), Err(Error::TooFew { .. })));
    assert!(matches!(hermitian_eigen(&Array2::zeros((2, 3))), Err(Error::Shape { .. })));
    a[[1, 2]] += C64::from(1e-8);
    assert!(matches!(hermitian_eigen(&a), Err(Error::Invalid { .. })));
    a[[1, 2]] = C64::new(0.0, f64::NAN);
    assert!(matches!(hermitian_eigen(&a), Err(Error::NotFinite { index: 6, .. })));
    a[[1, 2]] = C64::new(f64::NEG_INFINITY, 0.0);
    assert!(matches!(hermitian_eigen(&a), Err(Error::NotFinite { index: 6, .. })));
    let imaginary_diagonal = Array2::from_elem((1, 1), C64::i());
    assert!(hermitian_eigen(&imaginary_diagonal).is_err());
    // Every entry is finite, its eigenvalue 3 × 1.7e308 is not.
    let huge = Array2::from_elem((3, 3), C64::from(1.7e308));
    assert!(matches!(hermitian_eigen(&huge), Err(Error::Domain { .. })));
}

proptest! {
    #[test]
    fn any_hermitian_matrix_decomposes(n in 1_usize..9, seed in any::<u64>(), zeros in 0.0..1.0_f64, digits in 0..17_i32) {
        // Sparse matrices and entries spread over many decades are what upsets shifts and deflation.
        let mut a = random_hermitian(n, seed);
        let mut rng = ChaCha8Rng::seed_from_u64(!seed);
        for i in 0..n {
            for j in 0..=i {
                let factor = if rng.random_bool(zeros) { 0.0 } else { 10.0_f64.powi(-rng.random_range(0..=digits)) };
                a[[i, j]] *= factor;
                a[[j, i]] = a[[i, j]].conj();
            }
            a[[i, i]].im = 0.0;
        }
        assert_decomposes(&a);
    }

    #[test]
    fn any_finite_matrix_gives_a_result_or_an_error(parts in proptest::collection::vec(proptest::num::f64::ANY, 18)) {
        let a = Array2::from_shape_fn((3, 3), |(i, j)| C64::new(parts[6 * i + 2 * j], parts[6 * i + 2 * j + 1]));
        let hermitian = Array2::from_shape_fn((3, 3), |(i, j)| match i.cmp(&j) {
            std::cmp::Ordering::Less => a[[i, j]],
            std::cmp::Ordering::Equal => C64::from(a[[i, i]].re),
            std::cmp::Ordering::Greater => a[[j, i]].conj(),
        });
        for matrix in [a, hermitian] {
            if let Ok(eigen) = hermitian_eigen(&matrix) {
                prop_assert!(eigen.values.iter().all(|x| x.is_finite()));
                prop_assert!(eigen.vectors.iter().all(|z| z.is_finite()));
            }
        }
    }
}
