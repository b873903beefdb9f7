//! One frame a line.

use super::lines::lines;
use crate::PointCloud;
use mmw_core::{Result, check};
use mmw_dsp::Point;

/// What is needed of a line; the rest is for other readers.
#[derive(serde::Deserialize)]
struct Frame {
    frame: u64,
    points: Vec<Point>,
}

/// The clouds of JSON lines `{"frame": 3, "points": […]}` with the points of `mmw radar process`, frames
/// being `period_s` apart. Other fields of a line are not looked at.
///
/// # Errors
/// [`Error::Format`](mmw_core::Error::Format) with the byte of a line that is not as above.
///
/// # Examples
/// ```
/// use mmw_dsp::point_cloud::{Bearing, Point};
/// use mmw_sense::read;
///
/// let bearing = Bearing { azimuth_rad: Some(0.0), elevation_rad: None };
/// let point = serde_json::to_string(&Point::new(3, 2.0, Some(0.5), bearing, 20.0)).unwrap();
/// let clouds = read::json_lines("live.jsonl", &format!("{{\"frame\":3,\"points\":[{point}]}}\n"), 0.05)?;
/// assert_eq!(clouds[0].points[0].position_m, [0.0, 2.0, 0.0]);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn json_lines(name: &str, text: &str, period_s: f64) -> Result<Vec<PointCloud>> {
    check::positive("period_s", period_s)?;
    lines(name, text)
        .map(|line| {
            let frame: Frame = serde_json::from_str(line.text)
                .map_err(|error| line.unlike(format!("a frame with its points ({error})"), line.text))?;
            line.explain(PointCloud::of_frame(frame.frame, period_s, &frame.points))
        })
        .collect()
}
