//! The plane of a sample, in parts whose probability is known.

use super::super::law::{RULE, scaled_bessel_i0};
use super::super::modulation::Modulation;
use mmw_core::C64;

/// What a record is compared with: amplitude, and deviation of either part of the noise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Law {
    pub(super) modulation: Modulation,
    pub(super) amplitude: f64,
    pub(super) noise_std: f64,
}

/// Steps of the integration: a quarter of a deviation of the radius, a third of that of the angle.
const RADII: usize = 52;
const ANGLES: usize = 24;

impl Law {
    /// Density of radius and of the angle from the nearest phase, but for a factor.
    fn density(&self, r: f64, angle: f64) -> f64 {
        let (s, v) = (self.amplitude, self.noise_std * self.noise_std);
        let one = |m: usize| {
            let cosine = (angle + m as f64 * self.modulation.turn_rad()).cos();
            ((2.0 * r * s * cosine - r * r - s * s) / (2.0 * v)).exp()
        };
        r * (0..self.modulation.order()).map(one).sum::<f64>()
    }

    /// Probability of a radius beyond `r`, which lies above the amplitude.
    pub(super) fn survival(&self, r: f64) -> f64 {
        let (s, v) = (self.amplitude, self.noise_std * self.noise_std);
        let width = 8.0 * self.noise_std;
        let density = |r: f64| r / v * (-(r - s) * (r - s) / (2.0 * v)).exp() * scaled_bessel_i0(r * s / v);
        width * RULE.iter().map(|(node, weight)| weight * density(r + width * node)).sum::<f64>()
    }
}

/// Parts by radius and by the angle from the nearest phase, both split into parts of equal probability as far
/// as the steps of the integration allow.
pub(super) struct Partition {
    radii: Vec<f64>,
    angles: Vec<f64>,
    turn_rad: f64,
    /// By radius, then angle.
    pub(super) probabilities: Vec<f64>,
}

impl Partition {
    pub(super) fn new(law: &Law, [by_radius, by_angle]: [usize; 2]) -> Self {
        let (s, sigma) = (law.amplitude, law.noise_std);
        let first = (s - 6.0 * sigma).max(0.0);
        let step = (s + 6.5 * sigma - first) / RADII as f64;
        let turn_rad = law.modulation.turn_rad();
        let widest = (0.5 * turn_rad).min(8.0 * sigma / s.max(1e-3 * sigma));
        let turn_step = widest / ANGLES as f64;
        // Gauss's rule of two points in either direction.
        let nodes = |start: f64, step: f64, k: usize| {
            [-1.0, 1.0].map(|side| start + step * (k as f64 + 0.5 + side * 0.5 / 3.0_f64.sqrt()))
        };
        let mass = |i: usize, j: usize| -> f64 {
            let angles = nodes(0.0, turn_step, j);
            nodes(first, step, i).iter().map(|r| angles.map(|a| law.density(*r, a)).iter().sum::<f64>()).sum()
        };
        let masses: Vec<Vec<f64>> = (0..RADII).map(|i| (0..ANGLES).map(|j| mass(i, j)).collect()).collect();
        let rows: Vec<f64> = masses.iter().map(|row| row.iter().sum()).collect();
        let columns: Vec<f64> = (0..ANGLES).map(|j| masses.iter().map(|row| row[j]).sum()).collect();
        let (row_cuts, column_cuts) = (cuts(&rows, by_radius), cuts(&columns, by_angle));
        let total: f64 = rows.iter().sum();
        let mut probabilities = vec![0.0; (row_cuts.len() + 1) * (column_cuts.len() + 1)];
        for (i, row) in masses.iter().enumerate() {
            for (j, mass) in row.iter().enumerate() {
                let part = part_of(&row_cuts, i) * (column_cuts.len() + 1) + part_of(&column_cuts, j);
                probabilities[part] += mass / total;
            }
        }
        Self {
            radii: row_cuts.iter().map(|cut| first + step * *cut as f64).collect(),
            angles: column_cuts.iter().map(|cut| turn_step * *cut as f64).collect(),
            turn_rad,
            probabilities,
        }
    }

    /// How many samples lie in each part.
    pub(super) fn counts(&self, y: &[C64]) -> Vec<u64> {
        let mut counts = vec![0; self.probabilities.len()];
        for y in y {
            let (r, angle) = y.to_polar();
            let off = (angle - self.turn_rad * (angle / self.turn_rad).round()).abs();
            let [row, column] = [(&self.radii, r), (&self.angles, off)]
                .map(|(edges, x)| edges.iter().filter(|edge| x > **edge).count());
            if let Some(count) = counts.get_mut(row * (self.angles.len() + 1) + column) {
                *count += 1;
            }
        }
        counts
    }
}

/// Where the sum of masses passes each multiple of its whole over `parts`: steps before the cut.
fn cuts(masses: &[f64], parts: usize) -> Vec<usize> {
    let total: f64 = masses.iter().sum();
    let (mut sum, mut cuts) = (0.0, Vec::new());
    for (k, mass) in masses.iter().enumerate() {
        // The nearer end of the step.
        let next = (cuts.len() + 1) as f64 * total / parts as f64;
        if cuts.len() + 1 < parts && sum + 0.5 * mass > next && k > cuts.last().copied().unwrap_or(0) {
            cuts.push(k);
        }
        sum += mass;
    }
    cuts
}

fn part_of(cuts: &[usize], step: usize) -> usize {
    cuts.iter().filter(|cut| step >= **cut).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_about_equal_probabilities_and_the_tail_that_of_rayleigh() {
        for (amplitude, noise_std) in [(0.0, 0.7), (0.5, 0.6), (0.95, 0.2), (1.0, 0.01)] {
            for modulation in Modulation::ALL {
                let law = Law { modulation: *modulation, amplitude, noise_std };
                let parts = Partition::new(&law, [6, 4]).probabilities;
                assert_eq!(parts.len(), 24);
                assert!((parts.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                assert!(parts.iter().all(|p| (0.01..0.12).contains(p)), "{amplitude} {modulation} {parts:?}");
            }
        }
        let law = Law { modulation: Modulation::Qpsk, amplitude: 0.0, noise_std: 0.5 };
        // exp(−r²/2σ²), to the Bessel function's 2e-7.
        assert!((law.survival(1.5) / (-4.5_f64).exp() - 1.0).abs() < 1e-6);
    }
}
