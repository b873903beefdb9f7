//! Maximum likelihood, on the samples and on a histogram.

use super::from_amplitude::from_amplitude;
use super::quantised::quantised;
use super::samples::contiguous;
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::likelihood::{self, Binned, Greatest, Magnitudes, Raw};
use crate::method::Method;
use crate::record::{Histogram, Lattice, PowerMeans, PowerSums};
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Real, Result};

/// Maximum likelihood of amplitude and noise, symbols unknown, on the samples themselves.
///
/// ```text
/// G(S) = mean(r tanh(S r/(1 − S²))) − S = 0,   r = |x|/√(mean x²),   σ² = 1 − S²
/// ```
/// The likelihood equations of the density behind equation (18) of the paper, on the ridge where they hold
/// together. The greatest maximum is sought over the whole range of SNR (above 2 dB on a histogram), then
/// Newton's iteration on the samples takes it to the last digits; at low SNR `G/S³` is summed without
/// cancelling. There is always a positive solution when the kurtosis is below 3; above, the solution must
/// beat `S = 0` in likelihood, or else there is none.
///
/// Samples that all lie on a lattice of up to 8192 steps, as those of a converter do, stand for the interval
/// that they were rounded from ([`Estimate::step`] is then given): taken for the numbers themselves, they
/// would add `step²/12` to the noise.
///
/// It reaches the Cramér-Rao bound from 6, 4, 2, 0, −2 dB on for N = 100, 200, 400, 1000, 10000.
///
/// # Examples
/// ```
/// use snr_quantile::{Estimator, Ml, MlBinned};
/// use mmw_core::ndarray::Array1;
/// // 5 dB: amplitude 1 with a deterministic stand-in for noise.
/// let x: Array1<f64> = (0..500).map(|i| 1.0 + 0.795 * (f64::from(i) * 2.4).sin()).collect();
/// let (exact, binned) = (Ml.estimate(&x)?, MlBinned.estimate(&x)?);
/// assert!((exact.snr_db_or(0.0) - binned.snr_db_or(0.0)).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ml;

/// Maximum likelihood on a histogram of the magnitudes: the estimator to use unless there is a reason not to.
///
/// Equation and solution are those of [`Ml`]. The histogram has 128 bins per octave at any scale; moments are
/// exact, and the histogram only enters through `mean r (1 − tanh(…))`, to which large samples contribute
/// nothing: the estimate differs from [`Ml`]'s by less than 1 % of its standard deviation from 0 dB on, and
/// by 4 % in the weakest records below. There, bins are moved so that their moments are those of the samples,
/// and of two maxima of nearly the same height a record takes the one that its samples prefer. One pass over
/// the samples; state of fixed size, mergeable ([`crate::Streaming`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MlBinned;

/// From what a stream holds: all magnitudes too, while there are at most [`SHORT`].
pub(super) fn ml_binned(
    means: &PowerMeans,
    histogram: &Histogram,
    lattice: &Lattice,
    few: Option<&[f64]>,
) -> Result<Estimate> {
    if let Some(estimate) = quantised(Method::MlBinned, means, lattice) {
        return estimate;
    }
    if let Some(few) = few {
        return of_short(means, few);
    }
    let binned = of_weak_or_strong(means, histogram);
    from_amplitude(Method::MlBinned, &binned, likelihood::greatest(&binned).amplitude)
}

fn of_short<T: Real>(means: &PowerMeans, samples: &[T]) -> Result<Estimate> {
    let short = Binned::of_short(means, samples);
    from_amplitude(Method::MlBinned, &short, likelihood::greatest(&short).amplitude)
}

/// The bins; near a kurtosis of 3 with the moments of the samples, which the signal is seen by there.
fn of_weak_or_strong(means: &PowerMeans, histogram: &Histogram) -> Binned {
    let binned = Binned::new(means, histogram);
    if means.kurtosis > WEAK_KURTOSIS { binned.matched() } else { binned }
}

/// The kurtosis of 2 dB. Above it maxima stand close and low, and bins may tell the wrong one for the
/// greatest.
const WEAK_KURTOSIS: f64 = 2.2;

/// Samples up to which a histogram has hardly fewer bins in use.
pub(super) const SHORT: usize = 256;

/// Two maxima this close, in log-likelihood per sample, are told apart on the samples: bins move the
/// likelihood of either by some 1e-5.
const TIE: f64 = 1e-3;

/// Power sums and histogram of a record.
fn gather<T: Real>(samples: &[T]) -> Result<(PowerSums, Histogram)> {
    let mut histogram = Histogram::new();
    let sums = PowerSums::of_record_by(samples, |start, block, scale| {
        if start == 0 {
            histogram.clear();
        }
        histogram.add_with_sums(block, scale)
    })?;
    Ok((sums, histogram))
}

/// The estimate of a record on a lattice; none for another.
fn of_lattice<T: Real>(method: Method, samples: &[T]) -> Result<Option<Estimate>> {
    let Some(lattice) = Lattice::of(samples) else { return Ok(None) };
    let means = PowerSums::of_record(samples)?.means_of(samples)?;
    quantised(method, &means, &lattice).transpose()
}

/// The search on the samples: for weak records, where all digits count and it takes many passes anyway.
fn on_samples<T: Real>(
    method: Method,
    samples: &[T],
    sums: &PowerSums,
    histogram: &Histogram,
) -> Result<Estimate> {
    let means = sums.refined(samples).means()?;
    let binned = Binned::new(&means, histogram);
    let bins = (samples.len() > 4 * binned.len()).then_some(&binned);
    let raw = Raw { samples, means, bins };
    from_amplitude(method, &raw, likelihood::greatest(&raw).amplitude)
}

impl<T: Real> Estimator<T> for MlBinned {
    fn method(&self) -> Method {
        Method::MlBinned
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        let samples = contiguous(samples)?;
        if let Some(estimate) = of_lattice(Method::MlBinned, &samples)? {
            return Ok(estimate);
        }
        if samples.len() <= SHORT {
            let means = PowerSums::of_record(&samples)?.means_of(&samples)?;
            return of_short(&means, &samples);
        }
        let (sums, histogram) = gather(&samples)?;
        let means = sums.means_of(&samples)?;
        let binned = of_weak_or_strong(&means, &histogram);
        let Greatest { amplitude, margin } = likelihood::greatest(&binned);
        if margin < TIE {
            return on_samples(Method::MlBinned, &samples, &sums, &histogram);
        }
        from_amplitude(Method::MlBinned, &binned, amplitude)
    }
}

impl<T: Real> Estimator<T> for Ml {
    fn method(&self) -> Method {
        Method::Ml
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        let samples = contiguous(samples)?;
        if let Some(estimate) = of_lattice(Method::Ml, &samples)? {
            return Ok(estimate);
        }
        let (sums, histogram) = gather(&samples)?;
        let means = sums.means_of(&samples)?;
        if means.kurtosis > WEAK_KURTOSIS {
            return on_samples(Method::Ml, &samples, &sums, &histogram);
        }
        let raw = Raw { samples: &samples, means, bins: None };
        let near = likelihood::greatest(&Binned::new(&means, &histogram)).amplitude;
        let amplitude = near.map(|near| {
            // The two slopes differ by some 1e-5, so the two roots do by a small part of this bracket.
            let reach = 0.1 * (1.0 - near);
            let bracket = [(near - reach).max(0.0), near + reach];
            likelihood::polish(|s| raw.slope(s), bracket, near, Raw::<T>::LAST_STEP)
        });
        from_amplitude(Method::Ml, &raw, amplitude)
    }
}
