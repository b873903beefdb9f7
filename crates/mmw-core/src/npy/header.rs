//! The header of a `.npy` file, read without trusting it.
//!
//! The format is that of `numpy.lib.format`: a magic string, a version, the length of the header and a
//! Python dictionary with three keys. Only what NumPy writes for plain numeric arrays is accepted; nothing
//! nests, and nothing is multiplied unchecked, so a hostile header costs an error and no more.

use crate::{Error, Result};
use std::io::Read;
use std::path::Path;

/// Longest header that is read. NumPy pads that of six axes to 128 bytes.
const MAX_HEADER: usize = 4096;
/// Most axes that can be named.
const MAX_AXES: usize = 8;

/// A number as it is stored, without its byte order; its word is NumPy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scalar {
    /// `i8`.
    I1,
    /// `i16`.
    I2,
    /// `i32`.
    I4,
    /// `i64`.
    I8,
    /// `u8`.
    U1,
    /// `u16`.
    U2,
    /// `u32`.
    U4,
    /// `u64`.
    U8,
    /// `f32`.
    F4,
    /// `f64`.
    F8,
}

crate::named!(Scalar, "number type" {
    I1 = "int8",
    I2 = "int16",
    I4 = "int32",
    I8 = "int64",
    U1 = "uint8",
    U2 = "uint16",
    U4 = "uint32",
    U8 = "uint64",
    F4 = "float32",
    F8 = "float64",
});

impl Scalar {
    /// Bytes of one number.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::I1 | Self::U1 => 1,
            Self::I2 | Self::U2 => 2,
            Self::I4 | Self::U4 | Self::F4 => 4,
            Self::I8 | Self::U8 | Self::F8 => 8,
        }
    }
}

/// What the header of a `.npy` file says. It may announce more than there is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NpyHeader {
    /// The type of an element, or of both parts of a complex one.
    pub scalar: Scalar,
    /// Whether an element is a real and an imaginary part.
    pub complex: bool,
    /// Whether the first byte of a number is its highest.
    pub big_endian: bool,
    /// Whether the first index varies fastest.
    pub fortran_order: bool,
    /// Lengths of the axes.
    pub shape: Vec<u64>,
    /// Where the data start, bytes.
    pub data_offset: u64,
}

impl NpyHeader {
    /// Bytes of one element.
    #[must_use]
    pub fn item_bytes(&self) -> usize {
        self.scalar.bytes() * (1 + usize::from(self.complex))
    }

    /// Reads the header, and leaves `reader` at the first byte behind it; `path` is for messages.
    ///
    /// # Errors
    /// [`Error::Io`] when reading fails; [`Error::Format`] with the byte for what is no header of NumPy, one
    /// that is longer than 4096 bytes, or elements that are no plain numbers.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::npy::{NpyHeader, Scalar};
    ///
    /// let dict = "{'descr': '<c8', 'fortran_order': False, 'shape': (3, 7)}\n";
    /// let file = [b"\x93NUMPY\x01\x00\x3a\x00", dict.as_bytes()].concat();
    /// let header = NpyHeader::read(&mut file.as_slice(), "x.npy".as_ref())?;
    /// assert_eq!((header.scalar, header.complex, header.shape), (Scalar::F4, true, vec![3, 7]));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn read(reader: &mut impl Read, path: &Path) -> Result<Self> {
        let mut bytes = Vec::new();
        let mut more = |bytes: &mut Vec<u8>, count: usize| {
            let taken = Read::take(&mut *reader, count as u64).read_to_end(bytes);
            taken.map_err(|e| Error::io(path, "read", &e))
        };
        more(&mut bytes, 10)?;
        if matches!(bytes.get(6), Some(2 | 3)) {
            more(&mut bytes, 2)?;
        }
        let error = |offset: usize, expected: &str, found: String| Error::Format {
            path: path.display().to_string(),
            offset: offset as u64,
            expected: expected.into(),
            found,
        };
        let (start, len) = preamble(&bytes).map_err(|(at, expected, found)| error(at, expected, found))?;
        more(&mut bytes, len)?;
        let text = bytes.get(start..start + len).ok_or_else(|| {
            error(
                start,
                "the header of a .npy file",
                format!("{len} bytes of which {} are there", bytes.len() - start),
            )
        })?;
        let mut parser = Parser { text, at: 0 };
        let header = parser.header().map_err(|expected| {
            let rest: Vec<u8> = text[parser.at.min(len)..].iter().take(24).copied().collect();
            let rest = rest.escape_ascii().to_string().replace("\\'", "'");
            error(start + parser.at, expected, format!("\"{rest}\""))
        })?;
        Ok(Self { data_offset: (start + len) as u64, ..header })
    }
}

