//! What `mmw radar vitals` is asked.

use crate::error::Error;
use crate::radar::source::SourceArgs;
use std::path::PathBuf;

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
#[command(mut_arg("config", |arg| arg.required(false)))]
#[command(mut_arg("capture", |arg| arg.help(
    "A capture with --config; or without: complex samples as .npy, [frame] or [frame, range bin], or the UART log of \
     TI's vital-signs lab"
)))]
pub(crate) struct VitalsArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    /// Frames per second; by default what the configuration says
    #[arg(long, alias = "frame-rate", value_name = "HZ")]
    pub(super) frame_rate_hz: Option<f64>,

    /// Carrier; by default the middle of the sweep that the configuration describes
    #[arg(long, value_name = "HZ")]
    pub(super) carrier_hz: Option<f64>,

    /// Range from one bin to the next, for samples without a configuration
    #[arg(long, value_name = "M")]
    pub(super) range_resolution_m: Option<f64>,

    /// Length of the sliding window of the rates
    #[arg(long, value_name = "S", default_value_t = 30.0)]
    pub(super) window_s: f64,

    /// Add the displacement, sample by sample, and the sliding rates to the answer
    #[arg(long)]
    pub(super) series: bool,

    /// Folder for the picture (SVG) and the curves (CSV)
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// A quantity that no file and no option gives.
pub(super) fn missing(option: &str, hint: &str) -> Error {
    Error::Usage(format!("{option} is not given: {hint}"))
}
