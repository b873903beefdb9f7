//! The two inner loops, compiled once for any processor and once for AVX2, picked at run time.
//!
//! The one place of the simulator with `unsafe`: calling a function with `#[target_feature(enable =
//! "avx2")]` is sound exactly when the processor has AVX2, and each such call stands in the branch where
//! `is_x86_feature_detected!("avx2")` has just said so. The functions themselves are safe code, the same
//! for both, without fused operations, so that both compute the same bits.
#![allow(unsafe_code)]

use super::noise::NoiseSource;
use super::row::Converter;
use super::tone::Tone;
use mmw_core::C32;

/// [`Tone::add_to`].
pub(super) fn add_tone(tone: Tone, re: &mut [f64], im: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 is there, see the module's header.
        return unsafe { avx2::add_tone(tone, re, im) };
    }
    tone.add_to(re, im);
}

/// [`Converter::convert`].
pub(super) fn convert(
    converter: &Converter,
    re: &[f64],
    im: &[f64],
    noise: &mut NoiseSource,
    out: &mut [C32],
) -> usize {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 is there, see the module's header.
        return unsafe { avx2::convert(converter, re, im, noise, out) };
    }
    converter.convert(re, im, noise, out)
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{C32, Converter, NoiseSource, Tone};

    #[target_feature(enable = "avx2")]
    pub(super) fn add_tone(tone: Tone, re: &mut [f64], im: &mut [f64]) {
        tone.add_to(re, im);
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn convert(
        converter: &Converter,
        re: &[f64],
        im: &[f64],
        noise: &mut NoiseSource,
        out: &mut [C32],
    ) -> usize {
        converter.convert(re, im, noise, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::rand::SeedableRng;
    use mmw_core::rand::rngs::Xoshiro256PlusPlus;

    #[test]
    fn the_picked_loops_compute_the_bits_of_the_portable_ones() {
        let tone = Tone::new(30_000.0, [0.3, 20.7, 41.3], 104.0);
        let (mut re, mut im) = (vec![1.0; 104], vec![2.0; 104]);
        let (mut twin_re, mut twin_im) = (re.clone(), im.clone());
        add_tone(tone.clone(), &mut re, &mut im);
        tone.add_to(&mut twin_re, &mut twin_im);
        assert_eq!((&re, &im), (&twin_re, &twin_im));

        let mut source = NoiseSource::new(&mut Xoshiro256PlusPlus::seed_from_u64(1));
        let mut twin_source = source.clone();
        for real in [false, true] {
            for full_scale in [None, Some(16_384.0)] {
                let converter = Converter { sigma: Some(500.0), real, full_scale };
                let (mut out, mut twin_out) = (vec![C32::default(); 101], vec![C32::default(); 101]);
                let clipped = convert(&converter, &re, &im, &mut source, &mut out);
                let twin_clipped = converter.convert(&twin_re, &twin_im, &mut twin_source, &mut twin_out);
                assert_eq!((clipped, out), (twin_clipped, twin_out));
                assert_eq!(clipped > 0, full_scale.is_some());
            }
        }
    }
}
