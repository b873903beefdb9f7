//! The bins around a peak along one axis, made white, and what a tone does to them.
//!
//! A tone δ bins off the peak bin k₀, seen at bin k₀ + o through the weights w and a DFT of N points, is
//!
//! ```text
//! s_o(δ) = Σₙ wₙ exp(−j 2π o n / N) exp(+j 2π δ (n − n_c) / N) = exp(−j 2π o n_c / N) V(δ − o)
//! ```
//! up to its complex amplitude, and white noise has there the covariance
//!
//! ```text
//! C_oo' = Σₙ wₙ² exp(−j 2π (o − o') n / N) = L Lᴴ
//! ```
//! All is done on `L⁻¹ Z`, whose noise is white. What stands still is a tone of zero Doppler in every range
//! bin; a patch that is blind to it has that tone projected out of data and model alike.

use super::response::{DEGREE, Response};
use super::series::Series;
use super::whiten::{product, whitening};
use mmw_core::{C64, Result, check};
use std::f64::consts::TAU;

/// Beyond this the cost grows and nothing is won.
pub(super) const MAX_HALF_WIDTH: usize = 64;
/// Bins on each side for which the white tone is tabulated: what a patch of full resolution has, and no more
/// of a padded one.
const MAX_TABULATED: usize = 5;
/// A tone whose white energy on a patch is below this share of what it has around its own bin is not there:
/// 120 dB, more than an `f32` spectrum holds.
const ABSENT: f64 = 1e-16;

/// One axis of the model: tables for all distances.
#[derive(Debug, Clone)]
pub(super) struct PatchAxis {
    pub(super) fft: usize,
    pub(super) weights: usize,
    pub(super) half_width: usize,
    /// `n_c`.
    pub(super) centre: f64,
    pub(super) response: Response,
    /// The energy of a white tone before it is cut to a patch: one for each weight.
    pub(super) energy: f64,
    /// `C` for bin differences from 0 to as many as a patch may span.
    covariance: Vec<C64>,
}

/// The independent bins of a patch.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    /// Bins relative to the peak.
    pub(super) offsets: Vec<isize>,
    /// Makes the noise of the bins white; a row for each white value.
    pub(super) whitening: Vec<Vec<C64>>,
    /// The same for `V(δ − o)`: the phases of `s_o` are in it.
    model: Vec<Vec<C64>>,
    /// White values that are independent.
    pub(super) freedom: usize,
    /// The white tone around each bin near the middle, as far below it as above, of a patch that is
    /// used many times.
    near: Vec<Series>,
}

/// A row of the spectrum, or the mirror image of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) index: usize,
    pub(super) mirrored: bool,
}

/// White `s` and its two derivatives, a white value each.
#[derive(Debug, Clone, Default)]
pub(super) struct Tone {
    pub(super) values: [Vec<C64>; 3],
    /// `q = sᴴ C⁻¹ s`, `q'`, `q''`.
    pub(super) energy: [f64; 3],
    scratch: [Vec<C64>; 3],
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
        let most = (4 * MAX_HALF_WIDTH).min(fft - 1);
        let covariance = (0..=most.min(4 * half_width + 8 * fft.div_ceil(weights.len())))
            .map(|d| weights.iter().enumerate().map(|(n, w)| twiddle(d as isize, n, fft) * (w * w)).sum())
            .collect();
        let response = Response::new(weights, fft);
        let energy = weights.len() as f64;
        Ok(Self { fft, weights: weights.len(), half_width, centre, response, energy, covariance })
    }

    /// Bins of the transform in one cell of resolution.
    pub(super) fn bins_a_cell(&self) -> f64 {
        self.fft as f64 / self.weights as f64
    }

    /// The patch from `below` bins under the peak to `above` bins over it.
    pub(super) fn patch(&self, below: usize, above: usize) -> Patch {
        self.patch_of(&(-(below as isize)..=above as isize).collect::<Vec<_>>())
    }

    /// The patch of these bins relative to the peak.
    pub(super) fn patch_of(&self, all: &[isize]) -> Patch {
        let (order, whitening) = whitening(all.len(), |i, j| self.covariance_at(all[i] - all[j]));
        let offsets: Vec<isize> = order.iter().map(|&i| all[i]).collect();
        let turned = |row: &Vec<C64>| -> Vec<C64> {
            let phase = |o: isize| C64::cis(-TAU * o as f64 * self.centre / self.fft as f64);
            row.iter().zip(&offsets).map(|(w, &o)| w * phase(o)).collect()
        };
        let model = whitening.iter().map(turned).collect();
        let freedom = whitening.len();
        Patch { offsets, whitening, model, freedom, near: Vec::new() }
    }

    /// The patch without a tone `offset` bins off its middle; `None` when that tone does not reach it or
    /// nothing would be left.
    pub(super) fn blind(&self, patch: &Patch, offset: f64) -> Option<Patch> {
        let mut tone = Tone::default();
        patch.tone_at(self, offset, &mut tone);
        let energy = tone.energy[0];
        if patch.freedom < 2 || energy <= ABSENT * self.energy {
            return None;
        }
        let unit: Vec<C64> = tone.values[0].iter().map(|z| z / energy.sqrt()).collect();
        let mut blind = Patch { near: Vec::new(), ..patch.clone() };
        for rows in [&mut blind.whitening, &mut blind.model] {
            project(rows, &unit);
        }
        blind.freedom -= 1;
        Some(blind)
    }

    fn covariance_at(&self, difference: isize) -> C64 {
        let value = self.covariance.get(difference.unsigned_abs()).copied().unwrap_or_default();
        if difference < 0 { value.conj() } else { value }
    }
}

