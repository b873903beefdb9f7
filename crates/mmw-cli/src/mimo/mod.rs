//! `mmw mimo`: MIMO channels: draws of a generic geometry-based model, their capacity, exact references.

use crate::error::Result;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct MimoArgs {
    #[command(subcommand)]
    command: MimoCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum MimoCommand {}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &MimoArgs) -> Result<()> {
    match args.command {}
}
