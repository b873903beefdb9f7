//! Range migration: the image of a planar scan through its spectrum of plane waves.

use super::chunks::each_chunk;
use super::gridding::{Tones, TonesScratch};
use super::scan::{PlanarScan, uniform};
use crate::window::{MAX_LEN, Window};
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::math::sin_cos_of_turns;
use mmw_core::ndarray::{Array3, Axis as Dim};
use mmw_core::num_complex::Complex;
use mmw_core::{Axis, C64, DataArray3, Error, Real, Result, check};
use rustfft::{Fft, FftNum, FftPlanner};
use std::f64::consts::FRAC_PI_4;
use std::fmt;
use std::sync::Arc;

/// How a planar scan is imaged.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeMigrationConfig {
    /// Distances of the image from the aperture, m: a uniform rising axis above 0.
    pub z: Axis,
    /// Points of the transforms along y and x, at least the positions: more give voxels beside the aperture, and keep
    /// what lies beyond one edge from coming in at the other.
    pub points: [usize; 2],
    /// Weights of the frequencies.
    pub window: Window,
}

/// The plan of an image by range migration.
///
/// ```text
/// S(k_x, k_y, k) = FFT₂ s*(x, y, k)
/// p*(x, y, z) = j z FFT₂⁻¹ Σ_k w S (2k/k_z²) exp(+j k_z z),   k_z = √(4k² − k_x² − k_y²)
/// ```
/// The source's `p = IFFT₃ Stolt FFT₂ s*`, with two differences. Stolt's interpolation from `k` to `k_z` and the
/// transform over `k_z` are one sum over tones of uneven frequencies, which a fast transform takes at any `z` without an
/// error of interpolation. And each wave has the weight that makes the image that of [`super::back_project`]: the
/// spectrum of `exp(−j 2k R)` over the plane, but for terms of `1/(k_z z)` (the derivative of Weyl's integral by `k`). A
/// scan of one row is imaged in its plane, where the spectrum is `(1 + j)/√2 · 2k √z/k_z^{3/2}` (stationary phase).
pub struct RangeMigration<T: Real + FftNum> {
    forward: [Arc<dyn Fft<T>>; 2],
    inverse: [Arc<dyn Fft<T>>; 2],
    tones: Tones<T>,
    weights: Vec<T>,
    config: RangeMigrationConfig,
}

impl<T: Real + FftNum> fmt::Debug for RangeMigration<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RangeMigration").field("config", &self.config).finish_non_exhaustive()
    }
}

impl<T: Real + FftNum> RangeMigration<T> {
    /// For scans of so many frequencies.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no points or an axis without distances, [`Error::Invalid`] for distances that are not
    /// uniform, [`Error::Domain`] for a distance not above 0 or more than 2^26 points, and those of
    /// [`Window::weights`].
    pub fn new(config: RangeMigrationConfig, frequencies: usize) -> Result<Self> {
        check::at_least("z", config.z.len(), 1)?;
        uniform("z", &config.z)?;
        check::positive("z", config.z.coordinate(0).unwrap_or_default())?;
        let [rows, columns] = config.points;
        for points in config.points {
            check::at_least("points", points, 1)?;
            check::in_range("points", points as f64, 1.0, MAX_LEN as f64)?;
        }
        let weights = config.window.weights::<T>(frequencies)?.to_vec();
        let mut planner = FftPlanner::new();
        Ok(Self {
            forward: [planner.plan_fft_forward(rows), planner.plan_fft_forward(columns)],
            inverse: [planner.plan_fft_inverse(rows), planner.plan_fft_inverse(columns)],
            tones: Tones::new(config.z.len()),
            weights,
            config,
        })
    }

