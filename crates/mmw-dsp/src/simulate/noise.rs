//! Complex white Gaussian noise in blocks of eight samples, fast enough for captures of gigabytes.
//!
//! Sixty-four generators xoshiro256++ run side by side, seeded with 256 bits each from the stream of the
//! caller; 64 bits make one complex sample by the transform of Box and Muller. Everything is arithmetic on
//! arrays of eight, which compilers turn into vector instructions, and uses neither the mathematical library
//! nor fused operations: every machine draws the same bits.

use mmw_core::rand::Rng;
use mmw_core::random::{XoshiroLanes, complex_normal_of_word};

/// Samples handed out at once.
pub(super) const LANES: usize = 8;

/// Generators side by side: enough that compilers keep them as a loop over whole vectors.
const GENERATORS: usize = 64;

/// The generators, and the noise of unit power that they drew last.
#[derive(Debug, Clone)]
pub(super) struct NoiseSource {
    generators: XoshiroLanes<GENERATORS>,
    re: [f32; GENERATORS],
    im: [f32; GENERATORS],
    /// Samples already handed out, a multiple of [`LANES`].
    used: usize,
}

impl NoiseSource {
    /// Draws the seeds of all generators from `rng`.
    pub(super) fn new<R: Rng + ?Sized>(rng: &mut R) -> Self {
        Self { generators: XoshiroLanes::from_raw_words(rng), ..Self::silent() }
    }

    /// A source that is never asked.
    pub(super) fn silent() -> Self {
        let zero = [0.0; GENERATORS];
        Self { generators: XoshiroLanes::stuck(), re: zero, im: zero, used: GENERATORS }
    }

    /// Real and imaginary parts of eight samples with `E|n|² = sigma²`.
    #[inline(always)]
    pub(super) fn block(&mut self, sigma: f32) -> ([f32; LANES], [f32; LANES]) {
        if self.used >= GENERATORS {
            self.draw();
            self.used = 0;
        }
        let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            re[l] = sigma * self.re[self.used + l];
            im[l] = sigma * self.im[self.used + l];
        }
        self.used += LANES;
        (re, im)
    }

    #[inline(always)]
    fn draw(&mut self) {
        let words = self.generators.step();
        for ((re, im), word) in self.re.iter_mut().zip(&mut self.im).zip(words) {
            (*re, *im) = complex_normal_of_word(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::rand::SeedableRng;
    use mmw_core::rand::rngs::Xoshiro256PlusPlus;

    fn draws(count: usize) -> Vec<f64> {
        let mut source = NoiseSource::new(&mut Xoshiro256PlusPlus::seed_from_u64(5));
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let (re, im) = source.block(std::f32::consts::SQRT_2);
            all.extend(re.iter().chain(&im).map(|&x| f64::from(x)));
        }
        all
    }

    #[test]
    fn parts_are_normal_by_kolmogorov_and_smirnov() {
        use statrs::distribution::{ContinuousCDF, Normal};
        let mut x = draws(1 << 21);
        let n = x.len() as f64;
        x.sort_by(f64::total_cmp);
        let normal = Normal::standard();
        let distance = x
            .iter()
            .enumerate()
            .map(|(i, &x)| {
                let p = normal.cdf(x);
                (p - i as f64 / n).abs().max((p - (i + 1) as f64 / n).abs())
            })
            .fold(0.0, f64::max);
        // Critical value of the 1 % level, 1.63/√n.
        assert!(distance < 1.63 / n.sqrt(), "{distance}");
        // The tails, where the test above is blind: expected counts beyond 4σ are 2^21 · 6.33e-5 = 133 ± 12.
        let beyond = x.iter().filter(|x| x.abs() > 4.0).count();
        assert!((133 - 4 * 12..133 + 4 * 12).contains(&beyond), "{beyond}");
    }

    #[test]
    fn moments_and_neighbours_are_those_of_white_noise() {
        let x = draws(1 << 21);
        let n = x.len() as f64;
        let mean = |f: &dyn Fn(usize) -> f64| (0..x.len() - 8).map(f).sum::<f64>() / (n - 8.0);
        // Standard errors of the sample moments: 1/√n, √2/√n, √96/√n, 1/√n; four of each.
        let error = 4.0 / n.sqrt();
        assert!(mean(&|i| x[i]).abs() < error);
        assert!((mean(&|i| x[i].powi(2)) - 1.0).abs() < 2_f64.sqrt() * error);
        assert!((mean(&|i| x[i].powi(4)) - 3.0).abs() < 96_f64.sqrt() * error);
        for lag in 1..=8 {
            assert!(mean(&|i| x[i] * x[i + lag]).abs() < error, "lag {lag}");
            assert!(mean(&|i| (x[i].powi(2) - 1.0) * (x[i + lag].powi(2) - 1.0)).abs() < 2.0 * error);
        }
    }
}
