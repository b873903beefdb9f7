//! The paper's estimator, steps 1 to 4, with exact calibration.

use super::samples::contiguous;
use crate::efficiency::quartic_influence;
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::kernels::{self, Gram};
use crate::method::Method;
use crate::precise::DoubleDouble;
use crate::snr::{Snr, snr_of_square};
use crate::sort::Ordered;
use crate::theory::distribution::SquaredBpsk;
use crate::theory::quartic as exact;
use crate::theory::taylor_coefficients;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::simd::Level;
use mmw_core::{Error, Real, Result, check};
use std::ops::Range;

/// The paper's estimator: a quartic to the sorted squares, whose leading coefficient tells σ.
///
/// ```text
/// y = x²/mean x²   sorted;   l = (K − L)/2, …, (K + L)/2,   L = 0.8 K
/// C4 = Σ P4(l) y(l) / Σ P4(l)² · K⁴,   P4(t) = t⁴ − (3 n² − 13)/14 t² + 3 (n² − 1)(n² − 9)/560,   n = L + 1
/// σ = C4⁻¹(C4),   SNR = (1 − σ²)/σ²
/// ```
/// Steps 1 to 4 with equations (3), (5), (6), (11), (16): the leading coefficient of a least-squares fit on
/// equidistant points is one dot product with the Gram polynomial of degree 4 (`t` counts from the middle of
/// the window), so that no system (11) is solved. The abscissa is that of equations (9) and (10), `p = l/K`.
///
/// # Erratum
/// The paper finds it better than M2M4 from −10 to 10 dB and at the Cramér-Rao bound above 8 dB. It is
/// neither, whatever the calibration: to match M2M4 it needs 19 to 232 times as many samples, its efficiency
/// is 3.8 % at −10 dB and 0.33 % at 10 dB. The quantile curve at high SNR is `S² + 2 S σ z(p) + σ² z(p)²`;
/// its greatest part is odd about `p = ½` and adds nothing to `C4` but noise. At 200 samples and 10 dB a
/// third of the coefficients are negative. Use [`crate::MlBinned`], or [`crate::LStatistic`] for what the
/// idea can do.
///
/// # Examples
/// ```
/// use snr_quantile::{Estimator, Quartic};
/// use mmw_core::ndarray::Array1;
/// // Squares along the exact quantile curve of σ = 0.5.
/// let law = snr_quantile::theory::SquaredBpsk::normalised(0.5)?;
/// let x = (0..1000).map(|i| Ok(law.quantile((f64::from(i) + 0.5) / 1e3)?.sqrt()));
/// let x: Array1<f64> = x.collect::<mmw_core::Result<_>>()?;
/// let estimate = Quartic::new().estimate(&x)?;
/// assert!((estimate.leading_coefficient.unwrap_or(0.0) / 7.612 - 1.0).abs() < 0.02);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quartic {
    /// Record length, and the mean coefficient at σ² = 1/40, …, 1 there.
    finite: Option<(usize, Vec<f64>)>,
}

/// Least number of samples: the window must hold five for a quartic.
const LEAST_SAMPLES: usize = 7;
/// Most samples for which the finite-sample calibration is worked out.
const MOST_FINITE: usize = 4096;
/// Steps of σ² in the finite-sample calibration.
const FINITE_STEPS: i32 = 40;

impl Quartic {
    /// With the calibration of infinitely many samples, `C4(σ)`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With the mean of the coefficient from so many samples, to order 1/N, in place of its limit: it takes
    /// the bias from the coefficient, which is the lesser part of its error. For records of that length
    /// alone.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 7 samples, [`Error::Domain`] for more than 4096, where it makes no
    /// difference that matters.
    ///
    /// # Examples
    /// ```
    /// use snr_quantile::Quartic;
    /// assert!(Quartic::finite_sample(200)? != Quartic::new());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn finite_sample(samples: usize) -> Result<Self> {
        check::at_least("samples", samples, LEAST_SAMPLES)?;
        check::in_range("samples", samples as f64, 0.0, MOST_FINITE as f64)?;
        let sigma = |i: i32| (f64::from(i) / f64::from(FINITE_STEPS)).sqrt();
        let means: Result<Vec<f64>> =
            (1..=FINITE_STEPS).map(|i| finite_sample_mean(sigma(i), samples)).collect();
        Ok(Self { finite: Some((samples, means?)) })
    }

    /// Share of the noise in the power for a coefficient; none unless it lies within the calibration.
    fn noise_fraction(&self, c4: f64) -> Option<f64> {
        if c4 <= LEAST_COEFFICIENT {
            return None;
        }
        let Some((_, means)) = &self.finite else {
            let within = c4 > 0.0 && c4 < exact::greatest_leading_coefficient();
            return within.then(|| exact::noise_fraction(c4));
        };
        let (mut before, mut w) = (0.0, 0.0);
        for mean in means {
            // The mean is made to ascend, as the asymptotic function does.
            let mean = mean.max(before);
            if c4 > before && c4 <= mean {
                return Some(w + (c4 - before) / (mean - before) / f64::from(FINITE_STEPS));
            }
            (before, w) = (mean, w + 1.0 / f64::from(FINITE_STEPS));
        }
        None
    }
}

