//! `mmw radar compare`: the methods of the crate side by side, on the same data.

mod columns;
mod doa;

use crate::error::Result;
use crate::question::Single;
use crate::study::Kind;
use mmw_core::study::Metric;

/// The studies of the area.
pub(crate) const STUDIES: [Kind; 1] = [Kind {
    command: "radar compare doa",
    title: "Direction finders",
    columns: &columns::DOA,
    axis: "snr",
    metric: Metric::Rmse,
    unit: "deg",
    nothing_at: None,
}];

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
}

/// Runs one comparison.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &CompareArgs) -> Result<()> {
    match &args.command {
        CompareCommand::Doa(args) => args.run(),
    }
}
