//! The closed forms, arranged so that nothing cancels.

use super::spec::even_limit_ratio;
use super::{First, LadderSpec, ReflectionZeros, SynthesisError, Terminations, Unrealisable};
use crate::response::{Cutoff, small_exp_m1, three_db_scale};
use std::f64::consts::FRAC_PI_2;
use std::sync::LazyLock;

/// Element values from the generator for a reference of 1 ohm and 1 rad/s at the cut-off.
pub(super) fn elements(spec: &LadderSpec) -> Result<Vec<f64>, SynthesisError> {
    let epsilon_squared = spec.response.epsilon_squared()?;
    if spec.cutoff == Cutoff::ThreeDb && epsilon_squared.is_some_and(|e| e > 1.0) {
        return Err(Unrealisable::RippleAboveThreeDb.into());
    }
    // By reciprocity, a load that takes no power is a source that gives none, seen from the other end.
    let from_load = |needed| {
        let mut elements = single(spec, epsilon_squared, needed, spec.first.at(spec.order - 1))?;
        elements.reverse();
        Ok(elements)
    };
    match spec.terminations {
        Terminations::Double { source_ohm, load_ohm } => double(spec, epsilon_squared, source_ohm, load_ohm),
        Terminations::VoltageSource { .. } => single(spec, epsilon_squared, First::Series, spec.first),
        Terminations::CurrentSource { .. } => single(spec, epsilon_squared, First::Shunt, spec.first),
        Terminations::ShortedLoad { .. } => from_load(First::Series),
        Terminations::OpenLoad { .. } => from_load(First::Shunt),
    }
}

/// The zeros' side, after all reasons why there may be none; `matched` when reflection vanishes.
fn side(spec: &LadderSpec, source_ohm: f64, load_ohm: f64, matched: bool) -> Result<Side, Unrealisable> {
    let (near, far) = match spec.first {
        First::Shunt => (source_ohm, load_ohm),
        First::Series => (load_ohm, source_ohm),
    };
    if spec.order.is_multiple_of(2) {
        if near < far {
            return Err(Unrealisable::EvenOrderTerminations { first: spec.first });
        }
        return Ok(match spec.reflection_zeros {
            None | Some(ReflectionZeros::Right) => Side::Plus,
            Some(ReflectionZeros::Left) => Side::Minus,
        });
    }
    let (possible, side) =
        if near < far { (ReflectionZeros::Right, Side::Plus) } else { (ReflectionZeros::Left, Side::Minus) };
    match spec.reflection_zeros {
        Some(asked) if asked != possible && !matched => Err(Unrealisable::ReflectionZerosFixed { possible }),
        _ => Ok(side),
    }
}

/// The sign in the closed forms.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Plus,
    Minus,
}

fn double(
    spec: &LadderSpec,
    epsilon_squared: Option<f64>,
    source_ohm: f64,
    load_ohm: f64,
) -> Result<Vec<f64>, SynthesisError> {
    let n = spec.order as f64;
    let sum = source_ohm + load_ohm;
    // Differences of the resistances themselves: their ratio would be rounded first.
    let rho = (load_ohm - source_ohm).abs() / sum;
    let to_load = match spec.first {
        First::Shunt => load_ohm / source_ohm,
        First::Series => source_ohm / load_ohm,
    };
    let mut heap = Default::default();
    let angles = Angles::new(spec.order, &mut heap);
    let Some(epsilon_squared) = epsilon_squared else {
        let side = side(spec, source_ohm, load_ohm, rho == 0.0)?;
        let ln_rho = if rho < 0.5 { rho.ln() } else { (-2.0 * source_ohm.min(load_ohm) / sum).ln_1p() };
        let a = (ln_rho / n).exp();
        let one_minus_a = -(ln_rho / n).exp_m1();
        let divisor = if side == Side::Minus { one_minus_a } else { 1.0 + a };
        let first = 2.0 * angles.first / divisor * to_load;
        let (constant, slope) = (one_minus_a * one_minus_a, 4.0 * a);
        return Ok(angles.chain(first, 1.0, |step| constant + slope * step.half_angle(side)));
    };
    let even = spec.order.is_multiple_of(2);
    let mismatch = 4.0 * source_ohm * load_ohm / (sum * sum);
    let gain = if even { mismatch * (1.0 + epsilon_squared) } else { mismatch };
    let d = if even { even_reflection(rho, mismatch, epsilon_squared, gain)? } else { rho * rho };
    let side = side(spec, source_ohm, load_ohm, d == 0.0)?;
    let rings = Rings::new(epsilon_squared, d, gain, n);
    let scale = match spec.cutoff {
        Cutoff::RippleEdge => 1.0,
        Cutoff::ThreeDb => rings.three_db_scale(epsilon_squared, n),
    };
    let Rings { x, y, x_minus_y, .. } = rings;
    let divisor = if side == Side::Minus { x_minus_y } else { x + y };
    let first = 2.0 * angles.first / divisor * to_load;
    let (constant, slope) = (x_minus_y * x_minus_y, 4.0 * x * y);
    Ok(angles.chain(first, scale, |step| constant + slope * step.half_angle(side) + step.full))
}

