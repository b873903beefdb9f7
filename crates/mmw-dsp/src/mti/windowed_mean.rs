//! The mean phasor weighted by the Doppler window, taken from the spectrum.

use super::Mti;
use mmw_core::ndarray::{ArrayRef3, Axis};
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};
use std::f64::consts::TAU;

/// Takes from every chirp the mean over the chirps, weighted by the Doppler window.
///
/// ```text
/// x_n ← x_n − Σ w_m x_m / Σ w_m   ⟺   Z_k ← Z_k − Z_0 W_k / W_0,   W_k = Σ w_n exp(−j 2π k n / N)
/// ```
/// With the plain mean, what a mover between two bins adds to the mean passes the window as a tone of zero
/// velocity: behind a Hann window it stands 41 dB below the mover in the bin of zero velocity, a target that
/// is not there. The weighted mean leaves exactly nothing in that bin. Seen from behind the window it takes
/// the part `W_k` of each bin, which for Hann weights without zero padding is three bins wide.
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::C64;
/// use mmw_dsp::mti::{Mti, WindowedMean};
/// use mmw_dsp::ndarray::Array3;
///
/// // What stands still behind a Hann window of four chirps, zero velocity at index 2.
/// let line = [0.0, -0.5, 1.0, -0.5].map(|x| C64::new(x, 0.0));
/// let mut spectrum = Array3::from_shape_fn((1, 1, 4), |(_, _, k)| line[k]);
/// WindowedMean::new(&[0.0, 0.5, 1.0, 0.5], 4)?.filter_spectrum(&mut spectrum, 2)?;
/// assert!(spectrum.iter().all(|z: &C64| z.norm() < 1e-15));
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct WindowedMean {
    doppler_fft: usize,
    /// Bins off zero velocity, upwards and wrapped, with `W_k / W_0` there; without those that are zero.
    response: Vec<(usize, C64)>,
}

impl WindowedMean {
    /// The filter in front of a Doppler FFT of `doppler_fft` points over chirps weighted by `weights`.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no weights or an FFT shorter than they; [`Error::Domain`] for weights that are
    /// not finite; [`Error::Singular`] for weights whose sum vanishes.
    pub fn new(weights: &[f64], doppler_fft: usize) -> Result<Self> {
        /// Rounding of the sum.
        const NOTHING: f64 = 1e-12;
        check::at_least("weights", weights.len(), 1)?;
        check::at_least("doppler_fft", doppler_fft, weights.len())?;
        for &weight in weights {
            check::finite("weights", weight)?;
        }
        let sum: f64 = weights.iter().sum();
        let all: f64 = weights.iter().map(|w| w.abs()).sum();
        if !(sum.abs() > NOTHING * all && all.is_finite()) {
            return Err(Error::Singular { name: "sum of the weights".into() });
        }
        let term = |k: usize, (n, w): (usize, &f64)| {
            let turns = (k as u128 * n as u128 % doppler_fft as u128) as f64 / doppler_fft as f64;
            C64::cis(-TAU * turns) * (w / sum)
        };
        let at = |k: usize| (k, weights.iter().enumerate().map(|w| term(k, w)).sum::<C64>());
        let response = (1..doppler_fft).map(at).filter(|(_, r)| r.norm() > NOTHING).collect();
        Ok(Self { doppler_fft, response })
    }
}

impl<T: Real> Mti<T> for WindowedMean {
    /// # Errors
    /// [`Error::Shape`] when the Doppler axis has another length; [`Error::Domain`] when zero velocity is
    /// outside it; [`Error::NotFinite`] for NaN or infinity; [`Error::Invalid`] when a difference overflows.
    fn filter_spectrum(&mut self, spectrum: &mut ArrayRef3<Complex<T>>, zero_index: usize) -> Result<()> {
        let bins = spectrum.len_of(Axis(2));
        check::same_len("Doppler axis of the spectrum", self.doppler_fft, bins)?;
        if zero_index >= bins {
            let domain = format!("below {bins}, the number of Doppler bins");
            return Err(Error::domain("zero_index", zero_index as f64, domain));
        }
        check::all_finite_complex("spectrum", spectrum)?;
        let at = |&(k, r): &(usize, C64)| ((zero_index + k) % bins, Complex::new(T::lit(r.re), T::lit(r.im)));
        let response: Vec<(usize, Complex<T>)> = self.response.iter().map(at).collect();
        let mut finite = true;
        for mut line in spectrum.lanes_mut(Axis(2)) {
            let still = std::mem::replace(&mut line[zero_index], Complex::new(T::zero(), T::zero()));
            for &(bin, share) in &response {
                line[bin] -= still * share;
                finite &= line[bin].re.is_finite() & line[bin].im.is_finite();
            }
        }
        if finite {
            return Ok(());
        }
        Err(Error::invalid("spectrum", "its values are so large that taking the mean overflows"))
    }
}
