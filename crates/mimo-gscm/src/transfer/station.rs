//! An antenna array that has been put up: which way it looks.

use mmw_core::antenna::{AntennaArray, ElementPattern};
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::{Direction, Vector3};
use mmw_core::{Result, check};

/// An array with a heading: its own y axis points `heading_rad` from the scenario's y axis towards x.
///
/// # Examples
/// ```
/// use mimo_gscm::transfer::Station;
/// use mmw_core::antenna::AntennaArray;
///
/// let array = AntennaArray::uniform_linear(4, 0.075)?;
/// let mobile = Station::new(array).turned(std::f64::consts::PI)?; // looks back at the base station
/// assert_eq!(mobile.array().len(), 4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct Station {
    array: AntennaArray,
    heading_rad: f64,
}

mmw_core::checked_serde!(Station, |station| {
    check::finite("heading_rad", station.heading_rad).map(|_| ())
});

impl Station {
    /// An array that looks along the scenario's y axis.
    #[must_use]
    pub fn new(array: AntennaArray) -> Self {
        Self { array, heading_rad: 0.0 }
    }

    /// `count` isotropic elements along x, `spacing_wavelengths` apart, broadside to the link.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] for no elements; [`mmw_core::Error::Domain`] unless spacing and carrier
    /// are finite and above zero.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::transfer::Station;
    /// let base = Station::linear(8, 0.5, 2e9)?;
    /// assert!((base.array().positions_m()[1][0] - 0.0749).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn linear(count: usize, spacing_wavelengths: f64, carrier_hz: f64) -> Result<Self> {
        let wavelength_m = SPEED_OF_LIGHT_M_S / check::positive("carrier_hz", carrier_hz)?;
        let spacing = check::positive("spacing_wavelengths", spacing_wavelengths)?;
        Ok(Self::new(AntennaArray::uniform_linear(count, spacing * wavelength_m)?))
    }

    /// The same array with another heading.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a heading that is not finite.
    pub fn turned(self, heading_rad: f64) -> Result<Self> {
        Ok(Self { heading_rad: check::finite("heading_rad", heading_rad)?, ..self })
    }

    /// The array.
    #[must_use]
    pub fn array(&self) -> &AntennaArray {
        &self.array
    }

    /// The heading, rad.
    #[must_use]
    pub fn heading_rad(&self) -> f64 {
        self.heading_rad
    }

    /// Places of the elements in the frame of the scenario, in wavelengths.
    pub(super) fn places_in_waves(&self, carrier_hz: f64) -> Result<Vec<Vector3>> {
        let waves_per_m = carrier_hz / SPEED_OF_LIGHT_M_S;
        let (sin, cos) = self.heading_rad.sin_cos();
        let place = |&[x, y, z]: &Vector3| {
            let turned = [x * cos + y * sin, y * cos - x * sin, z];
            for value in turned {
                // Beyond 2^40 wavelengths a phase has lost its digits.
                check::in_range("place of an antenna in wavelengths", value * waves_per_m, -1e12, 1e12)?;
            }
            Ok(turned.map(|x| x * waves_per_m))
        };
        self.array.positions_m().iter().map(place).collect()
    }

    /// The amplitude of the pattern towards a unit vector; `None` if it is 1 everywhere.
    pub(super) fn amplitude(&self, [x, y, z]: Vector3) -> Option<f64> {
        let pattern = self.array.pattern();
        if pattern == ElementPattern::Isotropic {
            return None;
        }
        let azimuth_rad = x.atan2(y) - self.heading_rad;
        let elevation_rad = z.atan2(x.hypot(y));
        Some(pattern.amplitude(Direction { azimuth_rad, elevation_rad }))
    }
}
