//! The asymptotic variance of each estimator, and its ratio to the Cramér-Rao bound.

use crate::bound;
use crate::method::Method;
use crate::snr::Snr;
use crate::theory::distribution::{SquaredBpsk, normal_pdf};
use crate::theory::quartic::{self, WINDOW_START, WINDOW_WIDTH};
use mmw_core::{Error, Result};
use std::f64::consts::{FRAC_2_PI, LN_10};

/// The variance in dB² of the SNR in dB from `N` samples, times `N`, for large `N`.
///
/// ```text
/// N var(SNR_dB) → (10/ln 10)² E[ψ²] / (S² σ² dT/dS²)²      with S² + σ² = 1
/// ```
/// `T` is the statistic (kurtosis, mean magnitude, leading coefficient, …) of samples scaled to unit power
/// and `ψ` its influence function, scale included. The likelihood methods and the L-statistic reach the
/// Cramér-Rao bound, equation (19) of the paper. The decision-directed estimator shares the statistic of
/// M1M2; what is given is its spread about its own, biased, mean.
///
/// # Errors
/// [`Error::Domain`] where the variance exceeds the range of `f64`. Below −60 dB the variance at −60 dB is
/// given.
///
/// # Examples
/// ```
/// use snr_quantile::{Method, Snr, efficiency};
/// let snr = Snr::from_db(10.0)?;
/// assert!((efficiency::efficiency(Method::M2m4, snr)? - 0.7698).abs() < 1e-4);
/// assert!((efficiency::efficiency(Method::M1m2, snr)? - 0.9997).abs() < 1e-4);
/// assert!((efficiency::efficiency(Method::Quartic, snr)? - 0.0033).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn asymptotic_variance_db2(method: Method, snr: Snr) -> Result<f64> {
    let snr_db = snr.db();
    // From 40 dB on the variance is constant, that of the quartic proportional to the SNR; the moments of the
    // formulas cancel there.
    let beyond = (snr.linear() / 1e4).max(1.0);
    let snr = Snr::from_db(snr_db.clamp(-60.0, 40.0))?;
    let law = SquaredBpsk::normalised_unchecked(snr.sigma());
    let (s2, v) = fractions(snr);
    // d SNR_dB / d S² with S² + σ² = 1.
    let decibels = 10.0 / (LN_10 * s2 * v);
    let variance = match method {
        Method::Ml | Method::MlBinned | Method::Robust | Method::LStatistic => {
            return Ok(bound::crlb_unchecked_db2(snr));
        }
        Method::DataAided => return bound::data_aided_crlb_db2(snr, 1),
        Method::M2m4 => kurtosis_variance(s2, v) / (16.0 * s2 * s2),
        Method::Svr => neighbour_variance(s2, v) / (16.0 * s2 * s2),
        Method::M1m2 => {
            let slope = mean_magnitude_slope(s2, v);
            magnitude_variance(s2, v) / (slope * slope)
        }
        Method::DecisionDirected => {
            let m1 = mean_magnitude(s2, v);
            let gain = 20.0 / (LN_10 * m1 * (1.0 - m1 * m1));
            return Ok(magnitude_variance(s2, v) * gain * gain);
        }
        Method::Quartic => {
            let slope = leading_slope(v);
            beyond * quartic_influence(&law).1 / (slope * slope)
        }
    };
    let result = decibels * decibels * variance;
    match result.is_finite() {
        true => Ok(result.max(0.0)),
        false => Err(Error::domain("snr_db", snr_db, "an SNR at which the variance is finite")),
    }
}

/// The Cramér-Rao bound over the asymptotic variance: 1 for an efficient estimator.
///
/// # Errors
/// As [`asymptotic_variance_db2`]; [`Error::Domain`] for an SNR outside −60 to 200 dB.
pub fn efficiency(method: Method, snr: Snr) -> Result<f64> {
    Ok(bound::crlb_db2(snr, 1)? / asymptotic_variance_db2(method, snr)?)
}

