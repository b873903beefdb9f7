//! Loops over bins, compiled for the widest vector registers that the machine has.
//!
//! The `unsafe` of this module is two calls of `#[target_feature]` functions. Each is sound because it stands
//! behind the run-time check of exactly the features that the function enables; what runs inside is safe code,
//! the same as without them.
#![allow(unsafe_code)]

/// Numbers that are worked on side by side.
pub(super) const LANES: usize = 8;

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

/// `to + from · weight` for complex numbers whose parts stand apart, `[re, im]`.
#[inline(always)]
pub(super) fn add_product([to_re, to_im]: [&mut [f64]; 2], [re, im]: [&[f64]; 2], weight: mmw_core::C64) {
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
