//! A whole NumPy array.

use super::header::{NpyHeader, Scalar};
use crate::files::open_regular;
use crate::{Error, Real, Result};
use ndarray::{ArrayD, IxDyn, ShapeBuilder};
use num_complex::Complex;
use num_traits::Float;
use std::io::Read;
use std::path::Path;

mod sealed {
    pub trait Sealed {}
}

/// What [`read_npy`] makes of an element: `f32`, `f64`, or a complex number of them; sealed.
pub trait NpyElement: sealed::Sealed + Copy {
    /// `f32` or `f64`.
    type Part: Real;
    /// Whether it has two parts.
    const IS_COMPLEX: bool;
    /// From its parts; a real number has one.
    fn of(parts: &[Self::Part]) -> Self;
}

macro_rules! elements {
    ($($real:ty),*) => {$(
        impl sealed::Sealed for $real {}
        impl NpyElement for $real {
            type Part = $real;
            const IS_COMPLEX: bool = false;
            fn of(parts: &[$real]) -> Self {
                parts[0]
            }
        }
        impl sealed::Sealed for Complex<$real> {}
        impl NpyElement for Complex<$real> {
            type Part = $real;
            const IS_COMPLEX: bool = true;
            fn of(parts: &[$real]) -> Self {
                Complex::new(parts[0], parts[1])
            }
        }
    )*};
}

elements!(f32, f64);

/// The array of a `.npy` file: real numbers of any type as `f32` or `f64`, complex numbers of either type as
/// such, in either byte order, C or Fortran order.
///
/// Nothing is allocated before the length of the file is found to be what the header says.
///
/// # Errors
/// [`Error::Io`] when reading fails; [`Error::Format`] with the byte for a header that is none, data that are
/// not there in full or more than the header says, and a number that is NaN, infinite or beyond the type;
/// [`Error::Invalid`] for complex numbers where real ones are asked for or the other way round, and for what
/// is no regular file.
///
/// # Examples
/// ```
/// use mmw_core::{Error, npy::read_npy};
///
/// let path = std::env::temp_dir().join(format!("mmw-doc-array-{}.npy", std::process::id()));
/// let dict = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2)}\n ";
/// let file = [b"\x93NUMPY\x01\x00\x3a\x00", dict.as_bytes(), &[0, 1, 0, 2, 0, 3, 255, 255]].concat();
/// std::fs::write(&path, file).map_err(|e| Error::io(&path, "write", &e))?;
///
/// let array = read_npy::<f32>(&path)?;
/// assert_eq!((array[[0, 1]], array[[1, 1]]), (3.0, -1.0));
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), Error>(())
/// ```
pub fn read_npy<T: NpyElement>(path: &Path) -> Result<ArrayD<T>> {
    let (mut file, len) = open_regular(path)?;
    let header = NpyHeader::read(&mut file, path)?;
    if header.complex != T::IS_COMPLEX {
        let [is, must] = if header.complex { ["complex", "real"] } else { ["real", "complex"] };
        let name = format!("{}: descr", path.display());
        return Err(Error::invalid(name, format!("the numbers are {is}, but must be {must}")));
    }
    let format = |offset: u64, expected: String, found: String| {
        Err(Error::Format { path: path.display().to_string(), offset, expected, found })
    };
    let item = header.item_bytes();
    let there = len.saturating_sub(header.data_offset);
    let told = header.shape.iter().try_fold(item as u64, |bytes, &n| bytes.checked_mul(n));
    if told != Some(there) {
        let expected = format!("the {:?} numbers of {item} bytes that the header tells of", header.shape);
        return format(header.data_offset, expected, format!("{there} bytes"));
    }
    let mut bytes = Vec::new();
    file.take(there).read_to_end(&mut bytes).map_err(|e| Error::io(path, "read", &e))?;
    let width = header.scalar.bytes();
    let value = |bytes: &[u8]| header.scalar.value(header.big_endian, bytes);
    let parts: Vec<T::Part> = bytes.chunks_exact(width).map(|bytes| T::Part::lit(value(bytes))).collect();
    if let Some(at) = parts.iter().position(|x| !x.is_finite()) {
        let offset = header.data_offset + (at * width) as u64;
        let expected = format!("a finite number in the range of {}", std::any::type_name::<T::Part>());
        return format(offset, expected, parts[at].to_string());
    }
    let elements: Vec<T> = parts.chunks_exact(1 + usize::from(T::IS_COMPLEX)).map(T::of).collect();
    let shape: Vec<usize> = header.shape.iter().map(|&n| n as usize).collect();
    let shape = IxDyn(&shape).set_f(header.fortran_order);
    let count = elements.len();
    ArrayD::from_shape_vec(shape, elements)
        .map_err(|_| Error::shape(path.display().to_string(), &[count], &[]))
}

