//! Censored cells in the windows that they stand in.

use super::Detection;
use super::sums::Windows;
use super::window::Window;
use crate::wide::Work;
use std::ops::{AddAssign, Range};

/// Counts cells in the windows that they stand in, and adds up their powers where they are asked for.
pub(super) struct Mark<'a> {
    pub(super) windows: &'a Windows,
    /// Those of one range bin in a row.
    pub(super) cells: &'a [Detection],
    pub(super) taken: Option<&'a mut Vec<f64>>,
    pub(super) count: &'a mut [u32],
    /// Memory: of the cells of one range bin, how many stand within reach along it, and how many
    /// beyond the guard.
    pub(super) lines: &'a mut [Vec<u32>; 2],
    /// Memory: the power of one cell within reach along its range bin, and beyond the guard.
    pub(super) powers: &'a mut [Vec<f64>; 2],
}

impl Work for Mark<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { windows: Windows { range, doppler }, cells, mut taken, count, lines, powers } = self;
        let (tall, wide) = (range.reach(), doppler.reach());
        let [all, sides] = lines;
        // Those of one range bin are counted together: rows are longer than windows, but fewer.
        for cells in cells.chunk_by(|a, b| a.index[0] == b.index[0]) {
            let runs = |cell: &Detection| {
                let ends = [0..doppler.train, 2 * wide + 1 - doppler.train..2 * wide + 1];
                [[0..2 * wide + 1, 0..0], ends].map(|parts| Runs::new(doppler, cell.index[1], parts))
            };
            all.fill(0);
            sides.fill(0);
            for cell in cells {
                let [across, ends] = runs(cell);
                across.add(all, 1);
                ends.add(sides, 1);
            }
            let rows = (0..=2 * tall).filter_map(|place| {
                let row = range.source(cells[0].index[0] + place)?;
                Some((row * doppler.len, place.abs_diff(tall) > range.guard))
            });
            for (start, beyond) in rows.clone() {
                let count = &mut count[start..start + doppler.len];
                count.iter_mut().zip(if beyond { &*all } else { &*sides }).for_each(|(n, more)| *n += more);
            }
            let Some(taken) = &mut taken else { continue };
            for cell in cells {
                let [across, ends] = runs(cell);
                // Zeros within the guard change nothing, and one run is faster than two.
                let [all, sides] = &mut *powers;
                across.fill(all, cell.power);
                across.fill(sides, 0.0);
                ends.fill(sides, cell.power);
                for (start, beyond) in rows.clone() {
                    let (taken, powers) =
                        (&mut taken[start..start + doppler.len], if beyond { &*all } else { &*sides });
                    // Of one part, so of two runs at most.
                    for run in &across.0[..2] {
                        taken[run.clone()]
                            .iter_mut()
                            .zip(&powers[run.clone()])
                            .for_each(|(sum, power)| *sum += power);
                    }
                }
            }
        }
    }
}

/// Columns of one or two parts of a window, each as one or two runs.
struct Runs([Range<usize>; 4]);

impl Runs {
    #[inline(always)]
    fn new(window: &Window, bin: usize, parts: [Range<usize>; 2]) -> Self {
        let mut runs = [const { 0..0 }; 4];
        for (places, runs) in parts.into_iter().zip(runs.chunks_exact_mut(2)) {
            let mut free = runs.iter_mut();
            window.for_each_run(bin, places, |run| {
                free.next().into_iter().for_each(|free| *free = run.clone())
            });
        }
        Self(runs)
    }

    #[inline(always)]
    fn fill<N: Copy>(&self, row: &mut [N], value: N) {
        self.0.iter().for_each(|run| row[run.clone()].fill(value));
    }

    #[inline(always)]
    fn add<N: Copy + AddAssign>(&self, row: &mut [N], more: N) {
        for run in &self.0 {
            row[run.clone()].iter_mut().for_each(|n| *n += more);
        }
    }
}