impl Patch {
    /// Whether the patch says anything about δ: one bin alone does not.
    pub(super) fn is_resolving(&self) -> bool {
        self.freedom > 1
    }

    /// The same patch with the power series of tones near its middle.
    pub(super) fn tabulated(mut self, axis: &PatchAxis) -> Self {
        let around = |middle: isize| {
            let raw: Vec<_> = self.offsets.iter().map(|o| axis.response.around(middle - o)).collect();
            let term = |p: usize| {
                let mut white = Vec::new();
                product(&self.model, &raw.iter().map(|series| series[p]).collect::<Vec<_>>(), &mut white);
                white
            };
            Series::new(self.model.len(), (0..=DEGREE).map(term))
        };
        let reach = axis.half_width.min(MAX_TABULATED) as isize;
        self.near = (-reach..=reach).map(around).collect();
        self
    }

    /// The values alone of [`Patch::tone_at`].
    pub(super) fn values_at(&self, axis: &PatchAxis, offset: f64) -> Vec<C64> {
        let raw: Vec<C64> = self.offsets.iter().map(|&o| axis.response.value(offset - o as f64)).collect();
        let mut values = Vec::with_capacity(self.model.len());
        product(&self.model, &raw, &mut values);
        values
    }

    /// The white tone `offset` bins off the peak bin.
    pub(super) fn tone_at(&self, axis: &PatchAxis, offset: f64, tone: &mut Tone) {
        let middle = offset.round();
        let first = -((self.near.len() / 2) as f64);
        match self.near.get((middle - first) as usize).filter(|_| middle >= first) {
            Some(series) => series.at(offset - middle, &mut tone.values),
            None => {
                let raw = self.offsets.iter().map(|&o| axis.response.at(offset - o as f64));
                tone.scratch.iter_mut().for_each(Vec::clear);
                for all in raw {
                    tone.scratch.iter_mut().zip(all).for_each(|(values, v)| values.push(v));
                }
                for (values, raw) in tone.values.iter_mut().zip(&tone.scratch) {
                    product(&self.model, raw, values);
                }
            }
        }
        let [s, ds, dds] = &tone.values;
        let inner =
            |a: &[C64], b: &[C64]| a.iter().zip(b).map(|(a, b)| a.re * b.re + a.im * b.im).sum::<f64>();
        tone.energy = [inner(s, s), 2.0 * inner(s, ds), 2.0 * (inner(ds, ds) + inner(s, dds))];
    }
}

impl Tone {
    /// `s'ᴴ C⁻¹ s' / q − |s'ᴴ C⁻¹ s|² / q²`: Fisher information on δ, a unit of `|A|² q / σ²`, over 2.
    pub(super) fn information(&self) -> f64 {
        let [s, ds, _] = &self.values;
        let cross: C64 = s.iter().zip(ds).map(|(s, ds)| ds.conj() * s).sum();
        let own: f64 = ds.iter().map(|z| z.norm_sqr()).sum();
        let energy = self.energy[0].max(f64::MIN_POSITIVE);
        own / energy - (cross / energy).norm_sqr()
    }
}

/// `(I − u uᴴ) rows`; rows that were shorter than the longest come out as long.
fn project(rows: &mut [Vec<C64>], unit: &[C64]) {
    let len = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut along = vec![C64::default(); len];
    for (row, u) in rows.iter().zip(unit) {
        along.iter_mut().zip(row).for_each(|(sum, w)| *sum += u.conj() * w);
    }
    for (row, u) in rows.iter_mut().zip(unit) {
        row.resize(len, C64::default());
        row.iter_mut().zip(&along).for_each(|(w, a)| *w -= u * a);
    }
}

fn twiddle(o: isize, n: usize, fft: usize) -> C64 {
    // Reduced before it is scaled, so that large products lose no digits.
    let turns = (o as i128 * n as i128).rem_euclid(fft as i128) as f64 / fft as f64;
    C64::cis(-TAU * turns)
}

#[cfg(test)]
mod tests {
    use super::{PatchAxis, Tone};
    use std::f64::consts::TAU;

    #[test]
    fn dependent_bins_of_a_zero_padded_transform_are_left_out() {
        // 8 samples span 8 dimensions, however many bins are looked at.
        let axis = PatchAxis::new("weights", &[1.0; 8], 32, 15).unwrap();
        let patch = axis.patch(15, 15);
        assert!((4..=8).contains(&patch.offsets.len()), "{}", patch.offsets.len());
        let plain = PatchAxis::new("weights", &[1.0; 8], 8, 3).unwrap();
        assert_eq!(plain.patch(3, 3).offsets.len(), 7);
    }

    #[test]
    fn a_white_tone_holds_no_more_energy_than_its_samples_and_a_blind_patch_none() {
        let hann: Vec<f64> = (0..32).map(|n| 0.5 - 0.5 * (TAU * (f64::from(n) + 0.5) / 32.0).cos()).collect();
        let axis = PatchAxis::new("weights", &hann, 32, 5).unwrap();
        let patch = axis.patch(5, 3);
        let mut tone = Tone::default();
        for offset in [-1.0, -0.3, 0.0, 0.45, 1.0] {
            patch.tone_at(&axis, offset, &mut tone);
            assert!(tone.energy[0] < 32.0 * (1.0 + 1e-12) && tone.energy[0] > 0.5 * 32.0, "{tone:?}");
            axis.blind(&patch, offset).unwrap().tone_at(&axis, offset, &mut tone);
            assert!(tone.energy[0] < 1e-20, "{tone:?}");
        }
    }
}
