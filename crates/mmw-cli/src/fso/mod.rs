//! `mmw fso`: optical links between ground and air: turbulence, pointing, outage, power, receivers.

mod air;
mod atmosphere;
mod ber;
mod compare;
mod monte_carlo;
mod outage;
mod power;
mod turbulence;
mod values;
mod wander;

pub(crate) use compare::STUDIES;

use crate::error::Result;
use crate::question::Single;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct FsoArgs {
    #[command(subcommand)]
    command: FsoCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum FsoCommand {
    /// Outage probability and its parts, exactly or by an approximation
    #[command(after_help = outage::PARTS)]
    Outage(Single<outage::Parameters>),
    /// Gamma-Gamma turbulence: density, distribution, survival, quantile
    Turbulence(Single<turbulence::Parameters>),
    /// Wander of the beam by turbulence, equation (1), in a Hufnagel-Valley atmosphere
    Wander(Single<wander::Parameters>),
    /// Coherence and scintillation on a slant path: Fried, isoplanatic angle, aperture averaging
    #[command(after_help = atmosphere::LAWS)]
    Atmosphere(Single<atmosphere::Parameters>),
    /// Bit error rate of OOK, PPM, BPSK, DPSK or QPSK with the noise of the receiver
    #[command(after_help = ber::NOISE)]
    Ber(Box<Single<ber::Parameters>>),
    /// Transmit power for an outage, from the path, the air, the beam and the receiver
    #[command(after_help = power::ASSUMPTIONS)]
    Power(Box<Single<power::Parameters>>),
    /// Outage by simulation, beside the exact one
    #[command(after_help = monte_carlo::METHODS)]
    MonteCarlo(Single<monte_carlo::Parameters>),
    /// The ways to an outage probability: error and time over beam, jitter and threshold
    #[command(after_help = compare::HELP)]
    Compare(Single<compare::Parameters>),
}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &FsoArgs) -> Result<()> {
    match &args.command {
        FsoCommand::Outage(args) => args.run(),
        FsoCommand::Turbulence(args) => args.run(),
        FsoCommand::Wander(args) => args.run(),
        FsoCommand::Atmosphere(args) => args.run(),
        FsoCommand::Ber(args) => args.run(),
        FsoCommand::Power(args) => args.run(),
        FsoCommand::MonteCarlo(args) => args.run(),
        FsoCommand::Compare(args) => args.run(),
    }
}
