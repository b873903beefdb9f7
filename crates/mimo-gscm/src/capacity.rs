//! Capacity of given matrices: flat and over a band, with equal power and with water-filling; and what a
//! sample of capacities says about outage.
//!
//! `snr` is the mean signal-to-noise ratio per receive branch (linear) for a channel with `E|h|² = 1`;
//! matrices are `[rx, tx]` or `[frequency, rx, tx]`; capacities are in bit/s/Hz.

use mmw_core::linalg::{log2_det_i_plus, log2_det_i_plus_batch, singular_values};
use mmw_core::ndarray::{ArrayRef1, ArrayRef2, ArrayRef3};
use mmw_core::stats::{Ecdf, Interval, Moments};
use mmw_core::{C64, Error, Result, check};

/// Capacity of one matrix with equal power on all transmit antennas.
///
/// ```text
/// C = log2 det(I + snr/Nt · H Hᴴ)
/// ```
/// The equation before (5) of [^molisch].
///
/// # Errors
/// [`Error::Domain`] unless `snr` is finite and not below 0; [`Error::TooFew`] for an empty matrix;
/// [`Error::NotFinite`] for an entry that is not finite.
///
/// # Examples
/// ```
/// use mimo_gscm::capacity::capacity_flat;
/// use mmw_core::{C64, ndarray::Array2};
/// let h = Array2::from_diag_elem(4, C64::new(2.0, 0.0)); // orthogonal, mean power 1
/// assert!((capacity_flat(&h, 15.0)? - 16.0).abs() < 1e-13);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
pub fn capacity_flat(h: &ArrayRef2<C64>, snr: f64) -> Result<f64> {
    check::at_least("h", h.len(), 1)?;
    log2_det_i_plus(check::non_negative("snr", snr)? / h.ncols() as f64, h)
}

/// Capacity of each matrix of `h`, `[matrix, rx, tx]`, with equal power.
///
/// # Errors
/// As [`capacity_flat`].
pub fn capacity_flat_batch(h: &ArrayRef3<C64>, snr: f64) -> Result<Vec<f64>> {
    check::at_least("h", h.len(), 1)?;
    Ok(log2_det_i_plus_batch(check::non_negative("snr", snr)? / h.dim().2 as f64, h)?.to_vec())
}

/// Capacity of a band, `[frequency, rx, tx]` on equally spaced frequencies, with equal power everywhere.
///
/// ```text
/// C = 1/B ∫_B log2 det(I + snr/Nt · H(f) H(f)ᴴ) df
/// ```
/// Equation (5) of [^molisch], as the mean over the frequencies given.
///
/// # Errors
/// As [`capacity_flat`].
///
/// # Examples
/// ```
/// use mimo_gscm::capacity::capacity_band;
/// use mmw_core::{C64, ndarray::Array3};
/// let h = Array3::from_shape_fn((2, 1, 1), |(f, _, _)| C64::new(f as f64, 0.0));
/// assert!((capacity_band(&h, 3.0)? - 1.0).abs() < 1e-14); // a dead half of the band, 2 bit in the other
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
pub fn capacity_band(h: &ArrayRef3<C64>, snr: f64) -> Result<f64> {
    let values = capacity_flat_batch(h, snr)?;
    Ok(values.iter().sum::<f64>() / values.len() as f64)
}

/// The best distribution of power, and what it gives.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct WaterFilling {
    /// Capacity, bit/s/Hz.
    pub capacity_bit_s_hz: f64,
    /// Power of each singular mode in units of the noise, in the order of falling gain, frequency by
    /// frequency; the mean over the frequencies sums to `snr`.
    pub powers: Vec<f64>,
    /// Level of the water: `power + 1/gain` of every mode in use; 0 if none is.
    pub level: f64,
}

mmw_core::checked_serde!(WaterFilling { capacity_bit_s_hz, powers, level });

/// Capacity of one matrix when the transmitter knows it.
///
/// ```text
/// C = Σᵢ log2(1 + pᵢ sᵢ²),   pᵢ = max(0, μ − 1/sᵢ²),   Σᵢ pᵢ = snr
/// ```
/// Section 3.1 of [^telatar].
///
/// # Errors
/// As [`capacity_flat`], and [`Error::NoConvergence`] from the singular values.
///
/// # Examples
/// ```
/// use mimo_gscm::capacity::water_filling_flat;
/// use mmw_core::{C64, ndarray::array};
/// let weak_and_strong = array![[C64::new(2.0, 0.0), C64::ZERO], [C64::ZERO, C64::new(0.1, 0.0)]];
/// let best = water_filling_flat(&weak_and_strong, 1.0)?;
/// assert_eq!(best.powers, [1.0, 0.0]); // all to the strong mode
/// assert!((best.capacity_bit_s_hz - 5f64.log2()).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^telatar]: E. Telatar, "Capacity of multi-antenna Gaussian channels", European Transactions on
///     Telecommunications 10 (1999).
pub fn water_filling_flat(h: &ArrayRef2<C64>, snr: f64) -> Result<WaterFilling> {
    check::at_least("h", h.len(), 1)?;
    fill(singular_values(h)?.iter().map(|s| s * s).collect(), 1.0, snr)
}

