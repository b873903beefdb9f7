//! Half a minute before a sleeper: the phase of one range bin draws the motion of the chest.
//!
//! ```text
//! cargo run --release -p mmw-examples --example breathing_chest
//! ```

use mmw_core::rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use mmw_core::{C64, Result};
use mmw_dsp::simulate::{PointTarget, Scene, Simulator, Vibration};
use mmw_dsp::{Board, FmcwConfig};
use std::f64::consts::{PI, TAU};

const BREATHS_HZ: f64 = 0.25;

fn main() -> Result<()> {
    let breath = Vibration { amplitude_m: 4e-3, frequency_hz: BREATHS_HZ, phase_rad: 0.0, direction: None };
    let sleeper = PointTarget { vibration: Some(breath), ..PointTarget::polar(1.5, 0.0, 0.0, 0.0, 0.5) };
    let simulator = Simulator::new(Scene {
        frames: 320,
        seed: 11,
        fmcw: FmcwConfig { chirps: 1, frame_period_s: 0.1, ..FmcwConfig::iwr6843isk() },
        targets: vec![sleeper],
        ..Scene::preset(Board::Iwr6843Isk)
    })?;
    let fmcw = simulator.fmcw();
    let step = -TAU * simulator.truth(0)?[0].beat_hz / fmcw.config().sample_rate_hz;

    let mut displacement_mm = Vec::new();
    let mut last = None;
    let mut phase_rad = 0.0;
    for frame in 0..simulator.scene().frames {
        let stream = &mut Xoshiro256PlusPlus::seed_from_u64(simulator.scene().seed + frame as u64);
        let cube = simulator.frame(frame, stream)?;
        let echo: C64 = (0..fmcw.config().samples)
            .map(|n| C64::new(cube[[0, 0, n]].re.into(), cube[[0, 0, n]].im.into()))
            .enumerate()
            .map(|(n, z)| z * C64::from_polar(1.0, step * n as f64))
            .sum();
        // Summing the small turns from frame to frame unwraps the phase.
        phase_rad += last.map_or(0.0, |last: C64| (echo * last.conj()).arg());
        last = Some(echo);
        displacement_mm.push(1e3 * phase_rad * fmcw.wavelength_m() / (4.0 * PI));
    }

    for (frame, mm) in displacement_mm.iter().enumerate().take(80).step_by(4) {
        println!("{:4.1} s {mm:6.2} mm |{}*", frame as f64 * 0.1, " ".repeat((20.0 + 4.0 * mm) as usize));
    }
    let rate_hz = strongest_hz(&displacement_mm, 10.0);
    println!("breathing at {:.1} a minute; the truth is {:.1}", 60.0 * rate_hz, 60.0 * BREATHS_HZ);
    assert!((rate_hz - BREATHS_HZ).abs() < 0.01);
    let greatest_mm = displacement_mm.iter().copied().fold(0.0, f64::max);
    assert!((greatest_mm - 4.0).abs() < 0.1, "four millimetres, measured with a wave of five");
    Ok(())
}

/// The frequency between 0.1 and 1 Hz at which the motion is strongest.
fn strongest_hz(x: &[f64], rate_hz: f64) -> f64 {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let power = |f: f64| {
        let turn = |(n, x): (usize, &f64)| C64::from_polar(x - mean, -TAU * f * n as f64 / rate_hz);
        x.iter().enumerate().map(turn).sum::<C64>().norm_sqr()
    };
    (100..1000)
        .map(|i| f64::from(i) * 1e-3)
        .max_by(|&a, &b| power(a).total_cmp(&power(b)))
        .unwrap_or_default()
}
