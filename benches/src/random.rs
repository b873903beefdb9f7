//! Seeded data, the same in every run.

use mmw_core::num_complex::Complex;
use mmw_core::{C32, ComplexArray3};

/// A cube of complex numbers, both parts uniform in -1 to 1, from a `SplitMix64` sequence.
#[must_use]
pub fn cube(shape: [usize; 3], seed: u64) -> ComplexArray3<f32> {
    let mut state = seed;
    let mut uniform = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    ComplexArray3::from_shape_simple_fn(shape, || -> C32 { Complex::new(uniform(), uniform()) })
}
