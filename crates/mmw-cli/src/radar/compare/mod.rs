//! `mmw radar compare`: the methods of the crate side by side, on the same data.

mod cfar;
mod columns;
mod doa;
mod kinds;

use crate::error::Result;
use crate::question::Single;
use crate::study::Kind;
use kinds::{CFAR, DOA};

/// The studies of the area.
pub(crate) static STUDIES: [&Kind; 2] = [&DOA, &CFAR];

/// What is compared.
#[derive(Debug, clap::Args)]
pub(crate) struct CompareArgs {
    #[command(subcommand)]
    command: CompareCommand,
}

#[derive(Debug, clap::Subcommand)]
enum CompareCommand {
    /// Direction finders: error, bias, resolution and time over SNR, separation and snapshots
    #[command(after_help = doa::HELP)]
    Doa(Single<doa::Parameters>),
    /// CFAR detectors: detections, false alarms and time over SNR, beside a target and at an edge of clutter
    #[command(after_help = cfar::HELP)]
    Cfar(Single<cfar::Parameters>),
}

/// Runs one comparison.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &CompareArgs) -> Result<()> {
    match &args.command {
        CompareCommand::Doa(args) => args.run(),
        CompareCommand::Cfar(args) => args.run(),
    }
}
