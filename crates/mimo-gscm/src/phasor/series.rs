//! The portable kernel: sine and cosine of turns by Taylor series of nothing but `+ − ×`, in an order that
//! the compiler vectorises.

/// Terms of each series: the first one left out is below 1e-17 on [−π/4, π/4].
const TERMS: usize = 9;

/// `re + j im = exp(j 2π turns)` for `|turns|` below 2⁵⁰; the error is a few 1e-16 plus `2π` times that of
/// `turns`.
#[inline(always)]
pub(super) fn phasors(turns: &[f64], re: &mut [f64], im: &mut [f64]) {
    for ((&turns, re), im) in turns.iter().zip(re).zip(im) {
        (*im, *re) = sin_cos(turns);
    }
}

#[inline(always)]
fn nearest(x: f64) -> f64 {
    const SHIFT: f64 = 1.5 * 4_503_599_627_370_496.0;
    (x + SHIFT) - SHIFT
}

#[inline(always)]
fn sin_cos(turns: f64) -> (f64, f64) {
    let quarters = 4.0 * (turns - nearest(turns));
    let whole = nearest(quarters);
    let x = (quarters - whole) * std::f64::consts::FRAC_PI_2;
    let square = x * x;
    let (mut sin, mut cos) = (0.0, 0.0);
    for term in (0..TERMS).rev() {
        let even = (2 * term) as f64;
        sin = 1.0 - sin * square * (1.0 / ((even + 2.0) * (even + 3.0)));
        cos = 1.0 - cos * square * (1.0 / ((even + 1.0) * (even + 2.0)));
    }
    let sin = x * sin;
    // Quarters: ±1 exchange sine and cosine, ±2 turn both round.
    let parity = whole * whole;
    let sign = 1.0 - parity * 0.5;
    if parity == 1.0 { (whole * cos, -whole * sin) } else { (sign * sin, sign * cos) }
}
