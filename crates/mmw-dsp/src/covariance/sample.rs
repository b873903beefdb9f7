//! Sample covariances, and what is made of them before eigenvalues are looked at.

use super::gram;
use mmw_core::ndarray::{Array2, ArrayRef2, s};
use mmw_core::num_complex::Complex;
use mmw_core::simd::Level;
use mmw_core::{C64, Error, Real, Result, check};

/// The sample covariance of snapshots `[channel, snapshot]`, in the units of their power.
///
/// ```text
/// R = (1/S) Σ_s x_s x_sᴴ
/// ```
/// The `S` matrix of [^schmidt] with the expectation replaced by the mean over `S` snapshots. Sums run in
/// f64, several to a vector register, for f32 snapshots too. The mean is not removed: an echo that stays
/// the same from snapshot to snapshot is signal, not offset.
///
/// # Errors
/// [`Error::TooFew`] without channels or snapshots, [`Error::NotFinite`] for NaN and infinities,
/// [`Error::Domain`] when a power overflows.
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::array};
/// use mmw_dsp::covariance::sample_covariance;
///
/// let i = C64::i();
/// let x = array![[C64::from(1.0), C64::from(3.0)], [i, -i]];
/// let r = sample_covariance(&x)?;
/// assert_eq!(r, array![[C64::from(5.0), i], [-i, C64::from(1.0)]]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^schmidt]: R. O. Schmidt, "Multiple emitter location and signal parameter estimation", IEEE Trans.
/// Antennas Propag., vol. 34, no. 3, pp. 276-280, 1986.
pub fn sample_covariance<T: Real>(snapshots: &ArrayRef2<Complex<T>>) -> Result<Array2<C64>> {
    let channels = snapshots.nrows();
    let mut covariance = Array2::zeros((channels, channels));
    sample_covariance_into(snapshots, &mut CovarianceScratch::default(), &mut covariance)?;
    Ok(covariance)
}

/// Memory of [`sample_covariance_into`]; it grows to what is needed and is kept.
#[derive(Debug, Clone, Default)]
pub struct CovarianceScratch {
    re: Vec<f64>,
    im: Vec<f64>,
}

/// [`sample_covariance`] into `covariance`, `[channel, channel]`; allocates only when `scratch` must grow.
///
/// # Errors
/// As [`sample_covariance`], and [`Error::Shape`] when `covariance` does not fit.
pub fn sample_covariance_into<T: Real>(
    snapshots: &ArrayRef2<Complex<T>>,
    scratch: &mut CovarianceScratch,
    covariance: &mut ArrayRef2<C64>,
) -> Result<()> {
    let (channels, count) = snapshots.dim();
    check::at_least("channels", channels, 1)?;
    check::at_least("snapshots", count, 1)?;
    check::same_shape("covariance", &[channels, channels], covariance.shape())?;
    let stride = scratch.split(snapshots);
    gram::gram(Level::current(), &scratch.re, &scratch.im, stride, |i, j, sum| {
        if j < channels && i <= j {
            let mean = sum / count as f64;
            covariance[[i, j]] = if i == j { C64::from(mean.re) } else { mean };
        }
    });
    // Cauchy-Schwarz: with finite powers on the diagonal no cross term is infinite or NaN.
    if (0..channels).any(|i| !covariance[[i, i]].re.is_finite()) {
        check::all_finite_complex("snapshots", snapshots)?;
        let peak = snapshots.iter().map(|z| z.re.as_f64().abs().max(z.im.as_f64().abs())).fold(0.0, f64::max);
        return Err(Error::domain("greatest snapshot", peak, "small enough for a finite sum of squares"));
    }
    for i in 0..channels {
        for j in 0..i {
            covariance[[i, j]] = covariance[[j, i]].conj();
        }
    }
    Ok(())
}

impl CovarianceScratch {
    /// Real and imaginary parts apart, an even number of rows, each padded with zeros to the stride that
    /// comes back.
    fn split<T: Real>(&mut self, snapshots: &ArrayRef2<Complex<T>>) -> usize {
        let (channels, count) = snapshots.dim();
        let stride = count.next_multiple_of(gram::BLOCK);
        let len = channels.next_multiple_of(2) * stride;
        if self.re.len() != len {
            self.re = vec![0.0; len];
            self.im = vec![0.0; len];
        }
        let rows = self.re.chunks_exact_mut(stride).zip(self.im.chunks_exact_mut(stride));
        for (row, (re, im)) in snapshots.rows().into_iter().zip(rows) {
            if let Some(row) = row.as_slice() {
                gram::split(Level::current(), row, re, im);
            } else {
                for ((re, im), z) in re.iter_mut().zip(im.iter_mut()).zip(row) {
                    (*re, *im) = (z.re.as_f64(), z.im.as_f64());
                }
            }
            re[count..].fill(0.0);
            im[count..].fill(0.0);
        }
        for padding in [&mut self.re, &mut self.im] {
            padding[channels * stride..].fill(0.0);
        }
        stride
    }
}

