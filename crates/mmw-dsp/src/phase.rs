//! Slow-time phase: demodulation, unwrapping, displacement.
//!
//! The phase of a range bin grows with range: `φ = 4π R / λ`. A static reflector in the same bin adds a
//! constant; the samples then lie on an arc about that constant instead of zero, and [`fit_circle`] finds it.

use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};
use std::f64::consts::{PI, TAU};

/// Phases beyond this have no fraction left in f64.
const MAX_PHASE_RAD: f64 = 9_007_199_254_740_992.0;

/// Phase of each sample by the arctangent, rad in (−π, π]; zero for zero.
///
/// ```text
/// φ = atan2(Q, I)
/// ```
/// Arctangent demodulation as in [^park].
///
/// # Errors
/// [`Error::NotFinite`] for NaN and infinities.
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::array};
/// let phase = mmw_dsp::phase::demodulate(&array![C64::new(2.0, 0.0), C64::new(0.0, -1.0)])?;
/// assert_eq!(phase, array![0.0, -std::f64::consts::FRAC_PI_2]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^park]: B.-K. Park, O. Boric-Lubecke and V. M. Lubecke, "Arctangent demodulation with DC offset
/// compensation in quadrature Doppler radar receiver systems", IEEE Trans. Microw. Theory Techn., vol. 55,
/// no. 5, pp. 1073-1079, 2007.
pub fn demodulate<T: Real>(samples: &ArrayRef1<Complex<T>>) -> Result<Array1<T>> {
    demodulate_about(samples, Complex::new(T::zero(), T::zero()))
}

/// [`demodulate`] about `centre`, the echo of what stands still, in the units of the samples.
///
/// # Errors
/// [`Error::NotFinite`] for a sample that is NaN or infinite, [`Error::Domain`] for such a centre.
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::Array1};
/// use mmw_dsp::phase::{demodulate_about, fit_circle};
///
/// let clutter = C64::new(5.0, -2.0);
/// let echo: Array1<C64> = (0..50).map(|i| clutter + C64::cis(0.02 * i as f64)).collect();
/// let phase = demodulate_about(&echo, fit_circle(&echo)?.centre)?;
/// assert!((phase[49] - phase[0] - 0.98).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn demodulate_about<T: Real>(samples: &ArrayRef1<Complex<T>>, centre: Complex<T>) -> Result<Array1<T>> {
    check::all_finite_complex("samples", samples)?;
    check::finite("real part of the centre", centre.re.as_f64())?;
    check::finite("imaginary part of the centre", centre.im.as_f64())?;
    // Halves keep the difference of two huge numbers finite and leave the angle as it is, save that the
    // half of the least subnormal is zero.
    let half = T::lit(0.5);
    let angle = |z: &Complex<T>| {
        if centre.re == T::zero() && centre.im == T::zero() {
            z.im.atan2(z.re)
        } else {
            (z.im * half - centre.im * half).atan2(z.re * half - centre.re * half)
        }
    };
    Ok(samples.iter().map(angle).collect())
}

/// Adds multiples of 2π so that no step exceeds π, in place.
///
/// ```text
/// φ'_i = φ_i + 2π n_i,   |φ'_i − φ'_{i−1}| ≤ π
/// ```
/// Steps of exactly π are left alone and ties round towards fewer turns, as NumPy's `unwrap` does; this is
/// the one-dimensional unwrapping of [^itoh]. The turns are counted, not summed, so a long record gathers no
/// rounding; a result may differ from NumPy's by a few last digits.
///
/// # Errors
/// [`Error::NotFinite`] for NaN and infinities, [`Error::Domain`] for phases beyond 2^53 rad; `phase_rad` is
/// then as it was.
///
/// # Examples
/// ```
/// let mut phase_rad = [3.0, -3.0, 3.0, -1.0];
/// mmw_dsp::phase::unwrap_in_place(&mut phase_rad)?;
/// assert!((phase_rad[1] - (std::f64::consts::TAU - 3.0)).abs() < 1e-15);
/// assert!((phase_rad[3] - (std::f64::consts::TAU - 1.0)).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^itoh]: K. Itoh, "Analysis of the phase unwrapping algorithm", Appl. Opt., vol. 21, no. 14,
///     p. 2470, 1982.
pub fn unwrap_in_place<T: Real>(phase_rad: &mut [T]) -> Result<()> {
    if let Some((index, bad)) = first_bad(phase_rad) {
        return Err(phase_error(index, bad));
    }
    let Some(first) = phase_rad.first() else { return Ok(()) };
    let (mut previous, mut turns) = (first.as_f64(), 0.0);
    for phase in phase_rad {
        let here = phase.as_f64();
        turns += turns_between(previous, here);
        previous = here;
        *phase = T::lit(here + TAU * turns);
    }
    Ok(())
}

