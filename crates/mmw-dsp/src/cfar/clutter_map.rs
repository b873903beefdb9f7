//! The clutter map: each cell against the average of its own past.

use super::detection::Detection;
use super::multiplier::{Exceedance, check_counts, check_probability, solve};
use super::series::Series;
use mmw_core::ndarray::{Array2, ArrayRef2, Zip};
use mmw_core::{Error, Real, Result, check};

/// The least weight of a new frame: beyond it a map takes a hundred thousand frames to settle.
const MIN_WEIGHT: f64 = 1e-4;
/// Shares of the average that are left out.
const FORGOTTEN: f64 = 1e-20;

/// Probability that a noise-only cell exceeds `multiplier` times the exponential average of the `frames`
/// frames before it, all of them sums of `looks` independent exponential powers.
///
/// ```text
/// q_n = w x_n + (1 − w) q_{n−1},   q₁ = x₁
/// K = 1:   P = Π_i 1 / (1 + α w_i),   w_i = w (1 − w)ⁱ,  of the first frame (1 − w)^{n−1}
/// ```
/// The product of [^nitzberg] for endless frames, which `usize::MAX` stands for; for more looks the
/// coefficients of the transform `Π_i (1 + (1 − ε) α w_i)^{−K}` up to `ε^{K−1}`, none of which is negative.
/// Relative accuracy 1e-12.
///
/// # Errors
/// [`Error::Domain`] for a weight outside `[1e-4, 1]`; [`Error::TooFew`] for no frames; else as
/// [`super::ca_false_alarm_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{ca_false_alarm_probability, clutter_map_false_alarm_probability};
/// // Of one frame, it is one training cell.
/// let p = clutter_map_false_alarm_probability(0.1, 1, 4, 20.0)?;
/// assert!((p / ca_false_alarm_probability(1, 4, 20.0)? - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^nitzberg]: R. Nitzberg, "Clutter map CFAR analysis", IEEE Trans. Aerosp. Electron. Syst., vol. AES-22,
/// no. 4, pp. 419-421, 1986.
pub fn clutter_map_false_alarm_probability(
    weight: f64,
    frames: usize,
    looks: usize,
    multiplier: f64,
) -> Result<f64> {
    Ok(exceedance(weight, frames, looks, multiplier)?.probability)
}

fn exceedance(weight: f64, frames: usize, looks: usize, multiplier: f64) -> Result<Exceedance> {
    let parts = clutter_map_parts(weight, frames, looks)?;
    let alpha = check::non_negative("multiplier", multiplier)?;
    let parts: Vec<_> = parts.into_iter().map(|(w, k)| (alpha * w, k)).collect();
    Ok(Exceedance::of(&Series::weighted_sum(&parts, looks + 1).values()))
}

/// The multiplier of the average of `frames` frames that gives `false_alarm_probability`.
///
/// # Errors
/// As [`super::ca_multiplier`] and [`clutter_map_false_alarm_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::clutter_map_multiplier;
/// // An average of few frames needs more margin.
/// let few = clutter_map_multiplier(0.1, 3, 4, 1e-4)?;
/// assert!(few > clutter_map_multiplier(0.1, usize::MAX, 4, 1e-4)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn clutter_map_multiplier(
    weight: f64,
    frames: usize,
    looks: usize,
    false_alarm_probability: f64,
) -> Result<f64> {
    check_counts(1, looks)?;
    // The average of endless frames is worth as many cells as its weights are unequal.
    let cells = ((2.0 / weight.clamp(MIN_WEIGHT, 1.0)) as usize).clamp(1, frames.max(1));
    solve(false_alarm_probability, cells, looks, |alpha| exceedance(weight, frames, looks, alpha))
}

/// The weights of the frames with the looks of each.
pub(super) fn clutter_map_parts(weight: f64, frames: usize, looks: usize) -> Result<Vec<(f64, f64)>> {
    check_counts(1, looks)?;
    check::at_least("frames", frames, 1)?;
    check::in_range("weight", weight, MIN_WEIGHT, 1.0)?;
    let kept = 1.0 - weight;
    let frames = frames.min(settled_after(weight));
    let mut share = 1.0;
    let mut parts = Vec::with_capacity(frames);
    for _ in 1..frames {
        parts.push((weight * share, looks as f64));
        share *= kept;
    }
    parts.push((share, looks as f64));
    Ok(parts)
}

/// Frames after which the first one no longer counts.
fn settled_after(weight: f64) -> usize {
    (FORGOTTEN.ln() / (-weight).ln_1p()).ceil() as usize + 1
}

/// What a clutter map does.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ClutterMapConfig {
    /// Weight of a new frame in the average, from 1e-4 to 1.
    pub weight: f64,
    /// Probability that a cell with noise alone is detected, in `[1e-100, 1)`.
    pub false_alarm_probability: f64,
    /// Independent powers that were added up in every cell, at least 1.
    pub looks: usize,
}

impl Default for ClutterMapConfig {
    /// A weight of one eighth, one false alarm in 10¹⁰ cells, one look.
    fn default() -> Self {
        Self { weight: 0.125, false_alarm_probability: 1e-10, looks: 1 }
    }
}

