//! The packets that TI's demonstrations send over their serial port.

use crate::{CloudPoint, PointCloud};
use mmw_core::{Result, check};
use mmw_dsp::serial_frames::{MAGIC, next_start, u16_at, u32_at};
use std::collections::BTreeMap;

/// A packet of a demonstration is at most this long; a greater length is a damaged one.
const LONGEST: usize = 1 << 20;

/// Which demonstration sends. The same numbers of types mean different things from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum UartDemo {
    /// The demonstration of the SDK 3: type 1 with x, y, z, velocity, type 7 with SNR and noise.
    #[default]
    OutOfBox,
    /// People counting in the plane: type 6 with range, azimuth, velocity and SNR; a header of 52 bytes.
    PeopleCounting2d,
    /// The first people counting in space: type 6 with units and small integers; a header of 48 bytes.
    PeopleCounting3d,
    /// People tracking in space as of today: type 1020 with units and small integers; a header of 40 bytes.
    PeopleTracking3d,
}

mmw_core::named!(UartDemo, "demo" {
    OutOfBox = "out_of_box",
    PeopleCounting2d = "people_counting2d",
    PeopleCounting3d = "people_counting3d",
    PeopleTracking3d = "people_tracking3d",
});

/// How the packets of a demonstration are laid out.
#[derive(Clone, Copy)]
struct Layout {
    header: usize,
    length_at: usize,
    frame_at: usize,
    count_at: usize,
    /// Whether the number of parts has four bytes, not two.
    wide_count: bool,
    /// Whether the length of a part counts its own eight bytes of type and length.
    length_with_header: bool,
}

impl UartDemo {
    fn layout(self) -> Layout {
        let wide = Layout {
            header: 40,
            length_at: 12,
            frame_at: 20,
            count_at: 32,
            wide_count: true,
            length_with_header: false,
        };
        let old = Layout { wide_count: false, length_with_header: true, ..wide };
        match self {
            Self::OutOfBox | Self::PeopleTracking3d => wide,
            Self::PeopleCounting2d => Layout { header: 52, length_at: 20, frame_at: 24, count_at: 48, ..old },
            Self::PeopleCounting3d => Layout { header: 48, count_at: 44, ..old },
        }
    }

    /// Whether a part is of breath and heartbeat.
    fn tells_vitals(self, kind: u32) -> bool {
        self == Self::PeopleTracking3d && kind == 1040
    }

    /// The points of a part, none if it holds no points.
    fn points(self, kind: u32, body: &[u8]) -> Option<Vec<CloudPoint>> {
        match (self, kind) {
            (Self::OutOfBox, 1) => Some(chunks(body, 16, |b| {
                Some(
                    CloudPoint::new([f32_at(b, 0)?, f32_at(b, 4)?, f32_at(b, 8)?], Some(f32_at(b, 12)?)).ok(),
                )
            })),
            (Self::PeopleCounting2d, 6) => Some(chunks(body, 16, |b| {
                let polar = [f32_at(b, 0)?, f32_at(b, 4)?, 0.0];
                Some(of_polar(polar, f32_at(b, 8)?).map(|point| point.with_snr_db(decibels(f32_at(b, 12)))))
            })),
            (Self::PeopleCounting3d, 6) | (Self::PeopleTracking3d, 1020) => compressed(body),
            _ => None,
        }
    }
}

/// What a stream holds, and what in it was damaged.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct UartRecording {
    /// One cloud a packet.
    pub clouds: Vec<PointCloud>,
    /// Bytes that are of no packet.
    pub skipped_bytes: usize,
    /// Packets whose lengths contradict each other, or that are cut short.
    pub damaged_packets: usize,
    /// Points that are not finite or beyond 1e9.
    pub damaged_points: usize,
    /// Breath and heartbeat as [`UartDemo::PeopleTracking3d`] measures them.
    pub vitals: Vec<UartVitals>,
    /// Parts that hold something else, by their type.
    pub other_parts: BTreeMap<u32, usize>,
}

/// Breath and heartbeat of somebody: type 1040 of people tracking with vital signs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct UartVitals {
    /// Number of the frame.
    pub frame: u64,
    /// The demonstration's own track.
    pub track: u16,
    /// Where the chest is.
    pub range_bin: u16,
    /// How much the breath moves it, in the units of the demonstration; near 0 is nobody, or no breath.
    pub breath_deviation: f64,
    /// Heartbeats a minute.
    pub heart_per_min: f64,
    /// Breaths a minute.
    pub breath_per_min: f64,
}

mmw_core::checked_serde!(UartVitals { breath_deviation, heart_per_min, breath_per_min });

impl UartVitals {
    /// Two short integers and 33 floats, of which the last 30 are two curves; `None` for another length or
    /// numbers that are none.
    fn new(frame: u64, body: &[u8]) -> Option<Self> {
        let [breath_deviation, heart_per_min, breath_per_min] =
            [f32_at(body, 4)?, f32_at(body, 8)?, f32_at(body, 12)?];
        let numbers = [breath_deviation, heart_per_min, breath_per_min];
        let whole = body.len() == 136 && numbers.iter().all(|value| value.is_finite());
        whole.then_some(Self {
            frame,
            track: u16_at(body, 0)?,
            range_bin: u16_at(body, 2)?,
            breath_deviation,
            heart_per_min,
            breath_per_min,
        })
    }
}

