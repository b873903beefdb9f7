//! FFT along one axis: zero padding, window, shift, stated normalisation.
//!
//! ```text
//! X[k] = Σ_n w[n] x[n] exp(−j 2π k n / N),   k = 0 … N − 1
//! ```
//! Forward transforms are not normalised: a tone of amplitude 1 on a bin comes out as the number of samples
//! (times the window's coherent gain).

use crate::window::{MAX_LEN, Window};
use mmw_core::complex::interleaved;
use mmw_core::fourier::Transform;
use mmw_core::ndarray::{Array, Array1, ArrayRef, Axis, Dimension};
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Real, Result, check};
use std::fmt;

/// The next length with no prime factor above 5, or the next power of two if that is longer by a quarter at
/// most: transforms of it are fast. 1 for 0; lengths above 2^26 are left as they are.
///
/// # Examples
/// ```
/// use mmw_dsp::fft::fast_length;
///
/// assert_eq!([7, 13, 17, 97, 1023].map(fast_length), [8, 16, 18, 100, 1024]);
/// ```
#[must_use]
pub fn fast_length(least: usize) -> usize {
    if least > MAX_LEN {
        return least;
    }
    let least = least.max(1);
    let smooth = |&length: &usize| {
        let mut rest = length;
        for factor in [2, 3, 5] {
            while rest.is_multiple_of(factor) {
                rest /= factor;
            }
        }
        rest == 1
    };
    let (length, power) = ((least..).find(smooth).unwrap_or(least), least.next_power_of_two());
    if 4 * power <= 5 * length { power } else { length }
}

/// A planned transform of all lanes of an array along one axis.
///
/// # Examples
/// ```
/// use mmw_dsp::fft::AxisFft;
/// use mmw_dsp::mmw_core::C64;
/// use mmw_dsp::ndarray::{Array2, Axis};
/// use mmw_dsp::window::Window;
///
/// // Rows of five ones, padded to eight points: bin 0 holds the sum.
/// let plan = AxisFft::<f64>::new(5, 8, Window::Rectangular, false)?;
/// let rows = Array2::from_elem((3, 5), C64::new(1.0, 0.0));
/// let spectra = plan.process(&rows, Axis(1))?;
/// assert_eq!(spectra.shape(), [3, 8]);
/// assert!((spectra[[2, 0]] - 5.0).norm() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Clone)]
pub struct AxisFft<T> {
    weights: Vec<T>,
    fft: Transform<T>,
    shift: bool,
}

/// The memory that an [`AxisFft`] works in; one for each thread that calls it.
#[derive(Debug, Clone)]
pub struct AxisFftScratch<T> {
    lane: Vec<Complex<T>>,
    fft: Vec<Complex<T>>,
}

impl<T> fmt::Debug for AxisFft<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AxisFft")
            .field("len_in", &self.weights.len())
            .field("len_fft", &self.fft.len())
            .field("shift", &self.shift)
            .finish_non_exhaustive()
    }
}

impl<T: Real> AxisFft<T> {
    /// Plans transforms of `len_fft` points of lanes of `len_in` elements, windowed and then zero-padded.
    /// With `shift`, frequency zero is at `len_fft / 2`, else at 0.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no elements or fewer points than elements; [`Error::Domain`] for more than 2^26
    /// points; those of [`Window::weights`].
    pub fn new(len_in: usize, len_fft: usize, window: Window, shift: bool) -> Result<Self> {
        check::at_least("len_in", len_in, 1)?;
        check::at_least("len_fft", len_fft, len_in)?;
        check::in_range("len_fft", len_fft as f64, 1.0, MAX_LEN as f64)?;
        let weights = window.weights::<T>(len_in)?.to_vec();
        Ok(Self { weights, fft: Transform::forward(len_fft), shift })
    }

    /// Elements of a lane of the input.
    #[must_use]
    pub fn len_in(&self) -> usize {
        self.weights.len()
    }

