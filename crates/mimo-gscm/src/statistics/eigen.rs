//! Eigenvalues and rank of transfer matrices.

use super::sample::check_sample;
use mmw_core::linalg::singular_values;
use mmw_core::ndarray::{ArrayRef2, ArrayRef3};
use mmw_core::{C64, Result, check};

/// Eigenvalues of `H Hᴴ` in falling order, `min(Nr, Nt)` of them: the power gains of the parallel channels.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for an empty matrix, [`mmw_core::Error::NotFinite`],
/// [`mmw_core::Error::Domain`] when a square leaves the range of `f64`.
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::eigenvalues;
/// use mmw_core::{C64, ndarray::Array2};
/// let values = eigenvalues(&Array2::from_elem((2, 3), C64::i()))?;
/// assert!((values[0] - 6.0).abs() < 1e-14 && values[1] < 1e-28);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn eigenvalues(h: &ArrayRef2<C64>) -> Result<Vec<f64>> {
    check::at_least("h", h.len(), 1)?;
    let mut values: Vec<f64> = singular_values(h)?.iter().map(|s| s * s).collect();
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    for value in &values {
        check::finite("eigenvalue", *value)?;
    }
    Ok(values)
}

/// Number of singular values above `tolerance` times the greatest; 0 for a matrix of zeros.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless the tolerance is from 0 to 1; the others as [`eigenvalues`].
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::rank;
/// use mmw_core::{C64, ndarray::Array2};
/// assert_eq!(rank(&Array2::from_elem((4, 4), C64::i()), 1e-9)?, 1);
/// assert_eq!(rank(&Array2::from_diag_elem(4, C64::i()), 1e-9)?, 4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn rank(h: &ArrayRef2<C64>, tolerance: f64) -> Result<usize> {
    check::at_least("h", h.len(), 1)?;
    check::in_range("tolerance", tolerance, 0.0, 1.0)?;
    let values = singular_values(h)?;
    let greatest = values.iter().copied().fold(0.0, f64::max);
    Ok(values.iter().filter(|&&s| s > tolerance * greatest).count())
}

/// How many equal eigenvalues would be as unequal as these: from 1 (rank one) to `min(Nr, Nt)`.
///
/// ```text
/// n_eff = (Σ λᵢ)² / Σ λᵢ²
/// ```
/// The diversity measure of [^ivrlac].
///
/// # Errors
/// As [`eigenvalues`], and [`mmw_core::Error::Invalid`] for a matrix of zeros.
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::effective_rank;
/// use mmw_core::{C64, ndarray::Array2};
/// assert!((effective_rank(&Array2::from_diag_elem(4, C64::i()))? - 4.0).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^ivrlac]: M. T. Ivrlač, J. A. Nossek, "Quantifying diversity and correlation in Rayleigh fading MIMO
///     communication systems", ISSPIT 2003.
pub fn effective_rank(h: &ArrayRef2<C64>) -> Result<f64> {
    let values = eigenvalues(h)?;
    let greatest = values.first().copied().unwrap_or(0.0);
    if greatest <= 0.0 {
        return Err(mmw_core::Error::invalid("h", "a matrix of zeros has no rank to speak of"));
    }
    let (sum, squares) = values.iter().map(|v| v / greatest).fold((0.0, 0.0), |(s, q), v| (s + v, q + v * v));
    Ok(sum * sum / squares)
}

/// Mean of each ordered eigenvalue over a sample `[draw, rx, tx]`, falling.
///
/// # Errors
/// As [`eigenvalues`].
///
/// # Examples
/// ```
/// use mimo_gscm::statistics::mean_eigenvalues;
/// use mmw_core::{C64, ndarray::Array3};
/// let means = mean_eigenvalues(&Array3::from_elem((3, 2, 2), C64::i()))?;
/// assert!((means[0] - 4.0).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn mean_eigenvalues(h: &ArrayRef3<C64>) -> Result<Vec<f64>> {
    check_sample(h)?;
    let (draws, rows, columns) = h.dim();
    let mut means = vec![0.0; rows.min(columns)];
    for matrix in h.outer_iter() {
        let values = eigenvalues(&matrix)?;
        means.iter_mut().zip(values).for_each(|(mean, value)| *mean += value / draws as f64);
    }
    Ok(means)
}
