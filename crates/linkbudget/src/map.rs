//! Array in, array out: a checked scalar function over every element of an array.

use mmw_core::Result;
use mmw_core::ndarray::{Array1, ArrayRef1};

/// `function` of each element; the first error ends it.
pub(crate) fn map(
    values: &ArrayRef1<f64>,
    mut function: impl FnMut(f64) -> Result<f64>,
) -> Result<Array1<f64>> {
    values.iter().map(|&value| function(value)).collect()
}
