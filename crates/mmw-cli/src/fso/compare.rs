//! `mmw fso compare`: the ways to an outage probability side by side, on the same links.

use crate::error::Result;
use crate::question::{Question, contradiction, word};
use crate::study::{self, Cell, Column, ESTIMATOR, Kind, Outcome, StudyOptions, four, percent, plain, short};
use fso_g2a::compare::{OutageMethod, OutageTrials, OutageTrialsConfig, outage_grid};
use mmw_core::check;
use mmw_core::study::{Metric, Study, StudyConfig};

/// The studies of the area.
pub(crate) const STUDIES: [Kind; 1] = [Kind {
    command: "fso compare",
    title: "Ways to an outage probability",
    columns: &COLUMNS,
    axis: "threshold",
    metric: Metric::Rmse,
    unit: "decades",
    nothing_at: None,
}];

/// What the figures mean.
pub(super) const HELP: &str = "\
The truth is the exact law, so that `exact` errs by nothing: it is there for its time. Errors are in decades, the \
logarithm of answer over truth to base 10; a simulation without an outage gives no answer. What a method \
approximates is its bias; what a simulation leaves to chance is the rest. Thresholds are over the gain of a beam \
that covers the aperture. Turbulence is Gamma-Gamma. `--costs` adds what a call takes.";

const COLUMNS: [Column; 8] = [
    Column { name: "beam_radius_m", head: "beam m", of: |cell| cell.level("beam_radius"), show: plain },
    Column { name: "jitter_m", head: "jitter m", of: |cell| cell.level("jitter"), show: plain },
    Column { name: "threshold_db", head: "threshold dB", of: |cell| cell.level("threshold"), show: plain },
    Column { name: "method", head: "method", ..ESTIMATOR },
    Column {
        name: "rmse_decades",
        head: "RMSE decades",
        of: |cell| Cell::Number(cell.row.rmse.map(|rmse| rmse.value)),
        show: short,
    },
    Column {
        name: "rmse_error_decades",
        head: "± decades",
        of: |cell| Cell::Number(cell.row.rmse.map(|rmse| rmse.standard_error)),
        show: short,
    },
    Column {
        name: "bias_decades",
        head: "bias decades",
        of: |cell| Cell::Number(cell.row.bias.map(|bias| bias.value)),
        show: four,
    },
    Column {
        name: "no_answer",
        head: "no answer",
        of: |cell| Cell::Number(Some(cell.row.failures)),
        show: percent,
    },
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
    #[arg(long, value_name = "METRES", value_delimiter = ',', default_value = "2")]
    beam_radius_m: Vec<f64>,

    /// Standard deviations of the displacement in each of two directions, m, separated by commas
    #[arg(long, value_name = "METRES", value_delimiter = ',', default_value = "0.7")]
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
    #[arg(long, value_name = "METRES", default_value_t = OutageTrialsConfig::default().aperture_radius_m)]
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
        check::at_least("methods", self.methods.len(), 1)?;
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
        let contenders = trials.contenders(&self.methods);
        let contenders: Vec<_> = contenders.iter().map(AsRef::as_ref).collect();
        let config = StudyConfig { trials: self.trials, seed: self.study.seed, ..StudyConfig::default() };
        let grid = outage_grid(&self.beam_radius_m, &self.jitter_m, &self.threshold_db)?;
        let study = Study::new(&trials, &contenders, grid, config);
        study::run("fso compare", "methods", study, &self.study)
    }
}
