//! The closed forms, arranged so that nothing cancels.

use super::{First, LadderSpec, ReflectionZeros, SynthesisError, Terminations, Unrealisable};
use crate::response::{Cutoff, small_exp_m1, three_db_scale};
use std::f64::consts::FRAC_PI_2;
use std::sync::LazyLock;

/// Element values from the source for a reference of 1 ohm and 1 rad/s at the cut-off.
pub(super) fn elements(spec: &LadderSpec) -> Result<Vec<f64>, SynthesisError> {
    let epsilon_squared = spec.response.epsilon_squared()?;
    let scale = match epsilon_squared {
        Some(e) if spec.cutoff == Cutoff::ThreeDb => {
            three_db_scale(e, spec.order as f64).ok_or(Unrealisable::RippleAboveThreeDb)?
        }
        _ => 1.0,
    };
    let mut elements = match spec.terminations {
        Terminations::Double { source_ohm, load_ohm } => {
            double(spec, epsilon_squared, source_ohm, load_ohm, scale)?
        }
        Terminations::VoltageSource { .. } => {
            single(spec, epsilon_squared, First::Series, spec.first, scale)?
        }
        Terminations::CurrentSource { .. } => single(spec, epsilon_squared, First::Shunt, spec.first, scale)?,
        // By reciprocity, a load that takes no power is a source that gives none, seen from the other end.
        Terminations::ShortedLoad { .. } => {
            single(spec, epsilon_squared, First::Series, spec.first.at(spec.order - 1), scale)?
        }
        Terminations::OpenLoad { .. } => {
            single(spec, epsilon_squared, First::Shunt, spec.first.at(spec.order - 1), scale)?
        }
    };
    if matches!(spec.terminations, Terminations::ShortedLoad { .. } | Terminations::OpenLoad { .. }) {
        elements.reverse();
    }
    Ok(elements)
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
    scale: f64,
) -> Result<Vec<f64>, SynthesisError> {
    let n = spec.order as f64;
    let sum = source_ohm + load_ohm;
    // Differences of the resistances themselves: their ratio would be rounded first.
    let rho = (load_ohm - source_ohm).abs() / sum;
    let to_load = match spec.first {
        First::Shunt => load_ohm / source_ohm,
        First::Series => source_ohm / load_ohm,
    };
    let mut heap = Vec::new();
    let sines = Sines::new(spec.order, &mut heap);
    let Some(epsilon_squared) = epsilon_squared else {
        let side = side(spec, source_ohm, load_ohm, rho == 0.0)?;
        let ln_rho = if rho < 0.5 { rho.ln() } else { (-2.0 * source_ohm.min(load_ohm) / sum).ln_1p() };
        let a = (ln_rho / n).exp();
        let one_minus_a = -(ln_rho / n).exp_m1();
        let divisor = if side == Side::Minus { one_minus_a } else { 1.0 + a };
        let first = 2.0 * sines.at(1) / divisor * to_load;
        let (constant, slope) = (one_minus_a * one_minus_a, 4.0 * a);
        return Ok(sines.chain(first, scale, |r| constant + slope * sines.half_angle(r, side)));
    };
    let even = spec.order.is_multiple_of(2);
    let mismatch = 4.0 * source_ohm * load_ohm / (sum * sum);
    let gain = if even { mismatch * (1.0 + epsilon_squared) } else { mismatch };
    let d = if even { even_reflection(rho, mismatch, epsilon_squared, gain)? } else { rho * rho };
    let side = side(spec, source_ohm, load_ohm, d == 0.0)?;
    let rings = Rings::new(epsilon_squared, d, gain, n);
    let Rings { x, y, x_minus_y } = rings;
    let divisor = if side == Side::Minus { x_minus_y } else { x + y };
    let first = 2.0 * sines.at(1) / divisor * to_load;
    let (constant, slope) = (x_minus_y * x_minus_y, 4.0 * x * y);
    Ok(sines.chain(first, scale, |r| {
        let sine = sines.full_angle(r);
        constant + slope * sines.half_angle(r, side) + sine * sine
    }))
}

/// The radii of the ellipses that poles (`x`) and reflection zeros (`y`) lie on, and their difference.
struct Rings {
    x: f64,
    y: f64,
    x_minus_y: f64,
}

impl Rings {
    /// With `p = 1/ε`, `q = √d/ε`, `P = e^asinh p` and `Q = e^asinh q`: `E = P^(1/n)`, `F = Q^(1/n)`,
    /// `x = (E − 1/E)/2`, `y = (F − 1/F)/2` and `x − y = (E − F)(1 + 1/EF)/2`.
    ///
    /// `E` is `F` times the n-th root of `P/Q`, and `P − Q` is a sum of positive multiples of
    /// `p² − q² = K/ε²`, so no difference is ever rounded. Only the absolute error of `y` matters: it adds to
    /// `x`, or appears in `x − y`, which has its own form.
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
        }
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
    Err(Unrealisable::EvenChebyshevMatch { gain }.into())
}

