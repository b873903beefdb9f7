//! The sum over lines compiled for wider vector registers, chosen at run time.
//!
//! Sound because a `#[target_feature]` function is unsafe to call only on a processor without the features,
//! and each call stands behind the detection of exactly the features that the function names. The functions
//! themselves are safe code: the portable sum, inlined. Nothing is fused or reordered, so all give the same
//! bits, which a test checks.
#![allow(unsafe_code)]

use super::sum::{self, LANES, Line};

/// [`sum::sum_lines`] in the widest registers that this processor has.
pub(super) fn sum_lines(lines: &[Line], frequency_ghz: &[f64; LANES]) -> [f64; LANES] {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: see the module's header; `avx512f` has just been detected.
            return unsafe { sum_lines_avx512(lines, frequency_ghz) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: see the module's header; `avx2` has just been detected.
            return unsafe { sum_lines_avx2(lines, frequency_ghz) };
        }
    }
    sum::sum_lines(lines, frequency_ghz)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn sum_lines_avx512(lines: &[Line], frequency_ghz: &[f64; LANES]) -> [f64; LANES] {
    sum::sum_lines(lines, frequency_ghz)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn sum_lines_avx2(lines: &[Line], frequency_ghz: &[f64; LANES]) -> [f64; LANES] {
    sum::sum_lines(lines, frequency_ghz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let line = |i: u32| Line {
            frequency_ghz: 50.0 + 0.37 * f64::from(i),
            width_squared: 1e-3 * f64::from(i + 1),
            alpha: 1.0 / f64::from(i + 3),
            beta: -1e-5 * f64::from(i),
        };
        let lines: Vec<Line> = (0..44).map(line).collect();
        for start in [1.0, 55.5, 900.0] {
            let frequency_ghz = std::array::from_fn(|lane| start + 0.71 * lane as f64);
            let portable = sum::sum_lines(&lines, &frequency_ghz).map(f64::to_bits);
            assert_eq!(sum_lines(&lines, &frequency_ghz).map(f64::to_bits), portable);
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                // SAFETY: `avx2` has just been detected.
                let narrow = unsafe { sum_lines_avx2(&lines, &frequency_ghz) };
                assert_eq!(narrow.map(f64::to_bits), portable);
            }
        }
    }
}
