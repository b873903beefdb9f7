//! Angle maps by the beamformer.

use super::power::check_powers;
use crate::board::rows_along;
use crate::fmcw::Fmcw;
use crate::tdm::{Calibration, DopplerCompensation, PhaseDecoder};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::{Direction, dot};
use mmw_core::ndarray::{Array2, ArrayRef3, ArrayView2, Zip, s};
use mmw_core::{Axis, C32, C64, DataArray2, Error, Result, check};

/// Elements of an array that lie in one line across the scanned angle, with their steering products.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) elements: Vec<usize>,
    /// `conj(s_i) s_j` for each pair `i > j`, `[angle, pair]`.
    products: Array2<C32>,
}

/// Plan of the angle maps of one waveform and array: grids, steering vectors, Doppler compensation.
///
/// # Examples
/// ```
/// use mmw_dsp::{Fmcw, FmcwConfig, forms::AngleMaps, mmw_core::C32, ndarray::Array3};
///
/// let fmcw = Fmcw::new(FmcwConfig { chirps: 8, samples: 16, ..FmcwConfig::iwr1843() })?;
/// let maps = AngleMaps::new(&fmcw, 91, 31, 8)?;
/// let spectrum = Array3::from_elem((12, 16, 8), C32::new(1.0, 0.0));
/// let map = maps.range_azimuth(&spectrum)?;
/// assert_eq!(map.data().dim(), (16, 91));
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct AngleMaps {
    pub(super) range: Axis,
    pub(super) velocity: Axis,
    pub(super) azimuth: Axis,
    pub(super) elevation: Axis,
    compensation: Array2<C32>,
    decoder: Option<PhaseDecoder>,
    pub(super) rows: Vec<Line>,
    pub(super) columns: Vec<Line>,
    pub(super) tensor: Grid,
    pub(super) array: AntennaArray,
    pub(super) wavelength_m: f64,
}

/// The directions of the tensor.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) azimuth: Axis,
    pub(super) elevation: Axis,
    /// Steering vectors, `[elevation · azimuth, channel]`.
    pub(super) steering: Array2<C32>,
}

impl Grid {
    fn new(array: &AntennaArray, wavelength_m: f64, azimuths: usize, elevations: usize) -> Result<Self> {
        let azimuth = angle_axis("azimuth", std::f64::consts::FRAC_PI_2, azimuths)?;
        let elevation = angle_axis("elevation", TENSOR_ELEVATION_RAD, elevations)?;
        let directions: Vec<Direction> = elevation
            .iter()
            .flat_map(|el| azimuth.iter().map(move |az| Direction::new(az, el)))
            .collect::<Result<_>>()?;
        let steering = array.steering_matrix(&directions, wavelength_m)?.mapv(narrow);
        Ok(Self { azimuth, elevation, steering })
    }
}

/// Directions of the tensor: fewer than the maps have, for the tensor has a cell for each pair and velocity.
const TENSOR_AZIMUTHS: usize = 33;
const TENSOR_ELEVATIONS: usize = 9;
/// Greatest elevation of the tensor's grid, rad (60 degrees).
const TENSOR_ELEVATION_RAD: f64 = std::f64::consts::FRAC_PI_3;

impl AngleMaps {
    /// Plans maps of `azimuths` and `elevations` angles, from -90 to +90 degrees, of spectra
    /// `[channel, range, doppler]` with the range bins of the waveform and `doppler_fft` shifted
    /// Doppler bins.
    ///
    /// # Errors
    /// [`Error::Missing`] when the antenna layout is unknown; [`Error::TooFew`] for fewer than 2 angles, or
    /// when `doppler_fft` is below the number of chirps.
    pub fn new(fmcw: &Fmcw, azimuths: usize, elevations: usize, doppler_fft: usize) -> Result<Self> {
        let array = fmcw.virtual_array().ok_or_else(|| {
            Error::missing("antenna layout", "angles need the places of the antennas: name the board")
        })?;
        let quarter_turn = std::f64::consts::FRAC_PI_2;
        let azimuth = angle_axis("azimuth", quarter_turn, azimuths)?;
        let elevation = angle_axis("elevation", quarter_turn, elevations)?;
        let wavelength_m = fmcw.wavelength_m();
        let compensation = DopplerCompensation::<f32>::new(fmcw, doppler_fft)?;
        let across = |axis: &Axis, azimuthal: bool| -> Result<Vec<Direction>> {
            axis.iter()
                .map(|angle| if azimuthal { Direction::new(angle, 0.0) } else { Direction::new(0.0, angle) })
                .collect()
        };
        Ok(Self {
            range: fmcw.range_axis(fmcw.config().samples)?,
            velocity: fmcw.velocity_axis(doppler_fft)?,
            compensation: Array2::from_shape_fn([fmcw.channels(), doppler_fft], |(channel, bin)| {
                compensation.factor(channel, bin)
            }),
            decoder: compensation.decoder().cloned(),
            rows: lines(array, 0, &across(&azimuth, true)?, wavelength_m)?,
            columns: lines(array, 2, &across(&elevation, false)?, wavelength_m)?,
            tensor: Grid::new(array, wavelength_m, TENSOR_AZIMUTHS, TENSOR_ELEVATIONS)?,
            azimuth,
            elevation,
            array: array.clone(),
            wavelength_m,
        })
    }

