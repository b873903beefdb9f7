//! The portable kernel: sine and cosine of turns by Taylor series of nothing but `+ − ×`, in an order that
//! the compiler vectorises.

/// `(−1)ᵏ/(2k+1)!`: the series of the sine; the first term left out is below 5e-17 on [−π/4, π/4].
const SINE: [f64; 8] = series(1);
/// `(−1)ᵏ/(2k)!`: the series of the cosine; the first term left out is below 3e-18.
const COSINE: [f64; 9] = series(0);

const fn series<const N: usize>(first: usize) -> [f64; N] {
    let mut terms = [1.0; N];
    let mut k = 1;
    while k < N {
        let order = (2 * k + first) as f64;
        terms[k] = -terms[k - 1] / (order * (order - 1.0));
        k += 1;
    }
    terms
}

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
    let (mut sin, mut cos) = (SINE[7], COSINE[8]);
    for k in (0..7).rev() {
        sin = sin * square + SINE[k];
    }
    for k in (0..8).rev() {
        cos = cos * square + COSINE[k];
    }
    let sin = x * sin;
    // Quarters: ±1 exchange sine and cosine, ±2 turn both round.
    let parity = whole * whole;
    let sign = 1.0 - parity * 0.5;
    if parity == 1.0 { (whole * cos, -whole * sin) } else { (sign * sin, sign * cos) }
}
