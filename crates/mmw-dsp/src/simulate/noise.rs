//! Complex white Gaussian noise in blocks of eight samples, fast enough for captures of gigabytes.
//!
//! Sixty-four generators xoshiro256++ [^xoshiro] run side by side, seeded with 256 bits each from the stream
//! of the caller; 64 bits make one complex sample by the transform of Box and Muller [^box]:
//!
//! ```text
//! n = √(−ln u₁) · exp(j 2π u₂),   E|n|² = 1
//! ```
//! Everything is arithmetic on arrays of eight, which compilers turn into vector instructions, and uses
//! neither the mathematical library nor fused operations: every machine draws the same bits. `u₁` has 31
//! bits and a half step of offset, so magnitudes end at `√(32 ln 2)`, 6.7 standard deviations of a part.
//!
//! [^xoshiro]: D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM Trans. Math.
//!     Softw. 47(4), 2021.
//! [^box]: G. E. P. Box, M. E. Muller, "A Note on the Generation of Random Normal Deviates", Ann. Math.
//!     Statist. 29(2), 1958.

use mmw_core::rand::Rng;
use std::f32::consts::{FRAC_1_SQRT_2, FRAC_PI_4, LN_2};

/// Samples handed out at once.
pub(super) const LANES: usize = 8;

/// Generators side by side: enough that compilers keep them as a loop over whole vectors.
const GENERATORS: usize = 64;

/// The generators, and the noise of unit power that they drew last.
#[derive(Debug, Clone)]
pub(super) struct NoiseSource {
    state: [[u64; GENERATORS]; 4],
    re: [f32; GENERATORS],
    im: [f32; GENERATORS],
    /// Samples already handed out, a multiple of [`LANES`].
    used: usize,
}

impl NoiseSource {
    /// Draws the seeds of all generators from `rng`.
    pub(super) fn new<R: Rng + ?Sized>(rng: &mut R) -> Self {
        let mut source = Self::silent();
        for word in source.state.as_flattened_mut() {
            *word = rng.next_u64();
        }
        source
    }

    /// A source that is never asked.
    pub(super) fn silent() -> Self {
        let zero = [0.0; GENERATORS];
        Self { state: [[0; GENERATORS]; 4], re: zero, im: zero, used: GENERATORS }
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
        let (mut high, mut low) = ([0; GENERATORS], [0; GENERATORS]);
        let [s0, s1, s2, s3] = &mut self.state;
        for l in 0..GENERATORS {
            let drawn = s0[l].wrapping_add(s3[l]).rotate_left(23).wrapping_add(s0[l]);
            let t = s1[l] << 17;
            s2[l] ^= s0[l];
            s3[l] ^= s1[l];
            s1[l] ^= s2[l];
            s0[l] ^= s3[l];
            s2[l] ^= t;
            s3[l] = s3[l].rotate_left(45);
            high[l] = (drawn >> 32) as u32;
            low[l] = drawn as u32;
        }
        for l in 0..GENERATORS {
            let radius = minus_ln(uniform(high[l])).sqrt();
            let (cos, sin) = turn(low[l]);
            self.re[l] = radius * cos;
            self.im[l] = radius * sin;
        }
    }
}

/// 2^-31.
const PER_WORD: f32 = 1.0 / (1_u32 << 31) as f32;

/// A number in (0, 1]: dense near 0, where the logarithm needs it.
#[inline(always)]
fn uniform(bits: u32) -> f32 {
    ((bits >> 1) as i32 as f32 + 0.5) * PER_WORD
}

/// `−ln u` for u in (0, 1], never negative.
///
/// With `u = 2^e m`, m in [√½, √2): `ln m = 2 artanh s`, `s = (m − 1)/(m + 1)`, |s| < 0.172; the series
/// cut after `s⁹` misses `2 s¹¹/11`, below 8e-10.
#[inline(always)]
fn minus_ln(u: f32) -> f32 {
    const ROOT_HALF: u32 = FRAC_1_SQRT_2.to_bits();
    let shifted = u.to_bits().wrapping_sub(ROOT_HALF);
    let exponent = (shifted as i32) >> 23;
    let m = f32::from_bits((shifted & 0x007f_ffff) + ROOT_HALF);
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let series = 1.0 + s2 * (1.0 / 3.0 + s2 * (1.0 / 5.0 + s2 * (1.0 / 7.0 + s2 * (1.0 / 9.0))));
    (-(exponent as f32 * LN_2 + 2.0 * s * series)).max(0.0)
}

/// Cosine and sine of an angle uniform over the circle: 30 bits place it within ±π/4, one bit swaps sine
/// and cosine (a mirror in the diagonal), one turns by π. Taylor series to `x⁸` and `x⁹`, errors below 3e-8.
#[inline(always)]
fn turn(bits: u32) -> (f32, f32) {
    const SCALE: f32 = FRAC_PI_4 * PER_WORD;
    let x = ((bits << 2) as i32 as f32) * SCALE;
    let x2 = x * x;
    let sin =
        x * (1.0 + x2 * (-1.0 / 6.0 + x2 * (1.0 / 120.0 + x2 * (-1.0 / 5040.0 + x2 * (1.0 / 362_880.0)))));
    let cos = 1.0 + x2 * (-1.0 / 2.0 + x2 * (1.0 / 24.0 + x2 * (-1.0 / 720.0 + x2 * (1.0 / 40_320.0))));
    let swap = bits & (1 << 30) != 0;
    let (a, b) = if swap { (sin, cos) } else { (cos, sin) };
    let sign = bits & (1 << 31);
    (f32::from_bits(a.to_bits() ^ sign), f32::from_bits(b.to_bits() ^ sign))
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

    #[test]
    fn the_ends_of_the_uniform_numbers_give_finite_noise() {
        assert_eq!(minus_ln(uniform(u32::MAX)), 0.0);
        let most = f64::from(minus_ln(uniform(0)));
        assert!((most - 32.0 * std::f64::consts::LN_2).abs() < 1e-5);
        for u in [1e-9_f32, 1e-3, 0.3, 0.5, 0.7, 0.71, 0.999, 1.0] {
            // 3e-7 of a value up to 21, rounding of single precision.
            let exact = -f64::from(u).ln();
            assert!((f64::from(minus_ln(u)) - exact).abs() <= 3e-7 * exact.max(0.3), "{u}");
        }
    }

    #[test]
    fn turns_lie_on_the_unit_circle_in_all_octants() {
        let mut octants = [0_u32; 8];
        for bits in (0..u32::MAX - 65_536).step_by(65_521) {
            let (cos, sin) = turn(bits);
            assert!((cos.hypot(sin) - 1.0).abs() < 2e-7);
            let angle = f64::from(sin).atan2(f64::from(cos)).rem_euclid(std::f64::consts::TAU);
            octants[(angle / std::f64::consts::FRAC_PI_4) as usize % 8] += 1;
        }
        let total: u32 = octants.iter().sum();
        // Equidistant points: each octant holds an eighth up to a few points.
        assert!(octants.iter().all(|&n| n.abs_diff(total / 8) < 8), "{octants:?}");
    }
}
