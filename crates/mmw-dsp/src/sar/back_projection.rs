//! Back-projection: the matched filter of every voxel, for any trajectory.

use super::chunks::each_chunk;
use super::scan::{PhaseHistory, Place};
use crate::fft::AxisFft;
use crate::lanes::same::{same, same_mut};
use crate::window::Window;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::math::{Elementary, sin_cos_of_turns};
use mmw_core::ndarray::{Array2, Array3, ArrayRef2, Axis as Dim};
use mmw_core::num_complex::Complex;
use mmw_core::simd::Level;
use mmw_core::{Axis, C64, DataArray3, Error, Real, Result, by_level, check};
use std::any::Any;
use std::f64::consts::TAU;
use std::fmt;

/// Profiles are sampled this many times as finely as their bandwidth asks for; a cubic through four samples
/// then errs by less than 3/128 (π/8)⁴ = 6e-4 of a line at the edge of the band, and less within it.
const OVERSAMPLING: usize = 8;

/// Voxels that are worked out together, so that they stay in the nearest cache.
pub(super) const TILE: usize = 256;

/// Positions whose profiles are held at once, a bound for the memory.
const BLOCK: usize = 64;

/// The image of every voxel of a grid, `[z, y, x]`: [`BackProjection`] of a history as a whole.
///
/// # Errors
/// Those of [`BackProjection::new`].
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::{Axis, C64};
/// use mmw_dsp::sar::{PhaseHistory, back_project};
/// use mmw_dsp::window::Window;
///
/// // A rail of 41 positions, and a point 10 cm to the right, half a metre ahead.
/// let rail: Vec<_> = (-20..=20).map(|i| [f64::from(i) * 1e-3, 0.0, 0.0]).collect();
/// let frequency = Axis::uniform("frequency", "Hz", 77e9, 50e6, 64)?;
/// let point = ([0.1, 0.0, 0.5], C64::new(1.0, 0.0));
/// let history = PhaseHistory::<f64>::of_points(&[point], rail.clone(), rail, frequency)?;
///
/// let z = Axis::uniform("z", "m", 0.4, 0.01, 21)?;
/// let x = Axis::uniform("x", "m", -0.2, 0.005, 81)?;
/// let image = back_project(&history, [z, Axis::explicit("y", "m", vec![0.0])?, x], Window::Rectangular)?;
/// let peak = image.map("magnitude", "", |z| z.norm()).peak().expect("not empty");
/// assert_eq!(peak.index, [10, 0, 60]);
/// assert!((peak.value / (41.0 * 64.0) - 1.0).abs() < 1e-3);
/// # Ok::<(), mmw_dsp::Error>(())
/// ```
pub fn back_project<T: Real>(
    history: &PhaseHistory<T>,
    voxels: [Axis; 3],
    window: Window,
) -> Result<DataArray3<Complex<T>>> {
    let mut sum = BackProjection::new(history.frequency(), voxels, window)?;
    sum.add(history, 0..history.samples().nrows())?;
    sum.image()
}

/// What makes the image of an echo of amplitude 1 have magnitude 1: one over the weights of all frequencies
/// of all echoes.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] without frequencies or echoes.
pub fn echo_scale(window: Window, frequencies: usize, echoes: usize) -> Result<f64> {
    check::at_least("echoes", echoes, 1)?;
    Ok(1.0 / (window.weights::<f64>(frequencies)?.sum() * echoes as f64))
}

/// An image by back-projection that grows with the positions.
///
/// ```text
/// p(v) = Σ_i Σ_n w_n s[i, n] exp(−j 2π f_n (|v − t_i| + |v − r_i|)/c)
/// ```
/// This is the matched filter in three dimensions: the correlation of the echoes with those of a point of
/// reflectivity 1 at `v`, `exp(+j 2π f_n (|v − t_i| + |v − r_i|)/c)`, and so what tells such a point from
/// white noise best, for any trajectory. What the path takes of the echo's strength is not part of the
/// reference: it hardly changes over an aperture. The inner sum is an inverse transform of the frequencies,
/// once for each position, interpolated at the length of the path; its error is below −65 dB of the
/// strongest echo.
pub struct BackProjection<T> {
    frequency: Axis,
    voxels: [Axis; 3],
    /// Coordinates of all voxels along x, y and z.
    places: [Vec<f64>; 3],
    compression: Compression<T>,
    image: Vec<Complex<T>>,
}

impl<T> fmt::Debug for BackProjection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackProjection").field("voxels", &self.voxels).finish_non_exhaustive()
    }
}

