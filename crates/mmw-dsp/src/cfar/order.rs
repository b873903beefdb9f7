//! The multiplier of an order statistic, for any number of looks.
//!
//! With the noise estimate `Z` of law `G(z) = P(Z < z)` for a mean noise of one, and the cell `X ~ Gamma(K)`,
//!
//! ```text
//! P = P(X > α K Z) = ∫ f_K(x) G(x / α) dx
//! ```
//! Every factor is positive, so nothing cancels. In `t = ln x` the integrand is smooth and falls off on both
//! sides, where the trapezoid rule converges exponentially.

use super::beta::incomplete_beta;
use super::multiplier::{Exceedance, check_counts, solve};
use mmw_core::special::unchecked::{incomplete_gamma, incomplete_gamma_kernel};
use mmw_core::{Error, Result, check};

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
/// As [`ca_false_alarm_probability`](super::ca_false_alarm_probability), and [`Error::Domain`] unless the
/// rank is from 1 to `cells`.
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
    Ok(exceedance(cells, rank, looks, multiplier)?.probability)
}

pub(super) fn exceedance(cells: usize, rank: usize, looks: usize, multiplier: f64) -> Result<Exceedance> {
    check_counts(cells, looks)?;
    if !(1..=cells).contains(&rank) {
        return Err(Error::domain("rank", rank as f64, format!("from 1 to {cells}, the training cells")));
    }
    let alpha = check::non_negative("multiplier", multiplier)?;
    if looks == 1 || alpha == 0.0 {
        let left = |i: usize| (cells - i) as f64;
        let probability = (0..rank).map(|i| (left(i) / (left(i) + alpha)).ln()).sum::<f64>().exp();
        let share: f64 = (0..rank).map(|i| alpha / (left(i) + alpha)).sum();
        return Ok(Exceedance { probability, next: probability * share });
    }
    os_exceedance(cells, rank, looks, looks as f64, alpha)
}

/// Probability that a gamma variable of shape `shape` exceeds `alpha`, above 0, times the order statistic.
pub(super) fn os_exceedance(
    cells: usize,
    rank: usize,
    looks: usize,
    shape: f64,
    alpha: f64,
) -> Result<Exceedance> {
    let k = looks as f64;
    let (below, above) = (rank as f64, (cells - rank + 1) as f64);
    let law = |x: f64| {
        let (lower, upper) = incomplete_gamma(k, x / alpha)?;
        Ok(incomplete_beta(below, above, [lower, upper])?[0])
    };
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
    solve(false_alarm_probability, cells, looks, |alpha| exceedance(cells, rank, looks, alpha))
}

/// `∫ f_k(x) G(x) dx` over `t = ln x`; `G` rises near `threshold` over a relative width of about
/// `1/√samples`.
fn tail(k: f64, samples: f64, law: impl Fn(f64) -> Result<f64>, threshold: f64) -> Result<Exceedance> {
    /// Terms below this share of the greatest no longer count.
    const SMALL: f64 = 1e-18;
    let term = |t: f64| {
        let x = t.exp();
        let density = incomplete_gamma_kernel(k, x);
        if density > 0.0 { Ok(density * law(x)?) } else { Ok(0.0) }
    };
    let step = 0.35 / samples.max(k).max(4.0).sqrt();
    // The summit lies between the mean of the cell and the threshold at the mean of the noise.
    let Some(summit) = summit([k.ln() - 3.0, threshold.max(k).ln() + 3.0], step, term)? else {
        return Ok(Exceedance { probability: 0.0, next: 0.0 });
    };
    let (mut sum, mut moment) = (0.0, 0.0);
    for (direction, first) in [(-1.0, 1), (1.0, 0)] {
        for i in first..200_000 {
            let t = summit + direction * step * f64::from(i);
            let value = term(t)?;
            sum += value;
            moment += value * (t.exp() / k - 1.0);
            if value < SMALL * sum {
                break;
            }
        }
    }
    // A cell of one look more exceeds it by r_k more often, and has x/k of the density.
    Ok(Exceedance { probability: (sum * step).min(1.0), next: moment * step })
}

/// Where a function with one summit is greatest, to half of `step`; `None` where it is nothing.
fn summit([low, high]: [f64; 2], step: f64, term: impl Fn(f64) -> Result<f64>) -> Result<Option<f64>> {
    let (mut summit, mut greatest) = (low, 0.0);
    let mut stride = high - low;
    // A summit between two places may be nothing at both.
    for places in [40, 400] {
        stride = (high - low) / f64::from(places);
        for i in 0..=places {
            let value = term(low + stride * f64::from(i))?;
            if value > greatest {
                (summit, greatest) = (low + stride * f64::from(i), value);
            }
        }
        if greatest > 0.0 {
            break;
        }
    }
    while greatest > 0.0 && stride > step {
        stride *= 0.5;
        for next in [summit - stride, summit + stride] {
            let value = term(next)?;
            if value > greatest {
                (summit, greatest) = (next, value);
                break;
            }
        }
    }
    Ok((greatest > 0.0).then_some(summit))
}
