//! Estimators from two moments: M2M4, M1M2 and the decision-directed one.

use super::samples::{contiguous, kurtosis_limit};
use crate::contrast::noise_contrast;
use crate::efficiency::mean_magnitude;
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::method::Method;
use crate::record::{PowerMeans, PowerSums};
use crate::theory::quartic::bracketed_root;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Real, Result};
use std::f64::consts::FRAC_PI_2;

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
/// Equation (15) of the paper with decided symbols. Wrong decisions make it read too high at low SNR: 2.4 dB
/// is the least it reads from noise alone, and the bias is +3.3 dB at 0 dB, +0.4 dB at 6 dB. Always
/// identifiable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecisionDirected;

pub(super) fn m2m4(means: &PowerMeans) -> Result<Estimate> {
    let s4 = 0.5 * means.below_3;
    if s4 <= 0.0 {
        let limit = kurtosis_limit(means.count);
        return Ok(Estimate::not_identifiable(
            Method::M2m4,
            means.count,
            limit,
            noise_contrast(means.above_1),
        ));
    }
    let signal = s4.sqrt();
    // 1 − √s4 without cancelling: (1 − s4)/(1 + √s4).
    let noise = 0.5 * means.above_1 / (1.0 + signal);
    Estimate::from_fractions(Method::M2m4, means.count, [signal, noise], means.rms_in_samples())
}

/// How far `mean |x| / rms` lies above that of noise, relative to it, for a signal's share `w` of the power.
///
/// ```text
/// m1 √(π/2) = √(1 − w) ₁F₁(−½; ½; −y) = √(1 − w) (1 + y − y²/6 + y³/30 − …),   y = w/(2 (1 − w))
/// ```
/// Near zero it is `w²/12`: the series is taken without its first two terms, which make `w²/8` with the root.
fn m1_excess(w: f64) -> f64 {
    let y = w / (2.0 * (1.0 - w));
    if y > 0.5 {
        return mean_magnitude(w, 1.0 - w) * FRAC_PI_2.sqrt() - 1.0;
    }
    let root = (1.0 - w).sqrt();
    let half = 1.0 - 0.5 * w;
    let (mut power, mut rest) = (-y, 0.0);
    for k in 2..20 {
        power *= -y / f64::from(k);
        rest -= power / f64::from(2 * k - 1);
    }
    0.25 * w * w / (root * (half + root)) + root * rest
}

pub(super) fn m1m2(means: &PowerMeans) -> Result<Estimate> {
    // From 20 dB on the folded tail is below 1e-23 and the mean magnitude is S.
    if means.spread < 0.009 {
        let fractions = [means.m1 * means.m1, means.spread];
        return Estimate::from_fractions(Method::M1m2, means.count, fractions, means.rms_in_samples());
    }
    let excess = |w: f64| if w < 1.0 { m1_excess(w) } else { FRAC_PI_2.sqrt() - 1.0 };
    let signal = bracketed_root(0.0, 1.0, |w| excess(w) - means.m1_excess);
    if signal > 0.0 && signal < 1.0 {
        let fractions = [signal, 1.0 - signal];
        return Estimate::from_fractions(Method::M1m2, means.count, fractions, means.rms_in_samples());
    }
    // m1's excess is w²/12 near zero, and the contrast w².
    let contrast = 12.0 * means.m1_excess.min(0.0);
    Ok(Estimate::not_identifiable(Method::M1m2, means.count, kurtosis_limit(means.count), contrast))
}

pub(super) fn decision_directed(means: &PowerMeans) -> Result<Estimate> {
    let fractions = [means.m1 * means.m1, means.spread];
    Estimate::from_fractions(Method::DecisionDirected, means.count, fractions, means.rms_in_samples())
}

macro_rules! from_moments {
    ($type:ident, $method:ident, $function:ident, $sums:expr) => {
        impl<T: Real> Estimator<T> for $type {
            fn method(&self) -> Method {
                Method::$method
            }

            fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
                let samples = contiguous(samples)?;
                $function(&$sums(&samples)?.means_of(&samples)?)
            }
        }
    };
}

from_moments!(M2m4, M2m4, m2m4, PowerSums::even_of_record);
from_moments!(M1m2, M1m2, m1m2, all_sums);
from_moments!(DecisionDirected, DecisionDirected, decision_directed, all_sums);

fn all_sums<T: Real>(samples: &[T]) -> Result<PowerSums> {
    PowerSums::of_record(samples)
}
