//! The law of the trimmed mean: the multiplier of a mean that leaves out the least and the greatest cells.

use super::multiplier::{Exceedance, check_counts, solve};
use super::order;
use super::series::Series;
use mmw_core::special::unchecked::{incomplete_gamma, incomplete_gamma_kernel, ln_gamma_of};
use mmw_core::{Error, Result, check};
use std::cell::Cell;

/// Looks beyond which the law of a trimmed mean takes minutes.
const MAX_LOOKS: usize = 1024;

/// Probability that a noise-only cell exceeds `multiplier` times the mean of `cells` training cells
/// without the least `trim[0]` and the greatest `trim[1]`, all of them sums of `looks` independent
/// exponential powers.
///
/// ```text
/// K = 1:   P = Π_{i=1}^{N−T₂} 1 / (1 + α w_i / n),   n = N − T₁ − T₂
///          w_i = min(n, N − T₂ − i + 1) / (N − i + 1)
/// K > 1:   P = Σ_{j<K} r_j,   Σ r_j εʲ = ∫∫ h(u, v) exp(−s (u + v)) (∫_u^v f(x) exp(−s x) dx)^{n−2} du dv
/// ```
/// with `s = (1 − ε) α / n`, the density `f` of a cell and that of the least and the greatest cell that stay,
/// `h` without the cells between them. One look is the product of [^gandhi]: the ordered sample is a sum of
/// independent spacings. For more the series in `ε` is integrated over `ln v` and the logit of `u / v` (over
/// one of the two where nothing is trimmed on the other side) by the trapezoid rule, halving the step until
/// the sum stands; no term is negative. Relative accuracy 1e-11.
///
/// # Errors
/// As [`ca_false_alarm_probability`](super::ca_false_alarm_probability); [`Error::Domain`] when trimming
/// leaves no cell, or for more than 1024 looks, if both 1 and all cells are not what stays.
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{ca_multiplier, tm_false_alarm_probability, tm_multiplier};
/// let alpha = tm_multiplier(24, [2, 6], 4, 1e-4)?;
/// assert!(alpha > ca_multiplier(24, 4, 1e-4)?);
/// assert!((tm_false_alarm_probability(24, [2, 6], 4, alpha)? / 1e-4 - 1.0).abs() < 1e-10);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^gandhi]: P. P. Gandhi and S. A. Kassam, "Analysis of CFAR processors in nonhomogeneous background", IEEE
/// Trans. Aerosp. Electron. Syst., vol. 24, no. 4, pp. 427-445, 1988.
pub fn tm_false_alarm_probability(
    cells: usize,
    trim: [usize; 2],
    looks: usize,
    multiplier: f64,
) -> Result<f64> {
    Ok(exceedance(cells, trim, looks, multiplier)?.probability)
}

fn exceedance(cells: usize, trim: [usize; 2], looks: usize, multiplier: f64) -> Result<Exceedance> {
    let trimmed = Trimmed::new(cells, trim, looks)?;
    let alpha = check::non_negative("multiplier", multiplier)?;
    if trimmed.kept == 1 {
        return order::exceedance(cells, trim[0] + 1, looks, alpha);
    }
    if alpha == 0.0 {
        return Ok(Exceedance { probability: 1.0, next: 0.0 });
    }
    Ok(Exceedance::of(&trimmed.terms(alpha, looks + 1)?))
}

/// The multiplier of the trimmed mean that gives `false_alarm_probability`.
///
/// # Errors
/// As [`super::ca_multiplier`] and [`tm_false_alarm_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::tm_multiplier;
/// // Without its greatest cells a mean is less, and needs more.
/// assert!(tm_multiplier(40, [0, 10], 1, 1e-4)? > tm_multiplier(40, [10, 0], 1, 1e-4)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn tm_multiplier(
    cells: usize,
    trim: [usize; 2],
    looks: usize,
    false_alarm_probability: f64,
) -> Result<f64> {
    solve(false_alarm_probability, cells, looks, |alpha| exceedance(cells, trim, looks, alpha))
}

/// A trimmed sample of gamma cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trimmed {
    cells: usize,
    trim: [usize; 2],
    kept: usize,
    looks: usize,
}

impl Trimmed {
    pub(super) fn new(cells: usize, trim: [usize; 2], looks: usize) -> Result<Self> {
        check_counts(cells, looks)?;
        let Some(kept) = cells.checked_sub(trim[0].saturating_add(trim[1])).filter(|&kept| kept > 0) else {
            let domain = format!("below {cells}, the training cells");
            return Err(Error::domain("trimmed cells", trim[0] as f64 + trim[1] as f64, domain));
        };
        if kept > 1 && kept < cells {
            check::in_range("looks", looks as f64, 1.0, MAX_LOOKS as f64)?;
        }
        Ok(Self { cells, trim, kept, looks })
    }

