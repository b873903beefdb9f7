//! The outage of the composite channel to 1e-10: one point, and points that share the turbulence.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use fso_g2a::channel::Channel;
use fso_g2a::pointing::{Beam, BeamConfig, Pointing, PointingConfig};
use fso_g2a::turbulence::{GammaGamma, GammaGammaTable};
use mmw_benches::{group, peers::Python};
use serde_json::json;
use std::hint::black_box;

const ALPHA: f64 = 4.0;
const BETA: f64 = 1.7;

/// A link of 20 km with a beam of 0.1 mrad; the law of the turbulence is made anew each time.
pub(crate) fn lone_point(criterion: &mut Criterion) {
    let mut group = group(criterion, "fso-g2a/outage/lone");
    let pointing =
        Pointing::new(PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.5 })
            .expect("sound");
    group.bench_function("ours", |b| {
        b.iter(|| {
            let law = GammaGamma::new(black_box(ALPHA), black_box(BETA))?;
            Channel::new(black_box(pointing), law).outage(black_box(0.1))
        });
    });
    group.bench_function("ours-threshold-1e-9", |b| {
        b.iter(|| {
            let law = GammaGamma::new(black_box(ALPHA), black_box(BETA))?;
            Channel::new(black_box(pointing), law).outage(black_box(1e-9))
        });
    });
    let point = json!({ "w": 1.0, "r": 0.05, "sigma": 0.5, "alpha": ALPHA, "beta": BETA, "tau": 0.1 });
    // Nested quadrature takes a tenth of a second.
    group.sample_size(10);
    Python::start().bench(&mut group, "scipy", "fso_g2a.outage", &point);
    group.finish();
}

fn points(criterion: &mut Criterion, name: &str, points: &[(Pointing, f64)]) {
    let mut group = group(criterion, name);
    let table = GammaGammaTable::new(GammaGamma::new(ALPHA, BETA).expect("sound"));
    let channels: Vec<_> = points.iter().map(|(p, tau)| (Channel::new(*p, table.clone()), *tau)).collect();
    group.bench_function("ours", |b| {
        b.iter(|| -> f64 {
            let outage = |(channel, tau): &(Channel<GammaGammaTable>, f64)| {
                channel.outage(black_box(*tau)).expect("sound").outage
            };
            channels.iter().map(outage).sum()
        });
    });
    group.finish();
}

/// The 384 points of the reference table's grid: divergence, length, aperture, jitter and threshold vary.
pub(crate) fn sweep(criterion: &mut Criterion) {
    let mut list = vec![];
    for divergence_rad in [0.1e-3, 0.2e-3] {
        for length_m in [10e3, 20e3, 30e3, 40e3] {
            for (aperture_m, jitter_m) in
                [(0.05, 0.3), (0.05, 0.5), (0.05, 1.0), (0.1, 0.3), (0.1, 0.5), (0.1, 1.0)]
            {
                let w =
                    Beam::new(BeamConfig { divergence_rad, length_m }).expect("sound").footprint_radius_m();
                let pointing = Pointing::new(PointingConfig {
                    beam_radius_m: w,
                    aperture_radius_m: aperture_m,
                    jitter_m,
                })
                .expect("sound");
                list.extend(
                    [1e-3, 3e-3, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5].into_iter().map(|tau| (pointing, tau)),
                );
            }
        }
    }
    points(criterion, "fso-g2a/outage/sweep-384", &list);
}

/// 64 points of low thresholds and of a footprint as small as the aperture.
pub(crate) fn hard_sweep(criterion: &mut Criterion) {
    let mut list = vec![];
    for (w, r, sigma) in [
        (1.0, 0.05, 0.5),
        (1.0, 0.05, 0.2),
        (1.0, 1.0, 0.5),
        (1.0, 1.0, 0.05),
        (0.1, 0.1, 0.3),
        (1.0, 0.95, 0.1),
        (0.1, 1.0, 0.5),
        (2.0, 0.1, 0.3),
    ] {
        let pointing =
            Pointing::new(PointingConfig { beam_radius_m: w, aperture_radius_m: r, jitter_m: sigma })
                .expect("sound");
        list.extend([1e-12, 1e-9, 1e-7, 1e-6, 1e-5, 1e-3, 0.1, 0.9].into_iter().map(|tau| (pointing, tau)));
    }
    points(criterion, "fso-g2a/outage/hard-sweep-64", &list);
}
