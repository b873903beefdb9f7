//! Arrays of NumPy: one axis, real or complex, floats or integers.

use super::binary::Binary;
use super::layout::{Layout, Number};
use super::wrong;
use crate::error::Result;
use npyz::{DType, Endianness, NpyHeader, TypeChar};
use std::io::Read;
use std::path::Path;

/// 9 PB of f8.
const MOST_SAMPLES: u64 = 1 << 50;

/// Reads the header, and leaves the reader at the first sample.
pub(super) fn header(reader: &mut impl Read, path: &Path) -> Result<Binary> {
    let mut counted = Counted { reader, count: 0 };
    let header = NpyHeader::from_reader(&mut counted).map_err(|error| wrong(path, fault(&error)))?;
    let [count] = *header.shape() else {
        let shape = format!("{:?}", header.shape());
        return Err(wrong(path, format_args!("samples have one axis, this array has shape {shape}")));
    };
    if count > MOST_SAMPLES {
        return Err(wrong(
            path,
            format_args!("its header announces {count} samples, more than a file holds"),
        ));
    }
    let dtype = header.dtype();
    let Some(layout) = layout(&dtype) else {
        let what = "samples are numbers, real or complex, of up to 8 bytes a part";
        return Err(wrong(path, format_args!("{what}, not {}", dtype.descr())));
    };
    Ok(Binary { start: counted.count, count: Some(count), ..Binary::to_the_end(layout) })
}

/// Integers are numbers here, unsigned ones too: zero is zero.
fn layout(dtype: &DType) -> Option<Layout> {
    let DType::Plain(kind) = dtype else { return None };
    let number = match (kind.type_char(), kind.size_field()) {
        (TypeChar::Float, 4) | (TypeChar::Complex, 8) => Number::F32,
        (TypeChar::Float, 8) | (TypeChar::Complex, 16) => Number::F64,
        (TypeChar::Int, 1) => Number::I8,
        (TypeChar::Int, 2) => Number::I16,
        (TypeChar::Int, 4) => Number::I32,
        (TypeChar::Int, 8) => Number::I64,
        (TypeChar::Uint, 1) => Number::U8,
        (TypeChar::Uint, 2) => Number::U16,
        (TypeChar::Uint, 4) => Number::U32,
        (TypeChar::Uint, 8) => Number::U64,
        _ => return None,
    };
    let is_big_endian = kind.endianness() == Endianness::Big;
    Some(Layout::plain(number, kind.type_char() == TypeChar::Complex, is_big_endian))
}

/// What the reader of the header says, in plain words.
fn fault(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        return "ends within its header: no complete .npy file".to_owned();
    }
    let said = error.to_string();
    if said.contains("u64") || said.contains("overflow") {
        return "the shape in its header is larger than any file".to_owned();
    }
    super::csv::printable(&said)
}

/// A reader that knows how far it is.
struct Counted<R> {
    reader: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let got = self.reader.read(buffer)?;
        self.count += got as u64;
        Ok(got)
    }
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
        assert!(said(&array(&dict("<M8[s]"), &wide)).contains("not '<M8[s]'"));
        let matrix = array("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2)}", &[0; 16]);
        assert!(said(&matrix).contains("shape [1, 2]"));
        let vast =
            array("{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,)}", &[0; 16]);
        assert!(said(&vast).contains("more than a file holds"));
        assert!(said(&array(&dict("<f8"), &[])[..40]).contains("within its header"));
        for bytes in [&b""[..], b"1\n2\n", b"\x93NUMPY\x01\x00\xff\xff{", &array("{}", &[]), &array("[", &[])]
        {
            assert_eq!(npy(bytes).unwrap_err().kind(), "parse", "{bytes:?}");
        }
    }
}