    /// Points of the transform, and elements of a lane of the output.
    #[must_use]
    pub fn len_fft(&self) -> usize {
        self.fft.len()
    }

    /// The memory for [`AxisFft::process_into`].
    #[must_use]
    pub fn scratch(&self) -> AxisFftScratch<T> {
        let mut scratch = AxisFftScratch { lane: Vec::new(), fft: Vec::new() };
        self.fit(&mut scratch);
        scratch
    }

    fn fit(&self, scratch: &mut AxisFftScratch<T>) {
        let zero = Complex::new(T::zero(), T::zero());
        scratch.lane.resize(self.len_fft(), zero);
        scratch.fft.resize(self.fft.scratch_len(), zero);
    }

    /// Transforms along `axis` into a new array, whose `axis` has [`AxisFft::len_fft`] elements.
    ///
    /// # Errors
    /// As [`AxisFft::process_into`].
    pub fn process<D: Dimension>(
        &self,
        input: &ArrayRef<Complex<T>, D>,
        axis: Axis,
    ) -> Result<Array<Complex<T>, D>> {
        let mut dim = input.raw_dim();
        let Some(len) = dim.slice_mut().get_mut(axis.0) else { return Err(no_axis(axis, input.ndim())) };
        check::same_len("input along the axis", self.len_in(), *len)?;
        *len = self.len_fft();
        let mut output = Array::from_elem(dim, Complex::new(T::zero(), T::zero()));
        self.process_into(input, axis, &mut self.scratch(), &mut output)?;
        Ok(output)
    }

    /// Transforms along `axis` into `output`, in any memory layout. Nothing is allocated when the scratch is
    /// from this plan.
    ///
    /// # Errors
    /// [`Error::Domain`] when there is no such axis; [`Error::Shape`] when the shapes do not fit the plan
    /// or each other; [`Error::NotFinite`] when the input holds NaN or infinity, and [`Error::Invalid`]
    /// when it is finite but its transform is not. The output is then not to be used.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::fft::AxisFft;
    /// use mmw_dsp::mmw_core::C32;
    /// use mmw_dsp::ndarray::{Array2, Axis};
    /// use mmw_dsp::window::Window;
    ///
    /// let plan = AxisFft::<f32>::new(4, 4, Window::Hann, true)?;
    /// let mut scratch = plan.scratch();
    /// let columns = Array2::from_elem((4, 10), C32::new(1.0, 0.0));
    /// let mut spectra = Array2::from_elem((4, 10), C32::new(0.0, 0.0));
    /// plan.process_into(&columns, Axis(0), &mut scratch, &mut spectra)?;
    /// // Hann at frequencies -2, -1, 0, 1.
    /// assert_eq!(spectra.column(7).map(|z| z.re).to_vec(), [0.0, -1.0, 2.0, -1.0]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn process_into<D: Dimension>(
        &self,
        input: &ArrayRef<Complex<T>, D>,
        axis: Axis,
        scratch: &mut AxisFftScratch<T>,
        output: &mut ArrayRef<Complex<T>, D>,
    ) -> Result<()> {
        if axis.0 >= input.ndim() {
            return Err(no_axis(axis, input.ndim()));
        }
        check::same_len("input along the axis", self.len_in(), input.len_of(axis))?;
        check::same_len("output along the axis", self.len_fft(), output.len_of(axis))?;
        let other_axes = |(i, (a, b)): (usize, (&usize, &usize))| i == axis.0 || a == b;
        if !input.shape().iter().zip(output.shape()).enumerate().all(other_axes) {
            return Err(Error::shape("output beside the axis", input.shape(), output.shape()));
        }
        self.fit(scratch);
        let AxisFftScratch { lane, fft } = scratch;
        let mut finite = true;
        for (from, mut to) in input.lanes(axis).into_iter().zip(output.lanes_mut(axis)) {
            for ((z, &x), &w) in lane.iter_mut().zip(from).zip(&self.weights) {
                *z = x * w;
            }
            lane[self.len_in()..].fill(Complex::new(T::zero(), T::zero()));
            self.fft.process(lane, fft);
            finite &= check::slice_is_finite(interleaved(lane));
            let start = if self.shift { lane.len().div_ceil(2) } else { 0 };
            let (low, high) = lane.split_at(start);
            to.iter_mut().zip(high.iter().chain(low)).for_each(|(to, z)| *to = *z);
        }
        if finite {
            return Ok(());
        }
        check::all_finite_complex("input", input)?;
        Err(Error::invalid("input", "its values are so large that the transform overflows"))
    }
}

