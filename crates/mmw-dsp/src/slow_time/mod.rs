//! One range followed over slow time: the sample that a chirp leaves in a range gate, and the spectrum of the
//! displacement that a row of such samples makes, in bins and in lines between them.

pub use gaps::bridge_gaps;
pub use lines::{Line, spectral_lines};
pub use still::still_echo;
pub(crate) use still::still_echo_within;

mod gaps;
mod lines;
mod still;

use crate::fft::AxisFft;
use crate::window::Window;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::num_complex::Complex;
use mmw_core::{Axis, C64, DataArray1, Error, Real, Result, check};
use std::f64::consts::TAU;

/// One bin of the range FFT as a dot product, not normalised.
///
/// ```text
/// g[n] = w[n] exp(−j 2π k n / N),   value = Σ g[n] x[n]
/// ```
///
/// # Examples
/// ```
/// use mmw_dsp::{Window, mmw_core::C64, ndarray::Array1, slow_time::RangeGate};
/// use std::f64::consts::TAU;
///
/// let gate = RangeGate::new(64, 10.0, Window::Rectangular)?;
/// let chirp = Array1::from_shape_fn(64, |n| C64::cis(TAU * 10.0 * n as f64 / 64.0 + 0.7));
/// assert!((gate.value(&chirp)? - C64::from_polar(64.0, 0.7)).norm() < 1e-11);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RangeGate {
    weights: Array1<C64>,
}

impl RangeGate {
    /// The gate at `bin` (fractions allowed) of a range FFT of `samples` points.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `0 <= bin < samples`; as [`Window::taper`].
    pub fn new(samples: usize, bin: f64, window: Window) -> Result<Self> {
        check::at_least("samples", samples, 1)?;
        if !(bin >= 0.0 && bin < samples as f64) {
            return Err(Error::domain("range bin", bin, format!("from 0 to below {samples}")));
        }
        let step = -TAU * bin / samples as f64;
        let turn = |(n, &w): (usize, &f64)| C64::from_polar(w, step * n as f64);
        Ok(Self { weights: window.taper::<f64>(samples)?.iter().enumerate().map(turn).collect() })
    }

    /// The bin's value for one chirp.
    ///
    /// # Errors
    /// [`Error::Shape`] for a chirp of another length, [`Error::NotFinite`] for NaN or infinity,
    /// [`Error::Invalid`] when the sum overflows.
    pub fn value<T: Real>(&self, chirp: &ArrayRef1<Complex<T>>) -> Result<C64> {
        check::same_len("chirp", self.weights.len(), chirp.len())?;
        check::all_finite_complex("chirp", chirp)?;
        let wide = |x: &Complex<T>| C64::new(x.re.as_f64(), x.im.as_f64());
        let value: C64 = chirp.iter().zip(&self.weights).map(|(x, g)| wide(x) * g).sum();
        match value.is_finite() {
            true => Ok(value),
            false => Err(Error::invalid("chirp", "its values are so large that the sum overflows")),
        }
    }
}

