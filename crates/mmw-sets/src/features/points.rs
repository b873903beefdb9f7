//! Features of windows of point clouds.

use super::config::FeatureConfig;
use super::spectrum::Spectrum;
use super::{rhythm, shape};
use crate::samples::Samples;
use crate::windows::WindowConfig;
use mmw_core::ndarray::Array2;
use mmw_core::{Error, Result, check};
use mmw_sense::{CloudPoint, PointCloud};

/// Longest window, frames.
const LONGEST: f64 = 4096.0;

/// Turns windows of point clouds into rows of features.
///
/// # Examples
/// ```
/// use mmw_sets::{FeatureConfig, PointFeatures, WindowConfig};
/// use mmw_sets::mmw_sense::{CloudPoint, PointCloud};
///
/// // A hand waves at 1.5 Hz for 2 s.
/// let frame = |i: u64| {
///     let t = i as f64 / 30.0;
///     let v = 1.2 * (std::f64::consts::TAU * 1.5 * t).sin();
///     PointCloud::new(i, t, vec![CloudPoint::new([0.1, 2.0, 0.3], Some(v))?])
/// };
/// let window = (0..60).map(frame).collect::<Result<Vec<_>, _>>()?;
/// let features = PointFeatures::new(FeatureConfig::radhar(), WindowConfig::radhar())?;
/// let row = features.of(&window)?;
/// let at = features.names().iter().position(|name| name == "sum of velocities: strongest frequency");
/// assert_eq!(at.map(|i| row[i]), Some(1.5));
/// # Ok::<(), mmw_sets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PointFeatures {
    config: FeatureConfig,
    windows: WindowConfig,
    spectrum: Spectrum,
    names: Vec<String>,
}

impl PointFeatures {
    /// Features of windows of that many frames.
    ///
    /// # Errors
    /// A number of the configuration that is out of range, windows without frames or of more than 4096.
    pub fn new(config: FeatureConfig, windows: WindowConfig) -> Result<Self> {
        let (config, windows) = (config.check()?, windows.check()?);
        check::in_range("window frames", windows.frames as f64, 1.0, LONGEST)?;
        let spectrum = Spectrum::new(windows.frames, config.frame_period_s);
        let names = rhythm::names().into_iter().chain(shape::names(&config)).collect();
        Ok(Self { config, windows, spectrum, names })
    }

    /// What each feature is.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The features of one window, as many as there are [`PointFeatures::names`].
    ///
    /// # Errors
    /// [`Error::Shape`] for another number of frames, a point that is not finite.
    pub fn of(&self, window: &[PointCloud]) -> Result<Vec<f64>> {
        check::same_len("window", self.windows.frames, window.len())?;
        for point in window.iter().flat_map(|cloud| &cloud.points) {
            CloudPoint::new(point.position_m, point.velocity_m_s)?;
            check::finite("snr_db", point.snr_db.unwrap_or(0.0))?;
        }
        let far = |point: &&CloudPoint| point.range_m() > self.config.near_m;
        let moves = |point: &&CloudPoint| far(point) && shape::speed(point) > self.config.moving_m_s;
        let points: Vec<&CloudPoint> =
            window.iter().flat_map(|cloud| cloud.points.iter().filter(far)).collect();
        let movers: Vec<Vec<&CloudPoint>> =
            window.iter().map(|cloud| cloud.points.iter().filter(moves).collect()).collect();
        let mut features = rhythm::features(&movers, &self.spectrum);
        features.extend(shape::features(&self.config, &points, &movers.concat(), window.len()));
        Ok(features)
    }

    /// The windows of recordings with the number of their class, one unit each.
    ///
    /// # Errors
    /// As [`PointFeatures::of`]; a label of no class; [`Error::TooFew`] when no recording holds a window.
    pub fn samples(&self, recordings: &[(&[PointCloud], usize)], classes: usize) -> Result<Samples> {
        let (mut rows, mut labels, mut units) = (Vec::new(), Vec::new(), Vec::new());
        for (unit, &(clouds, label)) in recordings.iter().enumerate() {
            for window in self.windows.of(clouds)? {
                rows.extend(self.of(window)?);
                labels.push(label);
                units.push(unit);
            }
        }
        let shape = (labels.len(), self.names.len());
        let rows = Array2::from_shape_vec(shape, rows)
            .map_err(|_| Error::shape("rows", &[shape.0, shape.1], &[labels.len()]))?;
        Samples::new(rows, labels, units, classes)
    }
}
