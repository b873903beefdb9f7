//! The three scenarios of Table 1 of the paper, as data.

use crate::knife_edge::KnifeEdge;
use crate::path_loss::{Edge, Gas, Path, PathLoss, Rain, Reflection};
use crate::rain::{Climate, Polarisation};
use crate::reflection::{Field, Material, permittivity};
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{C64, Result};

/// What the path of a scenario is reflected by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Surface {
    /// Paper. Neither the paper nor P.2040 gives a permittivity: 2.3 − j0.1 is assumed.
    Paper,
    /// Ordinary glass: that of P.2040.
    OrdinaryGlass,
    /// Aluminium, 3.5e7 S/m.
    Aluminium,
}

mmw_core::named!(Surface, "surface" {
    Paper = "paper",
    OrdinaryGlass = "ordinary_glass",
    Aluminium = "aluminium",
});

impl Surface {
    /// Relative permittivity.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a frequency outside the range of the material.
    pub fn permittivity(self, frequency_hz: f64) -> Result<C64> {
        match self {
            Self::Paper => Ok(C64::new(2.3, -0.1)),
            Self::OrdinaryGlass => Material::GLASS.permittivity(frequency_hz),
            Self::Aluminium => permittivity(1.0, 3.5e7, frequency_hz),
        }
    }
}

/// A column of Table 1.
///
/// # Examples
/// ```
/// use linkbudget::path_loss::PathLoss;
/// use linkbudget::reflection::Field;
/// use linkbudget::scenario::Scenario;
///
/// // At 30 m the three span the range of Fig. 1, 80 to 140 dB.
/// let mut totals = Vec::new();
/// for scenario in Scenario::ALL {
///     totals.push(PathLoss::new(scenario.path(Field::Te)?)?.total_db(30.0)?);
/// }
/// assert!((totals[0] - 94.66).abs() < 0.01 && (totals[2] - 135.13).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Scenario {
    /// 1, 2 or 3.
    pub number: u8,
    /// Free-space loss exponent `n`.
    pub exponent: f64,
    /// Oxygen absorption, dB/m.
    pub oxygen_db_per_m: f64,
    /// Reflecting surface.
    pub surface: Surface,
    /// Angle of incidence, rad, read as from the normal.
    pub incidence_rad: f64,
    /// Diffraction parameter, with the lost minus sign of scenario 1 put back.
    pub v: f64,
    /// Climate, which sets the rain rate.
    pub climate: Climate,
    /// Carrier, Hz.
    pub frequency_hz: f64,
}

impl Scenario {
    /// Scenario 1: a corridor in the desert.
    pub const ONE: Self = Self {
        number: 1,
        exponent: 1.6,
        oxygen_db_per_m: 0.01,
        surface: Surface::Paper,
        incidence_rad: 80_f64.to_radians(),
        v: -1.0,
        climate: Climate::Desert,
        frequency_hz: 60e9,
    };
    /// Scenario 2: free space, an edge on the line of sight, Mediterranean rain.
    pub const TWO: Self = Self {
        number: 2,
        exponent: 2.0,
        surface: Surface::OrdinaryGlass,
        v: 0.0,
        climate: Climate::Mediterranean,
        ..Self::ONE
    };
    /// Scenario 3: obstructed, an edge above the line of sight, temperate rain.
    pub const THREE: Self = Self {
        number: 3,
        exponent: 3.5,
        surface: Surface::Aluminium,
        v: 1.0,
        climate: Climate::Temperate,
        ..Self::ONE
    };
    /// All three.
    pub const ALL: [Self; 3] = [Self::ONE, Self::TWO, Self::THREE];

    /// The path of the scenario: 1 m reference, P.526 edge, horizontal polarisation in the rain. The paper
    /// gives no polarisation for the reflection.
    ///
    /// # Errors
    /// As [`Surface::permittivity`].
    pub fn path(&self, field: Field) -> Result<Path> {
        let rain = Rain { rate_mm_h: self.climate.rain_rate_mm_h(), polarisation: Polarisation::Horizontal };
        Ok(Path {
            exponent: self.exponent,
            gas: Gas::Constant { oxygen_db_per_km: 1000.0 * self.oxygen_db_per_m },
            rain: Some(rain),
            reflections: vec![Reflection {
                permittivity: self.surface.permittivity(self.frequency_hz)?,
                incidence_rad: self.incidence_rad,
                field,
            }],
            edges: vec![Edge { v: self.v, model: KnifeEdge::P526 }],
            ..Path::free_space(self.frequency_hz)
        })
    }

    /// Total loss at each distance, dB: a curve of Fig. 1.
    ///
    /// # Errors
    /// As [`PathLoss::new`] and [`PathLoss::breakdown`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::reflection::Field;
    /// use linkbudget::scenario::Scenario;
    /// use mmw_core::ndarray::array;
    /// let curve_db = Scenario::THREE.curve_db(&array![2.0, 30.0], Field::Te)?;
    /// assert!((curve_db[0] - 92.6).abs() < 0.1 && (curve_db[1] - 135.1).abs() < 0.1);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn curve_db(&self, distances_m: &ArrayRef1<f64>, field: Field) -> Result<Array1<f64>> {
        PathLoss::new(self.path(field)?)?.total_db_array(distances_m)
    }
}
