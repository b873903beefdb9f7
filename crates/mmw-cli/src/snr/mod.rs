//! `mmw snr`: SNR estimation of BPSK and M-PSK: estimators, bounds, calibration, comparison.

mod answer;
mod calibration;
mod compare;
mod coverage;
mod crlb;
mod estimate;
mod gather;
mod kinds;
mod psk;
mod samples;
mod series;
mod study_columns;

use crate::error::Result;
use crate::question::Single;
use crate::study::Kind;
use kinds::{COMPARE, COVERAGE, PSK};

/// The studies of the area.
pub(crate) static STUDIES: [&Kind; 3] = [&COMPARE, &COVERAGE, &PSK];

/// What every number of the area means, for the help.
const CONVENTION: &str = "\
The SNR is S²/σ² of real samples x = S a + w, a = ±1, one per symbol: power of the signal over\n\
variance of the real noise; of complex ones over that of either part, I or Q. Es/N0 is half of it, 3.01 dB less.";

/// The arguments of the area.
#[derive(Debug, clap::Args)]
#[command(after_help = CONVENTION)]
pub(crate) struct SnrArgs {
    #[command(subcommand)]
    command: SnrCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum SnrCommand {
    /// SNR of a record of samples, with its interval
    #[command(after_help = CONVENTION)]
    Estimate(Single<estimate::Parameters>),
    /// Cramér-Rao bound of the SNR, equations (19) and (20)
    #[command(after_help = CONVENTION)]
    Crlb(Single<crlb::Parameters>),
    /// Coefficients of the quartic to the quantile curve over σ, exact: what equation (9) approximates
    Calibration(Single<calibration::Parameters>),
    /// Bias, variance and error of estimators over SNR and record length, by Monte Carlo
    #[command(after_help = CONVENTION)]
    Compare(Single<compare::Parameters>),
    /// How often intervals hold the truth, and noise alone is taken for a signal, by Monte Carlo
    #[command(after_help = CONVENTION)]
    Coverage(Single<coverage::Parameters>),
    /// Accuracy, intervals and detection of estimators of complex samples of M-PSK, by Monte Carlo
    #[command(after_help = CONVENTION)]
    Psk(Single<psk::Parameters>),
}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &SnrArgs) -> Result<()> {
    match &args.command {
        SnrCommand::Estimate(args) => args.run(),
        SnrCommand::Crlb(args) => args.run(),
        SnrCommand::Calibration(args) => args.run(),
        SnrCommand::Compare(args) => args.run(),
        SnrCommand::Coverage(args) => args.run(),
        SnrCommand::Psk(args) => args.run(),
    }
}
