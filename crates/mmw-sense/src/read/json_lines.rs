//! One frame per line.

use super::lines::lines;
use crate::PointCloud;
use mmw_core::{Result, check};
use mmw_dsp::Point;

/// What is needed of a line; the rest is for other readers.
#[derive(serde::Deserialize)]
struct Frame {
    frame: Option<u64>,
    points: Vec<Point>,
}

/// The clouds of JSON lines `{"frame": 3, "points": […]}` with the points of `mmw radar process`, frames
/// being `period_s` apart. A line without a number of the frame is the answer for a whole capture: its points
/// have theirs. Other fields of a line are not looked at.
///
/// # Errors
/// [`Error::Format`](mmw_core::Error::Format) with the byte of a line that is not as above, or whose frames
/// go back.
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
    let mut clouds: Vec<PointCloud> = Vec::new();
    for line in lines(name, text) {
        let Frame { frame, points } = serde_json::from_str(line.text)
            .map_err(|error| line.unlike(format!("a frame with its points ({error})"), line.text))?;
        let apart: Vec<(u64, &[Point])> = match frame {
            Some(frame) => vec![(frame, &points)],
            None => points.chunk_by(|a, b| a.frame == b.frame).map(|some| (some[0].frame, some)).collect(),
        };
        for (frame, points) in apart {
            if clouds.last().is_some_and(|last| last.frame >= frame) {
                return Err(line.unlike("a later frame", line.text));
            }
            clouds.push(line.explain(PointCloud::of_frame(frame, period_s, points))?);
        }
    }
    Ok(clouds)
}
