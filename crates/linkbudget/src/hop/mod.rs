//! A whole link: from power to margin step by step, how rain fades it, and how far it reaches.

mod config;

pub use config::{HopConfig, Route};

use crate::budget::Link;
use crate::cloud::{cloud_db_per_km, slant_cloud_db};
use crate::free_space::free_space_loss_db;
use crate::gas::Revision;
use crate::path_loss::{Rain, gas_db_per_km};
use crate::rain_statistics::{Availability, RainFading};
use mmw_core::math::crossing;
use mmw_core::units::wavelength_m;
use mmw_core::{Error, Result, check};
use std::f64::consts::PI;

/// Longest path that P.530 knows the rain of, m.
const LONGEST_IN_RAIN_M: f64 = 60e3;
/// Farthest that a range is looked for, m.
const FARTHEST_M: f64 = 1e12;

/// Names of the steps, in the order of [`Hop::steps`].
pub const STEPS: [&str; 12] = [
    "transmitted",
    "tx antenna",
    "free space",
    "oxygen",
    "vapour",
    "cloud",
    "rain",
    "obstacles",
    "polarisation",
    "rx antenna",
    "system",
    "implementation",
];

// A reference that serde would borrow from its input is hidden from it by the alias.
type Name = &'static str;

/// A step from the transmitter's power to the receiver's.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Step {
    /// What adds or takes, one of [`STEPS`].
    #[cfg_attr(feature = "serde", serde(deserialize_with = "step_name"))]
    pub name: Name,
    /// How much, dB; a loss is negative.
    pub change_db: f64,
    /// The level behind it, dBm.
    pub level_dbm: f64,
}

mmw_core::checked_serde!(Step { change_db, level_dbm });

#[cfg(feature = "serde")]
fn step_name<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<&'static str, D::Error> {
    let name = <String as serde::Deserialize>::deserialize(deserializer)?;
    let known = STEPS.into_iter().find(|&step| step == name);
    known.ok_or_else(|| serde::de::Error::unknown_variant(&name, &STEPS))
}

/// How far a link reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Reach {
    /// To this distance, m.
    Within(f64),
    /// At least this far, m, where the law of the rain or the search ends.
    Beyond(f64),
    /// Nowhere.
    Nowhere,
}

mmw_core::checked_serde!(Reach, |reach| match *reach {
    Reach::Within(metres) | Reach::Beyond(metres) => check::positive("reach", metres).map(|_| ()),
    Reach::Nowhere => Ok(()),
});

/// What a path costs by mechanism, dB.
#[derive(Debug, Clone, Copy, Default)]
struct Losses {
    free_space_db: f64,
    oxygen_db: f64,
    vapour_db: f64,
    cloud_db: f64,
    rain_db: f64,
}

impl Losses {
    fn total_db(&self) -> f64 {
        self.free_space_db + self.oxygen_db + self.vapour_db + self.cloud_db + self.rain_db
    }
}

/// A checked [`HopConfig`] and what it amounts to.
///
/// # Examples
/// ```
/// use linkbudget::budget::LinkConfig;
/// use linkbudget::hop::{Hop, HopConfig};
/// use linkbudget::path_loss::{Gas, Rain};
/// use linkbudget::rain::Polarisation;
/// use linkbudget::rain_statistics::Availability;
///
/// // 300 m at 60 GHz with 38 dBi at both ends, where 30 mm/h are exceeded 0.01 % of the year.
/// let ends = LinkConfig { tx_gain_db: 38.0, rx_gain_db: 38.0, ..LinkConfig::dipoles_at_60_ghz() };
/// let gas = Gas::Constant { oxygen_db_per_km: 15.0 };
/// let rain = Rain { rate_mm_h: 30.0, polarisation: Polarisation::Vertical };
/// let hop = Hop::new(HopConfig::level(60e9, 300.0, ends).through(gas, Some(rain)))?;
/// // 10 dBm + 76 dB - 117.553 dB - 4.5 dB against -74.630 dBm + 10 dB.
/// assert!((hop.margin_db() - 28.577).abs() < 1e-3);
/// assert!(matches!(hop.availability()?, Some(Availability::AtLeast(_))));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Hop {
    config: HopConfig,
    link: Link,
    /// Oxygen, vapour and fog of a level path, dB/m.
    per_m: [f64; 3],
    /// Losses that no distance changes: obstacles, polarisation, implementation.
    fixed_db: [f64; 3],
    fading: Option<RainFading>,
    steps: Vec<Step>,
}

