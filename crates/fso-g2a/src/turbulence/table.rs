//! The distribution of a Gamma-Gamma law as piecewise polynomials, for sweeps.

use super::{GammaGamma, Turbulence};
use mmw_core::math::chebyshev_polynomial;
use std::sync::Arc;

/// Coefficients a panel; with the widths below the last is under 1e-14 of the first.
const COEFFICIENTS: usize = 12;
/// The upper panels hold the distribution, the lower ones its logarithm; they meet near this probability.
const LN_SPLIT: f64 = -0.5;
/// Least logarithm of the distribution that is tabulated.
const LN_LEAST: f64 = -70.0;
/// Panels on either side of the split; shapes so small that these do not reach the ends leave
/// those to the law.
const MOST: i32 = 400;

/// A [`GammaGamma`] law whose distribution is read from a table: some 20 ns instead of a microsecond, for
/// work that asks for it thousands of times, as an outage sweep that shares `alpha` and `beta` does.
///
/// The table is made once, in less than a millisecond, and clones share it; it agrees with the law to 2e-12
/// relative, and beyond its lower end (a probability of 1e-30) the law itself answers. Density and quantiles
/// are the law's own.
///
/// # Examples
/// ```
/// use fso_g2a::turbulence::{GammaGamma, GammaGammaTable, Turbulence};
/// let law = GammaGamma::new(4.0, 1.7)?;
/// let table = GammaGammaTable::new(law);
/// for h in [1e-9, 0.01, 1.0, 7.0] {
///     assert!((table.cdf_at_log(f64::ln(h)) / law.cdf(h)? - 1.0).abs() < 2e-12);
/// }
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GammaGammaTable {
    law: GammaGamma,
    start: f64,
    per_width: f64,
    /// Panels below this one hold the logarithm.
    split: usize,
    /// Whether the panels reach up to a distribution of 1.
    whole: bool,
    panels: Arc<[[f64; COEFFICIENTS]]>,
}

impl GammaGammaTable {
    /// Tabulates the law.
    #[must_use]
    pub fn new(law: GammaGamma) -> Self {
        let (centre, spread) = law.log_scale();
        let width = (0.45 * spread).clamp(1e-8, 0.5);
        let lower = |v: f64| law.ln_tails_at_log(v).0;
        let mut split_at = centre;
        // Where the two meet matters little; tiny shapes have their bulk too far out to walk there.
        for _ in 0..2000 {
            let low = lower(split_at) < LN_SPLIT;
            split_at += if low { width } else { -width };
            if low != (lower(split_at) < LN_SPLIT) {
                break;
            }
        }
        let mut below = 0;
        while below < MOST && lower(split_at - f64::from(below) * width) > LN_LEAST {
            below += 1;
        }
        let mut above = 0;
        while above < MOST && law.ln_tails_at_log(split_at + f64::from(above) * width).1 > -38.0 {
            above += 1;
        }
        let start = split_at - f64::from(below) * width;
        let panels = (0..below + above)
            .map(|i| {
                let middle = start + (f64::from(i) + 0.5) * width;
                let logarithm = i < below;
                chebyshev_polynomial(|t| {
                    let value = lower(middle + 0.5 * width * t);
                    if logarithm { value } else { value.exp() }
                })
            })
            .collect();
        Self { law, start, per_width: 1.0 / width, split: below as usize, whole: above < MOST, panels }
    }

    /// The law that is tabulated.
    #[must_use]
    pub fn law(&self) -> &GammaGamma {
        &self.law
    }
}

impl Turbulence for GammaGammaTable {
    fn ln_tails_at_log(&self, v: f64) -> (f64, f64) {
        self.law.ln_tails_at_log(v)
    }

    fn ln_density_at_log(&self, v: f64) -> f64 {
        self.law.ln_density_at_log(v)
    }

    #[inline]
    fn cdf_at_log(&self, v: f64) -> f64 {
        let place = (v - self.start) * self.per_width;
        if place < 0.0 || place.is_nan() {
            return self.law.cdf_at_log(v);
        }
        let index = place as usize;
        let Some(panel) = self.panels.get(index) else {
            return if self.whole { 1.0 } else { self.law.cdf_at_log(v) };
        };
        let t = 2.0 * (place - index as f64) - 1.0;
        // Two interleaved Horner chains: half the latency of one.
        let square = t * t;
        let (mut even, mut odd) = (0.0, 0.0);
        for pair in panel.as_chunks::<2>().0.iter().rev() {
            even = even * square + pair[0];
            odd = odd * square + pair[1];
        }
        let value = even + t * odd;
        if index < self.split { value.exp() } else { value.min(1.0) }
    }

    fn log_support(&self) -> (f64, f64) {
        let end = self.start + self.panels.len() as f64 / self.per_width;
        // Tiny shapes end the table before the distribution ends.
        let first = if self.split < MOST as usize { self.start } else { f64::NEG_INFINITY };
        (first, if self.whole { end } else { self.law.log_support().1 })
    }

    fn log_scale(&self) -> (f64, f64) {
        self.law.log_scale()
    }

    fn pdf_at_zero(&self) -> f64 {
        self.law.pdf_at_zero()
    }
}
