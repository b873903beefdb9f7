//! The threshold multiplier that gives a false-alarm probability exactly, and the probability that a
//! multiplier gives.

use mmw_core::math::newton_within;
use mmw_core::{Error, Result, check};

/// Smallest false-alarm probability that is accepted.
pub(super) const MIN_PROBABILITY: f64 = 1e-100;
/// Most looks or training cells that a multiplier is computed for.
const MAX_COUNT: usize = 1 << 28;

/// Multiplier `α` of the mean of `cells` training cells that a noise-only cell exceeds with probability
/// `false_alarm_probability`, when every cell is the sum of `looks` independent exponential powers of the
/// same mean (the channels of a non-coherent sum).
///
/// ```text
/// K = 1:  α = N (P^(-1/N) − 1)
/// K > 1:  P = I_{1/(1+α/N)}(N K, K)
/// ```
/// Equation (6.134) of [^richards] for one look, solved for α. For K looks the cell is Gamma(K), the sum of N
/// training cells is Gamma(N K), so their ratio is beta-prime(K, N K), whose upper tail is the regularised
/// incomplete beta function `I`. Relative accuracy about 1e-13.
///
/// # Errors
/// [`Error::Domain`] for a probability outside `[1e-100, 1)`, or more than 2^28 looks or cells;
/// [`Error::TooFew`] for none of them.
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::ca_multiplier;
/// // One look, many cells: the multiplier tends to -ln P.
/// assert!((ca_multiplier(1_000_000, 1, 1e-3)? - 6.9078).abs() < 1e-4);
/// // Twelve looks fluctuate less, so less margin is needed.
/// assert!(ca_multiplier(544, 12, 1e-3)? < 2.2);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^richards]: M. A. Richards, "Fundamentals of Radar Signal Processing", 2nd edition, section 6.5.3.
pub fn ca_multiplier(cells: usize, looks: usize, false_alarm_probability: f64) -> Result<f64> {
    check_counts(cells, looks)?;
    check_probability(false_alarm_probability)?;
    Ok(cells as f64 * solve_ratio(cells, looks, false_alarm_probability)?)
}

/// Probability that a noise-only cell exceeds `multiplier` times the mean of `cells` training cells: the
/// inverse of [`ca_multiplier`], with the same model.
///
/// ```text
/// P = (1 + u)^(-N K) Σ_{j<K} C(N K − 1 + j, j) (u / (1 + u))^j,   u = α / N
/// ```
/// The finite sum of `I_{1/(1+u)}(N K, K)` for whole arguments, equations 8.17.4 and 8.17.24 of [^dlmf]; all
/// terms are positive, so nothing cancels however small P is.
///
/// # Errors
/// [`Error::Domain`] for a multiplier that is negative or not finite; else as [`ca_multiplier`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{ca_false_alarm_probability, ca_multiplier};
/// let alpha = ca_multiplier(300, 12, 1e-6)?;
/// assert!((ca_false_alarm_probability(300, 12, alpha)? / 1e-6 - 1.0).abs() < 1e-11);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^dlmf]: NIST Digital Library of Mathematical Functions, chapter 8.
pub fn ca_false_alarm_probability(cells: usize, looks: usize, multiplier: f64) -> Result<f64> {
    check_counts(cells, looks)?;
    let ratio = check::non_negative("multiplier", multiplier)? / cells as f64;
    Ok(LogTail::at(cells, looks, ratio).value.exp())
}

pub(super) fn check_counts(cells: usize, looks: usize) -> Result<()> {
    check::at_least("training cells", cells, 1)?;
    check::at_least("looks", looks, 1)?;
    check::in_range("training cells", cells as f64, 1.0, MAX_COUNT as f64)?;
    check::in_range("looks", looks as f64, 1.0, MAX_COUNT as f64)?;
    Ok(())
}

pub(super) fn check_probability(p: f64) -> Result<f64> {
    if (MIN_PROBABILITY..1.0).contains(&p) {
        return Ok(p);
    }
    Err(Error::domain("false_alarm_probability", p, "a number from 1e-100 to below 1"))
}

