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
    let x = x << (64 - 8 * count);
    let x = (x.wrapping_mul(2561) >> 8) & 0x00ff_00ff_00ff_00ff;
    let x = (x.wrapping_mul(6_553_601) >> 16) & 0x0000_ffff_0000_ffff;
    (x.wrapping_mul(42_949_672_960_001) >> 32, count)
}

/// The decimal that `text` begins with, up to a blank or a comment, and its length; `None` for what
/// [`number`] has to look at.
///
/// Digits that make a whole number below 2⁵³, times or over a power of ten up to 10²²: both are numbers of
/// f64, so that the one operation rounds as the parser of the standard library does.
#[inline]
pub(super) fn short_decimal(text: &[u8]) -> Option<(f64, usize)> {
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
    let power = TENS.get(exponent.unsigned_abs() as usize)?;
    let size = if exponent < 0 { mantissa as f64 / power } else { mantissa as f64 * power };
    Some((if negative { -size } else { size }, at))
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
            if let Some((value, len)) = short_decimal(format!("{text} 1").as_bytes()) {
                assert_eq!(
                    (value.to_bits(), len),
                    (text.parse::<f64>().unwrap().to_bits(), text.len()),
                    "{text}"
                );
                taken += 1;
            }
        }
        assert!(taken > 100_000, "{taken}");
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
        }
        assert_eq!(short_decimal(b"1.5e3! five"), Some((1500.0, 5)));
        assert_eq!(short_decimal(b"-0\t"), Some((-0.0, 2)));
    }
}
