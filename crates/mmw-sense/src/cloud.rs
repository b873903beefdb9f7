//! Point clouds: the frames of a radar with their times, and how sure each point is in space.

use crate::matrix::{Matrix, diagonal, sandwich};
use mmw_core::{Result, check};
use mmw_dsp::Point;

/// What one frame of a radar saw, in its own axes: x right, y forward, z up.
///
/// # Examples
/// ```
/// use mmw_sense::{CloudPoint, PointCloud};
///
/// let points = vec![CloudPoint::new([0.3, 2.0, -0.1], Some(0.4))?];
/// let cloud = PointCloud::new(7, 0.35, points)?;
/// assert_eq!((cloud.frame, cloud.points.len()), (7, 1));
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct PointCloud {
    /// Number of the frame.
    pub frame: u64,
    /// Time of the frame, s.
    pub time_s: f64,
    /// Its points.
    pub points: Vec<CloudPoint>,
}

mmw_core::checked_serde!(PointCloud { time_s });

impl PointCloud {
    /// Points at a time, s.
    ///
    /// # Errors
    /// A `time_s` or a point that is not finite.
    pub fn new(frame: u64, time_s: f64, points: Vec<CloudPoint>) -> Result<Self> {
        check::finite("time_s", time_s)?;
        points.iter().try_for_each(CloudPoint::check)?;
        Ok(Self { frame, time_s, points })
    }

    /// The points of one frame of the signal chain, whose frames follow each other at `period_s`. Points
    /// without an azimuth are nowhere in space and left out; without an elevation a point counts as on
    /// the horizon.
    ///
    /// # Errors
    /// A `period_s` that is not positive, a point that is not finite.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::point_cloud::{Bearing, Point};
    /// use mmw_sense::PointCloud;
    ///
    /// let bearing = Bearing { azimuth_rad: Some(0.0), elevation_rad: None };
    /// let cloud = PointCloud::of_frame(3, 0.05, &[Point::new(3, 2.0, Some(0.5), bearing, 20.0)])?;
    /// assert_eq!(cloud.points[0].position_m, [0.0, 2.0, 0.0]);
    /// assert!((cloud.time_s - 0.15).abs() < 1e-15);
    /// # Ok::<(), mmw_sense::Error>(())
    /// ```
    pub fn of_frame(frame: u64, period_s: f64, points: &[Point]) -> Result<Self> {
        check::positive("period_s", period_s)?;
        Self::new(frame, frame as f64 * period_s, points.iter().filter_map(CloudPoint::of_point).collect())
    }
}

/// A point of a cloud. What the radar cannot tell is `None`, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct CloudPoint {
    /// Right, forward and up, m.
    pub position_m: [f64; 3],
    /// Radial velocity, m/s; positive is receding.
    pub velocity_m_s: Option<f64>,
    /// Power over the noise, dB.
    pub snr_db: Option<f64>,
}

mmw_core::checked_serde!(CloudPoint, |point| point.check());

impl CloudPoint {
    /// A point in space with its radial velocity (m/s, positive receding), of unknown power.
    ///
    /// # Errors
    /// A coordinate or a velocity that is not finite, or is beyond 1e9.
    pub fn new(position_m: [f64; 3], velocity_m_s: Option<f64>) -> Result<Self> {
        let point = Self { position_m, velocity_m_s, snr_db: None };
        point.check().map(|()| point)
    }

    /// The same point with its power over the noise, dB.
    #[must_use]
    pub fn with_snr_db(self, snr_db: f64) -> Self {
        Self { snr_db: Some(snr_db), ..self }
    }

    /// The point in space that a detection stands for, none without an azimuth.
    #[must_use]
    pub fn of_point(point: &Point) -> Option<Self> {
        let position_m = [point.x_m?, point.y_m?, point.z_m.unwrap_or(0.0)];
        Some(Self { position_m, velocity_m_s: point.velocity_m_s, snr_db: Some(point.snr_db) })
    }

    /// Distance from the radar, m.
    #[must_use]
    pub fn range_m(&self) -> f64 {
        let [x, y, z] = self.position_m;
        (x * x + y * y + z * z).sqrt()
    }

