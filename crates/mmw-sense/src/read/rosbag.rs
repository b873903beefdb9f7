//! Bags of ROS 1.

use super::lines::format_error;
use super::messages::{Message, Point, cloud2, radar_scan};
use crate::{CloudPoint, PointCloud};
use lz4_flex::frame::FrameDecoder;
use mmw_core::{Error, Result, check};
use std::collections::BTreeMap;
use std::io::Read;

const MAGIC: &[u8] = b"#ROSBAG V2.0\n";
/// A chunk is some megabytes; a greater one is a damaged length.
const LARGEST_CHUNK: usize = 1 << 30;

/// What a bag holds, and what of it could not be read.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct RosbagRecording {
    /// The clouds in the order of the bag, with the times of their headers: those of arrival, a frame after
    /// the exposure.
    pub clouds: Vec<PointCloud>,
    /// When each was recorded, s: by another clock, which may be days apart.
    pub recorded_s: Vec<f64>,
    /// Messages that contradict their own lengths.
    pub damaged_messages: usize,
    /// Bytes at the end that are of no whole record.
    pub damaged_bytes: usize,
    /// Points that are not finite or beyond 1e9.
    pub damaged_points: usize,
    /// Messages of other types or topics, by their topic.
    pub other_messages: BTreeMap<String, usize>,
}

mmw_core::checked_serde!(RosbagRecording, |bag| {
    mmw_core::checked_serde::finite("recorded_s", &bag.recorded_s)?;
    check::same_len("recorded_s", bag.clouds.len(), bag.recorded_s.len())
});

/// The connection of a topic.
struct Connection {
    topic: String,
    kind: Option<Kind>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Cloud,
    Scan,
}

struct Reader<'a> {
    name: &'a str,
    topic: Option<&'a str>,
    connections: BTreeMap<u32, Connection>,
    /// The topic whose points are read.
    chosen: Option<String>,
    out: RosbagRecording,
}

/// The clouds of a ROS 1 bag (format 2.0): messages `sensor_msgs/PointCloud2`, read by their table of fields,
/// and `ti_mmwave_rospkg/RadarScan`, one point each. With several such topics, `topic` says which. The axes
/// of ROS (x forward, y left) become x right and y forward; velocities are the fields `velocity`, `doppler`
/// or `v_doppler_mps`, powers `intensity`, `snr` or `snr_db`. Chunks are plain or of LZ4; no index is needed,
/// so a bag that was cut is read as far as it goes.
///
/// # Errors
/// [`Error::Format`] for what is no bag, for chunks of bzip2 (`rosbag decompress` undoes that), for a cloud
/// without x, y and z; [`Error::Invalid`] for several topics without one chosen, or one that has no points.
pub fn rosbag(name: &str, bytes: &[u8], topic: Option<&str>) -> Result<RosbagRecording> {
    let Some(body) = bytes.strip_prefix(MAGIC) else {
        return Err(format_error(
            name,
            0,
            "#ROSBAG V2.0",
            &String::from_utf8_lossy(&bytes[..bytes.len().min(13)]),
        ));
    };
    let mut reader =
        Reader { name, topic, connections: BTreeMap::new(), chosen: None, out: RosbagRecording::default() };
    reader.out.damaged_bytes = reader.records(body, MAGIC.len(), true)?;
    if let (Some(topic), None) = (topic, &reader.chosen) {
        return Err(Error::invalid("topic", format!("{topic} has no points in {name}")));
    }
    Ok(reader.out)
}

