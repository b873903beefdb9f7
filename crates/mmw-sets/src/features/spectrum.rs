//! Spectra of short series.

use std::f64::consts::PI;

/// Ends of the bands, Hz: rhythms of a body lie between 0.25 and 3.5 Hz, what is above is jitter.
const EDGES_HZ: [f64; 10] = [0.25, 0.6, 0.9, 1.3, 1.8, 2.5, 3.5, 5.0, 8.0, f64::INFINITY];

/// Least share of a band, so that its logarithm ends.
const LEAST_SHARE: f64 = 1e-3;

/// The power spectrum of series of one length: Hann window, twice as many frequencies as the length resolves.
///
/// A sum of products for each frequency: some sixty samples and as many frequencies, in an order that gives
/// the same bits on every machine.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spectrum {
    /// Cosine and sine for each frequency and sample, times the window.
    waves: Vec<Vec<(f64, f64)>>,
    step_hz: f64,
}

impl Spectrum {
    pub(super) fn new(samples: usize, period_s: f64) -> Self {
        let window = |n: usize| match samples {
            1 => 1.0,
            _ => 0.5 - 0.5 * libm::cos(2.0 * PI * n as f64 / (samples - 1) as f64),
        };
        let wave = |k: usize| {
            let at = |n: usize| {
                // k n modulo the whole turn keeps the argument small and exact.
                let phase = PI * ((k * n) % (2 * samples)) as f64 / samples as f64;
                (window(n) * libm::cos(phase), window(n) * libm::sin(phase))
            };
            (0..samples).map(at).collect()
        };
        Self { waves: (0..=samples).map(wave).collect(), step_hz: 0.5 / (samples as f64 * period_s) }
    }

    /// Names of [`Spectrum::features`].
    pub(super) fn names() -> impl Iterator<Item = String> {
        let band = |pair: &[f64]| match pair[1].is_finite() {
            true => format!("power from {} to {} Hz", pair[0], pair[1]),
            false => format!("power from {} Hz", pair[0]),
        };
        let bands: Vec<String> = EDGES_HZ.windows(2).map(band).collect();
        bands.into_iter().chain(["strongest frequency", "mean frequency"].map(String::from))
    }

    /// Logarithms (base 10) of the bands' shares of the power, the strongest and the mean frequency.
    pub(super) fn features(&self, series: &[f64]) -> Vec<f64> {
        let centre = super::statistics::mean(series);
        let power = |wave: &Vec<(f64, f64)>| {
            let mut sums = (0.0, 0.0);
            for (x, (cos, sin)) in series.iter().zip(wave) {
                sums.0 += (x - centre) * cos;
                sums.1 += (x - centre) * sin;
            }
            sums.0 * sums.0 + sums.1 * sums.1
        };
        let powers: Vec<f64> = self.waves.iter().map(power).collect();
        let total = powers.iter().sum::<f64>() + 1e-12;
        let frequency = |k: usize| k as f64 * self.step_hz;
        let band = |pair: &[f64]| {
            let within = |k: &usize| (pair[0]..pair[1]).contains(&frequency(*k));
            let sum: f64 = (0..powers.len()).filter(within).map(|k| powers[k]).sum();
            libm::log10(sum / total + LEAST_SHARE)
        };
        let mut features: Vec<f64> = EDGES_HZ.windows(2).map(band).collect();
        let strongest = (1..powers.len()).fold(0, |best, k| if powers[k] > powers[best] { k } else { best });
        let mean_hz = powers.iter().enumerate().map(|(k, p)| p * frequency(k)).sum::<f64>() / total;
        features.extend([frequency(strongest), mean_hz]);
        features
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_lies_in_its_band() {
        let spectrum = Spectrum::new(60, 1.0 / 30.0);
        let series: Vec<f64> = (0..60).map(|n| 3.0 + (2.0 * PI * 1.5 * f64::from(n) / 30.0).sin()).collect();
        let features = spectrum.features(&series);
        assert_eq!(features.len(), Spectrum::names().count());
        // 1.5 Hz is in the band from 1.3 to 1.8; the window spreads it over the neighbours.
        assert!(features[3] > -0.3 && (features[9] - 1.5).abs() < 1e-9 && (features[10] - 1.5).abs() < 0.1);
        assert_eq!(spectrum.features(&[4.0; 60])[..3], [-3.0; 3]);
    }
}
