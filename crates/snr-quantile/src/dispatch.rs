//! The kernels compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the features,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable kernels, inlined. Nothing is fused (but for what rounding leaves of a
//! product, which is exact either way) or reordered, so all give the same bits, which a test checks.
#![allow(unsafe_code)]

use crate::double_double::DoubleDouble;
use crate::kernels;
use mmw_core::Real;

/// Defines a function that runs the portable kernel of the same name in the widest registers there are.
///
/// Where a kernel has two forms, `as` names them: first that for processors that multiply and add in one operation.
macro_rules! dispatched {
    ($(#[$doc:meta])* $name:ident $signature:tt $arguments:tt -> $result:ty) => {
        dispatched! { $(#[$doc])* $name as (kernels::$name, kernels::$name) $signature $arguments -> $result }
    };
    (
        $(#[$doc:meta])* $name:ident as ($fused:path, $portable:path)
        [$($generic:tt)*] ($($argument:ident : $type:ty),*) -> $result:ty
    ) => {
        $(#[$doc])*
        pub(crate) fn $name<$($generic)*>($($argument: $type),*) -> $result {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,fma")]
                fn wide<$($generic)*>($($argument: $type),*) -> $result {
                    $fused($($argument),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn medium<$($generic)*>($($argument: $type),*) -> $result {
                    $fused($($argument),*)
                }
                let fused = is_x86_feature_detected!("fma");
                if fused
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512bw")
                {
                    // SAFETY: see the module's header; the five features have just been detected.
                    return unsafe { wide($($argument),*) };
                }
                if fused && is_x86_feature_detected!("avx2") {
                    // SAFETY: see the module's header; both features have just been detected.
                    return unsafe { medium($($argument),*) };
                }
            }
            $portable($($argument),*)
        }
    };
}

dispatched! {
    /// [`kernels::power_sums`].
    power_sums [T: Real] (block: &[T], scale: f64) -> ([i64; 3], f64)
}
dispatched! {
    /// [`kernels::even_power_sums`].
    even_power_sums [T: Real] (block: &[T], scale: f64) -> ([i64; 3], f64)
}
dispatched! {
    /// [`kernels::power_sums_and_bins`].
    power_sums_and_bins [T: Real] (block: &[T], scale: f64, bins: &mut [u32]) -> ([i64; 3], f64)
}
dispatched! {
    /// [`kernels::fine_power_sums`].
    fine_power_sums as (kernels::fine_power_sums::<_, true>, kernels::fine_power_sums::<_, false>)
    [T: Real] (block: &[T], scale: f64) -> [[i64; 2]; 3]
}
dispatched! {
    /// [`kernels::neighbour_sums`].
    neighbour_sums as (kernels::neighbour_sums::<_, true>, kernels::neighbour_sums::<_, false>)
    [T: Real] (block: &[T], scale: f64) -> [i64; 2]
}
dispatched! {
    /// [`kernels::greatest_bits`].
    greatest_bits [T: Real] (samples: &[T]) -> u64
}
dispatched! {
    /// [`kernels::tanh_sums`].
    tanh_sums [T: Real] (block: &[T], scale_and_q: [f64; 2]) -> [i64; 2]
}
dispatched! {
    /// [`kernels::weighted_tanh_sums`].
    weighted_tanh_sums [] (points: &[f64], weights: &[f64], q: f64) -> [i64; 2]
}
dispatched! {
    /// [`kernels::tangent_rest_sums`].
    tangent_rest_sums [T: Real] (block: &[T], scale_q_and_gain: [f64; 3]) -> [i64; 3]
}
dispatched! {
    /// [`kernels::weighted_tangent_rest_sums`].
    weighted_tangent_rest_sums [] (points: &[f64], weights: &[f64], q_and_gain: [f64; 2]) -> [i64; 2]
}
dispatched! {
    /// [`kernels::bin_indices`].
    bin_indices [T: Real] (block: &[T], scale: f64, out: &mut [u32]) -> ()
}
dispatched! {
    /// [`kernels::bin_centres`].
    bin_centres [T: Real] (block: &[T], scale: f64, out: &mut [f64]) -> ()
}
dispatched! {
    /// [`kernels::bucket_indices`].
    bucket_indices [T: Real] (samples: &[T], parameters: [f64; 4], magnitudes: &mut [f64], buckets: &mut [u32]) -> ()
}
dispatched! {
    /// [`kernels::places`].
    places [T: Real] (samples: &[T], parameters: [f64; 4], integers: &mut [u16], fractions: &mut [u32]) -> ()
}
dispatched! {
    /// [`kernels::buckets_of_fractions`].
    buckets_of_fractions [] (fractions: &[u32], buckets: u32, indices: &mut [u32]) -> ()
}
dispatched! {
    /// [`kernels::values_of_fractions`].
    values_of_fractions [] (fractions: &[u32], ends: [f64; 2], values: &mut [f64]) -> ()
}
dispatched! {
    /// [`kernels::ramp_dot`].
    ramp_dot as (kernels::ramp_dot::<true>, kernels::ramp_dot::<false>)
    [] (values: &[f64], start_and_slope: [f64; 2], sum: DoubleDouble) -> DoubleDouble
}
dispatched! {
    /// [`kernels::quartic_dot`].
    quartic_dot [] (magnitudes: &[f64], parameters: [f64; 4]) -> DoubleDouble
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_bits_of_the_portable_kernels() {
        let x: Vec<f64> = (0..4001).map(|i| (f64::from(i) * 0.7).sin() * 0.9).collect();
        let narrow: Vec<f32> = x.iter().map(|x| *x as f32).collect();
        assert_eq!(power_sums(&x, 0.5), kernels::power_sums(&x, 0.5));
        assert_eq!(power_sums(&narrow, 0.5), kernels::power_sums(&narrow, 0.5));
        assert_eq!(even_power_sums(&x, 0.5), kernels::even_power_sums(&x, 0.5));
        let (mut here, mut there) = (vec![0; x.len()], vec![0; x.len()]);
        let sums = power_sums_and_bins(&x, 0.5, &mut here);
        assert_eq!(sums, kernels::power_sums_and_bins(&x, 0.5, &mut there));
        assert_eq!(here, there);
        assert_eq!(fine_power_sums(&x, 0.5), kernels::fine_power_sums::<_, false>(&x, 0.5));
        assert_eq!(neighbour_sums(&x, 0.5), kernels::neighbour_sums::<_, false>(&x, 0.5));
        assert_eq!(greatest_bits(&x), kernels::greatest_bits(&x));
        assert_eq!(tanh_sums(&x, [0.5, 3.0]), kernels::tanh_sums(&x, [0.5, 3.0]));
        let points: Vec<f64> = x.iter().map(|x| x.abs()).collect();
        let here = weighted_tanh_sums(&points, &points, 3.0);
        assert_eq!(here, kernels::weighted_tanh_sums(&points, &points, 3.0));
        let there = kernels::tangent_rest_sums(&x, [0.5, 3.0, 1.0]);
        assert_eq!(tangent_rest_sums(&x, [0.5, 3.0, 1.0]), there);
        let here = weighted_tangent_rest_sums(&points, &points, [3.0, 1.0]);
        assert_eq!(here, kernels::weighted_tangent_rest_sums(&points, &points, [3.0, 1.0]));
        let (mut here, mut there) = (vec![0; x.len()], vec![0; x.len()]);
        bin_indices(&x, 0.5, &mut here);
        kernels::bin_indices(&x, 0.5, &mut there);
        assert_eq!(here, there);
        let (mut scaled, mut scaled_there) = (x.clone(), x.clone());
        bin_centres(&x, 0.5, &mut scaled);
        kernels::bin_centres(&x, 0.5, &mut scaled_there);
        assert_eq!(scaled, scaled_there);
        bucket_indices(&x, [0.5, 0.1, 1e4, 7000.0], &mut scaled, &mut here);
        kernels::bucket_indices(&x, [0.5, 0.1, 1e4, 7000.0], &mut scaled_there, &mut there);
        assert_eq!((&here, &scaled), (&there, &scaled_there));
        let (mut parts, mut parts_there) = (vec![0; x.len()], vec![0; x.len()]);
        places(&x, [0.5, 0.1, 1e3, 300.0], &mut parts, &mut here);
        kernels::places(&x, [0.5, 0.1, 1e3, 300.0], &mut parts_there, &mut there);
        assert_eq!((&parts, &here), (&parts_there, &there));
        let fractions = here.clone();
        buckets_of_fractions(&fractions, 700, &mut here);
        kernels::buckets_of_fractions(&fractions, 700, &mut there);
        values_of_fractions(&fractions, [0.2, 0.1], &mut scaled);
        kernels::values_of_fractions(&fractions, [0.2, 0.1], &mut scaled_there);
        assert_eq!((&here, &scaled), (&there, &scaled_there));
        let sum = DoubleDouble::from(0.3);
        assert_eq!(ramp_dot(&x, [0.2, 0.7], sum), kernels::ramp_dot::<false>(&x, [0.2, 0.7], sum));
        let parameters = [-2000.0, 3e5, 1e9, 0.4];
        assert_eq!(quartic_dot(&x, parameters), kernels::quartic_dot(&x, parameters));
    }
}
