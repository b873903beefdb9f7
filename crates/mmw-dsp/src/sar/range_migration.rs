//! Range migration: the image of a planar scan through its spectrum of plane waves.

use super::chunks::each_chunk;
use super::gridding::{Placed, Quad, Tones, TonesScratch};
use super::lane_migration::{Job, LaneMigration, LaneScratch};
use super::scan::{PlanarScan, uniform};
use super::transpose::transpose;
use super::waves::{Reach, Waves};
use crate::window::{MAX_LEN, Window};
use mmw_core::fourier::Transform;
use mmw_core::ndarray::Array3;
use mmw_core::num_complex::Complex;
use mmw_core::{Axis, C64, DataArray3, Error, Real, Result, check};
use std::any::Any;
use std::f64::consts::FRAC_PI_4;
use std::fmt;

/// How a planar scan is imaged.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct RangeMigrationConfig {
    /// Distances of the image from the aperture, m: a uniform rising axis above 0.
    pub z: Axis,
    /// Voxels along y and x, in the steps of the scan and with its middle.
    pub voxels: [usize; 2],
    /// Points of the transforms along y and x, at least the positions and the voxels. From the sum of both
    /// on, nothing that lies beyond one edge comes in at the other.
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
/// The source's `p = IFFT₃ Stolt FFT₂ s*`, with two differences. Stolt's interpolation from `k` to `k_z` and
/// the transform over `k_z` are one sum over tones of uneven frequencies, which a fast transform takes at any
/// `z` without an error of interpolation. And each wave has the weight that makes the image that of
/// [`super::back_project`]: the spectrum of `exp(+j 2k R)` over the plane, but for terms of `1/(k_z z)` (the
/// derivative of Weyl's integral by `k`). A scan of one row is imaged in its plane, where the spectrum is
/// `(1 + j)/√2 · 2k √z/k_z^{3/2}` (stationary phase). Waves that come from farther aside than the transforms
/// have room for are left out.
///
/// # Fused
/// With `f32`, AVX-512 and transforms of a power of two of points, from 8 to 4096, the transforms run in
/// lanes, and multiply and add with one rounding: the image differs from that of other processors by less
/// than 1e-5 of its peak. On any number of threads it has the same bits.
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::{Axis, C64};
/// use mmw_dsp::sar::{PhaseHistory, PlanarScan, RangeMigration, RangeMigrationConfig};
/// use mmw_dsp::window::Window;
///
/// // A rail of 41 positions, and a point 2 cm to the right, half a metre ahead.
/// let x = Axis::uniform("x", "m", -0.02, 1e-3, 41)?;
/// let rail: Vec<_> = x.iter().map(|x| [x, 0.0, 0.0]).collect();
/// let frequency = Axis::uniform("frequency", "Hz", 77e9, 50e6, 64)?;
/// let point = ([0.02, 0.0, 0.5], C64::new(1.0, 0.0));
/// let history = PhaseHistory::<f64>::of_points(&[point], rail.clone(), rail, frequency)?;
/// let scan = PlanarScan::from_history(history, Axis::explicit("y", "m", vec![0.0])?, x)?;
///
/// let z = Axis::uniform("z", "m", 0.4, 0.01, 21)?;
/// let config = RangeMigrationConfig { z, voxels: [1, 81], points: [1, 128], window: Window::Rectangular };
/// let image = RangeMigration::new(config, 64)?.image(&scan)?;
/// let peak = image.map("magnitude", "", |z| z.norm()).peak().expect("not empty");
/// assert_eq!(peak.index, [10, 0, 60]);
/// # Ok::<(), mmw_dsp::Error>(())
/// ```
pub struct RangeMigration<T> {
    forward: [Transform<T>; 2],
    inverse: [Transform<T>; 2],
    tones: Tones<T>,
    weights: Vec<T>,
    pub(super) lanes: Option<LaneMigration>,
    config: RangeMigrationConfig,
}

impl<T> fmt::Debug for RangeMigration<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RangeMigration").field("config", &self.config).finish_non_exhaustive()
    }
}

