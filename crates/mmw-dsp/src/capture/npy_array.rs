//! A whole NumPy array of real numbers.

use super::npy_header::{NpyHeader, Scalar};
use mmw_core::ndarray::{ArrayD, IxDyn, ShapeBuilder};
use mmw_core::{Error, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The numbers of a `.npy` file of any real type, in either byte order, C or Fortran order, as `f32`.
///
/// Nothing is allocated before the length of the file is found to be what the header says.
///
/// # Errors
/// [`Error::Io`] when reading fails; [`Error::Format`] with the byte for a header that is none, data that are
/// not there in full or more than the header says, and a number that is NaN, infinite or beyond `f32`;
/// [`Error::Invalid`] for complex numbers and for what is no regular file.
///
/// # Examples
/// ```
/// use mmw_dsp::{capture::read_npy, mmw_core::Error};
///
/// let path = std::env::temp_dir().join(format!("mmw-doc-array-{}.npy", std::process::id()));
/// let dict = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2)}\n ";
/// let file = [b"\x93NUMPY\x01\x00\x3a\x00", dict.as_bytes(), &[0, 1, 0, 2, 0, 3, 255, 255]].concat();
/// std::fs::write(&path, file).map_err(|e| Error::io(&path, "write", &e))?;
///
/// let array = read_npy(&path)?;
/// assert_eq!((array[[0, 1]], array[[1, 1]]), (3.0, -1.0));
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), Error>(())
/// ```
pub fn read_npy(path: &Path) -> Result<ArrayD<f32>> {
    let mut file = File::open(path).map_err(|e| Error::io(path, "open", &e))?;
    let metadata = file.metadata().map_err(|e| Error::io(path, "read", &e))?;
    if !metadata.is_file() {
        return Err(Error::invalid(path.display().to_string(), "is not a regular file"));
    }
    let header = NpyHeader::read(&mut file, path)?;
    if header.complex {
        return Err(Error::invalid(
            format!("{}: descr", path.display()),
            "complex, but must be real numbers",
        ));
    }
    let format = |offset: u64, expected: &str, found: String| Error::Format {
        path: path.display().to_string(),
        offset,
        expected: expected.into(),
        found,
    };
    let item = header.item_bytes();
    let there = metadata.len().saturating_sub(header.data_offset);
    let told = header.shape.iter().try_fold(item as u64, |bytes, &n| bytes.checked_mul(n));
    if told != Some(there) {
        let expected = format!("the {:?} numbers of {item} bytes that the header tells of", header.shape);
        return Err(format(header.data_offset, &expected, format!("{there} bytes")));
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(header.data_offset))
        .and_then(|_| file.take(there).read_to_end(&mut bytes))
        .map_err(|e| Error::io(path, "read", &e))?;
    let numbers: Vec<f32> =
        bytes.chunks_exact(item).map(|bytes| number(header.scalar, header.big_endian, bytes)).collect();
    if let Some(at) = numbers.iter().position(|x| !x.is_finite()) {
        let offset = header.data_offset + (at * item) as u64;
        return Err(format(offset, "a finite number in the range of f32", numbers[at].to_string()));
    }
    let shape: Vec<usize> = header.shape.iter().map(|&n| n as usize).collect();
    let shape = IxDyn(&shape).set_f(header.fortran_order);
    let count = numbers.len();
    ArrayD::from_shape_vec(shape, numbers)
        .map_err(|_| Error::shape(path.display().to_string(), &[count], &[]))
}

/// A number from its bytes.
fn number(scalar: Scalar, big_endian: bool, bytes: &[u8]) -> f32 {
    let mut b = [0; 8];
    b[..bytes.len()].copy_from_slice(bytes);
    if big_endian {
        b[..bytes.len()].reverse();
    }
    let [b0, b1, b2, b3, ..] = b;
    match scalar {
        Scalar::I1 => f32::from(b0 as i8),
        Scalar::U1 => f32::from(b0),
        Scalar::I2 => f32::from(i16::from_le_bytes([b0, b1])),
        Scalar::U2 => f32::from(u16::from_le_bytes([b0, b1])),
        Scalar::I4 => i32::from_le_bytes([b0, b1, b2, b3]) as f32,
        Scalar::U4 => u32::from_le_bytes([b0, b1, b2, b3]) as f32,
        Scalar::I8 => i64::from_le_bytes(b) as f32,
        Scalar::U8 => u64::from_le_bytes(b) as f32,
        Scalar::F4 => f32::from_le_bytes([b0, b1, b2, b3]),
        Scalar::F8 => f64::from_le_bytes(b) as f32,
    }
}
