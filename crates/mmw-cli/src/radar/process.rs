//! `mmw radar process`: a raw capture becomes maps, points and numbers.

use super::answer::{Answer, strongest_cells};
use super::chain::{ProcessArgs, inverted_transmitter, mend, processor_config, warn_of_inversion};
use super::damage::{self, ClippedFrame, DamagedFrame, InterferedFrame};
use super::detector::Detector;
use super::live;
use super::maps::{self, MapSet};
use super::source::SourceArgs;
use crate::error::{Error, Result};
use crate::output::{Interrupt, create_folder};
use crate::progress::{Progress, Unit};
use crate::question::{Question, Single};
use crate::stdout::warn;
use mmw_core::C32;
use mmw_dsp::capture::Capture;
use mmw_dsp::forms::History;
use mmw_dsp::processor::StillFold;
use mmw_dsp::{MtiKind, Point, Processor, ndarray::Array3};
use std::ops::Range;

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
    let mut interfered_frames = Vec::new();
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
        interfered_frames.extend(InterferedFrame::of(number, &frame));
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
        interfered_frames: args.repair_interference.then_some(interfered_frames),
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
