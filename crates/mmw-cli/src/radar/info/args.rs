//! What `mmw radar info` is asked.

use crate::error::Result;
use crate::question::contradiction;
use crate::radar::bytes::BytesArgs;
use crate::radar::source::{axes, board, is_configuration, lanes};
use mmw_dsp::Board;
use mmw_dsp::capture::{LvdsLanes, NpyAxes};
use std::path::{Path, PathBuf};

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct InfoArgs {
    /// Configurations and captures, in any order
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,

    /// The board, hence where the antennas are
    #[arg(long, value_name = "NAME", value_parser = board)]
    pub(super) board: Option<Board>,

    /// The places of the antennas, TOML or JSON
    #[arg(long, value_name = "FILE", conflicts_with = "board")]
    pub(super) antennas: Option<PathBuf>,

    /// LVDS lanes of a .bin file, 2 or 4; by default those of the board
    #[arg(long, value_name = "COUNT", value_parser = lanes)]
    pub(super) lanes: Option<LvdsLanes>,

    /// Whether Q precedes I in a .bin file
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(super) iq_swap: Option<bool>,

    /// Axes of a .npy file, outermost first
    #[arg(long, value_name = "NAMES", value_parser = axes)]
    pub(super) axes: Option<NpyAxes>,

    #[command(flatten)]
    pub(super) bytes: BytesArgs,

    /// Print the result as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

impl InfoArgs {
    /// Refuses an option that none of the files has a use for.
    pub(super) fn check(&self) -> Result<()> {
        let of_configuration = [
            ("board", self.board.is_some()),
            ("antennas", self.antennas.is_some()),
            ("lanes", self.lanes.is_some()),
            ("iq_swap", self.iq_swap.is_some()),
            ("axes", self.axes.is_some()),
        ];
        let given = of_configuration.iter().find(|(_, is_given)| *is_given).map(|(name, _)| *name);
        let (configurations, others): (Vec<_>, Vec<_>) =
            self.files.iter().partition(|path| is_configuration(path));
        if configurations.is_empty()
            && let Some(name) = given.or(self.bytes.given())
        {
            return Err(contradiction(name, "says nothing without a configuration: name its file too"));
        }
        match (others.iter().find(|path| !is_list(path)), self.bytes.given()) {
            (Some(capture), _) => self.bytes.check(capture),
            (None, Some(name)) => {
                Err(contradiction(name, "says nothing without a capture: name its file too"))
            }
            (None, None) => Ok(()),
        }
    }
}

/// Whether a file is the list of packets beside a recording, which is read with that.
pub(super) fn is_list(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".packets.json")
}
