//! Demodulation of a series of complex samples: about its still echo, by the arctangent or by the
//! extended DACM.

use super::unwrap_repaired;
use crate::phase::{Circle, demodulate_about};
use crate::slow_time::still_echo_within;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{C64, Result, check};

/// How phases come from complex samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Demodulation {
    /// The arctangent, unwrapped by [`unwrap_repaired`].
    #[default]
    Arctangent,
    /// [`extended_dacm`].
    ExtendedDacm,
}

mmw_core::named!(Demodulation, "demodulation" {
    Arctangent = "arctangent",
    ExtendedDacm = "extended_dacm",
});

/// The phase by the extended differentiate and cross-multiply algorithm, zero at the first sample, rad.
///
/// ```text
/// φ[n] = Σ_{k=1}^{n} (I[k] (Q[k] − Q[k−1]) − (I[k] − I[k−1]) Q[k]) / (I[k]² + Q[k]²)
/// ```
/// The discrete form of [^wang]. Nothing wraps, so nothing is unwrapped; but each term is the sine of a
/// step, not the step: a step of 0.3 rad reads 1.5 % too little and one beyond a quarter turn folds back.
/// Noise is not squared away either: it walks. Prefer the arctangent unless samples are dense. A sample of
/// zero adds nothing.
///
/// # Errors
/// [`mmw_core::Error::NotFinite`] for NaN and infinities.
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array1, vitals::extended_dacm};
///
/// let turning = Array1::from_shape_fn(1000, |n| 3.0 * C64::cis(0.01 * n as f64));
/// let phase = extended_dacm(&turning)?;
/// assert!((phase[999] - 9.99).abs() < 9.99 * 0.01 * 0.01 / 6.0 * 1.001);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
///
/// [^wang]: J. Wang, X. Wang, L. Chen, J. Huangfu, C. Li and L. Ran, "Noncontact distance and
///     amplitude-independent vibration measurement based on an extended DACM algorithm", IEEE Trans. Instrum.
///     Meas., vol. 63, no. 1, pp. 145-153, 2014.
pub fn extended_dacm(samples: &ArrayRef1<C64>) -> Result<Array1<f64>> {
    check::all_finite_complex("samples", samples)?;
    let mut phase = Array1::zeros(samples.len());
    for k in 1..samples.len() {
        let (here, before) = (samples[k], samples[k - 1]);
        // In units of the sample, so that no product overflows.
        let size = here.norm();
        let (unit, ratio) = (here / size, (here - before) / size);
        let step = unit.re * ratio.im - ratio.re * unit.im;
        phase[k] = phase[k - 1] + if step.is_finite() { step } else { 0.0 };
    }
    Ok(phase)
}

/// Root mean square of the distance from the circle over its radius: a signal 11 dB over its noise; a blob of
/// noise has a half.
const MOST_MISFIT: f64 = 0.2;
/// The circle about the origin must leave this many times as much energy.
const WORSE: f64 = 1.5;

/// The phase of a series about the echo of what stands still beside its target, unwrapped, rad; and that
/// echo, where one was told.
///
/// The circle is Pratt's algebraic fit ([`crate::phase::fit_circle`]), taken when the samples cover a quarter
/// turn of it, lie within a fifth of its radius, and leave half as much energy again off a circle about the
/// origin.
///
/// # Errors
/// As [`crate::phase::demodulate_about`] and [`crate::phase::unwrap`]; [`mmw_core::Error::TooFew`] below
/// three samples.
pub fn demodulated(
    samples: &ArrayRef1<C64>,
    demodulation: Demodulation,
) -> Result<(Array1<f64>, Option<Circle<f64>>)> {
    let still = still_echo_within(samples, MOST_MISFIT, WORSE)?;
    let centre = still.map_or(C64::default(), |circle| circle.centre);
    let phase = match demodulation {
        Demodulation::Arctangent => unwrap_repaired(&demodulate_about(samples, centre)?)?,
        Demodulation::ExtendedDacm => extended_dacm(&samples.mapv(|z| z - centre))?,
    };
    Ok((phase, still))
}
