//! The training cells of one cell, one by one.

use super::CfarConfig;
use super::window::Window;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{Real, Result};
use std::ops::Range;

/// Gathers the training cells of a cell in their two halves: nearer and farther in range; of its own row, the
/// slower and the faster.
#[derive(Debug, Clone)]
pub(super) struct Ring {
    range: Window,
    doppler: Window,
}

impl Ring {
    /// # Errors
    /// As [`CaCfar::new`].
    pub(super) fn new(config: &CfarConfig, [rows, columns]: [usize; 2]) -> Result<Self> {
        Ok(Self {
            range: Window::new("range axis", rows, config.train[0], config.guard[0], config.edges[0])?,
            doppler: Window::new("Doppler axis", columns, config.train[1], config.guard[1], config.edges[1])?,
        })
    }

    pub(super) fn windows(&self) -> [&Window; 2] {
        [&self.range, &self.doppler]
    }

    /// The sizes of the two halves around `index`.
    pub(super) fn halves(&self, index: [usize; 2]) -> [usize; 2] {
        let (range, doppler) = (&self.range, &self.doppler);
        let rows = |places: Range<usize>| places.filter(|i| range.source(index[0] + i).is_some());
        let columns =
            |places: Range<usize>| places.filter(|j| doppler.source(index[1] + j).is_some()).count();
        let (tall, wide) = (range.reach(), doppler.reach());
        let ends = [columns(0..wide - doppler.guard), columns(wide + doppler.guard + 1..2 * wide + 1)];
        let (all, sides) = (columns(0..2 * wide + 1), ends[0] + ends[1]);
        let across = |i: usize| if i.abs_diff(tall) <= range.guard { sides } else { all };
        [
            rows(0..tall).map(across).sum::<usize>() + ends[0],
            rows(tall + 1..2 * tall + 1).map(across).sum::<usize>() + ends[1],
        ]
    }

    /// The powers around `index` into the two halves, which are cleared first.
    pub(super) fn gather<T: Real>(
        &self,
        power: &ArrayRef2<T>,
        index: [usize; 2],
        halves: &mut [Vec<f64>; 2],
    ) {
        halves.iter_mut().for_each(Vec::clear);
        let (tall, wide) = (self.range.reach(), self.doppler.reach());
        let [left, right] = [0..wide - self.doppler.guard, wide + self.doppler.guard + 1..2 * wide + 1];
        for i in 0..=2 * tall {
            let Some(row) = self.range.source(index[0] + i) else { continue };
            let cells = power.row(row);
            let mut take = |places: Range<usize>, half: usize| {
                self.doppler.for_each_run(index[1], places, |columns| match cells.to_slice() {
                    Some(cells) => halves[half].extend(cells[columns].iter().map(|cell| cell.as_f64())),
                    None => halves[half].extend(columns.map(|column| cells[column].as_f64())),
                });
            };
            let half = usize::from(i > tall);
            if i.abs_diff(tall) > self.range.guard {
                take(0..2 * wide + 1, half);
            } else {
                take(left.clone(), half);
                take(right.clone(), usize::from(i >= tall));
            }
        }
    }
}

/// Every cell counted by [`CaCfar::training_cells`] is gathered, and no other.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfar::{CaCfar, Edge};
    use mmw_core::ndarray::Array2;

    #[test]
    fn the_ring_holds_the_training_cells() {
        for (train, guard, edges) in [
            ([8, 3], [4, 2], [Edge::Shrink, Edge::Wrap]),
            ([2, 5], [0, 1], [Edge::Wrap, Edge::Shrink]),
            ([3, 0], [1, 4], [Edge::Shrink, Edge::Wrap]),
        ] {
            let config = CfarConfig { train, guard, edges, ..CfarConfig::default() };
            let shape = [21, 17];
            let (ring, plan) = (Ring::new(&config, shape).unwrap(), CaCfar::new(&config, shape).unwrap());
            let power = Array2::from_shape_fn((21, 17), |(r, d)| ((r * 31 + d * 7) % 13) as f64);
            let noise = plan.noise_map(&power).unwrap();
            let mut halves = [Vec::new(), Vec::new()];
            for ((row, column), &mean) in noise.indexed_iter() {
                ring.gather(&power, [row, column], &mut halves);
                let all: Vec<f64> = halves.concat();
                assert_eq!(ring.halves([row, column]), [halves[0].len(), halves[1].len()]);
                assert_eq!(all.len(), plan.training_cells([row, column]));
                // Whole numbers: exact but for the division.
                assert!((all.iter().sum::<f64>() / all.len() as f64 - mean).abs() < 1e-12);
            }
        }
    }
}
