//! Which capture, and what its configuration file does not say.

use super::bytes::{BytesArgs, Recorded};
use crate::error::{Error, Result};
use crate::hints::with_options;
use crate::question::contradiction;
use crate::stdout::warn;
use mmw_dsp::Board;
use mmw_dsp::capture::{
    Capture, CaptureConfig, CaptureOptions, FormatKind, LvdsLanes, NpyAxes, Unsaid, antennas_from_file,
};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The arguments that name a capture.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SourceArgs {
    /// The capture: a DCA1000 .bin file (several in order, if the recording was cut), a pcap, or a .npy array
    #[arg(value_name = "CAPTURE", num_args = 0..)]
    pub(crate) capture: Vec<PathBuf>,

    /// Its configuration: mmWave Studio .mmwave.json, .setup.json or LogFile.txt, TI SDK .cfg, Infineon
    /// config.json, or .toml
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) config: Option<PathBuf>,

    /// The board, hence where the antennas are; without it no angles are computed
    #[arg(long, value_name = "NAME", value_parser = board)]
    pub(crate) board: Option<Board>,

    /// The places of the antennas in a TOML or JSON file, for boards that --board does not know
    #[arg(long, value_name = "FILE", conflicts_with = "board")]
    pub(crate) antennas: Option<PathBuf>,

    /// LVDS lanes of a .bin file: 2 (xWR16, 18, 68) or 4 (xWR12, 14); by default those of the board
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

    #[command(flatten)]
    pub(crate) bytes: BytesArgs,

    /// Leave out frames in which samples are missing
    #[arg(long)]
    pub(crate) skip_damaged: bool,

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
    /// As [`Capture::open_with`]; kind `usage` when no capture is named.
    pub(crate) fn open(&self) -> Result<Capture> {
        let first = self.capture.first().ok_or_else(|| Error::Usage("capture is not given".to_owned()))?;
        if self.is_stream() {
            return Err(Error::Usage(format!("{} is a stream, but a file is needed here", first.display())));
        }
        self.check_files()?;
        self.warn_of_order();
        let mut options = CaptureOptions { format: FormatKind::of_path(first), ..self.options()? };
        let config = self.config()?;
        let recorded = Recorded::beside(&self.capture);
        let joined = recorded.as_ref().filter(|list| list.join(&mut options.bytes));
        if let Some(Recorded { first_byte, .. }) = joined {
            // It was left as it was joined, within a frame.
            options.allow_partial_last_frame = true;
            warn(&format!(
                "the recording was joined after {first_byte} bytes of the stream: it is read from the next whole frame \
                 on (--skip-bytes overrules this)"
            ));
        }
        self.bytes.check(first)?;
        let mut capture = Capture::open_parts_with(&self.capture, config, &options)
            .map_err(|error| advised(error, &self.capture, config, &options))?;
        self.bytes.check_packets(&capture)?;
        if let Some(recorded) = recorded {
            capture.know_packets(recorded.report());
        }
        self.warn_of(capture.config());
        if let Some(announced) = capture.announced_otherwise() {
            let holds = capture.frames();
            warn(&format!("the configuration announces {announced} frames, the file holds {holds}"));
        }
        if let Some(packets) = capture.packets() {
            warn(&format!(
                "{} packets: {} lost, {} out of order, {} duplicated, {} cut short",
                packets.received, packets.lost, packets.reordered, packets.duplicated, packets.truncated
            ));
            if packets.foreign > 0 {
                let foreign = packets.foreign;
                warn(&format!("{foreign} datagrams are no packets of the card and are passed over"));
            }
            if packets.left_out > 0 {
                warn(&format!("{} bytes after the last whole frame are left out", packets.left_out));
            }
        }
        Ok(capture)
    }

    /// In which ways the samples contradict the configuration, each reported on standard error.
    ///
    /// # Errors
    /// As [`Capture::layout_evidence`].
    pub(crate) fn doubts(capture: &mut Capture) -> Result<Vec<String>> {
        let mut doubts = capture.layout_evidence()?.doubts(capture.config());
        doubts.extend(capture.place_doubt());
        doubts.extend(capture.silence_doubt());
        doubts.iter().for_each(|doubt| warn(doubt));
        Ok(doubts.iter().map(|doubt| with_options(doubt)).collect())
    }

    /// Whether the capture comes through a pipe.
    pub(crate) fn is_stream(&self) -> bool {
        match self.capture.as_slice() {
            [path] if path.as_os_str() == "-" => true,
            [path] => std::fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir()),
            _ => false,
        }
    }

    /// Refuses `--skip-damaged` for a command that leaves samples out that are missing in any case.
    ///
    /// # Errors
    /// Kind `invalid`, naming the option.
    pub(crate) fn without_skipping(&self) -> Result<()> {
        match self.skip_damaged {
            true => Err(contradiction(
                "skip_damaged",
                "has no effect: samples that are missing are left out anyway",
            )),
            false => Ok(()),
        }
    }

    fn config(&self) -> Result<&Path> {
        self.config.as_deref().ok_or_else(|| Error::Usage("config is not given".to_owned()))
    }

    /// The configuration of a capture whose frames come one after the other.
    ///
    /// # Errors
    /// As [`CaptureConfig::from_file`].
    pub(crate) fn stream_config(&self) -> Result<CaptureConfig> {
        if self.axes.is_some() || self.wrap_u16.is_some() {
            let reason = "--axes and --wrap-u16 belong to a .npy file; a stream is that of a DCA1000";
            return Err(Error::Usage(reason.to_owned()));
        }
        let options = CaptureOptions { format: Some(FormatKind::Dca1000), ..self.options()? };
        Ok(CaptureConfig::from_file(self.config()?, &options)?)
    }

    /// What is named beside the configuration.
    ///
    /// # Errors
    /// Those of [`antennas_from_file`].
    pub(crate) fn options(&self) -> Result<CaptureOptions> {
        Ok(CaptureOptions {
            board: self.board,
            antennas: self.antennas.as_deref().map(antennas_from_file).transpose()?,
            lanes: self.lanes,
            iq_swap: self.iq_swap,
            npy_axes: self.axes.clone(),
            wrap_u16: self.wrap_u16,
            allow_partial_last_frame: self.allow_partial_last_frame,
            conjugate: self.conjugate,
            bytes: self.bytes.options(),
            ..CaptureOptions::default()
        })
    }

    pub(super) fn warn_of(&self, config: &CaptureConfig) {
        config.notes.iter().for_each(|note| warn(note));
        if let Some(board) = self.board.filter(|board| !board.sides_documented()) {
            let name = board.name();
            warn(&format!(
                "{name}: documents leave open which way its antennas are numbered; angles may have the other sign"
            ));
        }
    }

    /// That no file is named twice, and that captures and configuration are not exchanged.
    fn check_files(&self) -> Result<()> {
        let same = |a: &Path, b: &Path| match (a.canonicalize(), b.canonicalize()) {
            (Ok(a), Ok(b)) => a == b,
            _ => a == b,
        };
        for (index, path) in self.capture.iter().enumerate() {
            if self.capture[..index].iter().any(|earlier| same(earlier, path)) {
                return Err(Error::Usage(format!("{} is named twice", path.display())));
            }
        }
        let Some(first) = self.capture.first() else { return Ok(()) };
        let config = self.config()?;
        if is_configuration(first) && FormatKind::of_path(config).is_some() {
            let (first, config) = (first.display(), config.display());
            let right = format!("{config} --config {first}");
            return Err(Error::Usage(format!("capture and configuration are exchanged: pass {right}")));
        }
        Ok(())
    }

    /// Says so when numbered files (`…_Raw_0.bin`) are out of order, have a gap, or are not all named.
    fn warn_of_order(&self) {
        let numbers: Vec<(String, u64)> = self.capture.iter().filter_map(|path| numbered(path)).collect();
        if numbers.len() != self.capture.len() {
            return;
        }
        for pair in numbers.windows(2) {
            if pair[0].0 == pair[1].0 && pair[1].1 != pair[0].1 + 1 {
                let (before, after) = (pair[0].1, pair[1].1);
                warn(&format!("file number {after} is named after number {before}: the order may be wrong"));
            }
        }
        if let (Some((stem, first)), Some(path)) = (numbers.first(), self.capture.first())
            && let Some(before) = first.checked_sub(1)
        {
            let before = path.with_file_name(format!("{stem}{before}.bin"));
            if before.is_file() {
                let (before, path) = (before.display(), path.display());
                warn(&format!(
                    "{before} lies beside it: name it before {path} if the recording begins there"
                ));
            }
        }
        let (Some((stem, last)), Some(path)) = (numbers.last(), self.capture.last()) else { return };
        let next = path.with_file_name(format!("{stem}{}.bin", last + 1));
        if next.is_file() {
            warn(&format!("{} lies beside it: name it too if it continues the recording", next.display()));
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

/// Adds to an error about what nobody says what the samples say for it.
fn advised(
    error: mmw_core::Error,
    capture: &[PathBuf],
    config: &Path,
    options: &CaptureOptions,
) -> mmw_core::Error {
    let assuming = CaptureOptions { assume: true, ..options.clone() };
    let assumed = CaptureConfig::from_file(config, &assuming).map(|config| config.assumed);
    let Some(&unsaid) = assumed.as_deref().ok().and_then(<[Unsaid]>::first) else { return error };
    let supplied = |iq_swap: &Option<bool>| {
        let lanes = options.lanes.or((unsaid == Unsaid::Lanes).then_some(LvdsLanes::Two));
        let filled = CaptureOptions { lanes, iq_swap: *iq_swap, ..options.clone() };
        let mut capture = Capture::open_parts_with(capture, config, &filled).ok()?;
        capture.layout_evidence().ok()?.supplies(unsaid, capture.config())
    };
    match [options.iq_swap, Some(false)].iter().find_map(supplied) {
        Some(option) => {
            let hint = format!("{} (the samples speak for {option})", unsaid.hint());
            mmw_core::Error::missing(unsaid.name(), hint)
        }
        None => error,
    }
}

/// By the name: what is no text of a known kind is taken for a capture.
pub(super) fn is_configuration(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_ascii_lowercase());
    matches!(extension.as_ref().and_then(|e| e.to_str()), Some("cfg" | "json" | "toml" | "txt"))
}

/// The name of a file up to its number, and the number, as mmWave Studio and the card's own program number
/// the files of one recording: `x_Raw_` and 3 of `x_Raw_3.bin`.
fn numbered(path: &Path) -> Option<(String, u64)> {
    let name = path.file_name()?.to_str()?.strip_suffix(".bin")?;
    let (stem, number) = name.split_at(name.rfind('_')? + 1);
    if !stem.ends_with("_Raw_") {
        return None;
    }
    Some((stem.to_owned(), number.parse().ok()?))
}

pub(super) fn board(name: &str) -> std::result::Result<Board, String> {
    name.parse().map_err(|error: mmw_core::Error| format!("{error} (--antennas FILE)"))
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
