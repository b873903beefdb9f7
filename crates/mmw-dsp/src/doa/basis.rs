//! Least squares on few complex columns: an orthonormal basis of their span.

use mmw_core::C64;

/// `aᴴ b`.
pub(crate) fn inner(a: &[C64], b: &[C64]) -> C64 {
    a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
}

pub(crate) fn length(a: &[C64]) -> f64 {
    a.iter().map(C64::norm_sqr).sum::<f64>().sqrt()
}

/// The columns `A = Q T` by Gram and Schmidt, each step done twice, which leaves `Q` orthonormal to rounding.
#[derive(Debug, Clone, Default)]
pub(crate) struct Basis {
    vectors: Vec<Vec<C64>>,
    /// `triangle[j][i]` is `T_ij`.
    triangle: Vec<Vec<C64>>,
}

impl Basis {
    /// A column counts as dependent when less than this share of its length is outside of the others.
    const LEAST: f64 = 1e-8;

    /// The basis of all columns; `None` when they depend on each other.
    pub(crate) fn of<'a>(columns: impl IntoIterator<Item = &'a [C64]>) -> Option<Self> {
        let mut basis = Self::default();
        columns.into_iter().all(|column| basis.push(column)).then_some(basis)
    }

    /// Takes one more column in, unless it depends on those before; says whether it did.
    pub(crate) fn push(&mut self, column: &[C64]) -> bool {
        let mut rest = column.to_vec();
        let mut weights = vec![C64::default(); self.vectors.len()];
        for _ in 0..2 {
            for (q, weight) in self.vectors.iter().zip(&mut weights) {
                let part = inner(q, &rest);
                *weight += part;
                rest.iter_mut().zip(q).for_each(|(z, q)| *z -= part * q);
            }
        }
        let left = length(&rest);
        if left.is_nan() || left <= Self::LEAST * length(column) {
            return false;
        }
        weights.push(C64::from(left));
        rest.iter_mut().for_each(|z| *z /= left);
        self.vectors.push(rest);
        self.triangle.push(weights);
        true
    }

    /// The orthonormal vectors.
    pub(crate) fn vectors(&self) -> &[Vec<C64>] {
        &self.vectors
    }

    /// The part of `x` outside the span.
    pub(crate) fn outside(&self, x: &[C64]) -> Vec<C64> {
        let mut rest = x.to_vec();
        for q in &self.vectors {
            let part = inner(q, &rest);
            rest.iter_mut().zip(q).for_each(|(z, q)| *z -= part * q);
        }
        rest
    }

    /// The weights of the columns that come nearest to `x`.
    pub(crate) fn coefficients(&self, x: &[C64]) -> Vec<C64> {
        let mut weights: Vec<C64> = self.vectors.iter().map(|q| inner(q, x)).collect();
        for j in (0..weights.len()).rev() {
            let column = &self.triangle[j];
            weights[j] /= column[j].re;
            let (above, rest) = weights.split_at_mut(j);
            above.iter_mut().zip(column).for_each(|(weight, t)| *weight -= t * rest[0]);
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_make_the_columns_again_and_the_rest_is_orthogonal() {
        let column =
            |k: usize| -> Vec<C64> { (0..5).map(|n| C64::cis(0.3 * (n * (k + 1)) as f64)).collect() };
        let columns: Vec<Vec<C64>> = (0..3).map(column).collect();
        let basis = Basis::of(columns.iter().map(Vec::as_slice)).unwrap();
        let wanted = [C64::new(1.0, 2.0), C64::new(-0.5, 0.1), C64::new(0.0, -3.0)];
        let mut x: Vec<C64> = (0..5).map(|n| (0..3).map(|k| columns[k][n] * wanted[k]).sum()).collect();
        for (found, wanted) in basis.coefficients(&x).iter().zip(wanted) {
            // The three columns differ by a third of a radian per step: their condition is below 100.
            assert!((found - wanted).norm() < 1e-12);
        }
        x[4] += 1.0;
        let outside = basis.outside(&x);
        assert!(columns.iter().all(|a| inner(a, &outside).norm() < 1e-13));
        assert!(Basis::of([&columns[0][..], &columns[0][..]]).is_none());
        assert!(Basis::of([&[C64::default(); 2][..]]).is_none());
    }
}
