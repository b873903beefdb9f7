//! The two inner loops of the simulator, compiled for each level of vector instructions.

use super::noise::NoiseSource;
use super::row::Converter;
use super::tone::Tone;
use mmw_core::{C32, by_level};

by_level! {
    /// [`Tone::add_to`].
    pub(super) fn add_tone(level: Level, tone: Tone, re: &mut [f64], im: &mut [f64]) {
        tone.add_to(re, im);
    }
}

by_level! {
    /// [`Converter::convert`].
    pub(super) fn convert(
        level: Level, converter: &Converter, re: &[f64], im: &[f64], noise: &mut NoiseSource, out: &mut [C32],
    ) -> usize {
        converter.convert(re, im, noise, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::rand::SeedableRng;
    use mmw_core::rand::rngs::Xoshiro256PlusPlus;
    use mmw_core::simd::Level;

    #[test]
    fn the_loops_compute_the_same_bits_at_every_level() {
        let tones = |level: Level| {
            let (mut re, mut im) = (vec![1.0; 104], vec![2.0; 104]);
            add_tone(level, Tone::new(30_000.0, [0.3, 20.7, 41.3], 104.0), &mut re, &mut im);
            (re, im)
        };
        let (re, im) = tones(Level::Portable);
        let rows = |level: Level| {
            let mut source = NoiseSource::new(&mut Xoshiro256PlusPlus::seed_from_u64(1));
            [(false, None), (true, None), (false, Some(16_384.0)), (true, Some(16_384.0))].map(
                |(real, full_scale)| {
                    let converter = Converter { sigma: Some(500.0), real, full_scale };
                    let mut out = vec![C32::default(); 101];
                    let clipped = convert(level, &converter, &re, &im, &mut source, &mut out);
                    assert_eq!(clipped > 0, full_scale.is_some());
                    (clipped, out)
                },
            )
        };
        for level in Level::available() {
            assert_eq!(tones(level), tones(Level::Portable), "{level}");
            assert_eq!(rows(level), rows(Level::Portable), "{level}");
        }
    }
}
