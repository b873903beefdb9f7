//! `mmw fso compare`: the ways to an outage probability side by side, on the same links.

use crate::error::Result;
use crate::question::{Question, contradiction, word};
use crate::study::{
    BIAS, Column, Comparison, ESTIMATOR, Kind, NO_ANSWER, Outcome, RMSE, RMSE_ERROR, StudyOptions, compare,
    level_column,
};
use fso_g2a::compare::{OutageMethod, OutageTrials, OutageTrialsConfig, outage_grid};
use mmw_core::check;
use mmw_core::study::Metric;

/// The studies of the area.
pub(crate) static STUDIES: [&Kind; 1] = [&COMPARE];

static COMPARE: Kind = Kind {
    command: "fso compare",
    title: "Ways to an outage probability",
    columns: &COLUMNS,
    axis: "threshold",
    metric: Metric::Rmse,
    unit: "decades",
    nothing_at: None,
};

/// What the figures mean.
pub(super) const HELP: &str = "\
The truth is the exact law, so that `exact` errs by nothing: it is there for its time. Errors are in decades, the \
logarithm of answer over truth to base 10; a simulation without an outage gives no answer. What a method \
approximates is its bias; what a simulation leaves to chance is the rest. Thresholds are over the gain of a beam \
that covers the aperture. Turbulence is Gamma-Gamma. `--costs` adds what a call takes.";

const COLUMNS: [Column; 8] = [
    level_column!("beam_radius", "beam_radius_m", "beam m"),
    level_column!("jitter", "jitter_m", "jitter m"),
    level_column!("threshold", "threshold_db", "threshold dB"),
    Column { name: "method", head: "method", ..ESTIMATOR },
    Column { name: "rmse_decades", head: "RMSE decades", ..RMSE },
    Column { name: "rmse_error_decades", head: "± decades", ..RMSE_ERROR },
    Column { name: "bias_decades", head: "bias decades", ..BIAS },
    NO_ANSWER,
];

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Methods, separated by commas: `exact`, `half_plane`, `paper`, `gaussian_beam`, `simulation`,
    /// `rare_simulation`
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "exact,half_plane,paper,gaussian_beam,simulation,rare_simulation",
        value_parser = word::<OutageMethod>
    )]
    methods: Vec<OutageMethod>,

    /// Radii of the beam at the receiver, m, separated by commas
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "2")]
    beam_radius_m: Vec<f64>,

    /// Standard deviations of the displacement in each of two directions, m, separated by commas
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "0.7")]
    jitter_m: Vec<f64>,

    /// Thresholds over the gain of a beam that covers the aperture, dB, separated by commas: -300 to 100
    #[arg(
        long,
        value_name = "DB",
        value_delimiter = ',',
        allow_hyphen_values = true,
        default_value = "-40,-30,-20,-10,0"
    )]
    threshold_db: Vec<f64>,

    /// Radius of the aperture, m
    #[arg(long, value_name = "M", default_value_t = OutageTrialsConfig::default().aperture_radius_m)]
    aperture_radius_m: f64,

    /// First shape of the turbulence
    #[arg(long, value_name = "NUMBER", default_value_t = OutageTrialsConfig::default().alpha)]
    alpha: f64,

    /// Second shape of the turbulence
    #[arg(long, value_name = "NUMBER", default_value_t = OutageTrialsConfig::default().beta)]
    beta: f64,

    /// Channels that a simulation draws for one answer: 10 000 by default
    #[arg(long, value_name = "COUNT")]
    draws: Option<u64>,

    /// Trials at each condition
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    trials: u64,

    #[command(flatten)]
    study: StudyOptions,
}

impl Question for Parameters {
    type Answer = Outcome;

    fn answer(&self) -> Result<Self::Answer> {
        let draws =
            |method: &OutageMethod| matches!(method, OutageMethod::Simulation | OutageMethod::RareSimulation);
        if self.draws.is_some() && !self.methods.iter().any(draws) {
            let reason = "has no effect without simulation or rare_simulation among the methods";
            return Err(contradiction("draws", reason));
        }
        for &threshold_db in &self.threshold_db {
            check::in_range("threshold_db", threshold_db, -300.0, 100.0)?;
        }
        let trials = OutageTrials::new(OutageTrialsConfig {
            aperture_radius_m: self.aperture_radius_m,
            alpha: self.alpha,
            beta: self.beta,
            draws: self.draws.unwrap_or(OutageTrialsConfig::default().draws),
        })?;
        let comparison = Comparison {
            kind: &COMPARE,
            experiment: &trials,
            contenders: trials.contenders(&self.methods),
            named_by: "methods",
            grid: outage_grid(&self.beam_radius_m, &self.jitter_m, &self.threshold_db)?,
            config: self.study.config(self.trials),
        };
        compare(comparison, &self.study)
    }
}
