//! Two-dimensional unwrapping of phase maps by least squares.

use crate::fft::AxisFft;
use crate::window::Window;
use mmw_core::ndarray::{Array2, ArrayRef2, Axis};
use mmw_core::{C64, Result, check};
use std::f64::consts::{PI, TAU};

/// The surface whose differences are nearest to the wrapped differences of a map of phases, brought back to
/// the phases by whole turns.
///
/// ```text
/// minimise Σ (φ_{i+1,j} − φ_{i,j} − W(ψ_{i+1,j} − ψ_{i,j}))² + Σ (φ_{i,j+1} − φ_{i,j} − W(ψ_{i,j+1} − ψ_{i,j}))²
/// ```
/// Poisson's equation with free edges, solved exactly by the discrete cosine transform: chapter 5 of
/// [^ghiglia]. The least-squares surface smooths over noise and inconsistencies instead of tracing a path
/// around them; adding the whole turns nearest to it to the wrapped map keeps every phase what it was. The
/// first phase of the map keeps its turn.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for an empty map, [`mmw_core::Error::NotFinite`] for NaN and infinities,
/// [`mmw_core::Error::Domain`] for an axis of more than 2^25 phases.
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array2, vitals::unwrap_map};
///
/// // A bowl of six turns.
/// let height = |i: usize, j: usize| 0.05 * (i as f64 - 20.0).powi(2) + 0.08 * (j as f64 - 15.0).powi(2);
/// let bowl = Array2::from_shape_fn((40, 30), |(i, j)| height(i, j));
/// let unwrapped = unwrap_map(&bowl.mapv(|p| C64::cis(p).arg()))?;
/// let offset = unwrapped[[0, 0]] - bowl[[0, 0]];
/// assert!((&unwrapped - &bowl).iter().all(|e| (e - offset).abs() < 1e-9));
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
///
/// [^ghiglia]: D. C. Ghiglia and M. D. Pritt, "Two-Dimensional Phase Unwrapping", 1998.
pub fn unwrap_map(phase_rad: &ArrayRef2<f64>) -> Result<Array2<f64>> {
    let (rows, columns) = phase_rad.dim();
    check::at_least("phase_rad", rows.min(columns), 1)?;
    check::all_finite("phase_rad", phase_rad)?;
    let wrapped = |a: f64, b: f64| {
        let step = b - a;
        step - TAU * (step / TAU).round()
    };
    let mut source = Array2::<f64>::zeros((rows, columns));
    for ((i, j), &here) in phase_rad.indexed_iter() {
        if i + 1 < rows {
            let step = wrapped(here, phase_rad[[i + 1, j]]);
            source[[i, j]] += step;
            source[[i + 1, j]] -= step;
        }
        if j + 1 < columns {
            let step = wrapped(here, phase_rad[[i, j + 1]]);
            source[[i, j]] += step;
            source[[i, j + 1]] -= step;
        }
    }
    let mut spectrum = mirrored_transform(&source)?;
    let eigenvalue = |k: usize, n: usize| 2.0 * (PI * k as f64 / n as f64).cos() - 2.0;
    for ((k, l), z) in spectrum.indexed_iter_mut() {
        let value = eigenvalue(k, rows) + eigenvalue(l, columns);
        *z = if (k, l) == (0, 0) { C64::default() } else { *z / value };
    }
    let smooth = mirrored_back(&spectrum, (rows, columns))?;
    // The surface is free up to a constant: the one on which most phases agree.
    let offset = phase_rad.iter().zip(&smooth).map(|(p, s)| C64::cis(p - s)).sum::<C64>().arg();
    let turns = |(p, s): (&f64, &f64)| ((s + offset - p) / TAU).round();
    let first = phase_rad.iter().zip(&smooth).map(turns).next().unwrap_or_default();
    let mut unwrapped = phase_rad.to_owned();
    for (phase, smooth) in unwrapped.iter_mut().zip(&smooth) {
        *phase += TAU * (turns((phase, smooth)) - first);
    }
    check::all_finite("phase_rad", &unwrapped)?;
    Ok(unwrapped)
}

/// The Fourier transform of the map mirrored about its far edges: the cosine transform, up to phases.
fn mirrored_transform(map: &Array2<f64>) -> Result<Array2<C64>> {
    let (rows, columns) = map.dim();
    let mirror = |i: usize, n: usize| if i < n { i } else { 2 * n - 1 - i };
    let whole = Array2::from_shape_fn((2 * rows, 2 * columns), |(i, j)| {
        C64::from(map[[mirror(i, rows), mirror(j, columns)]])
    });
    both_ways(&whole)
}

/// The upper left quarter of the inverse transform of a spectrum whose map is real.
fn mirrored_back(spectrum: &Array2<C64>, (rows, columns): (usize, usize)) -> Result<Array2<f64>> {
    // The inverse by the forward transform of the conjugate.
    let map = both_ways(&spectrum.mapv(|z| z.conj()))?;
    let scale = 1.0 / (4.0 * rows as f64 * columns as f64);
    Ok(Array2::from_shape_fn((rows, columns), |(i, j)| scale * map[[i, j]].re))
}

fn both_ways(map: &Array2<C64>) -> Result<Array2<C64>> {
    let (rows, columns) = map.dim();
    let plan = |n: usize| AxisFft::<f64>::new(n, n, Window::Rectangular, false);
    plan(rows)?.process(&plan(columns)?.process(map, Axis(1))?, Axis(0))
}
