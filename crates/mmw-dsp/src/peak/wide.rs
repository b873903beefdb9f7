//! Loops over bins, compiled for the widest vector registers that the machine has.
//!
//! The `unsafe` of this module is two calls of `#[target_feature]` functions. Each is sound because it stands
//! behind the run-time check of exactly the features that the function enables; what runs inside is safe code,
//! the same as without them.
#![allow(unsafe_code)]

/// Numbers that are worked on side by side.
pub(super) const LANES: usize = 8;

/// Work in loops. `run` must be `#[inline(always)]`, as must all that it calls in its loops, or it is compiled
/// without the instructions. `FMA` says that `mul_add` is one of them.
pub(super) trait Work {
    type Output;
    fn run<const FMA: bool>(self) -> Self::Output;
}

/// Runs `work` with the best instructions there are.
pub(super) fn widest<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the feature was found on the line above.
            return unsafe { with_avx512(work) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: both features were found on the line above.
            return unsafe { with_avx2(work) };
        }
    }
    work.run::<false>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn with_avx512<W: Work>(work: W) -> W::Output {
    work.run::<true>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2<W: Work>(work: W) -> W::Output {
    work.run::<true>()
}

/// `sum + a b`.
#[inline(always)]
pub(super) fn add<const FMA: bool>(sum: f64, a: f64, b: f64) -> f64 {
    if FMA { a.mul_add(b, sum) } else { sum + a * b }
}

/// `to + from · weight` for complex numbers whose parts stand apart, `[re, im]`.
#[inline(always)]
pub(super) fn add_product<const FMA: bool>(
    [to_re, to_im]: [&mut [f64]; 2],
    [re, im]: [&[f64]; 2],
    weight: mmw_core::C64,
) {
    for ((sum_re, sum_im), (&re, &im)) in to_re.iter_mut().zip(to_im).zip(re.iter().zip(im)) {
        *sum_re = add::<FMA>(add::<FMA>(*sum_re, re, weight.re), -im, weight.im);
        *sum_im = add::<FMA>(add::<FMA>(*sum_im, re, weight.im), im, weight.re);
    }
}
