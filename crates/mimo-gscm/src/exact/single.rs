//! One antenna at one end: the capacity is the logarithm of a sum of exponentials.

use super::basics::{check_antennas, check_snr, gamma_p, log2_1p};
use mmw_core::math::try_crossing;
use mmw_core::{Result, check};

/// Probability that one transmit and `receive` receive antennas in independent Rayleigh fading carry at most
/// `capacity_bit_s_hz`.
///
/// ```text
/// P(C ≤ c) = P(N, (2ᶜ − 1)/snr)
/// ```
/// with the regularised incomplete gamma function: maximal-ratio combining, equation (7.2-14) of [^goldsmith]
/// at the threshold `2ᶜ − 1`.
///
/// # Errors
/// [`mmw_core::Error::Domain`] for a capacity below 0 or not finite, an `snr` outside 1e-20 to 1e20, or more
/// than 512 antennas; [`mmw_core::Error::TooFew`] for none.
///
/// # Examples
/// ```
/// use mimo_gscm::exact::simo_outage_probability;
/// let p = simo_outage_probability(1, 100.0, 1.0)?;
/// assert!((p - (1.0 - (-0.01_f64).exp())).abs() < 1e-16);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^goldsmith]: A. Goldsmith, "Wireless Communications" (2005), section 7.2.
pub fn simo_outage_probability(receive: usize, snr: f64, capacity_bit_s_hz: f64) -> Result<f64> {
    single("receive", receive, check_snr(snr)?, capacity_bit_s_hz)
}

/// Probability that `transmit` antennas, power shared equally, and one receive antenna carry at most
/// `capacity_bit_s_hz`.
///
/// ```text
/// P(C ≤ c) = P(N, N (2ᶜ − 1)/snr)
/// ```
/// Equation (7) of [^foschini] in probabilities.
///
/// # Errors
/// As [`simo_outage_probability`].
///
/// # Examples
/// ```
/// use mimo_gscm::exact::{miso_outage_capacity, miso_outage_probability};
/// let c = miso_outage_capacity(4, 100.0, 0.1)?;
/// assert!((c - 5.479594005188383).abs() < 1e-12);
/// assert!((miso_outage_probability(4, 100.0, c)? - 0.1).abs() < 1e-13);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^foschini]: G. J. Foschini, M. J. Gans, "On limits of wireless communications in a fading environment
///     when using multiple antennas", Wireless Personal Communications 6 (1998).
pub fn miso_outage_probability(transmit: usize, snr: f64, capacity_bit_s_hz: f64) -> Result<f64> {
    check_antennas("transmit", transmit)?;
    single("transmit", transmit, check_snr(snr)? / transmit as f64, capacity_bit_s_hz)
}

/// Capacity that one transmit and `receive` receive antennas fail to reach with `outage_probability`,
/// bit/s/Hz.
///
/// # Errors
/// [`mmw_core::Error::Domain`] for a probability that is not between 0 and 1, an `snr` outside 1e-20 to 1e20,
/// or more than 512 antennas; [`mmw_core::Error::TooFew`] for none.
///
/// # Examples
/// ```
/// use mimo_gscm::exact::simo_outage_capacity;
/// assert!((simo_outage_capacity(4, 100.0, 0.1)? - 7.455137777342985).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn simo_outage_capacity(receive: usize, snr: f64, outage_probability: f64) -> Result<f64> {
    check_antennas("receive", receive)?;
    quantile(receive, check_snr(snr)?, outage_probability)
}

/// Capacity that `transmit` transmit antennas and one receive antenna fail to reach with
/// `outage_probability`, bit/s/Hz.
///
/// # Errors
/// As [`simo_outage_capacity`].
pub fn miso_outage_capacity(transmit: usize, snr: f64, outage_probability: f64) -> Result<f64> {
    check_antennas("transmit", transmit)?;
    quantile(transmit, check_snr(snr)? / transmit as f64, outage_probability)
}

fn single(name: &'static str, antennas: usize, rho: f64, capacity: f64) -> Result<f64> {
    check_antennas(name, antennas)?;
    let capacity = check::non_negative("capacity_bit_s_hz", capacity)?;
    gamma_p(antennas, (capacity * std::f64::consts::LN_2).exp_m1() / rho)
}

/// The gain is sought on a logarithmic scale, where its lower tail is a power law.
fn quantile(antennas: usize, rho: f64, outage_probability: f64) -> Result<f64> {
    let p = check::open_unit("outage_probability", outage_probability)?;
    let greatest = (antennas as f64 + 800.0).ln() + 1.0;
    let reached = |u: f64| -> Result<bool> { Ok(gamma_p(antennas, u.exp())? >= p) };
    let [log_gain, _] = try_crossing([-750.0, greatest], reached)?;
    Ok(log2_1p(rho * log_gain.exp()))
}
