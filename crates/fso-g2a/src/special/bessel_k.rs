//! Modified Bessel functions of the second kind, of real order: plain, scaled and logarithm.

use super::bessel_panels;
use super::beyond_linear::ODD;
use mmw_core::math::times_power_of_two;
use mmw_core::{Error, Result, check};
use std::f64::consts::{FRAC_PI_2, LN_2};

/// Coefficients `c_k` of `1/Γ(1 + μ) = Σ c_k μ^k`, after Wrench; for `|μ| ≤ ½` the first one left out
/// contributes below 1e-21.
const RECIPROCAL_GAMMA: [f64; 22] = [
    1.0,
    0.577_215_664_901_532_9,
    -0.655_878_071_520_253_9,
    -0.042_002_635_034_095_24,
    0.166_538_611_382_291_5,
    -0.042_197_734_555_544_34,
    -0.009_621_971_527_876_973,
    0.007_218_943_246_663_1,
    -0.001_165_167_591_859_065_1,
    -0.000_215_241_674_114_950_97,
    0.000_128_050_282_388_116_2,
    -2.013_485_478_078_824e-5,
    -1.250_493_482_142_670_6e-6,
    1.133_027_231_981_696e-6,
    -2.056_338_416_977_607e-7,
    6.116_095_104_481_416e-9,
    5.002_007_644_469_223e-9,
    -1.181_274_570_487_02e-9,
    1.043_426_711_691_100_5e-10,
    7.782_263_439_905_071e-12,
    -3.696_805_618_642_206e-12,
    5.100_370_287_454_476e-13,
];

/// Above this order the uniform expansion of Debye is exact to working precision with four terms.
const DEBYE_START: f64 = 1e5;
/// Arguments below this need an exponent of their own in the recurrence.
const TINY: f64 = 1e-70;

/// `K_ν(x)`, the modified Bessel function of the second kind.
///
/// ```text
/// K_ν(x) = ∫₀^∞ exp(−x cosh t) cosh(νt) dt
/// ```
/// Equation 10.32.9 of [^dlmf]. Temme's series [^temme] up to x = 1, polynomials made from his continued
/// fraction up to 32, the asymptotic series above, and the upward recurrence in the order, which is stable
/// and carries its own exponent. `order` is any finite number (`K_−ν = K_ν`), `x` is above 0. A value below
/// the range of `f64` comes out as the nearest number, 0 in the end; the logarithm and the scaled form do
/// not flush.
///
/// # Errors
/// [`Error::Domain`] for an order that is not finite, for `x` not above 0, and where `K_ν(x)` is above the
/// range of `f64` (take [`ln_bessel_k`]).
///
/// # Examples
/// ```
/// use fso_g2a::special::bessel_k;
/// let half = (std::f64::consts::PI / 6.0).sqrt() * (-3.0_f64).exp(); // K_½(x) = √(π/2x) exp(−x)
/// assert!((bessel_k(0.5, 3.0)? / half - 1.0).abs() < 1e-15);
/// assert!((bessel_k(1000.0, 746.0)? / 5.051_677_517_048_616e-65 - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^dlmf]: NIST Digital Library of Mathematical Functions, chapter 10.
/// [^temme]: N. M. Temme, "On the numerical evaluation of the modified Bessel function of the third kind",
///     Journal of Computational Physics 19 (1975).
pub fn bessel_k(order: f64, x: f64) -> Result<f64> {
    in_range(order, x, checked(order, x)?.value(x))
}

/// `exp(x) K_ν(x)`, which neither flushes nor loses digits for large arguments.
///
/// # Errors
/// As [`bessel_k`].
///
/// # Examples
/// ```
/// use fso_g2a::special::bessel_k_scaled;
/// // √(π/2x) (1 + (4ν² − 1)/8x + …)
/// let x = 1e12;
/// assert!((bessel_k_scaled(2.3, x)? / (std::f64::consts::FRAC_PI_2 / x).sqrt() - 1.0).abs() < 1e-11);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn bessel_k_scaled(order: f64, x: f64) -> Result<f64> {
    in_range(order, x, checked(order, x)?.scaled(x))
}

