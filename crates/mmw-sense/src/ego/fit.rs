//! A linear regression of a few numbers.

use crate::matrix::{Cholesky, Matrix, identity, scaled, zeros};
#[cfg(feature = "serde")]
use crate::matrix::{array, check_spread};
#[cfg(feature = "serde")]
use mmw_core::check;
use mmw_core::{Error, Result};

/// Numbers found by regression.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "Form", try_from = "Form")
)]
#[non_exhaustive]
pub struct Fit<const N: usize> {
    /// What was found: a velocity, m/s, or a velocity and turn rates, rad/s.
    pub value: [f64; N],
    /// Its covariance.
    pub covariance: [[f64; N]; N],
    /// Sum of the squared residuals over the degrees of freedom; of weighted ones where there are weights.
    pub residual_variance: f64,
    /// Condition number of the matrix of the regression, not of its square.
    pub condition: f64,
}

/// A [`Fit`] in a file, where lists have any length.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form {
    value: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    residual_variance: f64,
    condition: f64,
}

#[cfg(feature = "serde")]
impl<const N: usize> From<Fit<N>> for Form {
    fn from(fit: Fit<N>) -> Self {
        let Fit { value, covariance, residual_variance, condition } = fit;
        Self {
            value: value.into(),
            covariance: covariance.map(Vec::from).into(),
            residual_variance,
            condition,
        }
    }
}

#[cfg(feature = "serde")]
impl<const N: usize> TryFrom<Form> for Fit<N> {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self> {
        let value = array("value", form.value)?;
        let rows: [Vec<f64>; N] = array("covariance", form.covariance)?;
        let mut covariance = zeros();
        for (row, numbers) in covariance.iter_mut().zip(rows) {
            *row = array("covariance", numbers)?;
        }
        mmw_core::checked_serde::finite("value", &value)?;
        check_spread("covariance", &covariance)?;
        let residual_variance = check::non_negative("residual_variance", form.residual_variance)?;
        let condition = check::in_range("condition", form.condition, 1.0 - 1e-9, f64::MAX)?;
        Ok(Self { value, covariance, residual_variance, condition })
    }
}

/// Beyond this condition number of the square of the regression, digits of the answer are noise.
const SINGULAR: f64 = 1e-12;

/// The normal equations under way: `Σ w h hᵀ` and `Σ w h y`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Normal<const N: usize> {
    pub(super) matrix: Matrix<N, N>,
    pub(super) vector: [f64; N],
}

impl<const N: usize> Normal<N> {
    pub(super) fn new() -> Self {
        Self { matrix: zeros(), vector: [0.0; N] }
    }

    /// Takes in a row: `y = h · x` with the weight `w`. The lower triangle alone is kept up.
    #[inline]
    pub(super) fn add(&mut self, h: &[f64; N], y: f64, w: f64) {
        for (i, hi) in h.iter().enumerate() {
            let wh = w * hi;
            self.vector[i] += wh * y;
            self.matrix[i].iter_mut().zip(&h[..=i]).for_each(|(cell, hj)| *cell += wh * hj);
        }
    }

    /// The solution and what stands for the inverse.
    pub(super) fn solve(&self) -> Result<([f64; N], Cholesky<N>)> {
        let singular = || Error::Singular { name: "directions".into() };
        let root = Cholesky::new(&self.matrix).ok_or_else(singular)?;
        // The pivots are what is left of each direction that those before do not explain.
        let left = |i: usize| root.lower[i][i] * root.lower[i][i] <= SINGULAR * self.matrix[i][i];
        if (0..N).any(left) {
            return Err(singular());
        }
        Ok((root.solve(&self.vector), root))
    }

    fn condition(&self) -> f64 {
        let whole: Matrix<N, N> =
            std::array::from_fn(|i| std::array::from_fn(|j| self.matrix[i.max(j)][i.min(j)]));
        let (values, _) = crate::matrix::eigen(whole);
        let greatest = values.iter().fold(0.0_f64, |a, b| a.max(*b));
        let least = values.iter().fold(f64::INFINITY, |a, b| a.min(*b));
        (greatest / least.max(f64::EPSILON * f64::EPSILON * greatest)).sqrt()
    }
}

/// The inverse of what a triangle was made of.
pub(super) fn inverse<const N: usize>(root: &Cholesky<N>) -> Matrix<N, N> {
    identity::<N>().map(|column| root.solve(&column))
}

/// Regression over rows `(h, y, w)`. The covariance is the inverse of the normal matrix: of weights that are
/// inverse variances. Without weights it is multiplied by the variance of the residuals.
pub(super) fn fit<const N: usize>(
    rows: impl Iterator<Item = ([f64; N], f64, f64)> + Clone,
    weighted: bool,
) -> Result<Fit<N>> {
    let mut normal = Normal::new();
    let mut count = 0;
    for (h, y, w) in rows.clone() {
        normal.add(&h, y, w);
        count += 1;
    }
    let needed = if weighted { N } else { N + 1 };
    if count < needed {
        return Err(Error::too_few("rays", needed, count));
    }
    let (value, root) = normal.solve()?;
    let squares: f64 = rows
        .map(|(h, y, w)| {
            let off = y - crate::matrix::dot(&h, &value);
            w * off * off
        })
        .sum();
    let residual_variance = squares / (count - N).max(1) as f64;
    let scale = if weighted { 1.0 } else { residual_variance };
    let covariance = scaled(&inverse(&root), scale);
    if !value.iter().chain(covariance.as_flattened()).all(|x| x.is_finite()) {
        return Err(Error::Singular { name: "directions".into() });
    }
    Ok(Fit { value, covariance, residual_variance, condition: normal.condition() })
}
