//! Profiles of the wind across the beam.

use super::cn2::{check_table, interpolate};
use mmw_core::{Result, check};

/// Wind across the beam in m/s by altitude in m above the ground.
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::WindProfile;
/// let wind = WindProfile::bufton(5.0);
/// assert!((wind.at(9400.0)? - 35.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", tag = "model"))]
#[non_exhaustive]
pub enum WindProfile {
    /// Bufton's model, section 12.2 of [^andrews]:
    /// ```text
    /// V(h) = V_g + 30 exp(−((h − 9400)/4800)²) + ω_s h
    /// ```
    ///
    /// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
    Bufton {
        /// `V_g`, the wind at the ground, m/s.
        ground_m_s: f64,
        /// `ω_s`, the rate at which the beam turns after its platform, rad/s.
        slew_rad_s: f64,
    },
    /// The same at every altitude.
    Constant {
        /// m/s.
        wind_m_s: f64,
    },
    /// Measured values, linear between the altitudes and 0 outside them.
    Table {
        /// Ascending, m.
        altitude_m: Vec<f64>,
        /// One for each altitude, not below 0, m/s.
        wind_m_s: Vec<f64>,
    },
}

mmw_core::checked_serde!(WindProfile, WindProfile::validate);

/// Greatest wind, m/s.
const MOST_M_S: f64 = 1e6;

impl WindProfile {
    /// Bufton's model for a beam that stands still.
    #[must_use]
    pub const fn bufton(ground_m_s: f64) -> Self {
        Self::Bufton { ground_m_s, slew_rad_s: 0.0 }
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for values that are not finite or below 0, [`mmw_core::Error::TooFew`] for
    /// a table of less than two rows, [`mmw_core::Error::Shape`] for columns of different lengths,
    /// [`mmw_core::Error::Invalid`] for altitudes that do not ascend.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::Bufton { ground_m_s, slew_rad_s } => {
                check::in_range("ground_m_s", *ground_m_s, 0.0, MOST_M_S)?;
                check::in_range("slew_rad_s", *slew_rad_s, 0.0, 10.0)?;
                Ok(())
            }
            Self::Constant { wind_m_s } => check::in_range("wind_m_s", *wind_m_s, 0.0, MOST_M_S).map(|_| ()),
            Self::Table { altitude_m, wind_m_s } => check_table(altitude_m, ("wind_m_s", wind_m_s, MOST_M_S)),
        }
    }

    /// The wind at an altitude in m.
    ///
    /// # Errors
    /// As [`WindProfile::validate`], and [`mmw_core::Error::Domain`] unless the altitude is finite and
    /// not below 0.
    pub fn at(&self, altitude_m: f64) -> Result<f64> {
        self.validate()?;
        Ok(self.value(check::non_negative("altitude_m", altitude_m)?))
    }

    /// [`WindProfile::at`] for a profile and an altitude that have been checked.
    pub(crate) fn value(&self, h: f64) -> f64 {
        match self {
            Self::Bufton { ground_m_s, slew_rad_s } => {
                let off = (h - 9400.0) / 4800.0;
                ground_m_s + 30.0 * (-off * off).exp() + slew_rad_s * h
            }
            Self::Constant { wind_m_s } => *wind_m_s,
            Self::Table { altitude_m, wind_m_s } => interpolate(altitude_m, wind_m_s, h),
        }
    }

    /// Altitudes at which the profile changes its form: ends for panels of quadrature.
    pub(crate) fn breaks(&self) -> &[f64] {
        match self {
            Self::Bufton { .. } => &[4600.0, 9400.0, 14_200.0],
            Self::Constant { .. } => &[],
            Self::Table { altitude_m, .. } => altitude_m,
        }
    }
}
