//! A fundamental and its harmonics: found and refined.

use super::spectrum::{Spectrum, amplitude_at, hann_weighted};
use mmw_core::Result;
use mmw_core::math::greatest_within;
use mmw_core::ndarray::ArrayRef1;

/// Points of the search per cell of the highest harmonic.
const POINTS: f64 = 4.0;

/// The frequency in a band whose harmonics hold more than the places half-way between them: where the sum of
/// `ln(1 + P / limit)` over the harmonics less that over the half-way places is greatest.
///
/// Half a fundamental has the fundamental as its second harmonic, but also lines half-way that are not there,
/// and twice a fundamental has the fundamental half-way: neither is taken for it. Places below `least_hz`
/// count on neither side. A frequency that holds less than the share `fundamental` of the power of one of its
/// harmonics is none: every second breath may be a deeper one.
pub(super) fn comb(
    spectrum: &Spectrum,
    band_hz: [f64; 2],
    [least_hz, most_hz]: [f64; 2],
    harmonics: usize,
    fundamental: f64,
) -> Option<f64> {
    let limit = spectrum.noise_limit([band_hz[0], most_hz]);
    if limit <= 0.0 {
        return None;
    }
    let value = |f: f64| if f < least_hz || f > most_hz { 0.0 } else { (spectrum.near(f) / limit).ln_1p() };
    let score =
        |f: f64| -> f64 { (1..=harmonics).map(|k| value(k as f64 * f) - value((k as f64 - 0.5) * f)).sum() };
    let step = spectrum.cell_hz / (POINTS * harmonics as f64);
    let count = ((band_hz[1] - band_hz[0]) / step).ceil() as usize;
    let holds =
        |f: &f64| (2..=harmonics).all(|k| spectrum.near(*f) >= fundamental * spectrum.near(k as f64 * *f));
    let places = (0..=count).map(|i| band_hz[0] + step * i as f64);
    let candidates = places.filter(holds).map(|f| (f, score(f)));
    let (best, score) = candidates.max_by(|a, b| a.1.total_cmp(&b.1))?;
    (score > 0.0).then_some(best)
}

/// The fundamental near `start_hz` that explains most of a signal with its first harmonics,
/// within `reach_hz`.
pub(super) fn refine(
    signal: &ArrayRef1<f64>,
    rate_hz: f64,
    start_hz: f64,
    harmonics: usize,
    reach_hz: f64,
) -> Result<f64> {
    /// Of half the bracket: 32 sections.
    const WIDTH: f64 = 6e-7;
    let weighted = hann_weighted(signal)?;
    let explained = |f: f64| -> f64 {
        let below = |k: &usize| *k as f64 * f < 0.5 * rate_hz;
        (1..=harmonics)
            .take_while(below)
            .map(|k| amplitude_at(&weighted, rate_hz, k as f64 * f).powi(2))
            .sum()
    };
    // The summit is one only within a third of a cell of the highest harmonic: a scan comes before
    // the section.
    let points = 8 * harmonics;
    let place = |i: usize| start_hz + reach_hz * (2.0 * i as f64 / points as f64 - 1.0);
    let best =
        (0..=points).map(place).max_by(|a, b| explained(*a).total_cmp(&explained(*b))).unwrap_or(start_hz);
    let half = 2.0 * reach_hz / points as f64;
    greatest_within([best - half, best + half], WIDTH * half, |f| Ok(explained(f)))
}
