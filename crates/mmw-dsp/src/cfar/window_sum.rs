//! Sums over sliding windows, by additions alone.
//!
//! A running sum that adds the cell that enters and subtracts the cell that leaves keeps a residue of every
//! strong cell that it has seen: after a peak 60 dB above the noise, an `f32` sum carries an error of
//! `10^6 * 2^-24`, 6 % of one noise cell, to the end of the row, and so does the difference of two
//! overlapping box sums. Here a window of width w is put together from sums of 1, 2, 4, 8, … neighbours.
//! Powers are not negative, so every partial sum is at most the result, and the relative error is at most
//! the depth of the tree (about 2 log2 w) times the rounding unit, in `f32` too, whatever stood nearby.
//! The passes run over whole slices without dependencies, so they vectorise.

use mmw_core::Real;

/// Two buffers for partial sums, each at least as long as the input.
#[derive(Debug, Clone)]
pub(super) struct Levels<T> {
    even: Vec<T>,
    odd: Vec<T>,
}

impl<T: Real> Levels<T> {
    pub(super) fn new(len: usize) -> Self {
        Self { even: vec![T::zero(); len], odd: vec![T::zero(); len] }
    }
}

/// `output[i] = Σ_{j < window} input[i + j * stride]`, for every i that fits into `output`.
///
/// `input` holds at least `output.len() + (window - 1) * stride` values and `levels` as many as `input`; a
/// window of zero gives zeros.
#[inline(always)]
pub(super) fn sliding_sum<T: Real>(
    input: &[T],
    window: usize,
    stride: usize,
    levels: &mut Levels<T>,
    output: &mut [T],
) {
    match window {
        0 => output.fill(T::zero()),
        1 => output.copy_from_slice(&input[..output.len()]),
        _ => tree_sum(input, window, stride, levels, output),
    }
}

/// The low bits of `window` are added to the output as their levels appear; the top level is added without
/// being stored. Level l holds sums of 2^l neighbours, in `odd` or `even` as l is.
#[inline(always)]
fn tree_sum<T: Real>(input: &[T], window: usize, stride: usize, levels: &mut Levels<T>, output: &mut [T]) {
    let Levels { even, odd } = levels;
    let top = window.ilog2();
    let mut offset = 0;
    let mut valid = input.len();
    for level in 0..top {
        let (current, next): (&[T], &mut [T]) = match level {
            0 => (input, odd),
            _ if level % 2 == 0 => (even, odd),
            _ => (odd, even),
        };
        if window & (1 << level) != 0 {
            let part = &current[offset * stride..];
            if offset == 0 {
                assign(output, part)
            } else {
                add_assign(output, part)
            }
            offset += 1 << level;
        }
        let half = stride << level;
        if level + 1 == top {
            let part = &current[offset * stride..];
            if offset == 0 {
                assign_sum(output, part, &part[half..]);
            } else {
                add_assign_sum(output, part, &part[half..]);
            }
        } else {
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
fn add_assign<T: Real>(output: &mut [T], a: &[T]) {
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
    use super::{Levels, sliding_sum};

    #[test]
    fn the_tree_adds_what_the_definition_says_for_all_windows_and_strides() {
        let input: Vec<f64> = (0..200).map(|i| f64::from((i * i) % 37)).collect();
        let mut levels = Levels::new(input.len());
        for stride in [1, 3, 7] {
            for window in 0..=27_usize {
                let len = input.len() - window.saturating_sub(1) * stride;
                let mut output = vec![f64::NAN; len];
                sliding_sum(&input, window, stride, &mut levels, &mut output);
                for (i, &sum) in output.iter().enumerate() {
                    // Whole numbers add up exactly in any order.
                    assert_eq!(sum, (0..window).map(|j| input[i + j * stride]).sum::<f64>());
                }
            }
        }
    }
}
