//! The overlap with a straight edge: the limit of a beam much wider than the aperture.

use crate::channel::{Channel, Known, Outage};
use crate::turbulence::Turbulence;
use mmw_core::{Result, check};
use std::f64::consts::PI;

/// Share of a disc of radius 1 that lies beyond a straight edge at `u` from its centre.
///
/// ```text
/// g = (arccos u − u √(1 − u²))/π,   u = (s − w)/r
/// ```
/// What equation (17) of [^safi] should be: its error against the exact overlap is 0.0053 at w/r = 20 and
/// falls as r/w, where that of (17) stays at 0.2.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless `u` is finite.
///
/// # Examples
/// ```
/// use fso_g2a::{pointing::overlap_fraction, rivals::half_plane_share};
/// let exact = overlap_fraction(1.0, 0.05, 1.0)?;
/// assert!((half_plane_share(0.0)? - exact).abs() < 0.0054 && half_plane_share(2.0)? == 0.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
pub fn half_plane_share(u: f64) -> Result<f64> {
    let u = check::finite("u", u)?.clamp(-1.0, 1.0);
    Ok((u.acos() - u * (1.0 - u * u).sqrt()) / PI)
}

/// [`Channel::outage`] with the overlap by a straight edge; the atoms are exact.
///
/// # Errors
/// As [`Channel::outage`].
///
/// # Examples
/// ```
/// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig, rivals::half_plane_outage};
/// let pointing = PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.1, jitter_m: 0.5 };
/// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
/// let (rival, exact) = (half_plane_outage(&channel, 0.1)?, channel.outage(0.1)?);
/// assert!((rival.outage / exact.outage - 1.0).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn half_plane_outage<L: Turbulence>(channel: &Channel<L>, normalised_threshold: f64) -> Result<Outage> {
    outage_with_share(channel, normalised_threshold, |_, t| (t - t.sin() * t.cos()) / PI)
}

/// The exact outage but for the share, a function of the separation and of `t = π − φ`.
pub(crate) fn outage_with_share<L: Turbulence>(
    channel: &Channel<L>,
    normalised_threshold: f64,
    share: impl Fn(f64, f64) -> f64,
) -> Result<Outage> {
    let exact = channel.outage(normalised_threshold)?;
    if exact.transition == 0.0 || !normalised_threshold.is_finite() {
        return Ok(exact);
    }
    let ln_tau = normalised_threshold.ln();
    let transition = channel.transition_integral_at(Known::scale(normalised_threshold), |at| {
        let g = share(at.s, at.angle());
        if g > 0.0 { channel.turbulence().cdf_at_log(ln_tau - g.ln()) } else { 1.0 }
    });
    let outage = (exact.atom_at_zero + exact.fully_inside + transition).min(1.0);
    Ok(Outage { outage, transition, ..exact })
}