    /// Power over range and azimuth `[range, azimuth]`, summed over velocity and elevation. A plane wave
    /// from the horizon reads, at its azimuth, its power in one channel summed over the Doppler bins. A row
    /// of antennas measures a cone: a wave from elevation `el` shows at `asin(cos el · sin az)`.
    ///
    /// # Errors
    /// [`Error::Shape`] for a spectrum of another shape; [`Error::TooFew`] when no two antennas lie in a row;
    /// [`Error::NotFinite`] for NaN or infinity, [`Error::Invalid`] when a power overflows.
    pub fn range_azimuth(&self, spectrum: &ArrayRef3<C32>) -> Result<DataArray2<f32>> {
        check::at_least("antennas in a row", self.rows.len(), 1)?;
        let data = self.scan(spectrum, &self.rows, self.azimuth.len())?;
        DataArray2::new("range-azimuth power", "", data, vec![self.range.clone(), self.azimuth.clone()])
    }

    /// Power over range and elevation `[range, elevation]`, summed over velocity and azimuth.
    ///
    /// # Errors
    /// [`Error::Shape`] for a spectrum of another shape; [`Error::TooFew`] when no two antennas lie above
    /// each other: such an array does not see elevation; [`Error::NotFinite`] and [`Error::Invalid`] as
    /// [`AngleMaps::range_azimuth`].
    pub fn range_elevation(&self, spectrum: &ArrayRef3<C32>) -> Result<DataArray2<f32>> {
        check::at_least("antennas above each other", self.columns.len(), 1)?;
        let data = self.scan(spectrum, &self.columns, self.elevation.len())?;
        DataArray2::new("range-elevation power", "", data, vec![self.range.clone(), self.elevation.clone()])
    }

    /// The same maps with another grid of the tensor: `azimuths` from -90 to +90 and `elevations` from -60 to
    /// +60 degrees, in place of 33 and 9.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 2 angles.
    pub fn with_tensor_angles(mut self, azimuths: usize, elevations: usize) -> Result<Self> {
        self.tensor = Grid::new(&self.array, self.wavelength_m, azimuths, elevations)?;
        Ok(self)
    }

    pub(super) fn check_shape(&self, spectrum: &ArrayRef3<C32>) -> Result<()> {
        let (channels, dopplers) = self.compensation.dim();
        check::same_shape("spectrum", &[channels, self.range.len(), dopplers], spectrum.shape())
    }

    /// Makes the channels alike once transmitters that send together are told apart.
    pub(crate) fn weighted(mut self, calibration: Option<&Calibration>) -> Result<Self> {
        let channels = self.compensation.nrows();
        if let Some(calibration) = calibration {
            self.decoder =
                self.decoder.map(|decoder| decoder.weighted(calibration.weights(), channels)).transpose()?;
        }
        Ok(self)
    }

    /// The cells of one range, `[channel, doppler]`, with the motion between transmitters taken out.
    pub(super) fn compensated(&self, spectrum: &ArrayRef3<C32>, range: usize) -> Array2<C32> {
        let mut cells = &spectrum.slice(s![.., range, ..]) * &self.compensation;
        if let Some(decoder) = &self.decoder {
            for mut cell in cells.columns_mut() {
                let mut channels = cell.to_vec();
                decoder.apply(&mut channels);
                cell.iter_mut().zip(channels).for_each(|(x, value)| *x = value);
            }
        }
        cells
    }