/// `ln P` and its slope with respect to `ln u`.
struct LogTail {
    value: f64,
    slope: f64,
}

impl LogTail {
    /// Terms are kept in range by a running scale: `C(N K − 1 + j, j)` alone overflows for K of a
    /// few hundred.
    fn at(cells: usize, looks: usize, ratio: f64) -> Self {
        const BIG: f64 = 1e200;
        let shape = cells as f64 * looks as f64;
        let fraction = ratio / (1.0 + ratio);
        let (mut term, mut sum, mut log_scale) = (1.0, 1.0, 0.0);
        for j in 1..looks {
            let j = j as f64;
            term *= fraction * ((shape - 1.0 + j) / j);
            sum += term;
            if sum > BIG {
                term /= BIG;
                sum /= BIG;
                log_scale += BIG.ln();
            }
        }
        let value = (log_scale + sum.ln() - shape * ratio.ln_1p()).min(0.0);
        // The density is the last term times (N K + K − 1) / (1 + u): 1 / B(K, N K) in terms of a binomial.
        let slope = -fraction * (shape + looks as f64 - 1.0) * term / sum;
        Self { value, slope }
    }
}

/// The ratio `u = α / N` at which the tail is `p`.
pub(super) fn solve_ratio(cells: usize, looks: usize, p: f64) -> Result<f64> {
    if looks == 1 {
        return Ok((-p.ln() / cells as f64).exp_m1());
    }
    // The tail is known to about 1e-15 times its own condition number, so nothing is gained below this.
    let narrow = [4.0 * f64::EPSILON; 2];
    newton(p, -(cells as f64).ln(), narrow, |log_ratio| Ok(LogTail::at(cells, looks, log_ratio.exp())))
}

/// Probability `P` that a cell of `K` looks exceeds a threshold, and `r_K` of [`super::series`]: the
/// probability falls by `K r_K` for each unit by which the logarithm of the threshold grows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exceedance {
    pub(super) probability: f64,
    pub(super) next: f64,
}

impl Exceedance {
    /// From the terms `r_0` to `r_K`.
    pub(super) fn of(terms: &[f64]) -> Self {
        let (next, terms) = terms.split_last().map_or((0.0, terms), |(last, rest)| (*last, rest));
        Self { probability: terms.iter().sum::<f64>().min(1.0), next }
    }
}

/// The multiplier of which `exceedance` says how often cells of `looks` looks exceed it, for the
/// false-alarm probability `p`, from that of the mean of `cells` cells.
pub(super) fn solve(
    p: f64,
    cells: usize,
    looks: usize,
    exceedance: impl Fn(f64) -> Result<Exceedance>,
) -> Result<f64> {
    let start = ca_multiplier(cells, looks, p)?.ln();
    // Steps shrink by their squares: after one of 1e-8 none counts.
    newton(p, start, [1e-8, 0.0], |log_alpha| {
        let Exceedance { probability, next } = exceedance(log_alpha.exp())?;
        Ok(LogTail { value: probability.ln(), slope: -(looks as f64) * next / probability })
    })
}

/// Newton's method on `ln P` against the logarithm of the threshold, where the tail is concave and falls
/// from 0 to minus infinity; the exponential of what it finds.
fn newton(p: f64, start: f64, steps: [f64; 2], tail: impl Fn(f64) -> Result<LogTail>) -> Result<f64> {
    const BRACKET: [f64; 2] = [-700.0, 700.0];
    let target = check_probability(p)?.ln();
    let log = newton_within(BRACKET, start, steps, |log| {
        let LogTail { value, slope } = tail(log)?;
        let excess = value - target;
        Ok::<_, Error>((excess > 0.0, excess / slope))
    })?;
    if log < BRACKET[1] - 1.0 {
        return Ok(log.exp());
    }
    Err(Error::NoConvergence { what: "CFAR multiplier".into(), iterations: 60 })
}
