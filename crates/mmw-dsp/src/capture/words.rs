//! 16-bit little-endian words to complex samples and back: the inner loops of the layouts.
//!
//! Each loop runs over arrays of fixed size, so that the compiler sees no bounds and emits vector code.

use mmw_core::Real;
use mmw_core::num_complex::Complex;

#[inline(always)]
fn part<T: Real>(low: u8, high: u8) -> T {
    // Every 16-bit integer is a float of either size, so the fallback is never taken and compiles away.
    num_traits::cast(i16::from_le_bytes([low, high])).unwrap_or_else(T::zero)
}

/// Two lanes, complex: groups `I₀ I₁ Q₀ Q₁`.
#[inline(always)]
pub(super) fn decode_pairs<T: Real>(block: &[u8], row: &mut [Complex<T>]) {
    for (w, pair) in block.as_chunks::<8>().0.iter().zip(row.as_chunks_mut::<2>().0) {
        pair[0] = Complex::new(part(w[0], w[1]), part(w[4], w[5]));
        pair[1] = Complex::new(part(w[2], w[3]), part(w[6], w[7]));
    }
}

/// Two lanes, real: samples in a row.
#[inline(always)]
pub(super) fn decode_row<T: Real>(block: &[u8], row: &mut [Complex<T>]) {
    for (w, z) in block.as_chunks::<2>().0.iter().zip(row) {
        *z = Complex::new(part(w[0], w[1]), T::zero());
    }
}

/// One of four lanes: `BYTES` is 16 for complex samples, 8 for real ones.
#[inline(always)]
pub(super) fn decode_lane<T: Real, const BYTES: usize>(block: &[u8], lane: usize, row: &mut [Complex<T>]) {
    let at = 2 * lane.min(3);
    for (w, z) in block.as_chunks::<BYTES>().0.iter().zip(row) {
        let im = if BYTES == 16 { part(w[at + BYTES / 2], w[at + BYTES / 2 + 1]) } else { T::zero() };
        *z = Complex::new(part(w[at], w[at + 1]), im);
    }
}

/// Writes one part and says whether it had to be clipped (1) or not (0).
pub(super) fn put_word<T: Real>(block: &mut [u8], word: usize, value: T) -> u64 {
    let rounded = value.as_f64().round();
    let clipped = rounded.clamp(f64::from(i16::MIN), f64::from(i16::MAX));
    block[2 * word..2 * word + 2].copy_from_slice(&(clipped as i16).to_le_bytes());
    u64::from(clipped != rounded)
}