/// Averages of the frames so far, cell by cell, which each new frame is compared with.
///
/// Clutter that differs from cell to cell and stands still makes no false alarm; a target that stays becomes
/// clutter itself after some `1 / weight` frames.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::Array2;
/// use mmw_dsp::cfar::{ClutterMap, ClutterMapConfig};
///
/// let mut map = ClutterMap::new(&ClutterMapConfig { looks: 12, ..Default::default() }, [16, 8])?;
/// // A wall, 60 dB above the noise.
/// let mut power = Array2::from_shape_fn((16, 8), |(row, _)| if row == 5 { 12e6 } else { 12.0_f32 });
/// for _ in 0..20 {
///     assert!(map.detect(&power)?.is_empty());
/// }
/// power[[6, 3]] *= 10.0;
/// assert_eq!(map.detect(&power)?.len(), 1);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClutterMap {
    config: ClutterMapConfig,
    average: Array2<f64>,
    frames: usize,
    multiplier: f64,
}

impl ClutterMap {
    /// A map of `shape = [range, doppler]` that has seen nothing.
    ///
    /// # Errors
    /// [`Error::TooFew`] for an empty map or no looks; [`Error::Domain`] for a weight or a probability
    /// outside its range.
    pub fn new(config: &ClutterMapConfig, shape: [usize; 2]) -> Result<Self> {
        check::at_least("range axis", shape[0], 1)?;
        check::at_least("Doppler axis", shape[1], 1)?;
        check::in_range("cells of the map", shape[0] as f64 * shape[1] as f64, 1.0, (1_u64 << 28) as f64)?;
        check_probability(config.false_alarm_probability)?;
        clutter_map_parts(config.weight, 1, config.looks)?;
        Ok(Self { config: *config, average: Array2::zeros(shape), frames: 0, multiplier: f64::INFINITY })
    }

    /// What it was made from.
    #[must_use]
    pub fn config(&self) -> &ClutterMapConfig {
        &self.config
    }

    /// Frames so far.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The averages, `[range, doppler]`; zeros before the first frame.
    #[must_use]
    pub fn average(&self) -> &ArrayRef2<f64> {
        &self.average
    }

    /// [`ClutterMap::judge`], then [`ClutterMap::learn`]. The first frame is learnt only.
    ///
    /// # Errors
    /// As [`ClutterMap::judge`]; the averages stay as they were.
    pub fn detect<T: Real>(&mut self, power: &ArrayRef2<T>) -> Result<Vec<Detection>> {
        let found = self.judge(power)?;
        self.learn(power)?;
        Ok(found)
    }

    /// Cells of `power` (`[range, doppler]`, not negative) above the multiplier for as many frames as there
    /// were times their average, in row-major order; none before the first frame.
    ///
    /// # Errors
    /// [`Error::Shape`] for another shape, [`Error::Domain`] and [`Error::NotFinite`] for powers that are
    /// negative or not finite.
    pub fn judge<T: Real>(&self, power: &ArrayRef2<T>) -> Result<Vec<Detection>> {
        self.check(power)?;
        if self.frames == 0 {
            return Ok(Vec::new());
        }
        let cells = power.indexed_iter().zip(&self.average);
        let above = cells.filter_map(|(((row, column), &cell), &noise)| {
            let detection = self.verdict([row, column], cell.as_f64(), noise);
            (detection.power > detection.threshold).then_some(detection)
        });
        Ok(above.collect())
    }

    /// Average and threshold at one cell, above it or not; `None` before the first frame.
    ///
    /// # Errors
    /// As [`ClutterMap::judge`]; [`Error::Domain`] for an index outside the map.
    pub fn examine<T: Real>(&self, power: &ArrayRef2<T>, index: [usize; 2]) -> Result<Option<Detection>> {
        self.check(power)?;
        let (rows, columns) = power.dim();
        check::in_range("range bin", index[0] as f64, 0.0, rows as f64 - 1.0)?;
        check::in_range("Doppler bin", index[1] as f64, 0.0, columns as f64 - 1.0)?;
        let cell = self.verdict(index, power[index].as_f64(), self.average[index]);
        Ok((self.frames > 0).then_some(cell))
    }

    /// Takes a frame into the averages.
    ///
    /// # Errors
    /// As [`ClutterMap::judge`]; the averages stay as they were.
    pub fn learn<T: Real>(&mut self, power: &ArrayRef2<T>) -> Result<()> {
        self.check(power)?;
        let ClutterMapConfig { weight, false_alarm_probability, looks } = self.config;
        let frames = self.frames.saturating_add(1);
        if frames <= settled_after(weight) {
            self.multiplier = clutter_map_multiplier(weight, frames, looks, false_alarm_probability)?;
        }
        let weight = if self.frames == 0 { 1.0 } else { weight };
        Zip::from(&mut self.average).and(power).for_each(|average, &cell| {
            *average += weight * (cell.as_f64() - *average);
        });
        self.frames = frames;
        Ok(())
    }

    fn check<T: Real>(&self, power: &ArrayRef2<T>) -> Result<()> {
        check::same_shape("power", self.average.shape(), power.shape())?;
        check::all_finite("power", power)?;
        match power.iter().find(|p| **p < T::zero()) {
            Some(negative) => Err(Error::domain("power", negative.as_f64(), "a number not below 0")),
            None => Ok(()),
        }
    }

    fn verdict(&self, index: [usize; 2], power: f64, noise: f64) -> Detection {
        let threshold = (noise * self.multiplier).min(f64::MAX);
        Detection { index, power, noise, snr: (power / noise).min(f64::MAX), threshold }
    }
}
