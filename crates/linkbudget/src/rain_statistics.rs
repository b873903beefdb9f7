//! How often rain attenuates by how much: Recommendations ITU-R P.530-17 (terrestrial) and P.618-13 (slant).
//!
//! Both start from `R0.01`, the rain rate that is exceeded 0.01 % of an average year (one-minute
//! integration), which the caller measures or takes from the maps of P.837.

use crate::rain::{Polarisation, RainLaw};
use mmw_core::math::crossing;
use mmw_core::{Error, Result, check};
use std::f64::consts::FRAC_PI_2;

/// The distribution of the rain attenuation of one path over an average year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RainFading {
    exceeded_001_db: f64,
    law: Law,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Law {
    Terrestrial { c1: f64, c2: f64, c3: f64 },
    Slant { beta: f64, sine: f64 },
}

/// What P.618 asks of the place that a path rises from.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct SlantClimate {
    /// `R0.01`, mm/h.
    pub rate_001_mm_h: f64,
    /// Polarisation.
    pub polarisation: Polarisation,
    /// Latitude, rad; its sign says nothing.
    pub latitude_rad: f64,
    /// Altitude up to which it rains, m: that of P.839, or 360 m above the mean 0 °C isotherm.
    pub rain_height_m: f64,
}

/// For how much of the year a link works; the laws of rain hold between two fractions of the year only.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Availability {
    /// This fraction of the year.
    Fraction(f64),
    /// At least this one: the margin is above what the law knows.
    AtLeast(f64),
    /// At most this one: the margin is below what the law knows.
    AtMost(f64),
}

mmw_core::checked_serde!(Availability, |availability| {
    let (Availability::Fraction(share) | Availability::AtLeast(share) | Availability::AtMost(share)) =
        *availability;
    check::in_range("availability", share, 0.0, 1.0).map(|_| ())
});

