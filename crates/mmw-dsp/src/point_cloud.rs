//! One point of a 4-D point cloud: range, velocity, azimuth, elevation, and where that is in space.

use mmw_core::geometry::Direction;

/// A detected target of one frame.
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::geometry::Direction, point_cloud::Point};
///
/// let ahead = Direction::new(0.0, 0.0)?;
/// let point = Point::new(7, 2.0, -0.5, ahead, 23.0);
/// assert_eq!((point.x_m, point.y_m, point.z_m), (0.0, 2.0, 0.0));
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Point {
    /// Number of the frame, from 0 for the first that the chain processed.
    pub frame: u64,
    /// Range at the centre of the frame, m.
    pub range_m: f64,
    /// Radial velocity, m/s, within the unambiguous interval; positive is receding.
    pub velocity_m_s: f64,
    /// Azimuth from y towards x, rad; 0 when the array does not resolve it.
    pub azimuth_rad: f64,
    /// Elevation from the horizon up, rad; 0 when the array does not resolve it.
    pub elevation_rad: f64,
    /// Right, m.
    pub x_m: f64,
    /// Forward, m.
    pub y_m: f64,
    /// Up, m.
    pub z_m: f64,
    /// Power of the cell over the noise that the detector measured around it, dB.
    pub snr_db: f64,
}

impl Point {
    /// A point at `range_m` (m) in `direction`, with its radial velocity (m/s) and SNR (dB); the Cartesian
    /// coordinates follow.
    #[must_use]
    pub fn new(frame: u64, range_m: f64, velocity_m_s: f64, direction: Direction, snr_db: f64) -> Self {
        let [x_m, y_m, z_m] = direction.unit_vector().map(|u| range_m * u);
        Self {
            frame,
            range_m,
            velocity_m_s,
            azimuth_rad: direction.azimuth_rad,
            elevation_rad: direction.elevation_rad,
            x_m,
            y_m,
            z_m,
            snr_db,
        }
    }
}
