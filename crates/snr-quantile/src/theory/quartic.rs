//! The best quartic to the quantile curve of `y`, and its leading coefficient as a function of σ and back.

use super::SquaredBpsk;
use mmw_core::math::{false_position, polynomial_value};
use mmw_core::quadrature::gauss_legendre;
use mmw_core::{Error, Result};
use std::convert::Infallible;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Least rank of the window: the paper fits the central 80 %, `p` from 0.1 to 0.9.
pub(crate) const WINDOW_START: f64 = 0.1;
/// Width of the window.
pub(crate) const WINDOW_WIDTH: f64 = 0.8;

/// The quartic polynomial in `p` that fits the quantile curve of normalised `y` best over `p` in [0.1, 0.9].
///
/// ```text
/// C(σ) = argmin ∫ (Q(p; σ) − C0 − C1 p − C2 p² − C3 p³ − C4 p⁴)² dp,   p from 0.1 to 0.9
/// C4 = 630/0.8⁴ ∫ (70 u⁴ − 140 u³ + 90 u² − 20 u + 1) Q(0.1 + 0.8 u) du,   u from 0 to 1
/// ```
/// The limit of equations (11) to (14) of the paper for many samples, with the abscissa of its equations (9)
/// and (10): the global probability `p`. Returns `[C0, C1, C2, C3, C4]` for normalised samples
/// (`S² + σ² = 1`), by Gauss-Legendre quadrature of 48 points over exact quantiles.
///
/// # Erratum
/// Equations (13) and (14) print the abscissa `u = l/(L+1)` within the window; with it `C4` is `0.8⁴ =
/// 0.4096` of what equations (9) and (10) hold. See [`crate::paper::literal_window_factor`].
///
/// # Errors
/// [`Error::Domain`] unless `0 < sigma <= 1`.
///
/// # Examples
/// ```
/// let c = snr_quantile::theory::quartic_coefficients(0.5)?;
/// assert!((c[4] / 7.612_410_851_836_493 - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn quartic_coefficients(sigma: f64) -> Result<[f64; 5]> {
    let law = SquaredBpsk::normalised(sigma)?;
    let legendre = legendre_coefficients(&law);
    let mut in_u = [0.0; 5];
    for (a, row) in legendre.iter().zip(&SHIFTED_LEGENDRE) {
        in_u.iter_mut().zip(row).for_each(|(c, m)| *c += a * m);
    }
    in_u[0] += law.signal_amplitude() * law.signal_amplitude();
    let mut in_p = substitute_window(in_u);
    in_p[4] = leading(&law);
    Ok(in_p)
}

/// The leading coefficient `C4(σ)` of [`quartic_coefficients`]: what the paper calibrates its estimator by.
///
/// It ascends strictly from 0 at σ = 0 to 15.26 at σ = 1: `29.557 σ²` for small σ, `15.261 − 10.0 S⁴` for a
/// small amplitude `S`. Equation (9) of the paper approximates it.
///
/// # Errors
/// [`Error::Domain`] unless `0 < sigma <= 1`.
///
/// # Examples
/// ```
/// use snr_quantile::theory::leading_coefficient;
/// assert!((leading_coefficient(1.0)? / 15.261_350_796_695_91 - 1.0).abs() < 1e-13);
/// assert!((leading_coefficient(0.1)? / 0.295_571_256_702_204_8 - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn leading_coefficient(sigma: f64) -> Result<f64> {
    Ok(leading(&SquaredBpsk::normalised(sigma)?))
}

/// The σ at which [`leading_coefficient`] is `c4`: the exact inverse that equation (10) approximates.
///
/// The inverse is worked out on a Chebyshev expansion of `C4/σ²` in σ² that follows the exact function to
/// some 1e-14, and is `√(C4/29.557)` below σ = 0.1, where the corrections are below `e^-170`. Where `C4` is
/// flat, near σ = 1, the signal power `1 − σ²` comes out to 1e-7 and no better: the function determines it no
/// better in double precision.
///
/// # Errors
/// [`Error::Domain`] unless `c4` is above 0 and at most `C4(1)`.
///
/// # Examples
/// ```
/// use snr_quantile::theory::{leading_coefficient, sigma_from_leading_coefficient};
/// let sigma = sigma_from_leading_coefficient(leading_coefficient(0.3)?)?;
/// assert!((sigma - 0.3).abs() < 1e-13);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn sigma_from_leading_coefficient(c4: f64) -> Result<f64> {
    let top = greatest_leading_coefficient();
    if !(c4 > 0.0 && c4 <= top) {
        return Err(Error::domain("c4", c4, format!("a number above 0 and at most {top}")));
    }
    Ok(TABLE.noise_fraction(c4).sqrt())
}

/// `C4(1)`: the coefficient of noise alone.
pub(crate) fn greatest_leading_coefficient() -> f64 {
    TABLE.top
}