/// The window of the paper on `k` samples: the rank (from 1) of its first sample and the number of samples.
///
/// `K − L` must be even; 0.1 K is rounded, and at least 1. Equation (6).
fn window(k: usize) -> (usize, usize) {
    let first = ((k as f64 * exact::WINDOW_START).round() as usize).max(1);
    (first, (k + 1).saturating_sub(2 * first))
}

/// The dot product of ascending squares with the Gram polynomial of the window, run by run.
///
/// The polynomial is taken 560 times, over twice `t`: its values are integers. They add up to zero; a
/// reference near the magnitudes keeps the rounding errors small.
struct Dot {
    samples: usize,
    window: Range<usize>,
    reference: f64,
    sum: DoubleDouble,
}

impl Dot {
    fn new(samples: usize, reference: f64) -> Self {
        let (first, n) = window(samples);
        Self { samples, window: first - 1..first - 1 + n, reference, sum: 0.0.into() }
    }

    /// Takes in ascending magnitudes, the first of the given rank (from 0); those outside the window count
    /// not.
    fn add(&mut self, rank: usize, magnitudes: &[f64]) {
        let from = self.window.start.saturating_sub(rank);
        let to = self.window.end.saturating_sub(rank).min(magnitudes.len());
        let Some(inside) = magnitudes.get(from..to) else { return };
        let n = self.window.len() as f64;
        let n2 = n * n;
        let gram = Gram { a: 10.0 * (3.0 * n2 - 13.0), b: 3.0 * (n2 - 1.0) * (n2 - 9.0) };
        let start = 2.0 * (rank + from - self.window.start) as f64 - (n - 1.0);
        let level = Level::current();
        self.sum = self.sum + kernels::quartic_dot(level, inside, gram, start, self.reference);
    }

    /// `C4` in the convention of equations (9) and (10), of squares over `power`.
    ///
    /// The norm of the Gram polynomial, `n (n² − 1)(n² − 4)(n² − 9)(n² − 16)/44100`, is that of the monic
    /// discrete Legendre polynomial of degree 4 on `n` points.
    fn leading_coefficient(&self, power: f64) -> f64 {
        self.sum.value() / (power * norm(self.window.len() as f64)) * (self.samples as f64).powi(4)
    }
}

/// The norm of the Gram polynomial times 560.
fn norm(n: f64) -> f64 {
    let n2 = n * n;
    n * (n2 - 1.0) * (n2 - 4.0) * (n2 - 9.0) * (n2 - 16.0) * (560.0 / 44_100.0)
}

/// The mean of `C4` from `k` samples, to order 1/k.
///
/// Order statistics have the mean `Q(p) + ½ p (1 − p) Q''(p)/(k + 2)` at `p = l/(k + 1)`; the division by the
/// power adds `(C4 var y − cov(C4, y))/k`.
fn finite_sample_mean(sigma: f64, k: usize) -> Result<f64> {
    let law = SquaredBpsk::normalised(sigma)?;
    let (first, n) = window(k);
    let count = k as f64;
    let mean_square = |l: usize| -> Result<f64> {
        let p = l as f64 / (count + 1.0);
        let a = taylor_coefficients(sigma, p)?;
        Ok(a[0] + p * (1.0 - p) * a[2] / (count + 2.0))
    };
    let magnitudes: Result<Vec<f64>> =
        (first..first + n).map(|l| mean_square(l).map(|y| y.max(0.0).sqrt())).collect();
    let mut dot = Dot::new(k, 1.0);
    dot.add(first - 1, &magnitudes?);
    let c4 = dot.leading_coefficient(1.0);
    let (asymptotic, _, psi_with_y) = quartic_influence(&law);
    let variance = 2.0 * sigma.powi(4) + 4.0 * sigma * sigma * law.signal_amplitude().powi(2);
    // The influence already holds −C4 (y − 1): cov(C4, y) is its covariance plus C4 var y.
    let covariance = psi_with_y + asymptotic * variance;
    Ok(c4 + (asymptotic * variance - covariance) / count)
}

