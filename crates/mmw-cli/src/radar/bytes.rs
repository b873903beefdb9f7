//! What must be said of the bytes of a .bin file, and the list of packets beside a recording.

use crate::error::Result;
use crate::question::contradiction;
use mmw_dsp::capture::{ByteOptions, Capture, DATA_PORT, FormatKind, PacketReport};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The arguments about bytes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BytesArgs {
    /// Leave out this many bytes before the first frame of a .bin file
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub(crate) skip_bytes: u64,

    /// The words of a .bin file are offset binary (the highest bit turned)
    #[arg(long)]
    pub(crate) offset_binary: bool,

    /// The high byte of each word of a .bin file comes first
    #[arg(long)]
    pub(crate) big_endian: bool,

    /// I and Q of each sample of a .bin file stand side by side
    #[arg(long)]
    pub(crate) iq_pairs: bool,

    /// Believe what the options and the configuration say of the words of a file, whatever they look like:
    /// overrules every refusal of their byte order and coding
    #[arg(long)]
    pub(crate) as_told: bool,

    /// The UDP port of the samples in a pcap or pcapng recording [default: 4098]
    #[arg(long, value_name = "PORT")]
    pub(crate) udp_port: Option<u16>,

    /// Which of several recordings in a file of packets, from 0: of several cards, or of one that was started
    /// again
    #[arg(long, value_name = "INDEX")]
    pub(crate) recording: Option<usize>,
}

impl BytesArgs {
    /// An option that says something else than by default.
    pub(super) fn given(&self) -> Option<&'static str> {
        let said = [
            ("skip_bytes", self.skip_bytes > 0),
            ("offset_binary", self.offset_binary),
            ("big_endian", self.big_endian),
            ("iq_pairs", self.iq_pairs),
            ("as_told", self.as_told),
        ];
        said.iter().find(|(_, is_given)| *is_given).map(|(name, _)| *name).or(self.of_packets())
    }

    /// Refuses options about bytes for a file that says all of its own, but for the one about its numbers.
    pub(super) fn check(&self, path: &Path) -> Result<()> {
        let said = Self { as_told: false, ..self.clone() };
        match said.given().filter(|_| FormatKind::of_path(path) == Some(FormatKind::Npy)) {
            Some(name) => Err(contradiction(name, "is of a .bin file, not of a .npy file")),
            None => Ok(()),
        }
    }

    /// Refuses options about packets for a capture that has none.
    pub(super) fn check_packets(&self, capture: &Capture) -> Result<()> {
        match self.of_packets().filter(|_| capture.packets().is_none()) {
            Some(name) => Err(contradiction(name, "is for a recording of packets, which this is not")),
            None => Ok(()),
        }
    }

    /// An option that is given and says something of packets only.
    fn of_packets(&self) -> Option<&'static str> {
        match (self.udp_port, self.recording) {
            (Some(_), _) => Some("udp_port"),
            (None, Some(_)) => Some("recording"),
            (None, None) => None,
        }
    }

    pub(super) fn options(&self) -> ByteOptions {
        ByteOptions {
            skip_bytes: self.skip_bytes,
            udp_port: self.udp_port.unwrap_or(DATA_PORT),
            recording: self.recording,
            offset_binary: self.offset_binary,
            big_endian: self.big_endian,
            iq_pairs: self.iq_pairs,
            as_told: self.as_told,
            ..ByteOptions::default()
        }
    }
}

/// What the list of packets beside a recording by `mmw radar record` says of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Recorded {
    bytes: u64,
    /// Bytes that the card had sent before those of the recording.
    pub(super) first_byte: u64,
    received: u64,
    pub(super) lost: u64,
    duplicated: u64,
    reordered: u64,
    lost_ranges: Vec<[u64; 2]>,
}

impl Recorded {
    /// The list beside a capture of one file, if it is of that file.
    pub(super) fn beside(capture: &[PathBuf]) -> Option<Self> {
        let [path] = capture else { return None };
        let text = std::fs::read_to_string(path.with_extension("packets.json")).ok()?;
        let recorded: Self = serde_json::from_str(&text).ok()?;
        std::fs::metadata(path).is_ok_and(|data| data.len() == recorded.bytes).then_some(recorded)
    }

    /// Lets a recording that was joined within a frame begin with the next one, unless the user says where it
    /// begins; whether it does.
    pub(super) fn join(&self, options: &mut ByteOptions) -> bool {
        let joined = self.first_byte > 0 && options.skip_bytes == 0;
        if joined {
            options.first_byte = self.first_byte;
        }
        joined
    }

    pub(super) fn lost_bytes(&self) -> u64 {
        self.lost_ranges.iter().map(|[start, end]| end.saturating_sub(*start)).sum()
    }

    pub(super) fn report(&self) -> PacketReport {
        PacketReport {
            received: self.received,
            duplicated: self.duplicated,
            reordered: self.reordered,
            lost: self.lost,
            lost_ranges: self.lost_ranges.iter().map(|[start, end]| *start..*end).collect(),
            ..PacketReport::default()
        }
    }
}
