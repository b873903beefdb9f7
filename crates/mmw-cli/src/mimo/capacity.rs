//! `mmw mimo capacity`: quantiles of the capacity of a scenario, by simulation.

use super::scenario::{Choice, name};
use super::study::run_study;
use super::values::{antennas, array, band, check_size, ratio};
use crate::error::Result;
use crate::progress::{Progress, Unit};
use crate::question::{Answer, Question, line, word};
use crate::threads::on_threads;
use mimo_gscm::exact::IidOutage;
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::GuideCoupling;
use mimo_gscm::study::{CapacityResult, CapacityStudy};
use mmw_core::check;
use serde::{Deserialize, Serialize};

/// The probabilities of outage in the answer.
const PROBABILITIES: [f64; 4] = [0.01, 0.1, 0.5, 0.9];
/// Below it nothing bounds the capacity of the worst draw in a hundred within one standard error.
const LEAST_TRIALS: f64 = 184.0;
/// Eight bytes each are held.
const MOST_TRIALS: f64 = 1e8;

/// The parameters of the command.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Scenario: `urban_macrocell` (default), or a file that changes it (.toml)
    #[arg(long, value_name = "NAME|FILE.toml")]
    scenario: Option<String>,

    /// Antennas of the mobile station, in a row across the link
    #[arg(long, value_name = "COUNT", required_unless_present = "batch")]
    receive: Option<usize>,

    /// Antennas of the base station, in a row across the link
    #[arg(long, value_name = "COUNT", required_unless_present = "batch")]
    transmit: Option<usize>,

    /// Mean signal-to-noise ratio of a receive antenna, dB
    #[arg(long, value_name = "DB", required_unless_present = "batch")]
    snr_db: Option<f64>,

    /// Number of draws: 184 to 1e8, 10000 by default
    #[arg(long, value_name = "COUNT", alias = "realisations")]
    #[serde(alias = "realisations")]
    trials: Option<usize>,

    /// Seed of the draws: 1 by default; the same seed gives the same numbers on any number of threads
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Distance of the two ends, m: that of the scenario by default, 1000 for `urban_macrocell`
    #[arg(long, value_name = "M")]
    distance_m: Option<f64>,

    /// How modes of guides meet the arrays: `mouth_angles` (default) or `independent_modes`
    #[arg(long, value_name = "NAME", value_parser = word::<GuideCoupling>)]
    guide_coupling: Option<GuideCoupling>,

    /// Spacing of the receive antennas, wavelengths: 0.5 by default
    #[arg(long, value_name = "NUMBER")]
    receive_spacing_wavelengths: Option<f64>,

    /// Spacing of the transmit antennas, wavelengths: 0.5 by default
    #[arg(long, value_name = "NUMBER")]
    transmit_spacing_wavelengths: Option<f64>,

    /// Average over a band of this width, Hz (equation 5); flat fading without
    #[arg(long, value_name = "HZ")]
    bandwidth_hz: Option<f64>,

    /// Frequencies in that band: 64 by default
    #[arg(long, value_name = "COUNT", requires = "bandwidth_hz")]
    bins: Option<usize>,

    /// Threads to work on: all cores by default
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

/// What comes out.
#[derive(Debug, Serialize)]
pub(super) struct Simulated {
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
    type Answer = Simulated;

    fn answer(&self) -> Result<Simulated> {
        let choice = Choice {
            scenario: self.scenario.as_deref(),
            distance_m: self.distance_m,
            guide_coupling: self.guide_coupling,
        };
        let (receive, transmit) = (antennas("receive", self.receive)?, antennas("transmit", self.transmit)?);
        let snr = ratio(self.snr_db, -200.0, 200.0)?;
        let trials = self.trials.unwrap_or(10_000);
        check::in_range("trials", trials as f64, LEAST_TRIALS, MOST_TRIALS)?;
        let model = ChannelModel::new(choice.load()?)?;
        let scenario = model.scenario();
        let carrier_hz = scenario.carrier_hz;
        let study = CapacityStudy {
            receive: array(
                receive,
                "receive_spacing_wavelengths",
                self.receive_spacing_wavelengths,
                carrier_hz,
            )?,
            transmit: array(
                transmit,
                "transmit_spacing_wavelengths",
                self.transmit_spacing_wavelengths,
                carrier_hz,
            )?,
            snr,
            band: band(self.bandwidth_hz, self.bins, carrier_hz)?,
        };
        check_size(study.band, receive, transmit)?;
        let progress = Progress::new(trials as u64, Unit::Count("draws"));
        let result = on_threads(self.threads, || {
            run_study(&study, &model, self.seed.unwrap_or(1), trials as u64, &progress)
        })?;
        progress.finish();
        let setting = format!(
            "{receive}x{transmit} at {} dB, {} m, {}: {trials} draws",
            10.0 * snr.log10(),
            scenario.distance_m(),
            name(scenario.interpretation.guide_coupling),
        );
        Simulated::new(&result, &study, setting)
    }
}

impl Simulated {
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

impl Answer for Simulated {
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
