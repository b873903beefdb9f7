//! Jacobi's functions by Landen's transformation, and the roots of elliptic filters.
//!
//! Arguments are in units of the quarter period `K`. `v` are the moduli of Landen's descent; five to eight of
//! them end below the rounding of 1.

use mmw_core::C64;
use std::f64::consts::{FRAC_PI_2, PI};

/// The moduli below `k`, each `(k / (1 + k'))²` of the one before.
fn descent(k: f64) -> Vec<f64> {
    let mut moduli = Vec::with_capacity(8);
    let mut k = k;
    while k > 1e-17 {
        let complement = ((1.0 - k) * (1.0 + k)).sqrt();
        k = (k / (1.0 + complement)).powi(2);
        moduli.push(k);
    }
    moduli
}

fn ascend(moduli: &[f64], w: C64) -> C64 {
    moduli.iter().rev().fold(w, |w, &v| w * (1.0 + v) / (w * w * v + 1.0))
}

/// `cd(u K, k)`.
fn cd(u: C64, k: f64) -> C64 {
    ascend(&descent(k), (u * FRAC_PI_2).cos())
}

/// `sn(u K, k)`.
fn sn(u: C64, k: f64) -> C64 {
    ascend(&descent(k), (u * FRAC_PI_2).sin())
}

/// The `u` of `sn(u K, k) = w`.
fn inverse_sn(w: C64, k: f64) -> C64 {
    let mut w = w;
    let mut before = k;
    for v in descent(k) {
        w = w * 2.0 / ((1.0 + v) * ((C64::new(1.0, 0.0) - w * w * before * before).sqrt() + 1.0));
        before = v;
    }
    w.asin() / FRAC_PI_2
}

/// The selectivity `k`, pass-band edge over stop-band edge, of an order and a discrimination `k1`.
///
/// ```text
/// q = q1^(1/n),   q1 = exp(−π K1'/K1),   K = π / 2 agm(1, k'),   k = 4 √q (Σ q^(m(m+1)) / (1 + 2 Σ q^(m²)))²
/// ```
pub(super) fn selectivity(order: usize, k1: f64) -> f64 {
    let complement = ((1.0 - k1) * (1.0 + k1)).sqrt();
    let ln_q = -PI * mean(complement) / mean(k1) / order as f64;
    let power = |exponent: usize| (ln_q * exponent as f64).exp();
    let upper: f64 = (0..20).map(|m| power(m * (m + 1))).sum();
    let lower: f64 = 1.0 + 2.0 * (1..20).map(|m| power(m * m)).sum::<f64>();
    (4.0 * (0.5 * ln_q).exp() * (upper / lower).powi(2)).min(1.0)
}

/// The arithmetic-geometric mean of 1 and `x`.
fn mean(x: f64) -> f64 {
    let (mut a, mut g) = (1.0_f64, x);
    for _ in 0..40 {
        (a, g) = (f64::midpoint(a, g), (a * g).sqrt());
    }
    a
}

/// Left-hand roots of `1 + ε² R_n²(−js)` for an odd order, pass-band edge at 1 rad/s: those of the upper half
/// plane, and the real one last.
pub(super) fn poles(order: usize, epsilon: f64, k1: f64, k: f64) -> Vec<C64> {
    let n = order as f64;
    let v0 = inverse_sn(C64::new(0.0, 1.0 / epsilon), k1).im / n;
    let j = C64::new(0.0, 1.0);
    let pole = |i: usize| j * cd(C64::new((2 * i - 1) as f64 / n, -v0), k);
    let mut poles: Vec<C64> = (1..=order / 2).map(pole).map(|p| C64::new(-p.re.abs(), p.im.abs())).collect();
    poles.push(C64::new(-sn(C64::new(0.0, v0), k).im.abs(), 0.0));
    poles
}

/// Frequencies without transmission, rad/s, the farthest last.
pub(super) fn zeros(order: usize, k: f64) -> Vec<f64> {
    let n = order as f64;
    (1..=order / 2).map(|i| 1.0 / (k * cd(C64::new((2 * i - 1) as f64 / n, 0.0), k).re)).collect()
}
