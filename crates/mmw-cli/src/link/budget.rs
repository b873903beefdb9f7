//! `mmw link budget`: from transmitted power to margin, range and availability.

use super::values::obstacle;
use crate::error::Result;
use crate::plot::{self, WaterfallPlot};
use crate::question::{Question, Readable, contradiction, line, needed, word};
use linkbudget::atmosphere::{Atmosphere, StandardPressure};
use linkbudget::budget::LinkConfig;
use linkbudget::gas::Revision;
use linkbudget::hop::{Hop, HopConfig, Reach, Route};
use linkbudget::path_loss::{Gas, Obstacle, Rain};
use linkbudget::rain::Polarisation;
use linkbudget::rain_statistics::{Availability, SlantClimate};
use linkbudget::slant::SlantPath;
use serde::Serialize;
use std::path::PathBuf;

/// The parameters of the command: a level path, with its length, or one that rises, with its elevation.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Length of a level path, m
    #[arg(
        long,
        value_name = "M",
        conflicts_with = "elevation_rad",
        required_unless_present = "elevation_rad"
    )]
    distance_m: Option<f64>,

    /// Elevation of a path that rises, rad
    #[arg(long, value_name = "RAD")]
    elevation_rad: Option<f64>,

    /// Altitude of its lower end, m: 0 by default
    #[arg(long, value_name = "M")]
    from_altitude_m: Option<f64>,

    /// Altitude of its upper end, m: an aircraft, a satellite
    #[arg(long, value_name = "M")]
    to_altitude_m: Option<f64>,

    /// What the pressure of the standard atmosphere (P.835) along it is: dry (default) or total
    #[arg(long, value_name = "NAME", value_parser = word::<StandardPressure>)]
    standard_pressure: Option<StandardPressure>,

    /// Carrier, Hz
    #[arg(long, value_name = "HZ", default_value = "60e9")]
    frequency_hz: f64,

    /// Transmitted power, dBm
    #[arg(long, value_name = "DBM", default_value_t = 10.0)]
    tx_power_dbm: f64,

    /// Gain of the transmitting antenna, dBi
    #[arg(long, value_name = "DBI", default_value_t = 2.15)]
    tx_gain_db: f64,

    /// Gain of the receiving antenna, dBi
    #[arg(long, value_name = "DBI", default_value_t = 2.15)]
    rx_gain_db: f64,

    /// Losses of lines, filters and mismatch at both ends, dB
    #[arg(long, value_name = "DB", default_value_t = 0.0)]
    system_loss_db: f64,

    /// What antennas lose that are polarised differently, dB
    #[arg(long, value_name = "DB", default_value_t = 0.0)]
    polarisation_loss_db: f64,

    /// What the receiver falls short of theory, dB
    #[arg(long, value_name = "DB", default_value_t = 0.0)]
    implementation_loss_db: f64,

    /// Noise bandwidth, Hz
    #[arg(long, value_name = "HZ", default_value = "2.16e9")]
    bandwidth_hz: f64,

    /// Noise figure of the receiver, dB
    #[arg(long, value_name = "DB", default_value_t = 6.0)]
    noise_figure_db: f64,

    /// Noise temperature that the antenna sees, K
    #[arg(long, value_name = "K", default_value_t = 290.0)]
    antenna_temperature_k: f64,

    /// Signal-to-noise ratio that is needed, dB
    #[arg(long, value_name = "DB", default_value_t = 10.0)]
    required_snr_db: f64,

    /// No oxygen and vapour on a level path
    #[arg(long, conflicts_with_all = ["elevation_rad", "dry_pressure_hpa", "temperature_k", "vapour_density_g_m3"])]
    no_gas: bool,

    /// Air of a level path (P.676): pressure of its dry part, hPa; 1013.25 by default
    #[arg(long, value_name = "HPA", conflicts_with = "elevation_rad")]
    dry_pressure_hpa: Option<f64>,

    /// Temperature of that air, K; 288.15 by default
    #[arg(long, value_name = "K", conflicts_with = "elevation_rad")]
    temperature_k: Option<f64>,

    /// Water vapour in that air, g/m^3; 7.5 by default
    #[arg(long, value_name = "G_M3", conflicts_with = "elevation_rad")]
    vapour_density_g_m3: Option<f64>,

    /// Fog or cloud on a level path (P.840): liquid water, g/m^3
    #[arg(long, value_name = "G_M3", conflicts_with = "elevation_rad")]
    fog_g_m3: Option<f64>,

    /// Temperature of its drops, K; 273.15 by default
    #[arg(long, value_name = "K")]
    fog_temperature_k: Option<f64>,

    /// Clouds over a path that rises (P.840): liquid water reduced to 0 degrees Celsius, kg/m^2
    #[arg(long, value_name = "KG_M2")]
    cloud_kg_m2: Option<f64>,

    /// Rain rate that is exceeded 0.01 % of the year, mm/h (P.530 on a level path, P.618 on one that rises)
    #[arg(long, value_name = "MM_H")]
    rain_rate_001_mm_h: Option<f64>,

    /// Polarisation in the rain: horizontal (default), vertical or circular
    #[arg(long, value_name = "NAME", value_parser = word::<Polarisation>)]
    polarisation: Option<Polarisation>,

    /// Latitude of a path that rises through rain, rad
    #[arg(long, value_name = "RAD")]
    latitude_rad: Option<f64>,

    /// Altitude up to which it rains there (P.839), m
    #[arg(long, value_name = "M")]
    rain_height_m: Option<f64>,

    /// Count the rain that is exceeded for this fraction of the year: 1e-4 for an availability of 99.99 %
    #[arg(long, value_name = "FRACTION")]
    outage_fraction: Option<f64>,

    /// Something in the way; may be repeated
    #[arg(long = "obstacle", value_name = "NAME=DB", value_parser = obstacle)]
    obstacles: Option<Vec<Obstacle>>,

    /// Draw the levels step by step, .png or .svg
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// Where the power goes and what is left of it.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    distance_m: f64,
    steps: Vec<Level>,
    path_loss_db: f64,
    received_dbm: f64,
    noise_dbm: f64,
    snr_db: f64,
    sensitivity_dbm: f64,
    margin_db: f64,
    /// Absent for a path that rises.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Bounded>,
    /// Absent without rain.
    #[serde(skip_serializing_if = "Option::is_none")]
    rain_fades: Option<Vec<Fade>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability: Option<Bounded>,
}