impl<T: Real> BackProjection<T> {
    /// An empty image with the axes z, y and x for echoes of these frequencies, which are weighted
    /// by a window.
    ///
    /// # Errors
    /// [`Error::TooFew`] for an axis without voxels, [`Error::Domain`] for more than 2^26 points of a
    /// profile; those of [`Window::weights`].
    pub fn new(frequency: &Axis, voxels: [Axis; 3], window: Window) -> Result<Self> {
        let [z, y, x] = &voxels;
        for (name, axis) in [("z", z), ("y", y), ("x", x)] {
            check::at_least(name, axis.len(), 1)?;
        }
        let all = |pick: fn(Place) -> f64| -> Vec<f64> {
            let rows = z.iter().flat_map(|z| y.iter().map(move |y| [y, z]));
            rows.flat_map(|[y, z]| x.iter().map(move |x| pick([x, y, z]))).collect()
        };
        let places = [all(|[x, _, _]| x), all(|[_, y, _]| y), all(|[_, _, z]| z)];
        let image = vec![Complex::new(T::zero(), T::zero()); places[0].len()];
        let compression = Compression::new(frequency, window)?;
        Ok(Self { frequency: frequency.clone(), voxels, places, compression, image })
    }

    /// Adds what some positions of a history contribute.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a history of other frequencies, [`Error::Domain`] for positions that it
    /// does not have.
    pub fn add(&mut self, history: &PhaseHistory<T>, positions: std::ops::Range<usize>) -> Result<()> {
        if *history.frequency() != self.frequency {
            return Err(Error::invalid("history", "has other frequencies than the image"));
        }
        let held = history.samples().nrows();
        check::in_range("positions", positions.end as f64, 0.0, held as f64)?;
        let ends: Vec<_> = history.places_m().skip(positions.start).take(positions.len()).collect();
        for (block, ends) in ends.chunks(BLOCK).enumerate() {
            let start = positions.start + block * BLOCK;
            let rows = history.samples().slice(mmw_core::ndarray::s![start..start + ends.len(), ..]);
            let profiles = self.compression.profiles(&rows)?;
            each_chunk(&mut self.image, TILE, Aim::<T>::default, |tile, voxels, aim| {
                let places = self.places.each_ref().map(|all| &all[tile * TILE..][..voxels.len()]);
                for (profile, ends) in profiles.outer_iter().zip(ends) {
                    let profile = profile.as_slice().unwrap_or_default();
                    self.compression.add(profile, *ends, places, voxels, aim);
                }
            });
        }
        Ok(())
    }

    /// The sum so far, `[z, y, x]`.
    ///
    /// # Errors
    /// None for an image that [`BackProjection::new`] accepted.
    pub fn image(self) -> Result<DataArray3<Complex<T>>> {
        let [z, y, x] = self.voxels.each_ref().map(Axis::len);
        let image = Array3::from_shape_vec((z, y, x), self.image);
        let image = image.map_err(|_| Error::invalid("voxels", "do not fill the grid"))?;
        DataArray3::new("image", "", image, self.voxels.to_vec())
    }
}

/// Range compression: profiles over the length of the path, and where in them a voxel lies.
pub(super) struct Compression<T> {
    fft: AxisFft<T>,
    /// Turns by which the transform of each point is moved so that the middle of the band has none.
    centre: Vec<Complex<T>>,
    turns_per_m: f64,
    cells_per_m: f64,
}

impl<T: Real> Compression<T> {
    pub(super) fn new(frequency: &Axis, window: Window) -> Result<Self> {
        let points = (OVERSAMPLING * frequency.len()).next_power_of_two();
        let fft = AxisFft::new(frequency.len(), points, window, false)?;
        let (step_hz, middle) = (frequency.step().unwrap_or_default(), frequency.len() / 2);
        let centre = (0..points).map(|cell| {
            let turn = C64::from_polar(1.0, TAU * ((cell * middle) % points) as f64 / points as f64);
            Complex::new(T::lit(turn.re), T::lit(turn.im))
        });
        Ok(Self {
            fft,
            centre: centre.collect(),
            turns_per_m: frequency.at(middle as f64) / SPEED_OF_LIGHT_M_S,
            cells_per_m: points as f64 * step_hz / SPEED_OF_LIGHT_M_S,
        })
    }

    /// `[position, cell]`, with one cell repeated before the first and two behind the last.
    pub(super) fn profiles(&self, rows: &ArrayRef2<Complex<T>>) -> Result<Array2<Complex<T>>> {
        let spectra = self.fft.process(rows, Dim(1))?;
        let points = self.centre.len();
        Ok(Array2::from_shape_fn((rows.nrows(), points + 3), |(row, place)| {
            let cell = (place + points - 1) % points;
            spectra[[row, cell]] * self.centre[cell]
        }))
    }

    /// Adds what a position contributes to each voxel.
    pub(super) fn add(
        &self,
        profile: &[Complex<T>],
        ends: (&Place, &Place),
        places: [&[f64]; 3],
        voxels: &mut [Complex<T>],
        aim: &mut Aim<T>,
    ) {
        let cells = self.centre.len() as f64;
        let scale = [self.turns_per_m, self.cells_per_m / cells, cells];
        let (level, [x, y, z]) = (Level::current(), places);
        let path = &mut aim.path[..voxels.len()];
        if ends.0 == ends.1 {
            walk_both(level, x, y, z, ends.0, path);
        } else {
            walk(level, x, y, z, [ends.0, ends.1], path);
        }
        let any: &mut dyn Any = aim;
        if let Some(aim) = any.downcast_mut::<Aim<f32>>() {
            let pair = (same(profile), same_mut(voxels));
            let (Some(profile), Some(voxels)) = pair else { return };
            project_f32(level, profile, scale, aim, voxels);
        } else if let Some(aim) = any.downcast_mut::<Aim<f64>>() {
            let pair = (same(profile), same_mut(voxels));
            let (Some(profile), Some(voxels)) = pair else { return };
            project_f64(level, profile, scale, aim, voxels);
        }
    }
}

