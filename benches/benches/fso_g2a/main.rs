//! Benchmarks of `fso-g2a`, rivals beside ours.

mod bessel;
mod monte_carlo;
mod outage;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    benches,
    bessel::fractional_order,
    bessel::middle_arguments,
    bessel::many_orders,
    outage::lone_point,
    outage::sweep,
    outage::hard_sweep,
    monte_carlo::plain
);
criterion_main!(benches);
