//! The velocity of a radar from a scan of 45 points, of which a third moves.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mmw_benches::group;
use mmw_sense::ego::{EgoConfig, EgoVelocity};
use mmw_sense::simulate::SplitMix64;
use mmw_sense::{CloudPoint, PointCloud};
use std::hint::black_box;

fn scan() -> PointCloud {
    let mut random = SplitMix64::new(1);
    let points = (0..45).map(|i| {
        let (az, el): (f64, f64) = (random.uniform(-1.0, 1.0), random.uniform(-0.4, 0.4));
        let u = [el.cos() * az.sin(), el.cos() * az.cos(), el.sin()];
        let still = -0.3 * u[0] - 1.1 * u[1] + 0.1 * u[2] + random.normal(0.06);
        let moved = if i % 3 == 0 { random.uniform(-2.0, 2.0) } else { 0.0 };
        let range = random.uniform(1.0, 8.0);
        CloudPoint::new(u.map(|x| x * range), Some(still + moved)).expect("finite")
    });
    PointCloud::new(0, 0.0, points.collect()).expect("finite")
}

/// 38 draws, and 400, each scan as another frame.
pub(crate) fn moving_scan(criterion: &mut Criterion) {
    let mut cloud = scan();
    let mut group = group(criterion, "mmw-sense/ego/45");
    for (name, draws) in [("ours", 38), ("ours-400", 400)] {
        let mut config = EgoConfig::default();
        config.draws = draws;
        let mut plan = EgoVelocity::new(config).expect("valid");
        group.bench_function(name, |b| {
            b.iter(|| {
                cloud.frame += 1;
                plan.estimate(black_box(&cloud)).expect("a velocity")
            });
        });
    }
    group.finish();
}
