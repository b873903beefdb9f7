//! The threshold multiplier that gives a false-alarm probability exactly, and the probability that a
//! multiplier gives.

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

/// The ratio `u = α / N` at which the tail is `p`: Newton's method on `ln P` against `ln u`, where the tail
/// is concave and falls from 0 to minus infinity, kept inside a bracket.
pub(super) fn solve_ratio(cells: usize, looks: usize, p: f64) -> Result<f64> {
    const ITERATIONS: usize = 200;
    if looks == 1 {
        return Ok((-p.ln() / cells as f64).exp_m1());
    }
    let target = p.ln();
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut log_ratio = -(cells as f64).ln();
    for _ in 0..ITERATIONS {
        let tail = LogTail::at(cells, looks, log_ratio.exp());
        let excess = tail.value - target;
        if excess > 0.0 {
            low = log_ratio;
        } else {
            high = log_ratio;
        }
        let newton = log_ratio - excess / tail.slope;
        let next = if newton > low && newton < high && (newton - log_ratio).abs() < 2.0 {
            newton
        } else if low.is_infinite() {
            high - 1.0
        } else if high.is_infinite() {
            low + 1.0
        } else {
            0.5 * (low + high)
        };
        // The tail is known to about 1e-15 times its own condition number, so nothing is gained below this.
        if (next - log_ratio).abs() <= 4.0 * f64::EPSILON * (1.0 + log_ratio.abs()) {
            return Ok(next.exp());
        }
        log_ratio = next;
    }
    if high - low < 1e-9 {
        return Ok(log_ratio.exp());
    }
    Err(Error::NoConvergence { what: "CFAR multiplier".into(), iterations: ITERATIONS })
}
