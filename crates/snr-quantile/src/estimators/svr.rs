//! The signal to variation ratio.

use super::samples::{contiguous, kurtosis_limit};
use crate::contrast::GREATEST_CONTRAST;
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::kernels;
use crate::method::Method;
use crate::precise::{BLOCK, DoubleDouble, FixedSum};
use crate::record::PowerSums;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::simd::Level;
use mmw_core::{Real, Result};

/// The signal to variation ratio for real BPSK: products of neighbouring squares beside fourth powers.
///
/// ```text
/// β = mean x_k² x_(k+1)² / (mean x⁴ − mean x_k² x_(k+1)²),   q = 2 β − 1,   SNR = q + √(q (q + 1))
/// ```
/// A peer of the moment method of the paper's Figure 8 (equation 21), in its form for real samples. It does
/// not depend on the channel's gain from one pair of samples to the next, and pays for it: efficiency about
/// 0.6 at high SNR. No positive solution when `q <= 0`. The one estimator here that depends on the order of
/// the samples.
///
/// # Examples
/// ```
/// use snr_quantile::{Estimator, Svr};
/// use mmw_core::ndarray::array;
/// let x = array![1.2, -0.9, 0.8, -1.1, -1.0, 1.3, 0.7, -1.2];
/// assert!(Svr.estimate(&x)?.is_identifiable());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Svr;

/// Sum of products of neighbouring squares, in fixed point below the fourth power of 2^exponent, and the ends
/// of the record for the pairs across a border.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Pairs {
    sum: FixedSum,
    /// First and last sample, in the unit of the samples.
    ends: Option<[f64; 2]>,
}

impl Pairs {
    /// Takes in the next samples; the sum is first brought down by `octaves`.
    pub(super) fn push<T: Real>(&mut self, samples: &[T], scale: f64, octaves: u32) {
        self.lower(octaves);
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return };
        let (first, last) = (first.as_f64(), last.as_f64());
        if let Some([_, before]) = self.ends {
            self.sum.add_fine(kernels::neighbour_sums(Level::current(), &[before, first], scale));
        }
        // Blocks overlap by one sample, so that each pair lies in one of them.
        let mut rest = samples;
        while rest.len() > 1 {
            let block = rest.get(..BLOCK).unwrap_or(rest);
            self.sum.add_fine(kernels::neighbour_sums(Level::current(), block, scale));
            rest = rest.get(block.len() - 1..).unwrap_or_default();
        }
        self.ends = Some([self.ends.map_or(first, |[start, _]| start), last]);
    }

    pub(super) fn lower(&mut self, octaves: u32) {
        self.sum.lower(octaves.saturating_mul(4));
    }

    /// Takes in the pairs of the samples that follow; both sums are in the same unit, `scale`.
    pub(super) fn merge(&mut self, other: Self, scale: f64) {
        self.sum.merge(other.sum);
        self.ends = match (self.ends, other.ends) {
            (Some([start, left]), Some([right, end])) => {
                self.sum.add_fine(kernels::neighbour_sums(Level::current(), &[left, right], scale));
                Some([start, end])
            }
            (ends, None) | (None, ends) => ends,
        };
    }
}

pub(super) fn svr(sums: &PowerSums, pairs: &Pairs) -> Result<Estimate> {
    let means = sums.means()?;
    let count = means.count as f64;
    // Means of products and of fourth powers, times the same.
    let product = DoubleDouble::from(count) * pairs.sum.precise();
    let fourth = DoubleDouble::from(count - 1.0) * sums.fourth();
    let numerator = (product * DoubleDouble::from(3.0) - fourth).value();
    let denominator = (fourth - product).value();
    let q = numerator / denominator;
    let snr = q + (q * (q + 1.0)).sqrt();
    if !(denominator > 0.0 && q > 0.0 && snr.is_finite()) {
        let limit = if denominator > 0.0 { kurtosis_limit(means.count) } else { None };
        // 1 − w² is 1/(1 + q) for the SNR of the formula, and goes on beyond q = 0.
        let contrast = if denominator > 0.0 { q.max(-1.0 + 1e-12).ln_1p() } else { GREATEST_CONTRAST };
        return Ok(Estimate::not_identifiable(Method::Svr, means.count, limit, contrast));
    }
    let fractions = [snr / (1.0 + snr), 1.0 / (1.0 + snr)];
    Estimate::from_fractions(Method::Svr, means.count, fractions, means.rms_in_samples())
}

impl<T: Real> Estimator<T> for Svr {
    fn method(&self) -> Method {
        Method::Svr
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        let samples = contiguous(samples)?;
        let sums = PowerSums::of_record(&samples)?.refined(&samples);
        let mut pairs = Pairs::default();
        pairs.push(&samples, sums.scale(), 0);
        svr(&sums, &pairs)
    }
}
