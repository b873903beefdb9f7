//! Telatar's integral.

use super::basics::{check_antennas, check_snr, ln_factorial, log2_1p};
use super::laguerre::{eigenvalue_density, eigenvalue_end, panels};
use mmw_core::{Result, check};

/// Mean capacity of `receive` by `transmit` independent Rayleigh fading paths, bit/s/Hz.
///
/// ```text
/// C̄ = ∫₀^∞ log2(1 + snr/Nt · x) Σₖ₌₀..ₘ₋₁ k!/(k+d)! [Lₖᵈ(x)]² xᵈ e⁻ˣ dx,   m = min(Nr, Nt), d = |Nr − Nt|
/// ```
/// Theorem 2 of [^telatar]. The relative error is below 1e-12 for up to 512 antennas per end and
/// signal-to-noise ratios from -200 to 200 dB.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for no antennas; [`mmw_core::Error::Domain`] for more than 512 at an end or
/// `snr` outside 1e-20 to 1e20.
///
/// # Examples
/// ```
/// use mimo_gscm::exact::ergodic_capacity;
/// assert!((ergodic_capacity(4, 4, 100.0)? - 22.1394592412).abs() < 1e-9);
/// assert!((ergodic_capacity(1, 1, 1.0)? - 0.8603473822708868).abs() < 1e-13);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^telatar]: E. Telatar, "Capacity of multi-antenna Gaussian channels", European Transactions on
///     Telecommunications 10 (1999).
pub fn ergodic_capacity(receive: usize, transmit: usize, snr: f64) -> Result<f64> {
    check_antennas("receive", receive)?;
    check_antennas("transmit", transmit)?;
    let rho = check_snr(snr)? / transmit as f64;
    let (m, n) = (receive.min(transmit), receive.max(transmit));
    let ln_factorial_d = ln_factorial(n - m);
    // The logarithm turns at x = 1/rho, which is next to 0 at high signal-to-noise ratio.
    let smallest = 1e-3_f64.min(0.1 / rho).max(1e-22);
    let terms = panels(smallest, 2.0, 4.0, eigenvalue_end(m, n));
    let integral =
        terms.iter().map(|&(x, w)| w * log2_1p(rho * x) * eigenvalue_density(m, n - m, ln_factorial_d, x));
    check::finite("ergodic capacity", integral.sum())
}
