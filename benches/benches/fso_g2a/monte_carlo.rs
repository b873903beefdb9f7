//! A million plain draws of the composite channel against a threshold.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use fso_g2a::channel::Channel;
use fso_g2a::pointing::{Pointing, PointingConfig};
use fso_g2a::turbulence::GammaGamma;
use mmw_benches::{group, peers::Python};
use mmw_core::monte_carlo::MonteCarlo;
use serde_json::json;
use std::hint::black_box;

/// Each trial draws a displacement and two gamma variables, as in the simulation of the paper.
pub(crate) fn plain(criterion: &mut Criterion) {
    let mut group = group(criterion, "fso-g2a/monte_carlo/1e6");
    let (w, r, sigma, alpha, beta, tau) = (1.0, 0.05, 0.5, 4.0, 1.7, 0.1);
    let pointing = Pointing::new(PointingConfig { beam_radius_m: w, aperture_radius_m: r, jitter_m: sigma })
        .expect("sound");
    let channel = Channel::new(pointing, GammaGamma::new(alpha, beta).expect("sound"));
    group.bench_function("ours", |b| {
        b.iter(|| channel.simulate_outage(black_box(tau), &MonteCarlo::new(1, 1_000_000)));
    });
    let point = json!({ "w": w, "r": r, "sigma": sigma, "alpha": alpha, "beta": beta, "tau": tau, "draws": 1_000_000 });
    group.sample_size(10);
    Python::start().bench(&mut group, "numpy", "fso_g2a.monte_carlo", &point);
    group.finish();
}