/// `ln K_ν(x)`, for every finite order and every finite argument above 0.
///
/// The error is that of `K`, a few 1e-15, or a rounding of the logarithm, whichever is larger; next to
/// `K = 1` the logarithm itself is small and keeps that absolute error.
///
/// # Errors
/// [`Error::Domain`] for an order that is not finite and for `x` not above 0.
///
/// # Examples
/// ```
/// use fso_g2a::special::{bessel_k, ln_bessel_k};
/// assert!((ln_bessel_k(2.3, 1.0)? - bessel_k(2.3, 1.0)?.ln()).abs() < 1e-15);
/// assert!((ln_bessel_k(0.0, 1e5)? / -100_005.530_6 - 1.0).abs() < 1e-9);
/// assert!(ln_bessel_k(1e6, 1e-300)?.is_finite());
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn ln_bessel_k(order: f64, x: f64) -> Result<f64> {
    let ln = checked(order, x)?.ln(x);
    if ln.is_finite() { Ok(ln) } else { Err(Error::domain("order", order, "a number whose ln K is finite")) }
}

fn in_range(order: f64, x: f64, value: f64) -> Result<f64> {
    if value.is_finite() {
        return Ok(value);
    }
    let domain = format!("a number at which K of order {order} is in the range of f64");
    Err(Error::domain("x", x, domain))
}

fn checked(order: f64, x: f64) -> Result<KPair> {
    let order = check::finite("order", order)?;
    Ok(KPair::new(order.abs(), check::positive("x", x)?))
}

/// `K_ν(x) = mantissa · 2^exponent · (exp(−x) if scaled)` and the ratio to the next order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KPair {
    mantissa: f64,
    exponent: i64,
    scaled: bool,
    /// A logarithm to add, zero but for the largest orders.
    ln_offset: f64,
    /// `K_{ν+1}(x) / K_ν(x)`.
    pub(crate) ratio: f64,
}

impl KPair {
    /// For `order ≥ 0` and `x > 0`, both finite.
    pub(crate) fn new(order: f64, x: f64) -> Self {
        if order > DEBYE_START {
            return debye(order, x);
        }
        let steps = (order + 0.5) as u32;
        let mu = order - f64::from(steps);
        let scaled = x >= bessel_panels::START;
        if x < TINY {
            return tiny(mu, steps, x);
        }
        let (first, second) = if !scaled {
            temme(mu, x)
        } else if x < bessel_panels::END {
            by_panel(mu, x)
        } else {
            (asymptotic(mu, x), asymptotic(mu + 1.0, x))
        };
        recur(first, second, mu, steps, x, scaled)
    }

    pub(crate) fn ln(&self, x: f64) -> f64 {
        let shift = if self.scaled { -x } else { 0.0 };
        if self.exponent == 0 && self.ln_offset == 0.0 {
            return self.mantissa.ln() + shift;
        }
        self.mantissa.ln() + self.exponent as f64 * LN_2 + (shift + self.ln_offset)
    }

    pub(crate) fn value(&self, x: f64) -> f64 {
        if self.ln_offset != 0.0 {
            return self.ln(x).exp();
        }
        if !self.scaled {
            return times_power_of_two(self.mantissa, self.exponent);
        }
        if self.exponent == 0 && x < 700.0 {
            return self.mantissa * (-x).exp();
        }
        let (remainder, powers) = reduce(x);
        times_power_of_two(self.mantissa * (-remainder).exp(), self.exponent.saturating_sub(powers))
    }

    fn scaled(&self, x: f64) -> f64 {
        if self.ln_offset != 0.0 {
            return (self.ln(x) + x).exp();
        }
        let factor = if self.scaled { 1.0 } else { x.exp() };
        times_power_of_two(self.mantissa * factor, self.exponent)
    }
}

