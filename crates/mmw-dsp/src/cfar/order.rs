//! Multipliers of the detectors that choose among their training cells: greatest of, smallest of, order
//! statistic, for any number of looks.
//!
//! With the noise estimate `Z` of law `G(z) = P(Z < z)` for a mean noise of one, and the cell `X ~ Gamma(K)`,
//!
//! ```text
//! P = P(X > α K Z) = ∫ f_K(x) G(x / α) dx
//! ```
//! Every factor is positive, so nothing cancels. In `t = ln x` the integrand is smooth and falls off on both
//! sides, where the trapezoid rule converges exponentially.

use super::multiplier::{ca_false_alarm_probability, check_counts, check_probability};
use mmw_core::{Error, Result, check};
use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_lr, ln_gamma};

/// Probability that a noise-only cell exceeds `multiplier` times the greater of the means of `cells[0]` and
/// `cells[1]` training cells, all of them sums of `looks` independent exponential powers.
///
/// ```text
/// G(z) = P(N₁K, N₁K z) P(N₂K, N₂K z)
/// ```
/// `P(a, x)` is the regularised lower incomplete gamma function: both means must stay below `z`. The detector
/// is that of [^hansen]. Relative accuracy about 1e-10.
///
/// # Errors
/// As [`ca_false_alarm_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{ca_multiplier, go_false_alarm_probability, go_multiplier};
/// let alpha = go_multiplier([16, 16], 1, 1e-6)?;
/// assert!(alpha < ca_multiplier(16, 1, 1e-6)? && (alpha - 15.7242).abs() < 1e-4);
/// assert!((go_false_alarm_probability([16, 16], 1, alpha)? / 1e-6 - 1.0).abs() < 1e-8);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^hansen]: V. G. Hansen and J. H. Sawyers, "Detectability loss due to greatest of selection in a
/// cell-averaging CFAR", IEEE Trans. Aerosp. Electron. Syst., vol. 16, no. 1, pp. 115-118, 1980.
pub fn go_false_alarm_probability(cells: [usize; 2], looks: usize, multiplier: f64) -> Result<f64> {
    check_counts(cells[0], looks)?;
    check_counts(cells[1], looks)?;
    check::non_negative("multiplier", multiplier)?;
    if multiplier == 0.0 {
        return Ok(1.0);
    }
    Ok(go_exceedance(cells, looks, looks as f64, multiplier))
}

/// Probability that a gamma variable of shape `shape` exceeds `multiplier`, above 0, times the greater mean.
pub(super) fn go_exceedance(cells: [usize; 2], looks: usize, shape: f64, multiplier: f64) -> f64 {
    let k = looks as f64;
    let shapes = cells.map(|n| n as f64 * k);
    // The mean of N cells of K looks each, over K, is below z when their sum is below N K z.
    let law = |z: f64| gamma_lr(shapes[0], shapes[0] * z) * gamma_lr(shapes[1], shapes[1] * z);
    tail(shape, shapes[0].max(shapes[1]), |x| law(x / (multiplier * k)), multiplier * k)
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
    solve(false_alarm_probability, |alpha| go_false_alarm_probability(cells, looks, alpha))
}

/// Probability that a noise-only cell exceeds `multiplier` times the lesser of the two means.
///
/// ```text
/// P_SO = P_CA(N₁) + P_CA(N₂) − P_GO
/// ```
/// Exceeding the lesser is exceeding one or the other, and exceeding the greater is exceeding both: inclusion
/// and exclusion, for any number of looks. For one look and halves of `N/2` cells it is the smallest-of
/// detector of M. Weiss, "Analysis of some modified cell-averaging CFAR processors in multiple-target
/// situations", IEEE Trans. Aerosp. Electron. Syst., vol. AES-18, no. 1, pp. 102-114, 1982.
///
/// # Errors
/// As [`go_false_alarm_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{so_false_alarm_probability, so_multiplier};
/// let alpha = so_multiplier([16, 16], 1, 1e-6)?;
/// assert!((so_false_alarm_probability([16, 16], 1, alpha)? / 1e-6 - 1.0).abs() < 1e-8);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn so_false_alarm_probability(cells: [usize; 2], looks: usize, multiplier: f64) -> Result<f64> {
    let both = go_false_alarm_probability(cells, looks, multiplier)?;
    let one = ca_false_alarm_probability(cells[0], looks, multiplier)?;
    let other = ca_false_alarm_probability(cells[1], looks, multiplier)?;
    Ok((one + other - both).clamp(0.0, 1.0))
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
    solve(false_alarm_probability, |alpha| so_false_alarm_probability(cells, looks, alpha))
}

