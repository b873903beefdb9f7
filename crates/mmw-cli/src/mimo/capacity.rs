//! `mmw mimo capacity`: quantiles of the capacity of a scenario, by simulation.

use super::values::{Link, Setting, ratio};
use crate::error::Result;
use crate::progress::watched;
use crate::question::{Question, Readable, line};
use crate::threads::on_threads;
use mimo_gscm::exact::IidOutage;
use mimo_gscm::study::{CapacityResult, CapacityStudy};
use mmw_core::check;
use mmw_core::monte_carlo::MonteCarlo;
use serde::Serialize;

/// Draws that share a stream of random numbers: few enough that bar and Ctrl-C are served several times per
/// second. The draws of a seed depend on it.
const BLOCK: u64 = 256;
/// The probabilities of outage in the answer.
const PROBABILITIES: [f64; 4] = [0.01, 0.1, 0.5, 0.9];
/// Below it nothing bounds the capacity of the worst draw in a hundred within one standard error.
const LEAST_TRIALS: f64 = 184.0;
/// Eight bytes each are held.
const MOST_TRIALS: f64 = 1e8;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Antennas of the mobile station, in a row at right angles to the direct line
    #[arg(long, value_name = "COUNT")]
    receive: usize,

    /// Antennas of the base station, in a row at right angles to the direct line
    #[arg(long, value_name = "COUNT")]
    transmit: usize,

    /// Mean signal-to-noise ratio of a receive antenna, dB
    #[arg(long, value_name = "DB")]
    snr_db: f64,

    /// Draws of the channel: 184 to 1e8
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, alias = "realisations")]
    trials: u64,

    #[command(flatten)]
    setting: Setting,

    /// Threads: all cores by default; the same seed gives the same numbers on any number of them
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
}

/// One number for each of [`PROBABILITIES`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct ByProbability {
    #[serde(rename = "0.01")]
    one: f64,
    #[serde(rename = "0.1")]
    ten: f64,
    #[serde(rename = "0.5")]
    half: f64,
    #[serde(rename = "0.9")]
    ninety: f64,
}

/// Quantiles of the capacity, their standard errors, and the mean power of the channel.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    quantiles: ByProbability,
    standard_errors: ByProbability,
    mean_power: f64,
    /// The exact capacities of independent Rayleigh fading, for people.
    #[serde(skip)]
    ideal: Option<ByProbability>,
    #[serde(skip)]
    setting: String,
}

impl ByProbability {
    fn new(value: impl Fn(f64) -> mmw_core::Result<f64>) -> mmw_core::Result<Self> {
        let [one, ten, half, ninety] = PROBABILITIES;
        Ok(Self { one: value(one)?, ten: value(ten)?, half: value(half)?, ninety: value(ninety)? })
    }

    fn values(&self) -> [f64; 4] {
        [self.one, self.ten, self.half, self.ninety]
    }
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let Self { receive, transmit, trials, .. } = *self;
        let snr = ratio(self.snr_db, -200.0, 200.0)?;
        check::in_range("trials", trials as f64, LEAST_TRIALS, MOST_TRIALS)?;
        let Link { model, receive: mobile, transmit: base, band } = self.setting.link(receive, transmit)?;
        let scenario = model.scenario();
        let setting = format!(
            "{receive}x{transmit} at {} dB, {} m, {}: {trials} draws",
            10.0 * snr.log10(),
            scenario.distance_m(),
            scenario.interpretation.guide_coupling,
        );
        let study = CapacityStudy { receive: mobile, transmit: base, snr, band };
        let run = MonteCarlo::new(self.setting.seed, trials).block_size(BLOCK);
        let result = on_threads(self.threads, || watched(run, trials, |run| study.run(&model, run)))?;
        Answer::new(&result, &study, setting)
    }
}

impl Answer {
    fn new(result: &CapacityResult, study: &CapacityStudy, setting: String) -> Result<Self> {
        let sample = &result.capacity;
        let (receive, transmit) = (study.receive.array().len(), study.transmit.array().len());
        // Beside a band there is no exact number to set; beyond the reach of the exact formula neither.
        let ideal = IidOutage::new(receive, transmit, study.snr).ok().filter(|_| study.band.is_none());
        Ok(Self {
            quantiles: ByProbability::new(|p| sample.ecdf().quantile(p))?,
            standard_errors: ByProbability::new(|p| sample.outage_standard_error(p))?,
            mean_power: result.power.mean()?,
            ideal: ideal.map(|ideal| ByProbability::new(|p| ideal.capacity(p))).transpose()?,
            setting,
        })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.setting.clone()];
        let compared = if self.ideal.is_some() { "    independent   loss %" } else { "" };
        lines.push(format!("outage     bit/s/Hz     std error{compared}"));
        for (i, probability) in PROBABILITIES.into_iter().enumerate() {
            let (value, error) = (self.quantiles.values()[i], self.standard_errors.values()[i]);
            let mut row = format!("{probability:<6}{:>13}{:>14}", digits(value), digits(error));
            if let Some(ideal) = &self.ideal {
                let ideal = ideal.values()[i];
                row.push_str(&format!("{:>15}{:>9.2}", digits(ideal), 100.0 * (1.0 - value / ideal)));
            }
            lines.push(row);
        }
        lines.push(line("mean power", self.mean_power, ""));
        lines
    }
}

/// Four decimals, or an exponent where these would say nothing.
fn digits(value: f64) -> String {
    if value == 0.0 || value.abs() >= 1e-2 { format!("{value:.4}") } else { format!("{value:.4e}") }
}