/// σ² for a coefficient within (0, `C4(1)`).
pub(crate) fn noise_fraction(c4: f64) -> f64 {
    TABLE.noise_fraction(c4)
}

/// Shifted Legendre polynomials on [0, 1], ascending powers of `u`.
const SHIFTED_LEGENDRE: [[f64; 5]; 5] = [
    [1.0, 0.0, 0.0, 0.0, 0.0],
    [-1.0, 2.0, 0.0, 0.0, 0.0],
    [1.0, -6.0, 6.0, 0.0, 0.0],
    [-1.0, 12.0, -30.0, 20.0, 0.0],
    [1.0, -20.0, 90.0, -140.0, 70.0],
];

/// 48 and 72 points agree to 2e-28 in exact arithmetic for every σ: the quantile is analytic around the
/// window.
static RULE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| gauss_legendre(48));

/// Calls `visit(u, weight, even, odd)` for each pair of nodes `u`, `1 − u`, with the sum and the difference
/// of `y − S²` at the two.
///
/// With `r = S + σ t`, `y − S² = 2 S σ t + σ² t²`. For small σ, `t` at `p` and `1 − p` are opposite, and
/// adding them before the rest keeps the digits of the even coefficients, of order σ², from drowning in `2 S
/// σ t`.
fn visit_pairs(law: &SquaredBpsk, mut visit: impl FnMut(f64, f64, f64, f64)) {
    let (s, sigma) = (law.signal_amplitude(), law.noise_std());
    for &(u, weight) in RULE.iter().take(RULE.len() / 2) {
        let p = WINDOW_START + WINDOW_WIDTH * u;
        let (low, high) = (law.lower_offset(p), law.upper_offset(p));
        let even = sigma * (2.0 * s * (low + high) + sigma * (low * low + high * high));
        let odd = sigma * (high - low) * (2.0 * s + sigma * (low + high));
        visit(u, weight, even, odd);
    }
}

/// Legendre coefficients of `y − S²` over the window.
fn legendre_coefficients(law: &SquaredBpsk) -> [f64; 5] {
    let mut a = [0.0; 5];
    visit_pairs(law, |u, weight, even, odd| {
        for (k, (a, polynomial)) in a.iter_mut().zip(&SHIFTED_LEGENDRE).enumerate() {
            let y = if k % 2 == 0 { even } else { -odd };
            *a += (2 * k + 1) as f64 * weight * polynomial_value(polynomial, u) * y;
        }
    });
    a
}

/// The even part of the Legendre coefficient of degree 4, over the noise power.
fn leading_over_power(law: &SquaredBpsk, even: impl Fn(f64, f64) -> f64) -> f64 {
    let mut sum = 0.0;
    for &(u, weight) in RULE.iter().take(RULE.len() / 2) {
        let p = WINDOW_START + WINDOW_WIDTH * u;
        let polynomial = polynomial_value(&SHIFTED_LEGENDRE[4], u);
        sum += weight * polynomial * even(law.lower_offset(p), law.upper_offset(p));
    }
    630.0 / WINDOW_WIDTH.powi(4) * sum
}

/// σ below which samples never come near zero within the window: what is neglected is `exp(−½ (2 S/σ −
/// 1.28)²)`, 1e-75 at 0.1.
const SMALL_SIGMA: f64 = 0.1;

/// `C4/σ²` for small σ, where `Q(p) = (S + σ z(p))²` with the normal quantile `z`: twice the product is odd
/// about `p = ½` and contributes nothing, so that the coefficient is that of `z²`.
static SMALL_SIGMA_RATIO: LazyLock<f64> = LazyLock::new(|| {
    let law = SquaredBpsk::normalised_unchecked(SMALL_SIGMA);
    leading_over_power(&law, |low, high| low * low + high * high)
});

pub(crate) fn leading(law: &SquaredBpsk) -> f64 {
    let (s, sigma) = (law.signal_amplitude(), law.noise_std());
    if sigma < SMALL_SIGMA {
        return *SMALL_SIGMA_RATIO * sigma * sigma;
    }
    let mean_offset = |low: f64, high: f64| 2.0 * s * (low + high) / sigma;
    sigma * sigma * leading_over_power(law, |low, high| mean_offset(low, high) + (low * low + high * high))
}

/// The polynomial in `p` that equals the given one in `u = (p − 0.1)/0.8`.
fn substitute_window(in_u: [f64; 5]) -> [f64; 5] {
    // Horner's scheme with polynomials: multiply by u, add the next coefficient.
    let mut in_p = [0.0; 5];
    for c in in_u.iter().rev() {
        let mut next = [0.0; 5];
        for k in 0..5 {
            let below = if k > 0 { in_p[k - 1] } else { 0.0 };
            next[k] = (below - WINDOW_START * in_p[k]) / WINDOW_WIDTH;
        }
        next[0] += c;
        in_p = next;
    }
    in_p
}

