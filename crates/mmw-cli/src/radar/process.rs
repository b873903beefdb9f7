//! `mmw radar process`: a raw capture becomes maps, points and numbers.

use super::answer::{Answer, strongest_cells};
use super::damage::{self, ClippedFrame, DamagedFrame};
use super::detector::Detector;
use super::live;
use super::maps::{self, MapSet};
use super::source::SourceArgs;
use crate::error::{Error, Result};
use crate::output::{Interrupt, create_folder};
use crate::progress::{Progress, Unit};
use crate::question::{Question, Single, contradiction, json_or, named};
use crate::stdout::warn;
use mmw_core::C32;
use mmw_dsp::capture::{Capture, CaptureConfig};
use mmw_dsp::cfar::{CfarConfig, CfarKind};
use mmw_dsp::forms::History;
use mmw_dsp::missing::{MissingSamples, fill_missing};
use mmw_dsp::processor::StillFold;
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{Board, DirectionFinder, MtiKind, Point, Processor, ProcessorConfig, Window, ndarray::Array3};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ProcessArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    /// Take the UDP packets of a DCA1000 that come to this address, instead of a capture
    #[arg(long, value_name = "ADDR:PORT", conflicts_with = "capture")]
    pub(super) listen: Option<std::net::SocketAddr>,

    /// Clutter filter: none, notch, `frame_difference`, mean
    #[arg(long, value_name = "NAME", default_value = "none", value_parser = named::<MtiKind>)]
    mti: MtiKind,

    /// Window of both transforms: rectangular, hann, hamming, `blackman_harris`, kaiser:BETA, taylor:NBAR:DB,
    /// chebyshev:DB
    #[arg(long, value_name = "NAME", default_value = "hann", value_parser = named::<Window>)]
    window: Window,

    /// False-alarm probability of a cell
    #[arg(long, value_name = "NUMBER", default_value = "1e-10", alias = "pfa")]
    false_alarm_probability: f64,

    /// Detector: ca (mean of the training cells, detected ones left out), go, so, os or os:RANK, tm or
    /// tm:LOW:HIGH (mean without these shares of the least and the greatest), log (geometric mean); or
    /// `clutter_map`, `clutter_map:WEIGHT` (each cell against the frames before, the newest with this weight)
    #[arg(long, value_name = "NAME", default_value = "ca", value_parser = named::<Detector>)]
    cfar: Detector,

    /// Training cells on each side of a cell, in range and in velocity
    #[arg(long, value_name = "R,D", default_value = "8,8", value_parser = pair, alias = "train")]
    training_cells: Pair,

    /// Guard cells on each side of a cell, between it and the training cells
    #[arg(long, value_name = "R,D", default_value = "4,4", value_parser = pair, alias = "guard")]
    guard_cells: Pair,

    /// Whether the converter's offset is taken from the samples: from each chirp of real ones, where that is
    /// the default, from the frame of complex ones
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    remove_offset: Option<bool>,

    /// Range bins at the near end (and the far end of complex samples) from which what stands still is taken:
    /// the coupling of the antennas, and any other still target there
    #[arg(long, value_name = "COUNT", default_value_t = 0, alias = "remove-coupling")]
    coupling_bins: usize,

    /// How angles are found: fft, bartlett, capon, music, `root_music`, esprit, `unitary_esprit`,
    /// `deterministic_ml`, `stochastic_ml`, `subspace_fitting`, iaa, sbl
    #[arg(long, value_name = "NAME", default_value = "fft", value_parser = named::<DirectionFinder>)]
    doa: DirectionFinder,

    /// One complex weight per channel as JSON, [[re, im], …]: amplitudes and phases that equalise the
    /// channels; by default those of the configuration (compRangeBiasAndRxChanPhase)
    #[arg(long, value_name = "FILE")]
    calibration: Option<PathBuf>,

    /// Whether samples that are missing are filled in from the chirps around them; else they are zeros
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value_t = true, default_missing_value = "true",
        action = clap::ArgAction::Set, conflicts_with = "skip_damaged")]
    pub(super) fill_missing: bool,

    /// Leave out points nearer than this, m (leakage from transmitter to receiver)
    #[arg(long, value_name = "M", default_value_t = 0.0, allow_negative_numbers = true, alias = "min-range")]
    min_range_m: f64,

    /// The frame whose maps are drawn; by default the last one used
    #[arg(long, value_name = "N")]
    pub(super) map_frame: Option<u64>,

    /// Folder for the maps (.npy and PNG) and the points (CSV and PLY)
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

pub(super) fn run(args: &Single<ProcessArgs>) -> Result<()> {
    match args {
        Single::One { parameters, .. } if parameters.listen.is_some() || parameters.source.is_stream() => {
            live::follow(parameters)
        }
        _ => args.run(),
    }
}

impl Question for ProcessArgs {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        process(self)
    }
}

