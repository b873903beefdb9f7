//! `mmw sense filter`: a Kalman filter over what a radar measures of a point, step by step.

use super::values::{Rows, json, symmetric, triangle};
use crate::error::Result;
use crate::question::{Question, Readable, contradiction, line};
use mmw_core::{Error, check};
use mmw_sense::PolarNoise;
use mmw_sense::filter::{
    ExtendedFilter, FilterConfig, Innovation, ProcessNoise, SensorPose, Spread, State, UnscentedFilter,
};
use serde::Serialize;

/// What keeps the point from moving at constant velocity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Noise {
    White,
    Piecewise,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Extended,
    Unscented,
}

/// A measurement `z` (m, rad, rad, m/s), `dt` seconds after the one before.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    dt: f64,
    z: [f64; 4],
}

/// Where the radar is.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sensor {
    position: [f64; 3],
    velocity: [f64; 3],
    yaw: f64,
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Which filter
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Kind::Extended)]
    filter: Kind,

    /// White acceleration of density q, or one of standard deviation q that is constant over a step
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Noise::White)]
    noise: Noise,

    /// Density, m^2/s^3, or standard deviation, m/s^2, of the acceleration
    #[arg(long, value_name = "NUMBER")]
    q: f64,

    /// Standard deviations of range (m), azimuth, elevation (rad) and radial velocity (m/s): [0.04, …]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>)]
    sd: Rows<f64>,

    /// Position and velocity at the start: [x, y, z, vx, vy, vz]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>)]
    state0: Rows<f64>,

    /// Their covariance: its upper triangle, row by row
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>)]
    cov0: Rows<f64>,

    /// Position (m), velocity (m/s) and heading (rad) of the radar: {"position": [0, 0, 2], "velocity": [0,
    /// 0, 0], "yaw": 0}; at rest at the origin by default
    #[arg(long, value_name = "JSON", value_parser = json::<Sensor>)]
    sensor: Option<Sensor>,

    /// Measurements: [{"dt": 0.05, "z": [range, azimuth, elevation, radial velocity]}, …]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<Measured>>)]
    steps: Rows<Measured>,

    /// Spread of the sigma points
    #[arg(long, value_name = "NUMBER")]
    alpha: Option<f64>,

    /// What is known of the fourth moment
    #[arg(long, value_name = "NUMBER")]
    beta: Option<f64>,

    /// Third parameter of the spread
    #[arg(long, value_name = "NUMBER")]
    kappa: Option<f64>,
}

/// The filter after each step.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    steps: Vec<Step>,
}

/// A step; covariances are upper triangles, row by row.
#[derive(Debug, Serialize)]
struct Step {
    predicted: [f64; 6],
    predicted_cov: Vec<f64>,
    z_predicted: [f64; 4],
    innovation: [f64; 4],
    innovation_cov: Vec<f64>,
    nis: f64,
    log_likelihood: f64,
    state: [f64; 6],
    cov: Vec<f64>,
}

enum Filter {
    Extended(ExtendedFilter),
    Unscented(UnscentedFilter),
}

impl Filter {
    fn predict(&self, state: &mut State, dt_s: f64) -> mmw_core::Result<()> {
        match self {
            Self::Extended(filter) => filter.predict(state, dt_s),
            Self::Unscented(filter) => filter.predict(state, dt_s),
        }
    }

    fn update(&self, state: &mut State, z: [f64; 4], pose: &SensorPose) -> mmw_core::Result<Innovation> {
        match self {
            Self::Extended(filter) => filter.update(state, z, pose),
            Self::Unscented(filter) => filter.update(state, z, pose),
        }
    }
}

impl Parameters {
    fn filter(&self) -> Result<Filter> {
        let process = match self.noise {
            Noise::White => ProcessNoise::White { density_m2_s3: self.q },
            Noise::Piecewise => ProcessNoise::Piecewise { deviation_m_s2: self.q },
        };
        let [range_m, azimuth_rad, elevation_rad, velocity_m_s] = fixed("sd", &self.sd)?;
        let noise = PolarNoise::new(range_m, azimuth_rad, elevation_rad, velocity_m_s)?;
        let config = FilterConfig::new(process, noise);
        if self.filter == Kind::Extended {
            for (name, given) in [("alpha", self.alpha), ("beta", self.beta), ("kappa", self.kappa)] {
                if given.is_some() {
                    return Err(contradiction(name, "only the unscented filter spreads points"));
                }
            }
            return Ok(Filter::Extended(ExtendedFilter::new(config)?));
        }
        let usual = Spread::default();
        let of = |given: Option<f64>, usual: f64| given.unwrap_or(usual);
        let spread =
            Spread::new(of(self.alpha, usual.alpha), of(self.beta, usual.beta), of(self.kappa, usual.kappa))?;
        Ok(Filter::Unscented(UnscentedFilter::new(config, spread)?))
    }

    fn start(&self) -> Result<State> {
        let Rows(cov0) = &self.cov0;
        let covariance = symmetric(cov0).ok_or_else(|| Error::Shape {
            name: "cov0".into(),
            expected: vec![21],
            got: vec![cov0.len()],
        })?;
        Ok(State::new(fixed("state0", &self.state0)?, covariance)?)
    }
}

/// A list of as many numbers as there must be.
fn fixed<const N: usize>(name: &'static str, Rows(list): &Rows<f64>) -> Result<[f64; N]> {
    check::same_len(name, N, list.len())?;
    Ok(std::array::from_fn(|i| list[i]))
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let (filter, mut state) = (self.filter()?, self.start()?);
        let pose = match self.sensor {
            Some(Sensor { position, velocity, yaw }) => SensorPose::new(position, velocity, yaw)?,
            None => SensorPose::default(),
        };
        let mut step = |&Measured { dt, z }: &Measured| -> Result<Step> {
            filter.predict(&mut state, dt)?;
            let (predicted, predicted_cov) = (state.mean, triangle(&state.covariance));
            let found = filter.update(&mut state, z, &pose)?;
            Ok(Step {
                predicted,
                predicted_cov,
                z_predicted: found.expected,
                innovation: found.difference,
                innovation_cov: triangle(&found.covariance),
                nis: found.nis,
                log_likelihood: found.log_likelihood,
                state: state.mean,
                cov: triangle(&state.covariance),
            })
        };
        Ok(Answer { steps: self.steps.0.iter().map(&mut step).collect::<Result<_>>()? })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (number, step) in self.steps.iter().enumerate() {
            let numbers = step.state.map(|value| format!("{value:9.4}")).join(" ");
            lines.push(format!("step {number:<4} {numbers}  nis {:.3}", step.nis));
        }
        if let Some(last) = self.steps.last() {
            lines.push(line("log likelihood", last.log_likelihood, ""));
        }
        lines
    }
}
