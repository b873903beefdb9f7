//! The nearest mean of a class.

use super::classifier::{Classifier, check_row, softmax};
use super::scale::Scale;
use crate::samples::Samples;
use mmw_core::ndarray::{Array2, ArrayRef1};
use mmw_core::{Error, Result};

/// Mean of each class in features of unit deviation, bent to ±2 by `2 tanh(z/2)`. The probabilities are
/// those of normal classes with these means, equal weights and the deviations that all samples have:
///
/// ```text
/// p_c ∝ exp(-½ |x - m_c|²)
/// ```
///
/// # Examples
/// ```
/// use mmw_sets::classify::{Classifier, NearestCentroid};
/// use mmw_sets::{Samples, ndarray::array};
///
/// let rows = array![[0.0, 7.0], [0.2, 7.0], [5.0, 7.0], [5.2, 7.0]];
/// let model = NearestCentroid::fit(&Samples::new(rows, vec![0, 0, 1, 1], vec![0, 0, 1, 1], 2)?)?;
/// assert_eq!(model.predict(&array![4.0, 7.0])?, 1);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NearestCentroid {
    scale: Scale,
    /// `[class, feature]`
    means: Array2<f64>,
}

impl NearestCentroid {
    /// The means of the classes of `samples`.
    ///
    /// # Errors
    /// [`Error::TooFew`] for a class without samples.
    pub fn fit(samples: &Samples) -> Result<Self> {
        let scale = Scale::of(samples);
        let mut means = Array2::zeros((samples.classes(), scale.features()));
        let mut counts = vec![0_usize; samples.classes()];
        for (row, &label) in scale.rows(samples.rows()).rows().into_iter().zip(samples.labels()) {
            counts[label] += 1;
            means.row_mut(label).zip_mut_with(&row, |sum, x| *sum += x);
        }
        if let Some(class) = counts.iter().position(|&count| count == 0) {
            return Err(Error::too_few(format!("samples of class {class}"), 1, 0));
        }
        means.rows_mut().into_iter().zip(counts).for_each(|(mut row, n)| row /= n as f64);
        Ok(Self { scale, means })
    }
}

impl Classifier for NearestCentroid {
    fn classes(&self) -> usize {
        self.means.nrows()
    }

    fn features(&self) -> usize {
        self.scale.features()
    }

    fn probabilities(&self, row: &ArrayRef1<f64>) -> Result<Vec<f64>> {
        check_row(row, self.features())?;
        let row = self.scale.row(row);
        let distance = |mean: mmw_core::ndarray::ArrayView1<'_, f64>| {
            row.iter().zip(mean).map(|(x, m)| (x - m) * (x - m)).sum::<f64>()
        };
        let mut logits: Vec<f64> = self.means.rows().into_iter().map(|m| -0.5 * distance(m)).collect();
        softmax(&mut logits);
        Ok(logits)
    }
}