/// The radii of the ellipses that poles (`x`) and reflection zeros (`y`) lie on, and their difference.
struct Rings {
    x: f64,
    y: f64,
    x_minus_y: f64,
    /// `cosh(asinh(1/ε)/n)`.
    cosh_u: f64,
}

impl Rings {
    /// With `p = 1/ε`, `q = √d/ε`, `P = e^asinh p` and `Q = e^asinh q`: `E = P^(1/n)`, `F = Q^(1/n)`,
    /// `x = (E − 1/E)/2`, `y = (F − 1/F)/2` and `x − y = (E − F)(1 + 1/EF)/2`.
    ///
    /// `E` is `F` times the n-th root of `P/Q`, and `P − Q` is a sum of positive multiples of
    /// `p² − q² = K/ε²`, so no difference is ever rounded. Only the absolute error of `y` matters: it adds to
    /// `x`, or appears in `x − y`, which has its own form.
    #[inline]
    fn new(epsilon_squared: f64, d: f64, gain: f64, n: f64) -> Self {
        let inverse = 1.0 / epsilon_squared;
        let (p, q) = (inverse.sqrt(), (d * inverse).sqrt());
        let (p_root, q_root) = ((1.0 + inverse).sqrt(), (1.0 + d * inverse).sqrt());
        let (sum, root_sum, big_q) = (p + q, p_root + q_root, q + q_root);
        let excess = gain * inverse * (sum + root_sum) / (sum * root_sum * big_q);
        let per_order = 1.0 / n;
        let f_minus_1 = exp_m1(big_q.ln() * per_order);
        let step = exp_m1(ln_1p(excess) * per_order);
        let f = 1.0 + f_minus_1;
        let e_minus_1 = f_minus_1 + f * step;
        let inverse_e = 1.0 / (1.0 + e_minus_1);
        Self {
            x: 0.5 * (e_minus_1 + e_minus_1 * inverse_e),
            y: 0.5 * (f_minus_1 + f_minus_1 / f),
            x_minus_y: 0.5 * step * (f + inverse_e),
            cosh_u: 0.5 * (1.0 + e_minus_1 + inverse_e),
        }
    }

    /// `cosh(acosh(1/ε)/n)` of small ripple from what is known of `u = asinh(1/ε)/n`.
    ///
    /// With `δ = asinh(1/ε) − acosh(1/ε)`, `sinh δ = ε²/(1 + √(1 − ε⁴))` and
    /// `cosh(u − δ/n) = cosh u cosh(δ/n) − sinh u sinh(δ/n)`, all by short series.
    #[inline]
    fn three_db_scale(&self, epsilon_squared: f64, n: f64) -> f64 {
        if epsilon_squared > 0.02 {
            return three_db_scale(epsilon_squared, n);
        }
        let s = epsilon_squared / (1.0 + (1.0 - epsilon_squared * epsilon_squared).sqrt());
        let s2 = s * s;
        let w = s * (1.0 - s2 * (1.0 / 6.0 - s2 * (3.0 / 40.0 - s2 * (15.0 / 336.0)))) / n;
        let w2 = w * w;
        let sinh = w * (1.0 + w2 * (1.0 / 6.0 + w2 * (1.0 / 120.0)));
        let cosh_less_1 = w2 * (0.5 + w2 * (1.0 / 24.0 + w2 * (1.0 / 720.0)));
        self.cosh_u + (self.cosh_u * cosh_less_1 - self.x * sinh)
    }
}

