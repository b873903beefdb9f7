//! What a target does to the bins around a peak, along one axis, and what noise does to them.
//!
//! A tone δ bins off the peak bin k₀, seen at bin k₀ + o through the weights w and a DFT of N points, is
//!
//! ```text
//! s_o(δ) = Σₙ wₙ exp(−j 2π o n / N) exp(+j 2π δ (n − n_c) / N),   n_c = (len − 1) / 2
//! ```
//! up to its complex amplitude, and white noise has there the covariance
//!
//! ```text
//! C_oo' = Σₙ wₙ² exp(−j 2π (o − o') n / N)
//! ```
//! Both depend on bin differences alone, so they are tabulated once. `s` is entire in δ; its Taylor series
//! has terms of at most `π^p / p!` for one bin, so degree 26 is exact to rounding for |δ| ≤ 1.
//!
//! Neighbouring bins of a zero-padded DFT, or of a window that tapers far, depend on each other: `C` is then
//! singular to rounding. Cholesky factorisation with pivoting picks bins that are independent; the others
//! are combinations of them and carry no more information.

use mmw_core::{C64, Result, check};
use std::f64::consts::TAU;

const DEGREE: usize = 26;
/// Of a product of two series, whose terms are at most `(2π)^p / p!`.
const ENERGY_DEGREE: usize = 42;
/// Bins whose own variance, given the bins chosen so far, is below this share are left out. The rounding of
/// an `f32` transform is about 1e-14 of the peak's power: 60 dB above the noise that is 1e-8 of the noise.
const DEPENDENT: f64 = 1e-6;
/// Beyond this the cost grows and nothing is won.
const MAX_HALF_WIDTH: usize = 64;

/// One axis of the model: tables for all offsets of the patch.
#[derive(Debug, Clone)]
pub(super) struct PatchAxis {
    pub(super) fft: usize,
    pub(super) half_width: usize,
    /// `n_c`.
    pub(super) centre: f64,
    /// Taylor coefficients of `s_o`, `[offset + half_width][degree]`.
    series: Vec<[C64; DEGREE + 1]>,
    /// `C` for bin differences from 0 to `2 half_width`.
    covariance: Vec<C64>,
}

/// The model on the independent bins of a patch.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    /// Bins relative to the peak.
    pub(super) offsets: Vec<isize>,
    /// Taylor coefficients of `s`, a bin each.
    signal: Vec<[C64; DEGREE + 1]>,
    /// Taylor coefficients of `C⁻¹ s`, a bin each.
    matched: Vec<[C64; DEGREE + 1]>,
    /// Taylor coefficients of `q = sᴴ C⁻¹ s`.
    energy: [f64; ENERGY_DEGREE + 1],
    /// Inverse of the Cholesky factor of `C`, lower triangular, row by row.
    pub(super) whitening: Vec<Vec<C64>>,
}

/// `C⁻¹ s` and its two derivatives, a bin each.
#[derive(Debug, Clone, Default)]
pub(super) struct Matched {
    pub(super) values: [Vec<C64>; 3],
    /// `q`, `q'`, `q''`.
    pub(super) energy: [f64; 3],
}

impl PatchAxis {
    pub(super) fn new(name: &'static str, weights: &[f64], fft: usize, half_width: usize) -> Result<Self> {
        check::at_least(name, weights.len(), 1)?;
        check::at_least(format!("FFT length of the {name}"), fft, weights.len())?;
        for &weight in weights {
            check::finite(name, weight)?;
        }
        let largest = weights.iter().fold(0.0_f64, |most, w| most.max(w.abs()));
        check::in_range(format!("largest of the {name}"), largest, 1e-50, 1e50)?;
        check::in_range("half_width", half_width as f64, 0.0, MAX_HALF_WIDTH as f64)?;
        let half_width = half_width.min((fft - 1) / 2);
        let centre = (weights.len() - 1) as f64 / 2.0;
        let reach = half_width as isize;
        let series = (-reach..=reach).map(|o| taylor(weights, fft, centre, o)).collect();
        let covariance = (0..=2 * half_width)
            .map(|d| weights.iter().enumerate().map(|(n, w)| twiddle(d as isize, n, fft) * (w * w)).sum())
            .collect();
        Ok(Self { fft, half_width, centre, series, covariance })
    }

