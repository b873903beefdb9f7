//! The state of the air: what gaseous attenuation depends on, and the standard atmosphere by altitude.

use mmw_core::{Error, Result, check};

/// What the pressure profile of P.835 is the pressure of.
///
/// P.835 does not say it. Section 1.3 of its Annex 1 takes "the dry atmosphere" from that profile, and the
/// validation tables of Study Group 3 for P.676 set its sea-level value, 1013.25 hPa, in place of the dry
/// pressure: that is the default. The U.S. Standard Atmosphere 1976, whose numbers the profile repeats, gives
/// what a barometer shows. At sea level and 60 GHz the two readings differ by 0.83 % of the attenuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StandardPressure {
    /// Of the dry air; the vapour comes on top.
    #[default]
    Dry,
    /// Of all air; the vapour is part of it.
    Total,
}

mmw_core::named!(StandardPressure, "pressure" { Dry = "dry", Total = "total" });

/// Dry pressure, temperature and vapour density: the three numbers that P.676 asks for.
///
/// The pressure is that of the *dry* air: total pressure minus [`Atmosphere::vapour_pressure_hpa`]. Passing
/// the total pressure instead overstates oxygen by 0.8 % at sea level.
///
/// # Examples
/// ```
/// use linkbudget::atmosphere::Atmosphere;
///
/// let air = Atmosphere::from_total_pressure(1013.25, 288.15, 7.5)?;
/// assert!((air.vapour_pressure_hpa() - 9.9729).abs() < 1e-4);
/// assert!((air.dry_pressure_hpa - 1003.2771).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct Atmosphere {
    /// Pressure of the dry air, hPa, 0 to 10 000.
    pub dry_pressure_hpa: f64,
    /// Temperature, K, 100 to 1000.
    pub temperature_k: f64,
    /// Water-vapour density, g/m^3, 0 to 1000.
    pub vapour_density_g_m3: f64,
}

mmw_core::checked_serde!(Atmosphere, |air| air.checked().map(|_| ()));

impl Atmosphere {
    /// 1013.25 hPa of dry air, 288.15 K, 7.5 g/m^3: what the figures of P.676 are drawn for.
    #[must_use]
    pub fn p676_reference() -> Self {
        Self { dry_pressure_hpa: 1013.25, temperature_k: 288.15, vapour_density_g_m3: 7.5 }
    }

    /// From the pressure that a barometer shows.
    ///
    /// # Errors
    /// [`Error::Domain`] when a value is out of range or the vapour alone exceeds the total pressure.
    pub fn from_total_pressure(
        total_pressure_hpa: f64,
        temperature_k: f64,
        vapour_density_g_m3: f64,
    ) -> Result<Self> {
        check::in_range("total_pressure_hpa", total_pressure_hpa, 0.0, 20_000.0)?;
        let vapour_hpa = vapour_density_g_m3 * temperature_k / 216.7;
        Self { dry_pressure_hpa: total_pressure_hpa - vapour_hpa, temperature_k, vapour_density_g_m3 }
            .checked()
    }

