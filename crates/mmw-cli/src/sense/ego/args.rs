//! What `mmw sense ego` is asked.

use crate::error::Result;
use crate::question::{contradiction, json_or};
use crate::sense::input::InputArgs;
use crate::sense::values::{Rows, json};
use mmw_sense::ego::Mounting;
use mmw_sense::{EgoConfig, PolarNoise};
use std::path::PathBuf;

/// How the velocity is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Method {
    /// Consensus, then each point by its uncertainty and the probability that it stands
    Robust,
    /// Plain or weighted regression
    #[value(alias = "least-squares")]
    LeastSquares,
    /// The same in the plane
    Planar,
    /// Least squares over the largest set that agrees
    Consensus,
    /// M-estimator from the consensus
    Cauchy,
    /// M-estimator from the consensus
    #[value(alias = "geman-mcclure")]
    GemanMcclure,
    /// Exact maximum likelihood with errors in the angles, from least squares
    Orthogonal,
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
#[command(mut_arg("input", |arg| arg.required(false).required_unless_present("azimuth_rad")))]
pub(in crate::sense) struct Parameters {
    #[command(flatten)]
    pub(super) input: InputArgs,

    /// Azimuths of the points of one scan in place of a file, rad: [0.1, …]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>, conflicts_with = "input", requires = "velocity_m_s", alias = "azimuth")]
    pub(super) azimuth_rad: Option<Rows<f64>>,

    /// Their elevations, rad; on the horizon by default
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>, requires = "azimuth_rad", conflicts_with = "input", alias = "elevation")]
    pub(super) elevation_rad: Option<Rows<f64>>,

    /// Their radial velocities, m/s, positive when receding
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>, requires = "azimuth_rad", conflicts_with = "input", alias = "velocity")]
    pub(super) velocity_m_s: Option<Rows<f64>>,

    /// How the velocity is found [default: robust; files know no other]
    #[arg(long, value_name = "NAME", value_enum)]
    pub(super) method: Option<Method>,

    /// Weights of the points: inverse variances, s^2/m^2
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>, requires = "azimuth_rad", conflicts_with = "input")]
    pub(super) weights: Option<Rows<f64>>,

    /// Standard deviations of azimuth, elevation (rad) and radial velocity (m/s): [0.026, 0.052, 0.06]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>)]
    pub(super) sd: Option<Rows<f64>>,

    /// Residual beyond which a point does not agree, m/s [default: 0.15]
    #[arg(long, value_name = "M_S", alias = "threshold")]
    pub(super) threshold_m_s: Option<f64>,

    /// Scale of the residuals of an M-estimator, m/s [default: 0.1]
    #[arg(long, value_name = "M_S", alias = "scale")]
    pub(super) scale_m_s: Option<f64>,

    /// Triples of points that are tried [default: 38; all for consensus and M-estimators]
    #[arg(long, value_name = "COUNT")]
    pub(super) draws: Option<usize>,

    /// Seed of the draws [default: 0]
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,

    /// Width of a Doppler bin, to which velocities are rounded
    #[arg(long, value_name = "M_S")]
    pub(super) velocity_step_m_s: Option<f64>,

    /// Time from frame to frame, where the input has no times
    #[arg(long, value_name = "S")]
    pub(super) period_s: Option<f64>,

    /// Turn rates and forces of an inertial unit in the axes of the vehicle: CSV with `time_s`, `wx_rad_s`,
    /// `wy_rad_s`, `wz_rad_s` and, for "auto", `ax_m_s2`, `ay_m_s2`, `az_m_s2`
    #[arg(long, value_name = "FILE")]
    pub(super) imu: Option<PathBuf>,

    /// How late the times of the scans are, or "auto" to find it against the inertial unit [default: 0]
    #[arg(long, value_name = "S|auto", value_parser = late)]
    pub(super) time_offset_s: Option<Late>,

    /// Where the radar is on the vehicle, m: x,y,z
    #[arg(long, value_name = "X,Y,Z", value_parser = numbers::<3>)]
    pub(super) lever_m: Option<Fixed<3>>,

    /// From the axes of the radar to those of the vehicle, as a quaternion: x,y,z,w
    #[arg(long, value_name = "X,Y,Z,W", value_parser = numbers::<4>)]
    pub(super) rotation: Option<Fixed<4>>,

    /// Folder for velocity.csv and trajectory.tum
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// How late scans are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Late {
    Known(f64),
    Auto,
}

fn late(text: &str) -> std::result::Result<Late, String> {
    match text {
        "auto" => Ok(Late::Auto),
        _ => text.parse().map(Late::Known).map_err(|_| "must be a number of seconds or auto".to_owned()),
    }
}

/// So many numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fixed<const N: usize>([f64; N]);

fn numbers<const N: usize>(text: &str) -> std::result::Result<Fixed<N>, String> {
    let wrong = || format!("must be {N} numbers with commas between");
    let all: Vec<f64> =
        json_or(text, |text| text.split(',').map(|word| word.trim().parse().map_err(|_| wrong())).collect())?;
    all.try_into().map(Fixed).map_err(|_| wrong())
}

impl Parameters {
    /// The deviations of what is measured.
    pub(super) fn noise(&self) -> Result<PolarNoise> {
        let usual = PolarNoise::iwr6843();
        let Some(Rows(sd)) = &self.sd else { return Ok(usual) };
        mmw_core::check::same_len("sd", 3, sd.len())?;
        Ok(PolarNoise::new(usual.range_m, sd[0], sd[1], sd[2])?)
    }

    pub(super) fn config(&self) -> Result<EgoConfig> {
        let mut config = EgoConfig::default();
        config.noise = self.noise()?;
        config.threshold_m_s = self.threshold_m_s.unwrap_or(config.threshold_m_s);
        config.draws = self.draws.unwrap_or(config.draws);
        config.seed = self.seed.unwrap_or(config.seed);
        config.velocity_step_m_s = self.velocity_step_m_s.unwrap_or(config.velocity_step_m_s);
        Ok(config)
    }

    pub(super) fn mounting(&self) -> Result<Mounting> {
        let usual = Mounting::default();
        let Fixed(rotation) = self.rotation.unwrap_or(Fixed(usual.quaternion_xyzw));
        let Fixed(lever) = self.lever_m.unwrap_or(Fixed(usual.lever_m));
        Ok(Mounting::new(rotation, lever)?)
    }
}

/// That none of the fields is given.
pub(super) fn none_of(fields: &[(&'static str, bool)], reason: &'static str) -> Result<()> {
    match fields.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(contradiction(name, reason)),
        None => Ok(()),
    }
}
