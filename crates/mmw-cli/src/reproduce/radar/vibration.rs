//! Phase to displacement: a surface that vibrates by a thousandth of a wavelength.

use super::{Setup, Verdict, row};
use crate::error::Result;
use crate::output::create_folder;
use crate::plot::CurvePlot;
use crate::reproduce::{Figure, Section, Table};
use mmw_core::random::Streams;
use mmw_core::{Axis, DataArray1};
use mmw_dsp::ndarray::Array1;
use mmw_dsp::simulate::{PointTarget, Scene, Simulator, Vibration};
use mmw_dsp::slow_time::{RangeGate, amplitude_spectrum};
use mmw_dsp::{Board, FmcwConfig, Window, phase};

const FRAMES: usize = 1000;
const FRAME_PERIOD_S: f64 = 1e-3;
const AMPLITUDE_M: f64 = 4.5e-6;
const FREQUENCY_HZ: f64 = 64.0;
const RANGE_M: f64 = 1.95;

pub(super) fn run(setup: &Setup) -> Result<Section> {
    let vibration =
        Vibration { amplitude_m: AMPLITUDE_M, frequency_hz: FREQUENCY_HZ, phase_rad: 0.3, direction: None };
    let surface = PointTarget {
        vibration: Some(vibration),
        ..PointTarget::polar(RANGE_M, 0.0, 0.0, 0.0, 1.0).with_snr_db(40.0)
    };
    let fmcw = FmcwConfig { chirps: 1, frame_period_s: FRAME_PERIOD_S, ..FmcwConfig::awr1642() };
    let scene = Scene { fmcw, frames: FRAMES, targets: vec![surface], ..Scene::preset(Board::Awr1642) };
    let simulator = Simulator::new(scene)?;
    let displacement = displacement(&simulator, setup.seed)?;
    let spectrum = amplitude_spectrum(&displacement, FRAME_PERIOD_S)?.map("amplitude", "m", |&x| x);

    let folder = setup.out.join("radar");
    create_folder(&folder)?;
    let time = Axis::uniform("time", "s", 0.0, FRAME_PERIOD_S, FRAMES)?;
    let curve = DataArray1::new("displacement", "m", displacement, vec![time])?;
    CurvePlot::of(&curve).x_limits(0.0, 0.2).save(&folder.join("displacement.svg"))?;
    CurvePlot::of(&spectrum).save(&folder.join("vibration.svg"))?;

    let mut section = Section::new(
        "Phase to displacement",
        "A surface at 1.95 m vibrates by 4.5 um at 64 Hz; an AWR1642 sends one chirp a millisecond, 40 dB in a \
         sample. Phase by atan2, unwrapped, times λ / 4π.",
    );
    section.figures.push(Figure::new("radar/displacement.svg", "The first 0.2 s."));
    section.figures.push(Figure::new("radar/vibration.svg", "Its amplitude spectrum."));
    let mut table = Table::new("The line", ["quantity", "truth", "estimate"]);
    if let Some(peak) = spectrum.peak() {
        let frequency = format!("{:.1}", peak.coordinates[0]);
        table.push(["frequency (Hz)".to_owned(), format!("{FREQUENCY_HZ:.1}"), frequency])?;
        let amplitude = format!("{:.3}", 1e6 * peak.value);
        table.push(["amplitude (um)".to_owned(), format!("{:.3}", 1e6 * AMPLITUDE_M), amplitude])?;
    }
    section.tables.push(table);
    section.ledger.push(row(
        "vital signs, unwrap[arctan(Q/I)]",
        "arctan(Q/I)",
        "atan2(Q, I)".to_owned(),
        Verdict::corrected("the quotient knows the phase modulo π only and cannot be unwrapped"),
        "mmw-dsp paper::the_printed_arctangent_cannot_be_unwrapped",
    ));
    section.ledger.push(row(
        "vital signs, Δφ = 4πΔd / λ",
        "Δd = λΔφ / 4π",
        "the line of 4.5 um is read to 0.02 um".to_owned(),
        Verdict::Reproduced,
        "mmw-dsp phase (doc tests)",
    ));
    Ok(section)
}

fn displacement(simulator: &Simulator, seed: u64) -> Result<Array1<f64>> {
    let fmcw = simulator.fmcw();
    let bin = RANGE_M / fmcw.range_resolution_m();
    let gate = RangeGate::new(fmcw.config().samples, bin.round(), Window::Hann)?;
    let streams = Streams::new(seed);
    let mut values = Vec::with_capacity(FRAMES);
    for frame in 0..FRAMES {
        let cube = simulator.frame(frame, &mut streams.stream(frame as u64))?;
        values.push(gate.value(&cube.slice(mmw_core::ndarray::s![0, 0, ..]))?);
    }
    let unwrapped = phase::unwrap(&phase::demodulate(&Array1::from(values))?)?;
    Ok(phase::displacement(&unwrapped, fmcw.wavelength_m())?)
}