    pub(super) fn keeps_one(&self) -> bool {
        self.kept == 1
    }

    /// The first `count` numbers `r_j` of `multiplier` times the mean of what stays.
    pub(super) fn terms(self, multiplier: f64, count: usize) -> Result<Vec<f64>> {
        let rate = multiplier / self.kept as f64;
        if self.kept == self.cells {
            let shape = self.cells as f64 * self.looks as f64;
            return Ok(Series::weighted_sum(&[(rate, shape)], count).values());
        }
        if self.looks == 1 {
            let last = self.cells - self.trim[1];
            let weight = |i: usize| self.kept.min(last - i) as f64 / (self.cells - i) as f64;
            let parts: Vec<_> = (0..last).map(|i| (rate * weight(i), 1.0)).collect();
            return Ok(Series::weighted_sum(&parts, count).values());
        }
        // The error of the trapezoid rule is squared, or better, each time that its step is halved.
        let mut step = 1.0 / (self.cells as f64 * self.looks as f64).sqrt();
        let mut before = self.integrate(rate, step, count)?;
        for _ in 0..6 {
            step *= 0.5;
            let after = self.integrate(rate, step, count)?;
            let change: f64 = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).sum();
            before = after;
            if change <= 1e-7 * before.iter().sum::<f64>() {
                return Ok(before);
            }
        }
        Err(Error::NoConvergence { what: "law of a trimmed mean".into(), iterations: 6 })
    }

    fn integrate(self, rate: f64, step: f64, count: usize) -> Result<Vec<f64>> {
        let law = Ordered { trimmed: self, rate, count };
        let constant = self.log_constant();
        // Tilted by exp(−rate x), a cell has the mean K / (1 + rate).
        let start = (self.looks as f64 / (1.0 + rate)).ln();
        let inner = Cell::new(0.0);
        let (sum, _) = line([start, step], count, |t| {
            let mut series = match self.trim {
                [_, 0] => law.above(t.exp())?,
                [0, _] => law.below(t.exp())?,
                _ => {
                    let end = law.end(t.exp())?;
                    let (sum, summit) = line([inner.get(), step], count, |logit| law.between(logit, &end))?;
                    inner.set(summit);
                    sum
                }
            };
            series.log += constant;
            Ok(series)
        })?;
        Ok(sum.values())
    }

    /// `ln` of the ways to choose the cells that are trimmed, those at the ends of what stays, and the rest.
    fn log_constant(self) -> f64 {
        let ln_factorial = |n: usize| ln_gamma_of(n as f64 + 1.0);
        let ends = usize::from(self.trim[0] > 0) + usize::from(self.trim[1] > 0);
        let parts = [self.trim[0], self.trim[1], self.kept - ends];
        ln_factorial(self.cells) - parts.into_iter().map(ln_factorial).sum::<f64>()
    }
}

/// The densities at the ends of what stays, with the transform of what stands between them.
#[derive(Debug, Clone, Copy)]
struct Ordered {
    trimmed: Trimmed,
    rate: f64,
    count: usize,
}

/// The greatest cell that stays.
struct End {
    v: f64,
    /// Logarithm of its density over `ln v`, and of the share of greater cells to the power of their number.
    log: f64,
    tilted: Tilted,
}

