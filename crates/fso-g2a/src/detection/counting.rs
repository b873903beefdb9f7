//! The limit of a receiver that counts photons.

use mmw_core::special::{gamma_p, gamma_q};
use mmw_core::{Result, check};

/// Bit error rate of on-off keying by a counter of photons, with the best threshold.
///
/// ```text
/// BER = ½ [P(N₀ ≥ n) + P(N₁ < n)],   N₀ ~ Poisson(b), N₁ ~ Poisson(2s + b),   n = ⌈2s/ln(1 + 2s/b)⌉
/// ```
/// Section 4.5.3 of [^agrawal] for `b = 0`: `½ exp(−2s)`, 1e-9 at ten photons a bit. `s` is the mean over
/// ones and zeros, `b` that of the background in each.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless both are from 0 to 1e9.
///
/// # Examples
/// ```
/// use fso_g2a::detection::counted_on_off_error_rate;
/// assert!((counted_on_off_error_rate(10.015, 0.0)? / 1e-9 - 1.0).abs() < 1e-3);
/// assert!(counted_on_off_error_rate(10.015, 0.1)? > 1e-8);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^agrawal]: G. P. Agrawal, "Fiber-optic communication systems", 3rd edition (2002).
pub fn counted_on_off_error_rate(photons_per_bit: f64, background_photons: f64) -> Result<f64> {
    let one = 2.0 * check::in_range("photons_per_bit", photons_per_bit, 0.0, 1e9)?;
    let background = check::in_range("background_photons", background_photons, 0.0, 1e9)?;
    if one == 0.0 {
        return Ok(0.5);
    }
    if background == 0.0 {
        return Ok(0.5 * (-one).exp());
    }
    let threshold = (one / (one / background).ln_1p()).ceil().max(1.0);
    Ok((0.5 * (gamma_p(threshold, background)? + gamma_q(threshold, one + background)?)).min(0.5))
}
