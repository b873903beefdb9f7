//! Loops over slices, compiled for the widest vector registers that the machine has.
//!
//! The `unsafe` of this module is two calls of `#[target_feature]` functions. Each is sound because it stands
//! behind the run-time check of exactly the feature that the function enables; what runs inside is safe code,
//! the same as without it.
#![allow(unsafe_code)]

/// Work in loops. `run` must be `#[inline(always)]`, as must all that it calls in its loops, or it is compiled
/// without the instructions. Nothing is fused, so that all of them give the same bits.
pub(crate) trait Work {
    type Output;
    fn run(self) -> Self::Output;
}

/// Runs `work` with the best instructions there are.
pub(crate) fn widest<W: Work>(work: W) -> W::Output {
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
