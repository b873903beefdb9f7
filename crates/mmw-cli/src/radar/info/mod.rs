//! `mmw radar info`: what configurations and captures say, what is missing, and which option supplies it.

mod answer;
mod args;
mod print;
mod seen;

pub(crate) use args::InfoArgs;

use super::bytes::{BytesArgs, Recorded};
use super::chain::inversion;
use super::source::is_configuration;
use crate::error::{Error, Result};
use crate::hints::with_options;
use crate::question::show;
use answer::{Answer, CaptureFile, Configuration, Missing, Packets, Problem};
use args::is_list;
use mmw_dsp::Sampling;
use mmw_dsp::capture::{
    ByteOptions, Capture, CaptureConfig, CaptureFormat, CaptureOptions, FormatKind, LayoutEvidence,
    LvdsLanes, StudioSetup, Unsaid, antennas_from_file, npy_shape,
};
use mmw_dsp::tdm::Calibration;
use seen::Seen;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &InfoArgs) -> Result<()> {
    args.check()?;
    let report = look(args);
    show(&report, args.json)?;
    match report.problems.len() {
        0 => Ok(()),
        failed => Err(Error::Partial { failed, total: args.files.len(), unit: "files" }),
    }
}

fn look(args: &InfoArgs) -> Answer {
    let mut report = Answer::default();
    let (configurations, captures): (Vec<_>, Vec<_>) =
        args.files.iter().filter(|path| !is_list(path)).partition(|path| is_configuration(path));
    let options = options(args, &captures, &mut report);
    for path in configurations {
        configuration(path, &options, &mut report);
    }
    for path in &captures {
        match capture(path, report.configurations.first()) {
            Ok(file) => report.captures.push(file),
            Err(error) => report.problem(path, &error),
        }
    }
    let [bins, arrays]: [Vec<PathBuf>; 2] = [false, true].map(|npy| {
        let of_kind = |path: &&PathBuf| (FormatKind::of_path(path) == Some(FormatKind::Npy)) == npy;
        captures.iter().filter(|path| of_kind(path)).map(|path| (*path).clone()).collect()
    });
    report.listen_to(&bins, &args.bytes);
    arrays.iter().for_each(|array| report.listen_to(std::slice::from_ref(array), &args.bytes));
    report.ask_for_files();
    report
}

fn options(args: &InfoArgs, captures: &[&PathBuf], report: &mut Answer) -> CaptureOptions {
    let antennas = args.antennas.as_ref().and_then(|path| match antennas_from_file(path) {
        Ok(places) => Some(places),
        Err(error) => {
            report.problem(path, &error.into());
            None
        }
    });
    CaptureOptions {
        board: args.board,
        antennas,
        format: captures.iter().find_map(|path| FormatKind::of_path(path)),
        lanes: args.lanes,
        iq_swap: args.iq_swap,
        npy_axes: args.axes.clone(),
        bytes: args.bytes.options(),
        ..CaptureOptions::default()
    }
}

/// Reads a configuration, filling in what it lacks so that the rest can be shown, and lists what that was.
fn configuration(path: &Path, options: &CaptureOptions, report: &mut Answer) {
    if let Ok(text) = std::fs::read_to_string(path)
        && text.contains("\"capturedFiles\"")
        && let Ok(setup) = StudioSetup::parse(&text, path)
        && setup.config_name().is_some()
    {
        report.setup(path, &setup);
    }
    let assuming = CaptureOptions { assume: true, ..options.clone() };
    match CaptureConfig::from_file(path, &assuming) {
        Ok(config) => report.configuration(path, config, options),
        Err(error) => report.other_lanes(path, error, options),
    }
}

impl Answer {
    /// Shows the waveform of what cannot come over the lanes that were named or are the board's, with the
    /// reason; without one, the file is not understood.
    fn other_lanes(&mut self, path: &Path, error: mmw_core::Error, options: &CaptureOptions) {
        let four = CaptureOptions { lanes: Some(LvdsLanes::Four), assume: true, ..options.clone() };
        let Ok(mut config) = CaptureConfig::from_file(path, &four) else {
            return self.problem(path, &error.into());
        };
        config.notes.push(format!("no .bin of it can be read: {error}"));
        self.ask_unsaid(Unsaid::Lanes, "pass --lanes 4 if the board has four (xWR12/14)");
        self.configuration(path, config, options);
    }

