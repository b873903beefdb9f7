//! From the capture and the trajectory to echoes by position.

use super::super::damage::{self, DamagedFrame};
use super::args::SarArgs;
use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::radar::source::SourceArgs;
use mmw_core::C32;
use mmw_core::ndarray::{Array3, Axis, s};
use mmw_dsp::Window;
use mmw_dsp::fft::AxisFft;
use mmw_dsp::sar::{EchoSurvey, PhaseHistory, ScanRecorder, Trajectory};
use std::path::Path;

/// What the usage says where it is missing.
const MISSING: &str =
    "trajectory is not given: a CSV file with the columns x_m, y_m and z_m, a line for each frame";

/// Half a range cell each: nearer, a mean over the samples and its main lobe stand.
const FIRST_BIN: usize = 6;

/// What a radar recorded along a trajectory.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) history: PhaseHistory<f32>,
    pub(super) positions: usize,
    pub(super) channels: usize,
    /// Distance of the strongest echo that changes along the aperture, m.
    pub(super) strongest_m: f64,
    /// Distance of a stronger and nearer one that does not, m.
    pub(super) coupling_m: Option<f64>,
    /// From place to place of the trajectory, m.
    pub(super) spacing_m: f64,
    pub(super) damaged_frames: Vec<DamagedFrame>,
}

/// A trajectory file.
///
/// # Errors
/// Kind `io` or `parse`, naming the file.
pub(in super::super) fn trajectory(path: &Path) -> Result<Trajectory> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", &error))?;
    Trajectory::from_csv(&text).map_err(|error| Error::Parse(format!("{}: {error}", path.display())))
}

pub(super) fn read(args: &SarArgs) -> Result<Scan> {
    let path = args.trajectory.as_deref().ok_or_else(|| Error::Usage(MISSING.to_owned()))?;
    let trajectory = trajectory(path)?;
    let (positions, spacing_m) = (trajectory.places_m().len(), trajectory.spacing_m());
    args.source.without_skipping()?;
    let mut capture = args.source.open()?;
    SourceArgs::doubts(&mut capture)?;
    let fmcw = capture.config().check()?;
    let frames = args.source.range(capture.frames())?;
    let shape @ [channels, _, samples] = capture.shape();
    let (weights, bias_m) = (capture.config().channel_weights.clone(), capture.config().range_bias_m);
    let mut recorder = ScanRecorder::new(&fmcw, trajectory, (frames.end - frames.start) as usize)?
        .calibrated(weights.as_deref(), bias_m)?;
    let mut cube = Array3::zeros(shape);
    let spectrum = AxisFft::<f32>::new(samples, 2 * samples, Window::Hann, false)?;
    let mut survey = EchoSurvey::new(channels, 2 * samples)?;
    let mut damaged_frames = Vec::new();
    let progress = Progress::new(frames.end - frames.start, Unit::Count("frames"));
    for number in frames {
        Interrupt::check()?;
        capture.read_frame_into::<f32>(number, &mut cube)?;
        if let Some(damaged) = DamagedFrame::of(number, capture.damage(), false) {
            damaged_frames.push(damaged);
            cube.fill(C32::default());
        } else {
            survey.push(&spectrum.process(&cube.slice(s![.., 0, ..]), Axis(1))?)?;
        }
        recorder.push(&cube)?;
        progress.advance(1);
    }
    progress.finish();
    damage::warn_of(&damaged_frames, "left out");
    let bins = fmcw.range_bins().min(samples);
    let strongest = survey.strongest(FIRST_BIN, 2 * bins)?;
    let distance_m = |bin: usize| 0.5 * bin as f64 * fmcw.range_resolution_m() - bias_m;
    Ok(Scan {
        history: recorder.finish()?,
        positions,
        channels,
        strongest_m: distance_m(strongest.bin),
        coupling_m: strongest.coupling.map(distance_m),
        spacing_m,
        damaged_frames,
    })
}