impl Hop {
    /// Checks every field and adds up.
    ///
    /// ```text
    /// M = Pt + Gt + Gr − L_sys − L_fs − L_gas − L_cloud − L_rain(p) − L_obst − L_pol − L_impl − S_min
    /// ```
    /// Equation (1) of the paper with every loss named; the mechanisms as their own functions say.
    ///
    /// # Errors
    /// [`Error::Domain`] naming the field; those of the mechanisms; [`Error::Invalid`] for a fraction of the
    /// year without rain, or a rain that reaches above a slant path.
    pub fn new(config: HopConfig) -> Result<Self> {
        let link = Link::new(config.link)?;
        let mut obstacles_db = 0.0;
        for obstacle in &config.obstacles {
            obstacles_db += check::in_range(obstacle.name.clone(), obstacle.loss_db, 0.0, 1e9)?;
        }
        let polarisation_db = check::in_range("polarisation_loss_db", config.polarisation_loss_db, 0.0, 1e9)?;
        let implementation_db =
            check::in_range("implementation_loss_db", config.implementation_loss_db, 0.0, 1e9)?;
        let per_m = match config.route {
            Route::Level { gas, liquid_g_m3, liquid_temperature_k, .. } => {
                let (oxygen, vapour) = gas_db_per_km(&gas, config.frequency_hz)?;
                let fog = if liquid_g_m3 == 0.0 {
                    0.0
                } else {
                    cloud_db_per_km(config.frequency_hz, liquid_temperature_k, liquid_g_m3)?
                };
                [oxygen / 1000.0, vapour / 1000.0, fog / 1000.0]
            }
            Route::Slant { .. } => [0.0; 3],
        };
        let mut hop = Self {
            fading: fading(&config)?,
            config,
            link,
            per_m,
            fixed_db: [obstacles_db, polarisation_db, implementation_db],
            steps: Vec::new(),
        };
        if let Some(fraction) = hop.config.outage_fraction {
            let Some(fading) = &hop.fading else {
                return Err(Error::invalid("outage_fraction", "has no effect without rain"));
            };
            let [low, high] = fading.fractions();
            check::in_range("outage_fraction", fraction, low, high)?;
        }
        hop.steps = hop.add_up()?;
        Ok(hop)
    }

    /// What it was made from.
    #[must_use]
    pub fn config(&self) -> &HopConfig {
        &self.config
    }

    /// The two ends.
    #[must_use]
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// From the transmitter's power to the receiver's; the first is that power itself.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Power that counts at the receiver, dBm: the level behind the last step.
    #[must_use]
    pub fn received_dbm(&self) -> f64 {
        self.steps.last().map_or(self.config.link.tx_power_dbm, |step| step.level_dbm)
    }

    /// Signal-to-noise ratio, dB.
    #[must_use]
    pub fn snr_db(&self) -> f64 {
        self.received_dbm() - self.link.noise_dbm()
    }

    /// What is left over the sensitivity, dB, with the rain of the outage fraction if there is one.
    #[must_use]
    pub fn margin_db(&self) -> f64 {
        self.received_dbm() - self.link.sensitivity_dbm()
    }

    /// The rain's distribution.
    #[must_use]
    pub fn fading(&self) -> Option<&RainFading> {
        self.fading.as_ref()
    }

    /// For how much of the year the margin of a dry sky outlasts the rain; `None` without rain.
    ///
    /// # Errors
    /// As [`RainFading::availability`].
    pub fn availability(&self) -> Result<Option<Availability>> {
        let Some(fading) = &self.fading else { return Ok(None) };
        let rain_db = self.config.outage_fraction.map_or(Ok(0.0), |fraction| fading.exceeded_db(fraction))?;
        fading.availability(self.margin_db() + rain_db).map(Some)
    }

