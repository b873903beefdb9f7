//! Positive definite systems: residuals, dependent columns, bad input.

use mmw_core::linalg::solve_definite;
use mmw_core::random::{Streams, standard_normal};
use mmw_core::{C64, Error};

/// `G Gᴴ` of a random square `G`, row by row.
fn random_definite(n: usize, seed: u64) -> Vec<C64> {
    let mut rng = Streams::new(seed).stream(0);
    let g: Vec<C64> =
        (0..n * n).map(|_| C64::new(standard_normal(&mut rng), standard_normal(&mut rng))).collect();
    let entry = |i: usize, j: usize| (0..n).map(|k| g[i * n + k] * g[j * n + k].conj()).sum();
    (0..n * n).map(|at| entry(at / n, at % n)).collect()
}

#[test]
fn the_residual_is_rounding_of_complex_and_real_systems() {
    for n in 1..9 {
        for seed in 0..20 {
            let a = random_definite(n, seed);
            let b: Vec<C64> = (0..n).map(|i| C64::new(1.0 + i as f64, -2.0)).collect();
            let mut x = b.clone();
            solve_definite(&mut a.clone(), &mut x, 0.0).unwrap();
            // Backward stable: n + 1 roundings of |L| |Lᴴ| |x|, section 10.1 of Higham's "Accuracy and
            // Stability of Numerical Algorithms", complex arithmetic three times that of reals.
            let scale = a.iter().map(|z| z.norm()).fold(0.0, f64::max)
                * x.iter().map(|z| z.norm()).fold(0.0, f64::max);
            for i in 0..n {
                let row: C64 = (0..n).map(|j| a[i * n + j] * x[j]).sum();
                let bound = 3.0 * (n * (n + 1)) as f64 * f64::EPSILON * scale;
                assert!((row - b[i]).norm() <= bound, "{n} {seed}");
            }
            let mut real: Vec<f64> = a.iter().map(|z| z.re).collect();
            let kept = real.clone();
            let mut x = vec![1.0; n];
            solve_definite(&mut real, &mut x, 0.0).unwrap();
            let scale = scale.max(
                kept.iter().fold(0.0, |most: f64, a| most.max(a.abs()))
                    * x.iter().fold(0.0, |most: f64, x| most.max(x.abs())),
            );
            for i in 0..n {
                let row: f64 = (0..n).map(|j| kept[i * n + j] * x[j]).sum();
                assert!((row - 1.0).abs() <= (n * (n + 1)) as f64 * f64::EPSILON * scale, "{n} {seed}");
            }
        }
    }
}

#[test]
fn what_stands_above_the_diagonal_is_not_read() {
    let mut x = [8.0, 12.0];
    solve_definite(&mut [4.0, f64::NAN, 2.0, 5.0], &mut x, 0.0).unwrap();
    assert_eq!(x, [1.0, 2.0]);
}

#[test]
fn dependent_columns_are_singular_to_the_share_asked_for() {
    let nearly = [1.0, 1.0, 1.0, 1.0 + 1e-11];
    let solved = |least_pivot| solve_definite(&mut nearly.clone(), &mut [1.0, 2.0], least_pivot);
    assert!(solved(0.0).is_ok());
    assert!(matches!(solved(1e-10), Err(Error::Singular { .. })));
    assert!(matches!(solve_definite(&mut [-1.0], &mut [1.0], 0.0), Err(Error::Singular { .. })));
    assert!(matches!(solve_definite(&mut [0.0], &mut [1.0], 0.0), Err(Error::Singular { .. })));
}

#[test]
fn shapes_and_floats_that_do_not_fit_are_errors() {
    assert!(matches!(solve_definite::<f64>(&mut [], &mut [], 0.0), Err(Error::TooFew { .. })));
    assert!(matches!(solve_definite(&mut [1.0, 0.0], &mut [1.0], 0.0), Err(Error::Shape { .. })));
    assert!(matches!(solve_definite(&mut [f64::NAN], &mut [1.0], 0.0), Err(Error::Singular { .. })));
    assert!(matches!(solve_definite(&mut [1e-300], &mut [1e300], 0.0), Err(Error::Invalid { .. })));
    assert!(matches!(solve_definite(&mut [1.0], &mut [f64::NAN], 0.0), Err(Error::Invalid { .. })));
}
