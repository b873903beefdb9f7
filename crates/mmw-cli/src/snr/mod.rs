//! `mmw snr`: SNR estimation of BPSK: estimators, bounds, calibration, comparison.

use crate::error::Result;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct SnrArgs {
    #[command(subcommand)]
    command: SnrCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum SnrCommand {}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &SnrArgs) -> Result<()> {
    match args.command {}
}