/// The clouds of the bytes of a serial port, frames being `period_s` apart. After damage the search goes on
/// at the next magic word: no length is trusted that does not fit, and what was lost is counted.
///
/// # Errors
/// A `period_s` that is not positive. Damage is no error.
pub fn uart(bytes: &[u8], demo: UartDemo, period_s: f64) -> Result<UartRecording> {
    check::positive("period_s", period_s)?;
    let layout = demo.layout();
    let mut out = UartRecording::default();
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(start) = next_start(rest) else {
            out.skipped_bytes += rest.len();
            break;
        };
        out.skipped_bytes += start;
        rest = &rest[start..];
        let length = u32_at(rest, layout.length_at).map_or(0, |length| length as usize);
        let packet = rest.get(..length).filter(|p| p.len() >= layout.header && length <= LONGEST);
        // Another magic word that begins within: bytes were lost, and what follows is of the next packet.
        let next = rest.get(MAGIC.len()..rest.len().min(length.saturating_add(7))).unwrap_or_default();
        let whole = packet.filter(|_| next_start(next).is_none());
        if let Some(cloud) = whole.and_then(|packet| cloud(packet, demo, &layout, period_s, &mut out)) {
            out.clouds.push(cloud);
            rest = &rest[length..];
        } else {
            out.damaged_packets += 1;
            out.skipped_bytes += MAGIC.len();
            rest = &rest[MAGIC.len()..];
        }
    }
    Ok(out)
}

/// The cloud of a packet, none if its parts do not fit into it.
fn cloud(
    packet: &[u8],
    demo: UartDemo,
    layout: &Layout,
    period_s: f64,
    out: &mut UartRecording,
) -> Option<PointCloud> {
    let frame = u64::from(u32_at(packet, layout.frame_at)?);
    let count = match layout.wide_count {
        true => u32_at(packet, layout.count_at)?,
        false => u32::from(u16_at(packet, layout.count_at)?),
    };
    let mut rest = &packet[layout.header..];
    let mut points = Vec::new();
    let mut powers = Vec::new();
    let (mut others, mut vitals) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (kind, length) = (u32_at(rest, 0)?, u32_at(rest, 4)? as usize);
        let length = if layout.length_with_header { length.checked_sub(8)? } else { length };
        let body = rest.get(8..)?.get(..length)?;
        rest = &rest[8 + length..];
        match demo.points(kind, body) {
            Some(found) => points.extend(found),
            None if demo == UartDemo::OutOfBox && kind == 7 => {
                powers.extend(
                    body.chunks_exact(4).filter_map(|b| u16_at(b, 0)).map(|snr| 0.1 * f64::from(snr as i16)),
                );
            }
            None => match UartVitals::new(frame, body).filter(|_| demo.tells_vitals(kind)) {
                Some(found) => vitals.push(found),
                None => others.push(kind),
            },
        }
    }
    if powers.len() == points.len() {
        points.iter_mut().zip(powers).for_each(|(point, snr_db)| point.snr_db = Some(snr_db));
    }
    let all = points.len();
    points.retain(|point| point.check().is_ok());
    out.damaged_points += all - points.len();
    out.vitals.extend(vitals);
    others.into_iter().for_each(|kind| *out.other_parts.entry(kind).or_default() += 1);
    Some(PointCloud { frame, time_s: frame as f64 * period_s, points })
}

/// The points of whole pieces of `size` bytes; one that is none becomes a point that no check passes.
fn chunks(body: &[u8], size: usize, of: impl Fn(&[u8]) -> Option<Option<CloudPoint>>) -> Vec<CloudPoint> {
    let nowhere = CloudPoint { position_m: [f64::INFINITY; 3], velocity_m_s: None, snr_db: None };
    body.chunks_exact(size).map(|piece| of(piece).flatten().unwrap_or(nowhere)).collect()
}

/// Five units (elevation, azimuth, velocity, range, SNR), then points of eight bytes in those.
fn compressed(body: &[u8]) -> Option<Vec<CloudPoint>> {
    let unit = |i: usize| f32_at(body, 4 * i);
    let [elevation, azimuth, velocity, range, snr] = [unit(0)?, unit(1)?, unit(2)?, unit(3)?, unit(4)?];
    Some(chunks(&body[20..], 8, |b| {
        let polar = [
            range * f64::from(u16_at(b, 4)?),
            azimuth * f64::from(b[1] as i8),
            elevation * f64::from(b[0] as i8),
        ];
        let point = of_polar(polar, velocity * f64::from(u16_at(b, 2)? as i16));
        let power = decibels(Some(snr * f64::from(u16_at(b, 6)?)));
        Some(point.map(|point| point.with_snr_db(power)))
    }))
}

/// A ratio of powers in dB; 0 or less, infinite or no ratio at all are 0 dB.
fn decibels(ratio: Option<f64>) -> f64 {
    ratio.filter(|ratio| *ratio > 0.0 && ratio.is_finite()).map_or(0.0, |ratio| 10.0 * ratio.log10())
}

fn of_polar([range, azimuth, elevation]: [f64; 3], velocity: f64) -> Option<CloudPoint> {
    let ((sin_az, cos_az), (sin_el, cos_el)) = (azimuth.sin_cos(), elevation.sin_cos());
    let place = [range * cos_el * sin_az, range * cos_el * cos_az, range * sin_el];
    CloudPoint::new(place, Some(velocity)).ok()
}

fn f32_at(bytes: &[u8], at: usize) -> Option<f64> {
    u32_at(bytes, at).map(|bits| f64::from(f32::from_bits(bits)))
}
