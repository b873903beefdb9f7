//! Benchmarks of `mmw-dsp`, rivals beside ours.

mod angles;
mod cfar;
mod chain;
mod mti;
mod range_doppler;
mod sar;
mod vitals;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    benches,
    chain::capture_to_points,
    range_doppler::transforms,
    mti::mean_phasor,
    cfar::detection,
    cfar::kinds,
    cfar::refinement,
    angles::music,
    angles::unwrapping,
    angles::one_cell,
    vitals::band_pass,
    sar::range_migration,
    sar::back_projection
);
criterion_main!(benches);