/// Amplitudes of the lines in a displacement (or any real signal), one-sided, in its own unit.
///
/// A quadratic trend (drift, slow motion) is removed, so the first bins hold none of it; a Hann window is
/// applied, and the spectrum scaled so that a sinusoid of amplitude A on a bin reads A, the one at half the
/// sample rate too. Axis: frequency, Hz, from 0 to half the sample rate.
///
/// # Errors
/// [`Error::TooFew`] for fewer than 4 samples, [`Error::Domain`] unless the interval is finite and above
/// zero, [`Error::NotFinite`] for a sample that is NaN or infinite, [`Error::Invalid`] when a sum overflows.
///
/// # Examples
/// ```
/// use mmw_dsp::{ndarray::Array1, slow_time::amplitude_spectrum};
/// use std::f64::consts::TAU;
///
/// // 4.5 um at 64 Hz, sampled every millisecond, on a slow drift.
/// let x = Array1::from_shape_fn(1000, |n| 4.5e-6 * (TAU * 0.064 * n as f64).sin() + 1e-8 * n as f64);
/// let spectrum = amplitude_spectrum(&x, 1e-3)?;
/// let peak = spectrum.peak().expect("not empty");
/// assert_eq!(peak.coordinates, [64.0]);
/// assert!((peak.value - 4.5e-6).abs() < 1e-9);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn amplitude_spectrum(signal: &ArrayRef1<f64>, interval_s: f64) -> Result<DataArray1<f64>> {
    let n = check::at_least("signal", signal.len(), 4)?;
    let interval_s = check::positive("interval_s", interval_s)?;
    check::all_finite("signal", signal)?;
    let plan = AxisFft::<f64>::new(n, n, Window::Hann, false)?;
    let too_large = || Error::invalid("signal", "its values are so large that sums overflow");
    let level = without_trend(signal).mapv(|x| C64::new(x, 0.0));
    if level.iter().any(|x| !x.re.is_finite()) {
        return Err(too_large());
    }
    let spectrum = plan.process(&level, mmw_core::ndarray::Axis(0))?;
    let scale = 2.0 / (Window::Hann.coherent_gain(n)? * n as f64);
    let mut amplitudes: Array1<f64> = spectrum.iter().take(n / 2 + 1).map(|z| scale * z.norm()).collect();
    // Half the sample rate is its own image: what falls there counts once, not twice.
    if n.is_multiple_of(2) {
        amplitudes[n / 2] *= 0.5;
    }
    if amplitudes.iter().any(|a| !a.is_finite()) {
        return Err(too_large());
    }
    let axis = Axis::uniform("frequency", "Hz", 0.0, 1.0 / (n as f64 * interval_s), n / 2 + 1)?;
    DataArray1::new("amplitude", "", amplitudes, vec![axis])
}

/// The signal without its least-squares parabola, by projection on the first three orthogonal polynomials.
pub(crate) fn without_trend(signal: &ArrayRef1<f64>) -> Array1<f64> {
    let n = signal.len();
    let place = |i: usize| 2.0 * i as f64 / (n - 1) as f64 - 1.0;
    let mut rest = signal.to_owned();
    let mut basis: Vec<Array1<f64>> = Vec::new();
    for degree in 0..3 {
        let mut q = Array1::from_shape_fn(n, |i| place(i).powi(degree));
        for b in &basis {
            let overlap = q.dot(b);
            q.scaled_add(-overlap, b);
        }
        let length = q.dot(&q).sqrt();
        q /= length;
        let share = rest.dot(&q);
        rest.scaled_add(-share, &q);
        basis.push(q);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amplitude_reads_the_same_at_half_the_sample_rate() {
        for (bin, phase) in [(100, 0.3), (499, 1.0), (500, 0.0)] {
            let x = Array1::from_shape_fn(1000, |n| 2.0 * (TAU * (bin * n) as f64 / 1000.0 + phase).cos());
            let amplitude = amplitude_spectrum(&x, 1e-3).unwrap().data()[bin];
            // The trend takes about a millionth of such a line with it.
            assert!((amplitude - 2.0).abs() < 1e-4, "bin {bin}: {amplitude}");
        }
    }

    #[test]
    fn sums_that_overflow_are_errors() {
        for value in [f64::MAX, 1e306] {
            let signal = Array1::from_shape_fn(64, |n| if n % 3 == 0 { value } else { -value });
            match amplitude_spectrum(&signal, 1e-3) {
                Ok(spectrum) => assert!(spectrum.data().iter().all(|a| a.is_finite())),
                Err(error) => assert!(matches!(error, Error::Invalid { .. }), "{error}"),
            }
        }
        let gate = RangeGate::new(8, 0.0, Window::Rectangular).unwrap();
        let chirp = Array1::from_elem(8, C64::new(f64::MAX, 0.0));
        assert!(matches!(gate.value(&chirp), Err(Error::Invalid { .. })));
    }
}
