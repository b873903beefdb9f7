//! The text of ROS messages, one a point.

use super::lines::{Line, lines};
use crate::{CloudPoint, PointCloud};
use mmw_core::Result;

/// What is read of one message.
#[derive(Default)]
struct Message<'a> {
    start: Option<Line<'a>>,
    secs: Option<f64>,
    nanosecs: Option<f64>,
    id: Option<f64>,
    position: [Option<f64>; 3],
    velocity: Option<f64>,
    intensity: Option<f64>,
}

impl<'a> Message<'a> {
    /// Takes in a line `key: value`.
    fn read(&mut self, line: &Line<'a>) -> Result<()> {
        self.start.get_or_insert(*line);
        let Some((key, value)) = line.text.trim().split_once(':') else {
            return Err(line.unlike("`key: value` or `---`", line.text));
        };
        let place = match key {
            "secs" => &mut self.secs,
            "nsecs" => &mut self.nanosecs,
            "point_id" => &mut self.id,
            "x" => &mut self.position[0],
            "y" => &mut self.position[1],
            "z" => &mut self.position[2],
            "velocity" => &mut self.velocity,
            "intensity" => &mut self.intensity,
            _ => return Ok(()),
        };
        *place = Some(line.number(key, value)?);
        Ok(())
    }

    /// The time, whether a frame begins, and the point.
    fn point(&self) -> Result<Option<(f64, bool, CloudPoint)>> {
        let Some(start) = self.start else { return Ok(None) };
        let missing = |name: &str| start.unlike(format!("a message with {name}"), start.text);
        let [x, y, z] = ["x", "y", "z"].map(&missing);
        let [forward, left, up] = self.position;
        let position_m = [-left.ok_or(y)?, forward.ok_or(x)?, up.ok_or(z)?];
        let secs = self.secs.ok_or_else(|| missing("secs"))?;
        let time_s = secs + 1e-9 * self.nanosecs.ok_or_else(|| missing("nsecs"))?;
        let id = self.id.ok_or_else(|| missing("point_id"))?;
        let point = start.explain(CloudPoint::new(position_m, self.velocity))?;
        Ok(Some((time_s, id == 0.0, CloudPoint { snr_db: self.intensity, ..point })))
    }
}

/// The clouds of a text of `ti_mmwave` messages, one point each, separated by `---`, as `rostopic echo`
/// prints them and the recordings of `RadHAR` are. A frame begins at `point_id` 0 and has the time of its
/// first point, which is that of arrival; the intensity is the power in dB. The driver's x forward and y left
/// become x right and y forward.
///
/// # Errors
/// [`Error::Format`](mmw_core::Error::Format) with the byte of a message that lacks its time, number or
/// place, or of a line that is none.
pub fn radhar(name: &str, text: &str) -> Result<Vec<PointCloud>> {
    let mut clouds: Vec<PointCloud> = Vec::new();
    let mut message = Message::default();
    let mut take = |message: &Message<'_>| -> Result<()> {
        let Some((time_s, begins, point)) = message.point()? else { return Ok(()) };
        match clouds.last_mut() {
            Some(last) if !begins => last.points.push(point),
            _ => clouds.push(PointCloud { frame: clouds.len() as u64, time_s, points: vec![point] }),
        }
        Ok(())
    };
    for line in lines(name, text) {
        if line.text != "---" {
            message.read(&line)?;
            continue;
        }
        take(&message)?;
        message = Message::default();
    }
    take(&message)?;
    Ok(clouds)
}
