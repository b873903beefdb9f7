//! The frames that TI's demonstrations send over their serial port: where they begin, and their numbers.

/// What begins each frame: 0x0102, 0x0304, 0x0506, 0x0708 as little-endian words.
pub const MAGIC: [u8; 8] = [2, 1, 4, 3, 6, 5, 8, 7];

/// Where the next frame begins.
#[must_use]
pub fn next_start(bytes: &[u8]) -> Option<usize> {
    bytes.windows(MAGIC.len()).position(|window| window == MAGIC)
}

/// Where all frames begin.
pub fn starts(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    bytes.windows(MAGIC.len()).enumerate().filter(|(_, window)| *window == MAGIC).map(|(at, _)| at)
}

/// The little-endian word of two bytes at a place.
#[must_use]
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// The little-endian word of four bytes at a place.
#[must_use]
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
