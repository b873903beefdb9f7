//! The one SNR convention of the crate, and conversions to the others.

use mmw_core::{Result, check};

/// A signal-to-noise ratio, `S²/σ²` of real samples `x = S a + w`: power of the signal over variance of the
/// real noise. Equation (16) of the paper.
///
/// Other conventions differ by a factor:
///
/// | convention | relation |
/// | --- | --- |
/// | `Es/N0` (and `Eb/N0` of BPSK) | half of it: the noise of one real dimension is `N0/2` |
/// | `α` of the Cramér-Rao bound, equations (19) and (20) | `Es/N0`, half of it |
/// | signal over complex noise of both quadratures | half of it |
///
/// # Examples
/// ```
/// use snr_quantile::Snr;
///
/// let snr = Snr::from_db(10.0)?;
/// assert!((snr.linear() - 10.0).abs() < 1e-12);
/// assert!((snr.es_n0() - 5.0).abs() < 1e-12);
/// assert!((snr.es_n0_db() - 6.9897).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Snr {
    linear: f64,
}

mmw_core::checked_serde!(Snr, |snr| check::in_range("linear", snr.linear, LEAST, MOST).map(|_| ()));

/// What bounds and halves can be taken of.
const LEAST: f64 = 1e-300;
const MOST: f64 = 1e300;

impl Snr {
    /// From the ratio itself.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] outside 1e-300 to 1e300.
    pub fn from_linear(linear: f64) -> Result<Self> {
        Ok(Self { linear: check::in_range("snr", linear, LEAST, MOST)? })
    }

    /// From decibels, −300 to 300.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] outside that range.
    pub fn from_db(snr_db: f64) -> Result<Self> {
        Ok(Self { linear: 10_f64.powf(check::in_range("snr_db", snr_db, -300.0, 300.0)? / 10.0) })
    }

    /// From `Es/N0`, a plain ratio.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] where twice that is outside 1e-300 to 1e300.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(snr_quantile::Snr::from_es_n0(4.0)?.linear(), 8.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn from_es_n0(es_n0: f64) -> Result<Self> {
        Self::from_linear(2.0 * es_n0)
    }

    /// `S²/σ²`.
    #[must_use]
    pub fn linear(self) -> f64 {
        self.linear
    }

    /// `10 log10(S²/σ²)`.
    #[must_use]
    pub fn db(self) -> f64 {
        10.0 * self.linear.log10()
    }

    /// `Es/N0`, half of `S²/σ²`.
    #[must_use]
    pub fn es_n0(self) -> f64 {
        0.5 * self.linear
    }

    /// `Es/N0` in dB: 3.01 dB below [`Snr::db`].
    #[must_use]
    pub fn es_n0_db(self) -> f64 {
        10.0 * (0.5 * self.linear).log10()
    }

    /// The noise deviation of samples of unit power, `σ` of equation (2): `1/√(1 + SNR)`.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(snr_quantile::Snr::from_linear(3.0)?.sigma(), 0.5);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn sigma(self) -> f64 {
        1.0 / (1.0 + self.linear).sqrt()
    }
}

/// The SNR for a given `S⁴` at unit power; none unless `0 < S⁴ < 1`.
pub(crate) fn snr_of_square(s4: f64) -> Option<Snr> {
    let s2 = s4.sqrt();
    Snr::from_linear(s2 / (1.0 - s2)).ok()
}
