//! Three targets before an IWR1843, and the beat of each found by hand.
//!
//! ```text
//! cargo run --release -p mmw-examples --example simulate_scene
//! ```

use mmw_core::rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use mmw_core::{C32, C64, Result};
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{Board, FmcwConfig};
use std::f64::consts::TAU;

fn main() -> Result<()> {
    let simulator = Simulator::new(Scene {
        fmcw: FmcwConfig { chirps: 4, ..FmcwConfig::iwr1843() },
        targets: vec![
            PointTarget::polar(2.0, -0.4, 0.0, 0.0, 0.1),
            PointTarget::polar(4.5, 0.2, 0.1, -1.2, 1.0),
            PointTarget::polar(8.0, 0.0, 0.0, 0.8, 10.0),
        ],
        ..Scene::preset(Board::Iwr1843)
    })?;
    let cube = simulator.frame(0, &mut Xoshiro256PlusPlus::seed_from_u64(simulator.scene().seed))?;
    let samples = simulator.fmcw().config().samples;
    let rate_hz = simulator.fmcw().config().sample_rate_hz;

    // The power of each range bin, averaged over channels and chirps so that the noise evens out.
    let turns: Vec<C64> =
        (0..samples).map(|k| C64::from_polar(1.0, -TAU * k as f64 / samples as f64)).collect();
    let mut power = vec![0.0; samples];
    for row in cube.rows() {
        for (bin, power) in power.iter_mut().enumerate() {
            let turn = |(n, z): (usize, &C32)| turns[bin * n % samples] * C64::new(z.re.into(), z.im.into());
            *power += row.iter().enumerate().map(turn).sum::<C64>().norm_sqr() / samples as f64;
        }
    }
    let rows = (cube.len() / samples) as f64;
    let noise = simulator.noise_power_counts2();

    println!("range (m)  velocity (m/s)  SNR of a sample (dB)  predicted bin  highest bin  its SNR (dB)");
    for truth in simulator.truth(0)? {
        let predicted = truth.beat_hz / rate_hz * samples as f64;
        let nearby = (predicted as usize).saturating_sub(3)..(predicted as usize + 4).min(samples);
        let highest = nearby.max_by(|&a, &b| power[a].total_cmp(&power[b])).unwrap_or_default();
        println!(
            "{:9.3}  {:14.2}  {:20.1}  {predicted:13.2}  {highest:11}  {:12.1}",
            truth.range_m,
            truth.velocity_m_s,
            truth.snr_db,
            10.0 * (power[highest] / rows / noise).log10(),
        );
        assert!((highest as f64 - predicted).abs() <= 1.0, "the beat stands where it was predicted");
    }
    Ok(())
}
