//! The phasor kernel compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the features,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable kernel, inlined. It fuses and reorders nothing, so all give the
//! same bits, which a test checks.
#![allow(unsafe_code)]

use super::series::phasors;

/// `re + j im = exp(j 2π turns)`, element by element, in the widest registers that this processor has.
pub(crate) fn fill_phasors(turns: &[f64], re: &mut [f64], im: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
            // SAFETY: see the module's header; both features have just been detected.
            return unsafe { phasors_avx512(turns, re, im) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: see the module's header; `avx2` has just been detected.
            return unsafe { phasors_avx2(turns, re, im) };
        }
    }
    phasors(turns, re, im);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
fn phasors_avx512(turns: &[f64], re: &mut [f64], im: &mut [f64]) {
    phasors(turns, re, im);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn phasors_avx2(turns: &[f64], re: &mut [f64], im: &mut [f64]) {
    phasors(turns, re, im);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phasors_match_the_library_and_every_instruction_set_gives_the_same_bits() {
        let turns: Vec<f64> = (0..5000).map(|i| f64::from(i) * 0.137 - 300.0).collect();
        let [mut re, mut im, mut portable_re, mut portable_im] = std::array::from_fn(|_| vec![0.0; 5000]);
        fill_phasors(&turns, &mut re, &mut im);
        phasors(&turns, &mut portable_re, &mut portable_im);
        assert_eq!((&re, &im), (&portable_re, &portable_im));
        for (i, t) in turns.iter().enumerate() {
            let angle = std::f64::consts::TAU * (t - t.round());
            assert!((re[i] - angle.cos()).abs() < 1e-15 && (im[i] - angle.sin()).abs() < 1e-15, "{t}");
        }
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: `avx2` has just been detected.
            unsafe { phasors_avx2(&turns, &mut re, &mut im) };
            assert_eq!((re, im), (portable_re, portable_im));
        }
    }
}
