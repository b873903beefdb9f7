//! Phase to displacement: a surface that vibrates by a thousandth of a wavelength.

use super::SOURCE;
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use mmw_core::Result;
use mmw_core::random::Streams;
use mmw_core::{Axis, C64, DataArray1};
use mmw_dsp::ndarray::Array1;
use mmw_dsp::simulate::{PointTarget, Scene, Simulator, Vibration};
use mmw_dsp::slow_time::{RangeGate, amplitude_spectrum};
use mmw_dsp::{Board, FmcwConfig, Window, paper, phase};
use mmw_plot::CurvePlot;
use std::f64::consts::PI;

const FRAMES: usize = 1000;
const FRAME_PERIOD_S: f64 = 1e-3;
const AMPLITUDE_M: f64 = 4.5e-6;
const FREQUENCY_HZ: f64 = 64.0;
const RANGE_M: f64 = 1.95;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
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

    let time = Axis::uniform("time", "s", 0.0, FRAME_PERIOD_S, FRAMES)?;
    let curve = DataArray1::new("displacement", "m", displacement, vec![time])?;
    CurvePlot::of(&curve).x_limits(0.0, 0.2).draw(setup, "radar/displacement.svg")?;
    CurvePlot::of(&spectrum).draw(setup, "radar/vibration.svg")?;

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
    let amplitude_m = spectrum.peak().map_or(f64::NAN, |peak| peak.value);
    section.ledger = ledger(amplitude_m)?;
    Ok(section)
}

fn ledger(amplitude_m: f64) -> Result<Vec<LedgerRow>> {
    // A target that recedes by one wavelength: the phase runs through 4π.
    let turn = |i: i32| C64::from_polar(1.0, 0.1 + 4.0 * PI * f64::from(i) / 400.0);
    let samples: Array1<C64> = (0..=400).map(turn).collect();
    let travel = |angles: &Array1<f64>| -> Result<f64> {
        let unwrapped = phase::unwrap(angles)?;
        Ok(unwrapped[unwrapped.len() - 1] - unwrapped[0])
    };
    let right = travel(&phase::demodulate(&samples)?)?;
    let printed = travel(&paper::arctan_phase(&samples))?;
    let line_um = 1e6 * amplitude_m;
    let error_um = (line_um - 1e6 * AMPLITUDE_M).abs();
    Ok(vec![
        SOURCE
            .row("vital signs, unwrap[arctan(Q/I)]", "paper::the_printed_arctangent_cannot_be_unwrapped")
            .printed("arctan(Q/I)")
            .ours("atan2(Q, I)")
            .check(Check::new("phase over one wavelength of way (rad)", right).prints(printed, 1e-6).known(
                "4π",
                4.0 * PI,
                1e-11,
            ))
            .corrected("the quotient knows the phase modulo π only and cannot be unwrapped"),
        SOURCE
            .row("vital signs, Δφ = 4πΔd / λ", "phase::receding_is_positive")
            .printed("Δd = λΔφ / 4π")
            .ours(format!("the line of {:.1} um is read to {error_um:.3} um", 1e6 * AMPLITUDE_M))
            // 40 dB in a sample leave 7 mrad of phase, 2.2 um, in 1000 of them: 0.1 um in a line, 5 of that
            // being 0.5; a window and a gate at the peak make it less.
            .check(Check::new("amplitude of the line (um)", line_um).prints(1e6 * AMPLITUDE_M, 0.25))
            .reproduced(),
    ])
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
    phase::displacement(&unwrapped, fmcw.wavelength_m())
}
