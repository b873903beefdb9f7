//! Phase errors of the positions, found from the image itself.

use super::back_projection::{Aim, Compression, TILE, back_project};
use super::scan::PhaseHistory;
use crate::window::Window;
use mmw_core::ndarray::Array1;
use mmw_core::num_complex::Complex;
use mmw_core::{Axis, C64, DataArray3, Error, Real, Result, check};

/// Contributions that may be held at once: 1 GiB.
const MOST_VALUES: f64 = 67_108_864.0;

/// Bright voxels that the phase gradient is read at.
const BRIGHT: usize = 16;

/// How the phases of a history are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Autofocus {
    /// The phase from one position to the next, averaged over bright voxels [^pga]: errors that vary slowly
    /// along the path, from one image in which points are still to be seen.
    ///
    /// [^pga]: D. E. Wahl, P. H. Eichel, D. C. Ghiglia, C. V. Jakowatz, "Phase gradient autofocus: a robust
    ///     tool for high resolution SAR phase correction", IEEE Transactions on Aerospace and Electronic
    ///     Systems 30 (1994).
    #[default]
    PhaseGradient,
    /// The phases that make the entropy of the image least [^entropy], one position after the
    /// other: any errors.
    ///
    /// [^entropy]: T. J. Kragh, "Monotonic iterative algorithm for minimum-entropy autofocus", Adaptive
    ///     Sensor Array Processing Workshop (2006).
    MinimumEntropy,
}

mmw_core::named!(Autofocus, "autofocus" {
    PhaseGradient = "phase_gradient",
    MinimumEntropy = "minimum_entropy",
});

/// The phase error of each position, rad, over an image with the axes z, y and x:
/// [`PhaseHistory::turned_back`] takes it out. A constant, and a slope along the path that does no more than
/// move the image, remain unknown.
///
/// The positions must follow one another along the path. An image of a few hundred voxels around the
/// brightest points suffices.
///
/// # Errors
/// [`Error::TooFew`] for fewer than three positions or no iterations, [`Error::Domain`] for more than 2^26
/// contributions of positions to voxels, [`Error::Invalid`] for an image of zeros, and those of
/// [`back_project`].
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::{Axis, C64};
/// use mmw_dsp::sar::{Autofocus, PhaseHistory, autofocus};
/// use mmw_dsp::{ndarray::Array1, window::Window};
///
/// let rail: Vec<_> = (-20..=20).map(|i| [f64::from(i) * 1e-3, 0.0, 0.0]).collect();
/// let frequency = Axis::uniform("frequency", "Hz", 77e9, 50e6, 64)?;
/// let point = ([0.0, 0.0, 0.5], C64::new(1.0, 0.0));
/// let history = PhaseHistory::<f64>::of_points(&[point], rail.clone(), rail, frequency)?;
/// let error: Array1<f64> = (-20..=20).map(|i| 5e-3 * f64::from(i * i)).collect();
/// let defocused = history.turned_back(&-&error)?;
///
/// let axes = [Axis::uniform("z", "m", 0.5, 0.01, 1)?, Axis::uniform("y", "m", 0.0, 0.01, 1)?,
///     Axis::uniform("x", "m", -0.1, 0.002, 101)?];
/// let found = autofocus(&defocused, &axes, Window::Rectangular, Autofocus::PhaseGradient, 5)?;
/// let rest = &found - &error;
/// assert!(rest.iter().all(|r| (r - rest[20]).abs() < 0.05));
/// # Ok::<(), mmw_dsp::Error>(())
/// ```
pub fn autofocus<T: Real>(
    history: &PhaseHistory<T>,
    voxels: &[Axis; 3],
    window: Window,
    method: Autofocus,
    iterations: usize,
) -> Result<Array1<f64>> {
    autofocus_with_progress(history, voxels, window, method, iterations, &|_| ())
}

