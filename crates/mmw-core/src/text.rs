//! What the files of several crates share: fields of tables, and a checksum.

use std::borrow::Cow;

/// A field of a CSV table (RFC 4180), quoted when a separator, a quote or a line break stands in it.
#[must_use]
pub fn csv_field(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\"")).into();
    }
    text.into()
}

/// A text without the byte order mark that some programs put before the first character.
#[must_use]
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The 64-bit FNV-1a hash of bytes: tells what changed by accident, not what was changed on purpose.
#[must_use]
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        for (text, field) in
            [("a b", "a b"), ("", ""), ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\"")]
        {
            assert_eq!(csv_field(text), field);
        }
    }

    /// Values from the test vectors that the authors of the hash published (`fnv64a`).
    #[test]
    fn the_hash_is_that_of_its_authors() {
        for (text, hash) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8_u64)]
        {
            assert_eq!(fnv1a(text.bytes()), hash, "{text}");
        }
    }
}
