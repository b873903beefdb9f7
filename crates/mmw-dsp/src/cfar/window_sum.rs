//! Sums over sliding windows, by additions alone.
//!
//! A running sum that adds the cell that enters and subtracts the cell that leaves keeps a residue of every
//! strong cell that it has seen: after a peak 60 dB above the noise, an `f32` sum carries an error of
//! `10⁶ · 2⁻²⁴`, 6 % of one noise cell, to the end of the row, and so does the difference of two
//! overlapping box sums. Here a window of width w is put together from sums of 1, 2, 4, 8, … neighbours.
//! Powers are not negative, so every partial sum is at most the result, and the relative error is at most
//! the depth of the tree (about 2 log2 w) times the rounding unit, in `f32` too, whatever stood nearby.
//! The passes run over whole slices without dependencies, so they vectorise.

use crate::cache_line::{aligned, aligned_zeros};
use mmw_core::Real;

/// Two buffers for partial sums, each at least as long as the input.
#[derive(Debug, Clone)]
pub(super) struct Levels<T> {
    even: Vec<T>,
    odd: Vec<T>,
}

impl<T: Real> Levels<T> {
    pub(super) fn new(len: usize) -> Self {
        Self { even: aligned_zeros(len), odd: aligned_zeros(len) }
    }
}

/// Sums over windows of one length.
pub(super) struct Sliding<'a, T> {
    window: usize,
    /// Where the next part of the first window begins.
    at: usize,
    begun: bool,
    output: &'a mut [T],
}

impl<'a, T: Real> Sliding<'a, T> {
    /// `output[i] = Σ_{j < window} input[first + i + j * stride]`; a window of zero gives zeros.
    #[inline(always)]
    pub(super) fn new(window: usize, first: usize, output: &'a mut [T]) -> Self {
        Self { window, at: first, begun: false, output }
    }

    /// The part that sums of `1 << level` neighbours contribute: those of the low bits of the window as their
    /// levels appear, and the top one from the level below, without being stored.
    #[inline(always)]
    fn take(&mut self, level: u32, sums: &[T], stride: usize) {
        let top = self.window.ilog2();
        if self.window & (1 << level) != 0 && (level < top || top == 0) {
            let part = &sums[self.at..];
            if self.begun {
                add_assign(self.output, part)
            } else {
                assign(self.output, part)
            }
            self.begun = true;
            self.at += stride << level;
        }
        if level + 1 == top {
            let (part, half) = (&sums[self.at..], stride << level);
            if self.begun {
                add_assign_sum(self.output, part, &part[half..]);
            } else {
                assign_sum(self.output, part, &part[half..]);
            }
        }
    }
}

/// Fills all outputs, from the same partial sums.
///
/// `input` holds at least `first + output.len() + (window - 1) * stride` values for each of them and `levels`
/// as many as `input`. Level l holds sums of 2^l neighbours, in `odd` or `even` as l is.
#[inline(always)]
pub(super) fn sliding_sums<T: Real, const N: usize>(
    input: &[T],
    stride: usize,
    levels: &mut Levels<T>,
    mut outputs: [Sliding<'_, T>; N],
) {
    let [even, odd] = [&mut levels.even, &mut levels.odd].map(|level| aligned(level));
    let mut top = 0;
    for sums in &mut outputs {
        match sums.window {
            0 => sums.output.fill(T::zero()),
            window => top = top.max(window.ilog2()),
        }
    }
    let mut valid = input.len();
    for level in 0..top.max(1) {
        let (current, next): (&[T], &mut [T]) = match level {
            0 => (input, odd),
            _ if level % 2 == 0 => (even, odd),
            _ => (odd, even),
        };
        // A loop: a closure would be compiled by itself, without the vector instructions.
        for sums in &mut outputs {
            if sums.window > 0 {
                sums.take(level, current, stride);
            }
        }
        if level + 1 < top {
            let half = stride << level;
            valid -= half;
            assign_sum(&mut next[..valid], current, &current[half..]);
        }
    }
}

#[inline(always)]
fn assign<T: Real>(output: &mut [T], a: &[T]) {
    for (out, &a) in output.iter_mut().zip(a) {
        *out = a;
    }
}

#[inline(always)]
pub(super) fn add_assign<T: Real>(output: &mut [T], a: &[T]) {
    for (out, &a) in output.iter_mut().zip(a) {
        *out += a;
    }
}

#[inline(always)]
pub(super) fn assign_sum<T: Real>(output: &mut [T], a: &[T], b: &[T]) {
    for ((out, &a), &b) in output.iter_mut().zip(a).zip(b) {
        *out = a + b;
    }
}

#[inline(always)]
fn add_assign_sum<T: Real>(output: &mut [T], a: &[T], b: &[T]) {
    for ((out, &a), &b) in output.iter_mut().zip(a).zip(b) {
        *out += a + b;
    }
}

#[cfg(test)]
mod tests {
    use super::{Levels, Sliding, sliding_sums};

    #[test]
    fn the_tree_adds_what_the_definition_says_for_all_windows_and_strides() {
        let input: Vec<f64> = (0..200).map(|i| f64::from((i * i) % 37)).collect();
        let mut levels = Levels::new(input.len());
        for stride in [1, 3, 7] {
            for window in 0..=27_usize {
                let len = input.len() - window.saturating_sub(1) * stride;
                let mut output = vec![f64::NAN; len];
                // A second window of another length, from another place, shares the levels.
                let mut other = vec![f64::NAN; input.len() - 3 - 4 * stride];
                let both = [Sliding::new(window, 0, &mut output), Sliding::new(5, 3, &mut other)];
                sliding_sums(&input, stride, &mut levels, both);
                for (i, &sum) in other.iter().enumerate() {
                    assert_eq!(sum, (0..5).map(|j| input[3 + i + j * stride]).sum::<f64>());
                }
                for (i, &sum) in output.iter().enumerate() {
                    // Whole numbers add up exactly in any order.
                    assert_eq!(sum, (0..window).map(|j| input[i + j * stride]).sum::<f64>());
                }
            }
        }
    }
}
