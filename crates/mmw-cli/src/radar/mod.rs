//! `mmw radar`: captures simulated, processed and listened to; methods compared.

mod answer;
mod bytes;
mod chain;
mod compare;
mod damage;
mod datagrams;
mod detector;
mod help;
mod info;
mod line;
mod live;
pub(crate) mod maps;
mod phase;
mod process;
mod record;
mod sar;
mod simulate;
mod source;
mod vitals;

pub(crate) use compare::STUDIES;

use crate::error::Result;
use crate::question::Single;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct RadarArgs {
    #[command(subcommand)]
    command: RadarCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum RadarCommand {
    /// Simulate a scene of moving point targets as a raw capture
    Simulate(simulate::SimulateArgs),
    /// Turn a raw capture into maps and a 4-D point cloud
    #[command(after_long_help = help::of_process())]
    Process(Box<Single<chain::ProcessArgs>>),
    /// Say what configurations and captures hold, what is missing, and which option supplies it
    #[command(after_long_help = help::of_captures())]
    Info(info::InfoArgs),
    /// Record the UDP packets of a DCA1000 as a raw capture
    Record(record::RecordArgs),
    /// Follow the phase at one range from frame to frame: vibration, breathing
    #[command(after_long_help = help::of_captures())]
    Phase(Box<Single<phase::PhaseArgs>>),
    /// Breathing, heartbeat and vibration: find who or what moves, its rates and its lines
    #[command(after_long_help = help::of_captures())]
    Vitals(Box<Single<vitals::VitalsArgs>>),
    /// Image what an aperture saw that the radar was moved along (SAR)
    #[command(after_long_help = help::of_captures())]
    Sar(Box<Single<sar::SarArgs>>),
    /// Compare the methods on the same data by Monte Carlo: error, bound, resolution, time
    Compare(compare::CompareArgs),
}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &RadarArgs) -> Result<()> {
    match &args.command {
        RadarCommand::Simulate(args) => simulate::run(args),
        RadarCommand::Process(args) => process::run(args),
        RadarCommand::Info(args) => info::run(args),
        RadarCommand::Record(args) => record::run(args),
        RadarCommand::Phase(args) => args.run(),
        RadarCommand::Vitals(args) => args.run(),
        RadarCommand::Sar(args) => args.run(),
        RadarCommand::Compare(args) => compare::run(args),
    }
}