impl RainFading {
    /// A level path of up to 60 km, 1 to 100 GHz.
    ///
    /// ```text
    /// A0.01 = k R^α d r,   1/r = 0.477 d^0.633 R^(0.073 α) f^0.123 − 10.579 (1 − exp(−0.024 d)),   r <= 2.5
    /// A_p / A0.01 = C1 p^−(C2 + C3 log10 p),   C1 = 0.07^C0 0.12^(1 − C0)
    /// C2 = 0.855 C0 + 0.546 (1 − C0),   C3 = 0.139 C0 + 0.043 (1 − C0)
    /// C0 = 0.12 + 0.4 (log10(f/10))^0.8, 0.12 below 10 GHz
    /// ```
    /// Equations (32) to (35) of ITU-R P.530-17, section 2.4.1; `d` in km, `f` in GHz, `p` in percent from
    /// 0.001 to 1.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a frequency outside 1 to 100 GHz, a distance that is not from above 0
    /// to 60 km, or a rate outside 0 to 10 000 mm/h.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::rain::Polarisation;
    /// use linkbudget::rain_statistics::RainFading;
    ///
    /// // 2 km at 38 GHz where 30 mm/h are exceeded for 53 minutes per year.
    /// let fading = RainFading::terrestrial(38e9, 2000.0, 30.0, Polarisation::Vertical)?;
    /// assert!((fading.exceeded_db(1e-4)? - 15.0446).abs() < 1e-4);
    /// assert!((fading.exceeded_db(1e-5)? - 27.7739).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn terrestrial(
        frequency_hz: f64,
        distance_m: f64,
        rate_001_mm_h: f64,
        polarisation: Polarisation,
    ) -> Result<Self> {
        let f = check::in_range("frequency_hz", frequency_hz, 1e9, 100e9)? * 1e-9;
        let d =
            check::in_range("distance_m", check::positive("distance_m", distance_m)?, 0.0, 60e3)? / 1000.0;
        let law = RainLaw::p838(frequency_hz, polarisation, 0.0)?;
        let gamma = law.specific_attenuation_db_per_km(rate_001_mm_h)?;
        let inverse = 0.477 * d.powf(0.633) * rate_001_mm_h.powf(0.073 * law.alpha) * f.powf(0.123)
            - 10.579 * -(-0.024 * d).exp_m1();
        let reduction = 1.0 / inverse.max(0.4);
        let c0 = if f >= 10.0 { 0.12 + 0.4 * (f / 10.0).log10().powf(0.8) } else { 0.12 };
        let law = Law::Terrestrial {
            c1: 0.07_f64.powf(c0) * 0.12_f64.powf(1.0 - c0),
            c2: 0.855 * c0 + 0.546 * (1.0 - c0),
            c3: 0.139 * c0 + 0.043 * (1.0 - c0),
        };
        Ok(Self { exceeded_001_db: gamma * d * reduction, law })
    }

    /// A path that rises out of the rain.
    ///
    /// ```text
    /// A0.01 = γ L_E,   A_p = A0.01 (p/0.01)^−(0.655 + 0.033 ln p − 0.045 ln A0.01 − β (1 − p) sin θ)
    /// ```
    /// Steps 2 to 10 of section 2.2.1.1 of ITU-R P.618-13, `p` in percent from 0.001 to 5.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] naming the field.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::rain::Polarisation;
    /// use linkbudget::rain_statistics::{RainFading, SlantClimate};
    /// // Miami at 29 GHz, of the validation tables of Study Group 3.
    /// let elevation_rad = 52.678_984_86_f64.to_radians();
    /// let miami = SlantClimate {
    ///     rate_001_mm_h: 78.299_499_3,
    ///     polarisation: Polarisation::Horizontal,
    ///     latitude_rad: 25.78_f64.to_radians(),
    ///     rain_height_m: 8.617_28 + 5735.098_894 * elevation_rad.sin(),
    /// };
    /// let fading = RainFading::slant(29e9, elevation_rad, 8.617_28, &miami)?;
    /// assert!((fading.exceeded_db(1e-3)? - 25.562_954_92).abs() < 1e-6);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn slant(
        frequency_hz: f64,
        elevation_rad: f64,
        station_altitude_m: f64,
        climate: &SlantClimate,
    ) -> Result<Self> {
        if !(1e9..=55e9).contains(&frequency_hz) {
            let known = "from 1e9 to 55e9, where ITU-R P.618 tells the rain on a rising path";
            return Err(Error::domain("frequency_hz", frequency_hz, known));
        }
        let f = frequency_hz * 1e-9;
        let elevation = check::positive("elevation_rad", elevation_rad)?;
        check::in_range("elevation_rad", elevation, 0.0, FRAC_PI_2)?;
        let latitude = check::in_range("latitude_rad", climate.latitude_rad, -FRAC_PI_2, FRAC_PI_2)?;
        let station_km =
            check::in_range("station_altitude_m", station_altitude_m, -500.0, 99_000.0)? / 1000.0;
        let top_km = check::in_range("rain_height_m", climate.rain_height_m, -500.0, 20e3)? / 1000.0;
        let law = RainLaw::p838(frequency_hz, climate.polarisation, elevation)?;
        let gamma = law.specific_attenuation_db_per_km(climate.rate_001_mm_h)?;
        let (sine, cosine) = elevation.sin_cos();
        let (latitude_deg, elevation_deg) = (latitude.abs().to_degrees(), elevation.to_degrees());
        let rise = top_km - station_km;
        if rise <= 0.0 {
            return Ok(Self { exceeded_001_db: 0.0, law: Law::Slant { beta: 0.0, sine } });
        }
        // 8500 km: the Earth as a ray of the standard atmosphere sees it.
        let slant = if elevation_deg >= 5.0 {
            rise / sine
        } else {
            2.0 * rise / ((sine * sine + 2.0 * rise / 8500.0).sqrt() + sine)
        };
        let ground = slant * cosine;
        let reduction = 1.0 / (1.0 + 0.78 * (ground * gamma / f).sqrt() + 0.38 * (-2.0 * ground).exp_m1());
        let wet = if rise.atan2(ground * reduction) > elevation {
            ground * reduction / cosine
        } else {
            rise / sine
        };
        let chi = (36.0 - latitude_deg).max(0.0);
        let height = 31.0 * -(-elevation_deg / (1.0 + chi)).exp_m1() * (wet * gamma).sqrt() / (f * f) - 0.45;
        let adjustment = 1.0 / (1.0 + sine.sqrt() * height);
        let beta = match (latitude_deg, elevation_deg) {
            (36.0.., _) => 0.0,
            (_, 25.0..) => -0.005 * (latitude_deg - 36.0),
            _ => -0.005 * (latitude_deg - 36.0) + 1.8 - 4.25 * sine,
        };
        let exceeded_001_db = check::finite("rain attenuation", gamma * wet * adjustment)?;
        Ok(Self { exceeded_001_db, law: Law::Slant { beta, sine } })
    }

    /// The fractions of the year between which the law holds.
    #[must_use]
    pub fn fractions(&self) -> [f64; 2] {
        match self.law {
            Law::Terrestrial { .. } => [1e-5, 1e-2],
            Law::Slant { .. } => [1e-5, 5e-2],
        }
    }

    /// The attenuation that is exceeded for a fraction of an average year, dB.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] outside [`RainFading::fractions`].
    pub fn exceeded_db(&self, fraction: f64) -> Result<f64> {
        let [low, high] = self.fractions();
        let percent = 100.0 * check::in_range("fraction", fraction, low, high)?;
        if self.exceeded_001_db == 0.0 {
            return Ok(0.0);
        }
        let (base, exponent) = match self.law {
            Law::Terrestrial { c1, c2, c3 } => (c1, c2 + c3 * percent.log10()),
            Law::Slant { beta, sine } => {
                let tropical = if percent >= 1.0 { 0.0 } else { beta * (1.0 - percent) * sine };
                let exponent = 0.655 + 0.033 * percent.ln() - 0.045 * self.exceeded_001_db.ln() - tropical;
                (0.01_f64.powf(exponent), exponent)
            }
        };
        check::finite("rain attenuation", self.exceeded_001_db * base * percent.powf(-exponent))
    }

    /// For how much of an average year the rain attenuates by no more than a margin.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the margin is finite.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::rain::Polarisation;
    /// use linkbudget::rain_statistics::{Availability, RainFading};
    /// let fading = RainFading::terrestrial(60e9, 500.0, 30.0, Polarisation::Horizontal)?;
    /// let Availability::Fraction(works) = fading.availability(fading.exceeded_db(3e-4)?)? else { panic!() };
    /// assert!((works - 0.9997).abs() < 1e-12);
    /// assert_eq!(fading.availability(100.0)?, Availability::AtLeast(0.99999));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn availability(&self, margin_db: f64) -> Result<Availability> {
        check::finite("margin_db", margin_db)?;
        if margin_db < 0.0 {
            return Ok(Availability::Fraction(0.0));
        }
        let [low, high] = self.fractions();
        if margin_db >= self.exceeded_db(low)? {
            return Ok(Availability::AtLeast(1.0 - low));
        }
        if margin_db < self.exceeded_db(high)? {
            return Ok(Availability::AtMost(1.0 - high));
        }
        // Attenuations fall as fractions grow.
        let holds = |ln: f64| self.exceeded_db(ln.exp().clamp(low, high)).is_ok_and(|db| db <= margin_db);
        let [_, ln] = crossing([low.ln(), high.ln()], holds);
        Ok(Availability::Fraction(1.0 - ln.exp()))
    }
}
