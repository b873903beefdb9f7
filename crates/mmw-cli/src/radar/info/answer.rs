//! What `mmw radar info` answers.

use super::seen::{Damage, Seen};
use mmw_dsp::FmcwConfig;
use mmw_dsp::capture::{CaptureConfig, PacketReport, Unsaid};
use serde::Serialize;
use std::path::Path;

/// Everything that was found.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    pub(super) configurations: Vec<Configuration>,
    pub(super) captures: Vec<CaptureFile>,
    pub(super) missing: Vec<Missing>,
    pub(super) problems: Vec<Problem>,
    /// In which ways the samples contradict the configuration.
    pub(super) doubts: Vec<String>,
}

/// What one configuration says.
#[derive(Debug, Serialize)]
pub(super) struct Configuration {
    pub(super) file: String,
    pub(super) waveform: FmcwConfig,
    pub(super) range_resolution_m: f64,
    pub(super) max_range_m: f64,
    /// Absent for frames of one chirp, as the next.
    pub(super) velocity_resolution_m_s: Option<f64>,
    pub(super) max_velocity_m_s: Option<f64>,
    pub(super) carrier_hz: f64,
    /// Numbers from 0, in firing order.
    pub(super) transmitters: Vec<usize>,
    pub(super) receivers: Vec<usize>,
    pub(super) lanes: Option<usize>,
    pub(super) iq_swap: Option<bool>,
    pub(super) axes: Option<String>,
    pub(super) frames: Option<u64>,
    pub(super) frame_bytes: Option<u64>,
    /// Channels with a weight other than one.
    pub(super) weighted_channels: usize,
    pub(super) range_bias_m: f64,
    pub(super) notes: Vec<String>,
    #[serde(skip)]
    pub(super) config: CaptureConfig,
}

/// What one capture is by its name and its size.
#[derive(Debug, Default, Serialize)]
pub(super) struct CaptureFile {
    pub(super) file: String,
    pub(super) format: &'static str,
    pub(super) bytes: u64,
    /// Of a .npy array.
    pub(super) shape: Option<Vec<u64>>,
    /// Whole frames by the configuration, where one is known.
    pub(super) frames: Option<u64>,
    /// Bytes past the last whole frame.
    pub(super) rest_bytes: Option<u64>,
    /// What the packets of a recording say, or the list beside it.
    pub(super) packets: Option<Packets>,
    /// What holds no samples, where a configuration is known.
    pub(super) damage: Vec<Damage>,
    /// Frames that were read for it, if not all.
    pub(super) looked_at: Option<u64>,
}

/// Packets of a recording, and the bytes for which it holds zeros.
#[derive(Debug, Serialize)]
pub(super) struct Packets {
    /// Bytes that the card had sent before the first of the recording.
    pub(super) first_byte: u64,
    pub(super) received: u64,
    pub(super) lost: u64,
    pub(super) lost_bytes: u64,
    /// Datagrams that are no packets of the card.
    pub(super) foreign: u64,
}

/// Something that a command will ask for.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Missing {
    pub(super) what: String,
    pub(super) supplied_by: String,
    /// What of the configuration it is, if it is something of it.
    #[serde(skip)]
    pub(super) unsaid: Option<Unsaid>,
}

/// Something that cannot be read.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    pub(super) file: String,
    pub(super) message: String,
    /// Whether the message begins with the file.
    #[serde(skip)]
    pub(super) names_file: bool,
}

impl Answer {
    /// Adds what reading a capture has shown.
    pub(super) fn tell(&mut self, path: &Path, frames: u64, unpacked: Option<PacketReport>, seen: Seen) {
        let name = path.display().to_string();
        let Some(file) = self.captures.iter_mut().find(|file| file.file == name) else { return };
        (file.damage, file.looked_at) = (seen.damage, seen.looked_at);
        if let Some(packets) = unpacked {
            file.format = "packets of a DCA1000";
            (file.frames, file.rest_bytes) = (Some(frames), Some(packets.left_out));
            file.packets = Some(Packets {
                first_byte: 0,
                received: packets.received,
                lost: packets.lost,
                lost_bytes: packets.lost_ranges.iter().map(|lost| lost.end - lost.start).sum(),
                foreign: packets.foreign,
            });
        }
    }
}
