//! K of orders up to one half and its slope, for arguments from 1 to 32: polynomials in order and argument.
//!
//! Both `√(2x/π) exp(x) K_μ(x)` and minus the same with the derivative are even in `μ`, entire in it, and
//! smooth in `x` but for the origin. On a quarter of an octave of `x` polynomials of degree 11 in `x` and 7
//! in `μ²` hold them to rounding; they are worked out by the compiler from the continued fraction, and
//! replace its thirty divisions.

/// Octaves of the argument, from 1 on, and panels in each.
const OCTAVES: usize = 5;
const PER_OCTAVE: usize = 4;
const PANELS: usize = OCTAVES * PER_OCTAVE;
/// Coefficients in the argument; the next is below 18^−12 times the variation of the function.
const IN_X: usize = 12;
/// Coefficients in the square of the order; the next is below 1e-17.
const IN_ORDER: usize = 8;

/// From here the panels serve.
pub(super) const START: f64 = 1.0;
/// Up to here.
pub(super) const END: f64 = (1_u64 << OCTAVES) as f64;

/// Rows by descending power of the place, each with the coefficients of ascending powers of `8μ² − 1`, first
/// of the function, then of its slope.
type Panel = [[f64; 2 * IN_ORDER]; IN_X];

static TABLE: [Panel; PANELS] = panels();

/// `√(2x/π) exp(x) K_μ(x)` and `−√(2x/π) exp(x) K′_μ(x)` for `|μ| ≤ ½` and `START ≤ x < END`.
#[inline]
pub(super) fn scaled_with_slope(mu: f64, x: f64) -> (f64, f64) {
    // The exponent and the first two bits of the mantissa give the quarter of an octave.
    let bits = x.to_bits() >> 50;
    let panel = &TABLE[(bits.wrapping_sub(START.to_bits() >> 50) as usize).min(PANELS - 1)];
    // The rest of the mantissa, as a number from 1 to 2, is the place.
    let place = 2.0 * f64::from_bits((1023 << 52) | (x.to_bits() << 2 & ((1 << 52) - 1))) - 3.0;
    let mut sum = panel[0];
    for row in &panel[1..] {
        for (sum, coefficient) in sum.iter_mut().zip(row) {
            *sum = *sum * place + coefficient;
        }
    }
    let u = 8.0 * mu * mu - 1.0;
    let [c0, c1, c2, c3, c4, c5, c6, c7, s0, s1, s2, s3, s4, s5, s6, s7] = sum;
    let (square, fourth) = (u * u, u * u * (u * u));
    let value = ((c0 + c1 * u) + square * (c2 + c3 * u)) + fourth * ((c4 + c5 * u) + square * (c6 + c7 * u));
    let slope = ((s0 + s1 * u) + square * (s2 + s3 * u)) + fourth * ((s4 + s5 * u) + square * (s6 + s7 * u));
    (1.0 + value, 1.0 + 0.5 / x + slope)
}

/// What `√(2x/π) exp(x) K_μ(x)` and its slope have beyond 1 and `1 + 1/2x`, their values for order ½: a tenth
/// at most, so that rounding counts for little in the sum.
///
/// Temme's continued fraction by Steed's algorithm, section 3 of the paper, for `a = ¼ − μ²` and `x ≥ 1`. His
/// `C_n q_n` are recurred as one quantity `X_n`, in which the division by `a_n` cancels:
/// `X_n = (b_n X_{n−1} + a_{n−1} X_{n−2}/(n − 1))/n`.
const fn steed(a1: f64, x: f64) -> [f64; 2] {
    let mut b = 2.0 * (x + 1.0);
    let mut a = -a1;
    let mut d = 1.0 / b;
    let (mut delta, mut h) = (d, d);
    let (mut before, mut product, mut q) = (0.0, a1, a1);
    let mut s = q * delta;
    let mut n = 1.0;
    while n < 200.0 {
        let next = (b * product + a / n * before) / (n + 1.0);
        before = product;
        product = next;
        q += product;
        a -= 2.0 * n;
        b += 2.0;
        d = 1.0 / (b + a * d);
        delta *= b * d - 1.0;
        h += delta;
        let term = q * delta;
        s += term;
        if term.abs() < 1e-18 {
            break;
        }
        n += 1.0;
    }
    // With s = Σ C_n q_n δ_n, K_μ is 1/(1 + s) and −K′_μ = K_{μ+1} − (μ/x) K_μ is K_μ (x + ½ − a₁h)/x.
    [-s / (1.0 + s), -(a1 * h + (x + 0.5) * s) / (x * (1.0 + s))]
}

/// Chebyshev's points of −1 to 1, the positive half, `cos((2j + 1)π/2n)`.
const NODES_X: [f64; IN_X / 2] = [
    0.991_444_861_373_810_4,
    0.923_879_532_511_286_7,
    0.793_353_340_291_235_2,
    0.608_761_429_008_720_7,
    0.382_683_432_365_089_8,
    0.130_526_192_220_051_6,
];
const NODES_ORDER: [f64; IN_ORDER / 2] =
    [0.980_785_280_403_230_4, 0.831_469_612_302_545_2, 0.555_570_233_019_602_2, 0.195_090_322_016_128_28];

const fn node<const HALF: usize>(nodes: &[f64; HALF], j: usize) -> f64 {
    if j < HALF { nodes[j] } else { -nodes[2 * HALF - 1 - j] }
}