impl Scalar {
    /// The nearest `f64` to a number of which these are the bytes, [`Scalar::bytes`] of them.
    fn value(self, big_endian: bool, bytes: &[u8]) -> f64 {
        let mut b = [0; 8];
        b[..bytes.len()].copy_from_slice(bytes);
        if big_endian {
            b[..bytes.len()].reverse();
        }
        let [b0, b1, b2, b3, ..] = b;
        match self {
            Self::I1 => f64::from(b0 as i8),
            Self::U1 => f64::from(b0),
            Self::I2 => f64::from(i16::from_le_bytes([b0, b1])),
            Self::U2 => f64::from(u16::from_le_bytes([b0, b1])),
            Self::I4 => f64::from(i32::from_le_bytes([b0, b1, b2, b3])),
            Self::U4 => f64::from(u32::from_le_bytes([b0, b1, b2, b3])),
            Self::I8 => i64::from_le_bytes(b) as f64,
            Self::U8 => u64::from_le_bytes(b) as f64,
            Self::F4 => f64::from(f32::from_le_bytes([b0, b1, b2, b3])),
            Self::F8 => f64::from_le_bytes(b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// A file of that header and these data.
    fn file(name: &str, dict: &str, data: &[u8]) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("mmw-core-{}-{name}.npy", std::process::id()));
        let len = (dict.len() as u16).to_le_bytes();
        std::fs::write(&path, [b"\x93NUMPY\x01\x00", &len[..], dict.as_bytes(), data].concat()).unwrap();
        path
    }

    #[test]
    fn complex_numbers_keep_their_order_and_bits() {
        let dict = "{'descr': '<c8', 'fortran_order': True, 'shape': (2, 2)}";
        let numbers = [0.1_f32, -2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        let path = file("complex", dict, &numbers.map(f32::to_le_bytes).concat());
        let expected = array![[(0.1, -2.0), (5.0, 6.0)], [(3.0, 4.0), (7.0, 8.0)]];
        let single = expected.mapv(|(re, im)| Complex::new(re, im)).into_dyn();
        assert_eq!(read_npy::<Complex<f32>>(&path).unwrap(), single);
        let double = single.mapv(|z| Complex::new(f64::from(z.re), f64::from(z.im)));
        assert_eq!(read_npy::<Complex<f64>>(&path).unwrap(), double);
        assert!(matches!(read_npy::<f64>(&path), Err(Error::Invalid { .. })));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_is_not_finite_is_named_by_its_byte() {
        let dict = "{'descr': '>f8', 'fortran_order': False, 'shape': (2,)}";
        let path = file("finite", dict, &[1.0, 1e300].map(f64::to_be_bytes).concat());
        assert_eq!(read_npy::<f64>(&path).unwrap(), array![1.0, 1e300].into_dyn());
        let offset = 10 + dict.len() as u64 + 8;
        let error = read_npy::<f32>(&path).unwrap_err();
        assert!(matches!(error, Error::Format { offset: at, .. } if at == offset), "{error}");
        assert!(matches!(read_npy::<Complex<f64>>(&path), Err(Error::Invalid { .. })));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn data_of_another_length_than_announced_are_refused() {
        let dict = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}";
        for data in [&[1_u8][..], &[1, 2, 3]] {
            let path = file(&format!("length-{}", data.len()), dict, data);
            assert!(matches!(read_npy::<f32>(&path), Err(Error::Format { .. })));
            std::fs::remove_file(path).unwrap();
        }
    }
}
