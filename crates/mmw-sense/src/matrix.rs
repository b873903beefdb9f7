//! Small matrices of fixed size, row by row: no allocation, and loops that the compiler unrolls.

use mmw_core::{Error, Result};

/// `R` rows of `C` numbers.
pub(crate) type Matrix<const R: usize, const C: usize> = [[f64; C]; R];

pub(crate) fn zeros<const R: usize, const C: usize>() -> Matrix<R, C> {
    [[0.0; C]; R]
}

pub(crate) fn identity<const N: usize>() -> Matrix<N, N> {
    diagonal(&[1.0; N])
}

pub(crate) fn diagonal<const N: usize>(values: &[f64; N]) -> Matrix<N, N> {
    let mut out = zeros();
    for (i, &value) in values.iter().enumerate() {
        out[i][i] = value;
    }
    out
}

pub(crate) fn transposed<const R: usize, const C: usize>(a: &Matrix<R, C>) -> Matrix<C, R> {
    std::array::from_fn(|i| std::array::from_fn(|j| a[j][i]))
}

pub(crate) fn product<const R: usize, const K: usize, const C: usize>(
    a: &Matrix<R, K>,
    b: &Matrix<K, C>,
) -> Matrix<R, C> {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..K).map(|k| a[i][k] * b[k][j]).sum()))
}

/// `a b aᵀ`.
pub(crate) fn sandwich<const R: usize, const K: usize>(a: &Matrix<R, K>, b: &Matrix<K, K>) -> Matrix<R, R> {
    product(&product(a, b), &transposed(a))
}

pub(crate) fn applied<const R: usize, const C: usize>(a: &Matrix<R, C>, x: &[f64; C]) -> [f64; R] {
    std::array::from_fn(|i| dot(&a[i], x))
}

pub(crate) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    (0..N).map(|i| a[i] * b[i]).sum()
}

/// The Euclidean length.
pub(crate) fn length<const N: usize>(a: &[f64; N]) -> f64 {
    dot(a, a).sqrt()
}

pub(crate) fn sum<const R: usize, const C: usize>(a: &Matrix<R, C>, b: &Matrix<R, C>) -> Matrix<R, C> {
    std::array::from_fn(|i| std::array::from_fn(|j| a[i][j] + b[i][j]))
}

pub(crate) fn difference<const R: usize, const C: usize>(a: &Matrix<R, C>, b: &Matrix<R, C>) -> Matrix<R, C> {
    std::array::from_fn(|i| std::array::from_fn(|j| a[i][j] - b[i][j]))
}

/// `x yᵀ`.
pub(crate) fn outer<const R: usize, const C: usize>(x: &[f64; R], y: &[f64; C]) -> Matrix<R, C> {
    std::array::from_fn(|i| std::array::from_fn(|j| x[i] * y[j]))
}

pub(crate) fn scaled<const R: usize, const C: usize>(a: &Matrix<R, C>, by: f64) -> Matrix<R, C> {
    a.map(|row| row.map(|value| value * by))
}

/// The mean of a matrix and its transpose: what rounding leaves of symmetry, made whole.
pub(crate) fn symmetric<const N: usize>(a: &Matrix<N, N>) -> Matrix<N, N> {
    std::array::from_fn(|i| std::array::from_fn(|j| 0.5 * (a[i][j] + a[j][i])))
}

pub(crate) fn is_finite<const R: usize, const C: usize>(a: &Matrix<R, C>) -> bool {
    a.iter().flatten().all(|value| value.is_finite())
}

/// A list as an array, when it is as long.
#[cfg(feature = "serde")]
pub(crate) fn array<T, const N: usize>(name: &'static str, list: Vec<T>) -> Result<[T; N]> {
    list.try_into().map_err(|list: Vec<T>| Error::shape(name, &[N], &[list.len()]))
}

/// Nothing, for what can be a covariance or an information: finite, symmetric, and below zero in no direction
/// by more than rounding.
pub(crate) fn check_spread<const N: usize>(name: &'static str, a: &Matrix<N, N>) -> Result<()> {
    let size = a.iter().flatten().fold(0.0, |most: f64, x| most.max(x.abs()));
    let off = |i: usize, j: usize| (a[i][j] - a[j][i]).abs();
    if !is_finite(a) || (0..N * N).any(|k| off(k / N, k % N) > 1e-9 * size) {
        return Err(Error::invalid(name, "is not symmetric and finite"));
    }
    let (values, _) = eigen(symmetric(a));
    if values.iter().all(|&value| value >= -1e-9 * size) {
        return Ok(());
    }
    Err(Error::invalid(name, "has a negative spread in some direction"))
}

/// The lower triangle `L` with `L Lᵀ = a`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cholesky<const N: usize> {
    pub(crate) lower: Matrix<N, N>,
}

