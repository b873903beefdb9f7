//! Back-projection: the matched filter of every voxel, for any trajectory.

use super::chunks::each_chunk;
use super::scan::{PhaseHistory, Place, distance};
use crate::fft::AxisFft;
use crate::window::Window;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::math::sin_cos_of_turns;
use mmw_core::ndarray::{Array2, Array3, ArrayRef2, Axis as Dim};
use mmw_core::num_complex::Complex;
use mmw_core::simd::Level;
use mmw_core::{Axis, C64, DataArray3, Error, Real, Result, by_level, check};
use rustfft::FftNum;
use std::f64::consts::TAU;

/// Profiles are sampled this many times as finely as their bandwidth asks for; a cubic through four samples then errs
/// by less than 3/128 (π/8)⁴ = 6e-4 of a line at the edge of the band, and less within it.
const OVERSAMPLING: usize = 8;

/// Voxels that are worked out together, so that they stay in the nearest cache.
const TILE: usize = 512;

/// Positions whose profiles are held at once, a bound for the memory.
const BLOCK: usize = 64;

/// The image of every voxel of a grid, `[z, y, x]`.
///
/// ```text
/// p(v) = Σ_i Σ_n w_n s[i, n] exp(−j 2π f_n (|v − t_i| + |v − r_i|)/c)
/// ```
/// The inner sum is an inverse transform of the frequencies, once for each position, interpolated at the length of the
/// path; its error is below −65 dB of the strongest echo.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for an axis without voxels, [`mmw_core::Error::Domain`] for more than 2^26 points of a
/// profile; those of [`Window::weights`].
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
pub fn back_project<T: Real + FftNum>(
    history: &PhaseHistory<T>,
    voxels: [Axis; 3],
    window: Window,
) -> Result<DataArray3<Complex<T>>> {
    let [z, y, x] = &voxels;
    for (name, axis) in [("z", z), ("y", y), ("x", x)] {
        check::at_least(name, axis.len(), 1)?;
    }
    let places: Vec<Place> =
        z.iter().flat_map(|z| y.iter().flat_map(move |y| x.iter().map(move |x| [x, y, z]))).collect();
    let mut image = vec![Complex::new(T::zero(), T::zero()); places.len()];
    let compression = Compression::new(history, window)?;
    let (samples, ends): (_, Vec<_>) = (history.samples(), history.places_m().collect());
    for (rows, ends) in samples.axis_chunks_iter(Dim(0), BLOCK).zip(ends.chunks(BLOCK)) {
        let profiles = compression.profiles(&rows)?;
        each_chunk(
            &mut image,
            TILE,
            || (),
            |tile, voxels, ()| {
                let places = &places[tile * TILE..][..voxels.len()];
                for (profile, (transmitter, receiver)) in profiles.outer_iter().zip(ends) {
                    compression.add(
                        profile.as_slice().unwrap_or_default(),
                        [transmitter, receiver],
                        places,
                        voxels,
                    );
                }
            },
        );
    }
    let image = Array3::from_shape_vec((z.len(), y.len(), x.len()), image);
    let image = image.map_err(|_| Error::invalid("voxels", "do not fill the grid"))?;
    DataArray3::new("image", "", image, voxels.to_vec())
}

/// Range compression: profiles over the length of the path, and where in them a voxel lies.
struct Compression<T: Real + FftNum> {
    fft: AxisFft<T>,
    /// Turns by which the transform of each point is moved so that the middle of the band has none.
    centre: Vec<Complex<T>>,
    turns_per_m: f64,
    cells_per_m: f64,
}

impl<T: Real + FftNum> Compression<T> {
    fn new(history: &PhaseHistory<T>, window: Window) -> Result<Self> {
        let frequency = history.frequency();
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
    fn profiles(&self, rows: &ArrayRef2<Complex<T>>) -> Result<Array2<Complex<T>>> {
        let spectra = self.fft.process(rows, Dim(1))?;
        let points = self.centre.len();
        Ok(Array2::from_shape_fn((rows.nrows(), points + 3), |(row, place)| {
            let cell = (place + points - 1) % points;
            spectra[[row, cell]] * self.centre[cell]
        }))
    }

    /// Adds what a position contributes to each voxel.
    fn add(&self, profile: &[Complex<T>], ends: [&Place; 2], places: &[Place], voxels: &mut [Complex<T>]) {
        let mut aim = Aim { cell: [0.0; TILE], re: [0.0; TILE], im: [0.0; TILE] };
        let scale = [self.turns_per_m, self.cells_per_m, 1.0 / self.centre.len() as f64];
        take_aim(Level::current(), places, ends, scale, &mut aim);
        for (i, voxel) in voxels.iter_mut().enumerate() {
            let cell = aim.cell[i].max(0.0);
            let start = cell as usize;
            let Some([a, b, c, d]) = profile.get(start..).and_then(<[_]>::first_chunk) else { continue };
            let t = T::lit(cell - start as f64);
            let [one, two, half] = [1.0, 2.0, 0.5].map(T::lit);
            let (left, right) = (t + one, t - one);
            let (far, third) = (t - two, T::lit(1.0 / 6.0));
            let value = (*b * (left * right) - *c * (left * t)) * (far * half)
                + (*d * left - *a * far) * (t * right * third);
            *voxel += value * Complex::new(T::lit(aim.re[i]), T::lit(aim.im[i]));
        }
    }
}

/// Where in a profile the voxels of a tile lie, and their phasors.
struct Aim {
    cell: [f64; TILE],
    re: [f64; TILE],
    im: [f64; TILE],
}

by_level! {
    fn take_aim(level: Level, places: &[Place], ends: [&Place; 2], scale: [f64; 3], aim: &mut Aim) {
        let [turns_per_m, cells_per_m, per_cells] = scale;
        let [transmitter, receiver] = ends;
        let phasors = aim.re.iter_mut().zip(&mut aim.im);
        for ((place, cell), (re, im)) in places.iter().zip(&mut aim.cell).zip(phasors) {
            let path_m = distance(place, transmitter) + distance(place, receiver);
            let turns = path_m * cells_per_m * per_cells;
            *cell = (turns - turns.floor()) / per_cells;
            let (sin, cos) = sin_cos_of_turns(path_m * turns_per_m);
            (*re, *im) = (cos, -sin);
        }
    }
}