/// The limit of [`double`] for `RS → 0` or `RS → ∞`: zeros on the left, next to the source an element that
/// the source does not swallow.
fn single(
    spec: &LadderSpec,
    epsilon_squared: Option<f64>,
    needed: First,
    next_to_source: First,
    scale: f64,
) -> Result<Vec<f64>, SynthesisError> {
    if needed != next_to_source {
        return Err(Unrealisable::ElementWithoutEffect.into());
    }
    if spec.reflection_zeros == Some(ReflectionZeros::Right) {
        return Err(Unrealisable::SingleTerminationZeros.into());
    }
    let n = spec.order as f64;
    let mut heap = Vec::new();
    let sines = Sines::new(spec.order, &mut heap);
    let Some(epsilon_squared) = epsilon_squared else {
        let first = n * sines.at(1);
        return Ok(sines.chain(first, scale, |r| 4.0 * sines.half_angle(r, Side::Minus)));
    };
    let u = (1.0 / epsilon_squared.sqrt()).asinh() / n;
    let x = u.sinh();
    let root = (1.0 + epsilon_squared).sqrt();
    let ripple = if spec.order.is_multiple_of(2) { 1.0 / root } else { root };
    let first = n * sines.at(1) * ripple / u.cosh();
    Ok(sines.chain(first, scale, |r| {
        let sine = sines.full_angle(r);
        4.0 * x * x * sines.half_angle(r, Side::Minus) + sine * sine
    }))
}

/// `sin(kπ/2n)` for k from 0 to n.
struct Sines<'a> {
    order: usize,
    table: &'a [f64],
}

/// Orders below this have their sines computed once and kept.
const KEPT: usize = 32;

static KEPT_SINES: LazyLock<[[f64; KEPT]; KEPT]> = LazyLock::new(|| {
    let mut rows = [[0.0; KEPT]; KEPT];
    for (order, row) in rows.iter_mut().enumerate().skip(1) {
        fill_sines(order, row);
    }
    rows
});

fn fill_sines(order: usize, table: &mut [f64]) {
    let step = FRAC_PI_2 / order as f64;
    for k in 0..=order / 2 {
        // Both functions at angles up to 45 degrees, where neither is steep.
        let (sine, cosine) = (k as f64 * step).sin_cos();
        if let Some(slot) = table.get_mut(order - k) {
            *slot = cosine;
        }
        if let Some(slot) = table.get_mut(k) {
            *slot = sine;
        }
    }
}

impl<'a> Sines<'a> {
    /// The sines of an order; `heap` holds them when they are not kept.
    fn new(order: usize, heap: &'a mut Vec<f64>) -> Self {
        if let Some(row) = KEPT_SINES.get(order) {
            return Self { order, table: row };
        }
        heap.resize(order + 1, 0.0);
        fill_sines(order, heap);
        Self { order, table: heap }
    }

    /// `sin(kπ/2n)`, 0 ≤ k ≤ 2n.
    #[inline]
    fn at(&self, k: usize) -> f64 {
        let k = if k > self.order { 2 * self.order - k } else { k };
        self.table.get(k).copied().unwrap_or(0.0)
    }

    /// `(1 ± cos(rπ/n)) / 2` as the square of a sine or cosine of half the angle.
    #[inline]
    fn half_angle(&self, r: usize, side: Side) -> f64 {
        let root = match side {
            Side::Plus => self.at(self.order - r),
            Side::Minus => self.at(r),
        };
        root * root
    }

    /// `sin(rπ/n)`.
    #[inline]
    fn full_angle(&self, r: usize) -> f64 {
        2.0 * self.at(r) * self.at(self.order - r)
    }

    /// `g1 = first`, `g_r g_{r+1} = 4 sin((2r−1)π/2n) sin((2r+1)π/2n) / D_r`, all times `scale`.
    ///
    /// Two neighbours of a product divided: `g_{r+2} = g_r sin((2r+3)π/2n) D_r / sin((2r−1)π/2n) D_{r+1}`, so
    /// that no division waits for the one before it.
    #[inline]
    fn chain(&self, first: f64, scale: f64, denominator: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut elements = Vec::with_capacity(self.order);
        elements.push(first * scale);
        if self.order == 1 {
            return elements;
        }
        let mut previous = denominator(1);
        let (mut left, mut right) =
            (first * scale, 4.0 * self.at(1) * self.at(3) / (previous * first) * scale);
        elements.push(right);
        for r in 1..self.order - 1 {
            let next = denominator(r + 1);
            let element = left * (self.at(2 * r + 3) * previous / (self.at(2 * r - 1) * next));
            elements.push(element);
            (left, right, previous) = (right, element, next);
        }
        elements
    }
}