/// [`autofocus()`], which tells how many iterations are done.
///
/// # Errors
/// Those of [`autofocus()`].
pub fn autofocus_with_progress<T: Real>(
    history: &PhaseHistory<T>,
    voxels: &[Axis; 3],
    window: Window,
    method: Autofocus,
    iterations: usize,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Array1<f64>> {
    let positions = history.samples().nrows();
    check::at_least("positions", positions, 3)?;
    check::at_least("iterations", iterations, 1)?;
    match method {
        Autofocus::PhaseGradient => phase_gradient(history, voxels, window, iterations, progress),
        Autofocus::MinimumEntropy => minimum_entropy(history, voxels, window, iterations, progress),
    }
}

/// How sharp an image is: how unevenly its power lies over its voxels.
///
/// ```text
/// N Σ |p|⁴ / (Σ |p|²)²
/// ```
/// 1 for a uniform image, 2 for noise, N for one voxel alone; 0 for an image of zeros.
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::{Axis, C64, DataArray3};
/// use mmw_dsp::{ndarray::Array3, sar::sharpness};
///
/// let axes = vec![Axis::index("z", 1), Axis::index("y", 2), Axis::index("x", 4)];
/// let one = Array3::from_shape_fn((1, 2, 4), |at| C64::from(f64::from(u8::from(at == (0, 1, 2)))));
/// assert_eq!(sharpness(&DataArray3::new("image", "", one, axes)?), 8.0);
/// # Ok::<(), mmw_dsp::Error>(())
/// ```
#[must_use]
pub fn sharpness<T: Real>(image: &DataArray3<Complex<T>>) -> f64 {
    let most = image.data().iter().fold(0.0_f64, |most, z| most.max(z.norm_sqr().as_f64()));
    if most <= 0.0 {
        return 0.0;
    }
    let powers = image.data().iter().map(|z| z.norm_sqr().as_f64() / most);
    let (sum, squares) = powers.fold((0.0, 0.0), |(sum, squares), p| (sum + p, squares + p * p));
    image.data().len() as f64 * squares / (sum * sum)
}

/// What each position gives each place, position by position.
fn contributions<T: Real>(
    history: &PhaseHistory<T>,
    places: &[Vec<f64>; 3],
    window: Window,
) -> Result<Vec<Vec<C64>>> {
    let values = history.samples().nrows() as f64 * places[0].len() as f64;
    check::in_range("contributions of positions to voxels", values, 1.0, MOST_VALUES)?;
    let compression = Compression::new(history.frequency(), window)?;
    let profiles = compression.profiles(history.samples())?;
    let mut aim = Aim::<T>::default();
    let rows = profiles.outer_iter().zip(history.places_m()).map(|(profile, ends)| {
        let mut all = vec![];
        for start in (0..places[0].len()).step_by(TILE) {
            let end = places[0].len().min(start + TILE);
            let mut values = vec![Complex::new(T::zero(), T::zero()); end - start];
            let tile = places.each_ref().map(|list| &list[start..end]);
            compression.add(profile.as_slice().unwrap_or_default(), ends, tile, &mut values, &mut aim);
            all.extend(values.iter().map(|z| C64::new(z.re.as_f64(), z.im.as_f64())));
        }
        all
    });
    Ok(rows.collect())
}

fn phase_gradient<T: Real>(
    history: &PhaseHistory<T>,
    voxels: &[Axis; 3],
    window: Window,
    iterations: usize,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Array1<f64>> {
    let positions = history.samples().nrows();
    let mut phases = Array1::zeros(positions);
    for iteration in 0..iterations as u64 {
        let image = back_project(&history.turned_back(&phases)?, voxels.clone(), window)?;
        let places = brightest(&image.data().map(|z| z.norm_sqr().as_f64()), voxels)?;
        let rows = contributions(history, &places, window)?;
        let steps = rows.windows(2).map(|pair| {
            let sum: C64 = pair[0].iter().zip(&pair[1]).map(|(before, after)| after * before.conj()).sum();
            sum.arg()
        });
        let found: Array1<f64> = std::iter::once(0.0)
            .chain(steps.scan(0.0, |sum, step| {
                *sum += step;
                Some(*sum)
            }))
            .collect();
        phases = without_slope(&found);
        progress(iteration + 1);
    }
    Ok(phases)
}

/// The places of local maxima, brightest first, of at least a tenth of the greatest power.
fn brightest(power: &mmw_core::ndarray::Array3<f64>, voxels: &[Axis; 3]) -> Result<[Vec<f64>; 3]> {
    let most = power.iter().fold(0.0_f64, |most, &p| most.max(p));
    if most <= 0.0 {
        return Err(Error::invalid("image", "holds nothing but zeros"));
    }
    let (depth, rows, columns) = power.dim();
    let near = |i: usize, len: usize| i.saturating_sub(1)..(i + 2).min(len);
    let summit = |&((i, j, k), p): &((usize, usize, usize), &f64)| {
        *p >= 0.1 * most
            && near(i, depth).all(|a| near(j, rows).all(|b| near(k, columns).all(|c| power[[a, b, c]] <= *p)))
    };
    let mut summits: Vec<_> = power.indexed_iter().filter(summit).collect();
    summits.sort_by(|a, b| b.1.total_cmp(a.1));
    summits.truncate(BRIGHT);
    let [z, y, x] = voxels;
    let along = |axis: &Axis, pick: fn((usize, usize, usize)) -> usize| -> Vec<f64> {
        summits.iter().map(|(at, _)| axis.at(pick(*at) as f64)).collect()
    };
    Ok([along(x, |at| at.2), along(y, |at| at.1), along(z, |at| at.0)])
}

/// Less the straight line that fits best.
fn without_slope(values: &Array1<f64>) -> Array1<f64> {
    let count = values.len() as f64;
    let middle = 0.5 * (count - 1.0);
    let mean = values.sum() / count;
    let moment: f64 = values.iter().enumerate().map(|(i, v)| (i as f64 - middle) * v).sum();
    let slope = 12.0 * moment / (count * (count * count - 1.0)).max(1.0);
    values.iter().enumerate().map(|(i, v)| v - mean - slope * (i as f64 - middle)).collect()
}

fn minimum_entropy<T: Real>(
    history: &PhaseHistory<T>,
    voxels: &[Axis; 3],
    window: Window,
    iterations: usize,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Array1<f64>> {
    let [z, y, x] = voxels;
    let all = |pick: fn([f64; 3]) -> f64| -> Vec<f64> {
        let rows = z.iter().flat_map(|z| y.iter().map(move |y| [y, z]));
        rows.flat_map(|[y, z]| x.iter().map(move |x| pick([x, y, z]))).collect()
    };
    let rows = contributions(history, &[all(|p| p[0]), all(|p| p[1]), all(|p| p[2])], window)?;
    let mut phases = Array1::<f64>::zeros(rows.len());
    let mut image: Vec<C64> = vec![C64::default(); rows[0].len()];
    rows.iter().for_each(|row| image.iter_mut().zip(row).for_each(|(p, b)| *p += b));
    for iteration in 0..iterations as u64 {
        let total: f64 = image.iter().map(C64::norm_sqr).sum();
        if total <= 0.0 {
            return Err(Error::invalid("image", "holds nothing but zeros"));
        }
        // Σ I ln I lies above its tangent in I, which each phase in turn makes as great as it gets.
        let least = 1e-12 / image.len() as f64;
        let weights: Vec<f64> = image.iter().map(|p| (p.norm_sqr() / total).max(least).ln()).collect();
        let floor = weights.iter().fold(0.0_f64, |low, &w| low.min(w));
        for (row, phase) in rows.iter().zip(&mut phases) {
            let turn = C64::from_polar(1.0, -*phase);
            let others = row.iter().zip(&image).zip(&weights);
            let sum: C64 = others.map(|((b, p), w)| b * (p - b * turn).conj() * (w - floor)).sum();
            let new = if sum.norm() > 0.0 { sum.arg() } else { *phase };
            let change = C64::from_polar(1.0, -new) - turn;
            image.iter_mut().zip(row).for_each(|(p, b)| *p += b * change);
            *phase = new;
        }
        progress(iteration + 1);
    }
    Ok(phases)
}
