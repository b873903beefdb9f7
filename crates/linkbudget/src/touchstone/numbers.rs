//! Numbers as files write them.

use mmw_core::C64;

/// A finite number, or minus infinity where the file says so: what is zero in decibels.
///
/// The standard library's parser, which rounds correctly; other notations only where it refuses: a comma
/// behind the number and the `D` of Fortran's exponents.
pub(super) fn number(word: &[u8]) -> Option<f64> {
    // The parser also takes words (`nan`, `infinity`), which end in a letter or have one in front.
    let starts = matches!(word, [b'0'..=b'9' | b'.', ..] | [b'+' | b'-', b'0'..=b'9' | b'.', ..]);
    if !starts {
        let infinite = word.eq_ignore_ascii_case(b"-inf") || word.eq_ignore_ascii_case(b"-infinity");
        return infinite.then_some(f64::NEG_INFINITY);
    }
    let text = std::str::from_utf8(word).ok()?;
    let value = text.parse::<f64>().ok().or_else(|| {
        let plain = text.strip_suffix(',').unwrap_or(text).replace(['d', 'D'], "e");
        plain.parse().ok()
    })?;
    value.is_finite().then_some(value)
}

/// Powers of ten that are numbers of f64.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

const TENS_WHOLE: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The number that the digits in front of eight bytes are, and how many.
///
/// All at once in one word, whose lowest byte is the first: `x + 0x76` has its high bit from ten on. What
/// carries out of a byte that is no digit changes those behind it only.
#[inline]
fn leading_digits(eight: [u8; 8]) -> (u64, usize) {
    let x = u64::from_le_bytes(eight) ^ 0x3030_3030_3030_3030;
    let others = (x.wrapping_add(0x7676_7676_7676_7676) | x) & 0x8080_8080_8080_8080;
    let count = others.trailing_zeros() as usize / 8;
    if count == 0 {
        return (0, 0);
    }
    // Zeros in front, then neighbours joined: by two, by four, by eight.
    (eight_digits(x << (64 - 8 * count)), count)
}

/// The number that eight digits are, each the value of a byte.
#[inline]
fn eight_digits(x: u64) -> u64 {
    let x = (x.wrapping_mul(2561) >> 8) & 0x00ff_00ff_00ff_00ff;
    let x = (x.wrapping_mul(6_553_601) >> 16) & 0x0000_ffff_0000_ffff;
    x.wrapping_mul(42_949_672_960_001) >> 32
}

/// Every byte one.
pub(super) const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of every byte.
pub(super) const HIGHEST: u64 = 0x80 * ONES;

/// [`short_decimal`] of up to 15 digits with a point among the first eight bytes, which most numbers are:
/// without the point the first eight are one word. `None` for all else.
#[inline]
fn pointed(text: &[u8]) -> Option<(f64, usize)> {
    let text: &[u8; 24] = text.first_chunk()?;
    let negative = text[0] == b'-';
    let sign = usize::from(negative | (text[0] == b'+'));
    let word = |at: usize| text[at..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
    let (whole, shifted) = (word(sign), word(sign + 1));
    // The highest bit of the byte that is a point; of those behind it some may be set, too.
    let others = whole ^ (u64::from(b'.') * ONES);
    let point = others.wrapping_sub(ONES) & !others & HIGHEST;
    if point == 0 {
        return None;
    }
    let before = (point ^ point.wrapping_sub(1)) >> 8;
    let x = ((whole & before) | (shifted & !before)) ^ (u64::from(b'0') * ONES);
    // As in `leading_digits`, in bits: 64 where all eight are digits.
    let digits = ((x.wrapping_add(0x76 * ONES) | x) & HIGHEST).trailing_zeros() & !7;
    let before = point.trailing_zeros() & !7;
    if digits == 0 || digits < before {
        return None;
    }
    let mut mantissa = eight_digits(x << (64 - digits));
    let mut at = sign + 1 + digits as usize / 8;
    let mut exponent = -((digits - before) as i32 / 8);
    if digits == 64 {
        let (more, count) = leading_digits(*text[at..].first_chunk()?);
        mantissa = mantissa * TENS_WHOLE[count] + more;
        at += count;
        exponent -= count as i32;
    }
    if text[at] | 0x20 == b'e' {
        let minus = text[at + 1] == b'-';
        at += 1 + usize::from(minus | (text[at + 1] == b'+'));
        let digit = |byte: u8| Some(i32::from(byte.wrapping_sub(b'0'))).filter(|digit| *digit < 10);
        let mut value = digit(text[at])?;
        at += 1;
        if let Some(second) = digit(text[at]) {
            value = 10 * value + second;
            at += 1;
        }
        exponent += if minus { -value } else { value };
    }
    if text[at] > b'!' || mantissa >= 1 << 53 {
        return None;
    }
    Some((scaled(mantissa, exponent, negative)?, at))
}

/// [`short_decimal`] of up to fifteen digits without a point, as frequencies in Hz are.
#[inline]
fn whole(text: &[u8]) -> Option<(f64, usize)> {
    let text: &[u8; 16] = text.first_chunk()?;
    let (front, back) = text.split_first_chunk()?;
    let (value, count) = leading_digits(*front);
    let (value, len) = match back.first_chunk().map(|back| leading_digits(*back)).filter(|_| count == 8) {
        Some((rest, more)) => (value * TENS_WHOLE[more] + rest, 8 + more),
        None => (value, count),
    };
    (len > 0 && *text.get(len)? <= b'!').then_some((value as f64, len))
}

/// A whole number below 2⁵³ times a power of ten that is a number of f64.
#[inline]
fn scaled(mantissa: u64, exponent: i32, negative: bool) -> Option<f64> {
    let power = TENS.get(exponent.unsigned_abs() as usize)?;
    let size = if exponent < 0 { mantissa as f64 / power } else { mantissa as f64 * power };
    // Without a branch: signs are not to be foreseen.
    Some(f64::from_bits(size.to_bits() ^ (u64::from(negative) << 63)))
}

/// The decimal that `text` begins with, up to a blank or a comment, and its length; `None` for what
/// [`number`] has to look at.
///
/// Digits that make a whole number below 2⁵³, times or over a power of ten up to 10²²: both are numbers of
/// f64, so that the one operation rounds as the parser of the standard library does.
#[inline]
pub(super) fn short_decimal(text: &[u8]) -> Option<(f64, usize)> {
    pointed(text).or_else(|| whole(text)).or_else(|| any_decimal(text))
}

fn any_decimal(text: &[u8]) -> Option<(f64, usize)> {
    let negative = text.first() == Some(&b'-');
    let mut at = usize::from(negative || text.first() == Some(&b'+'));
    let mut mantissa = 0_u64;
    let mut digits = |at: &mut usize| {
        let from = *at;
        while let Some(eight) = text.get(*at..).and_then(<[u8]>::first_chunk) {
            let (value, count) = leading_digits(*eight);
            mantissa = mantissa.wrapping_mul(TENS_WHOLE[count]).wrapping_add(value);
            *at += count;
            if count < 8 {
                return *at - from;
            }
        }
        while let Some(digit) = text.get(*at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
        {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            *at += 1;
        }
        *at - from
    };
    let whole = digits(&mut at);
    let mut fraction = 0;
    if text.get(at) == Some(&b'.') {
        at += 1;
        fraction = digits(&mut at);
    }
    // Nineteen digits are below 2⁶⁴.
    if !(1..=19).contains(&(whole + fraction)) || mantissa >= 1 << 53 {
        return None;
    }
    let mut exponent = -(fraction as i32);
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1;
        let minus = text.get(at) == Some(&b'-');
        at += usize::from(minus || text.get(at) == Some(&b'+'));
        let (from, mut value) = (at, 0_i32);
        while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            value = (value * 10 + i32::from(digit)).min(1000);
            at += 1;
        }
        if at == from {
            return None;
        }
        exponent += if minus { -value } else { value };
    }
    if text.get(at).is_some_and(|byte| *byte > b' ' && *byte != b'!') {
        return None;
    }
    Some((scaled(mantissa, exponent, negative)?, at))
}

