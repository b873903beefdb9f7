//! A point as a row of a table.

use mmw_dsp::Point;

/// Names and units of the columns of a table of points, in the order of [`values`].
pub(super) const COLUMNS: [&str; 13] = [
    "frame",
    "range_m",
    "velocity_m_s",
    "azimuth_rad",
    "elevation_rad",
    "x_m",
    "y_m",
    "z_m",
    "snr_db",
    "velocity_ambiguous",
    "velocity_interval_m_s",
    "angle_ambiguous",
    "unexplained_share",
];

/// A point as a row of numbers, `None` for what the radar cannot tell; 1 for an ambiguous velocity or angle,
/// else 0.
pub(super) fn values(point: &Point) -> [Option<f64>; 13] {
    let p = point;
    [
        Some(p.frame as f64),
        Some(p.range_m),
        p.velocity_m_s,
        p.azimuth_rad,
        p.elevation_rad,
        p.x_m,
        p.y_m,
        p.z_m,
        Some(p.snr_db),
        Some(f64::from(u8::from(p.velocity_ambiguous))),
        p.velocity_interval_m_s,
        Some(f64::from(u8::from(p.angle_ambiguous))),
        p.unexplained_share,
    ]
}