/// Where the dictionary starts and how long it is; else offset, what is expected, what is found.
fn preamble(bytes: &[u8]) -> std::result::Result<(usize, usize), (usize, &'static str, String)> {
    if !bytes.starts_with(b"\x93NUMPY") {
        let found: Vec<u8> = bytes.iter().take(6).copied().collect();
        return Err((
            0,
            "the magic string \\x93NUMPY of a .npy file",
            format!("\"{}\"", found.escape_ascii()),
        ));
    }
    let (start, len) = match bytes.get(6..) {
        Some(&[1, 0, a, b]) => (10, usize::from(u16::from_le_bytes([a, b]))),
        Some(&[2 | 3, 0, a, b, c, d]) => (12, u32::from_le_bytes([a, b, c, d]) as usize),
        None | Some(&[] | &[_] | &[1..=3, 0, ..]) => {
            return Err((6, "a version and a length", "the end of the file".into()));
        }
        Some(&[major, minor, ..]) => return Err((6, "version 1.0, 2.0 or 3.0", format!("{major}.{minor}"))),
    };
    if len > MAX_HEADER {
        return Err((8, "a header of at most 4096 bytes", format!("{len} bytes")));
    }
    Ok((start, len))
}

type Parsed<T> = std::result::Result<T, &'static str>;

