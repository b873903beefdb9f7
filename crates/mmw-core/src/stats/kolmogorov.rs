//! The one-sample test of Kolmogorov and Smirnov.

use super::Ecdf;
use crate::{Error, Result, check};
use ndarray::ArrayRef1;
use std::f64::consts::PI;

/// How far a sample lies from a distribution, and how likely so far or farther is by chance.
///
/// # Examples
/// ```
/// use mmw_core::stats::KolmogorovSmirnov;
/// use ndarray::Array1;
///
/// let even = Array1::linspace(0.005, 0.995, 100);
/// let uniform = KolmogorovSmirnov::new(&even, |x| x)?;
/// assert!((uniform.statistic - 0.005).abs() < 1e-12 && uniform.p_value > 0.999);
/// let squared = KolmogorovSmirnov::new(&even, |x| x * x)?;
/// assert!(squared.p_value < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct KolmogorovSmirnov {
    /// `D`, the greatest distance between the two cumulative distributions, 0 to 1.
    pub statistic: f64,
    /// Probability of this distance or more for a sample of the distribution, 0 to 1.
    pub p_value: f64,
    /// Size of the sample.
    pub count: usize,
}

crate::checked_serde!(KolmogorovSmirnov, |test| {
    check::in_range("statistic", test.statistic, 0.0, 1.0)?;
    check::in_range("p_value", test.p_value, 0.0, 1.0)?;
    check::at_least("count", test.count, 1).map(|_| ())
});

impl KolmogorovSmirnov {
    /// Tests `sample` against the continuous distribution `cdf`, which must not be fitted to the sample.
    ///
    /// ```text
    /// D = supₓ |F(x) − cdf(x)|
    /// p = Q((√n + 0.12 + 0.11/√n) D),   Q(λ) = 2 Σⱼ (−1)^(j−1) exp(−2 j² λ²)
    /// ```
    /// `Q` is Kolmogorov's limit; the factor is the modified statistic of [^stephens] for finite samples,
    /// good to a few per cent of `p` from n = 4 on.
    ///
    /// # Errors
    /// As [`Ecdf::new`]; [`Error::Domain`] when `cdf` returns anything but a number from 0 to 1.
    ///
    /// [^stephens]: M. A. Stephens, "Use of the Kolmogorov-Smirnov, Cramér-von Mises and related statistics
    ///     without extensive tables", Journal of the Royal Statistical Society B 32 (1970).
    pub fn new(sample: &ArrayRef1<f64>, cdf: impl Fn(f64) -> f64) -> Result<Self> {
        let ecdf = Ecdf::new(sample)?;
        let count = ecdf.values().len();
        let n = count as f64;
        let mut statistic = 0.0_f64;
        for (i, &x) in ecdf.values().iter().enumerate() {
            let p = cdf(x);
            if !(0.0..=1.0).contains(&p) {
                return Err(Error::domain("cdf", p, "a number from 0 to 1"));
            }
            statistic = statistic.max(p - i as f64 / n).max((i + 1) as f64 / n - p);
        }
        let root = n.sqrt();
        let p_value = kolmogorov_tail((root + 0.12 + 0.11 / root) * statistic);
        Ok(Self { statistic, p_value, count })
    }
}

/// `Q(λ)`; below 1.18 by the other series of the same function, which converges at once there:
/// `1 − √(2π)/λ Σ exp(−(2j − 1)² π²/(8 λ²))`.
fn kolmogorov_tail(lambda: f64) -> f64 {
    if lambda < 0.1 {
        return 1.0; // the complement is below 1e-50
    }
    if lambda < 1.18 {
        let term = |j: u32| (-f64::from(2 * j - 1).powi(2) * PI * PI / (8.0 * lambda * lambda)).exp();
        return 1.0 - (2.0 * PI).sqrt() / lambda * (1..=4).map(term).sum::<f64>();
    }
    let term = |j: i32| f64::from(1 - 2 * ((j + 1) % 2)) * (-2.0 * f64::from(j * j) * lambda * lambda).exp();
    (2.0 * (1..=4).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_matches_the_table_and_both_series_meet() {
        // Percentage points of the limiting distribution, Smirnov 1948.
        for (lambda, p) in [(1.223_848, 0.10), (1.358_099, 0.05), (1.627_624, 0.01)] {
            assert!((kolmogorov_tail(lambda) - p).abs() < 1e-6, "{lambda}");
        }
        assert!((kolmogorov_tail(1.18 - 1e-12) - kolmogorov_tail(1.18)).abs() < 1e-10);
        assert!((kolmogorov_tail(0.5) - 0.963_945_243_664_875).abs() < 1e-12);
        assert_eq!(kolmogorov_tail(0.0), 1.0);
    }
}
