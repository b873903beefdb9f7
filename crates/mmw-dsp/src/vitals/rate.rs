//! A rate of respiration or heartbeat: three estimates that must agree.

use super::comb::{comb, refine};
use super::spectrum::{Spectrum, autocorrelation};
use crate::peak::interpolate::parabolic;
use crate::summit::is_summit;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Result, check};

/// A rate with the estimates behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Rate {
    /// The rate, Hz.
    pub frequency_hz: f64,
    /// Share of the band's energy that the rate and its harmonics hold, times the share of the three
    /// estimates that agree: 0 to 1.
    pub confidence: f64,
}

mmw_core::checked_serde!(Rate, |rate| {
    check::non_negative("frequency_hz", rate.frequency_hz)?;
    check::in_range("confidence", rate.confidence, 0.0, 1.0 + 1e-9).map(|_| ())
});

impl Rate {
    /// In cycles per minute.
    #[must_use]
    pub fn per_minute(&self) -> f64 {
        60.0 * self.frequency_hz
    }
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    pub(super) band_hz: [f64; 2],
    /// Harmonics of the comb.
    pub(super) harmonics: usize,
    /// Highest frequency that tells the noise.
    pub(super) most_hz: f64,
    /// An earlier peak of the autocorrelation this near to the highest is the period; the others are its
    /// multiples.
    pub(super) nearly: f64,
    /// What a fundamental holds at least of the power of each of its harmonics.
    pub(super) fundamental: f64,
}

/// From a fundamental to its second harmonic, half the way.
const BETWEEN: f64 = 1.5;
/// Fewer cycles in a record are not told from drift.
const LEAST_CYCLES: f64 = 2.0;
/// Estimates agree within this many cells (the inverse of the record) …
const CELLS: f64 = 0.75;
/// … or this share of their value.
const SHARE: f64 = 0.03;

impl Search {
    /// The strongest line in the band of a signal without its trend, if above the noise.
    pub(super) fn strongest_hz(&self, signal: &ArrayRef1<f64>, rate_hz: f64) -> Result<Option<f64>> {
        let spectrum = Spectrum::of(signal, rate_hz)?;
        let limit = spectrum.noise_limit([self.band_hz[0], self.most_hz.min(0.45 * rate_hz)]);
        let strongest = spectrum.peaks(self.band_hz).first().copied();
        Ok(strongest.filter(|peak| peak.power > limit && peak.power > 0.0).map(|peak| peak.frequency_hz))
    }

    /// The rate in a signal without its trend; `band` is the signal within the band.
    pub(super) fn rate(
        &self,
        signal: &ArrayRef1<f64>,
        band: &ArrayRef1<f64>,
        rate_hz: f64,
    ) -> Result<Option<Rate>> {
        let spectrum = Spectrum::of(signal, rate_hz)?;
        let low = self.band_hz[0].max(LEAST_CYCLES * spectrum.cell_hz);
        let band_hz = [low, self.band_hz[1]];
        if low >= band_hz[1] {
            return Ok(None);
        }
        let most_hz = self.most_hz.min(0.45 * rate_hz);
        let limit = spectrum.noise_limit([low, most_hz]);
        let peaks = spectrum.peaks(band_hz);
        let Some(strongest) = peaks.first().filter(|peak| peak.power > limit && peak.power > 0.0) else {
            return Ok(None);
        };
        let estimates = [
            Some(strongest.frequency_hz),
            by_autocorrelation(band, rate_hz, band_hz, self.nearly)?,
            comb(&spectrum, band_hz, [low, most_hz], self.harmonics, self.fundamental),
        ];
        let Some((agreed_hz, count)) = agreement(&estimates, spectrum.cell_hz) else { return Ok(None) };
        // Half or a third of a stronger line's frequency is not its fundamental.
        let above = strongest.frequency_hz > BETWEEN * agreed_hz;
        if above && spectrum.near(agreed_hz) < self.fundamental * strongest.power {
            return Ok(None);
        }
        let frequency_hz = refine(signal, rate_hz, agreed_hz, self.harmonics, 0.5 * spectrum.cell_hz)?;
        let near = |k: usize| {
            let f = k as f64 * frequency_hz;
            spectrum.energy([f - 2.0 * spectrum.cell_hz, f + 2.0 * spectrum.cell_hz])
        };
        let harmonics =
            (2..=self.harmonics).filter(|&k| k as f64 * frequency_hz + 2.0 * spectrum.cell_hz < most_hz);
        let own = near(1) + harmonics.map(near).sum::<f64>();
        let all = spectrum.energy([low - 2.0 * spectrum.cell_hz, most_hz]).max(f64::MIN_POSITIVE);
        let confidence = (own / all).min(1.0) * count as f64 / estimates.len() as f64;
        Ok(Some(Rate { frequency_hz, confidence }))
    }
}

/// The inverse of the lag of the first high peak.
fn by_autocorrelation(
    band: &ArrayRef1<f64>,
    rate_hz: f64,
    [low, high]: [f64; 2],
    nearly: f64,
) -> Result<Option<f64>> {
    let r = autocorrelation(band)?;
    let first = ((rate_hz / high).floor() as usize).max(1);
    let last = ((rate_hz / low).ceil() as usize + 1).min(r.len() * 2 / 3);
    let peaks: Vec<usize> =
        (first..last).filter(|&i| i + 1 < r.len() && r[i] > 0.0 && is_summit(&r, i)).collect();
    let highest = peaks.iter().map(|&i| r[i]).fold(0.0, f64::max);
    let Some(&i) = peaks.iter().find(|&&i| r[i] >= nearly * highest) else { return Ok(None) };
    let shift = parabolic([r[i - 1], r[i], r[i + 1]]).unwrap_or_default();
    Ok(Some(rate_hz / (i as f64 + shift)))
}

/// The mean of the largest group that agrees, of two at least.
fn agreement(estimates: &[Option<f64>], cell_hz: f64) -> Option<(f64, usize)> {
    let known: Vec<f64> = estimates.iter().flatten().copied().collect();
    let group = |&centre: &f64| -> Vec<f64> {
        let within = (CELLS * cell_hz).max(SHARE * centre);
        known.iter().copied().filter(|f| (f - centre).abs() <= within).collect()
    };
    let best = known.iter().map(group).max_by_key(Vec::len)?;
    (best.len() >= 2).then(|| (best.iter().sum::<f64>() / best.len() as f64, best.len()))
}
