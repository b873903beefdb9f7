//! Files whose numbers are longer than a word: floats and integers of 32 and 64 bits, as NumPy and MATLAB
//! write them by default.
//!
//! The last word of a float holds its sign and its exponent: of samples between 2⁻²⁰ and 2²⁴ it has one of 45
//! of the 256 exponents of single precision (IEEE 754), while the words before it are bits of the fraction,
//! or zeros, and have one of them in 18 % of the cases. The last word of a longer integer repeats the sign of
//! the first. Samples of 16 bits do neither: in every other place they would have to be at ±13696 to
//! 19455, or be 0 and −1 by the sign of their neighbour.

/// Numbers that are looked at, and fewest of them that differ from zero.
const LOOKED_AT: usize = 1 << 11;
const FEWEST: usize = 256;

/// Share of the numbers that have to be such, and the greatest share of other words that may look so.
const SUCH: f64 = 0.995;
const OTHERS: f64 = 0.5;

/// What the words of a file are pieces of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    Float32,
    Float64,
    Int32,
    Int64,
}

impl Numbers {
    /// The numbers that so many words in a row are, as far as they can be told, whichever of them
    /// comes first.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let words: Vec<i16> = bytes
            .as_chunks::<2>()
            .0
            .iter()
            .take(4 * LOOKED_AT)
            .map(|word| i16::from_le_bytes(*word))
            .collect();
        let from = |kind: Self| (0..kind.words()).any(|first| kind.is_of(&words[first.min(words.len())..]));
        // A long integer is two shorter ones.
        [Self::Int64, Self::Int32, Self::Float64, Self::Float32].into_iter().find(|kind| from(*kind))
    }

    fn words(self) -> usize {
        match self {
            Self::Float32 | Self::Int32 => 2,
            Self::Float64 | Self::Int64 => 4,
        }
    }

    fn is_of(self, words: &[i16]) -> bool {
        match self {
            Self::Float32 => is_float(words.as_chunks::<2>().0, 7, 0xff, 107..=151),
            Self::Float64 => is_float(words.as_chunks::<4>().0, 4, 0x7ff, 1003..=1047),
            Self::Int32 => is_integer(words.as_chunks::<2>().0),
            Self::Int64 => is_integer(words.as_chunks::<4>().0),
        }
    }

    /// What they are, and how to make samples of them.
    pub(super) fn advice(self) -> String {
        let (name, single, complex) = match self {
            Self::Float32 => ("32-bit floats", "<f4", "<c8"),
            Self::Float64 => ("64-bit floats", "<f8", "<c16"),
            Self::Int32 => ("32-bit integers", "<i4", ""),
            Self::Int64 => ("64-bit integers", "<i8", ""),
        };
        let array = match complex {
            "" => String::new(),
            complex => format!(
                ", or numpy.fromfile(FILE, \"{complex}\").reshape(…) with numpy.save as .npy, and name its axes \
                 with `axes`"
            ),
        };
        format!(
            "its words are pieces of {name}, not samples of 16 bits: convert it, in NumPy with \
             numpy.fromfile(FILE, \"{single}\").round().astype(\"<i2\").tofile(…) if their order is the card's{array}"
        )
    }
}

/// Whether the last word of nearly every number has an exponent of samples, of which there are several and of
/// either sign, and the words before have not.
fn is_float<const WORDS: usize>(
    numbers: &[[i16; WORDS]],
    fraction_bits: u32,
    mask: u16,
    usual: std::ops::RangeInclusive<u16>,
) -> bool {
    let exponent = |word: i16| (word as u16 >> fraction_bits) & mask;
    let (mut heard, mut such, mut negative, mut others) = (0, 0, 0, 0);
    let mut exponents = [0_usize; 64];
    // Zero has either sign.
    let is_zero = |number: &&[i16; WORDS]| {
        number[WORDS - 1] & i16::MAX == 0 && number[..WORDS - 1].iter().all(|word| *word == 0)
    };
    for number in numbers.iter().filter(|number| !is_zero(number)) {
        let last = number[WORDS - 1];
        heard += 1;
        negative += usize::from(last < 0);
        others += number[..WORDS - 1].iter().filter(|word| usual.contains(&exponent(**word))).count();
        if usual.contains(&exponent(last)) {
            such += 1;
            exponents[usize::from(exponent(last) - usual.start())] += 1;
        }
    }
    let several = exponents.iter().filter(|count| **count * 50 > heard).count() >= 3;
    let signs = negative * 10 > heard && negative * 10 < 9 * heard;
    let share = |count: usize, all: usize| count as f64 / all.max(1) as f64;
    heard >= FEWEST
        && several
        && signs
        && share(such, heard) > SUCH
        && share(others, heard * (WORDS - 1)) < OTHERS
}

