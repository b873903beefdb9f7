//! `mmw mimo compare`: models of the channel side by side, by the outage capacity that they promise.

use super::values::Site;
use crate::error::Result;
use crate::question::{Question, word};
use crate::study::{
    BIAS, BIAS_ERROR, Column, Comparison, ESTIMATOR, Kind, Outcome, RMSE, RMSE_ERROR, StudyOptions, compare,
    level_column,
};
use mimo_gscm::compare::{ChannelLaw, ChannelTrials, ChannelTrialsConfig};
use mmw_core::check;
use mmw_core::study::Metric;

/// The studies of the area.
pub(crate) static STUDIES: [&Kind; 1] = [&COMPARE];

static COMPARE: Kind = Kind {
    command: "mimo compare",
    title: "Models of the MIMO channel",
    columns: &COLUMNS,
    axis: "snr",
    metric: Metric::Rmse,
    unit: "bit/s/Hz",
    nothing_at: None,
};

/// What the figures mean.
pub(super) const HELP: &str = "\
The truth is the outage capacity of many draws of the geometry-based model in flat fading; each model answers with \
that of a short sample of its own. Bias is what a model gets wrong, above 0 where it promises too much; the rest of \
the error is the length of the sample, which `geometry` shows alone. Kronecker and Weichselberger are fitted to the \
draws that the truth is taken from. `--costs` adds what an answer takes.";

const COLUMNS: [Column; 6] = [
    level_column!("snr", "snr_db", "SNR dB"),
    Column { name: "model", head: "model", ..ESTIMATOR },
    Column { name: "bias_bit_s_hz", head: "bias bit/s/Hz", ..BIAS },
    Column { name: "bias_error_bit_s_hz", ..BIAS_ERROR },
    Column { name: "rmse_bit_s_hz", head: "RMSE bit/s/Hz", ..RMSE },
    Column { name: "rmse_error_bit_s_hz", ..RMSE_ERROR },
];

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Models, separated by commas: `geometry`, `iid`, `kronecker`, `weichselberger`, `keyhole`
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "geometry,iid,kronecker,weichselberger,keyhole",
        value_parser = word::<ChannelLaw>
    )]
    models: Vec<ChannelLaw>,

    /// Antennas of the mobile station, in a row at right angles to the direct line
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    receive: usize,

    /// Antennas of the base station, in a row at right angles to the direct line
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    transmit: usize,

    /// Mean signal-to-noise ratios of a receive antenna, dB, separated by commas: -200 to 200
    #[arg(
        long,
        value_name = "DB",
        value_delimiter = ',',
        allow_hyphen_values = true,
        default_value = "0,10,20,30"
    )]
    snr_db: Vec<f64>,

    /// Probability of outage
    #[arg(long, value_name = "NUMBER", default_value_t = ChannelTrialsConfig::default().outage_probability, alias = "probability")]
    outage_probability: f64,

    /// Draws of a model for one answer
    #[arg(long, value_name = "COUNT", default_value_t = ChannelTrialsConfig::default().draws)]
    draws: u64,

    /// Draws of the geometry-based model for the truth and the fits
    #[arg(long, value_name = "COUNT", default_value_t = ChannelTrialsConfig::default().reference_draws)]
    reference_draws: u64,

    /// Seed of these draws
    #[arg(long, value_name = "NUMBER", default_value_t = ChannelTrialsConfig::default().reference_seed)]
    reference_seed: u64,

    #[command(flatten)]
    site: Site,

    /// Trials at each SNR
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    trials: u64,

    #[command(flatten)]
    study: StudyOptions,
}

impl Question for Parameters {
    type Answer = Outcome;

    fn answer(&self) -> Result<Self::Answer> {
        check::at_least("snr_db", self.snr_db.len(), 1)?;
        let (model, ends) = self.site.ends(self.receive, self.transmit)?;
        let trials = ChannelTrials::new(
            model,
            ends,
            &self.snr_db,
            ChannelTrialsConfig {
                outage_probability: self.outage_probability,
                draws: self.draws,
                reference_draws: self.reference_draws,
                reference_seed: self.reference_seed,
            },
        )?;
        let comparison = Comparison {
            kind: &COMPARE,
            experiment: &trials,
            contenders: trials.contenders(&self.models),
            named_by: "models",
            grid: trials.grid()?,
            config: self.study.config(self.trials),
        };
        compare(comparison, &self.study)
    }
}
