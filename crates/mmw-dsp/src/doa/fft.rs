//! Angle FFT: the spectrum over direction cosines of arrays on a grid.

use super::direction_of_cosines;
use super::layout::{Cell, Layout, MAX_FFT, cis_turns};
use mmw_core::antenna::AntennaArray;
use mmw_core::fourier::Transform;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array2, ArrayRef1, ArrayRef2, ArrayView1};
use mmw_core::num_complex::Complex;
use mmw_core::{Axis, DataArray2, Real, Result, check};

/// Beamforming of one snapshot to all bins of a grid in direction cosines, by FFT.
///
/// ```text
/// P[i, j] = | 1/C Σ_c x_c exp(+j 2π/λ (u_j x_c + w_i z_c)) |²
/// ```
/// The conventional beamformer `|aᴴ x|²` of [^krim], for `C` occupied cells of a grid in x and
/// z; an echo of amplitude A reads A² in its direction. Empty cells are zero and channels that share a cell
/// are averaged, so the 12 channels of an IWR1843 are a row of 8 and, above columns 2 to 5, a row of 4.
///
/// Bins are uniform in the cosines `u = cos el · sin az` and `w = sin el`, not in angle: the azimuth of a bin
/// depends on its elevation. The axes are therefore `w` and `u`, each from about `−λ/2d` to `λ/2d` with zero
/// at index `fft_len / 2`; [`AngleFft::direction`] gives angles, exactly. Bins with `u² + w² > 1` (spacings
/// below λ/2, and corners) hold no direction; spacings above λ/2 fold what lies beyond `λ/2d` back.
///
/// # Examples
/// ```
/// use mmw_core::{geometry::Direction, ndarray::Array2};
/// use mmw_dsp::{Fmcw, FmcwConfig, doa::{AngleFft, snapshot_of}};
///
/// let fmcw = Fmcw::new(FmcwConfig::iwr1843())?;
/// let array = fmcw.virtual_array().expect("the board is known");
/// let fft = AngleFft::<f64>::new(array, fmcw.wavelength_m(), 64, 16)?;
/// let truth = Direction::new(0.3, 0.1)?;
/// let x = snapshot_of(array, fmcw.wavelength_m(), truth)?;
///
/// let mut spectrum = Array2::zeros(fft.shape());
/// fft.spectrum_into(x.as_slice().expect("contiguous"), &mut fft.scratch(), &mut spectrum)?;
/// let found = fft.strongest(&spectrum)?.expect("a peak ahead");
/// assert!((found.azimuth_rad - 0.3).abs() < 0.02 && (found.elevation_rad - 0.1).abs() < 0.08);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^krim]: H. Krim and M. Viberg, "Two decades of array signal processing research", IEEE Signal Process.
/// Mag., vol. 13, no. 4, pp. 67-94, 1996.
#[derive(Clone)]
pub struct AngleFft<T> {
    /// Row, column and weight of each channel.
    cells: Vec<Cell<T>>,
    rows: usize,
    azimuth: Transform<T>,
    elevation: Elevation<T>,
    u: Axis,
    w: Axis,
}

/// How rows are combined.
#[derive(Clone)]
enum Elevation<T> {
    /// Few rows: one factor per bin and row, `[bin][row]`. For up to four rows it beats an FFT over
    /// mostly zeros.
    Direct(Vec<Complex<T>>),
    Fft(Transform<T>),
}

/// Most rows that are combined directly.
const DIRECT_ROWS: usize = 4;

/// Memory of [`AngleFft::spectrum_into`], from [`AngleFft::scratch`].
#[derive(Debug, Clone)]
pub struct AngleFftScratch<T> {
    grid: Vec<Complex<T>>,
    columns: Vec<Complex<T>>,
    fft: Vec<Complex<T>>,
}

impl<T> std::fmt::Debug for AngleFft<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AngleFft").field("u", &self.u).field("w", &self.w).finish_non_exhaustive()
    }
}

