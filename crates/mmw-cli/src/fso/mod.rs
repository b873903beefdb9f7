//! `mmw fso`: optical links from ground to air: turbulence, pointing, outage, power.

use crate::error::Result;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct FsoArgs {
    #[command(subcommand)]
    command: FsoCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum FsoCommand {}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &FsoArgs) -> Result<()> {
    match args.command {}
}
