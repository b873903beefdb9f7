//! The echo of what stands still beside what moves in a range gate.

use crate::phase::{Circle, demodulate_about, fit_circle, unwrap};
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{C64, Error, Result};
use std::f64::consts::FRAC_PI_2;

/// A shorter arc does not tell its centre: at a quarter turn it bulges by a quarter of the radius.
const LEAST_ARC_RAD: f64 = FRAC_PI_2;
/// Root mean square of the distance from the circle over its radius; a blob of noise has a half.
const MOST_MISFIT: f64 = 0.1;
/// The circle about the origin must leave this many times as much energy.
const WORSE: f64 = 4.0;

/// The circle on which the samples of a gate lie when something stands still beside what moves: its centre is
/// that echo, and the phase of the motion is that about the centre.
///
/// By [`fit_circle`]; `None` unless the samples cover a quarter turn of it, lie within a tenth of its radius
/// (root mean square), and leave at least four times as much energy off a circle about the origin. What moves
/// by less than an eighth of a wavelength is therefore left as it is.
///
/// # Errors
/// As [`fit_circle`], save that samples on a line have no circle.
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array1, slow_time::still_echo};
///
/// let wall = C64::new(-30.0, 10.0);
/// let chest = |n: i32| C64::from_polar(10.0, 2.5 * (0.1 * f64::from(n)).sin());
/// let beside = Array1::from_shape_fn(200, |n| wall + chest(n as i32));
/// let circle = still_echo(&beside)?.expect("an arc of 5 rad");
/// assert!((circle.centre - wall).norm() < 1e-9);
/// assert!(still_echo(&Array1::from_shape_fn(200, |n| chest(n as i32)))?.is_none());
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn still_echo(samples: &ArrayRef1<C64>) -> Result<Option<Circle<f64>>> {
    still_echo_within(samples, MOST_MISFIT, WORSE)
}

/// [`still_echo`] with other limits: of the root mean square distance from the circle in radii, and of the
/// energy that a circle about the origin leaves over that of the circle.
pub(crate) fn still_echo_within(
    samples: &ArrayRef1<C64>,
    most_misfit: f64,
    worse: f64,
) -> Result<Option<Circle<f64>>> {
    let circle = match fit_circle(samples) {
        Ok(circle) => circle,
        Err(Error::Singular { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let count = samples.len() as f64;
    let mean = samples.iter().map(|z| z.norm() / count).sum::<f64>();
    // In radii, so that no square overflows.
    let off = |z: &C64, centre: C64, radius: f64| ((z - centre).norm() - radius) / circle.radius;
    let about_centre = samples.iter().map(|z| off(z, circle.centre, circle.radius).powi(2)).sum::<f64>();
    let about_origin = samples.iter().map(|z| off(z, C64::default(), mean).powi(2)).sum::<f64>();
    let phase_rad = unwrap(&demodulate_about(samples, circle.centre)?)?;
    let (least, greatest) =
        phase_rad.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &p| (a.min(p), b.max(p)));
    let fits = about_centre <= most_misfit * most_misfit * count && about_origin >= worse * about_centre;
    // Without noise both circles fit to rounding.
    let apart = circle.centre.norm() > 1e-6 * circle.radius;
    Ok((fits && apart && greatest - least >= LEAST_ARC_RAD).then_some(circle))
}
