//! By what numbers are multiplied that come from pairs of words.

/// Words become numbers in the upper half of an integer, which spares the shift that would keep their sign.
/// A power of two: taken out by the windows, it changes no bit.
pub(crate) const PAIRS_SCALE: f32 = 65536.0;
