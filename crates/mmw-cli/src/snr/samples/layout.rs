//! How numbers stand in a file.

use mmw_core::C64;
use mmw_core::complex::interleaved_mut;

/// One number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    F32,
    F64,
    I8,
    I16,
    I24,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

impl Number {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I24 => 3,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }

    /// The value of unsigned numbers that stands for zero, half a step above the middle one.
    fn middle(self) -> f64 {
        match self {
            Self::U8 => 127.5,
            Self::U16 => 32_767.5,
            Self::U32 => 2_147_483_647.5,
            _ => 0.0,
        }
    }
}

/// A sample: a number, or two of them, I and Q.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Layout {
    pub(super) number: Number,
    pub(super) is_complex: bool,
    pub(super) is_big_endian: bool,
    /// What is taken from every number.
    pub(super) zero: f64,
}

impl Layout {
    pub(super) fn plain(number: Number, is_complex: bool, is_big_endian: bool) -> Self {
        Self { number, is_complex, is_big_endian, zero: 0.0 }
    }

    pub(super) fn bytes(self) -> usize {
        self.number.bytes() * if self.is_complex { 2 } else { 1 }
    }

    /// `cf32`, `rs16_be`, and `ci16_le` as descriptions have it: complex or real, the kind of number and its
    /// bits.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        let (word, is_big_endian) = match word.strip_suffix("_be") {
            Some(word) => (word, true),
            None => (word.strip_suffix("_le").unwrap_or(word), false),
        };
        let (is_complex, number) = match word.split_at_checked(1)? {
            ("c", number) => (true, number),
            ("r", number) => (false, number),
            _ => return None,
        };
        let number = match number {
            "f32" => Number::F32,
            "f64" => Number::F64,
            "i8" | "s8" => Number::I8,
            "i16" | "s16" => Number::I16,
            "i32" | "s32" => Number::I32,
            "u8" => Number::U8,
            "u16" => Number::U16,
            "u32" => Number::U32,
            _ => return None,
        };
        Some(Self { number, is_complex, is_big_endian, zero: number.middle() })
    }

    /// The numbers of whole samples, for as many as `out` has room for.
    pub(super) fn decode(self, bytes: &[u8], out: &mut [f64]) {
        macro_rules! each {
            ($type:ty) => {{
                let chunks = bytes.as_chunks::<{ size_of::<$type>() }>().0;
                let pairs = out.iter_mut().zip(chunks);
                if self.is_big_endian {
                    pairs.for_each(|(x, b)| *x = <$type>::from_be_bytes(*b) as f64 - self.zero);
                } else {
                    pairs.for_each(|(x, b)| *x = <$type>::from_le_bytes(*b) as f64 - self.zero);
                }
            }};
        }
        match self.number {
            Number::F32 => each!(f32),
            Number::F64 => each!(f64),
            Number::I8 => each!(i8),
            Number::I16 => each!(i16),
            Number::I32 => each!(i32),
            Number::I64 => each!(i64),
            Number::U8 => each!(u8),
            Number::U16 => each!(u16),
            Number::U32 => each!(u32),
            Number::U64 => each!(u64),
            Number::I24 => {
                let pairs = out.iter_mut().zip(bytes.as_chunks::<3>().0);
                pairs.for_each(|(x, [a, b, c])| *x = f64::from(i32::from_le_bytes([0, *a, *b, *c]) >> 8));
            }
        }
    }
}

/// Samples on their way, real or complex.
pub(super) enum Numbers {
    Real(Vec<f64>),
    Complex(Vec<C64>),
}

impl Numbers {
    pub(super) fn new(is_complex: bool, samples: usize) -> Self {
        match is_complex {
            true => Self::Complex(vec![C64::default(); samples]),
            false => Self::Real(vec![0.0; samples]),
        }
    }

    pub(super) fn flat(&mut self) -> &mut [f64] {
        match self {
            Self::Real(x) => x,
            Self::Complex(y) => interleaved_mut(y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_the_kind_of_number() {
        let bytes = |word: &str| Layout::from_word(word).map(|layout| (layout.bytes(), layout.is_complex));
        assert_eq!(bytes("cf32"), Some((8, true)));
        assert_eq!(bytes("ci16_le"), Some((4, true)));
        assert_eq!(bytes("cs16"), Some((4, true)));
        assert_eq!(bytes("ru8"), Some((1, false)));
        assert!(Layout::from_word("rf64_be").is_some_and(|layout| layout.is_big_endian));
        for word in ["", "c", "f32", "cf16", "cx8", "сf32"] {
            assert_eq!(bytes(word), None, "{word}");
        }
    }

    #[test]
    fn every_number_is_read_in_either_byte_order() {
        let read = |word: &str, bytes: &[u8]| {
            let mut out = [0.0; 2];
            Layout::from_word(word).unwrap().decode(bytes, &mut out);
            out
        };
        assert_eq!(read("rf32", &[1.5_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()].concat()), [1.5, -2.0]);
        assert_eq!(read("rf64_be", &[1.5_f64.to_be_bytes(), (-2.0_f64).to_be_bytes()].concat()), [1.5, -2.0]);
        assert_eq!(read("rs8", &[0x80, 0x7f]), [-128.0, 127.0]);
        assert_eq!(read("ru8", &[0, 255]), [-127.5, 127.5]);
        assert_eq!(read("rs16", &[0, 0x80, 0xff, 0x7f]), [-32_768.0, 32_767.0]);
        assert_eq!(read("rs16_be", &[0x80, 0, 0x7f, 0xff]), [-32_768.0, 32_767.0]);
        assert_eq!(read("ru16", &[0, 0, 0xff, 0xff]), [-32_767.5, 32_767.5]);
        assert_eq!(read("rs32", &[0, 0, 0, 0x80, 1, 0, 0, 0]), [-2_147_483_648.0, 1.0]);
        let mut out = [0.0; 2];
        Layout::plain(Number::I24, false, false).decode(&[0, 0, 0x80, 0xff, 0xff, 0x7f], &mut out);
        assert_eq!(out, [-8_388_608.0, 8_388_607.0]);
    }
}