/// `e^z − 1` for `z >= 0`; above 1/8 the plain difference loses at most three bits and costs half as much.
#[inline]
#[expect(clippy::imprecise_flops, reason = "only where the plain form is precise")]
fn exp_m1(z: f64) -> f64 {
    if z > 0.125 { z.exp() - 1.0 } else { small_exp_m1(z) }
}

/// `ln(1 + z)` for `z >= 0`; above 1/8 the plain form loses at most three bits and costs half as much.
#[inline]
#[expect(clippy::imprecise_flops, reason = "only where the plain form is precise")]
fn ln_1p(z: f64) -> f64 {
    if z > 0.125 { (1.0 + z).ln() } else { z.ln_1p() }
}

/// `1 − K` of an even Chebyshev response, as a product: `ρ² − K0 ε² = (ρ − ε√K0)(ρ + ε√K0)`.
fn even_reflection(rho: f64, mismatch: f64, epsilon_squared: f64, gain: f64) -> Result<f64, SynthesisError> {
    let lost = (mismatch * epsilon_squared).sqrt();
    let d = (rho - lost) * (rho + lost);
    if d >= 0.0 {
        return Ok(d);
    }
    // Resistances chosen to meet the limit exactly miss it by their own rounding.
    if d > -8.0 * f64::EPSILON * rho * rho {
        return Ok(0.0);
    }
    let limit_ratio = even_limit_ratio(epsilon_squared);
    Err(Unrealisable::EvenChebyshevMatch { gain, limit_ratio }.into())
}

/// The limit of [`double`] for `RS → 0` or `RS → ∞`: zeros on the left, next to the generator an element that
/// the generator does not swallow.
fn single(
    spec: &LadderSpec,
    epsilon_squared: Option<f64>,
    needed: First,
    next_to_source: First,
) -> Result<Vec<f64>, SynthesisError> {
    if needed != next_to_source {
        return Err(Unrealisable::ElementWithoutEffect.into());
    }
    if spec.reflection_zeros == Some(ReflectionZeros::Right) {
        return Err(Unrealisable::SingleTerminationZeros.into());
    }
    let n = spec.order as f64;
    let mut heap = Default::default();
    let angles = Angles::new(spec.order, &mut heap);
    let Some(epsilon_squared) = epsilon_squared else {
        let first = n * angles.first;
        return Ok(angles.chain(first, 1.0, |step| 4.0 * step.minus));
    };
    let u = (1.0 / epsilon_squared.sqrt()).asinh() / n;
    let x = u.sinh();
    let root = (1.0 + epsilon_squared).sqrt();
    let ripple = if spec.order.is_multiple_of(2) { 1.0 / root } else { root };
    let first = n * angles.first * ripple / u.cosh();
    let scale = match spec.cutoff {
        Cutoff::RippleEdge => 1.0,
        Cutoff::ThreeDb => three_db_scale(epsilon_squared, n),
    };
    Ok(angles.chain(first, scale, |step| 4.0 * x * x * step.minus + step.full))
}

/// What the closed forms take from the order alone.
struct Angles<'a> {
    /// `sin(π/2n)`.
    first: f64,
    /// For r from 1 to n − 1.
    steps: &'a [Step],
}

