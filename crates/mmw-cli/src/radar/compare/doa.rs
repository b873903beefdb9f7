//! `mmw radar compare doa`: direction finders side by side, on the same snapshots.

use crate::error::Result;
use crate::question::{Question, contradiction, named};
use crate::study::{Comparison, Outcome, StudyOptions, compare};
use mmw_dsp::compare::{DirectionTrials, DirectionTrialsConfig, direction_grid};
use mmw_dsp::doa::DirectionFinder;

/// What the figures mean.
pub(super) const HELP: &str = "\
The sources are circular normal, of equal power, seen by a uniform linear array in white noise; every method\n\
knows how many there are. The SNR is that of one element and snapshot. Errors are those of the source on the\n\
left: a positive bias is towards the other. A pair is resolved where each source is found within half the\n\
separation; one direction for both counts as an estimate of either. The bound is the stochastic one.";

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Methods, separated by commas: `fft`, `bartlett`, `capon`, `music`, `root_music`, `esprit`,
    /// `unitary_esprit`, `deterministic_ml`, `stochastic_ml`, `subspace_fitting`, `iaa`, `sbl`
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "fft,capon,music,root_music,esprit,deterministic_ml,iaa,sbl",
        value_parser = named::<DirectionFinder>
    )]
    estimators: Vec<DirectionFinder>,

    /// SNR of one element and snapshot, dB, separated by commas: -60 to 100
    #[arg(
        long,
        value_name = "DB",
        value_delimiter = ',',
        allow_hyphen_values = true,
        default_value = "-10,-5,0,5,10"
    )]
    snr_db: Vec<f64>,

    /// Angles between two sources, degrees, separated by commas; 0 for one source
    #[arg(long, value_name = "DEG", value_delimiter = ',', default_value = "0,10")]
    separation_deg: Vec<f64>,

    /// Numbers of snapshots, separated by commas
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_value = "32")]
    snapshots: Vec<usize>,

    /// Elements of the array, 3 to 512
    #[arg(long, value_name = "COUNT", default_value_t = 12)]
    elements: usize,

    /// Spacing of the elements in wavelengths
    #[arg(long, value_name = "NUMBER", default_value_t = 0.5)]
    spacing_waves: f64,

    /// Azimuth of the source, or of the middle of two, degrees
    #[arg(long, value_name = "DEG", allow_hyphen_values = true, default_value_t = 0.0)]
    centre_deg: f64,

    /// Correlation of the two echoes: 0 to 1, where they are coherent
    #[arg(long, value_name = "NUMBER", default_value_t = 0.0)]
    correlation: f64,

    /// Trials at each condition
    #[arg(long, value_name = "COUNT", default_value_t = 500)]
    trials: u64,

    #[command(flatten)]
    study: StudyOptions,
}

impl Question for Parameters {
    type Answer = Outcome;

    fn answer(&self) -> Result<Self::Answer> {
        if self.correlation != 0.0 && self.separation_deg.iter().all(|&separation| separation == 0.0) {
            let reason = "is that of two echoes: give a separation_deg above 0";
            return Err(contradiction("correlation", reason));
        }
        let trials = DirectionTrials::new(DirectionTrialsConfig {
            elements: self.elements,
            spacing_waves: self.spacing_waves,
            centre_deg: self.centre_deg,
            correlation: self.correlation,
        })?;
        let comparison = Comparison {
            kind: &super::kinds::DOA,
            experiment: &trials,
            contenders: trials.contenders(&self.estimators)?,
            named_by: "estimators",
            grid: direction_grid(&self.snapshots, &self.separation_deg, &self.snr_db)?,
            config: self.study.config(self.trials),
        };
        compare(comparison, &self.study)
    }
}