/// `x = powers · ln 2 + remainder`; the two parts of `ln 2` leave an error below 1e-16 up to x = 1e9.
fn reduce(x: f64) -> (f64, i64) {
    const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let powers = (x / LN_2).round();
    ((x - powers * LN_2_HIGH) - powers * LN_2_LOW, powers as i64)
}

/// Upward recurrence `K_{ν+1} = (2ν/x) K_ν + K_{ν−1}` (10.29.1 of the DLMF), rescaled before it overflows.
fn recur(mut low: f64, mut high: f64, mu: f64, steps: u32, x: f64, scaled: bool) -> KPair {
    const BIG: f64 = 1.157_920_892_373_162e77; // 2^256, more than a step multiplies by: 2 · 1e5/1e-70
    let two_over_x = 2.0 / x;
    let mut exponent = 0;
    for step in 1..=steps {
        let next = (mu + f64::from(step)) * two_over_x * high + low;
        low = high;
        high = next;
        if low > BIG {
            low /= BIG;
            high /= BIG;
            exponent += 256;
        }
    }
    KPair { mantissa: low, exponent, scaled, ln_offset: 0.0, ratio: high / low }
}

/// Below [`TINY`] the term `K_{ν−1}` of the recurrence is nothing against `(2ν/x) K_ν`, and the factors are
/// kept as mantissa and exponent.
fn tiny(mu: f64, steps: u32, x: f64) -> KPair {
    // x = y · 2^−shift with y a normal number well within range.
    let shift: i64 = if x < 1e-290 { 800 } else { 400 };
    let y = times_power_of_two(x, shift);
    let d = (2.0 / y).ln() + shift as f64 * LN_2;
    let (f, p, _) = temme_start(mu, d);
    let two_over_y = 2.0 / y;
    if steps == 0 {
        let ratio = times_power_of_two(p / f * two_over_y, shift).min(f64::MAX);
        return KPair { mantissa: f, exponent: 0, scaled: false, ln_offset: 0.0, ratio };
    }
    let (mut mantissa, mut exponent) = normalised(p, 0);
    (mantissa, exponent) = normalised(mantissa * two_over_y, exponent + shift);
    for step in 1..steps {
        let factor = (mu + f64::from(step)) * two_over_y;
        (mantissa, exponent) = normalised(mantissa * factor, exponent + shift);
    }
    let ratio = times_power_of_two((mu + f64::from(steps)) * two_over_y, shift).min(f64::MAX);
    KPair { mantissa, exponent, scaled: false, ln_offset: 0.0, ratio }
}

/// The same number with a mantissa from 1 to 2.
fn normalised(mantissa: f64, exponent: i64) -> (f64, i64) {
    let power = mantissa.log2().floor();
    (mantissa * 2.0_f64.powi(-(power as i32)), exponent + power as i64)
}

/// `f₀, p₀, q₀` of Temme's series for `d = ln(2/x)`.
fn temme_start(mu: f64, d: f64) -> (f64, f64, f64) {
    let square = mu * mu;
    let (mut even, mut odd) = (0.0, 0.0);
    for pair in RECIPROCAL_GAMMA.as_chunks::<2>().0.iter().rev() {
        even = even * square + pair[0];
        odd = odd * square + pair[1];
    }
    let (gamma_plus, gamma_minus) = (even + mu * odd, even - mu * odd);
    let sigma = mu * d;
    let growth = sigma.exp();
    let decay = 1.0 / growth;
    let sinh_ratio = if sigma.abs() < 0.6 { sinhc(sigma * sigma) } else { 0.5 * (growth - decay) / sigma };
    // Γ(1 + μ) Γ(1 − μ) = πμ / sin πμ
    let f = (even * sinh_ratio * d - odd * 0.5 * (growth + decay)) / (gamma_plus * gamma_minus);
    (f, 0.5 * growth / gamma_plus, 0.5 * decay / gamma_minus)
}

