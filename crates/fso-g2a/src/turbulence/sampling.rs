//! Gamma samples by the block, and the tilted law that makes rare fades common.

use super::GammaGamma;
use mmw_core::math::crossing;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::random::{fill_standard_normal, standard_normal};
use mmw_core::special::unchecked::{digamma, ln_gamma_of};
use mmw_core::{Error, Result, check};
use rand_distr::{Distribution, Gamma, Open01};

/// Samples a block.
pub(crate) const BLOCK: usize = 128;

/// Marsaglia and Tsang's method for gamma variables of mean 1, a block at a time [^marsaglia].
///
/// The squeeze accepts all but a few in a hundred candidates without a logarithm; those are dealt with one by
/// one afterwards, so that the bulk is straight-line arithmetic.
///
/// [^marsaglia]: G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM
///     Transactions on Mathematical Software 26 (2000).
#[derive(Debug, Clone, Copy)]
pub(crate) struct GammaBlocks {
    d: f64,
    c: f64,
    scale: f64,
    /// `1/shape` for shapes below 1, which are boosted from `shape + 1`.
    boost: Option<f64>,
}

impl GammaBlocks {
    pub(crate) fn new(shape: f64) -> Self {
        let boosted = if shape < 1.0 { shape + 1.0 } else { shape };
        let d = boosted - 1.0 / 3.0;
        Self { d, c: 1.0 / (9.0 * d).sqrt(), scale: d / shape, boost: (shape < 1.0).then_some(1.0 / shape) }
    }

    pub(crate) fn fill<R: Rng + ?Sized>(&self, out: &mut [f64; BLOCK], rng: &mut R) {
        let mut words = [0_u8; 4 * BLOCK];
        fill_standard_normal(out, rng);
        rng.fill_bytes(&mut words);
        let mut rejected = [false; BLOCK];
        for ((x, word), rejected) in out.iter_mut().zip(words.as_chunks::<4>().0).zip(&mut rejected) {
            let z = *x;
            let uniform = (f64::from(u32::from_le_bytes(*word)) + 0.5) * (1.0 / 4_294_967_296.0);
            let t = 1.0 + self.c * z;
            let square = z * z;
            *rejected = !(uniform < 1.0 - 0.0331 * square * square && t > 0.0);
            // A rejected candidate leaves z, to be judged in full.
            *x = if *rejected { z } else { t * t * t * self.scale };
        }
        for ((x, word), rejected) in out.iter_mut().zip(words.as_chunks::<4>().0).zip(&rejected) {
            if *rejected {
                let uniform = (f64::from(u32::from_le_bytes(*word)) + 0.5) * (1.0 / 4_294_967_296.0);
                *x = self.judge(*x, uniform, rng) * self.scale;
            }
        }
        if let Some(power) = self.boost {
            for x in out {
                let uniform: f64 = rng.sample(Open01);
                *x *= uniform.powf(power);
            }
        }
    }

    /// The full test of a candidate, and new ones until one passes.
    fn judge<R: Rng + ?Sized>(&self, mut z: f64, mut uniform: f64, rng: &mut R) -> f64 {
        loop {
            let t = 1.0 + self.c * z;
            if t > 0.0 {
                let v = t * t * t;
                if uniform.ln() < 0.5 * z * z + self.d * (1.0 - v + v.ln()) {
                    return v;
                }
            }
            z = standard_normal(rng);
            uniform = rng.sample(Open01);
        }
    }
}

/// A Gamma-Gamma law whose density is multiplied by `h^tilt/E[h^tilt]`: the same two factors with shapes
/// `alpha + tilt` and `beta + tilt`, at the old scales.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tilted {
    pub(crate) tilt: f64,
    /// `ln E[h^tilt]`.
    pub(crate) ln_moment: f64,
    first: LogGamma,
    second: LogGamma,
}

impl Tilted {
    /// The tilt, not above 0, under which the mean of `ln h` is `ln_target`: asymptotically the best for the
    /// probability of falling below it.
    pub(crate) fn towards(law: &GammaGamma, ln_target: f64) -> Result<Self> {
        let (alpha, beta) = (law.alpha(), law.beta());
        let least = -alpha.min(beta);
        let mean = |tilt: f64| digamma(alpha + tilt) + digamma(beta + tilt) - alpha.ln() - beta.ln();
        let [_, tilt] = crossing([least, 0.0], |tilt| mean(tilt) > ln_target);
        // Never nearer to the pole than leaves a proper shape.
        let tilt = tilt.max(0.999_9 * least);
        let part = |shape: f64| ln_gamma_of(shape + tilt) - ln_gamma_of(shape) - tilt * shape.ln();
        let sampler = |shape: f64| LogGamma::new(shape + tilt, 1.0 / shape);
        Ok(Self { tilt, ln_moment: part(alpha) + part(beta), first: sampler(alpha)?, second: sampler(beta)? })
    }

    /// `ln h` of a sample; the logarithms of the factors, because the product may underflow.
    pub(crate) fn sample_log<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.first.sample(rng) + self.second.sample(rng)
    }
}

/// The logarithm of a gamma variable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogGamma {
    gamma: Gamma<f64>,
    /// `1/shape` of a shape so small that a sample may underflow: drawn as `ln G(shape + 1) + ln(u)/shape`.
    boost: Option<f64>,
}

/// A gamma variable of this shape is below the least `f64` once in 1e30.
const LEAST_SHAPE: f64 = 0.1;

impl LogGamma {
    pub(crate) fn new(shape: f64, scale: f64) -> Result<Self> {
        check::positive("shape", shape)?;
        let small = shape < LEAST_SHAPE;
        let gamma = Gamma::new(if small { shape + 1.0 } else { shape }, scale)
            .map_err(|_| Error::domain("shape", shape, "a number above 0"))?;
        Ok(Self { gamma, boost: small.then_some(1.0 / shape) })
    }
}

impl Distribution<f64> for LogGamma {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let log = self.gamma.sample(rng).ln();
        match self.boost {
            None => log,
            Some(power) => {
                let uniform: f64 = rng.sample(Open01);
                log + power * uniform.ln()
            }
        }
    }
}