    /// The patch from `below` bins under the peak to `above` bins over it.
    pub(super) fn patch(&self, below: usize, above: usize) -> Patch {
        let (below, above) = (below.min(self.half_width), above.min(self.half_width));
        let all: Vec<isize> = (-(below as isize)..=above as isize).collect();
        let (order, factor) = pivoted_cholesky(all.len(), |i, j| self.covariance_at(all[i] - all[j]));
        let offsets: Vec<isize> = order.iter().map(|&i| all[i]).collect();
        let signal: Vec<_> =
            offsets.iter().map(|o| self.series[(o + self.half_width as isize) as usize]).collect();
        let whitening = inverse_of_lower(&factor);
        let matched = solve(&whitening, &signal);
        let energy = energy_series(&signal, &matched);
        Patch { offsets, signal, matched, energy, whitening }
    }

    fn covariance_at(&self, difference: isize) -> C64 {
        let value = self.covariance[difference.unsigned_abs()];
        if difference < 0 { value.conj() } else { value }
    }
}

impl Patch {
    /// Whether the patch says anything about δ: one bin alone does not.
    pub(super) fn is_resolving(&self) -> bool {
        self.offsets.len() > 1
    }

    pub(super) fn matched_at(&self, offset: f64, matched: &mut Matched) {
        for values in &mut matched.values {
            values.clear();
        }
        for series in &self.matched {
            let [value, slope, curvature] = horner(series, offset);
            matched.values[0].push(value);
            matched.values[1].push(slope);
            matched.values[2].push(curvature);
        }
        matched.energy = horner(&self.energy.map(|e| C64::new(e, 0.0)), offset).map(|z| z.re);
    }

    pub(super) fn signal_at(&self, offset: f64) -> Vec<C64> {
        self.signal.iter().map(|series| horner(series, offset)[0]).collect()
    }

    /// `s'ᴴ C⁻¹ s' / q − |s'ᴴ C⁻¹ s|² / q²`: Fisher information on δ, a unit of `|A|² q / σ²`, over 2.
    pub(super) fn information(&self, offset: f64) -> f64 {
        let (mut cross, mut own, mut energy) = (C64::default(), 0.0, 0.0);
        for (signal, matched) in self.signal.iter().zip(&self.matched) {
            let [s, ds, _] = horner(signal, offset);
            let [h, dh, _] = horner(matched, offset);
            cross += ds.conj() * h;
            own += (ds.conj() * dh).re;
            energy += (s.conj() * h).re;
        }
        own / energy - (cross / energy).norm_sqr()
    }
}

fn twiddle(o: isize, n: usize, fft: usize) -> C64 {
    // Reduced before it is scaled, so that large products lose no digits.
    let turns = (o as i128 * n as i128).rem_euclid(fft as i128) as f64 / fft as f64;
    C64::cis(-TAU * turns)
}

fn taylor(weights: &[f64], fft: usize, centre: f64, o: isize) -> [C64; DEGREE + 1] {
    let mut series = [C64::default(); DEGREE + 1];
    for (n, &w) in weights.iter().enumerate() {
        let step = C64::new(0.0, TAU * (n as f64 - centre) / fft as f64);
        let mut term = twiddle(o, n, fft) * w;
        for (p, coefficient) in series.iter_mut().enumerate() {
            *coefficient += term;
            term *= step / (p + 1) as f64;
        }
    }
    series
}

/// Value, first and second derivative of a power series at a real point.
fn horner(series: &[C64], x: f64) -> [C64; 3] {
    let mut sums = [C64::default(); 3];
    for &coefficient in series.iter().rev() {
        sums[2] = sums[2] * x + sums[1];
        sums[1] = sums[1] * x + sums[0];
        sums[0] = sums[0] * x + coefficient;
    }
    [sums[0], sums[1], sums[2] * 2.0]
}

