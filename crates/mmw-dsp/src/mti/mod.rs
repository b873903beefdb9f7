//! Moving-target indication: the three clutter filters of the slides.
//!
//! | name | what it does | works on |
//! | --- | --- | --- |
//! | [`ZeroVelocityNotch`] | sets the Doppler bins around zero velocity to zero | the spectrum |
//! | [`FrameDifference`] | takes the previous frame from this one | the cube |
//! | [`MeanPhasor`] | takes the mean over the chirps from every chirp: the slides' formula | the cube |
//! | [`WindowedMean`] | the same with the mean weighted by the Doppler window | the spectrum |
//!
//! The amplitude that each leaves of a target x Doppler cells from zero velocity, seen through the Doppler
//! window with the response `V(x)` ([`MeanPhasor`]'s is that of a rectangular window):
//!
//! | filter | left in the bin k | blind at |
//! | --- | --- | --- |
//! | notch | `V(x − k)`, nothing for \|k\| ≤ half width | x = 0; the greatest bin falls by 6 dB (Hann) at x = half width |
//! | frame difference | `V(x − k) (1 − exp(−j 2π f_D T_frame))` | `v = m λ / 2 T_frame` for every whole m |
//! | mean | `V(x − k) − V(x) V(−k) / V(0)` | x = 0; 11 dB (Hann) less at x = 1 |
//!
//! The difference has twice the noise of a frame.
//!
//! Doppler wraps, so that notch and mean are blind at `v = m λ / 2 M Tc` too.
//!
//! All are an [`Mti`], whose two hooks stand before and after the range-Doppler transform.

use mmw_core::check::zero_if_finite;
use mmw_core::ndarray::{Array3, ArrayRef3, Axis, Zip};
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Real, Result, check};
use std::fmt::Debug;

pub use mean::{MeanPhasor, mean_phasor_into};
pub use windowed_mean::WindowedMean;

mod mean;
mod windowed_mean;

/// A clutter filter with one hook on each side of the transforms; a hook that it does not need does nothing.
///
/// When a hook fails, the array that it was given is not to be used.
pub trait Mti<T: Real>: Debug + Send {
    /// Filters `[channel, chirp, sample]`, before the transforms.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::Shape`] or [`Error::Invalid`], as the filter says.
    fn filter_cube(&mut self, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        let _ = cube;
        Ok(())
    }

    /// Filters `[channel, range, doppler]`, after the transforms, with zero velocity at `zero_index`.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::Domain`] or [`Error::Shape`], as the filter says.
    fn filter_spectrum(&mut self, spectrum: &mut ArrayRef3<Complex<T>>, zero_index: usize) -> Result<()> {
        let _ = (spectrum, zero_index);
        Ok(())
    }

    /// Forgets all frames seen so far.
    fn reset(&mut self) {}
}

/// Sets the Doppler bins within `half_width` of zero velocity to zero, around the ends of the axis too.
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::C32;
/// use mmw_dsp::mti::{Mti, ZeroVelocityNotch};
/// use mmw_dsp::ndarray::Array3;
///
/// let mut spectrum = Array3::from_elem((1, 1, 6), C32::new(1.0, 0.0));
/// ZeroVelocityNotch { half_width: 1 }.filter_spectrum(&mut spectrum, 3)?;
/// assert_eq!(spectrum.map(|z| z.re).into_raw_vec_and_offset().0, [1.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZeroVelocityNotch {
    /// Bins on each side of zero velocity that go, too.
    pub half_width: usize,
}

impl<T: Real> Mti<T> for ZeroVelocityNotch {
    fn filter_spectrum(&mut self, spectrum: &mut ArrayRef3<Complex<T>>, zero_index: usize) -> Result<()> {
        let bins = spectrum.len_of(Axis(2));
        if zero_index >= bins {
            let domain = format!("below {bins}, the number of Doppler bins");
            return Err(Error::domain("zero_index", zero_index as f64, domain));
        }
        check::all_finite_complex("spectrum", spectrum)?;
        let half_width = self.half_width.min(bins / 2);
        for offset in 0..(2 * half_width + 1).min(bins) {
            let bin = (zero_index + bins - half_width + offset) % bins;
            spectrum.index_axis_mut(Axis(2), bin).fill(Complex::new(T::zero(), T::zero()));
        }
        Ok(())
    }
}