    /// The mean annual global reference atmosphere at a geometric altitude from 0 to 100 km, its pressure
    /// that of the dry air.
    ///
    /// ```text
    /// T = T_i + L_i (h' − h_i),   P = P_i [T_i / T]^(34.1632 / L_i)   or   P_i exp(−34.1632 (h' − h_i) / T_i)
    /// h' = 6356.766 h / (6356.766 + h),   ρ = 7.5 exp(−h / 2), not below a mixing ratio of 2e-6
    /// ```
    /// Equations (1) to (8) of ITU-R P.835-6, Annex 1, which are those of the U.S. Standard Atmosphere 1976.
    ///
    /// # Errors
    /// [`Error::Domain`] outside 0 to 100 km.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::atmosphere::Atmosphere;
    ///
    /// assert!((Atmosphere::standard(0.0)?.dry_pressure_hpa - 1013.25).abs() < 1e-9);
    /// let johannesburg = Atmosphere::standard(1750.0)?;
    /// assert!((johannesburg.temperature_k - 276.778).abs() < 1e-3);
    /// assert!((johannesburg.dry_pressure_hpa - 819.9).abs() < 0.3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn standard(altitude_m: f64) -> Result<Self> {
        Self::standard_as(altitude_m, StandardPressure::Dry)
    }

    /// [`Atmosphere::standard`] with the pressure read as that of the dry air or of all air.
    ///
    /// # Errors
    /// As [`Atmosphere::standard`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::atmosphere::{Atmosphere, StandardPressure};
    ///
    /// let barometric = Atmosphere::standard_as(0.0, StandardPressure::Total)?;
    /// assert!((barometric.total_pressure_hpa() - 1013.25).abs() < 1e-9);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn standard_as(altitude_m: f64, pressure: StandardPressure) -> Result<Self> {
        let height_km = check::in_range("altitude_m", altitude_m, 0.0, 100_000.0)? / 1000.0;
        let (temperature_k, profile_hpa) =
            if height_km <= 86.0 { below_86_km(height_km) } else { above_86_km(height_km) };
        let vapour_hpa = (7.5 * (-height_km / 2.0).exp() * temperature_k / 216.7).max(2e-6 * profile_hpa);
        let dry_pressure_hpa = match pressure {
            StandardPressure::Dry => profile_hpa,
            StandardPressure::Total => profile_hpa - vapour_hpa,
        };
        Ok(Self { dry_pressure_hpa, temperature_k, vapour_density_g_m3: vapour_hpa * 216.7 / temperature_k })
    }

    /// Partial pressure of the vapour, hPa.
    ///
    /// ```text
    /// e = ρ T / 216.7
    /// ```
    /// Equation (4) of ITU-R P.676-12, Annex 1.
    ///
    /// # Examples
    /// ```
    /// let air = linkbudget::atmosphere::Atmosphere::p676_reference();
    /// assert!((air.vapour_pressure_hpa() - 9.9729).abs() < 1e-4);
    /// assert!((air.total_pressure_hpa() - 1023.2229).abs() < 1e-4);
    /// ```
    #[must_use]
    pub fn vapour_pressure_hpa(&self) -> f64 {
        self.vapour_density_g_m3 * self.temperature_k / 216.7
    }

    /// Dry air and vapour together, hPa: what a barometer shows.
    #[must_use]
    pub fn total_pressure_hpa(&self) -> f64 {
        self.dry_pressure_hpa + self.vapour_pressure_hpa()
    }

    /// Itself, when every field is in range.
    ///
    /// # Errors
    /// [`Error::Domain`] naming the field.
    pub fn checked(self) -> Result<Self> {
        check::in_range("dry_pressure_hpa", self.dry_pressure_hpa, 0.0, 10_000.0)?;
        check::in_range("temperature_k", self.temperature_k, 100.0, 1000.0)?;
        check::in_range("vapour_density_g_m3", self.vapour_density_g_m3, 0.0, 1000.0)?;
        Ok(self)
    }
}

/// Base geopotential height (km), temperature (K) and pressure (hPa) of each layer, and its lapse (K/km).
const LAYERS: [[f64; 4]; 7] = [
    [0.0, 288.15, 1013.25, -6.5],
    [11.0, 216.65, 226.3226, 0.0],
    [20.0, 216.65, 54.749_80, 1.0],
    [32.0, 228.65, 8.680_422, 2.8],
    [47.0, 270.65, 1.109_106, 0.0],
    [51.0, 270.65, 0.669_416_7, -2.8],
    [71.0, 214.65, 0.039_566_49, -2.0],
];

fn below_86_km(height_km: f64) -> (f64, f64) {
    let geopotential_km = 6356.766 * height_km / (6356.766 + height_km);
    let layer = LAYERS.iter().rev().find(|layer| geopotential_km >= layer[0]).unwrap_or(&LAYERS[0]);
    let [base_km, base_k, base_hpa, lapse] = *layer;
    let above_km = geopotential_km - base_km;
    let temperature_k = base_k + lapse * above_km;
    let pressure_hpa = if lapse == 0.0 {
        base_hpa * (-34.1632 * above_km / base_k).exp()
    } else {
        base_hpa * (base_k / temperature_k).powf(34.1632 / lapse)
    };
    (temperature_k, pressure_hpa)
}

fn above_86_km(height_km: f64) -> (f64, f64) {
    let temperature_k = if height_km <= 91.0 {
        186.8673
    } else {
        263.1905 - 76.3232 * (1.0 - ((height_km - 91.0) / 19.9429).powi(2)).sqrt()
    };
    const LN_PRESSURE: [f64; 5] = [95.571_899, -4.011_801, 6.424_731e-2, -4.789_660e-4, 1.340_543e-6];
    let ln_pressure = LN_PRESSURE.iter().rev().fold(0.0, |sum, a| sum * height_km + a);
    (temperature_k, ln_pressure.exp())
}

/// Altitude of an aircraft or a mast from several heights at once: [`Atmosphere::standard`] of each.
///
/// # Errors
/// As [`Atmosphere::standard`]; [`Error::TooFew`] for an empty array.
///
/// # Examples
/// ```
/// use linkbudget::atmosphere::standard_atmospheres;
/// let air = standard_atmospheres(&mmw_core::ndarray::array![0.0, 11_019.0])?;
/// assert!((air[0].temperature_k - 288.15).abs() < 1e-9 && (air[1].temperature_k - 216.65).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn standard_atmospheres(
    altitudes_m: &mmw_core::ndarray::ArrayRef1<f64>,
) -> Result<mmw_core::ndarray::Array1<Atmosphere>> {
    if altitudes_m.is_empty() {
        return Err(Error::too_few("altitudes_m", 1, 0));
    }
    altitudes_m.iter().map(|&altitude_m| Atmosphere::standard(altitude_m)).collect()
}