/// A cursor over the dictionary; errors say what is expected at the cursor.
struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn header(&mut self) -> Parsed<NpyHeader> {
        let (mut dtype, mut fortran_order, mut shape) = (None, None, None);
        self.need(b'{', "a dictionary")?;
        while !self.accept(b'}') {
            let key = self.string("a key in quotes")?;
            self.need(b':', "a colon")?;
            match key.as_slice() {
                b"descr" if dtype.is_none() => dtype = Some(self.dtype()?),
                b"fortran_order" if fortran_order.is_none() => fortran_order = Some(self.boolean()?),
                b"shape" if shape.is_none() => shape = Some(self.shape()?),
                _ => return Err("each of the keys 'descr', 'fortran_order' and 'shape' once"),
            }
            if !self.accept(b',') {
                self.need(b'}', "a comma or the end of the dictionary")?;
                break;
            }
        }
        self.skip_space();
        if self.at < self.text.len() {
            return Err("nothing after the dictionary");
        }
        let (scalar, complex, big_endian) = dtype.ok_or("the key 'descr'")?;
        let fortran_order = fortran_order.ok_or("the key 'fortran_order'")?;
        let shape = shape.ok_or("the key 'shape'")?;
        Ok(NpyHeader { scalar, complex, big_endian, fortran_order, shape, data_offset: 0 })
    }

    fn dtype(&mut self) -> Parsed<(Scalar, bool, bool)> {
        const EXPECTED: &str = "a plain numeric element type (c8, c16, f4, f8, i1 to i8, u1 to u8)";
        let before = self.at;
        let text = self.string(EXPECTED)?;
        let [order, kind @ ..] = text.as_slice() else {
            self.at = before;
            return Err(EXPECTED);
        };
        let big_endian = match order {
            b'<' | b'|' => Some(false),
            b'>' => Some(true),
            b'=' => Some(cfg!(target_endian = "big")),
            _ => None,
        };
        let scalar = match kind {
            b"c8" => Some((Scalar::F4, true)),
            b"c16" => Some((Scalar::F8, true)),
            b"f4" => Some((Scalar::F4, false)),
            b"f8" => Some((Scalar::F8, false)),
            b"i1" => Some((Scalar::I1, false)),
            b"i2" => Some((Scalar::I2, false)),
            b"i4" => Some((Scalar::I4, false)),
            b"i8" => Some((Scalar::I8, false)),
            b"u1" => Some((Scalar::U1, false)),
            b"u2" => Some((Scalar::U2, false)),
            b"u4" => Some((Scalar::U4, false)),
            b"u8" => Some((Scalar::U8, false)),
            _ => None,
        };
        match (scalar, big_endian) {
            (Some((scalar, complex)), Some(big_endian)) => Ok((scalar, complex, big_endian)),
            _ => {
                self.at = before;
                Err(EXPECTED)
            }
        }
    }

    fn boolean(&mut self) -> Parsed<bool> {
        self.skip_space();
        for (word, value) in [(b"True".as_slice(), true), (b"False", false)] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err("True or False")
    }

    fn shape(&mut self) -> Parsed<Vec<u64>> {
        let mut shape = Vec::new();
        self.need(b'(', "a tuple of lengths")?;
        while !self.accept(b')') {
            if shape.len() == MAX_AXES {
                return Err("no more than 8 axes");
            }
            shape.push(self.integer()?);
            if !self.accept(b',') {
                self.need(b')', "a comma or the end of the tuple")?;
                break;
            }
        }
        Ok(shape)
    }

    fn integer(&mut self) -> Parsed<u64> {
        self.skip_space();
        let digits = self.text[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let number = self.text[self.at..self.at + digits]
            .iter()
            .try_fold(0_u64, |n, b| n.checked_mul(10)?.checked_add(u64::from(b - b'0')))
            .filter(|_| digits > 0)
            .ok_or("a length below 2^64")?;
        self.at += digits;
        // Python 2 wrote long integers with a suffix.
        self.accept(b'L');
        Ok(number)
    }

    fn string(&mut self, expected: &'static str) -> Parsed<Vec<u8>> {
        self.skip_space();
        let quote = match self.text.get(self.at) {
            Some(&quote @ (b'\'' | b'"')) => quote,
            _ => return Err(expected),
        };
        let body = &self.text[self.at + 1..];
        let len = body.iter().position(|&b| b == quote).ok_or(expected)?;
        self.at += len + 2;
        Ok(body[..len].to_vec())
    }

    fn need(&mut self, byte: u8, expected: &'static str) -> Parsed<()> {
        if self.accept(byte) { Ok(()) } else { Err(expected) }
    }

    fn accept(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        self.at += self.text[self.at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(dict: &str) -> Result<NpyHeader> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((dict.len() as u16).to_le_bytes());
        bytes.extend(dict.as_bytes());
        NpyHeader::read(&mut bytes.as_slice(), Path::new("x.npy"))
    }

    #[test]
    fn what_numpy_writes_is_understood() {
        let dict = "{'descr': '>c16', 'fortran_order': True, 'shape': (3, 4), }   \n";
        let header = read(dict).unwrap();
        assert_eq!((header.scalar, header.complex, header.big_endian), (Scalar::F8, true, true));
        assert_eq!((header.shape.as_slice(), header.fortran_order), ([3, 4].as_slice(), true));
        assert_eq!(header.data_offset, 10 + dict.len() as u64);
        assert_eq!(read("{'descr': '<i2', 'fortran_order': False, 'shape': (7,), }").unwrap().shape, [7]);
        assert!(read("{'descr': '<f4', 'fortran_order': False, 'shape': ()}").unwrap().shape.is_empty());
    }

    #[test]
    fn what_follows_the_header_is_left_to_be_read() {
        let dict = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}\n";
        let (short, long) = ((dict.len() as u16).to_le_bytes(), (dict.len() as u32).to_le_bytes());
        for (version, len) in [(1, &short[..]), (2, &long[..]), (3, &long[..])] {
            let file = [b"\x93NUMPY", &[version, 0][..], len, dict.as_bytes(), &[7, 8]].concat();
            let mut rest = file.as_slice();
            let header = NpyHeader::read(&mut rest, Path::new("x.npy")).unwrap();
            assert_eq!((rest, header.data_offset), (&[7, 8][..], file.len() as u64 - 2));
            for end in 0..file.len() - 2 {
                let cut = NpyHeader::read(&mut &file[..end], Path::new("x.npy"));
                assert!(matches!(cut, Err(Error::Format { .. })), "{end}: {cut:?}");
            }
        }
    }

    #[test]
    fn what_it_does_not_write_is_refused_with_the_place() {
        let error = read("{'descr': '<O8', 'fortran_order': False, 'shape': (7,), }").unwrap_err();
        assert!(
            matches!(&error, Error::Format { offset: 19, expected, .. } if expected.contains("c8")),
            "{error}"
        );
        for dict in [
            "",
            "{",
            "{}",
            "{'descr'",
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
            "{'descr': '', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
        ] {
            assert!(matches!(read(dict), Err(Error::Format { .. })), "{dict}");
        }
    }
}
