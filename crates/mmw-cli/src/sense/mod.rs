//! `mmw sense`: from point clouds to clusters, tracks and motion.

mod assignment;
mod cluster;
mod ego;
mod filter;
mod graph;
mod imu;
mod input;
mod ospa;
mod page;
mod register;
mod scan;
mod slam;
mod track;
mod values;

use crate::error::Result;
use crate::question::Single;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct SenseArgs {
    #[command(subcommand)]
    command: SenseCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum SenseCommand {
    /// Follow people through the points of a radar: tracks, a picture from above, a page that plays them
    Track(Box<Single<track::Parameters>>),
    /// Group the points of each frame by place and velocity
    Cluster(Single<cluster::Parameters>),
    /// How the radar moves, from the radial velocities of what stands still
    Ego(Box<Single<ego::Parameters>>),
    /// Where the radar has been and what is around it, from its scans alone
    Slam(Box<Single<slam::Parameters>>),
    /// The poses that fit what was measured between them (files of g2o)
    Graph(Single<graph::Parameters>),
    /// The rigid motion between two clouds (ICP, GICP)
    Register(Single<register::Parameters>),
    /// Follow a point by a Kalman filter over range, angles and radial velocity
    Filter(Single<filter::Parameters>),
    /// Assign columns to rows at the least cost, and the next best ways
    Assignment(Single<assignment::Parameters>),
    /// How far estimates are from the truth, with a penalty for wrong numbers (OSPA)
    Ospa(Single<ospa::OspaParameters>),
    /// The same as what is off, missed and false (GOSPA)
    Gospa(Single<ospa::GospaParameters>),
}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &SenseArgs) -> Result<()> {
    match &args.command {
        SenseCommand::Track(args) => track::run(args),
        SenseCommand::Cluster(args) => args.run(),
        SenseCommand::Ego(args) => args.run(),
        SenseCommand::Slam(args) => args.run(),
        SenseCommand::Graph(args) => args.run(),
        SenseCommand::Register(args) => args.run(),
        SenseCommand::Filter(args) => args.run(),
        SenseCommand::Assignment(args) => args.run(),
        SenseCommand::Ospa(args) => args.run(),
        SenseCommand::Gospa(args) => args.run(),
    }
}
