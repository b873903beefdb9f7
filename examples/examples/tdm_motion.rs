//! Why transmitters that fire in turn need a correction: a target that moves between two of them looks as
//! if it stood elsewhere, until the phase of its motion is taken out.
//!
//! ```text
//! cargo run --release -p mmw-examples --example tdm_motion
//! ```

use mmw_core::rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use mmw_core::{C64, Result};
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{Board, FmcwConfig};
use std::f64::consts::{PI, TAU};

const AZIMUTH_RAD: f64 = 0.3;

fn main() -> Result<()> {
    println!("velocity (m/s)  azimuth uncorrected (deg)  azimuth corrected (deg)   truth (deg)");
    for velocity_m_s in [-1.5, -0.75, 0.0, 0.75, 1.5] {
        let simulator = Simulator::new(Scene {
            fmcw: FmcwConfig { chirps: 1, ..FmcwConfig::awr1642() },
            targets: vec![PointTarget::polar(5.0, AZIMUTH_RAD, 0.0, velocity_m_s, 1.0).with_snr_db(20.0)],
            ..Scene::preset(Board::Awr1642)
        })?;
        let cube = simulator.frame(0, &mut Xoshiro256PlusPlus::seed_from_u64(1))?;
        let truth = simulator.truth(0)?[0];
        let fmcw = simulator.fmcw();

        // One value per channel: the spectrum at the beat of the target.
        let step = -TAU * truth.beat_hz / fmcw.config().sample_rate_hz;
        let mut snapshot: Vec<C64> = (0..fmcw.channels())
            .map(|channel| {
                let wide =
                    |n: usize| C64::new(cube[[channel, 0, n]].re.into(), cube[[channel, 0, n]].im.into());
                (0..fmcw.config().samples).map(|n| wide(n) * C64::from_polar(1.0, step * n as f64)).sum()
            })
            .collect();
        let uncorrected = azimuth_rad(&snapshot, fmcw.wavelength_m());

        let doppler_hz = 2.0 * truth.velocity_m_s / fmcw.wavelength_m();
        for (channel, z) in snapshot.iter_mut().enumerate() {
            let transmitter = channel / fmcw.config().receivers;
            *z *= C64::from_polar(1.0, -TAU * doppler_hz * fmcw.tx_delay_s(transmitter));
        }
        let corrected = azimuth_rad(&snapshot, fmcw.wavelength_m());
        println!(
            "{velocity_m_s:14.2}  {:25.2}  {:23.2}  {:12.2}",
            uncorrected.to_degrees(),
            corrected.to_degrees(),
            truth.azimuth_rad.to_degrees()
        );
        assert!((corrected - truth.azimuth_rad).abs() < 0.01, "the correction finds the target");
    }
    Ok(())
}

/// The angle whose conjugate steering vector fits the eight elements in a row best, on a fine grid. The board
/// numbers its elements from right to left, so the phase of a target on the right grows with the number.
fn azimuth_rad(snapshot: &[C64], wavelength_m: f64) -> f64 {
    let spacing_m = 0.5 * mmw_core::consts::SPEED_OF_LIGHT_M_S / Board::Awr1642.design_frequency_hz();
    let power = |azimuth_rad: f64| {
        let step = TAU * spacing_m / wavelength_m * azimuth_rad.sin();
        let fit = |(n, z): (usize, &C64)| z * C64::from_polar(1.0, -step * n as f64);
        snapshot.iter().enumerate().map(fit).sum::<C64>().norm_sqr()
    };
    let grid = (-4500..=4500).map(|i| f64::from(i) / 4500.0 * 0.45 * PI);
    grid.max_by(|&a, &b| power(a).total_cmp(&power(b))).unwrap_or_default()
}
