//! The text of ROS messages, one per point.

use super::lines::{Line, format_error, lines};
use crate::{CloudPoint, PointCloud};
use mmw_core::Result;
use std::fmt;

/// Radial speeds beyond this, m/s, are no motion of a person but a damaged row: the recordings tell apart
/// velocities up to 5 m/s.
const FASTEST_M_S: f64 = 10.0;

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

    /// The time, the number within its frame, and the point.
    fn point(&self) -> Result<Option<(f64, f64, CloudPoint)>> {
        let Some(start) = self.start else { return Ok(None) };
        let missing = |name: &str| start.unlike(format!("a message with {name}"), start.text);
        let [x, y, z] = ["x", "y", "z"].map(&missing);
        let [forward, left, up] = self.position;
        let position_m = [-left.ok_or(y)?, forward.ok_or(x)?, up.ok_or(z)?];
        let secs = self.secs.ok_or_else(|| missing("secs"))?;
        let time_s = secs + 1e-9 * self.nanosecs.ok_or_else(|| missing("nsecs"))?;
        let id = self.id.ok_or_else(|| missing("point_id"))?;
        let point = start.explain(CloudPoint::new(position_m, self.velocity))?;
        Ok(Some((time_s, id, CloudPoint { snr_db: self.intensity, ..point })))
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
        let Some((time_s, id, point)) = message.point()? else { return Ok(()) };
        match clouds.last_mut() {
            Some(last) if id != 0.0 => last.points.push(point),
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

/// What a recording held that is no point, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RadharDropped {
    /// Messages that lack a number or hold one that is none.
    pub garbled: u64,
    /// Points faster than 10 m/s.
    pub too_fast: u64,
    /// Points before the first frame begins.
    pub headless: u64,
    /// Points of the last frame, where the text ends within it, and the message that is cut off.
    pub torn: u64,
}

impl RadharDropped {
    /// Messages that were dropped.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.garbled + self.too_fast + self.headless + self.torn
    }
}

impl fmt::Display for RadharDropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { garbled, too_fast, headless, torn } = self;
        write!(
            f,
            "{} rows dropped: {garbled} garbled, {too_fast} faster than {FASTEST_M_S} m/s, {headless} before the \
             first frame, {torn} of a frame that is cut off",
            self.total()
        )
    }
}

/// A recording with what was left out of it.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RadharRecording {
    /// Its frames.
    pub clouds: Vec<PointCloud>,
    /// What was left out.
    pub dropped: RadharDropped,
}

/// A recording as it is read.
#[derive(Default)]
struct Reading {
    recording: RadharRecording,
    /// Number of the last point, within its frame.
    last_id: Option<f64>,
}

impl Reading {
    /// Takes in a message that ended as it should.
    fn take(&mut self, message: &Message<'_>, sound: bool) {
        let read = if sound { message.point() } else { return self.drop_garbled(message) };
        let (time_s, id, point) = match read {
            Ok(Some(read)) => read,
            Ok(None) => return,
            Err(_) => return self.drop_garbled(message),
        };
        self.begin_at(id, time_s);
        let fast = point.velocity_m_s.is_some_and(|v| v.abs() > FASTEST_M_S);
        match self.recording.clouds.last_mut() {
            _ if fast => self.recording.dropped.too_fast += 1,
            Some(last) => last.points.push(point),
            None => self.recording.dropped.headless += 1,
        }
    }

    /// Opens a frame where numbers begin anew, also where the point of number 0 is lost.
    fn begin_at(&mut self, id: f64, time_s: f64) {
        if id == 0.0 || self.last_id.is_some_and(|last| id <= last) {
            let frame = self.recording.clouds.len() as u64;
            self.recording.clouds.push(PointCloud { frame, time_s, points: vec![] });
        }
        self.last_id = Some(id);
    }

    /// A damaged message may still be the first of a frame.
    fn drop_garbled(&mut self, message: &Message<'_>) {
        self.recording.dropped.garbled += 1;
        if let (Some(id), Some(secs), Some(nanosecs)) = (message.id, message.secs, message.nanosecs) {
            self.begin_at(id, secs + 1e-9 * nanosecs);
        }
    }

    /// The text ended within a message, so its frame is not whole.
    fn tear(&mut self) {
        let frame = self.recording.clouds.pop();
        self.recording.dropped.torn += 1 + frame.map_or(0, |frame| frame.points.len() as u64);
    }
}

/// The frames of a text as [`radhar`] reads it, in which some messages may be damaged: those are left out,
/// counted by what is wrong with them, and the last frame with them where the text ends before the `---`
/// that ends a message.
///
/// # Errors
/// [`Error::Format`](mmw_core::Error::Format) for a text in which no frame begins.
pub fn radhar_recording(name: &str, text: &str) -> Result<RadharRecording> {
    let mut reading = Reading::default();
    let mut message = Message::default();
    let mut sound = true;
    for line in lines(name, text) {
        if line.text == "---" {
            reading.take(&message, sound);
            (message, sound) = (Message::default(), true);
            continue;
        }
        sound &= message.read(&line).is_ok();
    }
    if message.start.is_some() {
        reading.tear();
    }
    let recording = reading.recording;
    if recording.clouds.is_empty() {
        let found: String = text.chars().take(40).collect();
        return Err(format_error(
            name,
            0,
            "messages of ti_mmwave, one with `point_id: 0` among them",
            &found,
        ));
    }
    Ok(recording)
}
