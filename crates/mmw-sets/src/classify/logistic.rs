//! Multinomial logistic regression.

use super::classifier::{Classifier, check_row, softmax};
use super::minimise::minimise;
use super::scale::Scale;
use crate::samples::Samples;
use mmw_core::ndarray::{Array2, ArrayRef1};
use mmw_core::{Result, check};
use serde::{Deserialize, Serialize};

/// How a logistic regression is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogisticConfig {
    /// Penalty of the squared weights, on the sum of the samples' losses: one over the `C` of others. Large
    /// weights fit what is peculiar to the training sessions.
    pub penalty: f64,
    /// Most steps of the minimisation.
    pub iterations: usize,
}

impl Default for LogisticConfig {
    fn default() -> Self {
        Self { penalty: 10.0, iterations: 1000 }
    }
}

/// Linear in the features (of unit deviation, bent to ±2 by `2 tanh(z/2)`), with a set of weights a class:
///
/// ```text
/// p_c ∝ exp(w_c · x + b_c),   minimum of  -Σ_i ln p_{y_i}(x_i) + ½ λ Σ_c |w_c|²
/// ```
///
/// the form of Hastie, Tibshirani and Friedman, equation 4.17, with all classes alike[^esl]. The minimum is
/// unique in the probabilities, so nothing is drawn.
///
/// # Examples
/// ```
/// use mmw_sets::classify::{Classifier, LogisticConfig, LogisticRegression};
/// use mmw_sets::{Samples, ndarray::array};
///
/// let rows = array![[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]];
/// let samples = Samples::new(rows, vec![0, 0, 1, 0, 1, 1], vec![0; 6], 2)?;
/// let model = LogisticRegression::fit(&samples, LogisticConfig { penalty: 1.0, ..Default::default() })?;
/// assert!((model.probabilities(&array![2.5])?[0] - 0.5).abs() < 1e-6);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
///
/// [^esl]: T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", 2nd ed., 2009.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticRegression {
    scale: Scale,
    /// `[class, feature]`, the last column is the offset.
    weights: Array2<f64>,
}

impl LogisticRegression {
    /// Fits to `samples`.
    ///
    /// # Errors
    /// A penalty that is not positive, [`Error::NoConvergence`](mmw_core::Error::NoConvergence) when the
    /// steps do not suffice.
    pub fn fit(samples: &Samples, config: LogisticConfig) -> Result<Self> {
        let penalty = check::in_range("penalty", config.penalty, 1e-9, 1e12)?;
        let scale = Scale::of(samples);
        let problem = Problem {
            rows: scale.rows(samples.rows()),
            labels: samples.labels(),
            classes: samples.classes(),
            penalty: penalty / samples.len() as f64,
        };
        let start = vec![0.0; samples.classes() * (scale.features() + 1)];
        let loss = |weights: &[f64], gradient: &mut [f64]| problem.loss(weights, gradient);
        let found = minimise("logistic regression", start, 1e-7, config.iterations, loss)?;
        // The feature varies slowest, so that the classes' sums run side by side.
        let weights = Array2::from_shape_fn((problem.classes, scale.features() + 1), |(class, feature)| {
            found[feature * problem.classes + class]
        });
        Ok(Self { scale, weights })
    }
}

/// The mean loss of a sample and its gradient.
struct Problem<'a> {
    rows: Array2<f64>,
    labels: &'a [usize],
    classes: usize,
    penalty: f64,
}

impl Problem<'_> {
    fn loss(&self, weights: &[f64], gradient: &mut [f64]) -> f64 {
        let offsets = self.rows.ncols() * self.classes;
        gradient.fill(0.0);
        let mut sum = 0.0;
        let mut p = vec![0.0; self.classes];
        for (row, &label) in self.rows.rows().into_iter().zip(self.labels) {
            p.copy_from_slice(&weights[offsets..]);
            for (&x, w) in row.iter().zip(weights.chunks_exact(self.classes)) {
                p.iter_mut().zip(w).for_each(|(p, w)| *p += x * w);
            }
            let greatest = p.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let own = p[label] - greatest;
            p.iter_mut().for_each(|p| *p = libm::exp(*p - greatest));
            let total: f64 = p.iter().sum();
            sum += libm::log(total) - own;
            p.iter_mut().for_each(|p| *p /= total);
            p[label] -= 1.0;
            for (&x, g) in row.iter().zip(gradient.chunks_exact_mut(self.classes)) {
                g.iter_mut().zip(&p).for_each(|(g, p)| *g += x * p);
            }
            gradient[offsets..].iter_mut().zip(&p).for_each(|(g, p)| *g += p);
        }
        let count = self.labels.len() as f64;
        gradient.iter_mut().for_each(|g| *g /= count);
        gradient[..offsets].iter_mut().zip(weights).for_each(|(g, w)| *g += self.penalty * w);
        let squares: f64 = weights[..offsets].iter().map(|w| w * w).sum();
        sum / count + 0.5 * self.penalty * squares
    }
}

impl Classifier for LogisticRegression {
    fn classes(&self) -> usize {
        self.weights.nrows()
    }

    fn features(&self) -> usize {
        self.scale.features()
    }

    fn probabilities(&self, row: &ArrayRef1<f64>) -> Result<Vec<f64>> {
        check_row(row, self.features())?;
        let mut row = self.scale.row(row);
        row.push(1.0);
        let logit = |w: mmw_core::ndarray::ArrayView1<'_, f64>| row.iter().zip(w).map(|(x, w)| x * w).sum();
        let mut logits: Vec<f64> = self.weights.rows().into_iter().map(logit).collect();
        softmax(&mut logits);
        Ok(logits)
    }
}
