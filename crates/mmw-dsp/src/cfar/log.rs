//! The law of the mean of the logarithms: the multiplier of a geometric mean.

use super::multiplier::{Exceedance, check_counts, solve};
use mmw_core::math::{complex_ln_1p, crossing};
use mmw_core::special::unchecked::{digamma, stirling_series};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::PI;

/// Probability that a noise-only cell exceeds `multiplier` times the geometric mean of `cells` training
/// cells, all of them sums of `looks` independent exponential powers.
///
/// ```text
/// P = 1/2πi ∫ Γ(K + z) / (z Γ(K)) α^{−z} [Γ(K − z/N) / Γ(K)]^N dz,   0 < Re z < K N
/// ```
/// The Mellin transform of the tail of the cell, with the moment of order `−z` of the geometric mean. The
/// detector is that of [^hansen], whose multipliers were simulated. On the line through the saddle point the
/// integrand falls off as `exp(−π |z|)`, and the trapezoid rule converges exponentially; its step is halved
/// until the sum stands. Relative accuracy 1e-12.
///
/// # Errors
/// As [`super::ca_false_alarm_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{ca_multiplier, log_false_alarm_probability, log_multiplier};
/// // The geometric mean is the lesser; of one cell it is the mean.
/// assert!(log_multiplier(100, 4, 1e-4)? > ca_multiplier(100, 4, 1e-4)?);
/// assert!((log_false_alarm_probability(1, 1, 30.0)? - 1.0 / 31.0).abs() < 1e-13);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^hansen]: V. G. Hansen and H. R. Ward, "Detection performance of the cell averaging LOG/CFAR receiver",
/// IEEE Trans. Aerosp. Electron. Syst., vol. AES-8, no. 5, pp. 648-652, 1972.
pub fn log_false_alarm_probability(cells: usize, looks: usize, multiplier: f64) -> Result<f64> {
    Ok(exceedance(cells, looks, multiplier)?.probability)
}

fn exceedance(cells: usize, looks: usize, multiplier: f64) -> Result<Exceedance> {
    check_counts(cells, looks)?;
    let alpha = check::non_negative("multiplier", multiplier)?;
    if alpha == 0.0 {
        return Ok(Exceedance { probability: 1.0, next: 0.0 });
    }
    log_exceedance(cells, looks, looks, alpha)
}

/// The multiplier of the geometric mean that gives `false_alarm_probability`.
///
/// # Errors
/// As [`super::ca_multiplier`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::log_multiplier;
/// assert!(log_multiplier(16, 1, 1e-4)? > log_multiplier(64, 1, 1e-4)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn log_multiplier(cells: usize, looks: usize, false_alarm_probability: f64) -> Result<f64> {
    solve(false_alarm_probability, cells, looks, |alpha| exceedance(cells, looks, alpha))
}

/// Probability that a gamma variable of shape `shape` exceeds `alpha`, above 0, times the geometric mean.
pub(super) fn log_exceedance(cells: usize, looks: usize, shape: usize, alpha: f64) -> Result<Exceedance> {
    let (n, k, m) = (cells as f64, looks as f64, shape as f64);
    // On the real axis the integrand is least where its logarithmic slope, which rises, is 0.
    let slope = |c: f64| digamma(m + c) - 1.0 / c - alpha.ln() - digamma(k - c / n);
    let [_, saddle] = crossing([0.0, n * k], |c| slope(c) >= 0.0);
    let saddle = saddle.min(n * k * (1.0 - 1e-9));
    let integrand = |t: f64| {
        let z = C64::new(saddle, t);
        let log = gamma_ratio(m, z) - z * alpha.ln() + gamma_ratio(k, -z / n) * n;
        let power = log.exp();
        // The derivative of the power of α is another factor −z.
        [(power / z).re, power.re]
    };
    let sum = |step: f64, first: f64| {
        let ([mut sum, mut slope], mut t) = ([0.0, 0.0], first);
        for _ in 0..1_000_000 {
            let [value, steeper] = integrand(t);
            sum += value;
            slope += steeper;
            // Zeros of the oscillation are passed by what bounds it.
            if t > 1.0
                && value.abs() < 1e-18 * sum.abs()
                && integrand(t + 0.37 * step)[0].abs() < 1e-17 * sum.abs()
            {
                break;
            }
            t += step;
        }
        [sum, slope]
    };
    let mut step = 0.5;
    let ([value, steeper], [rest, others]) = (integrand(0.0), sum(step, step));
    let (mut total, mut slope) = (0.5 * value + rest, 0.5 * steeper + others);
    for _ in 0..12 {
        // The odd multiples of half the step are new.
        let [odd, others] = sum(step, 0.5 * step);
        let finer = total + odd;
        slope += others;
        step *= 0.5;
        let settled = (0.5 * finer / total - 1.0).abs() < 1e-8;
        total = finer;
        if settled {
            let probability = (total * step / PI).clamp(0.0, 1.0);
            return Ok(Exceedance { probability, next: slope * step / PI / m });
        }
    }
    Err(Error::NoConvergence { what: "law of a geometric mean".into(), iterations: 12 })
}

/// `ln Γ(a + z) − ln Γ(a)` for `a` and the real part of `a + z` above 0, to the precision of `z`: the sum of
/// many of them has no large terms that cancel.
fn gamma_ratio(a: f64, z: C64) -> C64 {
    const START: f64 = 16.0;
    let (mut a, mut shifted) = (a, C64::default());
    while a < START || a + z.re < START {
        shifted += complex_ln_1p(z / a);
        a += 1.0;
    }
    let bulk = complex_ln_1p(z / a) * (a - 0.5) + z * (z + a).ln() - z;
    bulk + stirling_series((z + a).inv()) - stirling_series(1.0 / a) - shifted
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::special::unchecked::ln_gamma_of;

    #[test]
    fn ratios_of_gamma_functions_are_those_of_the_real_axis_and_of_the_reflection() {
        for (a, z) in [(1.0, -0.3), (4.0, 20.0), (0.5, 1e-6), (12.0, -11.9), (300.0, 0.01)] {
            let ratio = gamma_ratio(a, C64::new(z, 0.0));
            let exact = ln_gamma_of(a + z) - ln_gamma_of(a);
            // The reference subtracts logarithms of up to 1400.
            assert!((ratio.re - exact).abs() < 1e-12 && ratio.im == 0.0, "{a} {z}: {ratio} {exact}");
        }
        // |Γ(1 + iy)|² = π y / sinh(π y), 5.4.3 of the DLMF.
        for y in [0.1_f64, 1.0, 5.0, 20.0] {
            let exact = 0.5 * (PI * y / (PI * y).sinh()).ln();
            assert!((gamma_ratio(1.0, C64::new(0.0, y)).re - exact).abs() < 1e-13, "{y}");
        }
    }
}
