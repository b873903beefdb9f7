//! A record as counts and means on a grid: the state of a stream, whose size does not depend on its length.

use super::modulation::Modulation;
use super::soft::Points;
use mmw_core::simd::Level;
use mmw_core::{C64, by_level};

/// Cells along either axis of a quadrant, over [`REACH`] root mean squares.
const SIDE: usize = 128;
const REACH: f64 = 4.0;
/// Samples whose cells are worked out at once.
const CHUNK: usize = 256;

/// Samples turned by a multiple of the constellation's turn into one quadrant, or one half-plane, and
/// gathered in square cells: how many, and their sum. What lies farther out counts in the outermost cells,
/// with its sum.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cells {
    is_half_plane: bool,
    pitch: f64,
    /// Sums of real and imaginary part, the count, and nothing, so that a cell is half a line of the cache.
    cells: Vec<[f64; 4]>,
}

impl Cells {
    /// For samples of a root mean square.
    pub(super) fn new(modulation: Modulation, rms: f64) -> Self {
        let is_half_plane = modulation == Modulation::Bpsk;
        let rows = if is_half_plane { 2 * SIDE } else { SIDE };
        Self { is_half_plane, pitch: REACH * rms / SIDE as f64, cells: vec![[0.0; 4]; SIDE * rows] }
    }

    pub(super) fn push(&mut self, samples: &[C64]) {
        let per_cell = 1.0 / self.pitch;
        if self.is_half_plane {
            gather_half_plane(Level::current(), samples, per_cell, &mut self.cells);
        } else {
            gather_quadrant(Level::current(), samples, per_cell, &mut self.cells);
        }
    }

    /// Makes the pitch fit a root mean square that has grown: two by two cells become one, as often as it
    /// takes.
    pub(super) fn coarsen_for(&mut self, rms: f64) {
        while REACH * rms > 2.0 * self.pitch * SIDE as f64 {
            self.pitch *= 2.0;
            let mut coarse = vec![[0.0; 4]; self.cells.len()];
            for (index, cell) in self.cells.iter().enumerate() {
                let (row, column) = (index / SIDE, index % SIDE);
                // Rows of a half-plane are counted from its middle.
                let row = if self.is_half_plane { (row + SIDE) / 2 } else { row / 2 };
                if let Some(to) = coarse.get_mut(row * SIDE + column / 2) {
                    to.iter_mut().zip(cell).for_each(|(sum, more)| *sum += more);
                }
            }
            self.cells = coarse;
        }
    }

    /// The cells that hold something, of unit power: two points each, a little apart from the mean of the
    /// cell, so that all together have the power of the samples.
    ///
    /// What the cells take from the variance, `pitch²/12` along either axis, is thus given back: along one
    /// diagonal and along the other in turns, so that it has no direction.
    pub(super) fn points(&self, count: f64, power: f64) -> Points {
        let scale = 1.0 / power.sqrt();
        let used = || self.cells.iter().enumerate().filter(|(_, [_, _, n, _])| *n > 0.0);
        let means =
            || used().map(|(index, [re, im, n, _])| (index, C64::new(*re, *im) * (scale / n), n / count));
        let of_means: f64 = means().map(|(_, mean, share)| share * mean.norm_sqr()).sum();
        let apart = (0.5 * (1.0 - of_means)).max(0.0).sqrt();
        let (mut y, mut weights) = (Vec::new(), Vec::new());
        for (index, mean, share) in means() {
            let is_odd = (index / SIDE + index % SIDE) % 2 == 1;
            let step = C64::new(apart, if is_odd { -apart } else { apart });
            y.extend([mean + step, mean - step]);
            weights.extend([0.5 * share; 2]);
        }
        Points { y, weights: Some(weights), share: 0.0 }
    }
}

by_level! {
    /// Counts samples in the cells of a half-plane.
    fn gather_half_plane(level: Level, samples: &[C64], per_cell: f64, cells: &mut [[f64; 4]]) {
        gather(samples, cells, #[inline(always)] |y| in_half_plane(y, per_cell));
    }
}

by_level! {
    /// Counts samples in the cells of a quadrant.
    fn gather_quadrant(level: Level, samples: &[C64], per_cell: f64, cells: &mut [[f64; 4]]) {
        gather(samples, cells, #[inline(always)] |y| in_quadrant(y, per_cell));
    }
}

/// Turns samples first, which is a loop of vectors, and counts them then.
#[inline(always)]
fn gather(samples: &[C64], cells: &mut [[f64; 4]], turned: impl Fn(C64) -> (f64, f64, u64)) {
    let (mut re, mut im, mut place) = ([0.0; CHUNK], [0.0; CHUNK], [0_u64; CHUNK]);
    for chunk in samples.chunks(CHUNK) {
        for (((y, re), im), place) in chunk.iter().zip(&mut re).zip(&mut im).zip(&mut place) {
            (*re, *im, *place) = turned(*y);
        }
        for ((re, im), place) in re.iter().zip(&im).zip(&place).take(chunk.len()) {
            if let Some(cell) = cells.get_mut(*place as usize) {
                let more = [*re, *im, 1.0, 0.0];
                cell.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
        }
    }
}

/// The whole number below `x`, within 0 and `last`; of a whole number, itself or the one below. What is
/// rounded to a whole number when 2⁵² is added stands in the last bits of the sum.
#[inline(always)]
fn whole(x: f64, last: f64) -> u64 {
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    ((x - 0.5).max(0.0).min(last) + WHOLE).to_bits() & 0xff
}

/// Turned by half a circle where the real part is negative.
#[inline(always)]
fn in_half_plane(y: C64, per_cell: f64) -> (f64, f64, u64) {
    let im = if y.re < 0.0 { -y.im } else { y.im };
    let (re, side) = (y.re.abs(), SIDE as f64);
    let row = whole(im * per_cell + side, 2.0 * side - 1.0);
    (re, im, (row << SIDE.ilog2()) | whole(re * per_cell, side - 1.0))
}

/// Turned by quarters of a circle until both parts are positive: they change places in the second and fourth
/// quadrant.
#[inline(always)]
fn in_quadrant(y: C64, per_cell: f64) -> (f64, f64, u64) {
    let (a, b) = (y.re.abs(), y.im.abs());
    let is_crossed = (y.re < 0.0) != (y.im < 0.0);
    let (re, im) = if is_crossed { (b, a) } else { (a, b) };
    let last = SIDE as f64 - 1.0;
    (re, im, (whole(im * per_cell, last) << SIDE.ilog2()) | whole(re * per_cell, last))
}
