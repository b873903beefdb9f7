//! Loops over slices, compiled for the widest vector registers that the machine has.

use mmw_core::by_level;
use mmw_core::simd::Level;

/// Work in loops. `run` must be `#[inline(always)]`, as must all that it calls in its loops, or it is
/// compiled without the instructions. Nothing is fused, so that all of them give the same bits.
pub(crate) trait Work {
    type Output;
    fn run(self) -> Self::Output;
}

/// Runs `work` at the current level.
pub(crate) fn widest<W: Work>(work: W) -> W::Output {
    at(Level::current(), work)
}

by_level! {
    /// Runs `work` at a level.
    pub(crate) fn at<W: Work>(level: Level, work: W) -> W::Output {
        work.run()
    }
}

/// `a b + sum`, rounded once where `FMA`; only in functions that say how much that changes.
#[inline(always)]
pub(crate) fn fused<const FMA: bool>(a: f64, b: f64, sum: f64) -> f64 {
    if FMA { a.mul_add(b, sum) } else { a * b + sum }
}
