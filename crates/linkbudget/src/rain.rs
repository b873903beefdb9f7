//! Attenuation by rain: Recommendation ITU-R P.838-3, and the climates of the paper.

use crate::map::map;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{Result, check};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// `a, b, c` of each Gaussian, then the slope and the constant, of one of the four fits.
struct Fit {
    gaussians: &'static [[f64; 3]],
    slope: f64,
    constant: f64,
}

// Tables 1 to 4 of ITU-R P.838-3.
const K_H: Fit = Fit {
    gaussians: &[
        [-5.33980, -0.10008, 1.13098],
        [-0.35351, 1.26970, 0.45400],
        [-0.23789, 0.86036, 0.15354],
        [-0.94158, 0.64552, 0.16817],
    ],
    slope: -0.18961,
    constant: 0.71147,
};
const K_V: Fit = Fit {
    gaussians: &[
        [-3.80595, 0.56934, 0.81061],
        [-3.44965, -0.22911, 0.51059],
        [-0.39902, 0.73042, 0.11899],
        [0.50167, 1.07319, 0.27195],
    ],
    slope: -0.16398,
    constant: 0.63297,
};
const ALPHA_H: Fit = Fit {
    gaussians: &[
        [-0.14318, 1.82442, -0.55187],
        [0.29591, 0.77564, 0.19822],
        [0.32177, 0.63773, 0.13164],
        [-5.37610, -0.96230, 1.47828],
        [16.1721, -3.29980, 3.43990],
    ],
    slope: 0.67849,
    constant: -1.95537,
};
const ALPHA_V: Fit = Fit {
    gaussians: &[
        [-0.07771, 2.33840, -0.76284],
        [0.56727, 0.95545, 0.54039],
        [-0.20238, 1.14520, 0.26809],
        [-48.2991, 0.791_669, 0.116_226],
        [48.5833, 0.791_459, 0.116_479],
    ],
    slope: -0.053_739,
    constant: 0.83433,
};

impl Fit {
    fn at(&self, log10_frequency_ghz: f64) -> f64 {
        let gaussian = |&[a, b, c]: &[f64; 3]| a * (-((log10_frequency_ghz - b) / c).powi(2)).exp();
        let sum: f64 = self.gaussians.iter().map(gaussian).sum();
        sum + self.slope * log10_frequency_ghz + self.constant
    }
}

/// How the wave is polarised against the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Polarisation {
    /// Tilt 0.
    #[default]
    Horizontal,
    /// Tilt 90 degrees.
    Vertical,
    /// Counts as a tilt of 45 degrees.
    Circular,
    /// Linear, tilted by this angle from the horizontal.
    Tilted {
        /// The tilt, rad.
        tilt_rad: f64,
    },
}

impl Polarisation {
    /// The tilt `τ` from the horizontal, rad.
    #[must_use]
    pub fn tilt_rad(self) -> f64 {
        match self {
            Self::Horizontal => 0.0,
            Self::Vertical => FRAC_PI_2,
            Self::Circular => FRAC_PI_4,
            Self::Tilted { tilt_rad } => tilt_rad,
        }
    }

    /// `cos 2τ`, exact for the named ones.
    fn cos_twice_tilt(self) -> f64 {
        match self {
            Self::Horizontal => 1.0,
            Self::Vertical => -1.0,
            Self::Circular => 0.0,
            Self::Tilted { tilt_rad } => (2.0 * tilt_rad).cos(),
        }
    }
}

/// The power law of rain attenuation at one frequency: `γ = k R^α`.
///
/// # Examples
/// ```
/// use linkbudget::rain::{Polarisation, RainLaw};
///
/// let law = RainLaw::p838(60e9, Polarisation::Horizontal, 0.0)?;
/// assert!((law.k - 0.860_613_037).abs() < 1e-9 && (law.alpha - 0.765_632_281).abs() < 1e-9);
/// assert!((law.specific_attenuation_db_per_km(50.0)? - 17.203).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct RainLaw {
    /// The factor `k`, dB/km at 1 mm/h.
    pub k: f64,
    /// The exponent `α`.
    pub alpha: f64,
}

mmw_core::checked_serde!(RainLaw { k, alpha });

