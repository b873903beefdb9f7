//! How many sources a covariance holds.

use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Error, Result, check};

/// How the number of sources is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SourceCount {
    /// It is known.
    Given(usize),
    /// Minimum description length: consistent, the safe choice.
    #[default]
    Mdl,
    /// Akaike's criterion: finds weaker sources, and with some probability one too many however many
    /// snapshots there are.
    Aic,
    /// A sequence of tests whether the next eigenvalue could be the greatest of noise, by random-matrix
    /// theory: counts one source too many in one of 200 cases at most, and sees weaker ones than MDL does
    /// (by 2.5 dB with 12 channels and 128 snapshots).
    RandomMatrix,
}

/// Eigenvalues below this fraction of the greatest are rounding, and count as equal to it.
const RELATIVE_FLOOR: f64 = 1e-13;

/// The number of sources in white noise, from the eigenvalues of a covariance of `snapshots` snapshots.
///
/// ```text
/// L(k)   = (M−k) S ln( arithmetic mean / geometric mean of the M−k least eigenvalues )
/// AIC(k) = 2 L(k) + 2 k (2M − k)
/// MDL(k) =   L(k) + ½ k (2M − k) ln S
/// ```
/// Equations (16) and (17) of [^wax]; the `k` from 0 to M−1 with the least value comes back, at once for
/// [`SourceCount::Given`]. [`SourceCount::RandomMatrix`] counts the eigenvalues, from the greatest on, that
/// exceed what is to be expected of noise [^kritchman]:
///
/// ```text
/// λ_k > σ̂² ( μ + s ξ ),   μ = (√S + √Q)² / S,   ξ = (√S + √Q) (1/√S + 1/√Q)^⅓ / S,   Q = M − k + 1
/// ```
/// `s = 0.7462` is passed by Tracy's and Widom's law of complex matrices with a probability of 0.005. `σ̂²`
/// is the mean of the `Q` least eigenvalues, `λ_k` among them, with what the `k − 1` sources before took
/// from the noise put back. The authors leave `λ_k` out of the noise, which with 12 channels and noise alone
/// counts a source in one of 24 cases (20 snapshots: of 7). One snapshot has no noise to compare with, and
/// so no source.
///
/// Eigenvalues may come in any order. Those below 1e-13 of the greatest are taken as that, so that
/// noise-free data show their rank.
///
/// # Errors
/// [`Error::TooFew`] without eigenvalues or snapshots, [`Error::NotFinite`], [`Error::Domain`] for an
/// eigenvalue that is negative beyond rounding or a given count that is not from 1 to M−1.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::array;
/// use mmw_dsp::covariance::{SourceCount, source_count};
///
/// let eigenvalues = array![0.9, 1.0, 1.1, 1.05, 20.0, 45.0];
/// assert_eq!(source_count(&eigenvalues, 100, SourceCount::Mdl)?, 2);
/// assert_eq!(source_count(&eigenvalues, 100, SourceCount::Aic)?, 2);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^wax]: M. Wax and T. Kailath, "Detection of signals by information theoretic criteria", IEEE Trans.
/// Acoust. Speech Signal Process., vol. 33, no. 2, pp. 387-392, 1985.
/// [^kritchman]: S. Kritchman and B. Nadler, "Non-parametric detection of the number of signals: hypothesis
/// testing and random matrix theory", IEEE Trans. Signal Process., vol. 57, no. 10, pp. 3930-3941, 2009.
pub fn source_count(eigenvalues: &ArrayRef1<f64>, snapshots: usize, method: SourceCount) -> Result<usize> {
    let m = check::at_least("eigenvalues", eigenvalues.len(), 1)?;
    check::at_least("snapshots", snapshots, 1)?;
    check::all_finite("eigenvalues", eigenvalues)?;
    if let SourceCount::Given(count) = method {
        return check_given(count, m);
    }
    let greatest = eigenvalues.iter().fold(0.0_f64, |a, &b| a.max(b.abs()));
    if let Some(&negative) = eigenvalues.iter().find(|&&x| x < -1e-10 * greatest) {
        return Err(Error::domain("eigenvalue", negative, "a number not below 0"));
    }
    if greatest == 0.0 {
        return Ok(0);
    }
    let mut sorted: Vec<f64> = eigenvalues.iter().map(|x| (x / greatest).max(RELATIVE_FLOOR)).collect();
    sorted.sort_by(f64::total_cmp);
    Ok(match method {
        SourceCount::RandomMatrix => above_noise(&sorted, snapshots),
        _ => least_criterion(&sorted, snapshots, method),
    })
}