/// A step, and the level behind it.
#[derive(Debug, Serialize)]
struct Level {
    name: &'static str,
    change_db: f64,
    level_dbm: f64,
}

/// A number, or what is known of it.
#[derive(Debug, Serialize)]
struct Bounded {
    value: f64,
    bound: &'static str,
}

/// A rain attenuation that is exceeded for a fraction of the year.
#[derive(Debug, Serialize)]
struct Fade {
    fraction: f64,
    exceeded_db: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let hop = Hop::new(self.config()?)?;
        if let Some(path) = &self.plot {
            plot::save_as("plot", path, &self.waterfall(&hop))?;
        }
        let steps: Vec<Level> = hop
            .steps()
            .iter()
            .map(|step| Level { name: step.name, change_db: step.change_db, level_dbm: step.level_dbm })
            .collect();
        let named = ["free space", "oxygen", "vapour", "cloud", "rain", "obstacles"];
        let lost = steps.iter().filter(|step| named.contains(&step.name)).map(|step| step.change_db);
        Ok(Answer {
            distance_m: match &hop.config().route {
                Route::Slant { path, .. } => path.distance_m()?,
                _ => self.distance_m.unwrap_or_default(),
            },
            path_loss_db: -lost.sum::<f64>(),
            steps,
            received_dbm: hop.received_dbm(),
            noise_dbm: hop.link().noise_dbm(),
            snr_db: hop.snr_db(),
            sensitivity_dbm: hop.link().sensitivity_dbm(),
            margin_db: hop.margin_db(),
            range: hop.range_m()?.map(reach),
            rain_fades: hop.fading().map(fades).transpose()?,
            availability: hop.availability()?.map(availability),
        })
    }
}