/// `matrix[m][j]`: what a value at node `j` adds to the coefficient of `T_m`.
const fn to_chebyshev<const N: usize, const HALF: usize>(nodes: &[f64; HALF]) -> [[f64; N]; N] {
    let mut matrix = [[0.0; N]; N];
    let mut j = 0;
    while j < N {
        let x = node(nodes, j);
        let (mut before, mut current) = (x, 1.0);
        let mut m = 0;
        while m < N {
            matrix[m][j] = current * if m == 0 { 1.0 } else { 2.0 } / N as f64;
            (before, current) = (current, 2.0 * x * current - before);
            m += 1;
        }
        j += 1;
    }
    matrix
}

/// `matrix[k][m]`: the coefficient of the power `k` in `T_m`.
const fn to_powers<const N: usize>() -> [[f64; N]; N] {
    let mut matrix = [[0.0; N]; N];
    matrix[0][0] = 1.0;
    matrix[1][1] = 1.0;
    let mut m = 2;
    while m < N {
        let mut k = 0;
        while k < N {
            matrix[k][m] = if k > 0 { 2.0 * matrix[k - 1][m - 1] } else { 0.0 } - matrix[k][m - 2];
            k += 1;
        }
        m += 1;
    }
    matrix
}

/// The product of a matrix and as many rows of `M` numbers.
const fn times<const N: usize, const M: usize>(
    matrix: &[[f64; N]; N],
    rows: &[[f64; M]; N],
) -> [[f64; M]; N] {
    let mut product = [[0.0; M]; N];
    let mut i = 0;
    while i < N {
        let mut j = 0;
        while j < N {
            let mut k = 0;
            while k < M {
                product[i][k] += matrix[i][j] * rows[j][k];
                k += 1;
            }
            j += 1;
        }
        i += 1;
    }
    product
}

const fn panels() -> [Panel; PANELS] {
    let mut table = [[[0.0; 2 * IN_ORDER]; IN_X]; PANELS];
    let mut index = 0;
    while index < PANELS {
        let octave = (1_u64 << (index / PER_OCTAVE)) as f64;
        let width = octave / PER_OCTAVE as f64;
        table[index] = panel(octave + width * ((index % PER_OCTAVE) as f64 + 0.5), 0.5 * width);
        index += 1;
    }
    table
}

/// Chebyshev coefficients in both variables come first: they fall off, so that the large numbers of the
/// powers multiply small ones, and rounding stays what it is in the values. Those of high degree in both are
/// nothing but rounding, and are left out.
const fn panel(middle: f64, half: f64) -> Panel {
    let mut rows = [[0.0; 2 * IN_ORDER]; IN_X];
    let mut i = 0;
    while i < IN_X {
        let x = middle + half * node(&NODES_X, i);
        let mut at = [[0.0; 2]; IN_ORDER];
        let mut j = 0;
        while j < IN_ORDER {
            at[j] = steed(0.25 - 0.125 * (1.0 + node(&NODES_ORDER, j)), x);
            j += 1;
        }
        let at = times(&to_chebyshev(&NODES_ORDER), &at);
        let mut j = 0;
        while j < IN_ORDER {
            rows[i][j] = at[j][0];
            rows[i][IN_ORDER + j] = at[j][1];
            j += 1;
        }
        i += 1;
    }
    let mut rows = times(&to_chebyshev(&NODES_X), &rows);
    let mut i = 0;
    while i < IN_X {
        let mut kept = [[0.0; 2]; IN_ORDER];
        let mut j = 0;
        while j < IN_ORDER {
            if i + j <= IN_X {
                kept[j] = [rows[i][j], rows[i][IN_ORDER + j]];
            }
            j += 1;
        }
        let powers = times(&to_powers(), &kept);
        let mut j = 0;
        while j < IN_ORDER {
            rows[i][j] = powers[j][0];
            rows[i][IN_ORDER + j] = powers[j][1];
            j += 1;
        }
        i += 1;
    }
    let ascending = times(&to_powers(), &rows);
    let mut panel = ascending;
    let mut power = 0;
    while power < IN_X {
        panel[power] = ascending[IN_X - 1 - power];
        power += 1;
    }
    panel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_agree_with_the_continued_fraction_and_meet() {
        let mut worst = 0.0_f64;
        for i in 0..2000 {
            let x = 32.0_f64.powf(f64::from(i) / 2000.0);
            for mu in [-0.5, -0.31, -1e-9, 0.0, 0.123, 0.3, 0.499_999] {
                let (value, slope) = scaled_with_slope(mu, x);
                let [beyond, beyond_slope] = steed(0.25 - mu * mu, x);
                let (exact, exact_slope) = (1.0 + beyond, 1.0 + 0.5 / x + beyond_slope);
                worst = worst.max((value / exact - 1.0).abs()).max((slope / exact_slope - 1.0).abs());
            }
        }
        assert!(worst < 2e-15, "{worst:e}");
        // √(2x/π) exp(x) K_½(x) = 1, and its slope is −1 − 1/2x.
        for x in [1.0, 2.0, 3.7, 8.0, 31.999] {
            let (value, slope) = scaled_with_slope(0.5, x);
            assert!((value - 1.0).abs() < 3e-16 && (slope - 1.0 - 0.5 / x).abs() < 5e-16);
        }
    }
}