/// What the denominator `D_r` and its neighbours take from the angle `rπ/n`.
#[derive(Clone, Copy, Default)]
struct Step {
    /// `sin((2r+1)π/2n) / sin((2r−3)π/2n)`, and `4 sin(π/2n) sin(3π/2n)` for r = 1.
    ratio: f64,
    /// `(1 + cos(rπ/n)) / 2` as a square.
    plus: f64,
    /// `(1 − cos(rπ/n)) / 2` as a square.
    minus: f64,
    /// `sin²(rπ/n)`.
    full: f64,
}

impl Step {
    #[inline]
    fn half_angle(&self, side: Side) -> f64 {
        match side {
            Side::Plus => self.plus,
            Side::Minus => self.minus,
        }
    }
}

/// Orders below this have their angles computed once and kept.
const KEPT: usize = 32;

static KEPT_ANGLES: LazyLock<Vec<(f64, Vec<Step>)>> =
    LazyLock::new(|| (0..KEPT).map(|order| angles(order.max(1))).collect());

/// `sin(π/2n)` and the steps of an order above 0.
fn angles(order: usize) -> (f64, Vec<Step>) {
    let quarter = FRAC_PI_2 / order as f64;
    // sin(kπ/2n) by whichever function has an angle up to 45 degrees, where neither is steep.
    let sine = |k: usize| {
        let k = if k > order { 2 * order - k } else { k };
        if 2 * k <= order { (k as f64 * quarter).sin() } else { ((order - k) as f64 * quarter).cos() }
    };
    let step = |r: usize| {
        let (sine_half, cosine_half) = (sine(r), sine(order - r));
        let full = 2.0 * sine_half * cosine_half;
        Step {
            ratio: if r == 1 { 4.0 * sine(1) * sine(3) } else { sine(2 * r + 1) / sine(2 * r - 3) },
            plus: cosine_half * cosine_half,
            minus: sine_half * sine_half,
            full: full * full,
        }
    };
    (sine(1), (1..order).map(step).collect())
}

impl<'a> Angles<'a> {
    /// The angles of an order; `heap` holds them when they are not kept.
    #[inline]
    fn new(order: usize, heap: &'a mut (f64, Vec<Step>)) -> Self {
        if let Some((first, steps)) = KEPT_ANGLES.get(order) {
            return Self { first: *first, steps };
        }
        *heap = angles(order);
        Self { first: heap.0, steps: &heap.1 }
    }

    /// `g1 = first`, `g_r g_{r+1} = 4 sin((2r−1)π/2n) sin((2r+1)π/2n) / D_r`, all times `scale`.
    ///
    /// Two neighbours of a product divided:
    /// `g_{r+1} = g_{r−1} sin((2r+1)π/2n) D_{r−1} / sin((2r−3)π/2n) D_r`, so that no division waits for the
    /// one before it. With `D_0 = 1` and `g_0 = 1/g_1` this starts itself.
    #[inline]
    fn chain(&self, first: f64, scale: f64, denominator: impl Fn(&Step) -> f64) -> Vec<f64> {
        let mut elements = Vec::with_capacity(self.steps.len() + 1);
        elements.push(first * scale);
        let (mut left, mut right, mut previous) = (scale / first, first * scale, 1.0);
        elements.extend(self.steps.iter().map(|step| {
            let next = denominator(step);
            let element = left * (step.ratio * previous / next);
            (left, right, previous) = (right, element, next);
            element
        }));
        elements
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_series_of_the_half_power_point_keeps_all_digits() {
        for epsilon_squared in [1e-12, 1e-6, 0.0023, 0.0199, 0.02] {
            for n in [1.0, 2.0, 7.0, 101.0] {
                let rings = Rings::new(epsilon_squared, 0.0, 1.0, n);
                let (short, long) =
                    (rings.three_db_scale(epsilon_squared, n), three_db_scale(epsilon_squared, n));
                // Four roundings each, at order 1 times the angle, up to 14.5, that the long form rounds.
                assert!((short / long - 1.0).abs() < 4e-15, "{epsilon_squared} {n}: {short} {long}");
            }
        }
    }
}