/// Whether the words behind the first of nearly every number repeat its sign, which is either.
fn is_integer<const WORDS: usize>(numbers: &[[i16; WORDS]]) -> bool {
    let (mut heard, mut such, mut negative, mut small) = (0, 0, 0, 0);
    for number in numbers.iter().filter(|number| number.iter().any(|word| *word != 0)) {
        let sign = number[0] >> 15;
        heard += 1;
        negative += usize::from(sign != 0);
        small += usize::from(number[0] == sign);
        such += usize::from(number[1..].iter().all(|word| *word == sign));
    }
    let signs = negative * 10 > heard && negative * 10 < 9 * heard;
    heard >= FEWEST && signs && such as f64 > SUCH * heard as f64 && 2 * small < heard
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// A tone over noise, as the parts of complex samples.
    fn samples(amplitude: f64) -> impl Iterator<Item = f64> {
        (0..6000_u32).map(move |n| {
            let noise = f64::from(n.wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5;
            amplitude * ((TAU * 0.0713 * f64::from(n / 2) + f64::from(n % 2)).sin() + 0.1 * noise)
        })
    }

    #[test]
    fn longer_numbers_are_told_wherever_they_begin_and_words_are_not_taken_for_them() {
        for amplitude in [1e-3, 1.0, 30.0, 300.0, 3e4] {
            let single: Vec<u8> = samples(amplitude).flat_map(|x| (x as f32).to_le_bytes()).collect();
            let double: Vec<u8> = samples(amplitude).flat_map(f64::to_le_bytes).collect();
            for skipped in [0, 2, 6] {
                assert_eq!(Numbers::of(&single[skipped..]), Some(Numbers::Float32), "{amplitude} {skipped}");
                assert_eq!(Numbers::of(&double[skipped..]), Some(Numbers::Float64), "{amplitude} {skipped}");
            }
            let words: Vec<u8> = samples(amplitude).flat_map(|x| (x.round() as i16).to_le_bytes()).collect();
            assert_eq!(Numbers::of(&words), None, "{amplitude}");
            // Words at an offset where exponents would be.
            let shifted =
                samples(amplitude.min(1000.0)).flat_map(|x| (x.round() as i16 + 16_000).to_le_bytes());
            assert_eq!(Numbers::of(&shifted.collect::<Vec<u8>>()), None, "{amplitude}");
        }
        for amplitude in [30.0, 300.0, 3e4] {
            let whole: Vec<u8> = samples(amplitude).flat_map(|x| (x.round() as f32).to_le_bytes()).collect();
            assert_eq!(Numbers::of(&whole), Some(Numbers::Float32), "{amplitude}");
            let long: Vec<u8> = samples(amplitude).flat_map(|x| (x.round() as i32).to_le_bytes()).collect();
            assert_eq!(Numbers::of(&long), Some(Numbers::Int32), "{amplitude}");
            let longer: Vec<u8> = samples(amplitude).flat_map(|x| (x.round() as i64).to_le_bytes()).collect();
            assert_eq!(Numbers::of(&longer), Some(Numbers::Int64), "{amplitude}");
        }
        assert_eq!(Numbers::of(&[]), None);
        assert_eq!(Numbers::of(&[0; 5000]), None);
    }
}