    /// The limit keeps squares and cubes of coordinates far from overflow.
    pub(crate) fn check(&self) -> Result<()> {
        for (name, value) in ["x_m", "y_m", "z_m"].into_iter().zip(self.position_m) {
            check::in_range(name, value, -1e9, 1e9)?;
        }
        self.velocity_m_s.map(|v| check::in_range("velocity_m_s", v, -1e9, 1e9)).transpose()?;
        self.snr_db.map(|snr| check::finite("snr_db", snr)).transpose()?;
        Ok(())
    }
}

/// Standard deviations of what a radar measures: in polar coordinates, where its errors are independent.
///
/// # Examples
/// ```
/// use mmw_sense::PolarNoise;
///
/// // Straight ahead at 5 m the range stretches along y, the azimuth along x, the elevation along z.
/// let covariance = PolarNoise::iwr6843().covariance_m2([0.0, 5.0, 0.0])?;
/// let deviations: Vec<f64> = (0..3).map(|i| covariance[i][i].sqrt()).collect();
/// assert!((deviations[0] - 5.0 * 0.026).abs() < 1e-3 && (deviations[1] - 0.03).abs() < 1e-12);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct PolarNoise {
    /// Of the range, m.
    pub range_m: f64,
    /// Of the azimuth, rad.
    pub azimuth_rad: f64,
    /// Of the elevation, rad.
    pub elevation_rad: f64,
    /// Of the radial velocity, m/s.
    pub velocity_m_s: f64,
}

mmw_core::checked_serde!(PolarNoise, |noise| noise.check().map(|_| ()));

impl PolarNoise {
    /// Standard deviations of range (m), azimuth and elevation (rad) and radial velocity (m/s).
    ///
    /// # Errors
    /// One that is not positive, or so small that its square is none.
    pub fn new(range_m: f64, azimuth_rad: f64, elevation_rad: f64, velocity_m_s: f64) -> Result<Self> {
        Self { range_m, azimuth_rad, elevation_rad, velocity_m_s }.check()
    }

    /// A board with three transmitters and four receivers, two of them in a row: 3 cm, 1.5° and 3°, 6 cm/s.
    #[must_use]
    pub fn iwr6843() -> Self {
        let [azimuth_rad, elevation_rad] = [1.5_f64, 3.0].map(f64::to_radians);
        Self { range_m: 0.03, azimuth_rad, elevation_rad, velocity_m_s: 0.06 }
    }

    /// `self`, when every deviation is from 1e-9 to 1e9.
    pub(crate) fn check(self) -> Result<Self> {
        check::in_range("range_m", self.range_m, 1e-9, 1e9)?;
        check::in_range("azimuth_rad", self.azimuth_rad, 1e-9, 10.0)?;
        check::in_range("elevation_rad", self.elevation_rad, 1e-9, 10.0)?;
        check::in_range("velocity_m_s", self.velocity_m_s, 1e-9, 1e9)?;
        Ok(self)
    }

    /// Covariance in space of a point at `position_m`, m²:
    ///
    /// ```text
    /// C = s_r² u uᵀ + (r cos el s_az)² a aᵀ + (r s_el)² e eᵀ
    /// ```
    ///
    /// with the directions `u` away from the radar, `a` of growing azimuth and `e` of growing elevation, to
    /// first order in the angles.
    ///
    /// # Errors
    /// A coordinate that is not finite, a point above or at the radar, where there is no azimuth.
    pub fn covariance_m2(&self, position_m: [f64; 3]) -> Result<[[f64; 3]; 3]> {
        CloudPoint::new(position_m, None)?;
        let [x, y, z] = position_m;
        let across_m = check::in_range("horizontal distance", x.hypot(y), 1e-9, 1e10)?;
        let r = across_m.hypot(z);
        let (sin_el, cos_el) = (z / r, across_m / r);
        let (sin_az, cos_az) = (x / across_m, y / across_m);
        let axes: Matrix<3, 3> = [
            [cos_el * sin_az, cos_az, -sin_el * sin_az],
            [cos_el * cos_az, -sin_az, -sin_el * cos_az],
            [sin_el, 0.0, cos_el],
        ];
        let deviations = [self.range_m, across_m * self.azimuth_rad, r * self.elevation_rad];
        Ok(sandwich(&axes, &diagonal(&deviations.map(|s| s * s))))
    }
}

impl Default for PolarNoise {
    fn default() -> Self {
        Self::iwr6843()
    }
}