/// A resistance above zero, or a complex impedance with one: `50`, `50+10j`, `(50+10j)`.
pub(super) fn impedance(word: &str) -> Option<C64> {
    let plain = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(word);
    let value = match number(plain.as_bytes()) {
        Some(re) => C64::new(re, 0.0),
        None => plain.parse::<C64>().ok()?,
    };
    (value.re.is_finite() && value.im.is_finite() && value.re > 0.0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_decimals_have_the_bits_of_the_parser() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let mut taken = 0;
        for _ in 0..200_000 {
            let digits = format!("{}{}", next(), next() % 100_000_000);
            let digits = &digits[..1 + next() as usize % digits.len()];
            let point = next() as usize % (digits.len() + 1);
            let sign = ["", "-", "+"][next() as usize % 3];
            let exponent = ["", "e3", "E-07", "e+12", "e-30", "e22"][next() as usize % 6];
            let text = format!("{sign}{}.{}{exponent}", &digits[..point], &digits[point..]);
            // At the end of a file, and with more behind.
            for line in [format!("{text} 1"), format!("{text} 1 1.5 2.25e-3 -17.125 180.0")] {
                if let Some((value, len)) = short_decimal(line.as_bytes()) {
                    let expected = (text.parse::<f64>().unwrap().to_bits(), text.len());
                    assert_eq!((value.to_bits(), len), expected, "{line}");
                    taken += 1;
                }
            }
        }
        assert!(taken > 200_000, "{taken}");
    }

    #[test]
    fn what_is_no_short_decimal_is_left_to_the_parser() {
        for text in [
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1,",
            "1d5",
            "1x",
            "9007199254740992",
            "1e23",
            "1e-23",
            "nan",
            "inf",
        ] {
            assert_eq!(short_decimal(text.as_bytes()), None, "{text}");
            // Before a blank and more numbers, a comma and a letter at the end are still there.
            assert_eq!(short_decimal(format!("{text} 1.5 2.25e-3 -17.125 180.0").as_bytes()), None, "{text}");
        }
        for text in ["1.2.3", "1.5x", "1.5e", "1.5e+", "1.5e1234", "1.5,", ".", "-.", "1.5e30"] {
            assert_eq!(short_decimal(format!("{text} 1.5 2.25e-3 -17.125 180.0").as_bytes()), None, "{text}");
        }
        for (text, value) in
            [("7 1.5", 7.0), ("12345678 ", 12_345_678.0), ("123456789012345\n", 123_456_789_012_345.0)]
        {
            let len = text.find([' ', '\n']).unwrap();
            assert_eq!(whole(format!("{text} 1.5 2.25e-3 -17.125").as_bytes()), Some((value, len)), "{text}");
        }
        for text in ["1.5", "-1", "1234567890123456", "12x", "12e3", "12,", " 1"] {
            assert_eq!(whole(format!("{text} 1.5 2.25e-3 -17.125").as_bytes()), None, "{text}");
        }
        assert_eq!(short_decimal(b"1.5e3! five"), Some((1500.0, 5)));
        assert_eq!(short_decimal(b"-0\t"), Some((-0.0, 2)));
    }
}