fn reach(reach: Reach) -> Bounded {
    match reach {
        Reach::Within(value) => Bounded { value, bound: "exact" },
        Reach::Beyond(value) => Bounded { value, bound: "at_least" },
        _ => Bounded { value: 0.0, bound: "exact" },
    }
}

fn availability(availability: Availability) -> Bounded {
    match availability {
        Availability::AtLeast(value) => Bounded { value, bound: "at_least" },
        Availability::AtMost(value) => Bounded { value, bound: "at_most" },
        Availability::Fraction(value) => Bounded { value, bound: "exact" },
        _ => Bounded { value: 0.0, bound: "at_least" },
    }
}

/// The fades of each decade of the year.
fn fades(fading: &linkbudget::rain_statistics::RainFading) -> Result<Vec<Fade>> {
    let fade = |fraction| Ok(Fade { fraction, exceeded_db: fading.exceeded_db(fraction)? });
    [1e-2, 1e-3, 1e-4, 1e-5].map(fade).into_iter().collect()
}

impl Parameters {
    fn config(&self) -> Result<HopConfig> {
        self.check()?;
        Ok(HopConfig {
            frequency_hz: self.frequency_hz,
            link: LinkConfig {
                tx_power_dbm: self.tx_power_dbm,
                tx_gain_db: self.tx_gain_db,
                rx_gain_db: self.rx_gain_db,
                system_loss_db: self.system_loss_db,
                bandwidth_hz: self.bandwidth_hz,
                noise_figure_db: self.noise_figure_db,
                antenna_temperature_k: self.antenna_temperature_k,
                required_snr_db: self.required_snr_db,
            },
            route: match self.elevation_rad {
                Some(elevation_rad) => self.slant(elevation_rad)?,
                None => self.level()?,
            },
            obstacles: self.obstacles.clone().unwrap_or_default(),
            polarisation_loss_db: self.polarisation_loss_db,
            implementation_loss_db: self.implementation_loss_db,
            outage_fraction: self.outage_fraction,
        })
    }

    /// Refuses what has no effect without fog or rain.
    fn check(&self) -> Result<()> {
        if self.fog_temperature_k.is_some() && self.fog_g_m3.is_none() {
            return Err(contradiction("fog_temperature_k", "has no effect without fog_g_m3"));
        }
        for (given, name) in [
            (self.polarisation.map(|_| 0.0), "polarisation"),
            (self.latitude_rad, "latitude_rad"),
            (self.rain_height_m, "rain_height_m"),
            (self.outage_fraction, "outage_fraction"),
        ] {
            if given.is_some() && self.rain_rate_001_mm_h.is_none() {
                return Err(contradiction(name, "has no effect without rain_rate_001_mm_h"));
            }
        }
        Ok(())
    }

    fn level(&self) -> Result<Route> {
        for (given, name) in [
            (self.from_altitude_m, "from_altitude_m"),
            (self.to_altitude_m, "to_altitude_m"),
            (self.standard_pressure.map(|_| 0.0), "standard_pressure"),
            (self.cloud_kg_m2, "cloud_kg_m2"),
            (self.latitude_rad, "latitude_rad"),
            (self.rain_height_m, "rain_height_m"),
        ] {
            if given.is_some() {
                return Err(contradiction(name, "has no effect on a level path"));
            }
        }
        let reference = Atmosphere::p676_reference();
        let atmosphere = Atmosphere {
            dry_pressure_hpa: self.dry_pressure_hpa.unwrap_or(reference.dry_pressure_hpa),
            temperature_k: self.temperature_k.unwrap_or(reference.temperature_k),
            vapour_density_g_m3: self.vapour_density_g_m3.unwrap_or(reference.vapour_density_g_m3),
        };
        let air = Gas::LineByLine { atmosphere, revision: Revision::P676V12 };
        let polarisation = self.polarisation.unwrap_or_default();
        Ok(Route::Level {
            distance_m: needed(self.distance_m.as_ref(), "distance_m", "or an elevation_rad")?,
            gas: if self.no_gas { Gas::None } else { air },
            liquid_g_m3: self.fog_g_m3.unwrap_or(0.0),
            liquid_temperature_k: self.fog_temperature_k.unwrap_or(273.15),
            rain: self.rain_rate_001_mm_h.map(|rate_mm_h| Rain { rate_mm_h, polarisation }),
        })
    }

