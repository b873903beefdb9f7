//! From the slow-time samples of one person to displacement, both bands and rates.

use super::heart::HeartSearch;
use super::rate::{Rate, Search};
use super::still_spans::{level, moving, without_motion};
use super::{BandPass, Demodulation, demodulated};
use crate::phase::displacement;
use mmw_core::ndarray::{Array1, ArrayRef1, s};
use mmw_core::{C64, Error, Result, check};

/// What a [`VitalMonitor`] is made from; the rate of the samples and the wavelength have no defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct VitalsConfig {
    /// Slow-time samples per second.
    pub sample_rate_hz: f64,
    /// Wavelength of the carrier, m.
    pub wavelength_m: f64,
    /// Edges of the respiration band, Hz.
    pub respiration_hz: [f64; 2],
    /// Edges of the heart band, Hz.
    pub heart_hz: [f64; 2],
    /// Sections of the band-passes.
    pub order: usize,
    /// Length of the sliding window, s.
    pub window_s: f64,
    /// Step of the sliding window, s.
    pub step_s: f64,
    /// How phases come from samples.
    pub demodulation: Demodulation,
}

impl VitalsConfig {
    /// Bands 0.1 to 0.6 Hz and 0.8 to 2.5 Hz of order 4, windows of 30 s every second, arctangent.
    #[must_use]
    pub fn new(sample_rate_hz: f64, wavelength_m: f64) -> Self {
        Self {
            sample_rate_hz,
            wavelength_m,
            respiration_hz: [0.1, 0.6],
            heart_hz: [0.8, 2.5],
            order: 4,
            window_s: 30.0,
            step_s: 1.0,
            demodulation: Demodulation::Arctangent,
        }
    }
}

/// The rates of one window.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RatesAt {
    /// Middle of the window after the first sample, s.
    pub time_s: f64,
    /// Respiration, where there is a rate.
    pub respiration: Option<Rate>,
    /// Heartbeat, where there is a rate.
    pub heart: Option<Rate>,
}

/// What the samples of one person hold.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct VitalSigns {
    /// Respiration over the whole record.
    pub respiration: Option<Rate>,
    /// Heartbeat over the whole record.
    pub heart: Option<Rate>,
    /// Displacement since the first sample without the body's motion, m; positive is receding.
    pub displacement_m: Array1<f64>,
    /// The displacement within the respiration band, m.
    pub respiration_m: Array1<f64>,
    /// The displacement within the heart band, m.
    pub heart_m: Array1<f64>,
    /// Samples during which the body itself moved.
    pub moving: Vec<bool>,
    /// Sliding rates.
    pub track: Vec<RatesAt>,
    /// The still echo that was taken away, over the moving one.
    pub still_over_moving: Option<f64>,
}

mmw_core::checked_serde!(VitalSigns, VitalSigns::check);

/// Rates of respiration and heartbeat from the samples of one range-azimuth cell.
///
/// ```text
/// samples − still echo → phase → unwrapped → λ Δφ / 4π → motion left out ┬→ 0.1–0.6 Hz → respiration
///                                                                        └→ − breath − harmonics → 0.8–2.5 Hz → heart
/// ```
/// Each rate is estimated three ways: the highest point of a zero-padded spectrum, read between its points;
/// the first high peak of the autocorrelation in the band; and the comb of harmonics. Where two agree, the
/// sinusoids that explain most near them are the rate; where none agree or the spectrum does not rise above
/// its noise (one false alarm in a thousand records), there is none.
///
/// ```text
/// breath(t) = A(t) Σ_k (a_k cos kθ(t) + b_k sin kθ(t))
/// ```
/// Breath keeps no strict time, and its harmonics smear over the band of the heart. It is fitted as one shape
/// with all its harmonics up to that band's end, whose phase θ and depth A change from breath to breath, and
/// taken away. A heartbeat is a line with more energy than that breath, fitted without it, could have taken
/// or left (one false alarm in a thousand records, where what lies beside the line is noise of one level),
/// and the highest in two of three parts of the record. A line within a tenth of a cell of a harmonic is
/// none. Breath whose shape itself swings within the record can still be taken for a heartbeat.
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array1, vitals::{VitalMonitor, VitalsConfig}};
/// use std::f64::consts::TAU;
///
/// let wavelength_m = 3.9e-3;
/// let chest_m = |t: f64| 4e-3 * (TAU * 0.25 * t).sin() + 0.3e-3 * (TAU * 1.2 * t).sin();
/// let samples = Array1::from_shape_fn(1200, |n| C64::cis(2.0 * TAU / wavelength_m * chest_m(n as f64 / 20.0)));
///
/// let vitals = VitalMonitor::new(VitalsConfig::new(20.0, wavelength_m))?.process(&samples)?;
/// assert!((vitals.respiration.unwrap().per_minute() - 15.0).abs() < 0.1);
/// assert!((vitals.heart.unwrap().per_minute() - 72.0).abs() < 0.1);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct VitalMonitor {
    config: VitalsConfig,
    respiration_band: BandPass,
    heart_band: BandPass,
    /// Samples of which one is made before rates are looked for.
    thinning: usize,
    /// The bands at the thinned rate.
    thin_bands: [BandPass; 2],
}

