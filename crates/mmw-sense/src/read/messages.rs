//! The messages of ROS that hold points.

/// A point in the axes of ROS.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) forward: f64,
    pub(super) left: f64,
    pub(super) up: f64,
    pub(super) velocity: Option<f64>,
    pub(super) power: Option<f64>,
}

/// What a message is.
pub(super) enum Message {
    /// Points at the time of the header, and whether they begin a frame.
    Whole { time_s: f64, points: Vec<Point>, begins: bool },
    /// Its lengths contradict each other.
    Damaged,
    /// A cloud without x, y or z.
    WithoutPlace,
}

/// The bytes of a message, one number after another.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (piece, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(piece)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn f32(&mut self) -> Option<f64> {
        self.u32().map(|bits| f64::from(f32::from_bits(bits)))
    }

    /// A list of bytes with its length before it.
    fn list(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    /// `std_msgs/Header`: the time of its stamp.
    fn header(&mut self) -> Option<f64> {
        self.u32()?;
        let time_s = f64::from(self.u32()?) + 1e-9 * f64::from(self.u32()?);
        self.list()?;
        Some(time_s)
    }
}

/// `sensor_msgs/PointField`: where a number of a point is, and its type.
struct Field {
    name: String,
    offset: usize,
    kind: u8,
}

impl Field {
    fn value(&self, point: &[u8], big: bool) -> Option<f64> {
        let size = match self.kind {
            1 | 2 => 1,
            3 | 4 => 2,
            5..=7 => 4,
            8 => 8,
            _ => return None,
        };
        let bytes = point.get(self.offset..self.offset.checked_add(size)?)?;
        let mut wide = [0; 8];
        wide[..size].copy_from_slice(bytes);
        if big {
            wide[..size].reverse();
        }
        let bits = u64::from_le_bytes(wide);
        Some(match self.kind {
            1 => f64::from(bits as i8),
            3 => f64::from(bits as i16),
            5 => f64::from(bits as i32),
            7 => f64::from(f32::from_bits(bits as u32)),
            8 => f64::from_bits(bits),
            _ => bits as f64,
        })
    }
}

/// `sensor_msgs/PointCloud2`, by its table of fields: gaps between them are padding.
pub(super) fn cloud2(bytes: &[u8]) -> Message {
    read_cloud2(&mut Bytes(bytes)).unwrap_or(Message::Damaged)
}

fn read_cloud2(bytes: &mut Bytes<'_>) -> Option<Message> {
    let time_s = bytes.header()?;
    let (height, width) = (bytes.u32()? as usize, bytes.u32()? as usize);
    let mut fields = Vec::new();
    for _ in 0..bytes.u32()? {
        let name = String::from_utf8_lossy(bytes.list()?).into_owned();
        let (offset, kind) = (bytes.u32()? as usize, bytes.u8()?);
        bytes.u32()?;
        fields.push(Field { name, offset, kind });
    }
    let big = bytes.u8()? != 0;
    let (step, row) = (bytes.u32()? as usize, bytes.u32()? as usize);
    let data = bytes.list()?;
    let find = |names: &[&str]| fields.iter().find(|field| names.contains(&field.name.as_str()));
    let place = [find(&["x"]), find(&["y"]), find(&["z"])];
    let [Some(x), Some(y), Some(z)] = place else { return Some(Message::WithoutPlace) };
    let velocity = find(&["velocity", "doppler", "v_doppler_mps"]);
    let power = find(&["intensity", "snr", "snr_db"]);
    let mut points = Vec::new();
    for line in 0..height {
        let line = data.get(line.checked_mul(row)?..)?;
        // No point at all is in a row of any length.
        for i in 0..width {
            let start = i.checked_mul(step)?;
            let point = line.get(start..start.checked_add(step).filter(|end| *end > start)?)?;
            points.push(Point {
                forward: x.value(point, big)?,
                left: y.value(point, big)?,
                up: z.value(point, big)?,
                velocity: velocity.and_then(|field| field.value(point, big)),
                power: power.and_then(|field| field.value(point, big)),
            });
        }
    }
    Some(Message::Whole { time_s, points, begins: true })
}

/// `ti_mmwave_rospkg/RadarScan`: one point, whose number is 0 at the beginning of a frame.
pub(super) fn radar_scan(bytes: &[u8]) -> Message {
    read_scan(&mut Bytes(bytes)).unwrap_or(Message::Damaged)
}

fn read_scan(bytes: &mut Bytes<'_>) -> Option<Message> {
    let time_s = bytes.header()?;
    let id = bytes.u16()?;
    let [forward, left, up] = [bytes.f32()?, bytes.f32()?, bytes.f32()?];
    bytes.f32()?;
    let velocity = Some(bytes.f32()?);
    bytes.u16()?;
    bytes.f32()?;
    let power = Some(bytes.f32()?);
    Some(Message::Whole {
        time_s,
        points: vec![Point { forward, left, up, velocity, power }],
        begins: id == 0,
    })
}
