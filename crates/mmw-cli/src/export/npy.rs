//! Arrays as `.npy`, the format of NumPy.

use super::axes::{path_beside, save_axes};
use crate::error::Result;
use crate::output::{self, AtomicFile, is_device};
use mmw_core::DataArray;
use mmw_core::ndarray::Dimension;
use npyz::{AutoSerialize, WriterBuilder};
use std::path::Path;

/// Writes the values to `path` in row-major order (f32, f64 or complex of either, little endian) and, beside
/// it, what they mean to `NAME.axes.json`.
///
/// ```text
/// save_npy(Path::new("map.npy"), &map)?;      // numpy.load("map.npy"); json.load(open("map.axes.json"))
/// ```
///
/// # Errors
/// Kind `usage` unless the name ends in `.npy`, which is what NumPy appends to any other name; `io` naming
/// the file.
pub(crate) fn save_npy<A: AutoSerialize + Copy, D: Dimension>(
    path: &Path,
    array: &DataArray<A, D>,
) -> Result<()> {
    if path.extension().is_none_or(|extension| extension != "npy") && !is_device(path) {
        let message = format!("{}: the name of a NumPy array must end in .npy", path.display());
        return Err(crate::error::Error::Usage(message));
    }
    output::save(path, |file| write(file, array))?;
    if is_device(path) { Ok(()) } else { save_axes(&path_beside(path), array) }
}

fn write<A: AutoSerialize + Copy, D: Dimension>(
    file: &mut AtomicFile,
    array: &DataArray<A, D>,
) -> std::io::Result<()> {
    let shape: Vec<u64> = array.data().shape().iter().map(|&n| n as u64).collect();
    let mut writer = npyz::WriteOptions::<A>::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    match array.data().as_slice() {
        Some(values) => writer.extend(values.iter().copied())?,
        None => writer.extend(array.data().iter().copied())?,
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TempFolder, python};
    use mmw_core::ndarray::{Array, array};
    use mmw_core::{Axis, C32, C64};

    fn cube(folder: &TempFolder) -> std::path::PathBuf {
        let data = Array::from_shape_fn((2, 3, 4), |(i, j, k)| C32::new((i * 100 + j * 10 + k) as f32, -0.5));
        let axes = vec![
            Axis::index("channel", 2),
            Axis::explicit("chirp", "s", vec![0.0, 1e-3, 5e-3]).unwrap(),
            Axis::uniform("range", "m", 0.0, 0.25, 4).unwrap(),
        ];
        let path = folder.path().join("cube.npy");
        save_npy(&path, &DataArray::new("voltage", "V", data, axes).unwrap()).unwrap();
        path
    }

    #[test]
    fn every_element_type_reads_back() {
        fn round_trip<A: AutoSerialize + npyz::Deserialize + Copy + PartialEq + std::fmt::Debug>(
            values: [A; 2],
        ) {
            let folder = TempFolder::new("npy");
            let path = folder.path().join("x.npy");
            let curve = DataArray::new("x", "", Array::from_vec(values.to_vec()), vec![Axis::index("i", 2)]);
            save_npy(&path, &curve.unwrap()).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let back = npyz::NpyFile::new(&bytes[..]).unwrap();
            assert_eq!(back.shape(), [2]);
            assert_eq!(back.into_vec::<A>().unwrap(), values);
        }
        round_trip([1.5_f32, -2.0]);
        round_trip([1.5_f64, -2.0]);
        round_trip([C32::new(1.0, 2.0), C32::new(3.0, 4.0)]);
        round_trip([C64::new(1.0, 2.0), C64::new(3.0, 4.0)]);
    }

    #[test]
    fn a_column_major_array_is_written_in_row_major_order() {
        let folder = TempFolder::new("order");
        let path = folder.path().join("t.npy");
        let data = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].reversed_axes();
        let axes = vec![Axis::index("a", 3), Axis::index("b", 2)];
        save_npy(&path, &DataArray::new("t", "", data, axes).unwrap()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let back = npyz::NpyFile::new(&bytes[..]).unwrap();
        assert_eq!((back.shape(), back.order()), (&[3, 2][..], npyz::Order::C));
        assert_eq!(back.into_vec::<f64>().unwrap(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }

    #[test]
    fn numpy_reads_the_array_and_json_its_axes() {
        let folder = TempFolder::new("numpy");
        let path = cube(&folder);
        let script = format!(
            "import numpy, json\nx = numpy.load('{}')\na = json.load(open('{}'))\n\
             print(x.dtype, x.shape, x[1, 2, 3], a['name'], a['unit'], [y['name'] for y in a['axes']], \
             a['axes'][1]['coordinates'], a['axes'][2]['unit'])",
            path.display(),
            folder.path().join("cube.axes.json").display()
        );
        let Some(printed) = python(&script) else { return };
        assert_eq!(
            printed,
            "complex64 (2, 3, 4) (123-0.5j) voltage V ['channel', 'chirp', 'range'] [0.0, 0.001, 0.005] m"
        );
    }

    #[test]
    fn another_extension_is_wrong_usage() {
        let curve = DataArray::new("x", "", array![1.0], vec![Axis::index("i", 1)]).unwrap();
        assert_eq!(save_npy(Path::new("x.bin"), &curve).unwrap_err().kind(), "usage");
    }
}