/// Probability that a noise-only cell exceeds `multiplier` times the `rank`-th least (from 1) of `cells`
/// training cells, all of them sums of `looks` independent exponential powers.
///
/// ```text
/// G(z) = I_{F(z)}(rank, N − rank + 1),   F(z) = P(K, K z)
/// K = 1:   P = Π_{i=0}^{rank−1} (N − i) / (N − i + α)
/// ```
/// The detector of [^rohling]; the product is its equation for one look. Relative accuracy about 1e-10.
///
/// # Errors
/// As [`ca_false_alarm_probability`], and [`Error::Domain`] unless the rank is from 1 to `cells`.
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{os_false_alarm_probability, os_multiplier};
/// let alpha = os_multiplier(16, 12, 1, 1e-6)?;
/// assert!((alpha - 20.95).abs() < 0.01);
/// assert!((os_false_alarm_probability(16, 12, 1, alpha)? / 1e-6 - 1.0).abs() < 1e-8);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^rohling]: H. Rohling, "Radar CFAR thresholding in clutter and multiple target situations", IEEE Trans.
/// Aerosp. Electron. Syst., vol. 19, no. 4, pp. 608-621, 1983.
pub fn os_false_alarm_probability(cells: usize, rank: usize, looks: usize, multiplier: f64) -> Result<f64> {
    check_counts(cells, looks)?;
    if !(1..=cells).contains(&rank) {
        return Err(Error::domain("rank", rank as f64, format!("from 1 to {cells}, the training cells")));
    }
    let alpha = check::non_negative("multiplier", multiplier)?;
    if looks == 1 || alpha == 0.0 {
        let factor = |i: usize| (cells - i) as f64 / ((cells - i) as f64 + alpha);
        return Ok((0..rank).map(|i| factor(i).ln()).sum::<f64>().exp());
    }
    Ok(os_exceedance(cells, rank, looks, looks as f64, alpha))
}

/// Probability that a gamma variable of shape `shape` exceeds `alpha`, above 0, times the order statistic.
pub(super) fn os_exceedance(cells: usize, rank: usize, looks: usize, shape: f64, alpha: f64) -> f64 {
    let k = looks as f64;
    let (below, above) = (rank as f64, (cells - rank + 1) as f64);
    let law = |x: f64| beta_reg(below, above, gamma_lr(k, x / alpha).clamp(0.0, 1.0));
    tail(shape, cells as f64 * k, law, alpha * k)
}

/// The multiplier of the order statistic that gives `false_alarm_probability`.
///
/// # Errors
/// As [`super::ca_multiplier`] and [`os_false_alarm_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::os_multiplier;
/// // A higher rank is a greater power, which needs less.
/// assert!(os_multiplier(100, 75, 4, 1e-4)? < os_multiplier(100, 50, 4, 1e-4)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn os_multiplier(cells: usize, rank: usize, looks: usize, false_alarm_probability: f64) -> Result<f64> {
    solve(false_alarm_probability, |alpha| os_false_alarm_probability(cells, rank, looks, alpha))
}

/// `∫ f_k(x) G(x) dx` over `t = ln x`; `G` rises near `threshold` over a relative width of about
/// `1/√samples`.
fn tail(k: f64, samples: f64, law: impl Fn(f64) -> f64, threshold: f64) -> f64 {
    /// Terms below this share of the greatest no longer count.
    const SMALL: f64 = 1e-18;
    let log_density = |t: f64| k * t - t.exp() - ln_gamma(k);
    let term = |t: f64| {
        let density = log_density(t).exp();
        if density > 0.0 { density * law(t.exp()) } else { 0.0 }
    };
    // The summit lies between the mean of the cell and the threshold at the mean of the noise.
    let centre = threshold.max(k).ln();
    let scan = (0..=400).map(|i| k.ln() - 3.0 + (centre - k.ln() + 6.0) * f64::from(i) / 400.0);
    let summit = scan.max_by(|a, b| term(*a).total_cmp(&term(*b))).unwrap_or(centre);
    let step = 0.35 / samples.max(k).max(4.0).sqrt();
    let greatest = term(summit);
    if greatest <= 0.0 {
        return 0.0;
    }
    let mut sum = greatest;
    for direction in [-1.0, 1.0] {
        for i in 1..200_000 {
            let value = term(summit + direction * step * f64::from(i));
            sum += value;
            if value < SMALL * sum {
                break;
            }
        }
    }
    (sum * step).min(1.0)
}

/// The multiplier at which a falling probability is `p`: bisection by the secant in logarithms, kept inside a
/// bracket.
pub(super) fn solve(p: f64, probability: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    const ITERATIONS: usize = 200;
    let target = check_probability(p)?.ln();
    let excess = |log_alpha: f64| -> Result<f64> {
        Ok(probability(log_alpha.exp())?.max(f64::MIN_POSITIVE).ln() - target)
    };
    let (mut low, mut high) = (-30.0, 1.0);
    let (mut at_low, mut at_high) = (-target, excess(high)?);
    while at_high > 0.0 {
        (low, at_low) = (high, at_high);
        high += 1.0;
        if high > 600.0 {
            return Err(Error::NoConvergence { what: "CFAR multiplier".into(), iterations: ITERATIONS });
        }
        at_high = excess(high)?;
    }
    for _ in 0..ITERATIONS {
        if high - low <= 1e-12 * (1.0 + high.abs()) {
            break;
        }
        let secant = low + (high - low) * at_low / (at_low - at_high);
        let inside = secant > low && secant < high;
        let next = if inside { secant } else { 0.5 * (low + high) };
        let value = excess(next)?;
        if value.abs() < 1e-12 {
            return Ok(next.exp());
        }
        // Illinois: the end that stays loses half its weight, so that both ends move.
        if value > 0.0 {
            (low, at_low) = (next, value);
            at_high *= 0.5;
        } else {
            (high, at_high) = (next, value);
            at_low *= 0.5;
        }
    }
    Ok((0.5 * (low + high)).exp())
}