/// Takes the previous frame from this one, as both were received.
///
/// The first frame has no previous one and comes out as zeros, as does the first after [`Mti::reset`]. What
/// moves by less than a fraction of a wavelength between frames, or by a multiple of half of one, is lost
/// with the walls.
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::C32;
/// use mmw_dsp::mti::{FrameDifference, Mti};
/// use mmw_dsp::ndarray::Array3;
///
/// let mut mti = FrameDifference::default();
/// let frame = |x: f32| Array3::from_elem((1, 2, 2), C32::new(x, 0.0));
/// let (mut first, mut second) = (frame(5.0), frame(7.0));
/// mti.filter_cube(&mut first)?;
/// mti.filter_cube(&mut second)?;
/// assert_eq!((first, second), (frame(0.0), frame(2.0)));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrameDifference<T> {
    previous: Option<Array3<Complex<T>>>,
}

impl<T: Real> Mti<T> for FrameDifference<T> {
    /// # Errors
    /// [`Error::NotFinite`] for a frame with NaN or infinity and [`Error::Shape`] for one of another shape
    /// than the first, both of which leave the filter as it was; [`Error::Invalid`] when the difference
    /// overflows.
    fn filter_cube(&mut self, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        check::all_finite_complex("cube", cube)?;
        let Some(previous) = &mut self.previous else {
            self.previous = Some(cube.to_owned());
            cube.fill(Complex::new(T::zero(), T::zero()));
            return Ok(());
        };
        check::same_shape("cube", previous.shape(), cube.shape())?;
        let mut check = T::zero();
        Zip::from(cube).and(previous).for_each(|z, previous| {
            let difference = *z - *previous;
            check += zero_if_finite(difference.re) + zero_if_finite(difference.im);
            *previous = std::mem::replace(z, difference);
        });
        if check.is_finite() {
            return Ok(());
        }
        Err(Error::invalid("cube", "its values are so large that the difference of frames overflows"))
    }

    fn reset(&mut self) {
        self.previous = None;
    }
}

/// Which clutter filter a program asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MtiKind {
    /// No filter.
    #[default]
    None,
    /// [`ZeroVelocityNotch`] of one bin on each side: as wide as the main lobe of a Hann window.
    Notch,
    /// [`FrameDifference`].
    #[cfg_attr(feature = "serde", serde(alias = "frame-difference"))]
    FrameDifference,
    /// [`WindowedMean`].
    #[cfg_attr(feature = "serde", serde(rename = "mean"))]
    MeanPhasor,
}

mmw_core::named!(MtiKind, "mti" {
    None = "none",
    Notch = "notch",
    FrameDifference = "frame_difference" | "frame-difference",
    MeanPhasor = "mean",
});

impl MtiKind {
    /// A new filter of this kind, in front of a Doppler FFT of `doppler_fft` points over chirps weighted by
    /// `doppler_weights`.
    ///
    /// # Errors
    /// As [`WindowedMean::new`].
    pub fn build<T: Real>(self, doppler_weights: &[f64], doppler_fft: usize) -> Result<Box<dyn Mti<T>>> {
        Ok(match self {
            Self::None => Box::new(NoFilter),
            Self::Notch => Box::new(ZeroVelocityNotch { half_width: 1 }),
            Self::FrameDifference => Box::new(FrameDifference::default()),
            Self::MeanPhasor => Box::new(WindowedMean::new(doppler_weights, doppler_fft)?),
        })
    }
}

/// Both hooks do nothing.
#[derive(Debug)]
struct NoFilter;

impl<T: Real> Mti<T> for NoFilter {}
