//! The range spectrum of rows of samples, and what its shape tells.

use crate::fft::AxisFft;
use crate::fmcw::Sampling;
use crate::window::Window;
use mmw_core::ndarray::{Array2, Axis};
use mmw_core::stats::upper_median;
use mmw_core::{C64, Result};
use std::ops::RangeInclusive;

/// Bins at frequency zero that are left out on each side: there the converter's offset stands, which a Hann
/// window spreads over one bin.
const OFFSET_BINS: usize = 2;

/// Fewest bins that are judged.
pub(super) const FEWEST_BINS: usize = 4;

/// Difference of the entropies that counts, nats per sample: below half of the smallest that a
/// recording showed.
pub(super) const MARGIN: f64 = 0.3;

/// A line is alone when nothing further than so many bins from it (a Hann window spreads one over three) has
/// this share of its power, or when the rest is white.
const LINE_BINS: usize = 3;
const LONE: f64 = 1e-3;

/// The coupling of the antennas stands within this share of the range axis and so many bins (0.3 to 1.0 % in
/// five recordings, at most bin 2.6); two bins on it is so many times weaker (8 to 32 dB).
const COUPLING_SHARE: f64 = 0.015;
const COUPLING_BINS: usize = 3;
const COUPLING_FALL: f64 = 4.0;

/// Ratio of powers that tells the side of the frequencies.
const SIDE_RATIO: f64 = 10.0;

/// Power of a line over its image and over the median, and over the strongest line.
const ALONE: f64 = 30.0;
const LEAST_LINE: f64 = 1e-4;

/// A mean power spectrum of rows of samples.
#[derive(Debug)]
pub(super) struct RangeSpectrum {
    plan: AxisFft<f64>,
    power: Vec<f64>,
    pub(super) rows: usize,
    real: bool,
}

impl RangeSpectrum {
    pub(super) fn new(samples: usize, real: bool) -> Result<Self> {
        let plan = AxisFft::new(samples, samples, Window::Hann, false)?;
        Ok(Self { plan, power: vec![0.0; samples], rows: 0, real })
    }

    pub(super) fn add(&mut self, rows: &Array2<C64>) -> Result<()> {
        for row in self.plan.process(rows, Axis(1))?.rows() {
            self.power.iter_mut().zip(row).for_each(|(sum, z)| *sum += z.norm_sqr());
        }
        self.rows += rows.nrows();
        Ok(())
    }

    /// The sum of the rows, in the order of the transform.
    pub(super) fn power(&self) -> &[f64] {
        &self.power
    }

    /// The bins that are judged; those of real samples are the same on both sides.
    pub(super) fn bins(&self) -> &[f64] {
        let samples = self.power.len();
        let end = if self.real { samples / 2 } else { (samples + 1).saturating_sub(OFFSET_BINS) };
        self.power.get(OFFSET_BINS..end).unwrap_or_default()
    }

    /// Share of the power in the bins that are judged, of that on the sides that they are of.
    pub(super) fn judged_share(&self) -> f64 {
        let end = if self.real { self.power.len() / 2 } else { self.power.len() };
        self.bins().iter().sum::<f64>() / (self.power[..end].iter().sum::<f64>() + f64::MIN_POSITIVE)
    }

    /// Entropy rate up to a constant, and how far it lies below that of white noise of the same power.
    pub(super) fn entropy(&self) -> (f64, f64) {
        let bins = self.bins();
        let count = bins.len() as f64;
        // A bin without power, as only noise-free rows have, says no more than rounding does.
        let floor = 1e-12 * bins.iter().sum::<f64>() / count + f64::MIN_POSITIVE;
        let entropy = bins.iter().map(|power| power.max(floor).ln()).sum::<f64>() / count;
        (entropy, (bins.iter().sum::<f64>() / count).max(floor).ln() - entropy)
    }

