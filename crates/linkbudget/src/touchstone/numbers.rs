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

/// A resistance above zero, or a complex impedance with one: `50`, `50+10j`, `(50+10j)`.
pub(super) fn impedance(word: &str) -> Option<C64> {
    let plain = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(word);
    let value = match number(plain.as_bytes()) {
        Some(re) => C64::new(re, 0.0),
        None => plain.parse::<C64>().ok()?,
    };
    (value.re.is_finite() && value.im.is_finite() && value.re > 0.0).then_some(value)
}
