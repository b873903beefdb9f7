//! Maps over range and an angle by any direction finder that scans.

use super::angle_maps::{AngleMaps, Line};
use super::power::check_powers;
use crate::covariance::SourceCount;
use crate::doa::{AngleGrid, DirectionFinder};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::{Array1, Array2, ArrayRef3, Axis};
use mmw_core::{C32, C64, DataArray2, Error, Result, check};

impl AngleMaps {
    /// Power over range and azimuth as [`AngleMaps::range_azimuth`], by a finder: the spectrum of each range
    /// bin over its Doppler bins, which are the snapshots, from the longest row of antennas.
    ///
    /// Powers are summed over velocity: a plane wave reads, at its azimuth, its power in one channel summed
    /// over the Doppler bins. MUSIC's spectrum is no power: its greatest value in a range bin reads the power
    /// of that bin. [`DirectionFinder::Fft`] is the beamformer of [`AngleMaps::range_azimuth`] itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a finder without a spectrum ([`DirectionFinder::scans`]); as
    /// [`AngleMaps::range_azimuth`].
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{DirectionFinder, Fmcw, FmcwConfig, forms::AngleMaps, mmw_core::C32, ndarray::Array3};
    ///
    /// let fmcw = Fmcw::new(FmcwConfig { chirps: 8, samples: 4, ..FmcwConfig::awr1642() })?;
    /// let maps = AngleMaps::new(&fmcw, 91, 31, 8)?;
    /// let still = |bin: usize| if bin == 4 { C32::ONE } else { C32::ZERO };
    /// let spectrum = Array3::from_shape_fn((8, 4, 8), |(_, _, bin)| still(bin));
    /// let map = maps.range_azimuth_by(DirectionFinder::Capon, &spectrum)?;
    /// let strongest = map.peak().expect("not empty");
    /// assert!(strongest.coordinates[1].abs() < 1e-9 && (strongest.value - 1.0).abs() < 0.01);
    /// # Ok::<(), mmw_dsp::mmw_core::Error>(())
    /// ```
    pub fn range_azimuth_by(
        &self,
        finder: DirectionFinder,
        spectrum: &ArrayRef3<C32>,
    ) -> Result<DataArray2<f32>> {
        if finder == DirectionFinder::Fft {
            return self.range_azimuth(spectrum);
        }
        let line = longest("antennas in a row", &self.rows)?;
        let grid = AngleGrid::new(self.azimuth.to_vec(), vec![0.0])?;
        let data = self.scan_by(finder, spectrum, line, &grid, self.azimuth.len())?;
        DataArray2::new("range-azimuth power", "", data, vec![self.range.clone(), self.azimuth.clone()])
    }

    /// Power over range and elevation as [`AngleMaps::range_elevation`], by a finder, as
    /// [`AngleMaps::range_azimuth_by`]: from the longest column of antennas.
    ///
    /// # Errors
    /// As [`AngleMaps::range_azimuth_by`] and [`AngleMaps::range_elevation`].
    pub fn range_elevation_by(
        &self,
        finder: DirectionFinder,
        spectrum: &ArrayRef3<C32>,
    ) -> Result<DataArray2<f32>> {
        if finder == DirectionFinder::Fft {
            return self.range_elevation(spectrum);
        }
        let line = longest("antennas above each other", &self.columns)?;
        let grid = AngleGrid::new(vec![0.0], self.elevation.to_vec())?;
        let data = self.scan_by(finder, spectrum, line, &grid, self.elevation.len())?;
        DataArray2::new("range-elevation power", "", data, vec![self.range.clone(), self.elevation.clone()])
    }

    fn scan_by(
        &self,
        finder: DirectionFinder,
        spectrum: &ArrayRef3<C32>,
        line: &Line,
        grid: &AngleGrid,
        angles: usize,
    ) -> Result<Array2<f32>> {
        if !finder.scans() {
            let scanning = DirectionFinder::ALL.iter().filter(|finder| finder.scans());
            let names: Vec<&str> = scanning.map(|finder| finder.name()).collect();
            return Err(Error::invalid(
                "doa",
                format!("{finder} has no spectrum; maps take {}", names.join(", ")),
            ));
        }
        self.check_shape(spectrum)?;
        check::all_finite_complex("spectrum", spectrum)?;
        let places = line.elements.iter().map(|&element| self.array.positions_m()[element]).collect();
        let array = AntennaArray::from_positions(places)?;
        let plan = finder.plan(&array, self.wavelength_m, grid, SourceCount::default())?;
        let mut map = Array2::zeros((self.range.len(), angles));
        for (range, mut powers) in map.outer_iter_mut().enumerate() {
            let cells = self.compensated(spectrum, range).select(Axis(0), &line.elements);
            let snapshots = cells.mapv(|z| C64::new(f64::from(z.re), f64::from(z.im)));
            let power = snapshots.iter().map(C64::norm_sqr).sum::<f64>() / array.len() as f64;
            if power == 0.0 {
                continue;
            }
            let Some(found) = plan.estimate(&snapshots)?.spectrum else { continue };
            let values: Array1<f64> = found.data().iter().copied().collect();
            let scale = match finder {
                DirectionFinder::Music => power / values.iter().copied().fold(f64::MIN_POSITIVE, f64::max),
                _ => snapshots.ncols() as f64,
            };
            powers.iter_mut().zip(&values).for_each(|(to, value)| *to = (scale * value) as f32);
        }
        check_powers(spectrum, map.iter())?;
        Ok(map)
    }
}

/// The line with the most elements.
fn longest<'a>(name: &'static str, lines: &'a [Line]) -> Result<&'a Line> {
    let longest = lines.iter().max_by_key(|line| line.elements.len());
    longest.ok_or_else(|| Error::too_few(name, 1, 0))
}
