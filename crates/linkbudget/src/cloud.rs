//! Attenuation by cloud and fog: Recommendation ITU-R P.840-8.

use mmw_core::{C64, Result, check};
use std::f64::consts::FRAC_PI_2;

/// Lowest elevation that P.840 has a columnar method for, rad: 5 degrees.
pub const MIN_CLOUD_ELEVATION_RAD: f64 = 5.0 * std::f64::consts::PI / 180.0;

/// Relative permittivity of liquid water, imaginary part negative.
///
/// ```text
/// ε' = (ε0 − ε1)/(1 + (f/fp)²) + (ε1 − ε2)/(1 + (f/fs)²) + ε2
/// ε'' = f(ε0 − ε1)/(fp (1 + (f/fp)²)) + f(ε1 − ε2)/(fs (1 + (f/fs)²))
/// ε0 = 77.66 + 103.3(θ − 1),   ε1 = 0.0671 ε0,   ε2 = 3.52,   θ = 300/T
/// fp = 20.20 − 146(θ − 1) + 316(θ − 1)²,   fs = 39.8 fp
/// ```
/// The double-Debye equations of ITU-R P.840-8, Annex 1.
///
/// # Errors
/// [`mmw_core::Error::Domain`] for a frequency outside 1 to 200 GHz or a temperature outside 230 to 330 K.
///
/// # Examples
/// ```
/// // Near zero frequency the static permittivity, 80.1 at 20 degrees Celsius in every handbook.
/// let water = linkbudget::cloud::water_permittivity(1e9, 293.15)?;
/// assert!((water.re - 80.0).abs() < 0.5 && water.im < 0.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn water_permittivity(frequency_hz: f64, temperature_k: f64) -> Result<C64> {
    let f = check::in_range("frequency_hz", frequency_hz, 1e9, 200e9)? * 1e-9;
    let warm = 300.0 / check::in_range("temperature_k", temperature_k, 230.0, 330.0)? - 1.0;
    let still = 77.66 + 103.3 * warm;
    let (middle, fast) = (0.0671 * still, 3.52);
    let principal = 20.20 - 146.0 * warm + 316.0 * warm * warm;
    let relaxation = |step: f64, corner: f64| {
        let x = f / corner;
        C64::new(step, -step * x) / (1.0 + x * x)
    };
    Ok(relaxation(still - middle, principal) + relaxation(middle - fast, 39.8 * principal) + fast)
}

/// Specific attenuation per density of liquid water, (dB/km)/(g/m³).
///
/// ```text
/// K_l = 0.819 f / (ε'' (1 + η²)),   η = (2 + ε')/ε''
/// ```
/// Equations (2) and (3) of ITU-R P.840-8, Annex 1: drops that are small against the wavelength.
///
/// # Errors
/// As [`water_permittivity`].
///
/// # Examples
/// ```
/// let k = linkbudget::cloud::cloud_coefficient_db_m3_per_km_g(60e9, 273.15)?;
/// assert!((k - 2.485_406).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn cloud_coefficient_db_m3_per_km_g(frequency_hz: f64, temperature_k: f64) -> Result<f64> {
    let water = water_permittivity(frequency_hz, temperature_k)?;
    let (re, im) = (water.re, -water.im);
    let eta = (2.0 + re) / im;
    Ok(0.819 * frequency_hz * 1e-9 / (im * (1.0 + eta * eta)))
}

/// Specific attenuation of fog or cloud, dB/km: 0.05 g/m³ is a fog one sees 300 m through, 0.5 g/m³ one of
/// 50 m.
///
/// ```text
/// γ_c = K_l M
/// ```
/// Equation (1) of ITU-R P.840-8, Annex 1.
///
/// # Errors
/// As [`water_permittivity`]; [`mmw_core::Error::Domain`] for a density outside 0 to 100 g/m³.
///
/// # Examples
/// ```
/// let fog = linkbudget::cloud::cloud_db_per_km(60e9, 273.15, 0.5)?;
/// assert!((fog - 1.242_703).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn cloud_db_per_km(frequency_hz: f64, temperature_k: f64, liquid_g_m3: f64) -> Result<f64> {
    let density = check::in_range("liquid_g_m3", liquid_g_m3, 0.0, 100.0)?;
    Ok(cloud_coefficient_db_m3_per_km_g(frequency_hz, temperature_k)? * density)
}

/// Attenuation of the clouds on a slant path, dB.
///
/// ```text
/// A = L_red K_l(f, 0 °C) / sin φ
/// ```
/// The slant-path equation of ITU-R P.840-8, Annex 1; `L_red` is the columnar content of liquid water reduced
/// to 0 °C, kg/m², which P.840 has maps of.
///
/// # Errors
/// As [`water_permittivity`]; [`mmw_core::Error::Domain`] for an elevation outside 5 to 90 degrees or a
/// content outside 0 to 1000 kg/m².
///
/// # Examples
/// ```
/// use linkbudget::cloud::slant_cloud_db;
/// // London at 0.3 % of the year, of the validation tables of Study Group 3.
/// let loss_db = slant_cloud_db(14.25e9, 31.076_991_24_f64.to_radians(), 1.641_289_077)?;
/// assert!((loss_db - 0.591_366_62).abs() < 1e-8);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn slant_cloud_db(frequency_hz: f64, elevation_rad: f64, liquid_kg_m2: f64) -> Result<f64> {
    let elevation = check::in_range("elevation_rad", elevation_rad, MIN_CLOUD_ELEVATION_RAD, FRAC_PI_2)?;
    let column = check::in_range("liquid_kg_m2", liquid_kg_m2, 0.0, 1000.0)?;
    Ok(cloud_coefficient_db_m3_per_km_g(frequency_hz, 273.15)? * column / elevation.sin())
}
