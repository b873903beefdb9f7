//! Profiles of the structure parameter of the refractive index.

use mmw_core::{Error, Result, check};

/// `C_n²(h)` in m^(−2/3) by altitude in m above the ground.
///
/// # Examples
/// ```
/// use fso_g2a::atmosphere::Cn2Profile;
/// let profile = Cn2Profile::hufnagel_valley_5_7();
/// assert!((profile.at(0.0)? / 1.727e-14 - 1.0).abs() < 1e-4);
/// assert!(profile.at(10e3)? < 1e-16);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", tag = "model"))]
#[non_exhaustive]
pub enum Cn2Profile {
    /// Hufnagel-Valley, section 12.2 of [^andrews]:
    /// ```text
    /// 0.00594 (v/27)² (1e−5 h)^10 exp(−h/1000) + 2.7e−16 exp(−h/1500) + A exp(−h/100)
    /// ```
    ///
    /// [^andrews]: L. C. Andrews, R. L. Phillips, "Laser beam propagation through random media" (2005).
    HufnagelValley {
        /// Root mean square of the wind between 5 and 20 km, m/s.
        wind_m_s: f64,
        /// `A`, the value at the ground, m^(−2/3).
        ground_cn2: f64,
    },
    /// The submarine laser communication study's model for daytime, piecewise powers of the altitude:
    /// ```text
    /// h < 18.5 m: 1.7e−14; < 240 m: 3.13e−13/h^1.05; < 880 m: 1.3e−15; < 7200 m: 8.87e−7/h³;
    /// < 20 km: 2e−16/√h; above: 0
    /// ```
    /// Section 2.2 of R. R. Beland in "The infrared and electro-optical systems handbook", volume 2 (1993).
    SlcDay,
    /// The same at every altitude.
    Constant {
        /// m^(−2/3).
        cn2: f64,
    },
    /// Measured values, linear between the altitudes and 0 outside them.
    Table {
        /// Ascending, m.
        altitude_m: Vec<f64>,
        /// One for each altitude, not below 0, m^(−2/3).
        cn2: Vec<f64>,
    },
}

mmw_core::checked_serde!(Cn2Profile, Cn2Profile::validate);

impl Cn2Profile {
    /// Hufnagel-Valley with a wind of 21 m/s and 1.7e-14 m^(−2/3) at the ground: named for the 5 cm of
    /// Fried's parameter and the 7 µrad of isoplanatic angle that it gives at 0.5 µm and zenith.
    #[must_use]
    pub const fn hufnagel_valley_5_7() -> Self {
        Self::HufnagelValley { wind_m_s: 21.0, ground_cn2: 1.7e-14 }
    }

    /// Checks the parameters once, so that the profile can be evaluated without.
    ///
    /// # Errors
    /// [`Error::Domain`] for values that are not finite or below 0 (a constant and a wind may be 0),
    /// [`Error::TooFew`] for a table of less than two rows, [`Error::Shape`] for columns of different
    /// lengths, [`Error::Invalid`] for altitudes that do not ascend.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::HufnagelValley { wind_m_s, ground_cn2 } => {
                check::in_range("wind_m_s", check::non_negative("wind_m_s", *wind_m_s)?, 0.0, 1e6)?;
                check::in_range("ground_cn2", check::non_negative("ground_cn2", *ground_cn2)?, 0.0, 1.0)?;
            }
            Self::SlcDay => {}
            Self::Constant { cn2 } => {
                check::in_range("cn2", check::non_negative("cn2", *cn2)?, 0.0, 1.0)?;
            }
            Self::Table { altitude_m, cn2 } => {
                check_table(altitude_m, ("cn2", cn2, 1.0))?;
            }
        }
        Ok(())
    }

    /// `C_n²` at an altitude in m.
    ///
    /// # Errors
    /// As [`Cn2Profile::validate`], and [`Error::Domain`] unless the altitude is finite and not below 0.
    pub fn at(&self, altitude_m: f64) -> Result<f64> {
        self.validate()?;
        Ok(self.value(check::non_negative("altitude_m", altitude_m)?))
    }

    /// [`Cn2Profile::at`] for a profile and an altitude that have been checked.
    pub(crate) fn value(&self, h: f64) -> f64 {
        match self {
            Self::HufnagelValley { wind_m_s, ground_cn2 } => {
                /// From here on its exponential is 0, and the tenth power may be infinite.
                const NOTHING_M: f64 = 746e3;
                let wind = wind_m_s / 27.0;
                0.00594 * wind * wind * (1e-5 * h.min(NOTHING_M)).powi(10) * (-h / 1000.0).exp()
                    + 2.7e-16 * (-h / 1500.0).exp()
                    + ground_cn2 * (-h / 100.0).exp()
            }
            Self::SlcDay => match h {
                ..18.5 => 1.7e-14,
                18.5..240.0 => 3.13e-13 / h.powf(1.05),
                240.0..880.0 => 1.3e-15,
                880.0..7200.0 => 8.87e-7 / (h * h * h),
                7200.0..20_000.0 => 2e-16 / h.sqrt(),
                _ => 0.0,
            },
            Self::Constant { cn2 } => *cn2,
            Self::Table { altitude_m, cn2 } => interpolate(altitude_m, cn2, h),
        }
    }

    /// Altitudes at which the profile changes its form or its scale: ends for panels of quadrature.
    pub(crate) fn breaks(&self) -> Vec<f64> {
        match self {
            Self::HufnagelValley { .. } => {
                vec![30.0, 200.0, 600.0, 2000.0, 6000.0, 10e3, 15e3, 20e3, 30e3, 50e3]
            }
            Self::SlcDay => vec![18.5, 240.0, 880.0, 7200.0, 20e3],
            Self::Constant { .. } => vec![],
            Self::Table { altitude_m, .. } => altitude_m.clone(),
        }
    }
}

/// Checks a table of values from 0 to the greatest, by ascending altitudes.
pub(super) fn check_table(
    altitude_m: &[f64],
    (name, values, most): (&'static str, &[f64], f64),
) -> Result<()> {
    check::at_least("altitude_m", altitude_m.len(), 2)?;
    check::same_len(name, altitude_m.len(), values.len())?;
    for value in altitude_m {
        check::in_range("altitude_m", *value, -1e4, 1e9)?;
    }
    for value in values {
        check::in_range(name, *value, 0.0, most)?;
    }
    if altitude_m.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Error::invalid("altitude_m", "altitudes must ascend"));
    }
    Ok(())
}

pub(super) fn interpolate(x: &[f64], y: &[f64], at: f64) -> f64 {
    let above = x.partition_point(|&x| x <= at);
    let pair = |i: usize| Some((*x.get(i)?, *y.get(i)?));
    match (above.checked_sub(1).and_then(pair), pair(above)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * ((at - x0) / (x1 - x0)),
        (Some((x0, y0)), None) if x0 == at => y0,
        _ => 0.0,
    }
}