/// Forward-backward average: half of `R + J R* J` with `J` the exchange of channel `n` and `M-1-n`.
///
/// ```text
/// R_FB = ½ (R + J R* J)
/// ```
/// The backward covariance of [^pillai] averaged with the forward one, for a single subarray. For arrays that
/// are symmetric about their centre and listed in order (a ULA), it doubles the snapshots and tells two
/// coherent echoes apart.
///
/// # Errors
/// [`Error::TooFew`] for an empty matrix, [`Error::Shape`] unless it is square, [`Error::NotFinite`].
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::array};
/// use mmw_dsp::covariance::forward_backward;
///
/// let r = array![[C64::from(1.0), C64::i()], [-C64::i(), C64::from(3.0)]];
/// assert_eq!(forward_backward(&r)?, array![[C64::from(2.0), C64::i()], [-C64::i(), C64::from(2.0)]]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^pillai]: S. U. Pillai and B. H. Kwon, "Forward/backward spatial smoothing techniques for coherent
/// signal identification", IEEE Trans. Acoust. Speech Signal Process., vol. 37, no. 1, pp. 8-15, 1989.
pub fn forward_backward(covariance: &ArrayRef2<C64>) -> Result<Array2<C64>> {
    checked_square(covariance)?;
    let mut averaged = covariance.to_owned();
    forward_backward_in_place(&mut averaged);
    Ok(averaged)
}

/// [`forward_backward`] of a matrix known to be square.
pub(crate) fn forward_backward_in_place(covariance: &mut ArrayRef2<C64>) {
    let n = covariance.nrows();
    for i in 0..n.div_ceil(2) {
        for j in 0..n {
            let (k, l) = (n - 1 - i, n - 1 - j);
            let mean = 0.5 * covariance[[i, j]] + 0.5 * covariance[[k, l]].conj();
            covariance[[i, j]] = mean;
            covariance[[k, l]] = mean.conj();
        }
    }
}

/// Spatial smoothing of a ULA: the mean covariance of all subarrays of `subarray_len` neighbours.
///
/// ```text
/// R_SS = (1/L) Σ_{l=0}^{L-1} R[l..l+P, l..l+P],   L = M - P + 1
/// ```
/// The forward smoothing of [^shan]. `L` subarrays of `P` channels restore the rank that `L` coherent echoes
/// lost, at the price of the aperture. Returns `[P, P]`.
///
/// # Errors
/// As [`forward_backward`], and [`Error::Domain`] unless `subarray_len` is from 1 to the number of channels.
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::Array2};
/// use mmw_dsp::covariance::spatial_smoothing;
///
/// let r = Array2::from_diag(&mmw_core::ndarray::array![C64::from(1.0), C64::from(2.0), C64::from(4.0)]);
/// let smoothed = spatial_smoothing(&r, 2)?;
/// assert_eq!((smoothed[[0, 0]].re, smoothed[[1, 1]].re), (1.5, 3.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^shan]: T.-J. Shan, M. Wax and T. Kailath, "On spatial smoothing for direction-of-arrival estimation of
/// coherent signals", IEEE Trans. Acoust. Speech Signal Process., vol. 33, no. 4, pp. 806-811, 1985.
pub fn spatial_smoothing(covariance: &ArrayRef2<C64>, subarray_len: usize) -> Result<Array2<C64>> {
    let n = checked_square(covariance)?;
    check::in_range("subarray_len", subarray_len as f64, 1.0, n as f64)?;
    let mut smoothed = Array2::zeros((subarray_len, subarray_len));
    spatial_smoothing_into(covariance, &mut smoothed);
    Ok(smoothed)
}

/// [`spatial_smoothing`] to the size of `smoothed`, both known to be square and the second not larger.
pub(crate) fn spatial_smoothing_into(covariance: &ArrayRef2<C64>, smoothed: &mut ArrayRef2<C64>) {
    let (n, len) = (covariance.nrows(), smoothed.nrows());
    let weight = 1.0 / (n - len + 1) as f64;
    smoothed.fill(C64::default());
    for l in 0..=n - len {
        smoothed.scaled_add(C64::from(weight), &covariance.slice(s![l..l + len, l..l + len]));
    }
}

/// Diagonal loading: `R + ε · tr(R)/M · 1`, which bounds the condition number to about `M/ε`.
///
/// ```text
/// R_DL = R + ε (tr R / M) I
/// ```
/// Diagonal loading as in [^carlson], with the level relative to the mean channel power.
///
/// # Errors
/// As [`forward_backward`], and [`Error::Domain`] unless `loading` is finite and not negative.
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::array};
/// use mmw_dsp::covariance::diagonal_loading;
///
/// let r = array![[C64::from(1.0), C64::i()], [-C64::i(), C64::from(3.0)]];
/// let loaded = diagonal_loading(&r, 0.1)?;
/// assert_eq!((loaded[[0, 0]].re, loaded[[0, 1]]), (1.2, C64::i()));
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^carlson]: B. D. Carlson, "Covariance matrix estimation errors and diagonal loading in adaptive
/// arrays", IEEE Trans. Aerosp. Electron. Syst., vol. 24, no. 4, pp. 397-401, 1988.
pub fn diagonal_loading(covariance: &ArrayRef2<C64>, loading: f64) -> Result<Array2<C64>> {
    let n = checked_square(covariance)?;
    check::non_negative("loading", loading)?;
    // Divided first: the trace itself could overflow.
    let mean: f64 = covariance.diag().iter().map(|z| z.re / n as f64).sum();
    let level = check::finite("level of the diagonal loading", loading * mean)?;
    let mut loaded = covariance.to_owned();
    for z in loaded.diag_mut() {
        z.re = check::finite("loaded diagonal", z.re + level)?;
    }
    Ok(loaded)
}

pub(super) fn checked_square(covariance: &ArrayRef2<C64>) -> Result<usize> {
    let n = covariance.nrows();
    check::at_least("covariance", n, 1)?;
    check::same_shape("covariance", &[n, n], covariance.shape())?;
    check::all_finite_complex("covariance", covariance)?;
    Ok(n)
}
