//! `mmw radar process`: a raw capture becomes maps, points and numbers.

use super::damage::{self, DamagedFrame};
use super::live;
use super::maps::{self, MapSet};
use super::source::SourceArgs;
use crate::batch::{AnswerArgs, run_batch};
use crate::error::{Error, Result};
use crate::fields::arguments;
use crate::output::{Interrupt, create_folder};
use crate::progress::{Progress, Unit};
use crate::stdout::{print_json, print_line, warn};
use mmw_dsp::capture::CaptureConfig;
use mmw_dsp::cfar::CfarConfig;
use mmw_dsp::forms::History;
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{DoaMethod, MtiKind, Point, Processor, ProcessorConfig, Window, ndarray::Array3};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ProcessArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    /// Take the UDP packets of a DCA1000 that come to this address, instead of a capture
    #[arg(long, value_name = "ADDR:PORT", conflicts_with_all = ["capture", "batch"])]
    pub(super) listen: Option<std::net::SocketAddr>,

    /// Clutter filter: none, notch, frame-difference, mean
    #[arg(long, value_name = "NAME", default_value = "none", value_parser = mti)]
    mti: MtiKind,

    /// Window of both transforms: rectangular, hann, hamming, blackman-harris, kaiser:BETA, taylor:NBAR:DB,
    /// chebyshev:DB
    #[arg(long, value_name = "NAME", default_value = "hann", value_parser = window)]
    window: Window,

    /// False-alarm probability of a cell
    #[arg(long, value_name = "P", default_value_t = 1e-6)]
    pfa: f64,

    /// How angles are found: fft, music
    #[arg(long, value_name = "NAME", default_value = "fft", value_parser = doa)]
    doa: DoaMethod,

    /// One complex weight a channel as JSON, [[re, im], …]: amplitudes and phases that equalise the channels;
    /// by default those of the configuration (compRangeBiasAndRxChanPhase)
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,

    /// Leave out points nearer than this, m (leakage from transmitter to receiver)
    #[arg(long, value_name = "M", default_value_t = 0.0)]
    min_range: f64,

    /// The frame whose maps are drawn; by default the last one used
    #[arg(long, value_name = "N")]
    map_frame: Option<u64>,

    /// Folder for the maps (.npy and PNG) and the points (CSV and PLY)
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    answer: AnswerArgs,
}

/// The result as JSON.
#[derive(Debug, Serialize)]
struct Report {
    range_resolution_m: f64,
    max_range_m: f64,
    velocity_resolution_m_s: f64,
    max_velocity_m_s: f64,
    frames: u64,
    /// Which of azimuth and elevation the array resolves; the other is 0 in every point.
    angles_resolved: Vec<&'static str>,
    map_frame: u64,
    strongest_cells: Vec<Cell>,
    /// Energy that the clutter filter left of range bins 3 to N/2 - 1 in the map frame.
    mti_residual: f64,
    /// Frames in which samples are missing.
    damaged_frames: Vec<DamagedFrame>,
    points: Vec<Point>,
}

/// One of the strongest cells of the range-Doppler map.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    pub(super) range_bin: usize,
    /// Signed: 0 is zero velocity.
    pub(super) doppler_bin: i64,
    pub(super) range_m: f64,
    pub(super) velocity_m_s: f64,
    pub(super) over_median_db: f64,
}

pub(super) fn run(args: &ProcessArgs) -> Result<()> {
    if let Some(batch) = &args.answer.batch {
        return run_batch(batch, |fields| process(&arguments(&fields)?));
    }
    if args.listen.is_some() || args.source.is_stream() {
        return live::follow(args);
    }
    let report = process(args)?;
    if args.answer.json { print_json(&report) } else { print(&report, args) }
}