impl RainLaw {
    /// The coefficients of P.838-3, 1 to 1000 GHz, any polarisation and path elevation.
    ///
    /// ```text
    /// log10 k = Σ a_j exp(−((log10 f − b_j)/c_j)²) + m_k log10 f + c_k,   α likewise
    /// k = [k_H + k_V + (k_H − k_V) cos²θ cos 2τ] / 2
    /// α = [k_H α_H + k_V α_V + (k_H α_H − k_V α_V) cos²θ cos 2τ] / 2k
    /// ```
    /// Equations (2) to (5) of ITU-R P.838-3; `θ` the elevation of the path (0 is a terrestrial link),
    /// `τ` the tilt.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a frequency outside 1 to 1000 GHz, an elevation beyond ±90 degrees or
    /// a tilt beyond ±180 degrees.
    pub fn p838(frequency_hz: f64, polarisation: Polarisation, elevation_rad: f64) -> Result<Self> {
        check::in_range("frequency_hz", frequency_hz, 1e9, 1e12)?;
        check::in_range("elevation_rad", elevation_rad, -FRAC_PI_2, FRAC_PI_2)?;
        check::in_range("tilt_rad", polarisation.tilt_rad(), -PI, PI)?;
        let log_f = (frequency_hz * 1e-9).log10();
        let (k_h, k_v) = (10_f64.powf(K_H.at(log_f)), 10_f64.powf(K_V.at(log_f)));
        let (alpha_h, alpha_v) = (ALPHA_H.at(log_f), ALPHA_V.at(log_f));
        let weight = elevation_rad.cos().powi(2) * polarisation.cos_twice_tilt();
        let (h, v) = ((1.0 + weight) / 2.0, (1.0 - weight) / 2.0);
        let k = k_h * h + k_v * v;
        Ok(Self { k, alpha: (k_h * alpha_h * h + k_v * alpha_v * v) / k })
    }

    /// Specific attenuation at a rain rate, dB/km.
    ///
    /// ```text
    /// γ = k R^α
    /// ```
    /// Equation (1) of ITU-R P.838-3. The paper prints base and exponent exchanged; see
    /// [`crate::paper::rain_as_printed_db`].
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless the rate is from 0 to 10 000 mm/h, and for coefficients that are
    /// not finite.
    pub fn specific_attenuation_db_per_km(&self, rain_rate_mm_h: f64) -> Result<f64> {
        check::in_range("rain_rate_mm_h", rain_rate_mm_h, 0.0, 10_000.0)?;
        check::non_negative("k", self.k)?;
        check::positive("alpha", self.alpha)?;
        check::finite("rain attenuation", self.k * rain_rate_mm_h.powf(self.alpha))
    }

    /// [`RainLaw::specific_attenuation_db_per_km`] at each rain rate of an array.
    ///
    /// # Errors
    /// As [`RainLaw::specific_attenuation_db_per_km`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::rain::{Polarisation, RainLaw};
    /// use mmw_core::ndarray::array;
    /// let law = RainLaw::p838(60e9, Polarisation::Vertical, 0.0)?;
    /// let gamma = law.specific_attenuation_db_per_km_array(&array![0.0, 1.0])?;
    /// assert!(gamma[0] == 0.0 && (gamma[1] - 0.851_52).abs() < 1e-5);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn specific_attenuation_db_per_km_array(
        &self,
        rain_rates_mm_h: &ArrayRef1<f64>,
    ) -> Result<Array1<f64>> {
        map(rain_rates_mm_h, |rate| self.specific_attenuation_db_per_km(rate))
    }
}

/// Rain attenuation of P.838-3 at each frequency of an array, one rain rate, horizontal path, dB/km.
///
/// # Errors
/// As [`RainLaw::p838`] and [`RainLaw::specific_attenuation_db_per_km`].
///
/// # Examples
/// ```
/// use linkbudget::rain::{Climate, Polarisation, rain_db_per_km_array};
/// use mmw_core::ndarray::array;
///
/// let rate_mm_h = Climate::Temperate.rain_rate_mm_h();
/// let gamma = rain_db_per_km_array(&array![30e9, 60e9], Polarisation::Horizontal, rate_mm_h)?;
/// assert!((gamma[1] - 39.893).abs() < 1e-3 && gamma[0] < gamma[1]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn rain_db_per_km_array(
    frequencies_hz: &ArrayRef1<f64>,
    polarisation: Polarisation,
    rain_rate_mm_h: f64,
) -> Result<Array1<f64>> {
    map(frequencies_hz, |frequency_hz| {
        RainLaw::p838(frequency_hz, polarisation, 0.0)?.specific_attenuation_db_per_km(rain_rate_mm_h)
    })
}

/// The three climatic regions of the paper (section II-A), by the rain rate exceeded 0.01 % of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Climate {
    /// `R0.01 <= 5 mm/h`.
    Desert,
    /// `R0.01` about 50 mm/h.
    Mediterranean,
    /// `R0.01 >= 150 mm/h`.
    Temperate,
}

mmw_core::named!(Climate, "climate" {
    Desert = "desert",
    Mediterranean = "mediterranean",
    Temperate = "temperate",
});

impl Climate {
    /// `R0.01`, mm/h, one-minute integration.
    #[must_use]
    pub fn rain_rate_mm_h(self) -> f64 {
        match self {
            Self::Desert => 5.0,
            Self::Mediterranean => 50.0,
            Self::Temperate => 150.0,
        }
    }
}
