//! Features of one scale.

use crate::samples::Samples;
use mmw_core::ndarray::{Array2, ArrayRef1, ArrayRef2};

/// Takes off the mean of each feature, divides by its deviation and bends what is left to ±2:
///
/// ```text
/// z = 2 tanh((x - m) / 2s)
/// ```
///
/// Far from what was learned a feature says no more than that it is large, and a linear model would believe
/// it without end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    means: Vec<f64>,
    /// One over the deviation, 0 for a feature that never changes.
    factors: Vec<f64>,
}

impl Scale {
    pub(super) fn of(samples: &Samples) -> Self {
        let count = samples.len() as f64;
        let means: Vec<f64> = samples.rows().columns().into_iter().map(|c| c.sum() / count).collect();
        let factor = |(column, &mean): (mmw_core::ndarray::ArrayView1<'_, f64>, &f64)| {
            let variance = column.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
            // What is left of a constant column is the rounding of its mean.
            if variance.sqrt() > 1e-12 * mean.abs() && variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 }
        };
        let factors = samples.rows().columns().into_iter().zip(&means).map(factor).collect();
        Self { means, factors }
    }

    pub(super) fn features(&self) -> usize {
        self.means.len()
    }

    pub(super) fn row(&self, row: &ArrayRef1<f64>) -> Vec<f64> {
        let scaled = |((x, mean), factor): ((&f64, &f64), &f64)| 2.0 * libm::tanh(0.5 * (x - mean) * factor);
        row.iter().zip(&self.means).zip(&self.factors).map(scaled).collect()
    }

    pub(super) fn rows(&self, rows: &ArrayRef2<f64>) -> Array2<f64> {
        let mut scaled = rows.to_owned();
        for mut row in scaled.rows_mut() {
            let new = self.row(&row);
            row.iter_mut().zip(new).for_each(|(x, new)| *x = new);
        }
        scaled
    }
}
