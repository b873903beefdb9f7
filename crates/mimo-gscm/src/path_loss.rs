//! Absolute power: how much of the transmit power arrives, by the empirical formulas that the model is tied
//! to. The normalised channel stays apart: multiply it by the square root of the gain.

use mmw_core::{Error, Result, check};

/// Size of a city, which decides the correction for the height of the mobile antenna.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum City {
    /// Small or medium.
    #[default]
    Medium,
    /// Large.
    Large,
}

mmw_core::named!(City, "city" { Medium = "medium", Large = "large" });

/// Land use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Terrain {
    /// Built up.
    #[default]
    Urban,
    /// Villages and highways with some trees and houses.
    Suburban,
    /// Open country.
    Open,
}

mmw_core::named!(Terrain, "terrain" { Urban = "urban", Suburban = "suburban", Open = "open" });

/// Where and how a path loss is asked for.
///
/// # Examples
/// ```
/// use mimo_gscm::path_loss::{Link, okumura_hata_db};
/// let link = Link { carrier_hz: 900e6, distance_m: 1000.0, base_height_m: 30.0, mobile_height_m: 1.5, ..Link::default() };
/// assert!((okumura_hata_db(&link)? - 126.4).abs() < 0.05);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct Link {
    /// Carrier, Hz.
    pub carrier_hz: f64,
    /// Horizontal distance, 1 to 20 km, m.
    pub distance_m: f64,
    /// Effective height of the base antenna, 30 to 200 m.
    pub base_height_m: f64,
    /// Height of the mobile antenna, 1 to 10 m.
    pub mobile_height_m: f64,
    /// Size of the city.
    pub city: City,
    /// Land use (Okumura-Hata only; COST-231-Hata is urban).
    pub terrain: Terrain,
}

mmw_core::checked_serde!(Link, |link| link.check().map(|_| ()));

impl Default for Link {
    fn default() -> Self {
        Self {
            carrier_hz: 900e6,
            distance_m: 1000.0,
            base_height_m: 30.0,
            mobile_height_m: 1.5,
            city: City::Medium,
            terrain: Terrain::Urban,
        }
    }
}

impl Link {
    /// Checks the ranges and returns the decimal logarithms of height of the base antenna and distance in km.
    fn check(&self) -> Result<(f64, f64)> {
        check::in_range("distance_m", self.distance_m, 1e3, 20e3)?;
        check::in_range("base_height_m", self.base_height_m, 30.0, 200.0)?;
        check::in_range("mobile_height_m", self.mobile_height_m, 1.0, 10.0)?;
        Ok((self.base_height_m.log10(), (self.distance_m / 1e3).log10()))
    }

    fn mobile_correction_db(&self, frequency_mhz: f64) -> f64 {
        let (h, log_f) = (self.mobile_height_m, frequency_mhz.log10());
        match self.city {
            City::Medium => (1.1 * log_f - 0.7) * h - (1.56 * log_f - 0.8),
            City::Large if frequency_mhz <= 300.0 => 8.29 * (1.54 * h).log10().powi(2) - 1.1,
            City::Large => 3.2 * (11.75 * h).log10().powi(2) - 4.97,
        }
    }
}

/// Median path loss of Okumura and Hata, 150 to 1500 MHz, dB.
///
/// ```text
/// L = 69.55 + 26.16 lg f − 13.82 lg h_b − a(h_m) + (44.9 − 6.55 lg h_b) lg d
/// suburban: L − 2 lg²(f/28) − 5.4;   open: L − 4.78 lg² f + 18.33 lg f − 40.94
/// ```
/// Equations (14) to (17) of [^hata]; `f` in MHz, `d` in km, heights in m.
///
/// # Errors
/// [`Error::Domain`] outside the range of the formula: 150 to 1500 MHz, 1 to 20 km, 30 to 200 m, 1 to 10 m.
///
/// [^hata]: M. Hata, "Empirical formula for propagation loss in land mobile radio services", IEEE
///     Transactions on Vehicular Technology 29 (1980).
pub fn okumura_hata_db(link: &Link) -> Result<f64> {
    let mhz = check::in_range("carrier_hz", link.carrier_hz, 150e6, 1500e6)? / 1e6;
    let (log_h, log_d) = link.check()?;
    let log_f = mhz.log10();
    let urban = 69.55 + 26.16 * log_f - 13.82 * log_h - link.mobile_correction_db(mhz)
        + (44.9 - 6.55 * log_h) * log_d;
    Ok(match link.terrain {
        Terrain::Urban => urban,
        Terrain::Suburban => urban - 2.0 * (mhz / 28.0).log10().powi(2) - 5.4,
        Terrain::Open => urban - 4.78 * log_f * log_f + 18.33 * log_f - 40.94,
    })
}

/// Median path loss of the COST 231 extension, 1500 to 2000 MHz, dB.
///
/// ```text
/// L = 46.3 + 33.9 lg f − 13.82 lg h_b − a(h_m) + (44.9 − 6.55 lg h_b) lg d + C
/// ```
/// Equation (4.4.3) of [^cost], with `a(h_m)` of medium cities throughout and `C = 3` dB in centres of large
/// ones.
///
/// # Errors
/// [`Error::Domain`] outside 1500 to 2000 MHz, 1 to 20 km, 30 to 200 m, 1 to 10 m; [`Error::Invalid`] for a
/// terrain other than urban.
///
/// # Examples
/// ```
/// use mimo_gscm::path_loss::{Link, cost_231_hata_db};
/// let link = Link { carrier_hz: 2e9, ..Link::default() };
/// let at_one_km = cost_231_hata_db(&link)?;
/// let at_two_km = cost_231_hata_db(&Link { distance_m: 2000.0, ..link })?;
/// assert!((at_one_km - 137.7).abs() < 0.1);
/// assert!((at_two_km - at_one_km - 10.6).abs() < 0.02); // an exponent of 3.5
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^cost]: COST Action 231, "Digital mobile radio towards future generation systems", final report (1999).
pub fn cost_231_hata_db(link: &Link) -> Result<f64> {
    let mhz = check::in_range("carrier_hz", link.carrier_hz, 1500e6, 2000e6)? / 1e6;
    let (log_h, log_d) = link.check()?;
    if link.terrain != Terrain::Urban {
        return Err(Error::invalid("terrain", "COST-231-Hata is for urban terrain"));
    }
    let medium = Link { city: City::Medium, ..*link };
    let centre = if link.city == City::Large { 3.0 } else { 0.0 };
    Ok(46.3 + 33.9 * mhz.log10() - 13.82 * log_h - medium.mobile_correction_db(mhz)
        + (44.9 - 6.55 * log_h) * log_d
        + centre)
}

/// Factor on a normalised transfer matrix that gives it the power of a path loss.
///
/// ```text
/// H_absolute = H · 10^(−L/20)
/// ```
/// The loss `L` is a ratio of powers as defined in [^p341]; a matrix holds amplitudes, hence 20.
///
/// # Errors
/// [`Error::Domain`] unless the loss is from -300 to 300 dB.
///
/// # Examples
/// ```
/// assert_eq!(mimo_gscm::path_loss::amplitude_factor(40.0)?, 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^p341]: Recommendation ITU-R P.341, "The concept of transmission loss for radio links".
pub fn amplitude_factor(loss_db: f64) -> Result<f64> {
    Ok(10f64.powf(-check::in_range("loss_db", loss_db, -300.0, 300.0)? / 20.0))
}
