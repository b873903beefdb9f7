//! How entries fade: Rayleigh, Rice, or the double Rayleigh of keyholes.

use super::sample::check_sample;
use super::{effective_rank, full_correlation};
use mmw_core::ndarray::ArrayRef3;
use mmw_core::{C64, Error, Result};

/// Fourth moment over the square of the second, of all entries of a sample `[draw, rx, tx]`.
///
/// ```text
/// κ = E|h|⁴ / (E|h|²)²
/// ```
/// 1 without fading, 2 for Rayleigh, `(K² + 4K + 2)/(1 + K)²` for Rice, `2 − 1/N` for `N` equal phasors, 4
/// for the double Rayleigh of a keyhole [^chizhik].
///
/// # Errors
/// [`Error::TooFew`] for an empty sample, [`Error::NotFinite`], [`Error::Invalid`] for a sample
/// without power.
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::kurtosis;
/// use mmw_core::{C64, ndarray::Array3};
/// assert_eq!(kurtosis(&Array3::from_elem((5, 2, 2), C64::i()))?, 1.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^chizhik]: D. Chizhik, G. J. Foschini, R. A. Valenzuela, "Capacities of multi-element transmit and
///     receive antennas: correlations and keyholes", Electronics Letters 36 (2000).
pub fn kurtosis(h: &ArrayRef3<C64>) -> Result<f64> {
    let [second, fourth] = moments(h)?;
    Ok(fourth / (second * second))
}

/// `E p` and `E p²` of the powers `p = |h|²`, relative to the greatest.
fn moments(h: &ArrayRef3<C64>) -> Result<[f64; 2]> {
    check_sample(h)?;
    let greatest = h.iter().map(|z| z.re.abs().max(z.im.abs())).fold(0.0, f64::max);
    let relative = |z: &C64| (z / greatest).norm_sqr();
    let (first, second) = h.iter().map(relative).fold((0.0, 0.0), |(a, b), p| (a + p, b + p * p));
    let count = h.len() as f64;
    if greatest > 0.0 && (first * first).is_normal() {
        Ok([first / count, second / count])
    } else {
        Err(Error::invalid("h", "its power is zero or out of range"))
    }
}

/// The Rice factor by the method of moments, linear; 0 for Rayleigh fading or worse.
///
/// ```text
/// K = √(2 − κ) / (1 − √(2 − κ)),   κ = E|h|⁴/(E|h|²)²
/// ```
/// Equation (5) of [^greenstein]. A sample that does not fade at all has no finite factor.
///
/// # Errors
/// As [`kurtosis`], and [`Error::Invalid`] for a sample that does not fade.
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::rice_factor;
/// use mmw_core::{C64, ndarray::Array3};
/// // Powers 1 and 3 in turn: mean 2, variance 1.
/// let h = Array3::from_shape_fn((10, 1, 1), |(d, _, _)| C64::new((1.0 + 2.0 * (d % 2) as f64).sqrt(), 0.0));
/// assert!((rice_factor(&h)? - 3f64.sqrt() / (2.0 - 3f64.sqrt())).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^greenstein]: L. J. Greenstein, D. G. Michelson, V. Erceg, "Moment-method estimation of the Ricean
///     K-factor", IEEE Communications Letters 3 (1999).
pub fn rice_factor(h: &ArrayRef3<C64>) -> Result<f64> {
    let root = (2.0 - kurtosis(h)?).max(0.0).sqrt();
    if root >= 1.0 - 1e-12 {
        return Err(Error::invalid("h", "it does not fade: the Rice factor is infinite"));
    }
    Ok(root / (1.0 - root))
}

/// What tells a keyhole: low rank although the entries are uncorrelated, and deeper fading than Rayleigh.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct KeyholeMetrics {
    /// [`kurtosis`]: 4 for a keyhole, 2 for Rayleigh fading.
    pub kurtosis: f64,
    /// Mean of [`effective_rank`]: 1 for a keyhole.
    pub effective_rank: f64,
    /// Root mean square of the correlation of different entries: near 0 for a keyhole between rich ends, 1
    /// for a channel whose low rank comes from correlation.
    pub correlation: f64,
}

mmw_core::checked_serde!(KeyholeMetrics { kurtosis, effective_rank, correlation });

impl KeyholeMetrics {
    /// From a sample `[draw, rx, tx]`.
    ///
    /// # Errors
    /// As [`kurtosis`] and [`effective_rank`]; [`Error::TooFew`] for matrices of one entry.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::statistics::KeyholeMetrics;
    /// use mmw_core::{C64, ndarray::Array3};
    /// let metrics = KeyholeMetrics::new(&Array3::from_elem((5, 2, 2), C64::i()))?;
    /// assert!((metrics.correlation - 1.0).abs() < 1e-14); // rank one, but by correlation: no keyhole
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn new(h: &ArrayRef3<C64>) -> Result<Self> {
        let (draws, rows, columns) = h.dim();
        mmw_core::check::at_least("entries of h", rows * columns, 2)?;
        let correlation = full_correlation(h)?;
        let n = rows * columns;
        let different = correlation.indexed_iter().filter(|((a, b), _)| a != b);
        let squares: f64 = different.map(|(_, z)| z.norm_sqr()).sum();
        let mut ranks = 0.0;
        for matrix in h.outer_iter() {
            ranks += effective_rank(&matrix)?;
        }
        Ok(Self {
            kurtosis: kurtosis(h)?,
            effective_rank: ranks / draws as f64,
            correlation: (squares / (n * (n - 1)) as f64).sqrt(),
        })
    }
}