    fn configuration(&mut self, path: &Path, config: CaptureConfig, options: &CaptureOptions) {
        let fmcw = match config.check() {
            Ok(fmcw) => fmcw,
            Err(error) => return self.problem(path, &error.into()),
        };
        config.assumed.iter().for_each(|&unsaid| self.ask_unsaid(unsaid, unsaid.hint()));
        if fmcw.virtual_array().is_none() && fmcw.channels() > 1 {
            self.ask("antennas", "name the board with --board or their places with --antennas FILE");
        }
        let (lanes, iq_swap, axes) = match &config.format {
            CaptureFormat::Dca1000(layout) => (Some(layout.lanes.count()), Some(layout.iq_swap), None),
            CaptureFormat::Npy { axes, .. } => (None, None, Some(axes.to_string())),
            _ => (None, None, None),
        };
        let mut notes: Vec<String> = config.notes.iter().map(|note| with_options(note)).collect();
        if let Some(board) = options.board.filter(|board| !board.sides_documented()) {
            notes.push(format!("{}: documents leave open which way its antennas are numbered", board.name()));
        }
        let inverts = config.channel_weights.clone().map(Calibration::from_weights);
        let taken_out = inverts.is_some_and(|weights| weights.is_ok_and(|weights| weights.inverts()));
        if let Some(board) = options.board.filter(|board| board.inverts_channels() && !taken_out) {
            notes.push(inversion(board));
        }
        let moves = config.fmcw.chirps > 1;
        // Real samples have no Q.
        let iq_swap = iq_swap.filter(|_| config.fmcw.sampling != Sampling::Real);
        self.configurations.push(Configuration {
            file: path.display().to_string(),
            range_resolution_m: fmcw.range_resolution_m(),
            max_range_m: fmcw.max_range_m(),
            velocity_resolution_m_s: moves.then(|| fmcw.velocity_resolution_m_s()),
            max_velocity_m_s: moves.then(|| fmcw.max_velocity_m_s()),
            carrier_hz: fmcw.carrier_hz(),
            transmitters: config.transmitters.clone(),
            receivers: config.receivers.clone(),
            lanes: lanes.filter(|_| !self.asked(Unsaid::Lanes)),
            iq_swap: iq_swap.filter(|_| !self.asked(Unsaid::IqSwap)),
            axes: axes.filter(|_| !self.asked(Unsaid::Axes)),
            frames: config.frames,
            frame_bytes: config
                .codec()
                .ok()
                .map(|codec| codec.frame_bytes() as u64)
                .filter(|_| !self.asked(Unsaid::Lanes)),
            weighted_channels: config
                .channel_weights
                .as_ref()
                .map_or(0, |weights| weights.iter().filter(|w| (w.re, w.im) != (1.0, 0.0)).count()),
            range_bias_m: config.range_bias_m,
            notes,
            waveform: config.fmcw.clone(),
            config,
        });
    }

    fn setup(&mut self, path: &Path, setup: &StudioSetup) {
        for name in setup.captures() {
            if !path.with_file_name(name).is_file() {
                self.ask(name, &format!("the capture that {} names is not beside it", path.display()));
            }
        }
    }

    /// Lets the samples of a recording speak for or against the first configuration. With several files of
    /// which each holds whole frames it does not matter whether they are one.
    fn listen_to(&mut self, parts: &[PathBuf], bytes: &BytesArgs) {
        let (Some(known), Some(first)) = (self.configurations.first(), parts.first()) else { return };
        let npy = FormatKind::of_path(first) == Some(FormatKind::Npy);
        if npy != (known.config.format_kind() == FormatKind::Npy) {
            return;
        }
        let mut config = known.config.clone();
        config.allow_partial_last_frame = true;
        let recorded = Recorded::beside(parts);
        if let Some(recorded) = &recorded {
            recorded.join(&mut config.bytes);
        }
        let opened = Capture::open_parts(parts, &config);
        if let Some(Err(error)) = opened.as_ref().ok().map(|capture| bytes.check_packets(capture)) {
            return self.problem(first, &error);
        }
        let heard = opened.and_then(|mut capture| {
            if let Some(recorded) = &recorded {
                capture.know_packets(recorded.report());
            }
            let (evidence, place_doubt) = (capture.layout_evidence()?, capture.place_doubt());
            let unpacked = capture.packets().filter(|_| recorded.is_none()).cloned();
            Ok((evidence, place_doubt, unpacked, capture))
        });
        match heard {
            Ok((evidence, place_doubt, unpacked, mut capture)) => {
                // With something that was filled in, frames are those of another recording.
                if !self.asked(Unsaid::Lanes) && !self.asked(Unsaid::Axes) {
                    match Seen::of(&mut capture) {
                        Ok(seen) => self.tell(first, capture.frames(), unpacked, seen),
                        Err(error) => return self.problem(first, &error),
                    }
                    self.doubts.extend(capture.silence_doubt());
                }
                self.missing.iter_mut().for_each(|missing| {
                    let supplies = |unsaid| evidence.supplies(unsaid, &config);
                    if let Some(option) = missing.unsaid.and_then(supplies) {
                        missing.supplied_by += &format!(" (the samples speak for {})", with_options(&option));
                    }
                });
                let told = LayoutEvidence {
                    lanes: evidence.lanes.filter(|_| !self.asked(Unsaid::Lanes)),
                    mirrored: evidence.mirrored.filter(|_| !self.asked(Unsaid::IqSwap)),
                    ..evidence
                };
                self.doubts.extend(told.doubts(&config).iter().map(|doubt| with_options(doubt)));
                self.doubts.extend(place_doubt.filter(|_| !self.asked(Unsaid::Lanes)));
            }
            // Read with something that was filled in.
            Err(_) if self.asked(Unsaid::Lanes) || self.asked(Unsaid::Axes) => {}
            Err(error) => self.problem(first, &error.into()),
        }
    }