const PIECES: usize = 16;
const TERMS: usize = 20;

/// `C4/σ²` as a function of σ², in pieces of equal width: a constant with exponentially small corrections
/// near 0, and analytic at 1, where `C4` as a function of σ has an even branch in `S`.
struct Table {
    pieces: [[f64; TERMS]; PIECES],
    /// `C4` at the lower end of each piece.
    starts: [f64; PIECES],
    top: f64,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let at = |w: f64| leading(&SquaredBpsk::normalised_unchecked(w.sqrt())) / w;
        let mut pieces = [[0.0; TERMS]; PIECES];
        for (index, piece) in pieces.iter_mut().enumerate() {
            let values: [f64; TERMS] = std::array::from_fn(|j| {
                let x = (PI * (j as f64 + 0.5) / TERMS as f64).cos();
                at((index as f64 + 0.5 * (x + 1.0)) / PIECES as f64)
            });
            for (k, c) in piece.iter_mut().enumerate() {
                let term = |j: usize| (PI * k as f64 * (j as f64 + 0.5) / TERMS as f64).cos();
                let sum: f64 = values.iter().enumerate().map(|(j, v)| v * term(j)).sum();
                *c = sum * if k == 0 { 1.0 } else { 2.0 } / TERMS as f64;
            }
        }
        let mut table = Self { pieces, starts: [0.0; PIECES], top: at(1.0) };
        table.starts = std::array::from_fn(|index| table.at(index, index as f64 / PIECES as f64));
        table
    }

    /// `C4` at σ² = `w` from the given piece, by Clenshaw's recurrence.
    fn at(&self, piece: usize, w: f64) -> f64 {
        let x = 2.0 * (w * PIECES as f64 - piece as f64) - 1.0;
        let c = &self.pieces[piece];
        let (mut next, mut after) = (0.0, 0.0);
        for c in c.iter().skip(1).rev() {
            (next, after) = (2.0 * x * next - after + c, next);
        }
        (x * next - after + c[0]) * w
    }

    fn noise_fraction(&self, c4: f64) -> f64 {
        let small = c4 / *SMALL_SIGMA_RATIO;
        if small < SMALL_SIGMA * SMALL_SIGMA {
            return small;
        }
        let piece = self.starts.iter().rposition(|start| *start <= c4).unwrap_or(0);
        let end = |index: usize| index as f64 / PIECES as f64;
        bracketed_root(end(piece), end(piece + 1), |w| self.at(piece, w) - c4)
    }
}

/// The root of an ascending function between two points, to the last digits.
pub(crate) fn bracketed_root(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let Ok(root) = false_position::<Infallible>([low, high].map(|x| [x, f(x)]), [0.0, 2e-16], |x| Ok(f(x)));
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_the_quadrature_to_1e_13() {
        for i in 1..=997 {
            let w = f64::from(i) / 997.0;
            let exact = leading(&SquaredBpsk::normalised_unchecked(w.sqrt()));
            let piece = ((w * PIECES as f64) as usize).min(PIECES - 1);
            let error = (TABLE.at(piece, w) / exact - 1.0).abs();
            assert!(error < 2e-13, "{w}: {error:e}");
        }
    }

    #[test]
    fn small_deviations_keep_all_digits_there_and_back() {
        // The coefficient of z(p)², from the table's value at σ = 0.1.
        for sigma in [0.0999, 1e-3, 1e-5, 1e-8, 1e-100] {
            let c4 = leading_coefficient(sigma).unwrap();
            assert!((c4 / sigma / sigma / 29.557_125_670_220_48 - 1.0).abs() < 1e-12, "{sigma}: {c4}");
            assert!((sigma_from_leading_coefficient(c4).unwrap() / sigma - 1.0).abs() < 1e-14, "{sigma}");
        }
        // The two forms meet.
        let above = leading_coefficient(SMALL_SIGMA * (1.0 + 1e-15)).unwrap();
        let below = leading_coefficient(SMALL_SIGMA * (1.0 - 1e-15)).unwrap();
        assert!((above / below - 1.0).abs() < 1e-13);
    }

    #[test]
    fn the_coefficient_ascends_strictly() {
        let values: Vec<f64> = (1..=1000).map(|i| leading_coefficient(f64::from(i) / 1e3).unwrap()).collect();
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn both_ends_follow_their_laws() {
        // Section 2 of the study: 29.557 σ² to 1e-8 for small σ; C4(1) − 10.0 S⁴ for small S.
        assert!((leading_coefficient(0.01).unwrap() / 29.557_125e-4 - 1.0).abs() < 1e-6);
        let s2: f64 = 1e-3;
        let drop = greatest_leading_coefficient() - leading_coefficient((1.0 - s2).sqrt()).unwrap();
        assert!((drop / (s2 * s2) - 10.0).abs() < 0.05, "{}", drop / (s2 * s2));
    }
}
