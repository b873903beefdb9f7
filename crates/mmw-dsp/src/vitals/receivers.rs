//! Receivers combined by maximum ratio.

use mmw_core::linalg::hermitian_eigen;
use mmw_core::ndarray::{Array1, Array2, ArrayRef1, ArrayRef2};
use mmw_core::{C64, Result, check};

/// The covariance of what moves: of the samples `[channel, frame]` less their mean over the frames.
pub(super) fn moving_covariance(channels: &ArrayRef2<C64>) -> Array2<C64> {
    let frames = channels.ncols().max(1) as f64;
    let moving =
        Array2::from_shape_fn(channels.raw_dim(), |(c, n)| channels[[c, n]] - channels.row(c).sum() / frames);
    moving.dot(&moving.t().mapv(|z| z.conj())) / frames
}

/// The samples `[channel, frame]` combined so that what moves has the greatest power over noise that all
/// channels have alike.
///
/// ```text
/// y[n] = vᴴ z[n],   v the eigenvector of the largest eigenvalue of  R = ⟨(z − ⟨z⟩)(z − ⟨z⟩)ᴴ⟩
/// ```
/// Maximum-ratio combining, chapter 7 of [^goldsmith], with the channels' amplitudes and phases taken from
/// the motion itself, so that neither directions nor calibration are needed. What stands still takes no part
/// in the weights.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for no channels or frames, [`mmw_core::Error::NotFinite`] for NaN and
/// infinities; as [`hermitian_eigen`].
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array2, vitals::maximum_ratio};
///
/// // Two channels of one echo, the second three times as strong and turned.
/// let echo = |n: usize| C64::cis(0.1 * n as f64);
/// let channels = Array2::from_shape_fn((2, 90), |(c, n)| if c == 0 { echo(n) } else { 3.0 * C64::i() * echo(n) });
/// let sum = maximum_ratio(&channels)?;
/// assert!((sum[7].norm() - 10_f64.sqrt()).abs() < 1e-12);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
///
/// [^goldsmith]: A. Goldsmith, "Wireless Communications", 2005.
pub fn maximum_ratio(channels: &ArrayRef2<C64>) -> Result<Array1<C64>> {
    check::at_least("channels", channels.nrows(), 1)?;
    check::at_least("frames", channels.ncols(), 1)?;
    check::all_finite_complex("channels", channels)?;
    if channels.nrows() == 1 {
        return Ok(channels.row(0).to_owned());
    }
    let eigen = hermitian_eigen(&moving_covariance(channels))?;
    Ok(weighted(channels, &eigen.vectors.column(channels.nrows() - 1)))
}

/// `wᴴ z[n]`.
pub(super) fn weighted(channels: &ArrayRef2<C64>, weights: &ArrayRef1<C64>) -> Array1<C64> {
    weights.mapv(|w| w.conj()).dot(channels)
}
