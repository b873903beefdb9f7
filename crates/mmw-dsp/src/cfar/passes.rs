//! Passes over cells without an early exit, so that they vectorise.

use crate::wide::Work;
use mmw_core::Real;

/// Whether there are cells above their thresholds.
pub(super) struct AnyAbove<'a, T> {
    pub(super) cells: &'a [T],
    pub(super) sums: &'a [T],
    pub(super) ratios: &'a [T],
}

impl<T: Real> Work for AnyAbove<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // Hits are rare.
        let cells = self.cells.iter().zip(self.sums).zip(self.ratios);
        cells.fold(false, |any, ((&cell, &sum), &ratio)| any | (cell > ratio * sum))
    }
}

/// Whether all powers are numbers from 0 to `most`.
pub(super) struct Within<'a, T> {
    pub(super) powers: &'a [T],
    pub(super) most: T,
}

impl<T: Real> Work for Within<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // False for NaN too.
        self.powers.iter().fold(true, |fine, &p| fine & (p >= T::zero()) & (p <= self.most))
    }
}