/// The unwrapped copy of `phase_rad`: [`unwrap_in_place`] for arrays.
///
/// # Errors
/// As [`unwrap_in_place`].
///
/// # Examples
/// ```
/// use mmw_core::ndarray::array;
/// let unwrapped = mmw_dsp::phase::unwrap(&array![0.0, 3.0, -3.0])?;
/// assert!(unwrapped[2] > 3.2);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn unwrap<T: Real>(phase_rad: &ArrayRef1<T>) -> Result<Array1<T>> {
    let mut unwrapped = phase_rad.to_vec();
    unwrap_in_place(&mut unwrapped)?;
    Ok(unwrapped.into())
}

/// Unwraps a stream, phase by phase, with the same bits as [`unwrap_in_place`] over all of it.
///
/// # Examples
/// ```
/// let mut unwrapper = mmw_dsp::phase::Unwrapper::new();
/// assert_eq!(unwrapper.push(3.0)?, 3.0);
/// assert_eq!(unwrapper.push(-3.0)?, std::f64::consts::TAU - 3.0);
/// assert!(unwrapper.push(f64::NAN).is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Unwrapper {
    previous_rad: Option<f64>,
    turns: f64,
    pushed: usize,
}

impl Unwrapper {
    /// Before the first phase.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next phase, unwrapped, rad.
    ///
    /// # Errors
    /// As [`unwrap_in_place`]; the stream then goes on as if `phase_rad` had not come.
    pub fn push<T: Real>(&mut self, phase_rad: T) -> Result<T> {
        if is_bad(phase_rad) {
            return Err(phase_error(self.pushed, phase_rad));
        }
        let here = phase_rad.as_f64();
        self.turns += turns_between(self.previous_rad.unwrap_or(here), here);
        self.previous_rad = Some(here);
        self.pushed += 1;
        Ok(T::lit(here + TAU * self.turns))
    }
}

/// Turns to add so that the step from `previous` to `here` is at most half a turn.
#[inline]
fn turns_between(previous: f64, here: f64) -> f64 {
    let step = here - previous;
    if step.abs() <= 3.0 * PI {
        // Compared, not rounded: `round` is a library call on the oldest x86-64.
        return f64::from(i8::from(step < -PI) - i8::from(step > PI));
    }
    -(step.abs() / TAU - 0.5).ceil().copysign(step)
}

#[inline]
fn is_bad<T: Real>(phase_rad: T) -> bool {
    let magnitude = phase_rad.as_f64().abs();
    magnitude.is_nan() | (magnitude > MAX_PHASE_RAD)
}

fn first_bad<T: Real>(phase_rad: &[T]) -> Option<(usize, T)> {
    const LANES: usize = 64;
    let suspect = |block: &[T]| block.iter().fold(false, |bad, &p| bad | is_bad(p));
    if !phase_rad.chunks(LANES).any(suspect) {
        return None;
    }
    phase_rad.iter().copied().enumerate().find(|&(_, p)| is_bad(p))
}

fn phase_error<T: Real>(index: usize, phase_rad: T) -> Error {
    if phase_rad.is_finite() {
        Error::domain("phase_rad", phase_rad.as_f64(), "a number from -2^53 to 2^53")
    } else {
        Error::NotFinite { name: "phase_rad".into(), index }
    }
}

/// Radial displacement since the first sample, m; positive is receding.
///
/// ```text
/// d = λ (φ − φ_0) / 4π
/// ```
/// As in [^iovescu]: the phase of the beat signal at twice the way.
///
/// # Errors
/// [`Error::Domain`] unless `wavelength_m` is finite and above zero and every displacement is finite,
/// [`Error::NotFinite`] for a phase that is NaN or infinite.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::array;
/// use std::f64::consts::TAU;
/// // Two turns are one wavelength there and back, so one wavelength of range.
/// assert_eq!(mmw_dsp::phase::displacement(&array![1.0, 1.0 + 2.0 * TAU], 4e-3)?, array![0.0, 4e-3]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^iovescu]: C. Iovescu and S. Rao, "The fundamentals of millimeter wave radar sensors", Texas Instruments,
/// SPYY005, 2020.
pub fn displacement<T: Real>(unwrapped_rad: &ArrayRef1<T>, wavelength_m: f64) -> Result<Array1<T>> {
    let scale = check::positive("wavelength_m", wavelength_m)? / (4.0 * PI);
    check::all_finite("unwrapped_rad", unwrapped_rad)?;
    let first = unwrapped_rad.first().map_or(0.0, |p| p.as_f64());
    let displacement_m: Array1<T> =
        unwrapped_rad.iter().map(|p| T::lit((p.as_f64() - first) * scale)).collect();
    match displacement_m.iter().find(|d| !d.is_finite()) {
        Some(d) => Err(Error::domain("displacement_m", d.as_f64(), "a finite number")),
        None => Ok(displacement_m),
    }
}

/// A circle in the complex plane.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Circle<T> {
    /// Its centre: the offset that static reflectors and the receiver add.
    pub centre: Complex<T>,
    /// Its radius: the amplitude of the moving echo.
    pub radius: T,
}

mmw_core::checked_serde!(<T: Real> Circle, |circle| {
    check::finite("centre", circle.centre.re.as_f64())?;
    check::finite("centre", circle.centre.im.as_f64())?;
    check::positive("radius", circle.radius.as_f64()).map(|_| ())
});