    /// The channels of one cell, as [`AngleMaps::compensated`].
    pub(super) fn compensated_cell(
        &self,
        spectrum: &ArrayRef3<C32>,
        range: usize,
        doppler: usize,
    ) -> Vec<C32> {
        let cells = spectrum.slice(s![.., range, doppler]);
        let factors = self.compensation.column(doppler);
        let mut channels: Vec<C32> = cells.iter().zip(factors).map(|(z, factor)| z * factor).collect();
        if let Some(decoder) = &self.decoder {
            decoder.apply(&mut channels);
        }
        channels
    }

    /// Powers of the lines' beams at every angle, `[range, angle]`, summed over lines and Doppler bins.
    fn scan(&self, spectrum: &ArrayRef3<C32>, lines: &[Line], angles: usize) -> Result<Array2<f32>> {
        self.check_shape(spectrum)?;
        let mut map = Array2::zeros((self.range.len(), angles));
        let weight: usize = lines.iter().map(|line| line.elements.len().pow(2)).sum();
        let scale = 1.0 / weight.max(1) as f32;
        for (range, mut powers) in map.outer_iter_mut().enumerate() {
            let cells = self.compensated(spectrum, range);
            for line in lines {
                let (trace, pairs) = line_covariance(cells.view(), &line.elements);
                Zip::from(&mut powers).and(line.products.rows()).for_each(|p, products| {
                    let cross: f32 =
                        products.iter().zip(&pairs).map(|(s, r)| s.re * r.re - s.im * r.im).sum();
                    let power = trace + 2.0 * cross;
                    // Rounding may leave a null slightly below zero; `max` would make zero of NaN too.
                    *p += if power < 0.0 { 0.0 } else { scale * power };
                });
            }
        }
        check_powers(spectrum, map.iter())?;
        Ok(map)
    }
}

/// Trace and the products `x_i conj(x_j)`, `i > j`, summed over Doppler.
fn line_covariance(cells: ArrayView2<'_, C32>, elements: &[usize]) -> (f32, Vec<C32>) {
    let mut trace = 0.0;
    let mut pairs = Vec::with_capacity(elements.len() * elements.len().saturating_sub(1) / 2);
    for (i, &a) in elements.iter().enumerate() {
        let first = cells.row(a);
        trace += first.iter().map(|z| z.norm_sqr()).sum::<f32>();
        for &b in &elements[..i] {
            let second = cells.row(b);
            pairs.push(first.iter().zip(&second).map(|(x, y)| x * y.conj()).sum());
        }
    }
    (trace, pairs)
}

/// Groups of two or more elements that differ only along `axis` (0 for rows along x, 2 for columns along z).
fn lines(
    array: &AntennaArray,
    axis: usize,
    directions: &[Direction],
    wavelength_m: f64,
) -> Result<Vec<Line>> {
    let places = array.positions_m();
    let tolerance_m = wavelength_m / 100.0;
    let mut groups = rows_along(places, axis, tolerance_m);
    let spread = |group: &[usize]| {
        let along = |&e: &usize| places[e][axis];
        let low = group.iter().map(along).fold(f64::INFINITY, f64::min);
        let high = group.iter().map(along).fold(f64::NEG_INFINITY, f64::max);
        high - low > tolerance_m
    };
    groups.retain(|group| spread(group));
    let waves = directions.iter().map(|d| d.wave_vector(wavelength_m)).collect::<Result<Vec<_>>>()?;
    let line = |elements: Vec<usize>| {
        let pairs: Vec<(usize, usize)> =
            (0..elements.len()).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
        // Steering vectors of the beat signal are conj(a): conj(s_i) s_j = a_i conj(a_j).
        let products = Array2::from_shape_fn((waves.len(), pairs.len()), |(angle, pair)| {
            let (i, j) = pairs[pair];
            let phase = dot(waves[angle], places[elements[i]]) - dot(waves[angle], places[elements[j]]);
            narrow(C64::from_polar(1.0, phase))
        });
        Line { elements, products }
    };
    Ok(groups.into_iter().map(line).collect())
}

fn angle_axis(name: &'static str, limit_rad: f64, points: usize) -> Result<Axis> {
    check::at_least(name, points, 2)?;
    Axis::uniform(name, "rad", -limit_rad, 2.0 * limit_rad / (points - 1) as f64, points)
}

fn narrow(z: C64) -> C32 {
    C32::new(z.re as f32, z.im as f32)
}
