//! `mmw link`: path loss by mechanism, and the LC ladders that emulate it.

mod budget;
mod built;
mod entries;
mod gas;
mod knife_edge;
mod ladder;
mod loss;
mod network;
mod order;
mod rain;
mod reflection;
mod values;

use crate::error::Result;
use crate::question::Single;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct LinkArgs {
    #[command(subcommand)]
    command: LinkCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum LinkCommand {
    /// Total loss of a path and what each mechanism adds, corrected equation (3)
    Loss(Single<loss::Parameters>),
    /// From transmitted power to margin, range and availability over the rain of a year
    Budget(Single<budget::Parameters>),
    /// Oxygen and water vapour, line by line (ITU-R P.676-12)
    Gas(Single<gas::Parameters>),
    /// Rain (ITU-R P.838-3) on a level path
    Rain(Single<rain::Parameters>),
    /// Diffraction over a knife edge
    KnifeEdge(Single<knife_edge::Parameters>),
    /// Fresnel reflection from a half-space
    Reflection(Single<reflection::Parameters>),
    /// Order of a low-pass filter for a specification
    Order(Single<order::Parameters>),
    /// Element values of a ladder, its components and S-parameters
    Ladder(Single<ladder::Parameters>),
    /// Touchstone files read, cascaded, seen from other impedances, freed of fixtures, drawn and written
    Network(Single<network::Parameters>),
}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &LinkArgs) -> Result<()> {
    match &args.command {
        LinkCommand::Loss(args) => args.run(),
        LinkCommand::Budget(args) => args.run(),
        LinkCommand::Gas(args) => args.run(),
        LinkCommand::Rain(args) => args.run(),
        LinkCommand::KnifeEdge(args) => args.run(),
        LinkCommand::Reflection(args) => args.run(),
        LinkCommand::Order(args) => args.run(),
        LinkCommand::Ladder(args) => args.run(),
        LinkCommand::Network(args) => args.run(),
    }
}