/// `sinh(s)/s` for `s² ≤ 0.36`; the first term left out is below 1e-18.
fn sinhc(square: f64) -> f64 {
    ODD.iter().rev().fold(0.0, |sum, term| sum * square + term) * square + 1.0
}

/// `K_μ` and `K_{μ+1}` for `|μ| ≤ ½` and `x ≤ 1` by the series of Temme's paper, section 2.
fn temme(mu: f64, x: f64) -> (f64, f64) {
    let two_over_x = 2.0 / x;
    let (mut f, mut p, mut q) = temme_start(mu, two_over_x.ln());
    let quarter_square = 0.25 * x * x;
    let square = mu * mu;
    let mut c = 1.0;
    let (mut sum, mut sum_next) = (f, p);
    for k in 1..40 {
        let k = f64::from(k);
        let inverse = 1.0 / (k * k - square);
        f = (k * f + p + q) * inverse;
        p *= (k + mu) * inverse;
        q *= (k - mu) * inverse;
        c *= quarter_square / k;
        let term = c * f;
        sum += term;
        let term_next = c * (p - k * f);
        sum_next += term_next;
        if term.abs() < 1e-17 * sum && term_next.abs() < 1e-17 * sum_next {
            break;
        }
    }
    (sum, sum_next * two_over_x)
}

/// `1/n`: a table, because a division takes as long as the rest of a term.
const INVERSE: [f64; 36] = {
    let mut table = [0.0; 36];
    let mut n = 1;
    while n < 36 {
        table[n] = 1.0 / n as f64;
        n += 1;
    }
    table
};

/// `exp(x) K_μ` and `exp(x) K_{μ+1}` for `|μ| ≤ ½` and `x` from 1 to 32, by the recurrence
/// `K_{μ+1} = (μ/x) K_μ − K′_μ` (10.29.2 of the DLMF).
fn by_panel(mu: f64, x: f64) -> (f64, f64) {
    let (value, slope) = bessel_panels::scaled_with_slope(mu, x);
    let front = (FRAC_PI_2 / x).sqrt();
    (front * value, front * (mu / x * value + slope))
}

/// `exp(x) K_ν(x)` for `|ν| ≤ 3/2` and `x ≥ 32` by the series 10.40.2 of the DLMF.
fn asymptotic(order: f64, x: f64) -> f64 {
    let four_square = 4.0 * order * order;
    let eighth = 0.125 / x;
    let (mut term, mut sum) = (1.0_f64, 1.0);
    for (k, inverse) in INVERSE.iter().enumerate().skip(1) {
        let odd = (2 * k - 1) as f64;
        term *= (four_square - odd * odd) * eighth * inverse;
        sum += term;
        if term.abs() < 4e-17 {
            break;
        }
    }
    (FRAC_PI_2 / x).sqrt() * sum
}

/// The uniform expansion 10.41.4 of the DLMF; above [`DEBYE_START`] the first term left out is below 1e-17.
fn debye(order: f64, x: f64) -> KPair {
    let ln = |nu: f64| {
        let root = nu.hypot(x);
        let t = nu / root;
        let correction = -t * (3.0 - 5.0 * t * t) / (24.0 * nu)
            + t * t * (81.0 - 462.0 * t * t + 385.0 * t.powi(4)) / (1152.0 * nu * nu);
        0.5 * (FRAC_PI_2 / root).ln() - root + nu * asinh_ratio(nu, x) + correction.ln_1p()
    };
    let offset = ln(order);
    // K_{ν+1}/K_ν from the Riccati equation of the ratio, to second order in 1/ν.
    let root = order.hypot(x);
    let ratio = (order / x + root / x + 0.5 * (x / root) / root).min(f64::MAX);
    KPair { mantissa: 1.0, exponent: 0, scaled: false, ln_offset: offset, ratio }
}

/// `asinh(ν/x)`, also where the ratio overflows.
fn asinh_ratio(nu: f64, x: f64) -> f64 {
    let ratio = nu / x;
    if ratio.is_finite() { ratio.asinh() } else { nu.ln() - x.ln() + LN_2 }
}
