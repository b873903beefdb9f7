//! What is tested, what each test read, and what a failure is called.

use super::statistics::{Fitted, Grid, TESTS, statistics};
use super::{thresholds, tone};
use crate::estimate::{Estimate, Outcome};
use crate::record::PowerSums;
use mmw_core::{C64, Real, Result};

/// What is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Test {
    /// `mean x³ = (S² + 3 σ²) mean x`, whatever the balance of the symbols.
    Symmetry,
    /// Samples are not correlated, lags 1 to 8.
    Correlation,
    /// Magnitudes are not correlated, lags 1 to 8.
    MagnitudeCorrelation,
    /// The greatest magnitude is not too great.
    Tail,
    /// Nor too small.
    Ceiling,
    /// Magnitudes fall into twelve bins of equal probability equally often.
    Shape,
    /// The phases of `yᴹ` are not correlated, lags 1 to 4: complex samples only.
    PhaseCorrelation,
    /// No frequency stands out of the spectrum of the samples.
    Line,
}

mmw_core::named!(Test, "test of fit" {
    Symmetry = "symmetry",
    Correlation = "correlation",
    MagnitudeCorrelation = "magnitude_correlation",
    Tail = "tail",
    Ceiling = "ceiling",
    Shape = "shape",
    PhaseCorrelation = "phase_correlation",
    Line = "line",
});

/// The likely cause of a misfit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Cause {
    /// A constant is added to all samples: subtract it.
    Offset,
    /// The symbols are 0 and 1.
    OnOffKeying,
    /// The amplitude varies with time: a carrier or a clock that is not recovered, fading.
    ResidualCarrier,
    /// Neighbours are alike: several samples per symbol, a filter, symbols that repeat.
    Oversampling,
    /// A few samples are far off: [`crate::Robust`] leaves them out.
    Outliers,
    /// Many samples are at the greatest magnitude.
    Clipping,
    /// Four amplitudes fit better than two.
    Pam,
    /// Complex samples whose noise lies on one line: real ones.
    RealSamples,
    /// Another number of phases fits.
    OtherModulation,
    /// Sixteen points of several amplitudes fit better than one amplitude.
    Qam,
    /// A signal of one frequency is added.
    Tone,
    /// The steps of quantised samples are too coarse: for the noise, which they do not tell, or for an
    /// estimator that takes them for numbers.
    CoarseSteps,
    /// None of these: noise of another law.
    NonNormalNoise,
}

mmw_core::named!(Cause, "cause of a misfit" {
    Offset = "offset",
    OnOffKeying = "on_off_keying",
    ResidualCarrier = "residual_carrier",
    Oversampling = "oversampling",
    Outliers = "outliers",
    Clipping = "clipping",
    Pam = "pam",
    RealSamples = "real_samples",
    OtherModulation = "other_modulation",
    Qam = "qam",
    Tone = "tone",
    CoarseSteps = "coarse_steps",
    NonNormalNoise = "non_normal_noise",
});

impl Cause {
    /// In words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Offset => "a constant offset",
            Self::OnOffKeying => "on-off keying (symbols 0 and 1)",
            Self::ResidualCarrier => "an amplitude that varies: residual carrier, clock or fading",
            Self::Oversampling => "samples that depend on their neighbours: several a symbol, or a filter",
            Self::Outliers => "outliers",
            Self::Clipping => "clipping",
            Self::Pam => "more than two levels (PAM)",
            Self::RealSamples => "noise in one part only: real samples stored as complex",
            Self::OtherModulation => "another number of phases",
            Self::Qam => "several amplitudes (QAM)",
            Self::Tone => "an interferer of one frequency",
            Self::CoarseSteps => "steps of quantised samples that are too coarse for this estimator",
            Self::NonNormalNoise => "noise that is not normal",
        }
    }
}

/// The outcome of one test.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Reading {
    /// Which one.
    pub test: Test,
    /// Its statistic, large where the record contradicts the model.
    pub statistic: f64,
    /// What it must not exceed.
    pub threshold: f64,
}

mmw_core::checked_serde!(Reading { statistic, threshold });

impl Reading {
    /// Whether the record fails this test.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.statistic > self.threshold
    }
}

/// The calibrated tests, and that of a line.
pub(super) const READINGS: usize = TESTS + 1;

pub(crate) fn of_line(y: &[C64], is_real: bool) -> Reading {
    let statistic = tone::strongest_line(y, is_real).statistic;
    Reading { test: Test::Line, statistic, threshold: -tone::LEVEL.ln() }
}

/// The statistics of a record, and their thresholds for its length and SNR.
pub(super) fn read<T: Real>(samples: &[T], estimate: &Estimate) -> Result<[Reading; READINGS]> {
    let fitted = fitted(samples, estimate)?;
    let found = statistics(samples, fitted);
    let snr = estimate.snr().map_or(0.0, |snr| snr.linear());
    let limits = thresholds::thresholds(samples.len() as f64, snr);
    let complex: Vec<C64> = samples.iter().map(|x| x.as_f64().into()).collect();
    let mut readings = [of_line(&complex, true); READINGS];
    for (reading, (test, (statistic, threshold))) in
        readings.iter_mut().zip(Test::ALL.iter().zip(found.into_iter().zip(limits)))
    {
        *reading = Reading { test: *test, statistic, threshold };
    }
    Ok(readings)
}

fn fitted<T: Real>(samples: &[T], estimate: &Estimate) -> Result<Fitted> {
    let step = estimate.step.unwrap_or(0.0);
    let grid = Grid::of(samples, step);
    Ok(match estimate.outcome {
        Outcome::Identifiable { signal_amplitude, noise_std, .. } => {
            Fitted { amplitude: signal_amplitude, noise_std, step, grid }
        }
        Outcome::NotIdentifiable { .. } => Fitted {
            amplitude: 0.0,
            noise_std: PowerSums::of_record(samples)?.means()?.rms_in_samples(),
            step,
            grid,
        },
    })
}
