//! Multipliers of the greater and of the lesser of the means of two halves, in closed form for any number
//! of looks.
//!
//! With the cell `X ~ Gamma(K)`, the sums `S_i ~ Gamma(A_i)`, `A_i = N_i K`, of the halves in units of one
//! look and `u_i = α / N_i`, the threshold is `Z = max(u₁ S₁, u₂ S₂)` and, as in [`super::series`],
//!
//! ```text
//! P = Σ_{j<K} r_j,   r_j = Σ_i C(A_i − 1 + j, j) u_i^j / (1 + u_i)^{A_i+j} I_{x_i}(A_k, A_i + j)
//! x_i = u_i / (u_1 + u_2 + u_1 u_2),   k the other half
//! ```
//! The first factor is `E[Z^j exp(−Z)] / j!` of one half alone, the incomplete beta function `I` the
//! probability that the other one, at that, is less; `1 − I` in its place makes it the lesser of the two. All
//! terms are positive, and neighbours follow from each other by additions:
//!
//! ```text
//! I_x(b, a + 1) = I_x(b, a) + x^b (1 − x)^a / (a B(b, a))
//! ```
//! Equation 8.17.21 of the NIST Digital Library of Mathematical Functions.

use super::beta::{beta_kernel, incomplete_beta};
use super::multiplier::{Exceedance, check_counts, solve};
use mmw_core::{Result, check};

/// Terms below this share of the greatest one before them no longer count.
const SMALL: f64 = 1e-30;

/// Terms `r_j` for `j` from `first` on; those before are nothing beside them.
#[derive(Debug)]
pub(super) struct Terms {
    first: usize,
    values: Vec<f64>,
}

impl Terms {
    /// Those of the greater, or of the lesser, of the two means times `multiplier`, up to `j = count − 1`.
    pub(super) fn new(
        greatest: bool,
        cells: [usize; 2],
        looks: usize,
        multiplier: f64,
        count: usize,
    ) -> Result<Self> {
        let shapes = cells.map(|n| n as f64 * looks as f64);
        let ratios = cells.map(|n| multiplier / n as f64);
        let one = Self::of_half(greatest, shapes, ratios, count)?;
        if cells[0] == cells[1] {
            return Ok(Self { values: one.values.iter().map(|r| 2.0 * r).collect(), ..one });
        }
        let [a, b] = shapes;
        let other = Self::of_half(greatest, [b, a], [ratios[1], ratios[0]], count)?;
        let (mut long, short) = if one.first < other.first { (one, other) } else { (other, one) };
        let late = short.first - long.first;
        long.values[late..].iter_mut().zip(&short.values).for_each(|(sum, r)| *sum += r);
        Ok(long)
    }

    /// The share of the half that comes first.
    fn of_half(greatest: bool, [a, b]: [f64; 2], [u, v]: [f64; 2], count: usize) -> Result<Self> {
        let last = count - 1;
        let (first, mut values) = alone(a, u, last);
        // Both divided by the greater ratio, so that nothing overflows.
        let scale = u.max(v);
        let (one, other) = (u / scale, v / scale);
        let sum = one + other + one * v;
        let places = [one / sum, (other + one * v) / sum];
        let steps = steps(a, b, places, [first, last]);
        if greatest {
            let [mut less, _] = incomplete_beta(b, a + first as f64, places)?;
            for (value, step) in values.iter_mut().zip(&steps) {
                *value *= less.min(1.0);
                less += step;
            }
        } else {
            let [_, mut more] = incomplete_beta(b, a + last as f64, places)?;
            for (i, value) in values.iter_mut().enumerate().rev() {
                *value *= more.min(1.0);
                more += if i > 0 { steps[i - 1] } else { 0.0 };
            }
        }
        Ok(Self { first, values })
    }

    /// `Σ_{j<m} r_j` for `m = 1, 2, …`.
    pub(super) fn sums(&self) -> impl Iterator<Item = f64> + '_ {
        let mut sum = 0.0;
        let before = std::iter::repeat_n(0.0, self.first);
        before.chain(self.values.iter().copied()).map(move |r| {
            sum += r;
            f64::min(sum, 1.0)
        })
    }
}

/// `C(a − 1 + j, j) u^j / (1 + u)^{a+j}` for `j` up to `last`, from the first that counts on: from the
/// greatest in both directions.
fn alone(a: f64, u: f64, last: usize) -> (usize, Vec<f64>) {
    let [share, rest] = [u / (1.0 + u), 1.0 / (1.0 + u)];
    let mode = ((a * u) as usize).min(last);
    let greatest = match mode {
        0 => (-a * u.ln_1p()).exp(),
        _ => beta_kernel(a, mode as f64, [rest, share]) / mode as f64,
    };
    let mut values = vec![greatest];
    let mut first = mode;
    while first > 0 && values[values.len() - 1] > SMALL * greatest {
        let j = first as f64;
        values.push(values[values.len() - 1] * (j / (a + j - 1.0)) / share);
        first -= 1;
    }
    values.reverse();
    for j in mode..last {
        let j = j as f64;
        values.push(values[values.len() - 1] * share * ((a + j) / (j + 1.0)));
    }
    (first, values)
}