impl<T: Real> AngleFft<T> {
    /// Plans for the channels of `array`, in their order, zero-padded to `azimuth_fft` and `elevation_fft`.
    ///
    /// # Errors
    /// [`mmw_core::Error::Invalid`] unless all elements lie on a uniform grid in x and z, at one y;
    /// [`mmw_core::Error::TooFew`] when a transform is shorter than the grid, [`mmw_core::Error::Domain`]
    /// above 65,536 points or for a wavelength that is not finite and above zero.
    pub fn new(
        array: &AntennaArray,
        wavelength_m: f64,
        azimuth_fft: usize,
        elevation_fft: usize,
    ) -> Result<Self> {
        check::positive("wavelength_m", wavelength_m)?;
        check::in_range("azimuth_fft", azimuth_fft as f64, 1.0, MAX_FFT)?;
        check::in_range("elevation_fft", elevation_fft as f64, 1.0, MAX_FFT)?;
        let layout = Layout::of(array.positions_m())?;
        check::at_least("azimuth_fft", azimuth_fft, layout.columns())?;
        check::at_least("elevation_fft", elevation_fft, layout.rows())?;
        let rows = layout.rows();
        let elevation = if rows <= DIRECT_ROWS {
            let factor = |bin: usize, row: usize| cis_turns::<T>(bin * row, elevation_fft);
            let factors = (0..elevation_fft).flat_map(|bin| (0..rows).map(move |row| factor(bin, row)));
            Elevation::Direct(factors.collect())
        } else {
            Elevation::Fft(Transform::inverse(elevation_fft))
        };
        Ok(Self {
            cells: layout.cells(azimuth_fft, elevation_fft),
            rows,
            azimuth: Transform::inverse(azimuth_fft),
            elevation,
            u: cosine_axis("u", wavelength_m, layout.x.spacing_m, azimuth_fft)?,
            w: cosine_axis("w", wavelength_m, layout.z.spacing_m, elevation_fft)?,
        })
    }

    /// The axis of direction cosines along x.
    #[must_use]
    pub fn u_axis(&self) -> &Axis {
        &self.u
    }

    /// The axis of direction cosines along z.
    #[must_use]
    pub fn w_axis(&self) -> &Axis {
        &self.w
    }

    /// Shape of the spectrum, `(elevation_fft, azimuth_fft)`: rows `w`, columns `u`.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        (self.w.len(), self.u.len())
    }

    /// Memory for [`AngleFft::spectrum_into`].
    #[must_use]
    pub fn scratch(&self) -> AngleFftScratch<T> {
        let zero = Complex::new(T::zero(), T::zero());
        let (elevation_fft, azimuth_fft) = self.shape();
        let (columns, elevation) = match &self.elevation {
            Elevation::Direct(_) => (0, 0),
            Elevation::Fft(fft) => (elevation_fft * azimuth_fft, fft.scratch_len()),
        };
        AngleFftScratch {
            grid: vec![zero; self.rows * azimuth_fft],
            columns: vec![zero; columns],
            fft: vec![zero; self.azimuth.scratch_len().max(elevation)],
        }
    }

    /// Power of the snapshot `channels` in every bin, `[w, u]`; allocates nothing.
    ///
    /// # Errors
    /// [`mmw_core::Error::Shape`] unless there is one value per channel, `spectrum` has [`AngleFft::shape`]
    /// and `scratch` is from this plan; [`mmw_core::Error::NotFinite`]; [`mmw_core::Error::Domain`] when a
    /// power overflows.
    pub fn spectrum_into(
        &self,
        channels: &[Complex<T>],
        scratch: &mut AngleFftScratch<T>,
        spectrum: &mut ArrayRef2<T>,
    ) -> Result<()> {
        let (elevation_fft, azimuth_fft) = self.shape();
        check::same_len("channels", self.cells.len(), channels.len())?;
        check::same_shape("spectrum", &[elevation_fft, azimuth_fft], spectrum.shape())?;
        check::same_len("scratch", self.rows * azimuth_fft, scratch.grid.len())?;
        let view = ArrayView1::from(channels);
        check::all_finite_complex("channels", &view)?;
        self.check_overflow(&view)?;
        let zero = Complex::new(T::zero(), T::zero());
        scratch.grid.fill(zero);
        for (cell, &x) in self.cells.iter().zip(channels) {
            let at = &mut scratch.grid[cell.row * azimuth_fft + cell.column];
            *at += x * cell.weight;
        }
        check::at_least("scratch", scratch.fft.len(), self.azimuth.scratch_len())?;
        self.azimuth.process(&mut scratch.grid, &mut scratch.fft);
        match &self.elevation {
            Elevation::Direct(factors) => {
                for (mut out, factors) in spectrum.rows_mut().into_iter().zip(factors.chunks_exact(self.rows))
                {
                    combine(&scratch.grid, azimuth_fft, factors, out.iter_mut());
                }
            }
            Elevation::Fft(fft) => {
                check::same_len("scratch", elevation_fft * azimuth_fft, scratch.columns.len())?;
                check::at_least("scratch", scratch.fft.len(), fft.scratch_len())?;
                scratch.columns.fill(zero);
                for (row, values) in scratch.grid.chunks_exact(azimuth_fft).enumerate() {
                    for (j, &value) in values.iter().enumerate() {
                        scratch.columns[j * elevation_fft + row] = value;
                    }
                }
                fft.process(&mut scratch.columns, &mut scratch.fft);
                for ((i, j), out) in spectrum.indexed_iter_mut() {
                    *out = scratch.columns[j * elevation_fft + i].norm_sqr();
                }
            }
        }
        Ok(())
    }

    /// The spectrum of one snapshot with its axes `w` and `u`.
    ///
    /// # Errors
    /// As [`AngleFft::spectrum_into`].
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{C32, antenna::AntennaArray};
    /// use mmw_dsp::doa::AngleFft;
    ///
    /// let row = AntennaArray::uniform_linear(4, 2e-3)?;
    /// let spectrum = AngleFft::<f32>::new(&row, 4e-3, 8, 1)?.spectrum(&[C32::new(3.0, 0.0); 4])?;
    /// // Straight ahead, an echo of amplitude 3 has power 9; u runs from -1 to 3/4.
    /// assert_eq!(spectrum.data()[[0, 4]], 9.0);
    /// assert_eq!(spectrum.axes()[1].coordinate(0), Some(-1.0));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn spectrum(&self, channels: &[Complex<T>]) -> Result<DataArray2<T>> {
        let mut spectrum = Array2::zeros(self.shape());
        self.spectrum_into(channels, &mut self.scratch(), &mut spectrum)?;
        DataArray2::new("angle spectrum", "", spectrum, vec![self.w.clone(), self.u.clone()])
    }

    /// The direction of a (fractional) row and column; `None` where no wave comes from.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::antenna::AntennaArray;
    /// use mmw_dsp::doa::AngleFft;
    ///
    /// let fft = AngleFft::<f64>::new(&AntennaArray::uniform_linear(8, 2e-3)?, 4e-3, 64, 1)?;
    /// let right = fft.direction(0.0, 48.0).expect("u = 1/2");
    /// assert!((right.azimuth_rad - 0.5_f64.asin()).abs() < 1e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn direction(&self, row: f64, column: f64) -> Option<Direction> {
        direction_of_cosines(self.u.at(column), self.w.at(row))
    }

    /// The direction of the greatest bin that holds one, to a bin; [`super::SingleTarget`] takes it from
    /// there. `None` when no bin does.
    ///
    /// # Errors
    /// [`mmw_core::Error::Shape`] when `spectrum` is not of [`AngleFft::shape`].
    pub fn strongest(&self, spectrum: &ArrayRef2<T>) -> Result<Option<Direction>> {
        let (elevation_fft, azimuth_fft) = self.shape();
        check::same_shape("spectrum", &[elevation_fft, azimuth_fft], spectrum.shape())?;
        let mut best = None;
        for ((i, j), &power) in spectrum.indexed_iter() {
            if best.is_none_or(|(greatest, _)| power > greatest) {
                best = self.direction(i as f64, j as f64).map(|direction| (power, direction)).or(best);
            }
        }
        Ok(best.map(|(_, direction)| direction))
    }

    /// No bin exceeds `√2` times the greatest part of a channel before it is squared.
    fn check_overflow(&self, channels: &ArrayRef1<Complex<T>>) -> Result<()> {
        let peak = channels.iter().fold(T::zero(), |m, z| {
            let part = num_traits::Float::max(num_traits::Float::abs(z.re), num_traits::Float::abs(z.im));
            num_traits::Float::max(m, part)
        });
        let limit = 0.25 * <T as num_traits::Float>::max_value().as_f64().sqrt();
        check::in_range("greatest channel value", peak.as_f64(), 0.0, limit)?;
        Ok(())
    }
}

