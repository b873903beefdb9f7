//! The Box-Muller transform compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the features,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable transform, inlined. It fuses and reorders nothing, so all give the
//! same bits, which a test checks.
#![allow(unsafe_code)]

use super::normal::{CHUNK, Transform, box_muller};

/// [`box_muller`] in the widest registers that this processor has.
pub(super) fn transform_chunk<T: Transform>(words: &[T::Word; CHUNK], out: &mut [T; CHUNK]) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
            // SAFETY: see the module's header; both features have just been detected.
            return unsafe { transform_avx512(words, out) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: see the module's header; `avx2` has just been detected.
            return unsafe { transform_avx2(words, out) };
        }
    }
    box_muller(words, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
fn transform_avx512<T: Transform>(words: &[T::Word; CHUNK], out: &mut [T; CHUNK]) {
    box_muller(words, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn transform_avx2<T: Transform>(words: &[T::Word; CHUNK], out: &mut [T; CHUNK]) {
    box_muller(words, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_agree<T: Transform>(word: impl Fn(u64) -> T::Word) {
        let words = std::array::from_fn(|i| word(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(i as u64)));
        let mut portable = [T::zero(); CHUNK];
        box_muller(&words, &mut portable);
        let mut detected = [T::zero(); CHUNK];
        transform_chunk(&words, &mut detected);
        assert_eq!(detected, portable);
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            let mut narrow = [T::zero(); CHUNK];
            // SAFETY: `avx2` has just been detected.
            unsafe { transform_avx2(&words, &mut narrow) };
            assert_eq!(narrow, portable);
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        all_agree::<f32>(|bits| (bits >> 32) as u32);
        all_agree::<f64>(|bits| bits);
    }
}