/// `P(K + j, (1 + rate) x)` and one minus it, for all `j`.
struct Tilted {
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Ordered {
    fn end(&self, v: f64) -> Result<End> {
        let k = self.trimmed.looks as f64;
        let (_, greater) = incomplete_gamma(k, v)?;
        let log = incomplete_gamma_kernel(k, v).ln() + self.trimmed.trim[1] as f64 * greater.ln();
        Ok(End { v, log, tilted: self.tilted(v)? })
    }

    /// All that stays is at most `v`.
    fn below(&self, v: f64) -> Result<Series> {
        let end = self.end(v)?;
        let mut series = self.cells(&end.tilted.lower, self.trimmed.kept - 1).times(&self.at(v));
        series.log += end.log;
        Ok(series)
    }

    /// All that stays is at least `u`.
    fn above(&self, u: f64) -> Result<Series> {
        let k = self.trimmed.looks as f64;
        let (lesser, _) = incomplete_gamma(k, u)?;
        let mut series = self.cells(&self.tilted(u)?.upper, self.trimmed.kept - 1).times(&self.at(u));
        series.log += incomplete_gamma_kernel(k, u).ln() + self.trimmed.trim[0] as f64 * lesser.ln();
        Ok(series)
    }

    /// All that stays is from `u` to the end, with the logit of their ratio.
    fn between(&self, logit: f64, end: &End) -> Result<Series> {
        let k = self.trimmed.looks as f64;
        let (share, rest) = (1.0 / (1.0 + (-logit).exp()), 1.0 / (1.0 + logit.exp()));
        let u = end.v * share;
        let (lesser, _) = incomplete_gamma(k, u)?;
        let tilted = self.tilted(u)?;
        let between = |j: usize| {
            let lower = end.tilted.lower[j] - tilted.lower[j];
            let upper = tilted.upper[j] - end.tilted.upper[j];
            // That of the two differences which has lost less.
            (if tilted.lower[j] < 0.5 { lower } else { upper }).max(0.0)
        };
        let between: Vec<f64> = (0..self.count).map(between).collect();
        let mut series = self.cells(&between, self.trimmed.kept - 2).times(&self.at(u + end.v));
        let density = (incomplete_gamma_kernel(k, u) * rest).ln();
        series.log += end.log + density + self.trimmed.trim[0] as f64 * lesser.ln();
        Ok(series)
    }

    fn at(&self, x: f64) -> Series {
        Series::exponential(self.rate * x, self.count)
    }

    /// The transform of `number` cells that have the probabilities `within`.
    ///
    /// ```text
    /// ∫ f(x) (s x)ʲ exp(−s x) / j! dx = C(K + j − 1, j) sʲ (1 + s)^{−K−j} [P(K + j, (1 + s) x)]
    /// ```
    fn cells(&self, within: &[f64], number: usize) -> Series {
        let (k, share) = (self.trimmed.looks as f64, self.rate / (1.0 + self.rate));
        let mut factor = 1.0;
        let term = |(j, probability): (usize, &f64)| {
            if j > 0 {
                factor *= share * (k + (j - 1) as f64) / j as f64;
            }
            factor * probability
        };
        let terms = within.iter().enumerate().map(term).collect();
        let series = Series { terms, log: -k * self.rate.ln_1p() };
        // A cell between two ends that are one number: nothing.
        if number > 0 && series.terms[0] <= 0.0 {
            return Series { terms: vec![0.0; self.count], log: 0.0 };
        }
        series.power(number)
    }

    /// By `P(a, y) = P(a + 1, y) + yᵃ exp(−y) / Γ(a + 1)` from the last and the first, which adds.
    fn tilted(&self, x: f64) -> Result<Tilted> {
        let (k, y) = (self.trimmed.looks as f64, (1.0 + self.rate) * x);
        let last = k + (self.count - 1) as f64;
        let (mut lower, mut upper) = (vec![0.0; self.count], vec![0.0; self.count]);
        (lower[self.count - 1], _) = incomplete_gamma(last, y)?;
        (_, upper[0]) = incomplete_gamma(k, y)?;
        let step = |j: usize| incomplete_gamma_kernel(k + j as f64, y) / (k + j as f64);
        let steps: Vec<f64> = (0..self.count - 1).map(step).collect();
        for (j, step) in steps.iter().enumerate().rev() {
            lower[j] = lower[j + 1] + step;
        }
        for (j, step) in steps.iter().enumerate() {
            upper[j + 1] = upper[j] + step;
        }
        Ok(Tilted { lower, upper })
    }
}

/// The integral of a function with one summit by the trapezoid rule, and the place of the summit.
fn line(
    [start, step]: [f64; 2],
    count: usize,
    term: impl Fn(f64) -> Result<Series>,
) -> Result<(Series, f64)> {
    /// Terms below this share of the sum no longer count.
    const SMALL: f64 = 1e-18;
    const MOST: usize = 100_000;
    let (mut summit, mut greatest) = (start, term(start)?.size());
    let mut stride = 16.0 * step;
    while stride > 0.5 * step {
        let mut moved = false;
        for next in [summit - stride, summit + stride] {
            let size = term(next)?.size();
            if size > greatest {
                (summit, greatest, moved) = (next, size, true);
                break;
            }
        }
        if !moved {
            stride *= 0.25;
        }
    }
    let mut sum = Series { terms: vec![0.0; count], log: greatest };
    let mut total = 0.0;
    for (direction, first) in [(-1.0, 1), (1.0, 0)] {
        for i in first..MOST {
            let series = term(summit + direction * step * i as f64)?;
            let factor = (series.log - greatest).exp();
            let mut size = 0.0;
            for (sum, term) in sum.terms.iter_mut().zip(&series.terms) {
                *sum += factor * step * term;
                size += factor * step * term;
            }
            total += size;
            if size <= SMALL * total {
                break;
            }
        }
    }
    Ok((sum, summit))
}
