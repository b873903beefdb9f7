//! Which capture, and what its configuration file does not say.

use crate::error::{Error, Result};
use crate::stdout::warn;
use mmw_dsp::Board;
use mmw_dsp::capture::{
    Capture, CaptureConfig, CaptureOptions, FormatKind, LvdsLanes, NpyAxes, antennas_from_file,
};
use std::ops::Range;
use std::path::PathBuf;

/// The arguments that name a capture.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SourceArgs {
    /// The capture: a DCA1000 .bin file or a .npy array
    #[arg(value_name = "CAPTURE", required_unless_present = "batch")]
    pub(crate) capture: Option<PathBuf>,

    /// Its configuration: mmWave Studio .mmwave.json, .setup.json or LogFile.txt, TI SDK .cfg, Infineon
    /// config.json, or .toml
    #[arg(long, value_name = "FILE", required_unless_present = "batch")]
    pub(crate) config: Option<PathBuf>,

    /// The board, hence where the antennas are; without it no angles are computed
    #[arg(long, value_name = "NAME", value_parser = board)]
    pub(crate) board: Option<Board>,

    /// The places of the antennas in a TOML or JSON file, for boards that --board does not know
    #[arg(long, value_name = "FILE", conflicts_with = "board")]
    pub(crate) antennas: Option<PathBuf>,

    /// LVDS lanes of a .bin file: 2 (xWR16, 18, 68) or 4 (xWR12, 14)
    #[arg(long, value_name = "COUNT", value_parser = lanes)]
    pub(crate) lanes: Option<LvdsLanes>,

    /// Whether Q precedes I in a .bin file
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) iq_swap: Option<bool>,

    /// Axes of a .npy file, outermost first: frame, chirp, tx, rx, channel, sample, iq
    #[arg(long, value_name = "NAMES", value_parser = axes)]
    pub(crate) axes: Option<NpyAxes>,

    /// Whether the parts of a .npy file are 16-bit words that lost their sign (65535 for -1)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) wrap_u16: Option<bool>,

    /// Conjugate the samples: for recordings whose targets beat at negative frequencies
    #[arg(long)]
    pub(crate) conjugate: bool,

    /// Leave out a truncated last frame instead of refusing the file
    #[arg(long)]
    pub(crate) allow_partial_last_frame: bool,

    /// Frames to use, first to one past the last: 10..20, 10.., ..20
    #[arg(long, value_name = "A..B", value_parser = frames)]
    pub(crate) frames: Option<FrameRange>,
}

/// A half-open range of frames, either end left to the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameRange {
    first: Option<u64>,
    end: Option<u64>,
}

impl SourceArgs {
    /// Opens the capture.
    ///
    /// # Errors
    /// As [`Capture::open_with`]; kind `usage` when no capture or configuration is named.
    pub(crate) fn open(&self) -> Result<Capture> {
        let capture = self.capture.as_ref().ok_or_else(|| Error::Usage("capture is not given".to_owned()))?;
        let config = self
            .config
            .as_ref()
            .ok_or_else(|| Error::Usage("config is not given: name its configuration file".to_owned()))?;
        let options = CaptureOptions { format: FormatKind::of_path(capture), ..self.options()? };
        let capture = Capture::open_with(capture, config, &options)?;
        self.warn_of(capture.config());
        Ok(capture)
    }

    /// What is named beside the configuration.
    ///
    /// # Errors
    /// Kind `usage` for both a board and places, and those of [`antennas_from_file`].
    pub(crate) fn options(&self) -> Result<CaptureOptions> {
        if self.board.is_some() && self.antennas.is_some() {
            return Err(Error::Usage("--board and --antennas both say where the antennas are".to_owned()));
        }
        Ok(CaptureOptions {
            board: self.board,
            antennas: self.antennas.as_deref().map(antennas_from_file).transpose()?,
            lanes: self.lanes,
            iq_swap: self.iq_swap,
            npy_axes: self.axes.clone(),
            wrap_u16: self.wrap_u16,
            allow_partial_last_frame: self.allow_partial_last_frame,
            conjugate: self.conjugate,
            ..CaptureOptions::default()
        })
    }

    fn warn_of(&self, config: &CaptureConfig) {
        config.notes.iter().for_each(|note| warn(note));
        if let Some(board) = self.board.filter(|board| !board.sides_documented()) {
            let name = board.name();
            warn(&format!(
                "{name}: no document says on which side its antennas begin; angles may have the other sign"
            ));
        }
    }

    /// The frames asked for, all of the capture by default.
    ///
    /// # Errors
    /// Kind `usage` for an empty range or one beyond the capture.
    pub(crate) fn range(&self, available: u64) -> Result<Range<u64>> {
        let asked = self.frames.unwrap_or(FrameRange { first: None, end: None });
        let (first, end) = (asked.first.unwrap_or(0), asked.end.unwrap_or(available));
        if first < end && end <= available {
            Ok(first..end)
        } else {
            let range = format!("--frames {first}..{end}");
            Err(Error::Usage(format!("{range} is not within the {available} frames of the capture")))
        }
    }
}

pub(super) fn board(name: &str) -> std::result::Result<Board, String> {
    Board::from_name(name).map_err(|error| error.to_string())
}

pub(super) fn lanes(count: &str) -> std::result::Result<LvdsLanes, String> {
    let count = count.parse::<usize>().map_err(|error| error.to_string())?;
    LvdsLanes::from_count(count).map_err(|error| error.to_string())
}

pub(super) fn axes(names: &str) -> std::result::Result<NpyAxes, String> {
    names.parse::<NpyAxes>().map_err(|error| error.to_string())
}

fn frames(range: &str) -> std::result::Result<FrameRange, String> {
    let wrong = || "must look like 10..20, 10.. or ..20".to_owned();
    let (first, end) = range.split_once("..").ok_or_else(wrong)?;
    let bound = |text: &str| match text {
        "" => Ok(None),
        number => number.parse::<u64>().map(Some).map_err(|_| wrong()),
    };
    Ok(FrameRange { first: bound(first)?, end: bound(end)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_may_leave_either_end_open() {
        assert_eq!(frames("3..9"), Ok(FrameRange { first: Some(3), end: Some(9) }));
        assert_eq!(frames("3.."), Ok(FrameRange { first: Some(3), end: None }));
        assert_eq!(frames("..9"), Ok(FrameRange { first: None, end: Some(9) }));
        assert!(frames("9").is_err() && frames("a..b").is_err() && frames("-1..3").is_err());
    }
}