/// How long the paths to the voxels of a tile are, where in a profile they lie, and what is made of it there.
#[derive(Debug)]
pub(super) struct Aim<T> {
    path: [f64; TILE],
    cell: [u32; TILE],
    /// What the path has beyond its cell, in cells, and beyond whole turns.
    share: [T; TILE],
    turns: [T; TILE],
    weights: [[T; TILE]; 4],
    re: [T; TILE],
    im: [T; TILE],
}

impl<T: Real> Default for Aim<T> {
    fn default() -> Self {
        let zero = [T::zero(); TILE];
        let (path, cell) = ([0.0; TILE], [0; TILE]);
        Self { path, cell, share: zero, turns: zero, weights: [zero; 4], re: zero, im: zero }
    }
}

by_level! {
    /// Out and back by different ways.
    fn walk(level: Level, x: &[f64], y: &[f64], z: &[f64], ends: [&Place; 2], path: &mut [f64]) {
        let [a, b] = ends;
        for (((path, x), y), z) in path.iter_mut().zip(x).zip(y).zip(z) {
            let leg = |end: &Place| {
                let [dx, dy, dz] = [x - end[0], y - end[1], z - end[2]];
                (dx * dx + dy * dy + dz * dz).sqrt()
            };
            *path = leg(a) + leg(b);
        }
    }
}

by_level! {
    fn walk_both(level: Level, x: &[f64], y: &[f64], z: &[f64], end: &Place, path: &mut [f64]) {
        for (((path, x), y), z) in path.iter_mut().zip(x).zip(y).zip(z) {
            let [dx, dy, dz] = [x - end[0], y - end[1], z - end[2]];
            *path = 2.0 * (dx * dx + dy * dy + dz * dz).sqrt();
        }
    }
}

/// The loops of [`Compression::add`], compiled for each kind of number and each level.
///
/// Paths and their cells and turns are in double precision: a path is thousands of wavelengths long. What is
/// left of a cell and of a turn is as precise as the image.
#[inline(always)]
fn project<T: Elementary>(
    profile: &[Complex<T>],
    scale: [f64; 3],
    aim: &mut Aim<T>,
    voxels: &mut [Complex<T>],
) {
    let ([turns_per_m, profiles_per_m, cells], Aim { path, cell, share, turns, weights, re, im }) =
        (scale, aim);
    for i in 0..TILE {
        let profiles = path[i] * profiles_per_m;
        let place = (profiles - profiles.floor()) * cells;
        let first = place.floor();
        cell[i] = first as u32;
        share[i] = T::lit(place - first);
        let whole = path[i] * turns_per_m;
        turns[i] = T::lit(whole - whole.floor());
    }
    let [a, b, c, d] = weights;
    for i in 0..TILE {
        // Lagrange's cubic through −1, 0, 1 and 2.
        let t = share[i];
        let (left, right, far) = (t + T::one(), t - T::one(), t - T::lit(2.0));
        let (inner, outer) = (T::lit(0.5) * left * far, t * right * T::lit(1.0 / 6.0));
        a[i] = -outer * far;
        b[i] = inner * right;
        c[i] = -inner * t;
        d[i] = outer * left;
        let (sin, cos) = sin_cos_of_turns(turns[i]);
        re[i] = cos;
        im[i] = -sin;
    }
    for i in 0..TILE {
        let from = profile.get(cell[i] as usize..).and_then(<[_]>::first_chunk);
        // No cell is beyond the profile.
        let Some([p, q, r, s]) = from else { continue };
        let value = (*p * a[i] + *q * b[i]) + (*r * c[i] + *s * d[i]);
        let value = value * Complex::new(re[i], im[i]);
        (re[i], im[i]) = (value.re, value.im);
    }
    for ((voxel, re), im) in voxels.iter_mut().zip(re).zip(im) {
        voxel.re += *re;
        voxel.im += *im;
    }
}

by_level! {
    fn project_f32(
        level: Level, profile: &[Complex<f32>], scale: [f64; 3], aim: &mut Aim<f32>, voxels: &mut [Complex<f32>],
    ) {
        project(profile, scale, aim, voxels);
    }
}

by_level! {
    fn project_f64(
        level: Level, profile: &[Complex<f64>], scale: [f64; 3], aim: &mut Aim<f64>, voxels: &mut [Complex<f64>],
    ) {
        project(profile, scale, aim, voxels);
    }
}
