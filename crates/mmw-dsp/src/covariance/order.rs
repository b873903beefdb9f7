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
/// [`SourceCount::Given`]. Eigenvalues may come in any order. Those below 1e-13 of the greatest are taken as
/// that, so that noise-free data show their rank.
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
    Ok(least_criterion(&sorted, snapshots, method))
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
            SourceCount::Mdl | SourceCount::Given(_) => likelihood + 0.5 * free * s.ln(),
        };
        // Ties go to the smaller k, which comes later.
        if criterion <= best.0 {
            best = (criterion, k);
        }
    }
    best.1
}
