//! What it takes to split a computation over blocks, threads or machines.

/// Accumulators that can take in what another one, fed with the data that come next, has gathered.
///
/// `merge` need not be exactly associative (sums of floating-point numbers are not);
/// [`crate::monte_carlo`] always merges in the same order, whatever the split.
///
/// # Examples
/// ```
/// use mmw_core::stats::{Merge, Moments};
///
/// let mut first: Moments = [1.0, 2.0].into_iter().collect();
/// first.merge([3.0, 6.0].into_iter().collect());
/// assert_eq!((first.count(), first.mean()?), (4, 3.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub trait Merge {
    /// Takes in `other`, which gathered the data that follow on those of `self`.
    fn merge(&mut self, other: Self);
}

impl Merge for () {
    fn merge(&mut self, (): Self) {}
}

/// Lists are joined in order.
impl<T> Merge for Vec<T> {
    fn merge(&mut self, other: Self) {
        self.extend(other);
    }
}

impl<M: Merge, const N: usize> Merge for [M; N] {
    fn merge(&mut self, other: Self) {
        self.iter_mut().zip(other).for_each(|(a, b)| a.merge(b));
    }
}

impl<A: Merge, B: Merge> Merge for (A, B) {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
        self.1.merge(other.1);
    }
}

impl<A: Merge, B: Merge, C: Merge> Merge for (A, B, C) {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
        self.1.merge(other.1);
        self.2.merge(other.2);
    }
}
