//! The keyhole: both ends scatter richly, and one path joins them.

use super::basics::{check_antennas, check_snr, gamma_p, ln_factorial, log2_1p};
use mmw_core::math::try_crossing;
use mmw_core::{Result, check};

/// Step of the trapezoidal rule in `u = ln y`: its error falls with `exp(-c/h)` and is below 1e-15.
const STEP: f64 = 1.0 / 32.0;

/// Probability that a keyhole channel carries at most `capacity_bit_s_hz`.
///
/// ```text
/// H = g_r g_tᵀ,   P(C ≤ c) = ∫₀^∞ P(Nr, z/y) y^{Nt−1} e⁻ʸ/(Nt−1)! dy,   z = (2ᶜ − 1) Nt/snr
/// ```
/// with independent complex normal vectors `g`: the only singular value is `|g_r| |g_t|`, a product of two
/// gamma variables. Equation (3) of [^chizhik] gives the channel; the integral is summed over `ln y`.
///
/// # Errors
/// [`mmw_core::Error::Domain`] for a capacity below 0 or not finite, an `snr` outside 1e-20 to 1e20, or more
/// than 512 antennas at an end; [`mmw_core::Error::TooFew`] for none.
///
/// # Examples
/// ```
/// use mimo_gscm::exact::keyhole_outage_probability;
/// let p = keyhole_outage_probability(4, 4, 100.0, 8.33870415457722)?;
/// assert!((p - 0.5).abs() < 1e-10);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^chizhik]: D. Chizhik, G. J. Foschini, R. A. Valenzuela, "Capacities of multi-element transmit and
///     receive antennas: correlations and keyholes", Electronics Letters 36 (2000).
pub fn keyhole_outage_probability(
    receive: usize,
    transmit: usize,
    snr: f64,
    capacity_bit_s_hz: f64,
) -> Result<f64> {
    let rho = check(receive, transmit, snr)?;
    let capacity = check::non_negative("capacity_bit_s_hz", capacity_bit_s_hz)?;
    product_cdf(receive, transmit, (capacity * std::f64::consts::LN_2).exp_m1() / rho)
}

/// Capacity that a keyhole channel fails to reach with `outage_probability`, bit/s/Hz: the inverse of
/// [`keyhole_outage_probability`].
///
/// # Errors
/// [`mmw_core::Error::Domain`] for a probability that is not between 0 and 1; the others as
/// [`keyhole_outage_probability`].
///
/// # Examples
/// ```
/// use mimo_gscm::exact::keyhole_outage_capacity;
/// assert!((keyhole_outage_capacity(2, 2, 100.0, 0.1)? - 4.764514092192038).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn keyhole_outage_capacity(
    receive: usize,
    transmit: usize,
    snr: f64,
    outage_probability: f64,
) -> Result<f64> {
    let rho = check(receive, transmit, snr)?;
    let p = check::open_unit("outage_probability", outage_probability)?;
    let greatest = 2.0 * (receive.max(transmit) as f64 + 800.0).ln() + 1.0;
    let reached = |u: f64| -> Result<bool> { Ok(product_cdf(receive, transmit, u.exp())? >= p) };
    let [log_gain, _] = try_crossing([-750.0, greatest], reached)?;
    Ok(log2_1p(rho * log_gain.exp()))
}

fn check(receive: usize, transmit: usize, snr: f64) -> Result<f64> {
    check_antennas("receive", receive)?;
    check_antennas("transmit", transmit)?;
    Ok(check_snr(snr)? / transmit as f64)
}

/// `P(X Y ≤ z)` for gamma variables of orders `a` and `b`.
fn product_cdf(a: usize, b: usize, z: f64) -> Result<f64> {
    if z <= 0.0 {
        return Ok(0.0);
    }
    let (order, norm) = (b as f64, ln_factorial(b - 1));
    // The weight e^{bu − e^u} has its mode at ln b; where it is below 1e-18 of that, the sum ends.
    let mode = order.ln();
    let weight = |u: f64| (order * u - u.exp() - norm).exp();
    let term = |k: i32| {
        let u = mode + f64::from(k) * STEP;
        Ok(weight(u) * gamma_p(a, (z.ln() - u).exp())?)
    };
    // Below the mode P(a, z/y) can be 1 where it is tiny at the mode, so that side ends by its weight alone.
    let first = ((-42.0 / order - 3.0) / STEP) as i32;
    let last = ((1.0 + (60.0 / order).ln_1p()) / STEP) as i32;
    let sum = (first..=last).map(term).sum::<Result<f64>>()?;
    Ok((STEP * sum).min(1.0))
}