impl<T: Real> RangeMigration<T> {
    /// For scans of so many frequencies.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no voxels, fewer points than voxels or an axis without distances,
    /// [`Error::Invalid`] for distances that are not uniform, [`Error::Domain`] for a distance not above 0 or
    /// more than 2^26 points, and those of [`Window::weights`].
    pub fn new(config: RangeMigrationConfig, frequencies: usize) -> Result<Self> {
        check::at_least("z", config.z.len(), 1)?;
        uniform("z", &config.z)?;
        check::positive("z", config.z.coordinate(0).unwrap_or_default())?;
        let [rows, columns] = config.points;
        for (points, voxels) in config.points.into_iter().zip(config.voxels) {
            check::at_least("voxels", voxels, 1)?;
            check::at_least("points", points, voxels)?;
            check::in_range("points", points as f64, 1.0, MAX_LEN as f64)?;
        }
        let weights = config.window.weights::<T>(frequencies)?.to_vec();
        let tones = Tones::new(config.z.len());
        Ok(Self {
            forward: [rows, columns].map(|len| Transform::forward(len)),
            inverse: [rows, columns].map(|len| Transform::inverse(len)),
            lanes: LaneMigration::new(config.points, tones.grid()),
            tones,
            weights,
            config,
        })
    }

    /// The image, `[z, y, x]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for a scan of another number of frequencies, or of more positions than the transforms
    /// have points.
    pub fn image(&self, scan: &PlanarScan<T>) -> Result<DataArray3<Complex<T>>> {
        self.image_with_scratch(scan, &mut RangeMigrationScratch::default())
    }

    /// The same in memory that is kept for the next scan.
    ///
    /// # Errors
    /// As [`RangeMigration::image`].
    pub fn image_with_scratch(
        &self,
        scan: &PlanarScan<T>,
        scratch: &mut RangeMigrationScratch<T>,
    ) -> Result<DataArray3<Complex<T>>> {
        let (scan_rows, scan_columns, frequencies) = scan.samples().dim();
        check::same_len("frequency", self.weights.len(), frequencies)?;
        let [rows, columns] = self.config.points;
        if scan_rows > rows || scan_columns > columns {
            return Err(Error::shape("scan", &[rows, columns], &[scan_rows, scan_columns]));
        }
        let [y, x] = [("y", scan.y(), 0), ("x", scan.x(), 1)]
            .map(|(name, axis, dim)| centred(name, axis, self.config.voxels[dim]));
        let axes = vec![self.config.z.clone(), y?, x?];
        let planes = match self.in_lanes(scan, scratch)? {
            Some(planes) => planes,
            None => {
                self.across(scan, &mut scratch.across);
                self.lines(scan, &scratch.across, &mut scratch.lines)?;
                self.planes(scan, &scratch.lines)?
            }
        };
        let [rows, columns] = self.config.voxels;
        let planes = Array3::from_shape_vec((self.config.z.len(), rows, columns), planes);
        let planes = planes.map_err(|_| Error::invalid("image", "does not fill its axes"))?;
        DataArray3::new("image", "", planes, axes)
    }

