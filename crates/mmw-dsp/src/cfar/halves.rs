//! Which cells may exceed the greater or the lesser mean of their two halves, by sums over both.
//!
//! A half is the rows on one side of a cell, and of its own row the cells on one side. Its sum is put
//! together from rectangles that do not overlap, each by the trees of [`super::window_sum`], so that its
//! relative error is some tens of rounding units whatever stands nearby. Cells that pass are judged by their
//! exact threshold.

use super::CfarKind;
use super::ring::Ring;
use super::screen::{above, lowered};
use super::window::Window;
use super::window_sum::{Levels, Sliding, assign_sum, sliding_sums};
use crate::cache_line::{aligned, aligned_zeros};
use crate::wide::{Work, widest};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Real, Result};

/// Range bins that are summed together, so that their sums stay in the second cache.
const BAND: usize = 32;

/// The bounds of all cells of a map.
#[derive(Debug)]
pub(super) struct Halves<T> {
    range: Window,
    doppler: Window,
    greatest: bool,
    /// Multiplier over the number of cells of the nearer and of the farther half, a little too low,
    /// `[class of the range bin, Doppler bin]`.
    weights: [Array2<T>; 2],
    /// Powers above this could overflow a sum.
    most: T,
}

impl<T: Real> Halves<T> {
    pub(super) fn new(
        kind: CfarKind,
        ring: &Ring,
        multiplier: impl Fn([usize; 2]) -> Result<f64>,
    ) -> Result<Self> {
        let [range, doppler] = ring.windows().map(Clone::clone);
        let shape = (range.classes(), doppler.len);
        let mut weights = [Array2::zeros(shape), Array2::zeros(shape)];
        for class in 0..range.classes() {
            for column in 0..doppler.len {
                let halves = ring.halves([range.member(class), column]);
                let multiplier = multiplier(halves)?;
                for (weights, cells) in weights.iter_mut().zip(halves) {
                    weights[[class, column]] = lowered(multiplier, cells, cells);
                }
            }
        }
        let cells = (2 * range.reach() + 1) as f64 * (2 * doppler.reach() + 1) as f64;
        let most = T::max_value() / T::lit(2.0 * cells);
        Ok(Self { range, doppler, greatest: kind == CfarKind::Go, weights, most })
    }

    /// Cells that may be detected, in row-major order.
    pub(super) fn candidates(&self, power: &ArrayRef2<T>) -> Vec<[usize; 2]> {
        if power.iter().any(|&cell| cell > self.most) {
            return power.indexed_iter().map(|((row, column), _)| [row, column]).collect();
        }
        let mut memory = Memory::new(self);
        let mut found = Vec::new();
        for first in (0..self.range.len).step_by(BAND) {
            let rows = BAND.min(self.range.len - first);
            memory.load(self, power, first, rows);
            widest(Band { plan: self, first, rows, memory: &mut memory, found: &mut found });
        }
        found
    }
}

/// Partial sums of a band, each `[range, padded Doppler]`.
struct Memory<T> {
    levels: Levels<T>,
    /// The map.
    padded: Vec<T>,
    /// Training rows, and guard rows, from each row on.
    strips: Vec<T>,
    guards: Vec<T>,
    /// Both on the nearer and on the farther side.
    sides: [Vec<T>; 2],
    /// Training columns from each column on: of both sides, and of the row itself.
    ends: [Vec<T>; 2],
    own: Vec<T>,
    /// Columns within the guard, of the training rows of both sides.
    middles: [Vec<T>; 2],
    bounds: Vec<T>,
}

impl<T: Real> Memory<T> {
    fn new(plan: &Halves<T>) -> Self {
        let (rows, pitch) = (BAND.min(plan.range.len), plan.doppler.padded());
        // A window of no rows begins at one row more than there are.
        let tall = (rows + 2 * plan.range.reach() + 1) * pitch;
        let zeros = || aligned_zeros(tall);
        Self {
            levels: Levels::new(tall),
            padded: zeros(),
            strips: zeros(),
            guards: zeros(),
            sides: [zeros(), zeros()],
            ends: [zeros(), zeros()],
            own: zeros(),
            middles: [zeros(), zeros()],
            bounds: vec![T::zero(); plan.doppler.len],
        }
    }

