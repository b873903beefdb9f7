//! Whether the words of a recording are two's complement with the low byte first, judged by their statistics.

use super::byte_order::{ByteOrder, HighByteFirst};
use super::bytes::ByteOptions;
use super::numbers::Numbers;
use super::runs::is_constant;
use mmw_core::{Error, Real, Result};

/// Fewest words other than zero that are judged.
const FEWEST_WORDS: u64 = 256;

/// Counts over words that are not zero.
#[derive(Debug, Clone, Default)]
pub(super) struct WordEvidence {
    words: u64,
    zeros: u64,
    /// Words in the middle half of the range, -16384 to 16383.
    central: u64,
    /// Sum of magnitudes: as two's complement, and with the highest bit turned.
    magnitude: u64,
    turned: u64,
    order: ByteOrder,
    /// Sum of magnitudes with the first byte as the high one, and with the first byte as the high one of the
    /// word whose low byte stands before it.
    swapped: u64,
    shifted: u64,
    /// What the words of each frame are pieces of, as long as it is the same.
    numbers: Option<Option<Numbers>>,
    /// The one word of all that is not zero; `None` in it where there are several.
    only: Option<Option<[u8; 2]>>,
}

impl WordEvidence {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.order.add(bytes);
        let words = bytes.as_chunks::<2>().0;
        let Some(first) = words.iter().copied().find(|word| *word != [0, 0]) else {
            self.zeros += words.len() as u64;
            return;
        };
        let only = Some(first).filter(|_| is_constant(bytes));
        self.only = Some(self.only.map_or(only, |known| known.filter(|known| only == Some(*known))));
        let numbers = Numbers::of(bytes);
        self.numbers =
            Some(self.numbers.map_or(numbers, |known| known.filter(|known| numbers == Some(*known))));
        let mut before = 0;
        for &[first, second] in words {
            if [first, second] == [0, 0] {
                self.zeros += 1;
                before = 0;
                continue;
            }
            let word = i16::from_le_bytes([first, second]);
            self.words += 1;
            self.central += u64::from((-16384..16384).contains(&word));
            self.magnitude += u64::from(word.unsigned_abs());
            self.turned += u64::from((word ^ i16::MIN).unsigned_abs());
            self.swapped += u64::from(i16::from_be_bytes([first, second]).unsigned_abs());
            self.shifted += u64::from(i16::from_le_bytes([before, first]).unsigned_abs());
            before = second;
        }
    }

    /// Offset binary turns a signal about zero into one about ±32768: nearly no word lies in the middle half,
    /// and turning the highest bit makes the mean magnitude at least four times smaller. A signal in two's
    /// complement does that only if it is a square wave at the converter's limits.
    pub(super) fn is_offset_binary(&self) -> bool {
        self.central * 1000 < self.words && self.turned * 4 < self.magnitude && self.turned > 0
    }

    /// Whether all words were zero.
    pub(super) fn is_silent(&self) -> bool {
        self.words == 0 && self.zeros > 0
    }

    /// That the words are what `options` say; `silent` is whether those of the whole recording are zero, and
    /// `advice` what else the samples ask for, once their highest bit is turned.
    ///
    /// # Errors
    /// [`Error::Invalid`] that names the option to set, and the one that overrules it.
    pub(super) fn check(
        &self,
        name: &str,
        len: u64,
        options: &ByteOptions,
        silent: bool,
        advice: &[String],
    ) -> Result<()> {
        let silence = silent.then(|| "it holds no samples: all its words are zero".to_owned());
        match silence.or_else(|| self.objection(len, options, advice)) {
            Some(reason) if !options.as_told => {
                Err(Error::invalid(name.to_owned(), format!("{reason} (`as_told = true` overrules this)")))
            }
            _ => Ok(()),
        }
    }

    /// Why the numbers of an array are no samples, with what makes them some.
    pub(super) fn objection_to_array(&self) -> Option<String> {
        if self.words < FEWEST_WORDS {
            return None;
        }
        if let Some(Some(word)) = self.only {
            return Some(format!("it holds no samples: all its numbers are {}", i16::from_le_bytes(word)));
        }
        if self.is_offset_binary() {
            let advice = "its numbers are offset binary words (the highest bit is turned): turn it back, in NumPy with \
                          ARRAY ^ -32768 for an array of int16, and save it again";
            return Some(advice.to_owned());
        }
        let advice = "the bytes of its 16-bit numbers are exchanged: read them in the other order (numpy.fromfile with \
                      \">i2\"), or exchange them with ARRAY.byteswap() for an array of int16, and save it again";
        self.order.high_byte_first().map(|_| advice.to_owned())
    }

    fn objection(&self, len: u64, options: &ByteOptions, advice: &[String]) -> Option<String> {
        if self.words < FEWEST_WORDS {
            return None;
        }
        if let Some(Some([low, high])) = self.only {
            return Some(format!("it holds no samples: all its words are 0x{high:02x}{low:02x}"));
        }
        if let Some(Some(numbers)) = self.numbers {
            return Some(numbers.advice());
        }
        if !options.offset_binary && !options.big_endian && self.is_offset_binary() {
            return Some(format!(
                "its words are offset binary (the highest bit is turned: mean magnitude {:.0} as they stand, \
                 {:.0} with the bit turned); set `offset_binary = true`{}",
                self.magnitude as f64 / self.words as f64,
                self.turned as f64 / self.words as f64,
                advice.iter().map(|more| format!("; besides, {more}")).collect::<String>()
            ));
        }
        if options.offset_binary && self.magnitude * 4 < self.turned {
            return Some("its words are two's complement; set `offset_binary = false`".to_owned());
        }
        if options.big_endian {
            let advice = "the low byte of its words comes first: set `big_endian = false`, or, if an odd number of bytes \
                stands before the first frame, set `skip_bytes` to their number";
            return self.order.low_byte_first().then(|| advice.to_owned());
        }
        let order = self.order.high_byte_first()?;
        // A quiet signal read with the wrong low byte is louder.
        let order = if !len.is_multiple_of(2) || self.shifted * 5 < self.swapped * 4 {
            HighByteFirst::Shifted
        } else if self.swapped * 5 < self.shifted * 4 {
            HighByteFirst::Exchanged
        } else {
            order
        };
        let advice = match order {
            HighByteFirst::Exchanged => "set `big_endian = true`",
            HighByteFirst::Shifted => {
                "an odd number of bytes stands before the first frame; set `skip_bytes` to their number (1, if \
                 nothing says otherwise)"
            }
            HighByteFirst::Either => {
                "set `big_endian = true`, or, if an odd number of bytes stands before the first frame, `skip_bytes` to \
                 their number"
            }
        };
        Some(format!("the high byte of its words comes first: {advice}"))
    }
}

/// Turns the words of a frame into two's complement with the low byte first.
pub(super) fn to_twos_complement(frame: &mut [u8], options: &ByteOptions) {
    if !options.offset_binary && !options.big_endian {
        return;
    }
    let turn = u8::from(options.offset_binary) << 7;
    for word in frame.as_chunks_mut::<2>().0 {
        if options.big_endian {
            word.swap(0, 1);
        }
        word[1] ^= turn;
    }
}

/// A 16-bit word with its sign again; NaN for what is no such word.
pub(super) fn wrapped<T: Real>(x: f64) -> T {
    if x.fract() != 0.0 || !(-32768.0..=65535.0).contains(&x) {
        return T::nan();
    }
    T::lit(if x >= 32768.0 { x - 65536.0 } else { x })
}