/// `x^b y^{a+j} / ((a + j) B(b, a + j))` for `j` from `first` up to `last`, from the greatest in both
/// directions.
fn steps(a: f64, b: f64, [x, y]: [f64; 2], [first, last]: [usize; 2]) -> Vec<f64> {
    let growth = |j: usize| y * ((a + b + j as f64) / (a + j as f64 + 1.0));
    let mode = (((a + b) * y - a - 1.0) / x).max(0.0) as usize;
    let mode = mode.clamp(first, last);
    let shape = a + mode as f64;
    let mut values = vec![0.0; last - first + 1];
    values[mode - first] = beta_kernel(b, shape, [x, y]) / shape;
    for j in (first..mode).rev() {
        values[j - first] = values[j + 1 - first] / growth(j);
    }
    for j in mode..last {
        values[j + 1 - first] = values[j - first] * growth(j);
    }
    values
}

fn exceedance(greatest: bool, cells: [usize; 2], looks: usize, multiplier: f64) -> Result<Exceedance> {
    check_counts(cells[0], looks)?;
    check_counts(cells[1], looks)?;
    if check::non_negative("multiplier", multiplier)? == 0.0 {
        return Ok(Exceedance { probability: 1.0, next: 0.0 });
    }
    Ok(Exceedance::of(&Terms::new(greatest, cells, looks, multiplier, looks + 1)?.values))
}

fn multiplier(greatest: bool, cells: [usize; 2], looks: usize, p: f64) -> Result<f64> {
    let all = cells[0].saturating_add(cells[1]);
    solve(p, all, looks, |alpha| exceedance(greatest, cells, looks, alpha))
}

/// Probability that a noise-only cell exceeds `multiplier` times the greater of the means of `cells[0]` and
/// `cells[1]` training cells, all of them sums of `looks` independent exponential powers.
///
/// ```text
/// P = ∫ f_K(x) P(N₁K, N₁ x / α) P(N₂K, N₂ x / α) dx
/// ```
/// `P(a, x)` is the regularised lower incomplete gamma function and `f_K` the density of a gamma variable of
/// shape K: both means must stay below the cell over `α`. The detector is that of [^hansen]. The integral is
/// done in closed form, as a sum of K positive terms with incomplete beta functions; relative accuracy about
/// 1e-12.
///
/// # Errors
/// As [`ca_false_alarm_probability`](super::ca_false_alarm_probability).
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{ca_multiplier, go_false_alarm_probability, go_multiplier};
/// let alpha = go_multiplier([16, 16], 1, 1e-6)?;
/// assert!(alpha < ca_multiplier(16, 1, 1e-6)? && (alpha - 15.7242).abs() < 1e-4);
/// assert!((go_false_alarm_probability([16, 16], 1, alpha)? / 1e-6 - 1.0).abs() < 1e-11);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^hansen]: V. G. Hansen and J. H. Sawyers, "Detectability loss due to greatest of selection in a
/// cell-averaging CFAR", IEEE Trans. Aerosp. Electron. Syst., vol. 16, no. 1, pp. 115-118, 1980.
pub fn go_false_alarm_probability(cells: [usize; 2], looks: usize, multiplier: f64) -> Result<f64> {
    Ok(exceedance(true, cells, looks, multiplier)?.probability)
}

/// The multiplier of the greater mean that gives `false_alarm_probability`.
///
/// # Errors
/// As [`super::ca_multiplier`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{ca_multiplier, go_multiplier};
/// // The greater of two means is above their mean, so it needs less.
/// assert!(go_multiplier([100, 100], 4, 1e-4)? < ca_multiplier(200, 4, 1e-4)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn go_multiplier(cells: [usize; 2], looks: usize, false_alarm_probability: f64) -> Result<f64> {
    multiplier(true, cells, looks, false_alarm_probability)
}

