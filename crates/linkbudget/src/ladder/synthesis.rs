//! The closed forms, arranged so that nothing cancels.

use super::{First, LadderSpec, ReflectionZeros, SynthesisError, Terminations, Unrealisable};
use crate::response::Cutoff;
use std::f64::consts::FRAC_PI_2;

/// Element values from the source for a reference of 1 ohm and 1 rad/s at the cut-off.
pub(super) fn elements(spec: &LadderSpec) -> Result<Vec<f64>, SynthesisError> {
    let epsilon_squared = spec.response.epsilon_squared()?;
    if spec.cutoff == Cutoff::ThreeDb && epsilon_squared.is_some_and(|e| e > 1.0) {
        return Err(Unrealisable::RippleAboveThreeDb.into());
    }
    let scale = spec.response.cutoff_scale(spec.order as f64, spec.cutoff)?;
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
    let sines = Sines::new(spec.order);
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
    let mismatch = 4.0 * (source_ohm / sum) * (load_ohm / sum);
    let gain = if even { mismatch * (1.0 + epsilon_squared) } else { mismatch };
    let d = if even { even_reflection(rho, mismatch, epsilon_squared, gain)? } else { rho * rho };
    let side = side(spec, source_ohm, load_ohm, d == 0.0)?;
    let p = 1.0 / epsilon_squared.sqrt();
    let q = d.sqrt() * p;
    let (u, w) = (p.asinh() / n, q.asinh() / n);
    let (x, y) = (u.sinh(), w.sinh());
    // u − w through sinh(asinh p − asinh q) = (p² − q²) / (p√(1+q²) + q√(1+p²)).
    let hypotenuses = p * (1.0 + q * q).sqrt() + q * (1.0 + p * p).sqrt();
    let half_difference = 0.5 * (gain / epsilon_squared / hypotenuses).asinh() / n;
    let x_minus_y = 2.0 * (0.5 * (u + w)).cosh() * half_difference.sinh();
    let divisor = if side == Side::Minus { x_minus_y } else { x + y };
    let first = 2.0 * sines.at(1) / divisor * to_load;
    let (constant, slope) = (x_minus_y * x_minus_y, 4.0 * x * y);
    Ok(sines.chain(first, scale, |r| {
        let sine = sines.full_angle(r);
        constant + slope * sines.half_angle(r, side) + sine * sine
    }))
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
    let sines = Sines::new(spec.order);
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
struct Sines {
    order: usize,
    small: [f64; SMALL + 1],
    large: Vec<f64>,
}

/// Orders up to this need no table on the heap.
const SMALL: usize = 15;

impl Sines {
    fn new(order: usize) -> Self {
        let mut small = [0.0; SMALL + 1];
        let mut large = Vec::new();
        if order > SMALL {
            large = vec![0.0; order + 1];
        }
        let table = if order > SMALL { large.as_mut_slice() } else { small.as_mut_slice() };
        let step = FRAC_PI_2 / order as f64;
        for k in 0..=order / 2 {
            let (sine, cosine) = (k as f64 * step).sin_cos();
            if let Some(slot) = table.get_mut(order - k) {
                *slot = cosine;
            }
            if let Some(slot) = table.get_mut(k) {
                *slot = sine;
            }
        }
        Self { order, small, large }
    }

    /// `sin(kπ/2n)`, 0 ≤ k ≤ 2n.
    fn at(&self, k: usize) -> f64 {
        let k = if k > self.order { 2 * self.order - k } else { k };
        let table = if self.order > SMALL { self.large.as_slice() } else { self.small.as_slice() };
        table.get(k).copied().unwrap_or(0.0)
    }

    /// `(1 ± cos(rπ/n)) / 2` as the square of a sine or cosine of half the angle.
    fn half_angle(&self, r: usize, side: Side) -> f64 {
        let root = match side {
            Side::Plus => self.at(self.order - r),
            Side::Minus => self.at(r),
        };
        root * root
    }

    /// `sin(rπ/n)`.
    fn full_angle(&self, r: usize) -> f64 {
        2.0 * self.at(r) * self.at(self.order - r)
    }

    /// `g1 = first`, `g_r g_{r+1} = 4 sin((2r−1)π/2n) sin((2r+1)π/2n) / denominator(r)`, all times `scale`.
    fn chain(&self, first: f64, scale: f64, denominator: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut elements = Vec::with_capacity(self.order);
        let mut element = first;
        elements.push(element * scale);
        for r in 1..self.order {
            let product = 4.0 * self.at(2 * r - 1) * self.at(2 * r + 1) / denominator(r);
            element = product / element;
            elements.push(element * scale);
        }
        elements
    }
}
