//! `mmw radar phase`: the phase at one range, unwrapped, as displacement and as spectrum.

use super::damage::{self, DamagedFrame};
use super::line::{self, Line};
use super::source::SourceArgs;
use crate::error::{Error, Result};
use crate::export::save_curves_csv;
use crate::output::{Interrupt, create_folder};
use crate::plot::{self, CurvePlot};
use crate::progress::{Progress, Unit};
use crate::question::{Question, Readable, contradiction};
use mmw_core::{Axis, C64, DataArray1};
use mmw_dsp::capture::DamagedSpan;
use mmw_dsp::ndarray::{Array1, Array3};
use mmw_dsp::slow_time::{RangeGate, amplitude_spectrum, bridge_gaps, spectral_lines, still_echo};
use mmw_dsp::{Window, phase};
use serde::Serialize;
use std::path::PathBuf;

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PhaseArgs {
    #[command(flatten)]
    source: SourceArgs,

    /// Range bin of the range FFT; fractions are allowed
    #[arg(long, value_name = "BIN", conflicts_with = "range_m")]
    range_bin: Option<f64>,

    /// Range instead of a bin, m
    #[arg(long, value_name = "M", alias = "range")]
    range_m: Option<f64>,

    /// Channel: transmitter times receivers plus receiver, from 0
    #[arg(long, value_name = "INDEX", default_value_t = 0)]
    channel: usize,

    /// Lines below this frequency are drift and not listed, Hz
    #[arg(long, value_name = "HZ", default_value_t = 0.0, alias = "min-frequency")]
    min_frequency_hz: f64,

    /// Folder for the curves (CSV and SVG)
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The motion at the range, and the lines of its spectrum.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    range_m: f64,
    samples: usize,
    interval_s: f64,
    /// Greatest minus least displacement, m.
    travel_m: f64,
    /// The echo of what stands still over that of what moves, where there is one; it was taken away.
    still_over_moving: Option<f64>,
    /// Frames in which samples are missing: left out, the phase bridged.
    damaged_frames: Vec<DamagedFrame>,
    /// Strongest spectral lines, fitted between the bins, strongest first.
    lines: Vec<Line>,
    /// Where the curves are, for people.
    #[serde(skip)]
    out: Option<PathBuf>,
}

/// Lines that are listed.
const LINES: usize = 6;

impl Question for PhaseArgs {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        follow(self)
    }
}

fn follow(args: &PhaseArgs) -> Result<Answer> {
    if args.range_bin.is_none() && args.range_m.is_none() {
        return Err(Error::Usage("neither --range-bin nor --range-m is given".to_owned()));
    }
    args.source.without_skipping()?;
    if args.source.antennas.is_some() {
        return Err(contradiction("antennas", "has no effect on the phase of one channel"));
    }
    let mut capture = args.source.open()?;
    SourceArgs::doubts(&mut capture)?;
    let fmcw = capture.config().check()?;
    let frames = args.source.range(capture.frames())?;
    let [channels, chirps, samples] = capture.shape();
    if args.channel >= channels {
        return Err(Error::Usage(format!("--channel {} is not below {channels}", args.channel)));
    }
    let bias_m = capture.config().range_bias_m;
    let at_m = |range_m: f64| (range_m + bias_m) / fmcw.range_resolution_m();
    let bin = args.range_bin.or(args.range_m.map(at_m)).unwrap_or_default();
    // One sample per frame where there are frames; the chirps of a lone frame otherwise.
    let by_chirp = frames.end - frames.start == 1;
    let interval_s = if by_chirp { fmcw.repetition_s() } else { fmcw.config().frame_period_s };
    let gate = RangeGate::new(samples, bin, Window::Hann)?;
    let mut cube = Array3::zeros([channels, chirps, samples]);
    let (mut values, mut indices) = (Vec::new(), Vec::new());
    let mut damaged_frames = Vec::new();
    let progress = Progress::new(frames.end - frames.start, Unit::Count("frames"));
    for (step, number) in frames.enumerate() {
        Interrupt::check()?;
        capture.read_frame_into::<f32>(number, &mut cube)?;
        let channel = cube.index_axis(mmw_core::ndarray::Axis(0), args.channel);
        let before = values.len();
        let used = if by_chirp { chirps } else { 1 };
        for (chirp, row) in channel.rows().into_iter().enumerate().take(used) {
            let holds = |span: &DamagedSpan| (span.first.chirp..=span.last.chirp).contains(&chirp);
            if !capture.damage().iter().any(holds) {
                values.push(gate.value(&row)?);
                indices.push(step + chirp);
            }
        }
        if values.len() < before + used {
            damaged_frames.extend(DamagedFrame::of(number, capture.damage(), false));
        }
        progress.advance(1);
    }
    progress.finish();
    damage::warn_of(&damaged_frames, "left out");
    let values = Array1::from(values);
    let still = still_echo(&values)?;
    let centre = still.map_or(C64::default(), |circle| circle.centre);
    let unwrapped = phase::unwrap(&phase::demodulate_about(&values, centre)?)?;
    let unwrapped = bridge_gaps(&indices, &unwrapped)?;
    let displacement = phase::displacement(&unwrapped, fmcw.wavelength_m())?;
    let spectrum = amplitude_spectrum(&displacement, interval_s)?;
    let lines = spectral_lines(&displacement, interval_s, LINES, args.min_frequency_hz)?;
    if let Some(out) = &args.out {
        save(out, &unwrapped, &displacement, &spectrum, interval_s)?;
    }
    let (least, greatest) = displacement
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &d| (low.min(d), high.max(d)));
    Ok(Answer {
        range_m: bin * fmcw.range_resolution_m() - bias_m,
        samples: displacement.len(),
        interval_s,
        travel_m: greatest - least,
        still_over_moving: still.map(|circle| circle.centre.norm() / circle.radius),
        damaged_frames,
        lines: lines.into_iter().map(Line::from).collect(),
        out: args.out.clone(),
    })
}

fn save(
    out: &std::path::Path,
    unwrapped: &Array1<f64>,
    displacement: &Array1<f64>,
    spectrum: &DataArray1<f64>,
    interval_s: f64,
) -> Result<()> {
    create_folder(out)?;
    let time = Axis::uniform("time", "s", 0.0, interval_s, unwrapped.len())?;
    let phase = DataArray1::new("phase", "rad", unwrapped.clone(), vec![time.clone()])?;
    let displacement = DataArray1::new("displacement", "m", displacement.clone(), vec![time])?;
    let lines = spectrum.map("amplitude", "m", |&x| x);
    save_curves_csv(&out.join("phase.csv"), &[&phase, &displacement])?;
    save_curves_csv(&out.join("spectrum.csv"), &[&lines])?;
    plot::save(&out.join("displacement.svg"), &CurvePlot::of(&displacement))?;
    plot::save(&out.join("spectrum.svg"), &CurvePlot::of(&lines))
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "range {:.3} m, {} samples every {:.6} s, travel {:.3} um",
            self.range_m,
            self.samples,
            self.interval_s,
            1e6 * self.travel_m
        )];
        lines.extend(self.still_over_moving.map(|ratio| {
            format!("an echo that stands still, {ratio:.2} times the moving one, was taken away")
        }));
        let head = match self.lines.is_empty() {
            true => "no lines of two cycles or more above the noise",
            false => line::HEAD,
        };
        lines.push(head.to_owned());
        lines.extend(self.lines.iter().map(Line::row));
        lines.extend(self.out.iter().map(|out| format!("\ncurves are in {}", out.display())));
        lines
    }
}
