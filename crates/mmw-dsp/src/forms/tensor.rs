//! The tensor of range, velocity, elevation and azimuth by the beamformer, whole or where it is asked for.

use super::angle_maps::AngleMaps;
use super::power::check_powers;
use mmw_core::ndarray::{Array1, Array2, Array3, Array4, ArrayRef1, ArrayRef2, ArrayRef3, Zip, s};
use mmw_core::{Axis, C32, DataArray2, DataArray3, DataArray4, Error, Result};

/// The tensor of a spectrum, of which a value, a cell, a range or a direction is computed when it is asked
/// for.
///
/// ```text
/// P[r, v, el, az] = |Σ_c s_c(el, az) x[c, r, v] c_c(v)|² / C²
/// ```
/// with the steering vector `s`, the compensation `c` of the motion between transmitters, and `C` channels: a
/// wave of unit power in each channel has the power 1 in its direction. It holds a spectrum and a plan and
/// nothing else. A frame of 256 ranges and 128 velocities takes 39 MB whole with 33 azimuths and 9
/// elevations, and 1.4 GB with 181 and 61.
///
/// | method | shape | beams |
/// | --- | --- | --- |
/// | [`LazyTensor::value`] | one number | 1 |
/// | [`LazyTensor::cell`] | `[elevation, azimuth]` | elevations times azimuths |
/// | [`LazyTensor::direction`] | `[range, velocity]` | ranges times velocities |
/// | [`LazyTensor::range`] | `[velocity, elevation, azimuth]` | all of one range |
/// | [`LazyTensor::dense`] | `[range, velocity, elevation, azimuth]` | all |
///
/// # Examples
/// ```
/// use mmw_dsp::{Fmcw, FmcwConfig, forms::AngleMaps, mmw_core::C32, ndarray::Array3};
///
/// let fmcw = Fmcw::new(FmcwConfig { chirps: 8, samples: 16, ..FmcwConfig::iwr1843() })?;
/// let maps = AngleMaps::new(&fmcw, 91, 31, 8)?.with_tensor_angles(181, 61)?;
/// // The same in all channels and without motion: a wave from ahead.
/// let mut spectrum = Array3::from_elem((12, 16, 8), C32::ZERO);
/// spectrum.slice_mut(mmw_dsp::ndarray::s![.., 5, 4]).fill(C32::new(0.0, 2.0));
///
/// let tensor = maps.lazy_tensor(&spectrum)?;
/// assert_eq!(tensor.shape(), [16, 8, 61, 181]);
/// assert!((tensor.value([5, 4, 30, 90])? - 4.0).abs() < 1e-5);
/// let angles = tensor.cell([5, 4])?;
/// assert_eq!(angles.data().dim(), (61, 181));
/// assert_eq!(angles.peak().map(|peak| peak.index), Some(vec![30, 90]));
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LazyTensor<'a> {
    maps: &'a AngleMaps,
    spectrum: &'a ArrayRef3<C32>,
}

impl AngleMaps {
    /// The tensor of a spectrum `[channel, range, doppler]`, of which nothing is computed yet.
    ///
    /// # Errors
    /// [`Error::Shape`] for a spectrum of another shape.
    pub fn lazy_tensor<'a>(&'a self, spectrum: &'a ArrayRef3<C32>) -> Result<LazyTensor<'a>> {
        self.check_shape(spectrum)?;
        Ok(LazyTensor { maps: self, spectrum })
    }

    /// The whole tensor, power over `[range, velocity, elevation, azimuth]`, each cell beamformed with all
    /// channels. 33 azimuths from -90 to +90 and 9 elevations from -60 to +60 degrees, or those of
    /// [`AngleMaps::with_tensor_angles`].
    ///
    /// # Errors
    /// [`Error::Shape`] for a spectrum of another shape; [`Error::NotFinite`] and [`Error::Invalid`] as
    /// [`AngleMaps::range_azimuth`].
    pub fn tensor(&self, spectrum: &ArrayRef3<C32>) -> Result<DataArray4<f32>> {
        self.lazy_tensor(spectrum)?.dense()
    }
}