/// `count`, when a noise subspace is left beside it.
pub(crate) fn check_given(count: usize, m: usize) -> Result<usize> {
    if (1..m).contains(&count) {
        Ok(count)
    } else {
        let domain = format!("from 1 to {}, one below the number of channels", m.saturating_sub(1));
        Err(Error::domain("sources", count as f64, domain))
    }
}

/// The minimum over `k` for ascending positive eigenvalues.
fn least_criterion(ascending: &[f64], snapshots: usize, method: SourceCount) -> usize {
    let m = ascending.len();
    let s = snapshots as f64;
    let (mut sum, mut log_sum) = (0.0, 0.0);
    let mut best = (f64::INFINITY, 0);
    for (i, &value) in ascending.iter().enumerate() {
        sum += value;
        log_sum += value.ln();
        let noise = (i + 1) as f64;
        let k = m - i - 1;
        let likelihood = s * (noise * (sum / noise).ln() - log_sum);
        let free = (k * (2 * m - k)) as f64;
        let criterion = match method {
            SourceCount::Aic => 2.0 * likelihood + 2.0 * free,
            _ => likelihood + 0.5 * free * s.ln(),
        };
        // Ties go to the smaller k, which comes later.
        if criterion <= best.0 {
            best = (criterion, k);
        }
    }
    best.1
}

/// Eigenvalues that noise alone is too weak for, of ascending positive ones.
fn above_noise(ascending: &[f64], snapshots: usize) -> usize {
    /// Where Tracy's and Widom's law of complex matrices has left 0.005.
    const QUANTILE: f64 = 0.746_227_081_955_921_4;
    let (m, s) = (ascending.len(), snapshots as f64);
    let most = m.min(snapshots) - 1;
    let is_noise = |k: &usize| {
        let noise = (m - k + 1) as f64;
        let sum = s.sqrt() + noise.sqrt();
        let spread = sum * (s.sqrt().recip() + noise.sqrt().recip()).cbrt();
        ascending[m - k] <= noise_power(ascending, k - 1, s) * (sum * sum + QUANTILE * spread) / s
    };
    (1..=most).find(is_noise).map_or(most, |k| k - 1)
}

/// The power of the noise beside `k` sources.
///
/// ```text
/// (M−k) σ² = Σ_{j>k} λ_j + Σ_{j≤k} (λ_j − ρ_j),   ρ_j² − ρ_j (λ_j + σ² − σ² (M−k)/S) + λ_j σ² = 0
/// ```
fn noise_power(ascending: &[f64], k: usize, s: f64) -> f64 {
    /// Each takes an order of magnitude off what is left.
    const ITERATIONS: usize = 30;
    let (least, greatest) = ascending.split_at(ascending.len() - k);
    let noise = least.len() as f64;
    let rest: f64 = least.iter().sum();
    let mut power = rest / noise;
    for _ in 0..ITERATIONS {
        let taken = greatest.iter().map(|value| {
            let half = 0.5 * (value + power - power * noise / s);
            // No root: an eigenvalue that is not above the noise keeps what it has.
            let square = half * half - value * power;
            if square < 0.0 { 0.0 } else { value - half - square.sqrt() }
        });
        power = ((rest + taken.sum::<f64>()) / noise).max(f64::MIN_POSITIVE);
    }
    power
}
