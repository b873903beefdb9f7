//! Estimators from two moments: M2M4, M1M2 and the decision-directed one.

use super::{contiguous, kurtosis_limit};
use crate::efficiency::mean_magnitude;
use crate::sums::{PowerMeans, PowerSums};
use crate::theory::quartic::bracketed_root;
use crate::{Estimate, Estimator, Method};
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Real, Result};
use std::f64::consts::FRAC_2_PI;

/// The moments estimator M2M4 for real BPSK.
///
/// ```text
/// S² = √((3 M2² − M4)/2),   σ² = M2 − S²,   M2 = mean x²,   M4 = mean x⁴
/// ```
/// The peer of the paper's Figure 8, in its form for real samples (kurtosis 1 of the signal, 3 of the noise).
/// No positive solution when the kurtosis `M4/M2²` is 3 or more. Its efficiency is 0.975 at −10 dB, 0.67 at
/// 5 dB, and tends to 1 at high SNR ([`crate::efficiency`]).
///
/// # Examples
/// ```
/// use snr_quantile::{Estimator, M2m4};
/// use mmw_core::ndarray::array;
/// // M2 = 1.25, M4 = 2.125: S⁴ = (3 · 1.5625 − 2.125)/2 = 1.28125.
/// let estimate = M2m4.estimate(&array![0.5, -1.0, 1.0, -1.0, 1.0, 1.5, -0.5, 1.5, 1.0, -1.0])?;
/// assert!(estimate.is_identifiable());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct M2m4;

/// The moments estimator of mean magnitude and power.
///
/// ```text
/// mean |x| / √(mean x²) = σ √(2/π) exp(−S²/(2σ²)) + S erf(S/(σ√2)),   S² + σ² = 1
/// ```
/// solved for `S`. The first moment of the magnitude of equation (1) of the paper. Efficiency 0.70 at −10 dB,
/// 0.978 at 2 dB, above 0.999 from 8 dB on. No positive solution when the ratio is `√(2/π)` or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct M1m2;

/// Least squares with the signs of the samples for symbols (the signal to noise variance estimator).
///
/// ```text
/// S = mean |x|,   σ² = mean x² − S²
/// ```
/// Equation (15) of the paper with decided symbols. Wrong decisions make it read too high at low SNR: 2.4 dB is
/// the least it reads from noise alone, and the bias is +3.3 dB at 0 dB, +0.4 dB at 6 dB. Always identifiable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecisionDirected;

pub(super) fn m2m4(means: &PowerMeans) -> Result<Estimate> {
    let s4 = 0.5 * (3.0 - means.kurtosis);
    if s4 <= 0.0 {
        return Ok(Estimate::not_identifiable(Method::M2m4, means.count, kurtosis_limit(means.count)));
    }
    let signal = s4.sqrt();
    // 1 − √s4 without cancelling: (1 − s4)/(1 + √s4).
    let noise = 0.5 * (means.kurtosis - 1.0) / (1.0 + signal);
    Estimate::from_fractions(Method::M2m4, means.count, [signal, noise], means.rms_in_samples())
}

/// The signal's share of the power for a ratio of mean magnitude to rms; none when it is that of noise.
pub(super) fn m1m2_signal(m1: f64) -> Option<f64> {
    if m1 <= FRAC_2_PI.sqrt() {
        return None;
    }
    // Near S = 0 the ratio grows as S⁴: the root in S² is simple enough for the bracket.
    let signal =
        bracketed_root(0.0, 1.0, |s2| if s2 < 1.0 { mean_magnitude(s2, 1.0 - s2) - m1 } else { 1.0 - m1 });
    (signal > 0.0 && signal < 1.0).then_some(signal)
}

pub(super) fn m1m2(means: &PowerMeans) -> Result<Estimate> {
    // From 20 dB on the folded tail is below 1e-23 and the mean magnitude is S.
    let square = means.m1 * means.m1;
    let (signal, noise) = if square > 0.991 {
        (square, (1.0 - means.m1) * (1.0 + means.m1))
    } else {
        match m1m2_signal(means.m1) {
            Some(signal) => (signal, 1.0 - signal),
            None => {
                return Ok(Estimate::not_identifiable(
                    Method::M1m2,
                    means.count,
                    kurtosis_limit(means.count),
                ));
            }
        }
    };
    Estimate::from_fractions(Method::M1m2, means.count, [signal, noise], means.rms_in_samples())
}

pub(super) fn decision_directed(means: &PowerMeans) -> Result<Estimate> {
    let noise = (1.0 - means.m1) * (1.0 + means.m1);
    let fractions = [means.m1 * means.m1, noise];
    Estimate::from_fractions(Method::DecisionDirected, means.count, fractions, means.rms_in_samples())
}

macro_rules! from_moments {
    ($type:ident, $method:ident, $function:ident) => {
        impl<T: Real> Estimator<T> for $type {
            fn method(&self) -> Method {
                Method::$method
            }

            fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
                $function(&PowerSums::of_record(&contiguous(samples)?, |_| ())?.means()?)
            }
        }
    };
}

from_moments!(M2m4, M2m4, m2m4);
from_moments!(M1m2, M1m2, m1m2);
from_moments!(DecisionDirected, DecisionDirected, decision_directed);
