//! What the screens share: bounds a little too low, and the cells above them.

use mmw_core::Real;

/// Cells that are compared with their bounds together.
const BLOCK: usize = 32;

/// Roundings of a sum and of its bound, at most: two trees of windows below 2^16 cells, and some additions.
const ROUNDINGS: f64 = 80.0;

/// What rounding may change of a sum in `T`, as a share of it.
pub(super) fn rounding<T: Real>() -> f64 {
    ROUNDINGS * T::epsilon().as_f64()
}

/// `multiplier` over `kept` of `cells` training cells, as a number in `T` that is a little too low.
pub(super) fn lowered<T: Real>(multiplier: f64, kept: usize, cells: usize) -> T {
    // The exact mean, in f64, adds its cells one by one.
    let slack = rounding::<T>() + 2.0 * cells as f64 * f64::EPSILON;
    let weight = if kept > 0 { multiplier / kept as f64 * (1.0 - slack) } else { 0.0 };
    T::lit(weight.clamp(0.0, T::max_value().as_f64()))
}

/// Adds the cells of a row that are above their bounds; those after the shorter slice are passed over.
#[inline(always)]
pub(super) fn above<T: Real>(row: usize, cells: &[T], bounds: &[T], found: &mut Vec<[usize; 2]>) {
    for (block, (cells, bounds)) in cells.chunks(BLOCK).zip(bounds.chunks(BLOCK)).enumerate() {
        let above = || cells.iter().zip(bounds.iter());
        // Without an early exit, so that it vectorises.
        if above().fold(false, |any, (cell, bound)| any | (cell > bound)) {
            let passed = above().enumerate().filter(|(_, (cell, bound))| cell > bound);
            found.extend(passed.map(|(i, _)| [row, block * BLOCK + i]));
        }
    }
}