    /// The image, `[z, y, x]`: x and y go on beyond the positions of the scan by the same step where the transforms
    /// have more points.
    ///
    /// # Errors
    /// [`Error::Shape`] for a scan of another number of frequencies, or of more positions than the transforms have
    /// points.
    pub fn image(&self, scan: &PlanarScan<T>) -> Result<DataArray3<Complex<T>>> {
        let (scan_rows, scan_columns, frequencies) = scan.samples().dim();
        check::same_len("frequency", self.weights.len(), frequencies)?;
        let [rows, columns] = self.config.points;
        if scan_rows > rows || scan_columns > columns {
            return Err(Error::shape("scan", &[rows, columns], &[scan_rows, scan_columns]));
        }
        let spectrum = self.spectrum(scan);
        let planes = self.planes(scan, &spectrum)?;
        let planes = Array3::from_shape_vec((self.config.z.len(), rows, columns), planes);
        let planes = planes.map_err(|_| Error::invalid("image", "does not fill its axes"))?;
        let long = |axis: &Axis, name: &'static str, points: usize| {
            Axis::uniform(name, "m", axis.coordinate(0).unwrap_or_default(), uniform(name, axis)?, points)
        };
        let axes = vec![self.config.z.clone(), long(scan.y(), "y", rows)?, long(scan.x(), "x", columns)?];
        DataArray3::new("image", "", planes, axes)
    }

    /// `[frequency, k_y, k_x]`.
    fn spectrum(&self, scan: &PlanarScan<T>) -> Vec<Complex<T>> {
        let [rows, columns] = self.config.points;
        let mut spectrum = vec![zero(); self.weights.len() * rows * columns];
        each_chunk(
            &mut spectrum,
            rows * columns,
            || vec![zero(); rows * columns],
            |n, plane, work| {
                let weight = self.weights[n];
                for (to, from) in plane.chunks_exact_mut(columns).zip(scan.samples().outer_iter()) {
                    to.iter_mut().zip(from.index_axis(Dim(1), n)).for_each(|(to, z)| *to = z.conj() * weight);
                }
                transform(&self.forward, plane, work);
            },
        );
        spectrum
    }

    /// `[z, y, x]`.
    fn planes(&self, scan: &PlanarScan<T>, spectrum: &[Complex<T>]) -> Result<Vec<Complex<T>>> {
        let [rows, columns] = self.config.points;
        let (depth, plane) = (self.config.z.len(), rows * columns);
        let (step_y, step_x) = (uniform("y", scan.y())?, uniform("x", scan.x())?);
        let waves = Waves::new(scan, &self.config, self.tones.grid())?;
        // Row by row: `[k_y, k_x, z]`.
        let mut lines = vec![zero(); plane * depth];
        each_chunk(
            &mut lines,
            columns * depth,
            || self.work(),
            |i, row, work| {
                let across_y = cycles(i, rows) / step_y;
                for (j, line) in row.chunks_exact_mut(depth).enumerate() {
                    let across_x = cycles(j, columns) / step_x;
                    let square = T::lit(across_y * across_y + across_x * across_x);
                    let values = spectrum[i * columns + j..].iter().step_by(plane);
                    waves.tones(square, values, &mut work.list);
                    self.tones.sum(work.list.iter().copied(), &mut work.scratch, line);
                }
            },
        );
        let flat = rows > 1 && columns > 1;
        let area = if rows > 1 { step_y } else { 1.0 } * if columns > 1 { step_x } else { 1.0 };
        let phase = if flat { C64::i() } else { C64::from_polar(1.0, FRAC_PI_4) };
        let mut planes = vec![zero(); plane * depth];
        each_chunk(
            &mut planes,
            plane,
            || vec![zero(); plane],
            |m, to, work| {
                let z_m = self.config.z.at(m as f64);
                let weight = phase * (if flat { z_m } else { z_m.sqrt() } / (area * plane as f64));
                let weight = Complex::new(T::lit(weight.re), T::lit(weight.im));
                to.iter_mut().zip(lines[m..].iter().step_by(depth)).for_each(|(to, z)| *to = *z);
                transform(&self.inverse, to, work);
                to.iter_mut().for_each(|z| *z = (*z * weight).conj());
            },
        );
        Ok(planes)
    }

    fn work(&self) -> Work<T> {
        Work { list: vec![], scratch: self.tones.scratch() }
    }
}