/// The circle nearest to the samples, by Pratt's algebraic fit.
///
/// ```text
/// minimise Σ (A|z|² + B x + C y + D)²   subject to   B² + C² − 4AD = 1
/// ```
/// Pratt's fit in the form of [^chernov], chapter 5: the least non-negative root η of the quartic of the
/// moments (η = 0 would be Kåsa's fit, which shrinks circles seen on a short arc). An arc of a few noise
/// widths still yields a circle, but one without meaning: look at the residual, or at the arc.
///
/// # Errors
/// [`Error::TooFew`] below three samples, [`Error::NotFinite`], [`Error::Singular`] when all samples are
/// equal or on a line.
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::Array1};
/// let arc: Array1<C64> = (0..20).map(|i| C64::new(3.0, 4.0) + C64::from_polar(2.0, 0.05 * i as f64)).collect();
/// let circle = mmw_dsp::phase::fit_circle(&arc)?;
/// assert!((circle.centre - C64::new(3.0, 4.0)).norm() < 1e-9 && (circle.radius - 2.0).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^chernov]: N. Chernov, "Circular and linear regression: fitting circles and lines by least
///     squares", 2010.
pub fn fit_circle<T: Real>(samples: &ArrayRef1<Complex<T>>) -> Result<Circle<T>> {
    check::at_least("samples", samples.len(), 3)?;
    check::all_finite_complex("samples", samples)?;
    let wide = |z: &Complex<T>| C64::new(z.re.as_f64(), z.im.as_f64());
    let weight = 1.0 / samples.len() as f64;
    let mean: C64 = samples.iter().map(|z| wide(z) * weight).sum();
    // Halved, so that no difference of finite numbers overflows.
    let spread = samples.iter().map(|z| half_distance(wide(z), mean)).fold(0.0, f64::max);
    if spread == 0.0 {
        return Err(Error::Singular { name: "samples, all equal,".into() });
    }
    let local = samples.iter().map(|z| (wide(z) * 0.5 - mean * 0.5) / spread);
    let moments = Moments::of(local, weight);
    let (centre, radius) = moments.pratt().ok_or(Error::Singular { name: "samples, on a line,".into() })?;
    let centre = mean + centre * (2.0 * spread);
    let found = Circle {
        centre: Complex::new(T::lit(centre.re), T::lit(centre.im)),
        radius: T::lit(radius * 2.0 * spread),
    };
    check::finite("centre of the circle", (found.centre.re + found.centre.im).as_f64())?;
    check::finite("radius of the circle", found.radius.as_f64())?;
    Ok(found)
}

fn half_distance(a: C64, b: C64) -> f64 {
    (a * 0.5 - b * 0.5).norm()
}

/// Central moments of points scaled to the unit disc, with `z = x² + y²`.
struct Moments {
    xx: f64,
    yy: f64,
    xy: f64,
    xz: f64,
    yz: f64,
    zz: f64,
}

impl Moments {
    fn of(points: impl Iterator<Item = C64>, weight: f64) -> Self {
        let mut sums = [0.0; 6];
        for p in points {
            let z = p.norm_sqr();
            let terms = [p.re * p.re, p.im * p.im, p.re * p.im, p.re * z, p.im * z, z * z];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term * weight;
            }
        }
        let [xx, yy, xy, xz, yz, zz] = sums;
        Self { xx, yy, xy, xz, yz, zz }
    }

    /// Centre and radius in the scaled frame; `None` for points on a line.
    fn pratt(&self) -> Option<(C64, f64)> {
        let Self { xx, yy, xy, xz, yz, zz } = *self;
        let z = xx + yy;
        let covariance = xx * yy - xy * xy;
        let a2 = 4.0 * covariance - 3.0 * z * z - zz;
        let a1 = zz * z + 4.0 * covariance * z - xz * xz - yz * yz - z * z * z;
        let a0 = xz * (xz * yy - yz * xy) + yz * (yz * xx - xz * xy) - covariance * (zz - z * z);
        // Newton from zero meets the least root from the left without overshooting.
        let mut eta = 0.0_f64;
        for _ in 0..50 {
            let value = a0 + eta * (a1 + eta * (a2 + 4.0 * eta * eta));
            let slope = a1 + eta * (2.0 * a2 + 16.0 * eta * eta);
            let next = eta - value / slope;
            if !next.is_finite() || next < 0.0 || (next - eta).abs() <= 1e-15 * next {
                break;
            }
            eta = next;
        }
        let determinant = eta * eta - eta * z + covariance;
        let x = 0.5 * (xz * (yy - eta) - yz * xy) / determinant;
        let y = 0.5 * (yz * (xx - eta) - xz * xy) / determinant;
        let radius = (x * x + y * y + z + 2.0 * eta).sqrt();
        // A line is a circle of infinite radius: past 1e6 times the spread, rounding decides.
        (radius.is_finite() && radius < 1e6).then_some((C64::new(x, y), radius))
    }
}