/// Probability that a noise-only cell exceeds `multiplier` times the lesser of the two means.
///
/// ```text
/// P_SO = P_CA(N₁) + P_CA(N₂) − P_GO
/// ```
/// Exceeding the lesser is exceeding one or the other, and exceeding the greater is exceeding both: inclusion
/// and exclusion, for any number of looks, done term by term so that nothing cancels. For one look and halves
/// of `N/2` cells it is the smallest-of detector of M. Weiss, "Analysis of some modified cell-averaging CFAR
/// processors in multiple-target situations", IEEE Trans. Aerosp. Electron. Syst., vol. AES-18, no. 1,
/// pp. 102-114, 1982.
///
/// # Errors
/// As [`go_false_alarm_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{so_false_alarm_probability, so_multiplier};
/// let alpha = so_multiplier([16, 16], 1, 1e-6)?;
/// assert!((so_false_alarm_probability([16, 16], 1, alpha)? / 1e-6 - 1.0).abs() < 1e-11);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn so_false_alarm_probability(cells: [usize; 2], looks: usize, multiplier: f64) -> Result<f64> {
    Ok(exceedance(false, cells, looks, multiplier)?.probability)
}

/// The multiplier of the lesser mean that gives `false_alarm_probability`.
///
/// # Errors
/// As [`super::ca_multiplier`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{ca_multiplier, so_multiplier};
/// assert!(so_multiplier([100, 100], 4, 1e-4)? > ca_multiplier(200, 4, 1e-4)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn so_multiplier(cells: [usize; 2], looks: usize, false_alarm_probability: f64) -> Result<f64> {
    multiplier(false, cells, looks, false_alarm_probability)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfar::ca_false_alarm_probability;
    use mmw_core::special::unchecked::{incomplete_gamma, incomplete_gamma_kernel};

    /// The integral of the definition over `t = ln x` by the trapezoid rule.
    fn by_quadrature(cells: [usize; 2], looks: usize, alpha: f64) -> f64 {
        let k = looks as f64;
        let most = cells[0].max(cells[1]) as f64;
        let term = |t: f64| {
            let x = t.exp();
            let less = |n: usize| incomplete_gamma(n as f64 * k, n as f64 * x / alpha).unwrap().0;
            incomplete_gamma_kernel(k, x) * less(cells[0]) * less(cells[1])
        };
        let step = 0.2 / (most * k).sqrt();
        let (low, high) = (k.ln() - 2.0 - 20.0 / k.sqrt(), (k * alpha.max(1.0)).ln() + 2.0 + 20.0 / k.sqrt());
        let count = ((high - low) / step) as usize;
        (0..=count).map(|i| term(low + step * i as f64)).sum::<f64>() * step
    }

    #[test]
    fn the_sum_of_terms_is_the_integral_over_the_cell() {
        for (cells, looks, alpha) in [
            ([16, 16], 1, 15.7),
            ([1, 400], 1, 6.0),
            ([300, 2], 3, 9.0),
            ([36, 260], 12, 2.4),
            ([72, 72], 64, 1.5),
            ([8, 8], 500, 1.2),
            ([3, 5], 2, 0.05),
        ] {
            let exact = by_quadrature(cells, looks, alpha);
            let found = go_false_alarm_probability(cells, looks, alpha).unwrap();
            println!("{cells:?} {looks} {alpha}: {found:e} {:+.1e}", found / exact - 1.0);
            // Some hundred terms, each right to 1e-14 or, in the tails of the quadrature, 1e-12.
            assert!((found / exact - 1.0).abs() < 3e-12, "{cells:?} {looks} {alpha}: {found:e} {exact:e}");
            let smallest = so_false_alarm_probability(cells, looks, alpha).unwrap();
            let one = |n| ca_false_alarm_probability(n, looks, alpha).unwrap();
            let both = one(cells[0]) + one(cells[1]);
            assert!((smallest + found - both).abs() < 1e-12 * both, "{cells:?}: {smallest:e}");
        }
    }

    #[test]
    fn the_extremes_have_multipliers_that_give_their_probability() {
        for (cells, looks) in [([1, 1], 1), ([16, 16], 65_536), ([1, 65_536], 2), ([400, 3], 1024)] {
            for p in [1e-100, 1e-10, 0.3, 0.999] {
                for (multiplier, probability) in [
                    (
                        go_multiplier as fn([usize; 2], usize, f64) -> Result<f64>,
                        go_false_alarm_probability as fn(_, _, _) -> _,
                    ),
                    (so_multiplier, so_false_alarm_probability),
                ] {
                    let alpha = multiplier(cells, looks, p).unwrap();
                    let back: f64 = probability(cells, looks, alpha).unwrap();
                    // The multiplier is rounded, and the logarithm of P has up to K N times its slope.
                    let steep = (cells[0] + cells[1]) as f64 * looks as f64;
                    let bound = 1e-13 * steep.min(1e5) + 1e-11;
                    assert!(
                        (back.ln() - p.ln()).abs() < bound,
                        "{cells:?} {looks} {p:e}: {alpha:e} {back:e}"
                    );
                }
            }
        }
    }
}