    /// The distance at which nothing is left of the margin, with the rain of the outage fraction if there is
    /// one; `None` for a slant path.
    ///
    /// # Errors
    /// As [`free_space_loss_db`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::budget::LinkConfig;
    /// use linkbudget::hop::{Hop, HopConfig, Reach};
    /// let dipoles = HopConfig::level(60e9, 1.0, LinkConfig::dipoles_at_60_ghz());
    /// // 78.930 dB may be lost, and 68.011 dB are at 1 m.
    /// let Some(Reach::Within(metres)) = Hop::new(dipoles)?.range_m()? else { panic!() };
    /// assert!((metres - 3.5150).abs() < 1e-3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn range_m(&self) -> Result<Option<Reach>> {
        let Route::Level { rain, .. } = self.config.route else { return Ok(None) };
        let wet = rain.is_some() && self.config.outage_fraction.is_some();
        let near_m = wavelength_m(self.config.frequency_hz)? / (4.0 * PI) * (1.0 + 1e-9);
        let far_m = if wet { LONGEST_IN_RAIN_M } else { FARTHEST_M };
        let closes = |distance_m: f64| {
            let loss =
                self.level(distance_m).map(|losses| losses.total_db() + self.fixed_db.iter().sum::<f64>());
            loss.and_then(|loss_db| self.link.margin_db(loss_db)).is_ok_and(|margin_db| margin_db >= 0.0)
        };
        Ok(Some(if !closes(near_m) {
            Reach::Nowhere
        } else if closes(far_m) {
            Reach::Beyond(far_m)
        } else {
            let [farthest, _] = crossing([near_m.ln(), far_m.ln()], |ln| !closes(ln.exp()));
            Reach::Within(farthest.exp())
        }))
    }

    /// The losses of the level route at another distance.
    fn level(&self, distance_m: f64) -> Result<Losses> {
        let [oxygen_db, vapour_db, cloud_db] = self.per_m.map(|per_m| per_m * distance_m);
        let rain_db = match (self.config.route, self.config.outage_fraction) {
            (Route::Level { rain: Some(rain), .. }, Some(fraction)) => {
                let Rain { rate_mm_h, polarisation } = rain;
                RainFading::terrestrial(self.config.frequency_hz, distance_m, rate_mm_h, polarisation)?
                    .exceeded_db(fraction)?
            }
            _ => 0.0,
        };
        let free_space_db = free_space_loss_db(self.config.frequency_hz, distance_m)?;
        Ok(Losses { free_space_db, oxygen_db, vapour_db, cloud_db, rain_db })
    }

    fn losses(&self) -> Result<Losses> {
        let HopConfig { frequency_hz, route, outage_fraction, .. } = self.config;
        let (path, liquid_kg_m2) = match route {
            Route::Level { distance_m, .. } => return self.level(distance_m),
            Route::Slant { path, liquid_kg_m2, .. } => (path, liquid_kg_m2),
        };
        let gas = path.gas_loss(frequency_hz, Revision::P676V12)?;
        let cloud_db = if liquid_kg_m2 == 0.0 {
            0.0
        } else {
            slant_cloud_db(frequency_hz, path.elevation_rad, liquid_kg_m2)?
        };
        let rain_db = match (&self.fading, outage_fraction) {
            (Some(fading), Some(fraction)) => fading.exceeded_db(fraction)?,
            _ => 0.0,
        };
        let free_space_db = free_space_loss_db(frequency_hz, path.distance_m()?)?;
        Ok(Losses { free_space_db, oxygen_db: gas.oxygen_db, vapour_db: gas.vapour_db, cloud_db, rain_db })
    }

    fn add_up(&self) -> Result<Vec<Step>> {
        let losses = self.losses()?;
        let [obstacles_db, polarisation_db, implementation_db] = self.fixed_db;
        let ends = &self.config.link;
        let changes = [
            ends.tx_power_dbm,
            ends.tx_gain_db,
            -losses.free_space_db,
            -losses.oxygen_db,
            -losses.vapour_db,
            -losses.cloud_db,
            -losses.rain_db,
            -obstacles_db,
            -polarisation_db,
            ends.rx_gain_db,
            -ends.system_loss_db,
            -implementation_db,
        ];
        let mut level_dbm = 0.0;
        let mut steps = Vec::with_capacity(changes.len());
        for (name, change_db) in STEPS.into_iter().zip(changes) {
            // No minus sign on nothing.
            let change_db = change_db + 0.0;
            level_dbm = check::finite("received power", level_dbm + change_db)?;
            steps.push(Step { name, change_db, level_dbm });
        }
        Ok(steps)
    }
}

fn fading(config: &HopConfig) -> Result<Option<RainFading>> {
    let frequency_hz = config.frequency_hz;
    match config.route {
        Route::Level { distance_m, rain: Some(Rain { rate_mm_h, polarisation }), .. } => {
            RainFading::terrestrial(frequency_hz, distance_m, rate_mm_h, polarisation).map(Some)
        }
        Route::Slant { path, rain: Some(climate), .. } => {
            if climate.rain_height_m > path.to_altitude_m {
                return Err(Error::invalid("rain_height_m", "must lie below the upper end of the path"));
            }
            RainFading::slant(frequency_hz, path.elevation_rad, path.from_altitude_m, &climate).map(Some)
        }
        _ => Ok(None),
    }
}
