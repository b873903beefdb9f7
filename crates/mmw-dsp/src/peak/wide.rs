//! Loops over bins, compiled for the widest vector registers that the machine has.
//!
//! The `unsafe` of this module is two calls of `#[target_feature]` functions. Each is sound because it stands
//! behind the run-time check of exactly the features that the function enables; what runs inside is safe code,
//! the same as without them.
#![allow(unsafe_code)]

/// Numbers that are worked on side by side.
pub(super) const LANES: usize = 8;
/// The same where eight would be mostly padding.
pub(super) const FEW: usize = 4;

/// Work in loops. `run` must be `#[inline(always)]`, as must all that it calls in its loops, or it is compiled
/// without the instructions. Nothing is fused, so that all of them give the same bits.
pub(super) trait Work {
    type Output;
    fn run(self) -> Self::Output;
}

/// Runs `work` with the best instructions there are.
pub(super) fn widest<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the feature was found on the line above.
            return unsafe { with_avx512(work) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the feature was found on the line above.
            return unsafe { with_avx2(work) };
        }
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn with_avx512<W: Work>(work: W) -> W::Output {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2<W: Work>(work: W) -> W::Output {
    work.run()
}

/// `sum + a b`.
#[inline(always)]
pub(super) fn add(sum: f64, a: f64, b: f64) -> f64 {
    sum + a * b
}

/// `sums + z · conj(weight)`, real and imaginary parts apart.
#[inline(always)]
pub(super) fn add_lanes<const N: usize>(
    sums: &mut [[f64; N]; 2],
    re: &[f64; N],
    im: &[f64; N],
    weight: mmw_core::C64,
) {
    let [mut sum_re, mut sum_im] = *sums;
    for l in 0..N {
        sum_re[l] = add(sum_re[l], re[l], weight.re);
        sum_im[l] = add(sum_im[l], im[l], weight.re);
    }
    for l in 0..N {
        sum_re[l] = add(sum_re[l], im[l], weight.im);
        sum_im[l] = add(sum_im[l], -re[l], weight.im);
    }
    *sums = [sum_re, sum_im];
}

/// `Σ_k z_k · conj(weight_k)` of the `N` lanes from `start` of lines of length `line`; it stays in registers.
#[inline(always)]
pub(super) fn weighted<const N: usize>(
    [re, im]: [&[f64]; 2],
    line: usize,
    start: usize,
    weights: impl Iterator<Item = mmw_core::C64>,
) -> [[f64; N]; 2] {
    let mut sums = [[0.0; N]; 2];
    for ((re, im), weight) in re.chunks_exact(line).zip(im.chunks_exact(line)).zip(weights) {
        let lanes = re[start..].first_chunk::<N>().zip(im[start..].first_chunk::<N>());
        let Some((re, im)) = lanes else { break };
        add_lanes(&mut sums, re, im, weight);
    }
    sums
}

/// `to + from · weight` for complex numbers whose parts stand apart, `[re, im]`.
#[inline(always)]
pub(super) fn add_product([to_re, to_im]: [&mut [f64]; 2], [re, im]: &[Vec<f64>; 2], weight: mmw_core::C64) {
    for ((sum_re, sum_im), (&re, &im)) in to_re.iter_mut().zip(to_im).zip(re.iter().zip(im)) {
        *sum_re = add(add(*sum_re, re, weight.re), -im, weight.im);
        *sum_im = add(add(*sum_im, re, weight.im), im, weight.re);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sum<'a>(&'a [f64], &'a [f64]);

    impl Work for Sum<'_> {
        type Output = [f64; LANES];

        #[inline(always)]
        fn run(self) -> [f64; LANES] {
            let mut sums = [0.0; LANES];
            for (a, b) in self.0.as_chunks::<LANES>().0.iter().zip(self.1.as_chunks::<LANES>().0) {
                for (sum, (&a, &b)) in sums.iter_mut().zip(a.iter().zip(b)) {
                    *sum = add(*sum, a, b);
                }
            }
            sums
        }
    }

    #[test]
    fn wide_registers_change_no_bit() {
        let numbers = |salt: f64| (0..800).map(|i| (f64::from(i) * salt).sin()).collect::<Vec<_>>();
        let (a, b) = (numbers(0.37), numbers(1.13));
        assert_eq!(widest(Sum(&a, &b)), Sum(&a, &b).run());
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the feature was found on the line above.
            assert_eq!(unsafe { with_avx2(Sum(&a, &b)) }, Sum(&a, &b).run());
        }
    }
}