/// Independent rows in the order of their pivots, and the lower triangular factor over them.
fn pivoted_cholesky(len: usize, matrix: impl Fn(usize, usize) -> C64) -> (Vec<usize>, Vec<Vec<C64>>) {
    let mut variance: Vec<f64> = (0..len).map(|i| matrix(i, i).re).collect();
    let least = DEPENDENT * variance.iter().fold(0.0_f64, |most, &v| most.max(v));
    // `columns[step][i]`: the factor before the rows are put in pivot order.
    let mut columns: Vec<Vec<C64>> = Vec::new();
    let mut order: Vec<usize> = Vec::new();
    while order.len() < len {
        let free = (0..len).filter(|i| !order.contains(i));
        let Some(pivot) = free.max_by(|&i, &j| variance[i].total_cmp(&variance[j])) else { break };
        if variance[pivot] <= least && !order.is_empty() {
            break;
        }
        let root = variance[pivot].sqrt();
        let column: Vec<C64> = (0..len)
            .map(|i| {
                let known: C64 = columns.iter().map(|c| c[i] * c[pivot].conj()).sum();
                (matrix(i, pivot) - known) / root
            })
            .collect();
        for (v, entry) in variance.iter_mut().zip(&column) {
            *v -= entry.norm_sqr();
        }
        order.push(pivot);
        columns.push(column);
    }
    let factor = order.iter().enumerate();
    let factor = factor.map(|(row, &i)| columns[..=row].iter().map(|c| c[i]).collect()).collect();
    (order, factor)
}

fn inverse_of_lower(factor: &[Vec<C64>]) -> Vec<Vec<C64>> {
    let mut inverse: Vec<Vec<C64>> = Vec::with_capacity(factor.len());
    for (row, entries) in factor.iter().enumerate() {
        let diagonal = entries[row];
        let mut next: Vec<C64> = (0..row)
            .map(|j| {
                let known: C64 = (j..row).map(|k| entries[k] * inverse[k][j]).sum();
                -known / diagonal
            })
            .collect();
        next.push(diagonal.inv());
        inverse.push(next);
    }
    inverse
}

/// `C⁻¹ s = L⁻ᴴ (L⁻¹ s)`, a coefficient at a time.
fn solve(whitening: &[Vec<C64>], signal: &[[C64; DEGREE + 1]]) -> Vec<[C64; DEGREE + 1]> {
    let mut matched = vec![[C64::default(); DEGREE + 1]; signal.len()];
    for p in 0..=DEGREE {
        for row in whitening {
            let white: C64 = row.iter().zip(signal).map(|(w, s)| w * s[p]).sum();
            for (m, w) in matched.iter_mut().zip(row) {
                m[p] += w.conj() * white;
            }
        }
    }
    matched
}

fn energy_series(signal: &[[C64; DEGREE + 1]], matched: &[[C64; DEGREE + 1]]) -> [f64; ENERGY_DEGREE + 1] {
    let mut energy = [0.0; ENERGY_DEGREE + 1];
    for (s, h) in signal.iter().zip(matched) {
        for (i, a) in s.iter().enumerate() {
            for (e, b) in energy[i..].iter_mut().zip(h) {
                *e += (a.conj() * b).re;
            }
        }
    }
    energy
}

#[cfg(test)]
mod tests {
    use super::{Matched, PatchAxis};
    use std::f64::consts::TAU;

    #[test]
    fn dependent_bins_of_a_zero_padded_transform_are_left_out() {
        // 8 samples span 8 dimensions, however many bins are looked at.
        let axis = PatchAxis::new("weights", &[1.0; 8], 32, 15).unwrap();
        let patch = axis.patch(15, 15);
        assert!((4..=8).contains(&patch.offsets.len()), "{}", patch.offsets.len());
        assert_eq!(PatchAxis::new("weights", &[1.0; 8], 8, 3).unwrap().patch(3, 3).offsets.len(), 7);
    }

    #[test]
    fn the_series_of_the_energy_is_the_product_of_the_series_of_its_factors() {
        let hann: Vec<f64> = (0..32).map(|n| 0.5 - 0.5 * (TAU * (f64::from(n) + 0.5) / 32.0).cos()).collect();
        let patch = PatchAxis::new("weights", &hann, 32, 5).unwrap().patch(5, 3);
        for offset in [-1.0, -0.3, 0.0, 0.45, 1.0] {
            let mut matched = Matched::default();
            patch.matched_at(offset, &mut matched);
            let signal = patch.signal_at(offset);
            let energy: f64 = signal.iter().zip(&matched.values[0]).map(|(s, h)| (s.conj() * h).re).sum();
            assert!((matched.energy[0] / energy - 1.0).abs() < 1e-11);
            // No more than the 32 samples hold, and no less than a few bins are known to keep.
            assert!(energy < 32.0 * (1.0 + 1e-12) && energy > 0.5 * 32.0, "{energy}");
        }
    }
}
