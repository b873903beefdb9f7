//! The normal distribution: probability and quantile.

use crate::math::polynomial_value;
use crate::{Result, check};
use std::f64::consts::PI;

/// Probability that a normal variable of mean 0 and variance 1 stays below `x`.
///
/// ```text
/// Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + x⁷/(3·5·7) + …)      near 0
/// 1 − Φ(x) = φ(x) / (x + 1/(x + 2/(x + 3/(x + …))))            in the tails
/// ```
/// Equations (26.2.11) and (26.2.14) of [^abramowitz]. Relative error below 1e-13 in both tails. 0 and 1 for
/// the infinities; NaN is answered by ½, the value that tells least.
///
/// # Examples
/// ```
/// use mmw_core::stats::normal_cdf;
/// assert!((normal_cdf(1.96) - 0.975_002_104_851_780).abs() < 1e-15);
/// assert!((normal_cdf(-10.0) / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-13);
/// ```
///
/// [^abramowitz]: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions" (1964).
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    if x.is_nan() {
        return 0.5;
    }
    let tail = |x: f64| if x < 2.5 { 0.5 - near_half(x) } else { upper_tail(x) };
    if x < 0.0 { tail(-x) } else { 1.0 - tail(x) }
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// `Φ(x) − ½` for `x` from 0 to 2.5, where at most a factor 80 cancels against the half.
fn near_half(x: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    while term > 1e-18 * sum {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    density(x) * sum
}

/// `1 − Φ(x)` for `x` above 2.5: 100 levels of the fraction reach the last bit there.
fn upper_tail(x: f64) -> f64 {
    if x > 40.0 {
        return 0.0;
    }
    density(x) / (1..=100).rev().fold(x, |fraction, level| x + f64::from(level) / fraction)
}

/// The `x` below which a normal variable of mean 0 and variance 1 stays with that probability: Φ⁻¹.
///
/// Rational functions after Wichura, algorithm AS 241 [^wichura], relative error about 1e-16.
///
/// ```text
/// Φ(x) = probability
/// ```
/// Equation (26.2.22) of Abramowitz and Stegun states the problem; `probability` strictly between 0 and 1.
///
/// # Errors
/// [`crate::Error::Domain`] unless `probability` is above 0 and below 1.
///
/// # Examples
/// ```
/// use mmw_core::stats::normal_quantile;
/// assert!((normal_quantile(0.975)? - 1.959_963_984_540_054).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^wichura]: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
///     Applied Statistics 37 (1988).
pub fn normal_quantile(probability: f64) -> Result<f64> {
    check::open_unit("probability", probability)?;
    let centred = probability - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return Ok(centred * ratio(r, &CENTRE));
    }
    let r = (-probability.min(1.0 - probability).ln()).sqrt();
    let tail = if r <= 5.0 { ratio(r - 1.6, &SHOULDER) } else { ratio(r - 5.0, &TAIL) };
    Ok(tail.copysign(centred))
}

/// Quotient of two polynomials, coefficients in ascending order.
fn ratio(x: f64, [numerator, denominator]: &[[f64; 8]; 2]) -> f64 {
    polynomial_value(numerator, x) / polynomial_value(denominator, x)
}

/// Table of AS 241 for probabilities from 0.075 to 0.925.
const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_66e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
];
/// Table of AS 241 for √(−ln p) up to 5.
const SHOULDER: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
/// Table of AS 241 for √(−ln p) above 5.
const TAIL: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_94e-15,
    ],
];