    /// Whether there is one line and nothing else: a target at the far end of the range axis, or at the near
    /// end of a mirrored one. What is recorded has coupling and a room besides, 14 dB below its strongest
    /// line or less.
    fn is_lone_line(&self) -> bool {
        let count = self.power.len();
        let strongest = (0..count).max_by(|&a, &b| self.power[a].total_cmp(&self.power[b]));
        let Some(line) = strongest else { return false };
        let apart = |bin: usize| line.abs_diff(bin).min(count - line.abs_diff(bin)) > LINE_BINS;
        let judged = self.bins().iter().zip(OFFSET_BINS..);
        let rest: Vec<f64> = judged.filter(|&(_, bin)| apart(bin)).map(|(&power, _)| power).collect();
        let most = rest.iter().copied().fold(0.0, f64::max);
        let mean = rest.iter().sum::<f64>() / rest.len().max(1) as f64;
        let floor = 1e-12 * mean + f64::MIN_POSITIVE;
        let logs = rest.iter().map(|power| power.max(floor).ln()).sum::<f64>() / rest.len().max(1) as f64;
        most < LONE * self.power[line] || mean.max(floor).ln() - logs < MARGIN
    }

    /// Whether the echoes are at negative frequencies. Of complex 1x samples, which a mirrored order turns
    /// into those of other targets as far from the other end, only the coupling of the antennas tells it.
    pub(super) fn mirrored(&self, sampling: Sampling) -> Option<bool> {
        let mirrored = self.side(sampling)?;
        (sampling == Sampling::Complex2x || self.is_coupled(mirrored)).then_some(mirrored)
    }

    /// Whether what is next to frequency zero stands on its negative side, if on one side alone.
    pub(super) fn side(&self, sampling: Sampling) -> Option<bool> {
        let samples = self.power.len();
        let last = match sampling {
            Sampling::Real => return None,
            Sampling::Complex1x => samples / 10,
            Sampling::Complex2x => (samples / 2).saturating_sub(OFFSET_BINS),
        };
        if last < OFFSET_BINS + FEWEST_BINS - 1 || (sampling == Sampling::Complex1x && self.is_lone_line()) {
            return None;
        }
        let sum = |bins: RangeInclusive<usize>| self.power[bins].iter().sum::<f64>();
        let (positive, negative) = (sum(OFFSET_BINS..=last), sum(samples - last..=samples - OFFSET_BINS));
        match (negative > SIDE_RATIO * positive, positive > SIDE_RATIO * negative) {
            (false, false) => None,
            (mirrored, _) => Some(mirrored),
        }
    }

    /// Whether there are lines at positive and at negative frequencies that are no images of one another.
    pub(super) fn has_lines_on_both_sides(&self) -> bool {
        let samples = self.power.len();
        let floor = upper_median(&mut self.power.clone()).unwrap_or_default();
        let most = self.power.iter().copied().fold(0.0, f64::max);
        let nearest = (COUPLING_BINS + LINE_BINS).max(samples / 32);
        if samples < 8 * nearest {
            return false;
        }
        let at = |bin: usize| self.power[bin % samples];
        let is_line = |bin: usize| {
            let image = (samples - bin - LINE_BINS..=samples - bin + LINE_BINS).map(at).fold(0.0, f64::max);
            let [before, own, after] = [at(bin - 1), at(bin), at(bin + 1)];
            own > before && own >= after && own > ALONE * image.max(floor) && own > LEAST_LINE * most
        };
        let within = |side: usize| (side + nearest..side + samples / 2 - nearest).any(is_line);
        within(0) && within(samples / 2)
    }

    /// Whether something stands next to frequency zero on one side alone and falls off from there.
    fn is_coupled(&self, negative: bool) -> bool {
        let samples = self.power.len();
        let at = |bin: usize, negative: bool| self.power[if negative { samples - bin } else { bin }];
        let most =
            |bins: RangeInclusive<usize>, negative| bins.map(|bin| at(bin, negative)).fold(0.0, f64::max);
        let last = ((COUPLING_SHARE * samples as f64).round() as usize).clamp(1, COUPLING_BINS);
        // The offset reaches as far on both sides.
        let beside_offset = |negative| most(OFFSET_BINS..=COUPLING_BINS, negative);
        let own = most(1..=last, negative);
        own >= most(last + 1..=COUPLING_BINS + 2, negative)
            && own > COUPLING_FALL * at(last + 2, negative)
            && beside_offset(negative) > SIDE_RATIO * beside_offset(!negative)
    }
}