/// Shorter records hold too few breaths, s.
const LEAST_S: f64 = 10.0;
/// Rates above this are thinned to it or a little more: eight times the end of the heart band.
const ENOUGH: f64 = 8.0;
/// A window of which more than this share is motion says nothing.
const MOST_MOVING: f64 = 0.25;
/// Peaks of the autocorrelation of a heartbeat this much alike are one period and its multiples …
const NEARLY: f64 = 0.85;
/// … and of breath, whose depth may alternate by up to 0.8 of its mean: `(1 − a²/2)/(1 + a²/2)` at one
/// breath.
const ALTERNATING: f64 = 0.5;
/// Share that the fundamental of breath has of the power of each of its harmonics.
const FUNDAMENTAL: f64 = 0.25;
/// The whole record speaks for itself from this confidence; below, the windows do.
const SURE: f64 = 0.5;

impl VitalSigns {
    /// The curves are of the same samples.
    fn check(&self) -> Result<()> {
        for (name, curve) in [
            ("displacement_m", &self.displacement_m),
            ("respiration_m", &self.respiration_m),
            ("heart_m", &self.heart_m),
        ] {
            check::same_len(name, self.moving.len(), curve.len())?;
            check::all_finite(name, curve)?;
        }
        if !self.track.is_sorted_by(|a, b| a.time_s < b.time_s) {
            return Err(Error::invalid("track", "must grow in time"));
        }
        check::non_negative("still_over_moving", self.still_over_moving.unwrap_or_default()).map(|_| ())
    }
}