    fn asked(&self, unsaid: Unsaid) -> bool {
        self.missing.iter().any(|missing| missing.unsaid == Some(unsaid))
    }

    fn ask(&mut self, what: &str, supplied_by: &str) {
        self.add_missing(what, None, supplied_by);
    }

    fn ask_unsaid(&mut self, unsaid: Unsaid, supplied_by: &str) {
        self.add_missing(unsaid.name(), Some(unsaid), supplied_by);
    }

    fn add_missing(&mut self, what: &str, unsaid: Option<Unsaid>, supplied_by: &str) {
        let missing = Missing { what: what.to_owned(), supplied_by: with_options(supplied_by), unsaid };
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
    }

    fn problem(&mut self, path: &Path, error: &Error) {
        use mmw_core::Error::{Format, Io};
        let names_file = matches!(error, Error::Core(Format { .. } | Io { .. }));
        self.problems.push(Problem {
            file: path.display().to_string(),
            message: error.to_string(),
            names_file,
        });
    }

    fn ask_for_files(&mut self) {
        if self.configurations.is_empty() && self.problems.is_empty() {
            self.ask("configuration", "name its .cfg, .mmwave.json, LogFile.txt, config.json or .toml too");
        }
        if self.captures.is_empty() && self.problems.is_empty() {
            self.ask("capture", "name the .bin or .npy file too");
        }
    }
}

/// What the name and the size of a capture say.
fn capture(path: &Path, known: Option<&Configuration>) -> Result<CaptureFile> {
    let metadata = std::fs::metadata(path).map_err(|error| Error::io(path, "read", &error))?;
    let (file, bytes) = (path.display().to_string(), metadata.len());
    if FormatKind::of_path(path) == Some(FormatKind::Npy) {
        let shape = Some(npy_shape(path)?);
        return Ok(CaptureFile { file, format: "npy", bytes, shape, ..CaptureFile::default() });
    }
    let frame_bytes = known.and_then(|known| known.frame_bytes).filter(|&frame| frame > 0);
    let recorded = Recorded::beside(&[path.to_owned()]);
    let mut told = known.map_or_else(ByteOptions::default, |known| known.config.bytes);
    if let Some(recorded) = &recorded {
        recorded.join(&mut told);
    }
    // What is left of the frame within which the recording was joined.
    let begun = frame_bytes.map_or(0, |frame| (frame - told.first_byte % frame) % frame);
    let samples = bytes.saturating_sub(told.skip_bytes).saturating_sub(begun);
    Ok(CaptureFile {
        file,
        format: if FormatKind::of_path(path).is_some() { "dca1000" } else { "unknown" },
        bytes,
        shape: None,
        frames: frame_bytes.map(|frame| samples / frame),
        rest_bytes: frame_bytes.map(|frame| samples % frame),
        packets: recorded.map(|recorded| Packets {
            first_byte: recorded.first_byte,
            received: recorded.report().received,
            lost: recorded.lost,
            lost_bytes: recorded.lost_bytes(),
            foreign: 0,
        }),
        ..CaptureFile::default()
    })
}
