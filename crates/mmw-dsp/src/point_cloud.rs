//! One point of a 4-D point cloud: range, velocity, azimuth, elevation, and where that is in space.

use mmw_core::geometry::Direction;

/// A detected target of one frame. What the radar cannot tell is `None`, never zero.
///
/// # Examples
/// ```
/// use mmw_dsp::point_cloud::{Bearing, Point};
///
/// let row_of_antennas = Bearing { azimuth_rad: Some(0.0), elevation_rad: None };
/// let point = Point::new(7, 2.0, Some(-0.5), row_of_antennas, 23.0);
/// assert_eq!((point.x_m, point.y_m, point.z_m), (Some(0.0), Some(2.0), None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Point {
    /// Number of the frame, from 0 for the first that the chain processed.
    pub frame: u64,
    /// Range at the centre of the frame, m.
    pub range_m: f64,
    /// Radial velocity, m/s; positive is receding. `None` for a frame of one chirp.
    pub velocity_m_s: Option<f64>,
    /// Whether the velocity may be off by multiples of `velocity_interval_m_s` with as much right: the
    /// transmitters fire in turn, and the channels do not tell the folds apart. False with one transmitter,
    /// where nothing can. What seems to stand still, within one velocity cell, mostly does: it is ambiguous
    /// only where another velocity is 100 times as likely and explains the channels but for 2 %. What moves
    /// at a multiple of the interval stands still without a word where the array does not tell, or where
    /// channels without calibration leave more, as `unexplained_share` says.
    pub velocity_ambiguous: bool,
    /// Velocities that differ by this much look alike, m/s: twice the greatest unambiguous speed, times the
    /// number of transmitters where the channels tell the folds apart. `None` where the velocity is.
    pub velocity_interval_m_s: Option<f64>,
    /// Azimuth from y towards x, rad; `None` when the array does not resolve it or no direction explains the
    /// channels. A row of antennas sees the angle of the cone `asin(cos el · sin az)`.
    pub azimuth_rad: Option<f64>,
    /// Elevation from the horizon up, rad; `None` as for the azimuth.
    pub elevation_rad: Option<f64>,
    /// Whether the antennas see the target in other directions with as much right, the best less than 100
    /// times as likely: they stand more than half a wavelength apart, or the velocity is ambiguous and
    /// another one turns the channels. The angles are then one of several, or `None` where two targets in
    /// directions that cannot be told make one point.
    pub angle_ambiguous: bool,
    /// Share of the power of the channels that the targets of this cell leave unexplained, from 0 to 1;
    /// `None` when the array resolves no angle. Beyond noise and a few hundredths for errors of calibrated
    /// channels, either another target stands in the cell, in a direction that is not told apart, or
    /// transmitters and receivers are not calibrated: the angles are then between those of the targets, or
    /// beside them.
    pub unexplained_share: Option<f64>,
    /// Right, m; `None` without an azimuth.
    pub x_m: Option<f64>,
    /// Forward, m; `None` without an azimuth. Where the elevation is `None`, as if it were zero.
    pub y_m: Option<f64>,
    /// Up, m; `None` without an elevation.
    pub z_m: Option<f64>,
    /// Power of the cell over the noise that the detector measured around it, dB; where a cell holds several
    /// targets, that of each without the others.
    pub snr_db: f64,
}

mmw_core::checked_serde!(Point {
    range_m,
    velocity_m_s,
    velocity_interval_m_s,
    azimuth_rad,
    elevation_rad,
    unexplained_share,
    x_m,
    y_m,
    z_m,
    snr_db
});

/// The angles of a direction as far as an array tells them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Bearing {
    /// Azimuth, rad.
    pub azimuth_rad: Option<f64>,
    /// Elevation, rad.
    pub elevation_rad: Option<f64>,
}

mmw_core::checked_serde!(Bearing { azimuth_rad, elevation_rad });

impl From<Direction> for Bearing {
    fn from(direction: Direction) -> Self {
        let Direction { azimuth_rad, elevation_rad } = direction;
        Self { azimuth_rad: Some(azimuth_rad), elevation_rad: Some(elevation_rad) }
    }
}

impl Point {
    /// A point at `range_m` (m) in the direction of `bearing`, with its radial velocity (m/s) and SNR (dB);
    /// the Cartesian coordinates follow. Velocity and angles are taken as unambiguous, without an interval.
    #[must_use]
    pub fn new(frame: u64, range_m: f64, velocity_m_s: Option<f64>, bearing: Bearing, snr_db: f64) -> Self {
        let Bearing { azimuth_rad, elevation_rad } = bearing;
        let (sin_el, cos_el) = elevation_rad.unwrap_or(0.0).sin_cos();
        Self {
            frame,
            range_m,
            velocity_m_s,
            velocity_ambiguous: false,
            velocity_interval_m_s: None,
            azimuth_rad,
            elevation_rad,
            angle_ambiguous: false,
            unexplained_share: None,
            x_m: azimuth_rad.map(|azimuth| range_m * cos_el * azimuth.sin()),
            y_m: azimuth_rad.map(|azimuth| range_m * cos_el * azimuth.cos()),
            z_m: elevation_rad.map(|_| range_m * sin_el),
            snr_db,
        }
    }
}