fn process(args: &ProcessArgs) -> Result<Report> {
    let mut capture = args.source.open()?;
    if let Some(announced) = capture.announced_otherwise() {
        let holds = capture.frames();
        warn(&format!("the configuration announces {announced} frames, the file holds {holds}"));
    }
    let fmcw = capture.config().check()?;
    let frames = args.source.range(capture.frames())?;
    let map_frame = args.map_frame.unwrap_or(frames.end - 1);
    if !frames.contains(&map_frame) {
        let within = format!("{}..{}", frames.start, frames.end);
        return Err(Error::Usage(format!("--map-frame {map_frame} is not within the frames {within}")));
    }
    let config = processor_config(args, capture.config())?;
    let mut radar = Processor::new(&fmcw, &config)?;
    let (azimuth, elevation) = radar.resolves();
    if !azimuth && !elevation && fmcw.virtual_array().is_none() && fmcw.channels() > 1 {
        warn(
            "no angles: the antenna layout is unknown; name the board with --board or its places with --antennas",
        );
    }
    let mut history = History::new(&fmcw, fmcw.config().chirps)?;
    let mut cube = Array3::zeros(capture.shape());
    let mut points = Vec::new();
    let mut damaged_frames = Vec::new();
    let mut map_set = None;
    let progress = Progress::new(frames.end - frames.start, Unit::Count("frames"));
    for number in frames.clone() {
        Interrupt::check()?;
        capture.read_frame_into(number, &mut cube)?;
        damaged_frames.extend(DamagedFrame::of(number, capture.damage()));
        if args.source.skip_damaged && !capture.damage().is_empty() && number != map_frame {
            progress.advance(1);
            continue;
        }
        let frame = radar.process(&cube)?;
        let found = frame.points()?;
        if !args.source.skip_damaged || capture.damage().is_empty() {
            points.extend(found.into_iter().map(|point| Point { frame: number, ..point }));
        }
        history.push(frame.power())?;
        if number == map_frame {
            let set = MapSet::of(&frame, args.out.is_some())?;
            let residual = radar.mti_residual(&cube)?;
            map_set = Some((set, residual));
        }
        progress.advance(1);
    }
    progress.finish();
    damage::warn_of(&damaged_frames, args.source.skip_damaged);
    let Some((set, mti_residual)) = map_set else { return Err(Error::Interrupted) };
    if let Some(out) = &args.out {
        create_folder(out)?;
        maps::save_all(out, &set, &history, &points, fmcw.max_velocity_m_s())?;
    }
    Ok(Report {
        range_resolution_m: fmcw.range_resolution_m(),
        max_range_m: fmcw.max_range_m(),
        velocity_resolution_m_s: fmcw.velocity_resolution_m_s(),
        max_velocity_m_s: fmcw.max_velocity_m_s(),
        frames: frames.end - frames.start,
        angles_resolved: [(azimuth, "azimuth"), (elevation, "elevation")]
            .into_iter()
            .filter_map(|(resolved, name)| resolved.then_some(name))
            .collect(),
        map_frame,
        strongest_cells: set.strongest_cells(6)?,
        mti_residual,
        damaged_frames,
        points,
    })
}

/// The processing that the options ask for.
pub(super) fn processor_config(args: &ProcessArgs, capture: &CaptureConfig) -> Result<ProcessorConfig> {
    Ok(ProcessorConfig {
        range_window: args.window,
        doppler_window: args.window,
        mti: args.mti,
        cfar: CfarConfig { false_alarm_probability: args.pfa, ..CfarConfig::default() },
        doa: args.doa,
        min_range_m: args.min_range,
        calibration: calibration(args, capture)?,
        range_bias_m: capture.range_bias_m,
        ..ProcessorConfig::default()
    })
}

/// The weights that the user names, else those of the configuration.
fn calibration(args: &ProcessArgs, config: &CaptureConfig) -> Result<Option<Calibration>> {
    match (&args.calibration, &config.channel_weights) {
        (Some(path), _) => read_calibration(path).map(Some),
        (None, Some(weights)) => Ok(Some(Calibration::from_weights(weights.clone())?)),
        (None, None) => Ok(None),
    }
}

fn read_calibration(path: &Path) -> Result<Calibration> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", &error))?;
    serde_json::from_str(&text).map_err(|error| Error::Parse(format!("{}: {error}", path.display())))
}

/// Points of the table that a person reads.
const TABLE_ROWS: usize = 20;

fn print(report: &Report, args: &ProcessArgs) -> Result<()> {
    print_line(&format!(
        "range     {:.4} m resolution, up to {:.3} m",
        report.range_resolution_m, report.max_range_m
    ))?;
    print_line(&format!(
        "velocity  {:.4} m/s resolution, up to ±{:.3} m/s",
        report.velocity_resolution_m_s, report.max_velocity_m_s
    ))?;
    print_line(&format!("frames    {}", report.frames))?;
    if args.mti != MtiKind::None {
        print_line(&format!(
            "clutter   {:.2} % left (frame {})",
            100.0 * report.mti_residual,
            report.map_frame
        ))?;
    }
    print_line(&format!("points    {}", report.points.len()))?;
    if !report.points.is_empty() {
        print_line("\nframe   range m  velocity m/s  azimuth deg  elevation deg  SNR dB")?;
    }
    for p in report.points.iter().take(TABLE_ROWS) {
        let (azimuth, elevation) = (p.azimuth_rad.to_degrees(), p.elevation_rad.to_degrees());
        print_line(&format!(
            "{:5} {:9.3} {:13.3} {:12.2} {:14.2} {:7.1}",
            p.frame, p.range_m, p.velocity_m_s, azimuth, elevation, p.snr_db
        ))?;
    }
    if report.points.len() > TABLE_ROWS {
        print_line(&format!("… and {} more; -o DIR or --json gives all", report.points.len() - TABLE_ROWS))?;
    }
    match &args.out {
        Some(out) => print_line(&format!("\nmaps and points are in {}", out.display())),
        None => Ok(()),
    }
}

fn mti(name: &str) -> std::result::Result<MtiKind, String> {
    MtiKind::from_name(name).map_err(|error| error.to_string())
}

fn window(name: &str) -> std::result::Result<Window, String> {
    Window::from_name(name).map_err(|error| error.to_string())
}

fn doa(name: &str) -> std::result::Result<DoaMethod, String> {
    match name {
        "fft" => Ok(DoaMethod::Fft),
        "music" => Ok(DoaMethod::Music),
        _ => Err("must be fft or music".to_owned()),
    }
}
