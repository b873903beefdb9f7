//! A generator of random numbers that any language reproduces, so that a scene is named by its seed.

use mmw_core::random::split_mix;
use std::f64::consts::PI;

/// `SplitMix64` and what is drawn from it.
///
/// # Examples
/// ```
/// use mmw_sense::simulate::SplitMix64;
///
/// assert_eq!(SplitMix64::new(0).next_u64(), 0xE220_A839_7B1D_CDAF);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    /// The generator of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        split_mix(&mut self.state)
    }

    /// Uniform from `low` to below `high`: 53 bits.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.next_u64() >> 11) as f64 * f64::EPSILON / 2.0)
    }

    /// Normal of mean 0, by the cosine of Box and Muller: two uniforms per draw.
    pub fn normal(&mut self, deviation: f64) -> f64 {
        let (u, v) = (self.uniform(0.0, 1.0), self.uniform(0.0, 1.0));
        deviation * (-2.0 * (1.0 - u).ln()).sqrt() * (2.0 * PI * v).cos()
    }

    /// Poisson, by Knuth's product of uniforms: for means of tens at most.
    pub fn poisson(&mut self, mean: f64) -> usize {
        let limit = (-mean).exp();
        let (mut count, mut product) = (0, self.uniform(0.0, 1.0));
        while product > limit {
            count += 1;
            product *= self.uniform(0.0, 1.0);
        }
        count
    }
}
