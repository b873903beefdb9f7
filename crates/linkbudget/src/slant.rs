//! Paths that rise through the air: their length, and P.676 layer by layer.

use crate::atmosphere::{Atmosphere, StandardPressure};
use crate::gas::{LineByLine, Revision};
use mmw_core::{Error, Result, check};
use std::f64::consts::FRAC_PI_2;

/// Radius of the Earth in P.676, km.
const EARTH_KM: f64 = 6371.0;
/// Above this altitude there is no gas that counts, km.
const TOP_KM: f64 = 100.0;

/// A path from a lower to a higher end through the standard atmosphere: plain data, checked where it is used.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct SlantPath {
    /// Elevation seen from the lower end, rad, 0 to 90 degrees.
    pub elevation_rad: f64,
    /// Altitude of the lower end, m.
    pub from_altitude_m: f64,
    /// Altitude of the upper end, m: an aircraft, a platform, a satellite.
    pub to_altitude_m: f64,
    /// How the pressure of the standard atmosphere is read.
    pub pressure: StandardPressure,
}

mmw_core::checked_serde!(SlantPath, |path| path.checked().map(|_| ()));

/// Attenuation of a whole path by the gases, dB.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct GasLoss {
    /// Oxygen lines and the dry continuum.
    pub oxygen_db: f64,
    /// Water vapour.
    pub vapour_db: f64,
}

mmw_core::checked_serde!(GasLoss { oxygen_db, vapour_db });

impl SlantPath {
    /// From the ground to space.
    #[must_use]
    pub fn to_space(elevation_rad: f64) -> Self {
        let pressure = StandardPressure::default();
        Self { elevation_rad, from_altitude_m: 0.0, to_altitude_m: 100_000.0, pressure }
    }

    /// The altitudes of both ends, km.
    fn checked(&self) -> Result<[f64; 2]> {
        check::in_range("elevation_rad", self.elevation_rad, 0.0, FRAC_PI_2)?;
        let low = check::in_range("from_altitude_m", self.from_altitude_m, 0.0, 99_000.0)?;
        let high = check::in_range("to_altitude_m", self.to_altitude_m, 0.0, 1e9)?;
        if high - low < 1.0 {
            return Err(Error::domain("to_altitude_m", high, format!("at least 1 m above {low}")));
        }
        Ok([low / 1000.0, high / 1000.0])
    }

    /// Straight distance between the ends over a round Earth, m.
    ///
    /// ```text
    /// d = √(r2² − r1² cos² φ) − r1 sin φ
    /// ```
    /// The law of cosines[^cosines], as a quotient where the roots would cancel.
    ///
    /// # Errors
    /// [`Error::Domain`] naming the field.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::slant::SlantPath;
    /// let up = SlantPath { to_altitude_m: 10_000.0, ..SlantPath::to_space(std::f64::consts::FRAC_PI_2) };
    /// assert!((up.distance_m()? - 10_000.0).abs() < 1e-6);
    /// // A geostationary satellite at 30 degrees.
    /// let far = SlantPath { to_altitude_m: 35_786e3, ..SlantPath::to_space(0.523_599) };
    /// assert!((far.distance_m()? - 38_608_881.0).abs() < 1.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    /// [^cosines]: In the triangle of the two ends and the centre of the Earth.
    pub fn distance_m(&self) -> Result<f64> {
        let [low, high] = self.checked()?;
        let (r1, rise) = (EARTH_KM + low, high - low);
        let across = r1 * self.elevation_rad.sin();
        let squares = rise * (2.0 * r1 + rise);
        Ok(1000.0 * squares / ((across * across + squares).sqrt() + across))
    }

    /// Attenuation by oxygen and vapour along the bent ray, dB.
    ///
    /// ```text
    /// A = Σ a_i γ_i,   a_i = −r_i cos β_i + √(r_i² cos² β_i + 2 r_i δ_i + δ_i²),   n_i r_i sin β_i constant
    /// δ_i = m exp((i − 1)/100),   i from floor(100 ln(1e4 h1 (e^0.01 − 1) + 1) + 1) to the same of h2
    /// n = 1 + 1e-6 (77.6 p/T + 72 e/T + 3.75e5 e/T²)
    /// ```
    /// Section 2.2 of ITU-R P.676-12, Annex 1, with the refractive index of P.453-14; `γ_i` and `n_i` in the
    /// middle of a layer, layers 10 cm thick at the ground and 1 km at 100 km. Above 100 km nothing is added.
    ///
    /// # Errors
    /// [`Error::Domain`] naming the field; as [`LineByLine::specific_attenuation`]; [`Error::Invalid`] for a
    /// ray that is bent back to the ground.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::gas::Revision;
    /// use linkbudget::slant::SlantPath;
    /// let zenith = SlantPath::to_space(std::f64::consts::FRAC_PI_2);
    /// let loss = zenith.gas_loss(60e9, Revision::P676V12)?;
    /// // No satellite hears 60 GHz from the ground, and a radio telescope at 94 GHz loses a fifth.
    /// assert!((loss.oxygen_db - 154.01).abs() < 0.01);
    /// assert!(zenith.gas_loss(94e9, Revision::P676V12)?.total_db() < 1.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn gas_loss(&self, frequency_hz: f64, revision: Revision) -> Result<GasLoss> {
        let [low, high] = self.checked()?;
        let mut loss = GasLoss::default();
        let mut height = low;
        let mut invariant = None;
        for thickness in layers(low, high.min(TOP_KM)) {
            let middle_m = 1000.0 * (height + 0.5 * thickness).min(TOP_KM);
            let air = Atmosphere::standard_as(middle_m, self.pressure)?;
            let radius = EARTH_KM + height;
            let optical = radius * refractive_index(&air);
            let bent = *invariant.get_or_insert(optical * self.elevation_rad.cos());
            let sine = bent / optical;
            if sine > 1.0 {
                return Err(Error::invalid("elevation_rad", "a ray this low is bent back to the ground"));
            }
            let upward = radius * ((1.0 - sine) * (1.0 + sine)).sqrt();
            let squares = thickness * (2.0 * radius + thickness);
            let length = squares / ((upward * upward + squares).sqrt() + upward);
            let gas = LineByLine::new(air, revision)?.specific_attenuation(frequency_hz)?;
            loss.oxygen_db += gas.oxygen_db_per_km * length;
            loss.vapour_db += gas.vapour_db_per_km * length;
            height += thickness;
        }
        Ok(loss)
    }
}

impl GasLoss {
    /// Oxygen and vapour together, dB.
    #[must_use]
    pub fn total_db(&self) -> f64 {
        self.oxygen_db + self.vapour_db
    }
}

/// Thicknesses of the layers between two altitudes, km.
fn layers(low: f64, high: f64) -> impl Iterator<Item = f64> {
    let step = 0.01_f64;
    let index = |height: f64| 100.0 * (1e4 * height * step.exp_m1()).ln_1p() + 1.0;
    let (first, last) = (index(low).floor(), index(high).ceil());
    let scale = step.exp() * step.exp_m1() / ((last / 100.0).exp() - (first / 100.0).exp()) * (high - low);
    let count = (last - first) as usize;
    (0..count).map(move |i| scale * ((first + i as f64 - 1.0) / 100.0).exp())
}

/// `n` of P.453-14, equations (1) and (2).
fn refractive_index(air: &Atmosphere) -> f64 {
    let (p, t, e) = (air.dry_pressure_hpa, air.temperature_k, air.vapour_pressure_hpa());
    1.0 + 1e-6 * (77.6 * p + 72.0 * e + 3.75e5 * e / t) / t
}