impl LazyTensor<'_> {
    /// Range, velocity, elevation and azimuth.
    #[must_use]
    pub fn axes(&self) -> [&Axis; 4] {
        [&self.maps.range, &self.maps.velocity, &self.maps.tensor.elevation, &self.maps.tensor.azimuth]
    }

    /// `[range, velocity, elevation, azimuth]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 4] {
        self.axes().map(Axis::len)
    }

    /// The power at one index.
    ///
    /// # Errors
    /// [`Error::Domain`] for an index outside of the shape; [`Error::NotFinite`] for NaN or infinity in the
    /// spectrum, where it takes part; [`Error::Invalid`] when a power overflows.
    pub fn value(&self, [range, velocity, elevation, azimuth]: [usize; 4]) -> Result<f32> {
        self.check([Some(range), Some(velocity), Some(elevation), Some(azimuth)])?;
        let channels = self.maps.compensated_cell(self.spectrum, range, velocity);
        let power = self.power_of(&channels, self.angle(elevation, azimuth));
        check_powers(self.spectrum, std::iter::once(&power))?;
        Ok(power)
    }

    /// Power over `[elevation, azimuth]` at one range and velocity.
    ///
    /// # Errors
    /// As [`LazyTensor::value`].
    pub fn cell(&self, [range, velocity]: [usize; 2]) -> Result<DataArray2<f32>> {
        self.check([Some(range), Some(velocity), None, None])?;
        let channels = self.maps.compensated_cell(self.spectrum, range, velocity);
        let [_, _, elevations, azimuths] = self.shape();
        let powers = Array2::from_shape_fn((elevations, azimuths), |(elevation, azimuth)| {
            self.power_of(&channels, self.angle(elevation, azimuth))
        });
        check_powers(self.spectrum, powers.iter())?;
        let [_, _, elevation, azimuth] = self.axes().map(Axis::clone);
        DataArray2::new("angle power", "", powers, vec![elevation, azimuth])
    }

    /// Power over `[range, velocity]` in one direction.
    ///
    /// # Errors
    /// As [`LazyTensor::value`].
    pub fn direction(&self, [elevation, azimuth]: [usize; 2]) -> Result<DataArray2<f32>> {
        self.check([None, None, Some(elevation), Some(azimuth)])?;
        let [ranges, velocities, ..] = self.shape();
        let mut powers = Array2::zeros((ranges, velocities));
        let mut beam = Array1::zeros(velocities);
        for (range, mut powers) in powers.outer_iter_mut().enumerate() {
            let cells = self.maps.compensated(self.spectrum, range);
            self.powers_into(&cells, self.angle(elevation, azimuth), &mut beam, &mut powers);
        }
        check_powers(self.spectrum, powers.iter())?;
        let [range, velocity, ..] = self.axes().map(Axis::clone);
        DataArray2::new("range-Doppler power of a direction", "", powers, vec![range, velocity])
    }

    /// Power over `[velocity, elevation, azimuth]` at one range.
    ///
    /// # Errors
    /// As [`LazyTensor::value`].
    pub fn range(&self, range: usize) -> Result<DataArray3<f32>> {
        self.check([Some(range), None, None, None])?;
        let [_, velocities, elevations, azimuths] = self.shape();
        let mut powers = Array3::zeros((velocities, elevations, azimuths));
        self.range_into(range, &mut Array1::zeros(velocities), &mut powers);
        check_powers(self.spectrum, powers.iter())?;
        let [_, velocity, elevation, azimuth] = self.axes().map(Axis::clone);
        DataArray3::new("tensor power of a range", "", powers, vec![velocity, elevation, azimuth])
    }

    /// All of it.
    ///
    /// # Errors
    /// As [`LazyTensor::value`].
    pub fn dense(&self) -> Result<DataArray4<f32>> {
        let shape = self.shape();
        let mut tensor = Array4::zeros(shape);
        let mut beam = Array1::zeros(shape[1]);
        for (range, mut powers) in tensor.outer_iter_mut().enumerate() {
            self.range_into(range, &mut beam, &mut powers);
        }
        check_powers(self.spectrum, tensor.iter())?;
        DataArray4::new("tensor power", "", tensor, self.axes().map(Axis::clone).to_vec())
    }

    fn range_into(&self, range: usize, beam: &mut Array1<C32>, powers: &mut ArrayRef3<f32>) {
        let cells = self.maps.compensated(self.spectrum, range);
        let azimuths = self.maps.tensor.azimuth.len();
        for angle in 0..self.maps.tensor.steering.nrows() {
            let mut column = powers.slice_mut(s![.., angle / azimuths, angle % azimuths]);
            self.powers_into(&cells, angle, beam, &mut column);
        }
    }

    /// The powers of the cells `[channel, velocity]` of a range in one direction.
    fn powers_into(
        &self,
        cells: &ArrayRef2<C32>,
        angle: usize,
        beam: &mut Array1<C32>,
        powers: &mut ArrayRef1<f32>,
    ) {
        let scale = self.scale();
        beam.fill(C32::default());
        // The beat signal's array phases are the conjugate of the steering vector's: the matched filter is
        // the plain product.
        for (cell, &weight) in cells.outer_iter().zip(self.maps.tensor.steering.row(angle)) {
            Zip::from(&mut *beam).and(&cell).for_each(|b, &z| *b += weight * z);
        }
        powers.iter_mut().zip(beam).for_each(|(p, z)| *p = scale * z.norm_sqr());
    }

    fn power_of(&self, channels: &[C32], angle: usize) -> f32 {
        let weights = self.maps.tensor.steering.row(angle);
        let beam = channels.iter().zip(weights).fold(C32::default(), |beam, (z, weight)| beam + weight * z);
        self.scale() * beam.norm_sqr()
    }

    fn scale(&self) -> f32 {
        let channels = self.spectrum.dim().0;
        1.0 / (channels * channels) as f32
    }

    fn angle(&self, elevation: usize, azimuth: usize) -> usize {
        elevation * self.maps.tensor.azimuth.len() + azimuth
    }

    fn check(&self, index: [Option<usize>; 4]) -> Result<()> {
        for (axis, index) in self.axes().into_iter().zip(index) {
            if let Some(index) = index.filter(|&index| index >= axis.len()) {
                let name = format!("index of {}", axis.name());
                return Err(Error::domain(name, index as f64, format!("below {}", axis.len())));
            }
        }
        Ok(())
    }
}