/// Memory of one thread.
struct Work<T> {
    list: Vec<(T, Complex<T>)>,
    scratch: TonesScratch<T>,
}

/// The plane waves of a scan, in cycles a metre: `2f/c` by frequency, and what they are along z.
struct Waves<T> {
    cycles_per_m: Vec<T>,
    /// Distance of the middle of the image, m.
    middle_m: T,
    /// Points of the grid of tones in a cycle a metre.
    grid: T,
    /// Whether the scan is a plane, not a line.
    flat: bool,
    /// Waves less steep than this, in cycles a metre, do not arrive.
    least: T,
}

impl<T: Real + FftNum> Waves<T> {
    fn new(scan: &PlanarScan<T>, config: &RangeMigrationConfig, grid: usize) -> Result<Self> {
        let step_m = uniform("z", &config.z)?;
        let middle_m = config.z.at((config.z.len() / 2) as f64);
        let cycles_per_m =
            scan.frequency().iter().map(|frequency_hz| T::lit(2.0 * frequency_hz / SPEED_OF_LIGHT_M_S));
        let cycles_per_m: Vec<T> = cycles_per_m.collect();
        let most = cycles_per_m.last().copied().unwrap_or_default();
        Ok(Self {
            cycles_per_m,
            middle_m: T::lit(middle_m),
            grid: T::lit(step_m * grid as f64),
            flat: config.points.iter().all(|&points| points > 1),
            least: most * T::lit(1e-3),
        })
    }

    /// The tones along z of one pair of cycles across, whose squares add up to `square`.
    fn tones<'a>(
        &self,
        square: T,
        spectrum: impl Iterator<Item = &'a Complex<T>>,
        list: &mut Vec<(T, Complex<T>)>,
    ) {
        list.clear();
        for (&cycles, &value) in self.cycles_per_m.iter().zip(spectrum) {
            let along = (cycles * cycles - square).max(T::zero()).sqrt();
            if along <= self.least {
                continue;
            }
            let turns = (along * self.middle_m).as_f64();
            let (sin, cos) = sin_cos_of_turns(turns);
            let turn = Complex::new(T::lit(cos), T::lit(sin));
            let steepness = if self.flat { along * along } else { along * along.sqrt() };
            list.push((along * self.grid, value * turn * (cycles / steepness)));
        }
    }
}

/// Cycles over all points of a bin of a transform.
fn cycles(bin: usize, points: usize) -> f64 {
    let signed = if 2 * bin < points { bin as f64 } else { bin as f64 - points as f64 };
    signed / points as f64
}

fn zero<T: Real>() -> Complex<T> {
    Complex::new(T::zero(), T::zero())
}

/// Both transforms of a plane of rows.
fn transform<T: Real + FftNum>(
    [along_y, along_x]: &[Arc<dyn Fft<T>>; 2],
    plane: &mut [Complex<T>],
    work: &mut [Complex<T>],
) {
    let (rows, columns) = (along_y.len(), along_x.len());
    along_x.process(plane);
    transpose(plane, columns, work);
    along_y.process(work);
    transpose(work, rows, plane);
}

/// Rows of `columns` values into columns, by blocks that fit the nearest cache.
fn transpose<T: Copy>(from: &[T], columns: usize, to: &mut [T]) {
    const SIDE: usize = 16;
    let rows = from.len() / columns;
    for i0 in (0..rows).step_by(SIDE) {
        for j0 in (0..columns).step_by(SIDE) {
            for i in i0..rows.min(i0 + SIDE) {
                for j in j0..columns.min(j0 + SIDE) {
                    to[j * rows + i] = from[i * columns + j];
                }
            }
        }
    }
}