fn process(args: &ProcessArgs) -> Result<Answer> {
    let mut capture = args.source.open()?;
    let mut layout_doubts = SourceArgs::doubts(&mut capture)?;
    let fmcw = capture.config().check()?;
    let frames = args.source.range(capture.frames())?;
    let map_frame = args.map_frame.unwrap_or(frames.end - 1);
    if !frames.contains(&map_frame) {
        let within = format!("{}..{}", frames.start, frames.end);
        return Err(Error::Usage(format!("--map-frame {map_frame} is not within the frames {within}")));
    }
    let config = processor_config(args, capture.config())?;
    warn_of_inversion(args, &config);
    let mut radar = Processor::new(&fmcw, &config)?;
    let (azimuth, elevation) = radar.resolves();
    if !azimuth && !elevation && fmcw.virtual_array().is_none() && fmcw.channels() > 1 {
        warn(
            "no angles: the antenna layout is unknown; name the board with --board or its places with --antennas",
        );
    }
    let mut history = History::new(&fmcw, radar.doppler_bins())?;
    let mut cube = Array3::zeros(capture.shape());
    let mut points = Vec::new();
    let mut damaged_frames = Vec::new();
    let mut clipped_frames = Vec::new();
    let mut map_set = None;
    let mut still_fold: Option<(u64, StillFold)> = None;
    if args.mti == MtiKind::FrameDifference {
        start_difference(args, &mut capture, &mut radar, &mut cube, &frames)?;
    }
    if matches!(args.cfar, Detector::Before(_)) && frames.end - frames.start == 1 {
        warn("a clutter map learns from the first frame and finds nothing in it: one frame has no points");
    }
    let progress = Progress::new(frames.end - frames.start, Unit::Count("frames"));
    for number in frames.clone() {
        Interrupt::check()?;
        // The frame of the maps is compared with what the clutter filter leaves of it: that takes the cube.
        let in_words = read(&mut capture, number, number == map_frame, &mut cube)?;
        let usable = mend(args, &mut cube, &capture.missing())?;
        damaged_frames.extend(DamagedFrame::of(number, capture.damage(), usable));
        clipped_frames.extend(ClippedFrame::of(number, capture.clipping()));
        if !usable && number != map_frame {
            progress.advance(1);
            continue;
        }
        let frame = match capture.raw() {
            Some(words) if in_words => radar.process_raw(words)?,
            _ => radar.process(&cube)?,
        };
        let found = frame.findings()?;
        if usable {
            let doubted = found.still_fold.map(|fold| (number, fold));
            if doubted.is_some_and(|(_, fold)| still_fold.is_none_or(|(_, most)| fold.cells > most.cells)) {
                still_fold = doubted;
            }
            points.extend(found.points.iter().map(|&point| Point { frame: number, ..point }));
        }
        history.push(frame.power())?;
        if number == map_frame {
            let set = MapSet::of(&frame, args.out.is_some())?;
            let cells = strongest_cells(&frame, &found, &set)?;
            let residual = radar.mti_residual(&cube)?;
            map_set = Some((set, cells, residual));
        }
        progress.advance(1);
    }
    progress.finish();
    damage::warn_of(&damaged_frames, &treatment(args, &damaged_frames));
    damage::warn_of_clipping(&clipped_frames);
    layout_doubts.extend(still_fold.map(|(frame, fold)| inverted_transmitter(frame, &fold)));
    let Some((set, strongest_cells, mti_residual)) = map_set else { return Err(Error::Interrupted) };
    if let Some(out) = &args.out {
        create_folder(out)?;
        maps::save_all(out, &set, &history, &points, fmcw.max_velocity_m_s())?;
    }
    let moves = fmcw.config().chirps > 1;
    Ok(Answer {
        range_resolution_m: fmcw.range_resolution_m(),
        max_range_m: fmcw.max_range_m(),
        velocity_resolution_m_s: moves.then(|| fmcw.velocity_resolution_m_s()),
        max_velocity_m_s: moves.then(|| fmcw.max_velocity_m_s()),
        velocity_interval_m_s: moves.then(|| 2.0 * fmcw.max_velocity_m_s()),
        frames: frames.end - frames.start,
        angles_resolved: [(azimuth, "azimuth"), (elevation, "elevation")]
            .into_iter()
            .filter_map(|(resolved, name)| resolved.then_some(name))
            .collect(),
        map_frame,
        strongest_cells,
        mti_residual,
        layout_doubts,
        damaged_frames,
        clipped_frames,
        points,
        filtered: args.mti != MtiKind::None,
        out: args.out.clone(),
    })
}

/// Reads a frame; whether its words do as they are, else it is in the cube.
fn read(capture: &mut Capture, number: u64, as_cube: bool, cube: &mut Array3<C32>) -> Result<bool> {
    if as_cube || !capture.read_words(number)? {
        capture.read_frame_into(number, cube)?;
        return Ok(false);
    }
    if capture.missing().is_empty() {
        return Ok(true);
    }
    capture.raw().map(|frame| frame.decode_into(cube)).transpose()?;
    Ok(false)
}

/// What is done about damaged frames, for a person.
fn treatment(args: &ProcessArgs, frames: &[DamagedFrame]) -> String {
    let lacking = frames.iter().filter(|frame| !frame.used).count();
    match (args.source.skip_damaged, args.fill_missing) {
        (true, _) => "left out".to_owned(),
        (false, false) => "used with zeros; --skip-damaged leaves such frames out".to_owned(),
        (false, true) if lacking == 0 => "filled in from the chirps around".to_owned(),
        (false, true) => {
            format!("filled in from the chirps around, but {lacking}, which lack too much and are left out")
        }
    }
}

