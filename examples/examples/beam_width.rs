//! How wide should a laser beam to a platform be? Too narrow and it misses, too wide and it thins out.
//!
//! ```text
//! cargo run --release -p mmw-examples --example beam_width
//! ```

use fso_g2a::atmosphere::{Attenuation, BeamWander, Cn2Profile, SlantPath, VisibilityModel};
use fso_g2a::channel::{Channel, Link, LinkConfig};
use fso_g2a::pointing::{Beam, BeamConfig, Pointing, PointingConfig};
use fso_g2a::turbulence::GammaGamma;
use mmw_core::Result;

/// Half a metre of wobble in each direction, an aperture of 10 cm, 20 km up.
const WOBBLE_M: f64 = 0.5;
const APERTURE_M: f64 = 0.1;
const SNR_THRESHOLD: f64 = 10.0;
const OUTAGE: f64 = 1e-3;

fn channel(divergence_rad: f64) -> Result<Channel<GammaGamma>> {
    let path = SlantPath::vertical(20e3)?;
    let beam = Beam::new(BeamConfig { divergence_rad, length_m: path.length_m() })?;
    let wander = BeamWander { waist_m: 0.01, ..BeamWander::printed(divergence_rad) };
    let jitter_m = wander.total_jitter_m(&Cn2Profile::hufnagel_valley_5_7(), &path, WOBBLE_M)?;
    let ground_per_m = VisibilityModel::Kim.extinction_per_m(10e3, 1550e-9)?;
    let haze = Attenuation::Exponential { ground_per_m, scale_height_m: 1200.0 };
    let full_gain = haze.transmission(&path)? * beam.full_collection(APERTURE_M)?;
    let pointing = Pointing::new(PointingConfig {
        beam_radius_m: beam.footprint_radius_m(),
        aperture_radius_m: APERTURE_M,
        jitter_m,
    })?;
    Channel::new(pointing, GammaGamma::new(4.0, 1.7)?).with_full_gain(full_gain)
}

fn main() -> Result<()> {
    let receiver = Link::new(LinkConfig { transmit_power_w: 1.0, responsivity_a_w: 0.9, noise_a: 1e-6 })?;
    println!("divergence (mrad)  footprint (m)  misses      power for an outage of {OUTAGE:.0e}");
    let mut best = (0.0, f64::INFINITY);
    for step in 10..=40 {
        let divergence_rad = 0.01e-3 * f64::from(step);
        let channel = channel(divergence_rad)?;
        let (radius_m, misses) = (channel.pointing().beam_radius_m(), channel.pointing().atom_at_zero());
        let power = receiver.required_power_w(&channel, SNR_THRESHOLD, OUTAGE);
        if let Ok(power_w) = power
            && power_w < best.1
        {
            best = (divergence_rad, power_w);
        }
        if step % 3 == 1 {
            let power = power.map_or("none is enough".to_owned(), |w| format!("{:.1} mW", 1e3 * w));
            println!("{:17.2}  {radius_m:13.2}  {misses:.2e}  {power:>15}", 1e3 * divergence_rad);
        }
    }
    let (divergence_rad, power_w) = best;
    println!("least power: {:.1} mW at {:.2} mrad", 1e3 * power_w, 1e3 * divergence_rad);
    let (channel, link) = (
        channel(divergence_rad)?,
        Link::new(LinkConfig { transmit_power_w: power_w, responsivity_a_w: 0.9, noise_a: 1e-6 })?,
    );
    let outage = channel.outage(link.gain_for_snr(SNR_THRESHOLD)? / channel.full_gain())?;
    println!(
        "of that outage {:.0} % are misses, {:.0} % partial overlaps, {:.0} % turbulence alone",
        100.0 * outage.atom_at_zero / outage.outage,
        100.0 * outage.transition / outage.outage,
        100.0 * outage.fully_inside / outage.outage,
    );
    assert!((outage.outage / OUTAGE - 1.0).abs() < 1e-9, "the power gives the outage it was asked for");
    Ok(())
}