impl<const N: usize> Cholesky<N> {
    /// `None` unless `a` is positive definite and finite. Only the lower triangle of `a` is read.
    pub(crate) fn new(a: &Matrix<N, N>) -> Option<Self> {
        let mut lower = zeros::<N, N>();
        for j in 0..N {
            let pivot = a[j][j] - (0..j).map(|k| lower[j][k] * lower[j][k]).sum::<f64>();
            if !(pivot > 0.0 && pivot.is_finite()) {
                return None;
            }
            lower[j][j] = pivot.sqrt();
            for i in j + 1..N {
                let rest = a[i][j] - (0..j).map(|k| lower[i][k] * lower[j][k]).sum::<f64>();
                lower[i][j] = rest / lower[j][j];
            }
        }
        is_finite(&lower).then_some(Self { lower })
    }

    /// `L⁻¹ x`.
    pub(crate) fn forward(&self, x: &[f64; N]) -> [f64; N] {
        let mut out = *x;
        for i in 0..N {
            let known: f64 = (0..i).map(|k| self.lower[i][k] * out[k]).sum();
            out[i] = (out[i] - known) / self.lower[i][i];
        }
        out
    }

    /// `a⁻¹ x`.
    pub(crate) fn solve(&self, x: &[f64; N]) -> [f64; N] {
        let mut out = self.forward(x);
        for i in (0..N).rev() {
            let known: f64 = (i + 1..N).map(|k| self.lower[k][i] * out[k]).sum();
            out[i] = (out[i] - known) / self.lower[i][i];
        }
        out
    }

    /// `Lᵀ x`, whose square is `xᵀ a x`.
    pub(crate) fn half(&self, x: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|j| (j..N).map(|i| self.lower[i][j] * x[i]).sum())
    }

    /// `xᵀ a⁻¹ x`.
    pub(crate) fn distance_squared(&self, x: &[f64; N]) -> f64 {
        let half = self.forward(x);
        dot(&half, &half)
    }

    pub(crate) fn ln_determinant(&self) -> f64 {
        (0..N).map(|i| 2.0 * self.lower[i][i].ln()).sum()
    }
}

/// Eigenvalues of a symmetric matrix and the vectors of each, row by row, by Jacobi's rotations, which keep
/// the small ones to the digits of the greatest.
pub(crate) fn eigen<const N: usize>(mut a: Matrix<N, N>) -> ([f64; N], Matrix<N, N>) {
    let mut vectors = identity::<N>();
    for _ in 0..30 {
        let off: f64 = (0..N).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j].abs()).sum();
        let size: f64 = (0..N).map(|i| a[i][i].abs()).sum();
        if off <= 1e-17 * size {
            break;
        }
        for p in 0..N {
            for q in p + 1..N {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let c = 1.0 / t.hypot(1.0);
                let s = t * c;
                for row in &mut a {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                for m in [&mut a, &mut vectors] {
                    let (upper, lower) = (m[p], m[q]);
                    m[p] = std::array::from_fn(|k| c * upper[k] - s * lower[k]);
                    m[q] = std::array::from_fn(|k| s * upper[k] + c * lower[k]);
                }
            }
        }
    }
    (std::array::from_fn(|i| a[i][i]), vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_solves_what_it_was_made_of() {
        let a = [[4.0, 1.0, -0.5], [1.0, 3.0, 0.25], [-0.5, 0.25, 2.0]];
        let triangle = Cholesky::new(&a).unwrap();
        let x = applied(&a, &triangle.solve(&[1.0, -2.0, 0.5]));
        assert!(x.iter().zip([1.0, -2.0, 0.5]).all(|(a, b)| (a - b).abs() < 1e-15));
        // By cofactors: 4 (6 - 1/16) - (2 + 1/8) - (1/4 + 3/2)/2.
        assert!((triangle.ln_determinant() - 20.75_f64.ln()).abs() < 1e-14);
        assert!(Cholesky::new(&[[1.0, 2.0], [2.0, 1.0]]).is_none());
        assert!(Cholesky::new(&[[f64::NAN]]).is_none());
    }

    #[test]
    fn eigenvalues_are_those_of_a_matrix_known_in_closed_form() {
        // 2 on the diagonal, -1 beside it: 2 - 2 cos(k π/4).
        let a = [[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]];
        let (values, vectors) = eigen(a);
        let root = 2.0_f64.sqrt();
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.iter().zip([2.0 - root, 2.0, 2.0 + root]).all(|(a, b)| (a - b).abs() < 1e-14));
        for (value, vector) in values.iter().zip(&vectors) {
            let image = applied(&a, vector);
            assert!(image.iter().zip(vector).all(|(x, v)| (x - value * v).abs() < 1e-14));
        }
    }
}
