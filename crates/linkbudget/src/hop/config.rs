//! A link as it is asked for.

use crate::budget::LinkConfig;
use crate::path_loss::{Gas, Obstacle, Rain};
use crate::rain_statistics::SlantClimate;
use crate::slant::SlantPath;

/// Which way a link goes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Route {
    /// Through the same air from end to end.
    Level {
        /// Distance, m.
        distance_m: f64,
        /// Gases.
        gas: Gas,
        /// Liquid water in fog or cloud, g/m³; 0 for none.
        liquid_g_m3: f64,
        /// Temperature of the drops, K.
        liquid_temperature_k: f64,
        /// Rain, its rate the one exceeded 0.01 % of the year.
        rain: Option<Rain>,
    },
    /// Upwards.
    Slant {
        /// From where to where.
        path: SlantPath,
        /// Liquid water of the clouds above, reduced to 0 °C, kg/m²; 0 for none.
        liquid_kg_m2: f64,
        /// Rain.
        rain: Option<SlantClimate>,
    },
}

/// A link as it is asked for: plain data, checked by [`Hop::new`](super::Hop::new).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct HopConfig {
    /// Carrier, Hz.
    pub frequency_hz: f64,
    /// The two ends.
    pub link: LinkConfig,
    /// Between them.
    pub route: Route,
    /// Things in the way.
    pub obstacles: Vec<Obstacle>,
    /// What antennas lose that are polarised differently, dB.
    pub polarisation_loss_db: f64,
    /// What the receiver falls short of theory, dB.
    pub implementation_loss_db: f64,
    /// The fraction of the year for which the rain may be harder than the one counted; without it the margin
    /// is that of a dry sky.
    pub outage_fraction: Option<f64>,
}

impl HopConfig {
    /// A level path in free space.
    #[must_use]
    pub fn level(frequency_hz: f64, distance_m: f64, link: LinkConfig) -> Self {
        let route = Route::Level {
            distance_m,
            gas: Gas::None,
            liquid_g_m3: 0.0,
            liquid_temperature_k: 273.15,
            rain: None,
        };
        Self {
            frequency_hz,
            link,
            route,
            obstacles: Vec::new(),
            polarisation_loss_db: 0.0,
            implementation_loss_db: 0.0,
            outage_fraction: None,
        }
    }

    /// The same through other air and rain; a slant path is left as it is.
    #[must_use]
    pub fn through(mut self, air: Gas, wet: Option<Rain>) -> Self {
        if let Route::Level { gas, rain, .. } = &mut self.route {
            (*gas, *rain) = (air, wet);
        }
        self
    }
}