impl Reader<'_> {
    /// Reads records that begin at a byte of the file; how many bytes are left of no whole one.
    fn records(&mut self, bytes: &[u8], offset: usize, outside: bool) -> Result<usize> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let Some((header, data, after)) = record(rest) else { return Ok(rest.len()) };
            let at = offset + bytes.len() - rest.len();
            rest = after;
            let field = |name: &str| value(header, name);
            match field("op") {
                Some([5]) if outside => {
                    let chunk = self.chunk(at, header, data)?;
                    self.out.damaged_messages += usize::from(self.records(&chunk, at, false)? > 0);
                }
                Some([7]) => self.connect(field("conn"), field("topic"), data)?,
                Some([2]) => self.message(at, field("conn"), field("time"), data)?,
                // The header of the bag, and its index.
                _ => {}
            }
        }
        Ok(0)
    }

    fn chunk(&self, at: usize, header: &[u8], data: &[u8]) -> Result<Vec<u8>> {
        let compression = value(header, "compression").unwrap_or_default();
        let size = value(header, "size").and_then(u32_of).map_or(0, |size| size as usize);
        let shown = String::from_utf8_lossy(compression);
        match compression {
            b"none" => Ok(data.to_vec()),
            b"lz4" if size <= LARGEST_CHUNK => unpacked(data, size)
                .ok_or_else(|| format_error(self.name, at, "a chunk of LZ4", "damaged bytes")),
            _ => Err(format_error(
                self.name,
                at,
                "chunks that are plain or of LZ4 (`rosbag decompress` makes them so)",
                &shown,
            )),
        }
    }

    fn connect(&mut self, conn: Option<&[u8]>, topic: Option<&[u8]>, data: &[u8]) -> Result<()> {
        let (Some(conn), Some(topic)) = (conn.and_then(u32_of), topic) else { return Ok(()) };
        let kind = match value(data, "type") {
            Some(b"sensor_msgs/PointCloud2") => Some(Kind::Cloud),
            Some(b"ti_mmwave_rospkg/RadarScan") => Some(Kind::Scan),
            _ => None,
        };
        let topic = String::from_utf8_lossy(topic).into_owned();
        let wanted = kind.is_some() && self.topic.is_none_or(|wanted| wanted == topic);
        if wanted {
            match &self.chosen {
                Some(chosen) if *chosen != topic => {
                    let reason = format!("{chosen} and {topic} have points: choose one");
                    return Err(Error::invalid("topic", reason));
                }
                _ => self.chosen = Some(topic.clone()),
            }
        }
        self.connections.insert(conn, Connection { topic, kind: kind.filter(|_| wanted) });
        Ok(())
    }

    fn message(&mut self, at: usize, conn: Option<&[u8]>, time: Option<&[u8]>, data: &[u8]) -> Result<()> {
        let Some(connection) = conn.and_then(u32_of).and_then(|conn| self.connections.get(&conn)) else {
            self.out.damaged_messages += 1;
            return Ok(());
        };
        let Some(kind) = connection.kind else {
            *self.out.other_messages.entry(connection.topic.clone()).or_default() += 1;
            return Ok(());
        };
        let recorded_s = time.and_then(|time| {
            let [secs, nanosecs] = [time.get(..4), time.get(4..)].map(|part| part.and_then(u32_of));
            Some(f64::from(secs?) + 1e-9 * f64::from(nanosecs?))
        });
        let read = match kind {
            Kind::Cloud => cloud2(data),
            Kind::Scan => radar_scan(data),
        };
        match (read, recorded_s) {
            (Message::Whole { time_s, points, begins }, Some(recorded_s)) => {
                self.take(time_s, recorded_s, &points, begins);
            }
            (Message::WithoutPlace, _) => {
                return Err(format_error(self.name, at, "a cloud with the fields x, y and z", "others"));
            }
            _ => self.out.damaged_messages += 1,
        }
        Ok(())
    }

    fn take(&mut self, time_s: f64, recorded_s: f64, points: &[Point], begins: bool) {
        if begins || self.out.clouds.is_empty() {
            let frame = self.out.clouds.len() as u64;
            self.out.clouds.push(PointCloud { frame, time_s, points: Vec::new() });
            self.out.recorded_s.push(recorded_s);
        }
        let Some(cloud) = self.out.clouds.last_mut() else { return };
        for &Point { forward, left, up, velocity, power } in points {
            match CloudPoint::new([-left, forward, up], velocity) {
                Ok(point) if power.is_none_or(f64::is_finite) => {
                    cloud.points.push(CloudPoint { snr_db: power, ..point });
                }
                _ => self.out.damaged_points += 1,
            }
        }
    }
}

/// Header, data and what follows.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let piece = |bytes: &'_ [u8]| -> Option<usize> { u32_of(bytes.get(..4)?).map(|length| length as usize) };
    let length = piece(bytes)?;
    let (header, rest) = bytes.get(4..)?.split_at_checked(length)?;
    let length = piece(rest)?;
    let (data, rest) = rest.get(4..)?.split_at_checked(length)?;
    Some((header, data, rest))
}

/// The value of a field `name=value` of a header.
fn value<'a>(mut header: &'a [u8], name: &str) -> Option<&'a [u8]> {
    loop {
        let length = u32_of(header.get(..4)?)? as usize;
        let (field, rest) = header.get(4..)?.split_at_checked(length)?;
        header = rest;
        if let Some(found) = field.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")) {
            return Some(found);
        }
    }
}

fn u32_of(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// The bytes of an LZ4 frame, which are `size` in all; `None` for what is no such frame.
fn unpacked(frame: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    // One byte more than there should be tells a frame that is too long.
    FrameDecoder::new(frame).take(size as u64 + 1).read_to_end(&mut out).ok()?;
    (out.len() == size).then_some(out)
}