    /// The rows from `first` with those within their reach.
    fn load(&mut self, plan: &Halves<T>, power: &ArrayRef2<T>, first: usize, rows: usize) {
        let (pitch, reach) = (plan.doppler.padded(), plan.doppler.reach());
        let tall = rows + 2 * plan.range.reach();
        for (place, row) in aligned(&mut self.padded).chunks_exact_mut(pitch).take(tall).enumerate() {
            row.fill(T::zero());
            let Some(source) = plan.range.source(first + place) else { continue };
            row[reach..].iter_mut().zip(power.row(source)).for_each(|(to, &from)| *to = from);
            plan.doppler.pad(row);
        }
    }
}

struct Band<'a, T> {
    plan: &'a Halves<T>,
    first: usize,
    rows: usize,
    memory: &'a mut Memory<T>,
    found: &'a mut Vec<[usize; 2]>,
}

impl<T: Real> Work for Band<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { plan: Halves { range, doppler, greatest, weights, .. }, first, rows, memory, found } =
            self;
        let Memory { levels, padded, strips, guards, sides, ends, own, middles, bounds } = memory;
        let [padded, strips, guards, own] = [padded, strips, guards, own].map(|memory| aligned(memory));
        let [[near, far], [near_ends, far_ends], [near_middle, far_middle]] =
            [sides, ends, middles].map(|[near, far]| [aligned(near), aligned(far)]);
        let (pitch, reach) = (doppler.padded(), range.reach());
        let padded = &padded[..(rows + 2 * reach) * pitch];
        let count = |window: usize| (rows + 2 * reach + 1 - window) * pitch;
        let (strips, guards) = (&mut strips[..count(range.train)], &mut guards[..count(range.guard)]);
        let down = [Sliding::new(range.train, 0, strips), Sliding::new(range.guard, 0, guards)];
        sliding_sums(padded, pitch, levels, down);

        let all = rows * pitch;
        let after = reach + 1;
        let (rows_before, rows_after) = (&strips[..all], &strips[(after + range.guard) * pitch..][..all]);
        let (near, far) = (&mut near[..all], &mut far[..all]);
        assign_sum(near, rows_before, &guards[range.train * pitch..]);
        assign_sum(far, rows_after, &guards[after * pitch..]);

        let (train, inner) = (doppler.train, doppler.inner());
        let columns = all + 1 - train;
        let within = all - train - (inner - 1);
        let (near_ends, far_ends, own) =
            (&mut near_ends[..columns], &mut far_ends[..columns], &mut own[..columns]);
        let (near_middle, far_middle) = (&mut near_middle[..within], &mut far_middle[..within]);
        sliding_sums(near, 1, levels, [Sliding::new(train, 0, near_ends)]);
        sliding_sums(far, 1, levels, [Sliding::new(train, 0, far_ends)]);
        sliding_sums(&padded[reach * pitch..][..all], 1, levels, [Sliding::new(train, 0, own)]);
        sliding_sums(rows_before, 1, levels, [Sliding::new(inner, train, near_middle)]);
        sliding_sums(rows_after, 1, levels, [Sliding::new(inner, train, far_middle)]);

        let right = train + inner;
        for row in 0..rows {
            let start = row * pitch;
            let class = range.class(first + row);
            let [near_weights, far_weights] =
                weights.each_ref().map(|weights| weights.row(class).to_slice().unwrap_or_default());
            let cells = &padded[start + reach * pitch + doppler.reach()..][..doppler.len];
            let len = doppler.len;
            let nearer = [
                &near_middle[start..][..len],
                &near_ends[start..][..len],
                &near_ends[start + right..][..len],
                &own[start..][..len],
            ];
            let farther = [
                &far_middle[start..][..len],
                &far_ends[start..][..len],
                &far_ends[start + right..][..len],
                &own[start + right..][..len],
            ];
            let bounds = &mut bounds[..len];
            weigh(bounds, nearer, &near_weights[..len], |_, near| near);
            let chosen = |one: T, other: T| if (one > other) == *greatest { one } else { other };
            weigh(bounds, farther, &far_weights[..len], chosen);
            above(first + row, cells, bounds, found);
        }
    }
}

/// Each bound becomes what `chosen` makes of it and the weighted sum of the parts.
#[inline(always)]
fn weigh<T: Real>(bounds: &mut [T], parts: [&[T]; 4], weights: &[T], chosen: impl Fn(T, T) -> T) {
    let [a, b, c, d] = parts;
    let sums = a.iter().zip(b).zip(c).zip(d).map(|(((&a, &b), &c), &d)| a + (b + c) + d);
    for ((bound, sum), &weight) in bounds.iter_mut().zip(sums).zip(weights) {
        *bound = chosen(*bound, sum * weight);
    }
}
