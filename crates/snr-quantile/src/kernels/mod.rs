//! The inner loops, each compiled for every level of vector instructions, with the same bits.
//!
//! Where a kernel takes products of twice the precision, it does so by one fused operation on processors that
//! have it: what rounding leaves of a product is exact either way.

mod places;

mod power;

mod ranks;

mod tangent;

pub(crate) use places::{
    BINS, Grid, LEAST_BIN, OCTAVE_BINS, bin_centre, bin_indices, bucket_indices, buckets_of_fractions,
    places, values_of_fractions,
};
pub(crate) use power::{
    even_power_sums, fine_power_sums, greatest_magnitude, neighbour_sums, power_sums, power_sums_and_bins,
};
pub(crate) use ranks::{Gram, quartic_dot, ramp_dot};
pub(crate) use tangent::{
    tangent_rest_gain, tangent_rest_sums, tanh_sums, weighted_tangent_rest_sums, weighted_tanh_sums,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::precise::DoubleDouble;
    use mmw_core::simd::Level;
    use std::fmt::Debug;

    /// What a kernel gives at every level is what it gives at the least.
    fn same_at_every_level<R: PartialEq + Debug>(kernel: impl Fn(Level) -> R) {
        let portable = kernel(Level::Portable);
        for level in Level::available() {
            assert_eq!(kernel(level), portable, "{level}");
        }
    }

    /// The same for what is written into an output of `len` elements.
    fn same_output<O: Clone + Default + PartialEq + Debug>(len: usize, kernel: impl Fn(Level, &mut [O])) {
        same_at_every_level(|level| {
            let mut out = vec![O::default(); len];
            kernel(level, &mut out);
            out
        });
    }

    #[test]
    fn every_level_gives_the_bits_of_the_portable_kernels() {
        let x: Vec<f64> = (0..4001).map(|i| (f64::from(i) * 0.7).sin() * 0.9).collect();
        let narrow: Vec<f32> = x.iter().map(|x| *x as f32).collect();
        let points: Vec<f64> = x.iter().map(|x| x.abs()).collect();
        same_at_every_level(|level| power_sums(level, &x, 0.5));
        same_at_every_level(|level| power_sums(level, &narrow, 0.5));
        same_at_every_level(|level| even_power_sums(level, &x, 0.5));
        same_at_every_level(|level| fine_power_sums(level, &x, 0.5));
        same_at_every_level(|level| neighbour_sums(level, &x, 0.5));
        same_at_every_level(|level| greatest_magnitude(level, &x));
        same_at_every_level(|level| tanh_sums(level, &x, 0.5, 3.0));
        same_at_every_level(|level| weighted_tanh_sums(level, &points, &points, 3.0));
        same_at_every_level(|level| tangent_rest_sums(level, &x, 0.5, 3.0, 1.0));
        same_at_every_level(|level| weighted_tangent_rest_sums(level, &points, &points, 3.0, 1.0));
        same_at_every_level(|level| ramp_dot(level, &x, 0.2, 0.7, DoubleDouble::from(0.3)));
        same_at_every_level(|level| quartic_dot(level, &x, Gram { a: 3e5, b: 1e9 }, -2000.0, 0.4));
    }

    #[test]
    fn every_level_writes_the_bits_of_the_portable_kernels() {
        let x: Vec<f64> = (0..4001).map(|i| (f64::from(i) * 0.7).sin() * 0.9).collect();
        let (n, grid) = (x.len(), Grid { scale: 0.5, low: 0.1, per_unit: 1e4, count: 7001.0 });
        same_output(n, |level, bins| {
            power_sums_and_bins(level, &x, 0.5, bins);
        });
        same_output(n, |level, bins| bin_indices(level, &x, 0.5, bins));
        same_output(n, |level, buckets| bucket_indices(level, &x, grid, &mut vec![0.0; n], buckets));
        same_output(n, |level, magnitudes| bucket_indices(level, &x, grid, magnitudes, &mut vec![0; n]));
        let grid = Grid { per_unit: 1e3, count: 300.0, ..grid };
        same_output(n, |level, integers| places(level, &x, grid, integers, &mut vec![0; n]));
        same_output(n, |level, fractions| places(level, &x, grid, &mut vec![0; n], fractions));
        let fractions: Vec<u32> = (0..4001_u32).map(|i| i.wrapping_mul(0x9e37_79b9)).collect();
        same_output(n, |level, indices| buckets_of_fractions(level, &fractions, 700, indices));
        same_output(n, |level, values| values_of_fractions(level, &fractions, 0.2, 0.1, values));
    }
}
