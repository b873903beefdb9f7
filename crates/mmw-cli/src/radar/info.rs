//! `mmw radar info`: what configurations and captures say, what is missing, and which option supplies it.

use super::process::inversion;
use super::source::{axes, board, is_configuration, lanes};
use crate::error::{Error, Result};
use crate::stdout::{print_json, print_line};
use mmw_dsp::capture::{
    CaptureConfig, CaptureFormat, CaptureOptions, FormatKind, LvdsLanes, NpyAxes, StudioSetup,
    antennas_from_file, npy_shape,
};
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{Board, FmcwConfig, Sampling};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct InfoArgs {
    /// Configurations and captures, in any order
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// The board, hence where the antennas are
    #[arg(long, value_name = "NAME", value_parser = board)]
    board: Option<Board>,

    /// The places of the antennas, TOML or JSON
    #[arg(long, value_name = "FILE", conflicts_with = "board")]
    antennas: Option<PathBuf>,

    /// LVDS lanes of a .bin file, 2 or 4; by default those of the board
    #[arg(long, value_name = "COUNT", value_parser = lanes)]
    lanes: Option<LvdsLanes>,

    /// Whether Q precedes I in a .bin file
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    iq_swap: Option<bool>,

    /// Axes of a .npy file, outermost first
    #[arg(long, value_name = "NAMES", value_parser = axes)]
    axes: Option<NpyAxes>,

    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

/// Everything that was found.
#[derive(Debug, Default, Serialize)]
struct Report {
    configurations: Vec<Configuration>,
    captures: Vec<CaptureFile>,
    missing: Vec<Missing>,
    problems: Vec<Problem>,
}

/// What one configuration says.
#[derive(Debug, Serialize)]
struct Configuration {
    file: String,
    waveform: FmcwConfig,
    range_resolution_m: f64,
    max_range_m: f64,
    velocity_resolution_m_s: f64,
    max_velocity_m_s: f64,
    carrier_hz: f64,
    /// Numbers from 0, in firing order.
    transmitters: Vec<usize>,
    receivers: Vec<usize>,
    lanes: Option<usize>,
    iq_swap: Option<bool>,
    axes: Option<String>,
    frames: Option<u64>,
    frame_bytes: Option<u64>,
    /// Channels with a weight other than one.
    weighted_channels: usize,
    range_bias_m: f64,
    notes: Vec<String>,
    #[serde(skip)]
    config: CaptureConfig,
}

/// What one capture is by its name and its size.
#[derive(Debug, Serialize)]
struct CaptureFile {
    file: String,
    format: &'static str,
    bytes: u64,
    /// Of a .npy array.
    shape: Option<Vec<u64>>,
    /// Whole frames by the configuration, where one is known.
    frames: Option<u64>,
    /// Bytes past the last whole frame.
    rest_bytes: Option<u64>,
}

/// Something that a command will ask for.
#[derive(Debug, PartialEq, Serialize)]
struct Missing {
    what: String,
    supplied_by: String,
}

/// Something that cannot be read.
#[derive(Debug, Serialize)]
struct Problem {
    file: String,
    message: String,
}

pub(super) fn run(args: &InfoArgs) -> Result<()> {
    let report = look(args);
    if args.json { print_json(&report) } else { print(&report) }?;
    match report.problems.len() {
        0 => Ok(()),
        failed => Err(Error::Partial { failed, total: args.files.len(), unit: "files" }),
    }
}

fn look(args: &InfoArgs) -> Report {
    let mut report = Report::default();
    let (configurations, captures): (Vec<_>, Vec<_>) =
        args.files.iter().partition(|path| is_configuration(path));
    let options = options(args, &captures, &mut report);
    for path in configurations {
        configuration(path, &options, &mut report);
    }
    for path in captures {
        match capture(path, report.configurations.first()) {
            Ok(file) => report.captures.push(file),
            Err(error) => report.problem(path, &error),
        }
    }
    report.ask_for_files();
    report
}

fn options(args: &InfoArgs, captures: &[&PathBuf], report: &mut Report) -> CaptureOptions {
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
        ..CaptureOptions::default()
    }
}

/// Reads a configuration, filling in what it lacks so that the rest can be shown, and lists what that was.
fn configuration(path: &Path, options: &CaptureOptions, report: &mut Report) {
    if let Ok(text) = std::fs::read_to_string(path)
        && text.contains("\"capturedFiles\"")
        && let Ok(setup) = StudioSetup::parse(&text, path)
        && setup.config_name().is_some()
    {
        report.setup(path, &setup);
    }
    let mut filled = options.clone();
    // Three things may be missing beside the places of the antennas.
    for _ in 0..4 {
        match CaptureConfig::from_file(path, &filled) {
            Ok(config) => return report.configuration(path, config, options),
            Err(mmw_core::Error::Missing { name, hint }) if fill(&name, &mut filled) => {
                report.ask(&name, &hint);
            }
            Err(error) => return report.other_lanes(path, error, filled, options),
        }
    }
}