    fn slant(&self, elevation_rad: f64) -> Result<Route> {
        let to_altitude_m = needed(self.to_altitude_m.as_ref(), "to_altitude_m", "where the path ends")?;
        let hint = "rain_rate_001_mm_h on a rising path asks for it";
        let climate = |rate_001_mm_h| -> Result<SlantClimate> {
            Ok(SlantClimate {
                rate_001_mm_h,
                polarisation: self.polarisation.unwrap_or_default(),
                latitude_rad: needed(self.latitude_rad.as_ref(), "latitude_rad", hint)?,
                rain_height_m: needed(self.rain_height_m.as_ref(), "rain_height_m", hint)?,
            })
        };
        Ok(Route::Slant {
            path: SlantPath {
                elevation_rad,
                from_altitude_m: self.from_altitude_m.unwrap_or(0.0),
                to_altitude_m,
                pressure: self.standard_pressure.unwrap_or_default(),
            },
            liquid_kg_m2: self.cloud_kg_m2.unwrap_or(0.0),
            rain: self.rain_rate_001_mm_h.map(climate).transpose()?,
        })
    }

    /// The steps that change something, with noise and sensitivity beside.
    fn waterfall(&self, hop: &Hop) -> WaterfallPlot {
        let length = match (self.distance_m, self.elevation_rad) {
            (None, Some(elevation_rad)) => format!("{:.1}° upwards", elevation_rad.to_degrees()),
            (distance_m, _) => distance_m.map_or_else(String::new, |m| format!("{m} m")),
        };
        let ghz = (self.frequency_hz / 1e3).round() / 1e6;
        let title = format!("{length} at {ghz} GHz, {:.1} dB of margin", hop.margin_db());
        let steps = hop.steps().iter().enumerate();
        let shown = steps.filter(|(index, step)| *index == 0 || step.change_db != 0.0);
        let plot = WaterfallPlot::new(title, "level (dBm)");
        let plot = shown.fold(plot, |plot, (_, step)| plot.step(step.name, step.change_db));
        plot.reference("sensitivity", hop.link().sensitivity_dbm()).reference("noise", hop.link().noise_dbm())
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("{:<14}{:>16} {:>16}", "", "dB", "dBm")];
        let steps = self.steps.iter().enumerate();
        let shown = steps.filter(|(index, step)| *index == 0 || step.change_db != 0.0);
        lines.extend(shown.map(|(index, Level { name, change_db, level_dbm })| {
            let change = if index == 0 { String::new() } else { format!("{change_db:+.4}") };
            format!("{name:<14}{change:>16} {level_dbm:>16.4}")
        }));
        lines.push(line("distance", self.distance_m, "m"));
        lines.push(line("path loss", self.path_loss_db, "dB"));
        lines.push(line("received", self.received_dbm, "dBm"));
        lines.push(line("noise", self.noise_dbm, "dBm"));
        lines.push(line("SNR", self.snr_db, "dB"));
        lines.push(line("sensitivity", self.sensitivity_dbm, "dBm"));
        lines.push(line("margin", self.margin_db, "dB"));
        lines.extend(self.range.as_ref().map(|range| range.line("range", "m")));
        for Fade { fraction, exceeded_db } in self.rain_fades.iter().flatten() {
            lines.push(line(&format!("rain {} %", 100.0 * fraction), *exceeded_db, "dB exceeded"));
        }
        lines.extend(self.availability.as_ref().map(|part| part.line("availability", "of the year")));
        lines
    }
}

impl Bounded {
    fn line(&self, name: &str, unit: &str) -> String {
        let bound = match self.bound {
            "at_least" => " or more",
            "at_most" => " or less",
            _ => "",
        };
        line(name, self.value, &format!("{unit}{bound}"))
    }
}