/// Capacity of a band, `[frequency, rx, tx]`, when the transmitter knows it: power is spread over antennas
/// and frequencies at once.
///
/// # Errors
/// As [`water_filling_flat`].
///
/// # Examples
/// ```
/// use mimo_gscm::capacity::water_filling_band;
/// use mmw_core::{C64, ndarray::Array3};
/// let h = Array3::from_shape_fn((2, 1, 1), |(f, _, _)| C64::new(f as f64, 0.0));
/// let best = water_filling_band(&h, 3.0)?;
/// assert!((best.capacity_bit_s_hz - 0.5 * 7f64.log2()).abs() < 1e-14); // twice the power in the live half
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn water_filling_band(h: &ArrayRef3<C64>, snr: f64) -> Result<WaterFilling> {
    check::at_least("h", h.len(), 1)?;
    let mut gains = Vec::new();
    for matrix in h.outer_iter() {
        gains.extend(singular_values(&matrix)?.iter().map(|s| s * s));
    }
    fill(gains, h.dim().0 as f64, snr)
}

/// Water over modes of these gains, `snr` for each of `frequencies`.
fn fill(gains: Vec<f64>, frequencies: f64, snr: f64) -> Result<WaterFilling> {
    let total = check::non_negative("snr", snr)? * frequencies;
    // Gains below the range of their inverse never get any power.
    let mut order: Vec<f64> = gains.iter().copied().filter(|&gain| gain > 1e-300).collect();
    order.sort_unstable_by(|a, b| b.total_cmp(a));
    let (mut floor, mut level) = (0.0, 0.0);
    for (index, gain) in order.iter().enumerate() {
        let used = index as f64 + 1.0;
        let next = (total + floor + 1.0 / gain) / used;
        if index > 0 && next <= 1.0 / gain {
            break;
        }
        floor += 1.0 / gain;
        level = next;
    }
    let power = |gain: f64| if gain > 1e-300 { (level - 1.0 / gain).max(0.0) } else { 0.0 };
    let powers: Vec<f64> = gains.iter().map(|&gain| power(gain)).collect();
    let bits = gains.iter().zip(&powers).map(|(gain, power)| (gain * power).ln_1p());
    let capacity = bits.sum::<f64>() / (std::f64::consts::LN_2 * frequencies);
    Ok(WaterFilling { capacity_bit_s_hz: check::finite("capacity", capacity)?, powers, level })
}

/// A sample of capacities, one for each draw of a channel: the capacity is a random variable.
///
/// # Examples
/// ```
/// use mimo_gscm::capacity::CapacitySample;
/// use mmw_core::ndarray::Array1;
///
/// let sample = CapacitySample::new(&Array1::linspace(1.0, 2.0, 1001))?;
/// let outage = sample.outage(0.1, 0.95)?; // reached by all but one draw in ten
/// assert!((outage.estimate - 1.1).abs() < 1e-12 && outage.contains(1.1));
/// assert!((sample.ergodic(0.95)?.estimate - 1.5).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct CapacitySample {
    ecdf: Ecdf,
    moments: Moments,
}

mmw_core::checked_serde!(CapacitySample, CapacitySample::check);

impl CapacitySample {
    /// From the capacities of independent draws, bit/s/Hz.
    ///
    /// # Errors
    /// [`Error::TooFew`] for an empty sample, [`Error::NotFinite`] for a value that is not finite.
    pub fn new(capacities: &ArrayRef1<f64>) -> Result<Self> {
        Ok(Self { ecdf: Ecdf::new(capacities)?, moments: capacities.iter().copied().collect() })
    }

    /// Both parts tell of the same capacities; the moments were gathered in the order of the draws.
    fn check(&self) -> Result<()> {
        let again: Moments = self.ecdf.values().iter().copied().collect();
        if (self.moments.count(), self.moments.not_finite()) != (again.count(), 0) {
            return Err(Error::invalid("moments", "must count the capacities of the distribution"));
        }
        let (low, high) = (again.min()?, again.max()?);
        let scale = low.abs().max(high.abs());
        let near = |a: f64, b: f64, scale: f64| (a - b).abs() <= 1e-9 * scale;
        let spread = |moments: &Moments| moments.variance().unwrap_or_default();
        let alike = self.moments.min()? == low
            && self.moments.max()? == high
            && near(self.moments.mean()?, again.mean()?, scale)
            && near(spread(&self.moments), spread(&again), scale * scale);
        if alike { Ok(()) } else { Err(Error::invalid("moments", "must be those of the distribution")) }
    }

    /// The empirical distribution.
    #[must_use]
    pub fn ecdf(&self) -> &Ecdf {
        &self.ecdf
    }

    /// Mean and variance.
    #[must_use]
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// The mean capacity with a normal confidence interval.
    ///
    /// # Errors
    /// As [`Moments::mean_interval`].
    pub fn ergodic(&self, confidence: f64) -> Result<Interval> {
        self.moments.mean_interval(confidence)
    }

    /// The capacity that a draw fails to reach with `probability`, with a distribution-free interval.
    ///
    /// # Errors
    /// As [`Ecdf::quantile_interval`].
    pub fn outage(&self, probability: f64, confidence: f64) -> Result<Interval> {
        self.ecdf.quantile_interval(probability, confidence)
    }

    /// Standard error of the outage capacity: half the width of the 68 % interval.
    ///
    /// # Errors
    /// As [`Ecdf::quantile_interval`].
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::capacity::CapacitySample;
    /// use mmw_core::ndarray::Array1;
    /// let sample = CapacitySample::new(&Array1::linspace(0.0, 1.0, 10_001))?;
    /// // √(p (1 − p)/n) over a density of 1.
    /// assert!((sample.outage_standard_error(0.5)? / 0.005 - 1.0).abs() < 0.05);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn outage_standard_error(&self, probability: f64) -> Result<f64> {
        // The probability within one standard deviation of a normal variable.
        let interval = self.outage(probability, 0.682_689_492_137_085_9)?;
        let width = 0.5 * (interval.upper - interval.lower);
        if width.is_finite() { Ok(width) } else { Err(Error::invalid("capacities", "too far apart")) }
    }
}
