//! What turbulence leaves of a wave's coherence: across the aperture, in angle, in time.

use super::path::wave_number;
use super::{Cn2Profile, LinkDirection, SlantPath, WindProfile};
use crate::turbulence::Wave;
use mmw_core::{Error, Result};

/// Fried's parameter `r₀` in m: the diameter within which a wave that arrives is coherent.
///
/// ```text
/// r₀ = [0.423 k² sec ζ ∫₀^H C_n²(h) f(h) dh]^(−3/5),   f = 1 (plane),  (z/Z)^(5/3) (spherical)
/// ```
/// Section 12.4 of [^andrews]; `z` runs along the path from the transmitter, so that layers next to the
/// receiver count: a spherical wave that comes down is nearly a plane one, one that goes up hardly suffers.
///
/// # Errors
/// [`Error::Domain`] for a wavelength outside 10 nm to 1 mm; as [`Cn2Profile::validate`]; [`Error::Invalid`]
/// where there is no turbulence on the path.
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::{Cn2Profile, SlantPath, fried_parameter_m, isoplanatic_angle_rad};
/// use fso_g2a::turbulence::Wave;
/// // Hufnagel-Valley 5/7 has its name from these at 0.5 µm: 5 cm, 7 µrad.
/// let (profile, path) = (Cn2Profile::hufnagel_valley_5_7(), SlantPath::vertical(100e3)?);
/// assert!((fried_parameter_m(&profile, &path, 0.5e-6, Wave::Plane)? - 0.0496).abs() < 5e-5);
/// assert!((isoplanatic_angle_rad(&profile, &path, 0.5e-6)? - 6.89e-6).abs() < 5e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
pub fn fried_parameter_m(
    profile: &Cn2Profile,
    path: &SlantPath,
    wavelength_m: f64,
    wave: Wave,
) -> Result<f64> {
    let top = path.altitude_m();
    let share = |h: f64| match path.direction() {
        LinkDirection::Uplink => h / top,
        LinkDirection::Downlink => 1.0 - h / top,
    };
    moment(profile, path, wavelength_m, 0.423 * path.secant(), &[], |h| match wave {
        Wave::Plane => 1.0,
        Wave::Spherical => five_thirds(share(h).max(0.0)),
    })
}

/// The isoplanatic angle `θ₀` in rad, seen from the ground: waves that arrive from farther apart meet
/// different turbulence.
///
/// ```text
/// θ₀ = [2.914 k² sec^(8/3) ζ ∫₀^H C_n²(h) h^(5/3) dh]^(−3/5)
/// ```
/// Section 12.4 of [^andrews].
///
/// # Errors
/// As [`fried_parameter_m`].
///
/// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
pub fn isoplanatic_angle_rad(profile: &Cn2Profile, path: &SlantPath, wavelength_m: f64) -> Result<f64> {
    let front = 2.914 * path.secant().powf(8.0 / 3.0);
    moment(profile, path, wavelength_m, front, &[], five_thirds)
}

/// The coherence time `τ₀` in s of a plane wave: the phase on the path changes by 1 rad rms in it.
///
/// ```text
/// τ₀ = [2.914 k² sec ζ ∫₀^H C_n²(h) V(h)^(5/3) dh]^(−3/5)
/// ```
/// [^roddier]; for one wind it is `0.314 r₀/V`.
///
/// # Errors
/// As [`fried_parameter_m`] and [`WindProfile::validate`]; [`Error::Invalid`] where no wind blows.
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::{Cn2Profile, SlantPath, WindProfile, coherence_time_s, fried_parameter_m};
/// use fso_g2a::turbulence::Wave;
/// let (profile, path) = (Cn2Profile::hufnagel_valley_5_7(), SlantPath::vertical(20e3)?);
/// let wind = WindProfile::Constant { wind_m_s: 10.0 };
/// let tau = coherence_time_s(&profile, &path, 1550e-9, &wind)?;
/// let r0 = fried_parameter_m(&profile, &path, 1550e-9, Wave::Plane)?;
/// assert!((10.0 * tau / r0 - 0.314).abs() < 5e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^roddier]: F. Roddier, "The effects of atmospheric turbulence in optical astronomy", Progress in
///     Optics 19 (1981).
pub fn coherence_time_s(
    profile: &Cn2Profile,
    path: &SlantPath,
    wavelength_m: f64,
    wind: &WindProfile,
) -> Result<f64> {
    wind_moment(profile, path, wavelength_m, 2.914, wind)
}

/// Greenwood's frequency `f_G` in Hz: the bandwidth that a correction of the phase needs to follow.
///
/// ```text
/// f_G = [0.102 k² sec ζ ∫₀^H C_n²(h) V(h)^(5/3) dh]^(3/5)
/// ```
/// [^greenwood]; `0.134/τ₀`.
///
/// # Errors
/// As [`coherence_time_s`].
///
/// [^greenwood]: D. P. Greenwood, "Bandwidth specification for adaptive optics systems", Journal of the
///     Optical Society of America 67 (1977).
pub fn greenwood_frequency_hz(
    profile: &Cn2Profile,
    path: &SlantPath,
    wavelength_m: f64,
    wind: &WindProfile,
) -> Result<f64> {
    Ok(1.0 / wind_moment(profile, path, wavelength_m, 0.102, wind)?)
}

fn five_thirds(x: f64) -> f64 {
    x * x.cbrt() * x.cbrt()
}

fn wind_moment(
    profile: &Cn2Profile,
    path: &SlantPath,
    wavelength_m: f64,
    factor: f64,
    wind: &WindProfile,
) -> Result<f64> {
    wind.validate()?;
    moment(profile, path, wavelength_m, factor * path.secant(), wind.breaks(), |h| five_thirds(wind.value(h)))
}

/// `[front k² ∫ C_n²(h) weight(h) dh]^(−3/5)`.
fn moment(
    profile: &Cn2Profile,
    path: &SlantPath,
    wavelength_m: f64,
    front: f64,
    breaks: &[f64],
    weight: impl Fn(f64) -> f64,
) -> Result<f64> {
    profile.validate()?;
    let k = wave_number(wavelength_m)?;
    let result = (front * k * k * path.integral(profile, 0.0, breaks, weight)).powf(-0.6);
    if result.is_finite() && result > 0.0 {
        return Ok(result);
    }
    Err(Error::invalid("profile", "no turbulence moves on this path: its coherence has no bound"))
}