/// `out[j] = |Σ_r factors[r] grid[r, j]|²`.
fn combine<'a, T: Real>(
    grid: &[Complex<T>],
    columns: usize,
    factors: &[Complex<T>],
    out: impl Iterator<Item = &'a mut T>,
) {
    match (factors, grid.split_at(columns.min(grid.len()))) {
        ([_], _) => out.zip(grid).for_each(|(out, z)| *out = z.norm_sqr()),
        ([_, f], (first, second)) => {
            // The factor of row zero is one.
            let pairs = first.iter().zip(second);
            out.zip(pairs).for_each(|(out, (a, b))| *out = (*a + *b * *f).norm_sqr());
        }
        _ => out.enumerate().for_each(|(j, out)| {
            let column = grid.iter().skip(j).step_by(columns);
            let zero = Complex::new(T::zero(), T::zero());
            *out = column.zip(factors).fold(zero, |sum, (z, f)| sum + *z * *f).norm_sqr();
        }),
    }
}

/// Bins of an FFT across elements `spacing_m` apart: `u = λ/(N d) · (index − N/2)`.
fn cosine_axis(name: &'static str, wavelength_m: f64, spacing_m: Option<f64>, len: usize) -> Result<Axis> {
    // A single row or column looks alike in all bins; they are spread over all directions.
    let spacing_m = spacing_m.unwrap_or(0.5 * wavelength_m);
    let step = wavelength_m / (len as f64 * spacing_m);
    Axis::uniform(name, "", -((len / 2) as f64) * step, step, len)
}