    /// `[z, y, x]`, where kind of number, lengths and processor allow it.
    #[cfg(target_arch = "x86_64")]
    fn in_lanes(
        &self,
        scan: &PlanarScan<T>,
        scratch: &mut RangeMigrationScratch<T>,
    ) -> Result<Option<Vec<Complex<T>>>> {
        use crate::lanes::avx512::Avx512;
        let (plan, scan, scratch): (&dyn Any, &dyn Any, &mut dyn Any) = (self, scan, scratch);
        let scratch = scratch.downcast_mut::<RangeMigrationScratch<f32>>();
        let plan = plan.downcast_ref::<RangeMigration<f32>>();
        let (Some(plan), Some(scan), Some(scratch)) = (plan, scan.downcast_ref(), scratch) else {
            return Ok(None);
        };
        let (Some(stages), Some(lanes)) = (&plan.lanes, Avx512::detect()) else { return Ok(None) };
        let planes = stages.image(lanes, &plan.job(scan)?, &mut scratch.lanes);
        let planes: Box<dyn Any> = Box::new(planes);
        Ok(planes.downcast().ok().map(|planes| *planes))
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn in_lanes(
        &self,
        _: &PlanarScan<T>,
        _: &mut RangeMigrationScratch<T>,
    ) -> Result<Option<Vec<Complex<T>>>> {
        Ok(None)
    }

    fn waves(&self, scan: &PlanarScan<T>) -> Result<(Waves, Reach)> {
        let RangeMigrationConfig { z, voxels, points, .. } = &self.config;
        Ok((Waves::new(scan, z, *points, self.tones.grid())?, Reach::new(scan, z, *voxels, *points)?))
    }

    /// `[y, k_x, frequency]`.
    fn across(&self, scan: &PlanarScan<T>, across: &mut Vec<Complex<T>>) {
        let (rows, positions, frequencies) = scan.samples().dim();
        let columns = self.config.points[1];
        across.resize(rows * columns * frequencies, zero());
        let samples = scan.samples().as_standard_layout();
        let samples = samples.as_slice().unwrap_or_default();
        let memory = || Block::new(frequencies * columns, &self.forward[1]);
        each_chunk(across, columns * frequencies, memory, |y, to, block| {
            let echoes = &samples[y * positions * frequencies..][..positions * frequencies];
            if positions < columns {
                block.data.fill(zero());
            }
            transpose(echoes, frequencies, &mut block.data, columns, |n, z| z.conj() * self.weights[n]);
            self.forward[1].process(&mut block.data, &mut block.scratch);
            transpose(&block.data, columns, to, frequencies, |_, z| z);
        });
    }

    /// `[±k_x, z, y]`, both signs of each `k_x` together.
    fn lines(&self, scan: &PlanarScan<T>, across: &[Complex<T>], lines: &mut Vec<Complex<T>>) -> Result<()> {
        let ([rows, columns], frequencies) = (self.config.points, self.weights.len());
        let (depth, voxels) = (self.config.z.len(), self.config.voxels[0]);
        let (waves, reach) = self.waves(scan)?;
        let start = beside(scan.y().len(), voxels, rows);
        lines.resize((columns / 2 + 1) * 2 * depth * voxels, zero());
        let block = || vec![zero(); frequencies * rows];
        let memory = || Work {
            echoes: block(),
            quad: Quad { blocks: [block(), block()], placed: Placed::default() },
            images: [vec![zero(); depth * rows], vec![zero(); depth * rows]],
            fft: vec![zero(); self.forward[0].scratch_len().max(self.inverse[0].scratch_len())],
            tones: vec![],
            turns: [vec![], vec![]],
            shares: vec![],
            scratch: self.tones.scratch(),
        };
        each_chunk(lines, 2 * depth * voxels, memory, |j, to, work| {
            let across_m = waves.across([0, j]);
            if !waves.arrive(across_m) || reach.beyond(across_m) {
                return to.fill(zero());
            }
            let mirrored = (columns - j) % columns;
            for (column, block) in [j, mirrored].into_iter().zip(&mut work.quad.blocks) {
                let filled = scan.y().len() * frequencies;
                for (to, row) in
                    work.echoes.chunks_exact_mut(frequencies).zip(across.chunks_exact(columns * frequencies))
                {
                    to.copy_from_slice(&row[column * frequencies..][..frequencies]);
                }
                if scan.y().len() < rows {
                    block.fill(zero());
                }
                transpose(&work.echoes[..filled], frequencies, block, rows, |_, z| z);
                self.forward[0].process(block, &mut work.fft);
            }
            for i in 0..=rows / 2 {
                self.quad(&waves, &reach, [i, j], work);
            }
            for (image, to) in work.images.iter_mut().zip(to.chunks_exact_mut(depth * voxels)) {
                self.inverse[0].process(image, &mut work.fft);
                for (to, row) in to.chunks_exact_mut(voxels).zip(image.chunks_exact(rows)) {
                    let turned = row[start..].iter().chain(row);
                    to.iter_mut().zip(turned).for_each(|(to, z)| *to = *z);
                }
            }
        });
        Ok(())
    }

    /// The lines along z of `(±k_x, ±k_y)`, which have the same tones.
    fn quad(&self, waves: &Waves, reach: &Reach, [i, j]: [usize; 2], work: &mut Work<T>) {
        let rows = self.config.points[0];
        let across = waves.across([i, j]);
        let pair = [i, (rows - i) % rows];
        if !waves.arrive(across) || reach.beyond(across) {
            let lines = work.images.iter_mut().flat_map(|image| image.chunks_exact_mut(rows));
            lines.for_each(|line| pair.iter().for_each(|&row| line[row] = zero()));
            return;
        }
        let [re, im] = &mut work.turns;
        let first = waves.tones(across[0].hypot(across[1]), &mut work.tones, [&mut *re, &mut *im]);
        self.tones.place(&work.tones, &mut work.quad.placed);
        self.tones.spread(&mut work.quad, [re, im], pair, rows, first);
        let limited = reach.shares(across, &mut work.shares);
        for which in 0..4 {
            let (image, row) = (&mut work.images[which / 2], pair[which % 2]);
            let shares = &work.shares;
            self.tones.sum(&work.quad.placed, which, &mut work.scratch, |m, z| {
                image[m * rows + row] = if limited { z * T::lit(shares[m]) } else { z };
            });
        }
    }

    /// What the conjugate sum over the waves is multiplied by, at each distance.
    fn factors(&self, scan: &PlanarScan<T>) -> Result<Vec<Complex<T>>> {
        let [rows, columns] = self.config.points;
        let flat = rows > 1 && columns > 1;
        let area = [(rows, scan.y()), (columns, scan.x())].into_iter().filter(|(points, _)| *points > 1);
        let area = area.map(|(_, axis)| uniform("step", axis)).product::<Result<f64>>()?;
        let phase = if flat { -C64::i() } else { C64::from_polar(1.0, -FRAC_PI_4) };
        let factors = self.config.z.iter().map(|z_m| {
            let factor = phase * (if flat { z_m } else { z_m.sqrt() } / (area * (rows * columns) as f64));
            Complex::new(T::lit(factor.re), T::lit(factor.im))
        });
        Ok(factors.collect())
    }

    /// `[z, y, x]`.
    fn planes(&self, scan: &PlanarScan<T>, lines: &[Complex<T>]) -> Result<Vec<Complex<T>>> {
        let (columns, depth) = (self.config.points[1], self.config.z.len());
        let [high, wide] = self.config.voxels;
        let start = beside(scan.x().len(), wide, columns);
        let factors = self.factors(scan)?;
        let mut planes = vec![zero(); depth * high * wide];
        let memory = || (vec![zero(); columns * high], Block::new(columns * high, &self.inverse[1]));
        each_chunk(&mut planes, high * wide, memory, |m, to, (plane, block)| {
            for (j, column) in plane.chunks_exact_mut(high).enumerate() {
                let (pair, second) = if j <= columns / 2 { (j, 0) } else { (columns - j, 1) };
                column.copy_from_slice(&lines[((2 * pair + second) * depth + m) * high..][..high]);
            }
            transpose(plane, high, &mut block.data, columns, |_, z| z);
            self.inverse[1].process(&mut block.data, &mut block.scratch);
            for (to, row) in to.chunks_exact_mut(wide).zip(block.data.chunks_exact(columns)) {
                let turned = row[start..].iter().chain(row);
                to.iter_mut().zip(turned).for_each(|(to, z)| *to = z.conj() * factors[m]);
            }
        });
        Ok(planes)
    }
}

impl RangeMigration<f32> {
    /// For the stages in lanes.
    pub(super) fn job<'a>(&'a self, scan: &'a PlanarScan<f32>) -> Result<Job<'a>> {
        let ([rows, columns], [high, wide]) = (self.config.points, self.config.voxels);
        let (waves, reach) = self.waves(scan)?;
        Ok(Job {
            scan,
            weights: &self.weights,
            tones: &self.tones,
            waves,
            reach,
            voxels: [self.config.z.len(), high, wide],
            start: [beside(scan.y().len(), high, rows), beside(scan.x().len(), wide, columns)],
            factors: self.factors(scan)?,
        })
    }
}

/// The memory of [`RangeMigration::image_with_scratch`]: of any plan, and of the size of its last scan.
#[derive(Debug, Clone, Default)]
pub struct RangeMigrationScratch<T> {
    across: Vec<Complex<T>>,
    lines: Vec<Complex<T>>,
    lanes: LaneScratch,
}

/// Data of some transforms, and what they need beside it.
struct Block<T> {
    data: Vec<Complex<T>>,
    scratch: Vec<Complex<T>>,
}

impl<T: Real> Block<T> {
    fn new(len: usize, fft: &Transform<T>) -> Self {
        Self { data: vec![zero(); len], scratch: vec![zero(); fft.scratch_len()] }
    }
}

/// Memory of one thread.
struct Work<T> {
    echoes: Vec<Complex<T>>,
    quad: Quad<T>,
    /// `[z, k_y]` of both signs of `k_x`.
    images: [Vec<Complex<T>>; 2],
    fft: Vec<Complex<T>>,
    tones: Vec<f64>,
    turns: [Vec<f64>; 2],
    shares: Vec<f64>,
    scratch: TonesScratch<T>,
}

/// Voxels in the steps of an axis and with its middle, to half a step.
fn centred(name: &'static str, axis: &Axis, voxels: usize) -> Result<Axis> {
    let step = uniform(name, axis)?;
    let start = axis.coordinate(0).unwrap_or_default() + first_voxel(axis.len(), voxels) as f64 * step;
    Axis::uniform(name, "m", start, step, voxels)
}

/// Steps from the first position to the first voxel.
fn first_voxel(positions: usize, voxels: usize) -> isize {
    (positions as isize - voxels as isize).div_euclid(2)
}

/// The same in a transform that begins with the first position.
fn beside(positions: usize, voxels: usize, points: usize) -> usize {
    first_voxel(positions, voxels).rem_euclid(points as isize) as usize
}

fn zero<T: Real>() -> Complex<T> {
    Complex::new(T::zero(), T::zero())
}