impl VitalMonitor {
    /// Plans the filters.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the rate is more than twice the end of the heart band, the wavelength above
    /// zero, and the window and its step above zero; as [`BandPass::new`] for the bands.
    pub fn new(config: VitalsConfig) -> Result<Self> {
        let rate = check::positive("sample_rate_hz", config.sample_rate_hz)?;
        let most = config.respiration_hz[1].max(config.heart_hz[1]);
        if rate <= 2.0 * most {
            let domain = format!("above {} Hz, twice the end of the heart band", 2.0 * most);
            return Err(Error::domain("sample_rate_hz", rate, domain));
        }
        check::positive("wavelength_m", config.wavelength_m)?;
        check::positive("window_s", config.window_s)?;
        check::positive("step_s", config.step_s)?;
        let thinning = ((rate / (ENOUGH * most)).floor() as usize).max(1);
        let band = |hz, rate| BandPass::new(config.order, hz, rate);
        let thin = rate / thinning as f64;
        Ok(Self {
            respiration_band: band(config.respiration_hz, rate)?,
            heart_band: band(config.heart_hz, rate)?,
            thin_bands: [band(config.respiration_hz, thin)?, band(config.heart_hz, thin)?],
            thinning,
            config,
        })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &VitalsConfig {
        &self.config
    }

    /// Fewest samples that are taken: ten seconds of them.
    #[must_use]
    pub fn least_samples(&self) -> usize {
        (LEAST_S * self.config.sample_rate_hz).ceil() as usize
    }

    /// The vital signs in the slow-time samples of one cell.
    ///
    /// # Errors
    /// [`Error::TooFew`] for less than ten seconds of samples, [`Error::NotFinite`] for NaN and infinities,
    /// [`Error::Invalid`] for samples that are all zero.
    pub fn process(&self, samples: &ArrayRef1<C64>) -> Result<VitalSigns> {
        check::at_least("samples", samples.len(), self.least_samples())?;
        check::all_finite_complex("samples", samples)?;
        if samples.iter().all(|z| z.norm_sqr() == 0.0) {
            return Err(Error::invalid("samples", "are all zero: no target"));
        }
        let (phase, echo) = demodulated(samples, self.config.demodulation)?;
        let moving = moving(&phase, self.config.sample_rate_hz, self.config.wavelength_m);
        let displacement_m = displacement(&without_motion(&phase, &moving), self.config.wavelength_m)?;
        let thin = self.thinned(&displacement_m);
        let still: Vec<bool> =
            moving.chunks_exact(self.thinning).map(|part| part.iter().all(|moved| !moved)).collect();
        let whole = self.rates(&thin, &still)?;
        let track = self.track(&thin, &still)?;
        Ok(VitalSigns {
            respiration: settled(whole[0], track.iter().map(|at| at.respiration)),
            heart: settled(whole[1], track.iter().map(|at| at.heart)),
            respiration_m: self.respiration_band.zero_phase(&displacement_m)?,
            heart_m: self.heart_band.zero_phase(&displacement_m)?,
            displacement_m,
            moving,
            track,
            still_over_moving: echo.map(|circle| circle.centre.norm() / circle.radius),
        })
    }

    fn thin_rate(&self) -> f64 {
        self.config.sample_rate_hz / self.thinning as f64
    }

    /// Means of so many samples.
    fn thinned(&self, displacement_m: &ArrayRef1<f64>) -> Array1<f64> {
        let mean = |x: mmw_core::ndarray::ArrayView1<'_, f64>| x.sum() / self.thinning as f64;
        displacement_m.exact_chunks(self.thinning).into_iter().map(mean).collect()
    }

    /// Respiration and heartbeat of a stretch.
    fn rates(&self, stretch: &ArrayRef1<f64>, still: &[bool]) -> Result<[Option<Rate>; 2]> {
        let rate = self.thin_rate();
        let mut still = still.to_vec();
        let level = level(stretch, &mut still, rate)?;
        let [breath, heart] = [self.config.respiration_hz, self.config.heart_hz];
        let by_breath = Search {
            band_hz: breath,
            harmonics: 3,
            most_hz: 2.0 * breath[1],
            nearly: ALTERNATING,
            fundamental: FUNDAMENTAL,
        };
        let respiration = by_breath.rate(&level, &self.thin_bands[0].zero_phase(&level)?, rate)?;
        let search = Search {
            band_hz: heart,
            harmonics: 2,
            most_hz: 2.0 * heart[1],
            nearly: NEARLY,
            fundamental: 0.0,
        };
        let heart = HeartSearch { search, band: &self.thin_bands[1], rate_hz: rate };
        // Breath without a rate has harmonics, too.
        let fundamental_hz = match respiration {
            Some(found) => Some(found.frequency_hz),
            None => by_breath.strongest_hz(&level, rate)?,
        };
        let beat = match fundamental_hz {
            Some(hz) => heart.beside_breath(&level, &still, hz)?,
            None => heart.alone(&level)?,
        };
        Ok([respiration, beat])
    }

    fn track(&self, thin: &ArrayRef1<f64>, still: &[bool]) -> Result<Vec<RatesAt>> {
        let rate = self.thin_rate();
        let samples = |seconds: f64| ((seconds * rate).round() as usize).max(1);
        let length = samples(self.config.window_s.max(LEAST_S)).min(thin.len());
        let mut track = Vec::new();
        for start in (0..=thin.len() - length).step_by(samples(self.config.step_s)) {
            let within = &still[start..start + length];
            let moved = within.iter().filter(|still| !**still).count() as f64;
            let window = thin.slice(s![start..start + length]);
            let speaks = moved <= MOST_MOVING * length as f64;
            let [respiration, heart] = if speaks { self.rates(&window, within)? } else { [None, None] };
            track.push(RatesAt { time_s: (start as f64 + 0.5 * length as f64) / rate, respiration, heart });
        }
        Ok(track)
    }
}

/// The rate of the whole record where it is sure, otherwise the middle one of the windows, by
/// their confidence.
fn settled(whole: Option<Rate>, windows: impl Iterator<Item = Option<Rate>>) -> Option<Rate> {
    if let Some(rate) = whole.filter(|rate| rate.confidence >= SURE) {
        return Some(rate);
    }
    let all: Vec<Option<Rate>> = windows.collect();
    let mut rates: Vec<Rate> = all.iter().flatten().copied().collect();
    if 2 * rates.len() < all.len() || rates.len() < 2 {
        return whole;
    }
    rates.sort_by(|a, b| a.frequency_hz.total_cmp(&b.frequency_hz));
    let total: f64 = rates.iter().map(|rate| rate.confidence).sum();
    let mut sum = 0.0;
    let middle = rates.iter().find(|rate| {
        sum += rate.confidence;
        sum >= 0.5 * total
    })?;
    Some(Rate { confidence: total / all.len() as f64, ..*middle })
}