/// Fills in the samples that a frame lacks, if that is wanted. `false` for a frame that is to be left out.
pub(super) fn mend(args: &ProcessArgs, cube: &mut Array3<C32>, missing: &[MissingSamples]) -> Result<bool> {
    if missing.is_empty() {
        return Ok(true);
    }
    if args.source.skip_damaged {
        return Ok(false);
    }
    Ok(!args.fill_missing || fill_missing(cube, missing)? == missing.len())
}

/// Shows the filter the frame before the first one, or says that there is none.
fn start_difference(
    args: &ProcessArgs,
    capture: &mut Capture,
    radar: &mut Processor,
    cube: &mut Array3<C32>,
    frames: &Range<u64>,
) -> Result<()> {
    let Some(before) = frames.start.checked_sub(1) else {
        if frames.end == 1 {
            warn("frame 0 has no frame before it: the frame difference leaves nothing of it");
        }
        return Ok(());
    };
    capture.read_frame_into(before, cube)?;
    if mend(args, cube, &capture.missing())? {
        radar.process(cube)?;
    }
    Ok(())
}

/// The processing that the options ask for.
pub(super) fn processor_config(args: &ProcessArgs, capture: &CaptureConfig) -> Result<ProcessorConfig> {
    if args.training_cells.0 == [0, 0] {
        return Err(Error::Usage("--training-cells 0,0 leaves no cell to tell the noise from".to_owned()));
    }
    if args.coupling_bins > 0 && args.mti == MtiKind::MeanPhasor {
        return Err(contradiction("coupling_bins", "has no effect: the mean takes all that stands still"));
    }
    if !args.min_range_m.is_finite() || args.min_range_m < 0.0 {
        let refused = format!("--min-range-m {} must be a range of 0 m or more", args.min_range_m);
        return Err(Error::Usage(refused));
    }
    let (kind, clutter_map_weight) = match args.cfar {
        Detector::Around(kind) => (kind, None),
        Detector::Before(weight) => (CfarKind::Ca, Some(weight)),
    };
    if clutter_map_weight.is_some() {
        without_neighbours(args)?;
    }
    Ok(ProcessorConfig {
        range_window: args.window,
        doppler_window: args.window,
        mti: args.mti,
        remove_offset: args.remove_offset,
        coupling_bins: args.coupling_bins,
        cfar: CfarConfig {
            kind,
            train: args.training_cells.0,
            guard: args.guard_cells.0,
            false_alarm_probability: args.false_alarm_probability,
            ..CfarConfig::default()
        },
        clutter_map_weight,
        doa: args.doa,
        min_range_m: args.min_range_m,
        calibration: calibration(args, capture)?,
        range_bias_m: capture.range_bias_m,
        ..ProcessorConfig::default()
    })
}

/// That nothing is asked of the cells around, of which a clutter map takes none.
fn without_neighbours(args: &ProcessArgs) -> Result<()> {
    let CfarConfig { train, guard, .. } = CfarConfig::default();
    for (option, asked, usual) in
        [("training_cells", args.training_cells, train), ("guard_cells", args.guard_cells, guard)]
    {
        if asked.0 != usual {
            return Err(contradiction(option, "has no effect on a clutter map"));
        }
    }
    Ok(())
}

/// Says so when the board inverts channels and no weights take that out.
pub(super) fn warn_of_inversion(args: &ProcessArgs, config: &ProcessorConfig) {
    let taken_out = config.calibration.as_ref().is_some_and(Calibration::inverts);
    if let Some(board) = args.source.board.filter(|board| board.inverts_channels() && !taken_out) {
        warn(&inversion(board));
    }
}

/// Says that a transmitter seems to be inverted, by what stands still in a frame.
pub(super) fn inverted_transmitter(frame: u64, fold: &StillFold) -> String {
    let doubt = format!(
        "frame {frame}: {fold}; name its sign by compRangeBiasAndRxChanPhase in the .cfg or by --calibration"
    );
    warn(&doubt);
    doubt
}

/// What to say of a board that inverts channels where no weights take that out.
pub(super) fn inversion(board: Board) -> String {
    format!(
        "{}: the board inverts some channels, and no weights take that out: angles are wrong without \
         compRangeBiasAndRxChanPhase or antPhaseRot in the .cfg, or --calibration",
        board.name()
    )
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

/// Cells in range and in velocity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair(pub(super) [usize; 2]);

pub(super) fn pair(text: &str) -> std::result::Result<Pair, String> {
    let wrong = || "must be two whole numbers, in range and in velocity, as 8,8".to_owned();
    let cells = json_or(text, |text| {
        let (range, velocity) = text.split_once(',').ok_or_else(wrong)?;
        let count = |word: &str| word.trim().parse::<usize>().map_err(|_| wrong());
        Ok([count(range)?, count(velocity)?])
    });
    cells.map(Pair)
}