impl<T: Real> Estimator<T> for Quartic {
    fn method(&self) -> Method {
        Method::Quartic
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        let samples = contiguous(samples)?;
        let (means, ordered) = Ordered::new(&samples)?;
        check::at_least("samples", samples.len(), LEAST_SAMPLES)?;
        if let Some((length, _)) = &self.finite {
            check::same_len("samples", *length, samples.len())?;
        }
        let mut dot = Dot::new(samples.len(), means.m1 * means.rms);
        ordered.for_each_run(dot.window.clone(), |rank, magnitudes| dot.add(rank, magnitudes));
        let c4 = dot.leading_coefficient(means.rms * means.rms);
        if !c4.is_finite() {
            return Err(Error::invalid("samples", "the leading coefficient exceeds the range of f64"));
        }
        let estimate = match self.noise_fraction(c4) {
            Some(noise) if noise < 1.0 && noise > 0.0 => Estimate::from_fractions(
                Method::Quartic,
                means.count,
                [1.0 - noise, noise],
                means.rms_in_samples(),
            )?,
            _ => Estimate::not_identifiable(Method::Quartic, means.count, upper_limit(c4, means.count), None),
        };
        Ok(Estimate { leading_coefficient: Some(c4), ..estimate })
    }
}

/// `C4` falls short of that of noise by `10.0 S⁴`; its deviation there is `√(23 354/N)`.
///
/// A coefficient that is not positive, or not beyond rounding, excludes nothing.
fn upper_limit(c4: f64, samples: u64) -> Option<Snr> {
    let deviation = (NOISE_VARIANCE / samples as f64).sqrt();
    if c4 <= LEAST_COEFFICIENT { None } else { snr_of_square(1.644_853_626_951_472_7 * deviation / 10.0) }
}

/// `C4` at 110 dB, where the other estimators end too. Rounding makes some 1e-13 of a coefficient of zero, as
/// samples that are equal within the window have.
const LEAST_COEFFICIENT: f64 = 3e-10;

/// Variance of the influence of a sample on `C4` without a signal.
const NOISE_VARIANCE: f64 = 23_354.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_that_of_the_paper() {
        assert_eq!(window(200), (20, 161));
        assert_eq!(window(1_000_000), (100_000, 800_001));
        assert_eq!(window(7), (1, 6));
    }

    #[test]
    fn the_dot_product_is_the_leading_coefficient_of_a_polynomial() {
        let k = 50;
        let square = |l: usize| {
            let p = l as f64 / k as f64;
            1.0 + p * (0.5 + p * (0.3 + p * (0.2 + p * 3.0)))
        };
        let magnitudes: Vec<f64> = (1..=k).map(|l| square(l).sqrt()).collect();
        for cut in [0, 1, 4, 5, 30, 45, 46, 50] {
            let mut dot = Dot::new(k, 1.0);
            dot.add(0, &magnitudes[..cut]);
            dot.add(cut, &magnitudes[cut..]);
            assert!((dot.leading_coefficient(1.0) - 3.0).abs() < 1e-10, "{cut}");
        }
    }

    #[test]
    fn a_coefficient_of_rounding_errors_is_no_snr() {
        let spike = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let step = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 3.0];
        for x in [spike, step] {
            for quartic in [Quartic::new(), Quartic::finite_sample(9).unwrap()] {
                let estimate = quartic.estimate(&mmw_core::ndarray::Array1::from(x.to_vec())).unwrap();
                assert!(!estimate.is_identifiable(), "{estimate:?}");
                assert!(estimate.leading_coefficient.is_some_and(|c4| c4.abs() < 1e-11));
            }
        }
    }

    #[test]
    fn the_variance_without_a_signal_is_that_of_the_influence_function() {
        let (_, variance, _) = quartic_influence(&SquaredBpsk::normalised(1.0).unwrap());
        assert!((variance / NOISE_VARIANCE - 1.0).abs() < 1e-4, "{variance}");
    }
}
