//! `mmw radar compare cfar`: detectors side by side, on the same maps.

use super::super::chain::{Pair, pair};
use crate::error::{Error, Result};
use crate::question::{Question, named};
use crate::study::{Comparison, Outcome, StudyOptions, compare};
use mmw_dsp::cfar::Swerling;
use mmw_dsp::compare::{DetectionTrials, DetectionTrialsConfig, TrialDetector, detection_grid};

/// What the figures mean.
pub(super) const HELP: &str = "\
A target stands in one cell at the middle of a map of noise. A neighbour, steady, stands in the middle of its\n\
training cells, nearer in range; clutter begins in the middle of those on the far side and fills the rest of\n\
the map. False alarms are cells without a target: the column gives their rate over the one that was asked for,\n\
1 where the promise holds. The detector of `mmw radar process` is ca, which leaves out what it has detected;\n\
ca:plain leaves out nothing.";

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Detectors, separated by commas: ca, ca:plain, go, so, os or os:RANK, tm or tm:LOW:HIGH, log
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "ca,ca:plain,go,so,os,tm,log",
        value_parser = named::<TrialDetector>
    )]
    detectors: Vec<TrialDetector>,

    /// Mean SNR of the target in one look, dB, separated by commas: -60 to 100
    #[arg(
        long,
        value_name = "DB",
        value_delimiter = ',',
        allow_hyphen_values = true,
        default_value = "5,10,15,20,25,30"
    )]
    snr_db: Vec<f64>,

    /// Power of a neighbour over the noise, dB, separated by commas: up to 100; 0 for none
    #[arg(long, value_name = "DB", value_delimiter = ',', default_value = "0,40")]
    neighbour_db: Vec<f64>,

    /// Power of clutter over the noise, dB, separated by commas: up to 100; 0 for none
    #[arg(long, value_name = "DB", value_delimiter = ',', default_value = "0")]
    clutter_db: Vec<f64>,

    /// How the power of the target varies: zero (not at all), one and three (from trial to trial), two and
    /// four (from look to look), by exponential (one, two) or chi-squared laws
    #[arg(long, value_name = "CASE", default_value = "one", value_parser = named::<Swerling>)]
    swerling: Swerling,

    /// Independent powers that are added up in every cell, as of so many channels
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    looks: usize,

    /// Probability that a cell of noise is taken for a target
    #[arg(long, value_name = "NUMBER", default_value = "1e-3", alias = "pfa")]
    false_alarm_probability: f64,

    /// Cells of the map, in range and velocity
    #[arg(long, value_name = "R,D", default_value = "64,32", value_parser = pair)]
    cells: Pair,

    /// Training cells on each side of a cell, in range and velocity
    #[arg(long, value_name = "R,D", default_value = "8,8", value_parser = pair)]
    training_cells: Pair,

    /// Guard cells on each side of a cell, between it and the training cells
    #[arg(long, value_name = "R,D", default_value = "4,4", value_parser = pair)]
    guard_cells: Pair,

    /// Trials at each condition
    #[arg(long, value_name = "COUNT", default_value_t = 500)]
    trials: u64,

    #[command(flatten)]
    study: StudyOptions,
}

impl Question for Parameters {
    type Answer = Outcome;

    fn answer(&self) -> Result<Self::Answer> {
        let trials = DetectionTrials::new(DetectionTrialsConfig {
            shape: self.cells.0,
            train: self.training_cells.0,
            guard: self.guard_cells.0,
            false_alarm_probability: self.false_alarm_probability,
            looks: self.looks,
            target: self.swerling,
        })
        .map_err(|error| {
            let fields = [("shape[0]", "cells"), ("shape[1]", "cells"), ("train[0]", "training_cells")];
            fields.into_iter().fold(Error::Core(error), |error, (field, option)| error.renamed(field, option))
        })?;
        let comparison = Comparison {
            kind: &super::kinds::CFAR,
            experiment: &trials,
            contenders: trials.contenders(&self.detectors)?,
            named_by: "detectors",
            grid: detection_grid(&self.neighbour_db, &self.clutter_db, &self.snr_db)?,
            config: self.study.config(self.trials),
        };
        compare(comparison, &self.study)
    }
}
