//! What all classifiers do.

use crate::metrics::Confusion;
use crate::samples::Samples;
use mmw_core::ndarray::{ArrayRef1, ArrayRef2};
use mmw_core::{Result, check};

/// A model that gives each class a probability.
pub trait Classifier {
    /// Number of classes.
    fn classes(&self) -> usize;

    /// Number of features that it was fitted to.
    fn features(&self) -> usize;

    /// A probability for each class; they add up to 1.
    ///
    /// # Errors
    /// [`Error::Shape`](mmw_core::Error::Shape) for another number of features,
    /// [`Error::NotFinite`](mmw_core::Error::NotFinite).
    fn probabilities(&self, row: &ArrayRef1<f64>) -> Result<Vec<f64>>;

    /// The most probable class, the first of several.
    ///
    /// # Errors
    /// As [`Classifier::probabilities`].
    fn predict(&self, row: &ArrayRef1<f64>) -> Result<usize> {
        Ok(argmax(&self.probabilities(row)?))
    }

    /// The most probable class of each row.
    ///
    /// # Errors
    /// As [`Classifier::probabilities`].
    fn predict_rows(&self, rows: &ArrayRef2<f64>) -> Result<Vec<usize>> {
        rows.rows().into_iter().map(|row| self.predict(&row)).collect()
    }

    /// How the model does on samples with known classes.
    ///
    /// # Errors
    /// As [`Classifier::probabilities`]; samples of more classes than the model knows.
    fn confusion(&self, samples: &Samples) -> Result<Confusion> {
        Confusion::of(self.classes(), samples.labels(), &self.predict_rows(samples.rows())?)
    }
}

/// Nothing, when a row has the features that a model was fitted to.
pub(super) fn check_row(row: &ArrayRef1<f64>, features: usize) -> Result<()> {
    check::same_len("features", features, row.len())?;
    check::all_finite("features", row)
}

/// Place of the greatest number, the first of several.
pub(crate) fn argmax(values: &[f64]) -> usize {
    let better = |best: usize, i: usize| if values[i] > values[best] { i } else { best };
    (1..values.len()).fold(0, better)
}

/// `exp(x_i) / Σ exp(x_j)`, in place, without overflow.
pub(super) fn softmax(logits: &mut [f64]) {
    let greatest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logits.iter_mut().for_each(|x| *x = libm::exp(*x - greatest));
    let sum: f64 = logits.iter().sum();
    logits.iter_mut().for_each(|x| *x /= sum);
}
