//! `mmw mimo`: MIMO channels: draws of a generic geometry-based model, their capacity, exact references.

mod capacity;
mod compare;
mod draw;
mod ergodic;
mod outage;
mod scenario;
mod values;

pub(crate) use compare::STUDIES;

use crate::error::Result;
use crate::question::Single;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct MimoArgs {
    #[command(subcommand)]
    command: MimoCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum MimoCommand {
    /// One draw of the channel: its paths, its guides, and the transfer matrices between two arrays
    Draw(Single<draw::Parameters>),
    /// Quantiles of the capacity of a scenario, by simulation
    Capacity(Single<capacity::Parameters>),
    /// Mean capacity of independent Rayleigh fading, exactly (Telatar)
    Ergodic(Single<ergodic::Parameters>),
    /// Outage capacity of independent Rayleigh fading, exactly
    #[command(after_help = outage::LIMITS)]
    Outage(Single<outage::Parameters>),
    /// Models of the channel by the outage capacity that they promise: error and time over the SNR
    #[command(after_help = compare::HELP)]
    Compare(Single<compare::Parameters>),
}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &MimoArgs) -> Result<()> {
    match &args.command {
        MimoCommand::Draw(args) => args.run(),
        MimoCommand::Capacity(args) => args.run(),
        MimoCommand::Ergodic(args) => args.run(),
        MimoCommand::Outage(args) => args.run(),
        MimoCommand::Compare(args) => args.run(),
    }
}
