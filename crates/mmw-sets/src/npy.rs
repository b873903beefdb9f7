//! Maps and labels as `.npy` files.

use mmw_core::ndarray::{Array2, ArrayD, ArrayRef2, Dimension, Ix2};
use mmw_core::npy::read_npy;
use mmw_core::{Error, Result, check};
use npyz::{AutoSerialize, WriterBuilder};
use std::io::{BufWriter, Write};
use std::path::Path;

/// An array of the shape that is expected.
///
/// # Errors
/// As [`read_npy`]; [`Error::Shape`] with the path.
pub(crate) fn read_shaped<D: Dimension>(
    path: &Path,
    shape: &[usize],
) -> Result<mmw_core::ndarray::Array<f32, D>> {
    let array: ArrayD<f32> = read_npy(path)?;
    let got = array.shape().to_vec();
    let wrong = || Error::shape(path.display().to_string(), shape, &got);
    check::same_shape(path.display().to_string(), shape, &got)?;
    array.into_dimensionality().map_err(|_| wrong())
}

/// A label map of the shape that is expected.
///
/// # Errors
/// As [`read_shaped`]; [`Error::Domain`] with path and cell for a number that is no class.
pub(crate) fn read_labels(path: &Path, shape: &[usize], classes: usize) -> Result<Array2<u8>> {
    let numbers: Array2<f32> = read_shaped::<Ix2>(path, shape)?;
    let is_class = |x: f32| x.fract() == 0.0 && x >= 0.0 && x < classes.min(256) as f32;
    match numbers.indexed_iter().find(|(_, x)| !is_class(**x)) {
        None => Ok(numbers.mapv(|x| x as u8)),
        Some(((row, column), &x)) => Err(Error::domain(
            format!("{}: class of cell [{row}, {column}]", path.display()),
            f64::from(x),
            format!("a class from 0 to {}", classes - 1),
        )),
    }
}

/// Writes a map in row-major order, little endian.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn write_map<T: AutoSerialize + Copy>(path: &Path, map: &ArrayRef2<T>) -> Result<()> {
    let failed = |e: &std::io::Error| Error::io(path, "write", e);
    let file = std::fs::File::create(path).map_err(|e| Error::io(path, "create", &e))?;
    let mut file = BufWriter::new(file);
    let shape: Vec<u64> = map.shape().iter().map(|&n| n as u64).collect();
    let options = npyz::WriteOptions::<T>::new().default_dtype().shape(&shape);
    let mut writer = options.writer(&mut file).begin_nd().map_err(|e| failed(&e))?;
    writer.extend(map.iter().copied()).and_then(|()| writer.finish()).map_err(|e| failed(&e))?;
    file.flush().map_err(|e| failed(&e))
}