/// `S²` and `σ²` of unit power.
fn fractions(snr: Snr) -> (f64, f64) {
    let v = 1.0 / (1.0 + snr.linear());
    (snr.linear() * v, v)
}

/// Fourth, sixth and eighth moment of samples of unit power.
fn even_moments(s2: f64, v: f64) -> [f64; 3] {
    let [s4, v2] = [s2 * s2, v * v];
    [
        s4 + 6.0 * s2 * v + 3.0 * v2,
        s4 * s2 + 15.0 * s4 * v + 45.0 * s2 * v2 + 15.0 * v2 * v,
        s4 * s4 + 28.0 * s4 * s2 * v + 210.0 * s4 * v2 + 420.0 * s2 * v2 * v + 105.0 * v2 * v2,
    ]
}

/// Variance of `x⁴ − 2 m4 x²`: the influence of a sample on `m4/m2²`.
fn kurtosis_variance(s2: f64, v: f64) -> f64 {
    let [m4, m6, m8] = even_moments(s2, v);
    m8 - m4 * m4 - 4.0 * m4 * (m6 - m4) + 4.0 * m4 * m4 * (m4 - 1.0)
}

/// Variance of the influence of a sample on `mean x_k⁴ / mean x_k² x_(k+1)²`, with its neighbours.
fn neighbour_variance(s2: f64, v: f64) -> f64 {
    let [m4, m6, m8] = even_moments(s2, v);
    let pairs = (m4 * m4 - 1.0) + 2.0 * (m4 - 1.0);
    m8 - m4 * m4 + m4 * m4 * pairs - 4.0 * m4 * (m6 - m4)
}

/// `exp(−S²/(2σ²))` and `erf(S/(σ√2))`.
fn gauss_and_erf(s2: f64, v: f64) -> (f64, f64) {
    let z = (s2 / v).sqrt();
    (normal_pdf(z) / normal_pdf(0.0), 1.0 - 2.0 * crate::theory::distribution::lower_tail(-z))
}

/// `E|x|` of samples of unit power.
pub(crate) fn mean_magnitude(s2: f64, v: f64) -> f64 {
    let (gauss, erf) = gauss_and_erf(s2, v);
    (FRAC_2_PI * v).sqrt() * gauss + s2.sqrt() * erf
}

/// `d E|x| / d S²` at unit power.
fn mean_magnitude_slope(s2: f64, v: f64) -> f64 {
    let (gauss, erf) = gauss_and_erf(s2, v);
    erf / (2.0 * s2.sqrt()) - FRAC_2_PI.sqrt() * gauss / (2.0 * v.sqrt())
}

/// Variance of `|x| − ½ m1 x²`: the influence of a sample on `mean |x| / rms`.
fn magnitude_variance(s2: f64, v: f64) -> f64 {
    let (gauss, erf) = gauss_and_erf(s2, v);
    let m1 = mean_magnitude(s2, v);
    let m3 = (FRAC_2_PI * v).sqrt() * gauss * (s2 + 2.0 * v) + s2.sqrt() * (s2 + 3.0 * v) * erf;
    let [m4, ..] = even_moments(s2, v);
    (1.0 - m1 * m1) - m1 * (m3 - m1) + 0.25 * m1 * m1 * (m4 - 1.0)
}

/// `d C4 / d σ²` by central differences.
fn leading_slope(v: f64) -> f64 {
    let step = 1e-3 * v.min(1.0 - v);
    let at = |v: f64| quartic::leading(&SquaredBpsk::normalised_unchecked(v.sqrt()));
    (at(v + step) - at(v - step)) / (2.0 * step)
}

