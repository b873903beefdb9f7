//! The lanes compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the features,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable fill, inlined. Integer arithmetic gives the same bits in all, which
//! a test checks.
#![allow(unsafe_code)]

use super::lanes::Lanes;

/// [`Lanes::fill_portable`] in the widest registers that this processor has.
pub(super) fn fill(lanes: &mut Lanes, bytes: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
            // SAFETY: see the module's header; both features have just been detected.
            return unsafe { fill_avx512(lanes, bytes) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: see the module's header; `avx2` has just been detected.
            return unsafe { fill_avx2(lanes, bytes) };
        }
    }
    lanes.fill_portable(bytes);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
fn fill_avx512(lanes: &mut Lanes, bytes: &mut [u8]) {
    lanes.fill_portable(bytes);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn fill_avx2(lanes: &mut Lanes, bytes: &mut [u8]) {
    lanes.fill_portable(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let lanes = Lanes::from_stream(&mut mmw_core::random::Streams::new(5).stream(1));
        let mut portable = [0; 1000];
        lanes.clone().fill_portable(&mut portable);
        let mut detected = [0; 1000];
        fill(&mut lanes.clone(), &mut detected);
        assert_eq!(detected, portable);
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            let mut narrow = [0; 1000];
            // SAFETY: `avx2` has just been detected.
            unsafe { fill_avx2(&mut lanes.clone(), &mut narrow) };
            assert_eq!(narrow, portable);
        }
    }
}
