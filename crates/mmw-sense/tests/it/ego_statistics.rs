//! Whether a velocity is as sure as its covariance says, over a thousand scans.

use mmw_sense::ego::Ray;
use mmw_sense::simulate::SplitMix64;
use mmw_sense::{EgoConfig, EgoVelocity, PolarNoise};

/// A scan of points at rest and of movers, as the table's generator makes them.
fn scan(
    random: &mut SplitMix64,
    count: usize,
    velocity: [f64; 3],
    outliers: f64,
    noise: &PolarNoise,
) -> Vec<Ray> {
    (0..count)
        .map(|i| {
            let (az, el) = (random.uniform(-1.05, 1.05), random.uniform(-0.44, 0.44));
            let still = Ray::new(az, el, 0.0).unwrap();
            let mut v = -(0..3).map(|k| still.direction[k] * velocity[k]).sum::<f64>();
            if (i as f64) < outliers * count as f64 {
                let sign = if random.uniform(0.0, 1.0) < 0.5 { 1.0 } else { -1.0 };
                v += sign * random.uniform(0.5, 2.0);
            }
            let az = az + random.normal(noise.azimuth_rad);
            let el = el + random.normal(noise.elevation_rad);
            Ray::new(az, el, v + random.normal(noise.velocity_m_s)).unwrap()
        })
        .collect()
}

/// Mean of the normalised squared error over the scans, and the worst error.
fn consistency(speed: f64, seed: u64) -> (f64, f64) {
    let noise = PolarNoise::iwr6843();
    let mut plan = EgoVelocity::new(EgoConfig::default()).unwrap();
    let mut random = SplitMix64::new(seed);
    let (mut sum, mut worst) = (0.0, 0.0_f64);
    for frame in 0..1000 {
        let heading = random.uniform(0.0, std::f64::consts::TAU);
        let velocity = [speed * heading.cos(), speed * heading.sin(), random.uniform(-0.3, 0.3)];
        let rays = scan(&mut random, 45, velocity, 0.3, &noise);
        let found = plan.estimate_of(frame, &rays).unwrap();
        let off: [f64; 3] = std::array::from_fn(|i| found.velocity_m_s[i] - velocity[i]);
        let (squared, _) = mmw_sense::association::likelihood(&off, &found.covariance).unwrap();
        sum += squared;
        worst = worst.max(off.iter().map(|x| x * x).sum::<f64>().sqrt());
    }
    (sum / 1000.0, worst)
}

/// The mean of 1000 chi-squares of three degrees of freedom has the standard deviation √(6/1000): its 95 %
/// band is 3 ± 0.152.
#[test]
fn velocities_among_thirty_percent_of_outliers_are_as_sure_as_they_say() {
    for speed in [0.6, 1.2, 6.0] {
        for seed in 1..=5 {
            let (mean, worst) = consistency(speed, seed);
            println!("{speed} m/s, seed {seed}: NEES {mean:.3}, worst {worst:.3} m/s");
            assert!((mean - 3.0).abs() < 0.152, "{speed} m/s, seed {seed}: {mean}");
        }
    }
}
