//! What the source slides print and physics does not support; nothing else in the crate uses it.
//!
//! Source: "Millimetre-wave radar sensing" (lecture slides on the IWR1843). Each function is the printed
//! formula, as it stands, so that its error can be measured.

use mmw_core::ndarray::{Array1, ArrayRef1, ArrayRef3, Axis};
use mmw_core::num_complex::Complex;
use mmw_core::{Real, Result, check};

/// Mean-phasor cancellation as printed, on the range-velocity map.
///
/// ```text
/// RV[i, n] = RV[i, n] − (1/N) Σₙ RV[i, n]
/// ```
/// Slide "MTI" of [^slides], third method, in place on `[channel, range, velocity]`.
///
/// # Erratum
/// The index n of the mean must run over chirps, as the sentence beside the formula says. The mean of a DFT
/// over its *bins* is the first chirp: the printed form removes that one chirp from the frame and leaves
/// `1 − 1/N` of the energy of a static echo. Use [`crate::mti::MeanPhasor`].
///
/// # Errors
/// [`mmw_core::Error::TooFew`] without a velocity bin.
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array3, paper};
///
/// // A static echo: all energy in the zero-velocity bin of eight.
/// let mut map = Array3::<C64>::zeros((1, 1, 8));
/// map[[0, 0, 4]] = C64::new(8.0, 0.0);
/// paper::mean_over_velocity(&mut map)?;
/// let left: f64 = map.iter().map(|z| z.norm_sqr()).sum();
/// assert!((left / 64.0 - (1.0 - 1.0 / 8.0)).abs() < 1e-15);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
///
/// [^slides]: "Millimetre-wave radar sensing", lecture slides on the IWR1843.
pub fn mean_over_velocity<T: Real>(spectrum: &mut ArrayRef3<Complex<T>>) -> Result<()> {
    let bins = check::at_least("velocity bins", spectrum.dim().2, 1)?;
    let share = T::one() / T::lit(bins as f64);
    for mut row in spectrum.lanes_mut(Axis(2)) {
        let mean = row.sum() * share;
        row.mapv_inplace(|z| z - mean);
    }
    Ok(())
}

/// Phase as printed: `arctan(Q / I)`, rad, in [-π/2, π/2].
///
/// ```text
/// φ = unwrap[arctan(Q / I)]
/// ```
/// Slide "vital signs" of [^slides]. Zero where I and Q are both zero; NaN where the quotient is.
///
/// # Erratum
/// The quotient loses the signs of I and Q: the phase comes out modulo π instead of 2π, and an unwrapping
/// that removes jumps of 2π leaves every one of them in. Use [`crate::phase::demodulate`].
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::array, paper};
///
/// let z = array![C64::from_polar(1.0, 3.0)];
/// assert!((paper::arctan_phase(&z)[0] - (3.0 - std::f64::consts::PI)).abs() < 1e-15);
/// ```
///
/// [^slides]: "Millimetre-wave radar sensing", lecture slides on the IWR1843.
#[must_use]
pub fn arctan_phase<T: Real>(samples: &ArrayRef1<Complex<T>>) -> Array1<T> {
    samples.mapv(|z| if z.re.is_zero() && z.im.is_zero() { T::zero() } else { (z.im / z.re).atan() })
}

/// Angle of arrival as printed, rad: measured from the *axis* of the array, not from boresight.
///
/// ```text
/// θ = cos⁻¹(λ Δφ / 2π d)
/// ```
/// Slide "angle estimation" of [^slides]. In this crate's frame the azimuth is `π/2 − θ`.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless λ and d are positive and the quotient lies in [-1, 1].
///
/// # Examples
/// ```
/// use mmw_dsp::paper;
///
/// // No phase difference: broadside, which the printed angle calls 90 degrees.
/// assert!((paper::angle_from_array_axis_rad(0.0, 4e-3, 2e-3)? - std::f64::consts::FRAC_PI_2).abs() < 1e-15);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
///
/// [^slides]: "Millimetre-wave radar sensing", lecture slides on the IWR1843.
pub fn angle_from_array_axis_rad(phase_step_rad: f64, wavelength_m: f64, spacing_m: f64) -> Result<f64> {
    let wavelength_m = check::positive("wavelength_m", wavelength_m)?;
    let spacing_m = check::positive("spacing_m", spacing_m)?;
    let cosine = wavelength_m * phase_step_rad / (std::f64::consts::TAU * spacing_m);
    Ok(check::in_range("wavelength_m * phase_step_rad / (2 pi spacing_m)", cosine, -1.0, 1.0)?.acos())
}