/// `C4`, the variance of the influence of a sample on `C4/mean y`, and its covariance with `y`.
///
/// The influence on `C4 = ∫ W(p) Q(p) dp` is the integral of `W(F(y)) dy` up to the sample's `y`, less its
/// mean; that on the power, `y − 1`, is taken off `C4` times.
pub(crate) fn quartic_influence(law: &SquaredBpsk) -> (f64, f64, f64) {
    const STEPS: usize = 4000;
    let (s, sigma) = (law.signal_amplitude(), law.noise_std());
    let c4 = quartic::leading(law);
    let mut influence = 0.0;
    let [mut mass, mut mean, mut square, mut with_y, mut mean_y] = [0.0; 5];
    // The weight jumps at both ends of the window, so these are ends of the midpoint rule's segments.
    let window = [law.lower_offset(WINDOW_START), law.upper_offset(1.0 - WINDOW_START - WINDOW_WIDTH)];
    let [inner, outer] = window.map(|t| s + sigma * t);
    for (start, end) in [((s - 9.0 * sigma).max(0.0), inner), (inner, outer), (outer, s + 9.0 * sigma)] {
        let step = (end - start) / STEPS as f64;
        for k in 0..STEPS {
            let r = start + (k as f64 + 0.5) * step;
            let slope = if start == inner { step * quartic_weight(law, r) * 2.0 * r } else { 0.0 };
            influence += 0.5 * slope;
            let density = law.magnitude_pdf(r) * step;
            let psi = influence - c4 * (r * r - 1.0);
            mass += density;
            mean += density * psi;
            square += density * psi * psi;
            with_y += density * psi * r * r;
            mean_y += density * r * r;
            influence += 0.5 * slope;
        }
    }
    let mean = mean / mass;
    (c4, square / mass - mean * mean, with_y / mass - mean * mean_y / mass)
}

/// `W(F(r))`: the weight of a quantile within the window in `C4`.
fn quartic_weight(law: &SquaredBpsk, r: f64) -> f64 {
    let u = (law.magnitude_cdf(r) - WINDOW_START) / WINDOW_WIDTH;
    630.0 / WINDOW_WIDTH.powi(5) * ((((70.0 * u - 140.0) * u + 90.0) * u - 20.0) * u + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_efficiencies_are_those_of_the_influence_functions() {
        // Section 3 of the study: C4 over the central 80 %, M1M2, M2M4.
        for (snr_db, quartic, m1m2, m2m4) in [
            (-10.0, 0.0378, 0.6957, 0.9754),
            (-2.0, 0.0313, 0.9014, 0.8134),
            (0.0, 0.0117, 0.9475, 0.7529),
            (4.0, 0.0119, 0.9929, 0.6696),
            (8.0, 0.0054, 0.9987, 0.7048),
            (10.0, 0.0033, 0.9997, 0.7698),
            (20.0, 0.0004, 1.0, 0.9708),
        ] {
            let snr = Snr::from_db(snr_db).unwrap();
            let at = |method| efficiency(method, snr).unwrap();
            // The study integrates over the jumps of the weight on a grid; that costs it up to 0.5 %.
            assert!(
                (at(Method::Quartic) - quartic).abs() < 6e-5 + 0.005 * quartic,
                "{snr_db}: {}",
                at(Method::Quartic)
            );
            assert!((at(Method::M1m2) - m1m2).abs() < 6e-5, "{snr_db}: {}", at(Method::M1m2));
            assert!((at(Method::M2m4) - m2m4).abs() < 6e-5, "{snr_db}: {}", at(Method::M2m4));
        }
    }

    #[test]
    fn no_variance_is_ever_below_the_bound_or_not_a_number() {
        for method in [Method::Quartic, Method::M2m4, Method::M1m2, Method::Svr, Method::Ml] {
            for tenths in -200..=300 {
                if method == Method::Quartic && tenths % 25 != 0 {
                    continue;
                }
                let efficiency = efficiency(method, Snr::from_db(f64::from(tenths) / 10.0).unwrap()).unwrap();
                assert!(efficiency > 0.0 && efficiency < 1.0 + 1e-6, "{method} {tenths}: {efficiency}");
            }
        }
    }
}