fn no_axis(axis: Axis, ndim: usize) -> Error {
    Error::domain("axis", axis.0 as f64, format!("below {ndim}, the number of dimensions"))
}

/// The array with index 0 of `axis` moved to `len / 2`: from the order of a transform to rising frequency.
///
/// # Errors
/// [`Error::Domain`] when there is no such axis.
///
/// # Examples
/// ```
/// use mmw_dsp::fft::{fftshift, ifftshift};
/// use mmw_dsp::ndarray::{Axis, array};
/// let shifted = fftshift(&array![0, 1, 2, -2, -1], Axis(0))?;
/// assert_eq!(shifted, array![-2, -1, 0, 1, 2]);
/// assert_eq!(ifftshift(&shifted, Axis(0))?, array![0, 1, 2, -2, -1]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn fftshift<A: Clone, D: Dimension>(array: &ArrayRef<A, D>, axis: Axis) -> Result<Array<A, D>> {
    rotated(array, axis, |len| len / 2)
}

/// The inverse of [`fftshift`]: index `len / 2` moved to 0.
///
/// # Errors
/// [`Error::Domain`] when there is no such axis.
pub fn ifftshift<A: Clone, D: Dimension>(array: &ArrayRef<A, D>, axis: Axis) -> Result<Array<A, D>> {
    rotated(array, axis, |len| len.div_ceil(2))
}

fn rotated<A: Clone, D: Dimension>(
    array: &ArrayRef<A, D>,
    axis: Axis,
    by: impl Fn(usize) -> usize,
) -> Result<Array<A, D>> {
    if axis.0 >= array.ndim() {
        return Err(no_axis(axis, array.ndim()));
    }
    let mut rotated = array.to_owned();
    let by = by(array.len_of(axis));
    for (mut to, from) in rotated.lanes_mut(axis).into_iter().zip(array.lanes(axis)) {
        let (to_low, to_high) = to.view_mut().split_at(Axis(0), by);
        let (from_low, from_high) = from.split_at(Axis(0), from.len() - by);
        to_low.into_iter().zip(from_high).for_each(|(to, x)| to.clone_from(x));
        to_high.into_iter().zip(from_low).for_each(|(to, x)| to.clone_from(x));
    }
    Ok(rotated)
}

/// The frequencies of `n` bins in the order of a transform, Hz: 0 to below half the sample rate, then the
/// negative ones.
///
/// # Errors
/// [`Error::TooFew`] for no bins, [`Error::Domain`] for a rate that is not positive or more than 2^26 bins.
///
/// # Examples
/// ```
/// use mmw_dsp::fft::fft_frequencies;
/// assert_eq!(fft_frequencies(4, 1000.0)?.to_vec(), [0.0, 250.0, -500.0, -250.0]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn fft_frequencies(n: usize, sample_rate_hz: f64) -> Result<Array1<f64>> {
    check::at_least("n", n, 1)?;
    check::in_range("n", n as f64, 1.0, MAX_LEN as f64)?;
    check::positive("sample_rate_hz", sample_rate_hz)?;
    let signed = |k: usize| if k < n.div_ceil(2) { k as f64 } else { k as f64 - n as f64 };
    Ok((0..n).map(|k| signed(k) / n as f64 * sample_rate_hz).collect())
}
