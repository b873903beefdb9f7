//! Arrays of NumPy: one axis, real or complex, floats or integers.

use super::binary::Binary;
use super::block::wrong;
use super::layout::{Layout, Number};
use crate::error::Result;
use mmw_core::npy::{NpyHeader, Scalar};
use std::io::Read;
use std::path::Path;

/// 9 PB of f8.
const MOST_SAMPLES: u64 = 1 << 50;

/// Reads the header, and leaves the reader at the first sample.
pub(super) fn header(reader: &mut impl Read, path: &Path) -> Result<Binary> {
    let header = NpyHeader::read(reader, path)?;
    let [count] = *header.shape.as_slice() else {
        let shape = format!("{:?}", header.shape);
        return Err(wrong(path, format_args!("samples have one axis, this array has shape {shape}")));
    };
    if count > MOST_SAMPLES {
        return Err(wrong(
            path,
            format_args!("its header announces {count} samples, more than a file holds"),
        ));
    }
    let number = number(header.scalar).ok_or_else(|| {
        wrong(path, format_args!("{:?} is no number that samples are made of", header.scalar))
    })?;
    let layout = Layout::plain(number, header.complex, header.big_endian);
    Ok(Binary { start: header.data_offset, count: Some(count), ..Binary::to_the_end(layout) })
}

/// Integers are numbers here, unsigned ones too: zero is zero.
fn number(scalar: Scalar) -> Option<Number> {
    Some(match scalar {
        Scalar::F4 => Number::F32,
        Scalar::F8 => Number::F64,
        Scalar::I1 => Number::I8,
        Scalar::I2 => Number::I16,
        Scalar::I4 => Number::I32,
        Scalar::I8 => Number::I64,
        Scalar::U1 => Number::U8,
        Scalar::U2 => Number::U16,
        Scalar::U4 => Number::U32,
        Scalar::U8 => Number::U64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snr::samples::Block;

    fn npy(mut bytes: &[u8]) -> Result<Vec<f64>> {
        let path = Path::new("x.npy");
        let mut all = Vec::new();
        header(&mut bytes, path)?.read(bytes, path, &mut |block| {
            match block {
                Block::Real(x) => all.extend_from_slice(x),
                Block::Complex(y) => all.extend(y.iter().flat_map(|y| [y.re, y.im])),
            }
            Ok(())
        })?;
        Ok(all)
    }

    fn array(dict: &str, data: &[u8]) -> Vec<u8> {
        let text = format!("{dict}\n");
        [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), data].concat()
    }

    fn dict(descr: &str) -> String {
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,)}}")
    }

    #[test]
    fn arrays_of_one_axis_are_read_in_any_width_and_byte_order() {
        let wide = [1.5_f64.to_le_bytes(), (-2.0_f64).to_le_bytes()].concat();
        assert_eq!(npy(&array(&dict("<f8"), &wide)).unwrap(), [1.5, -2.0]);
        let narrow = [1.5_f32.to_be_bytes(), (-2.0_f32).to_be_bytes()].concat();
        assert_eq!(npy(&array(&dict(">f4"), &narrow)).unwrap(), [1.5, -2.0]);
        assert_eq!(npy(&array(&dict("|i1"), &[0x80, 0x7f])).unwrap(), [-128.0, 127.0]);
        assert_eq!(npy(&array(&dict("|u1"), &[0, 255])).unwrap(), [0.0, 255.0]);
        let both = [wide.as_slice(), &wide].concat();
        assert_eq!(npy(&array(&dict("<c16"), &both)).unwrap(), [1.5, -2.0, 1.5, -2.0]);
        let both = [narrow.as_slice(), &narrow].concat();
        assert_eq!(npy(&array(&dict(">c8"), &both)).unwrap(), [1.5, -2.0, 1.5, -2.0]);
    }

    #[test]
    fn what_is_no_such_array_is_told() {
        let said = |bytes: &[u8]| npy(bytes).unwrap_err().to_string();
        let wide = [1.5_f64.to_le_bytes(), f64::NAN.to_le_bytes()].concat();
        let start = array(&dict("<f8"), &[]).len();
        let nan = said(&array(&dict("<f8"), &wide));
        assert!(nan.contains(&format!("x.npy: at byte {}", start + 8)) && nan.contains("index 1"), "{nan}");
        let short = said(&array(&dict("<f8"), &wide[..12]));
        assert!(short.contains("2 samples, as announced") && short.contains("after 1"), "{short}");
        assert!(said(&array(&dict("<M8[s]"), &wide)).contains("'<M8[s]'"));
        let matrix = array("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2)}", &[0; 16]);
        assert!(said(&matrix).contains("shape [1, 2]"));
        let vast =
            array("{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,)}", &[0; 16]);
        assert!(said(&vast).contains("more than a file holds"));
        assert!(said(&array(&dict("<f8"), &[])[..40]).contains("of which 30 are there"));
        for bytes in [&b""[..], b"1\n2\n", b"\x93NUMPY\x01\x00\xff\xff{", &array("{}", &[]), &array("[", &[])]
        {
            assert_eq!(npy(bytes).unwrap_err().kind(), "format", "{bytes:?}");
        }
    }
}
