//! The plane waves of a scan, and how far aside they may come from.

use super::scan::{PlanarScan, uniform};
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::math::sin_cos_of_turns;
use mmw_core::simd::Level;
use mmw_core::{Axis, Real, Result, by_level};

/// The plane waves of a scan in cycles per metre: `2f/c` by frequency, and what they are along z.
#[derive(Debug)]
pub(super) struct Waves {
    /// Along y and x, by the bins of their transforms.
    cycles_per_m: [Vec<f64>; 2],
    by_frequency: Vec<f64>,
    /// Distance of the middle of the image, m.
    middle_m: f64,
    /// Points of the grid of tones in a cycle per metre.
    grid: f64,
    /// Whether the scan is a plane, not a line.
    flat: bool,
    /// Waves less steep than this, in cycles per metre, do not arrive.
    least: f64,
}

impl Waves {
    pub(super) fn new<T: Real>(
        scan: &PlanarScan<T>,
        z: &Axis,
        [rows, columns]: [usize; 2],
        grid: usize,
    ) -> Result<Self> {
        let frequencies = scan.frequency().iter();
        let by_frequency: Vec<f64> = frequencies.map(|hz| 2.0 * hz / SPEED_OF_LIGHT_M_S).collect();
        let most = by_frequency.last().copied().unwrap_or_default();
        let bins = |points: usize, step: f64| (0..points).map(|i| cycles(i, points) / step).collect();
        Ok(Self {
            cycles_per_m: [bins(rows, uniform("y", scan.y())?), bins(columns, uniform("x", scan.x())?)],
            by_frequency,
            middle_m: z.at((z.len() / 2) as f64),
            grid: uniform("z", z)? * grid as f64,
            flat: rows > 1 && columns > 1,
            least: most * 1e-3,
        })
    }

    /// Cycles per metre along y and x of a pair of bins.
    pub(super) fn across(&self, [i, j]: [usize; 2]) -> [f64; 2] {
        [self.cycles_per_m[0][i], self.cycles_per_m[1][j]]
    }

    /// Whether there are waves of so many cycles across.
    pub(super) fn arrive(&self, across: [f64; 2]) -> bool {
        let most = self.by_frequency.last().copied().unwrap_or_default();
        across[0].hypot(across[1]).hypot(self.least) < most
    }

    /// The tones along z at so many cycles across, and the parts of the weight of each; the number of the
    /// first frequency that has one.
    pub(super) fn tones(&self, across: f64, tones: &mut Vec<f64>, weights: [&mut Vec<f64>; 2]) -> usize {
        let least = across.hypot(self.least);
        let first = self.by_frequency.partition_point(|&cycles| cycles <= least);
        let from = &self.by_frequency[first..];
        let [re, im] = weights;
        for list in [&mut *tones, &mut *re, &mut *im] {
            list.resize(from.len(), 0.0);
        }
        along(Level::current(), from, [across, self.middle_m, self.grid], self.flat, tones, [re, im]);
        first
    }
}

by_level! {
    /// Cycles along z by the grid's scale, and the weight of the wave.
    fn along(
        level: Level, by_frequency: &[f64], wave: [f64; 3], flat: bool, along: &mut [f64],
        weight: [&mut [f64]; 2],
    ) {
        let ([across, middle_m, grid], [re, im]) = (wave, weight);
        let square = across * across;
        for (((&cycles, along), re), im) in by_frequency.iter().zip(along).zip(re).zip(im) {
            let z = (cycles * cycles - square).sqrt();
            let (sin, cos) = sin_cos_of_turns(z * middle_m);
            let weight = cycles / (z * if flat { z } else { z.sqrt() });
            (*along, *re, *im) = (z * grid, weight * cos, weight * sin);
        }
    }
}

/// How far aside a wave may come from: a transform knows places only up to its period, so that what lies
/// beyond half of it would come in at the other edge. A wave comes from where its phase is stationary,
/// `z k_x/k_z` aside.
#[derive(Debug)]
pub(super) struct Reach {
    distances_m: Vec<f64>,
    /// `2f/c` of the middle of the band.
    cycles_per_m: f64,
    /// Along y and x: kept up to the first, gone from the second on.
    limits_m: [[f64; 2]; 2],
}

impl Reach {
    pub(super) fn new<T: Real>(
        scan: &PlanarScan<T>,
        z: &Axis,
        voxels: [usize; 2],
        points: [usize; 2],
    ) -> Result<Self> {
        let limit = |points: usize, positions: usize, voxels: usize, step_m: f64| {
            if points == 1 {
                return [f64::INFINITY; 2];
            }
            let (half, needed) = (0.5 * points as f64, 0.5 * (positions + voxels) as f64);
            let [full, none] = [needed.min(0.9 * half), (2.0 * half - needed).max(1.1 * half)];
            [full * step_m, none * step_m]
        };
        let ([rows, columns], [high, wide]) = (points, voxels);
        let y = limit(rows, scan.y().len(), high, uniform("y", scan.y())?);
        let x = limit(columns, scan.x().len(), wide, uniform("x", scan.x())?);
        let middle_hz = scan.frequency().at(0.5 * (scan.frequency().len() - 1) as f64);
        let cycles_per_m = 2.0 * middle_hz / SPEED_OF_LIGHT_M_S;
        Ok(Self { distances_m: z.to_vec(), cycles_per_m, limits_m: [y, x] })
    }

    /// Whether nothing of a wave remains at any distance.
    pub(super) fn beyond(&self, across: [f64; 2]) -> bool {
        let nearest_m = self.distances_m.first().copied().unwrap_or_default();
        let along = self.along(across);
        let past = |(across, [_, none_m]): (&f64, &[f64; 2])| nearest_m * across.abs() >= none_m * along;
        across.iter().zip(&self.limits_m).any(past)
    }

    /// Cycles per metre along z of a wave of the middle of the band.
    fn along(&self, across: [f64; 2]) -> f64 {
        let square = self.cycles_per_m * self.cycles_per_m - across[0] * across[0] - across[1] * across[1];
        square.max(0.0).sqrt()
    }

    /// What of a wave remains at each distance; `false` if it remains as it is.
    pub(super) fn shares(&self, across: [f64; 2], shares: &mut Vec<f64>) -> bool {
        let along = self.along(across);
        let farthest_m = self.distances_m.last().copied().unwrap_or_default();
        let near = |(across, [full_m, _]): (&f64, &[f64; 2])| farthest_m * across.abs() <= full_m * along;
        if across.iter().zip(&self.limits_m).all(near) {
            return false;
        }
        shares.clear();
        shares.resize(self.distances_m.len(), 1.0);
        for (across, [full_m, none_m]) in across.into_iter().zip(self.limits_m) {
            for (z, share) in self.distances_m.iter().zip(&mut *shares) {
                let aside_m = z * across.abs();
                if aside_m > full_m * along {
                    let rest = ((none_m * along - aside_m) / ((none_m - full_m) * along)).max(0.0);
                    *share *= rest * rest * (3.0 - 2.0 * rest);
                }
            }
        }
        true
    }
}

/// Cycles over all points of a bin of a transform.
fn cycles(bin: usize, points: usize) -> f64 {
    let signed = if 2 * bin < points { bin as f64 } else { bin as f64 - points as f64 };
    signed / points as f64
}
