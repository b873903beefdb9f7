//! Samples that are missing from a row.

use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{Error, Result, check};
use std::ops::Range;

/// The row from the first to the last of `indices` (ascending) with `values` there, and between them, where
/// samples are missing, the cubic through the two nearest values on each side.
///
/// # Errors
/// [`Error::TooFew`] below two values, [`Error::Shape`] unless there is an index a value,
/// [`Error::NotFinite`] for a value that is NaN or infinite, [`Error::Invalid`] for indices that do not
/// ascend or span more than a thousand for each value.
///
/// # Examples
/// ```
/// use mmw_dsp::{ndarray::array, slow_time::bridge_gaps};
///
/// // The square of the index, without 2 and 3.
/// let row = bridge_gaps(&[0, 1, 4, 5], &array![0.0, 1.0, 16.0, 25.0])?;
/// assert!((row[2] - 4.0).abs() < 1e-12 && (row[3] - 9.0).abs() < 1e-12);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn bridge_gaps(indices: &[usize], values: &ArrayRef1<f64>) -> Result<Array1<f64>> {
    const MOST_PER_VALUE: usize = 1000;
    check::at_least("values", values.len(), 2)?;
    check::same_len("values", indices.len(), values.len())?;
    check::all_finite("values", values)?;
    if indices.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Error::invalid("indices", "do not ascend"));
    }
    let (first, last) = (indices[0], indices[indices.len() - 1]);
    if (last - first) / MOST_PER_VALUE > values.len() {
        return Err(Error::invalid("indices", "leave more than a thousand samples for each value"));
    }
    let mut row = Array1::zeros(last - first + 1);
    for (i, pair) in indices.windows(2).enumerate() {
        let around = i.saturating_sub(1)..indices.len().min(i + 3);
        row[pair[0] - first] = values[i];
        for at in pair[0] + 1..pair[1] {
            row[at - first] = around.clone().map(|j| values[j] * weight(indices, &around, j, at)).sum();
        }
    }
    row[last - first] = values[values.len() - 1];
    match row.iter().all(|x: &f64| x.is_finite()) {
        true => Ok(row),
        false => Err(Error::invalid("values", "are so large that their differences overflow")),
    }
}

/// Lagrange's polynomial at the index `at`: 1 at that of `j`, 0 at the others of `around`.
fn weight(indices: &[usize], around: &Range<usize>, j: usize, at: usize) -> f64 {
    let place = |i: usize| indices[i] as f64;
    around.clone().filter(|&k| k != j).map(|k| (at as f64 - place(k)) / (place(j) - place(k))).product()
}
