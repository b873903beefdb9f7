//! Which cells may exceed the geometric mean, by sums of logarithms in the precision of the map.

use super::CaCfar;
use super::ring::Ring;
use super::screen::above;
use crate::wide::{Work, widest};
use mmw_core::math::{Elementary, ln};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Real, Result};

/// The bounds of all cells of a map, `[class of the range bin, Doppler bin]`.
#[derive(Debug)]
pub(super) struct Logs<T> {
    /// The logarithm of the multiplier, a little too low.
    margins: Array2<T>,
    /// One over the number of training cells.
    shares: Array2<T>,
}

impl<T: Real> Logs<T> {
    pub(super) fn new(ring: &Ring, multiplier: impl Fn([usize; 2]) -> Result<f64>) -> Result<Self> {
        // The logarithms are below 88 in single precision and 709 in double; a sum of them has some 25
        // roundings, and each of them is right to 5 ε of one more than itself.
        let slack = 2e4 * T::epsilon().as_f64();
        let [range, doppler] = ring.windows();
        let shape = (range.classes(), doppler.len);
        let (mut margins, mut shares) = (Array2::zeros(shape), Array2::zeros(shape));
        for ((class, column), margin) in margins.indexed_iter_mut() {
            let halves = ring.halves([range.member(class), column]);
            *margin = T::lit(multiplier(halves)?.ln() - slack);
            shares[[class, column]] = T::lit(((halves[0] + halves[1]) as f64).recip());
        }
        Ok(Self { margins, shares })
    }
}

impl<T: Real + Elementary> Logs<T> {
    /// Cells that may be detected, in row-major order.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`].
    pub(super) fn candidates(
        &self,
        mean: &CaCfar<T>,
        ring: &Ring,
        power: &ArrayRef2<T>,
    ) -> Result<Vec<[usize; 2]>> {
        let greatest = power.iter().copied().fold(T::zero(), T::max);
        let least = power.iter().copied().fold(greatest, T::min);
        if greatest <= T::zero() || least / greatest < T::min_positive_value() {
            return Ok(power.indexed_iter().map(|((row, column), _)| [row, column]).collect());
        }
        let mut depths = power.as_standard_layout().into_owned();
        if let Some(cells) = depths.as_slice_mut() {
            widest(Depths { cells, greatest });
        }
        let mut found = Vec::new();
        let mut bounds = vec![T::zero(); power.ncols()];
        let [range, _] = ring.windows();
        mean.for_each_row(&depths, &mut mean.scratch(), |row, depths, sums, _| {
            let class = range.class(row);
            let [margins, shares] =
                [&self.margins, &self.shares].map(|of| of.row(class).to_slice().unwrap_or_default());
            widest(Row { row, depths, sums, margins, shares, bounds: &mut bounds, found: &mut found });
        })?;
        Ok(found)
    }
}

/// How far the logarithms are below that of the greatest power.
struct Depths<'a, T> {
    cells: &'a mut [T],
    greatest: T,
}

impl<T: Real + Elementary> Work for Depths<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for cell in self.cells {
            let depth = -ln(*cell / self.greatest);
            *cell = if depth > T::zero() { depth } else { T::zero() };
        }
    }
}

/// The cells of a row that are less deep than the mean of their training cells less the margin.
struct Row<'a, T> {
    row: usize,
    depths: &'a [T],
    sums: &'a [T],
    margins: &'a [T],
    shares: &'a [T],
    bounds: &'a mut [T],
    found: &'a mut Vec<[usize; 2]>,
}

impl<T: Real> Work for Row<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let lines = self.sums.iter().zip(self.shares).zip(self.margins);
        for (bound, ((&sum, &share), &margin)) in self.bounds.iter_mut().zip(lines) {
            *bound = sum * share - margin;
        }
        above(self.row, self.bounds, self.depths, self.found);
    }
}