/// A stand-in for what the option of that name would say; false where there is none.
fn fill(name: &str, options: &mut CaptureOptions) -> bool {
    match name {
        // Four carry whatever two do.
        "lanes" if options.lanes.is_none() => options.lanes = Some(LvdsLanes::Four),
        "iq_swap" if options.iq_swap.is_none() => options.iq_swap = Some(false),
        "axes" if options.npy_axes.is_none() => options.npy_axes = "frame,chirp,tx,rx,sample".parse().ok(),
        _ => return false,
    }
    true
}

impl Report {
    /// Shows the waveform of what cannot come over the lanes that were named or are the board's, with the reason;
    /// without one, the file is not understood.
    fn other_lanes(
        &mut self,
        path: &Path,
        error: mmw_core::Error,
        mut filled: CaptureOptions,
        options: &CaptureOptions,
    ) {
        filled.lanes = Some(LvdsLanes::Four);
        let Ok(mut config) = CaptureConfig::from_file(path, &filled) else {
            return self.problem(path, &error.into());
        };
        config.notes.push(format!("no .bin of it can be read: {error}"));
        self.ask("lanes", "pass --lanes 4 if the board has four (xWR12/14)");
        self.configuration(path, config, options);
    }

    fn configuration(&mut self, path: &Path, config: CaptureConfig, options: &CaptureOptions) {
        let fmcw = match config.check() {
            Ok(fmcw) => fmcw,
            Err(error) => return self.problem(path, &error.into()),
        };
        if fmcw.virtual_array().is_none()
            && fmcw.channels() > 1
            && config.notes.iter().all(|n| !n.contains("BPM"))
        {
            self.ask("antennas", "name the board with --board or their places with --antennas FILE");
        }
        let asked = |what: &str| self.missing.iter().any(|missing| missing.what == what);
        let (lanes, iq_swap, axes) = match &config.format {
            CaptureFormat::Dca1000(layout) => (Some(layout.lanes.count()), Some(layout.iq_swap), None),
            CaptureFormat::Npy { axes, .. } => (None, None, Some(axes.to_string())),
        };
        let mut notes = config.notes.clone();
        if let Some(board) = options.board.filter(|board| !board.sides_documented()) {
            notes.push(format!("{}: documents leave open which way its antennas are numbered", board.name()));
        }
        let inverts = config.channel_weights.clone().map(Calibration::from_weights);
        let taken_out = inverts.is_some_and(|weights| weights.is_ok_and(|weights| weights.inverts()));
        if let Some(board) = options.board.filter(|board| board.inverts_channels() && !taken_out) {
            notes.push(inversion(board));
        }
        self.configurations.push(Configuration {
            file: path.display().to_string(),
            range_resolution_m: fmcw.range_resolution_m(),
            max_range_m: fmcw.max_range_m(),
            velocity_resolution_m_s: fmcw.velocity_resolution_m_s(),
            max_velocity_m_s: fmcw.max_velocity_m_s(),
            carrier_hz: fmcw.carrier_hz(),
            transmitters: config.transmitters.clone(),
            receivers: config.receivers.clone(),
            lanes: lanes.filter(|_| !asked("lanes")),
            iq_swap: iq_swap.filter(|_| !asked("iq_swap")),
            axes: axes.filter(|_| !asked("axes")),
            frames: config.frames,
            frame_bytes: config
                .codec()
                .ok()
                .map(|codec| codec.frame_bytes() as u64)
                .filter(|_| !asked("lanes")),
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

    fn ask(&mut self, what: &str, supplied_by: &str) {
        let missing = Missing { what: what.to_owned(), supplied_by: supplied_by.to_owned() };
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
    }

    fn problem(&mut self, path: &Path, error: &Error) {
        self.problems.push(Problem { file: path.display().to_string(), message: error.to_string() });
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

/// What the name and the size of a capture say. Its bytes are looked at by the reader that opens it.
fn capture(path: &Path, known: Option<&Configuration>) -> Result<CaptureFile> {
    let metadata = std::fs::metadata(path).map_err(|error| Error::io(path, "read", &error))?;
    let (file, bytes) = (path.display().to_string(), metadata.len());
    if FormatKind::of_path(path) == Some(FormatKind::Npy) {
        let shape = Some(npy_shape(path)?);
        return Ok(CaptureFile { file, format: "npy", bytes, shape, frames: None, rest_bytes: None });
    }
    let frame_bytes = known.and_then(|known| known.frame_bytes).filter(|&frame| frame > 0);
    Ok(CaptureFile {
        file,
        format: if FormatKind::of_path(path).is_some() { "dca1000" } else { "unknown" },
        bytes,
        shape: None,
        frames: frame_bytes.map(|frame| bytes / frame),
        rest_bytes: frame_bytes.map(|frame| bytes % frame),
    })
}

fn print(report: &Report) -> Result<()> {
    for configuration in &report.configurations {
        lines_of(configuration).iter().try_for_each(|line| print_line(line))?;
    }
    for capture in &report.captures {
        print_line(&line_of(capture))?;
    }
    for Problem { file, message } in &report.problems {
        let named = if message.contains(file.as_str()) { String::new() } else { format!("{file}: ") };
        print_line(&format!("unreadable    {named}{message}"))?;
    }
    for Missing { what, supplied_by } in &report.missing {
        print_line(&format!("missing       {what}: {supplied_by}"))?;
    }
    Ok(())
}

fn kind_of(sampling: Sampling) -> &'static str {
    match sampling {
        Sampling::Real => "real",
        Sampling::Complex1x => "complex (1x)",
        Sampling::Complex2x => "complex (2x)",
    }
}

fn lines_of(configuration: &Configuration) -> Vec<String> {
    let Configuration { waveform: w, config, .. } = configuration;
    let stop_hz =
        w.start_frequency_hz + w.slope_hz_per_s * (w.adc_start_s + w.samples as f64 / w.sample_rate_hz);
    let mut lines = vec![
        configuration.file.clone(),
        format!(
            "  waveform    {:.4} to {:.4} GHz sampled, {:.3} MHz/us, {} {} samples at {:.4} MHz",
            (w.start_frequency_hz + w.slope_hz_per_s * w.adc_start_s) * 1e-9,
            stop_hz * 1e-9,
            w.slope_hz_per_s * 1e-12,
            w.samples,
            kind_of(w.sampling),
            w.sample_rate_hz * 1e-6,
        ),
        format!(
            "  chirps      {} of each transmitter, {:.2} us apart; one transmitter repeats after {:.2} us",
            w.chirps,
            w.chirp_interval_s * 1e6,
            w.repetition_s() * 1e6,
        ),
        format!("  frames      {}, every {:.3} ms", announced(config.frames), w.frame_period_s * 1e3),
        format!(
            "  range       {:.4} m resolution, up to {:.3} m",
            configuration.range_resolution_m, configuration.max_range_m
        ),
        format!(
            "  velocity    {:.4} m/s resolution, up to ±{:.3} m/s",
            configuration.velocity_resolution_m_s, configuration.max_velocity_m_s
        ),
        format!("  antennas    TX {}, RX {}", counted(&config.transmitters), counted(&config.receivers)),
    ];
    lines.extend(places(w));
    lines.push(storage(configuration));
    if configuration.weighted_channels > 0 || configuration.range_bias_m != 0.0 {
        lines.push(format!(
            "  calibration {} channels weighted, range bias {:.4} m",
            configuration.weighted_channels, configuration.range_bias_m
        ));
    }
    lines.extend(configuration.notes.iter().map(|note| format!("  note        {note}")));
    lines
}

fn announced(frames: Option<u64>) -> String {
    frames.map_or_else(|| "until stopped".to_owned(), |frames| format!("{frames} announced"))
}

/// As the boards print them, from 1.
fn counted(numbers: &[usize]) -> String {
    numbers.iter().map(|n| (n + 1).to_string()).collect::<Vec<_>>().join(" ")
}

/// The places as the radar looks out: to the right and up.
fn places(waveform: &FmcwConfig) -> Vec<String> {
    let Some(layout) = &waveform.antennas else { return Vec::new() };
    let place = |[x, _, z]: &[f64; 3]| format!("({:+.3}, {:+.3})", x * 1e3, z * 1e3);
    let row = |name: &str, places: &[[f64; 3]]| {
        let shown = places.iter().map(place).collect::<Vec<_>>().join(" ");
        format!("              {name} (right, up) in mm as the radar looks out: {shown}")
    };
    vec![row("TX", &layout.tx_positions_m), row("RX", &layout.rx_positions_m)]
}

fn storage(configuration: &Configuration) -> String {
    let unknown = || "unknown".to_owned();
    match &configuration.config.format {
        CaptureFormat::Dca1000(_) => format!(
            "  storage     .bin, {} lanes, Q first: {}, {} bytes a frame",
            configuration.lanes.map_or_else(unknown, |lanes| lanes.to_string()),
            configuration.iq_swap.map_or_else(unknown, |swap| swap.to_string()),
            configuration.frame_bytes.map_or_else(unknown, |bytes| bytes.to_string()),
        ),
        CaptureFormat::Npy { .. } => {
            format!("  storage     .npy, axes {}", configuration.axes.clone().unwrap_or_else(unknown))
        }
    }
}

fn line_of(capture: &CaptureFile) -> String {
    let mut line = format!("{}\n  capture     {}, {} bytes", capture.file, capture.format, capture.bytes);
    if let Some(shape) = &capture.shape {
        line += &format!(", array of shape {shape:?}");
    }
    if let (Some(frames), Some(rest)) = (capture.frames, capture.rest_bytes) {
        line += &format!(", {frames} whole frames");
        if rest > 0 {
            line += &format!(" and {rest} bytes");
        }
    }
    line
}
