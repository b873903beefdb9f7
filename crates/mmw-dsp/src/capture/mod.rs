//! Raw captures: how they are stored, what they hold, and reading them frame by frame.
//!
//! A [`Capture`] is a file of samples with the [`CaptureConfig`] that explains it. The configuration comes
//! from mmWave Studio's `*.mmwave.json`, `*.setup.json` or `LogFile.txt`, from a `.cfg` of TI's SDK, from
//! Infineon's `config.json`, or from our own TOML; what the file does not say is named in [`CaptureOptions`]
//! and never guessed.
//!
//! | file | names | module contents |
//! | --- | --- | --- |
//! | DCA1000 `.bin` | lanes, I/Q order | [`AdcLayout`], [`FrameCodec`], [`CaptureReader`], [`CaptureWriter`] |
//! | NumPy `.npy` | axes, `wrap_u16` | [`NpyAxes`], [`NpyReader`] |
//!
//! Each reader holds two frames, so a file may be of any size. Frames are cubes `[channel, chirp, sample]`,
//! channel `t * receivers + r` for the `t`-th transmitter in firing order.
//!
//! The parsers of JSON and TOML need the feature `config-files`; those of `.cfg` and of the log need nothing.
//!
//! ```no_run
//! use mmw_dsp::capture::{Capture, CaptureOptions, LvdsLanes};
//!
//! let options = CaptureOptions { lanes: Some(LvdsLanes::Two), ..Default::default() };
//! let mut capture = Capture::open_with("adc_data.bin".as_ref(), "profile.cfg".as_ref(), &options)?;
//! println!("{} frames of {:?}", capture.frames(), capture.shape());
//! let cube = capture.read_frame(0)?;
//! # Ok::<(), mmw_core::Error>(())
//! ```

mod words;

mod layout;

mod foreign;

mod packets;
mod gate;
mod pcap;
mod recordings;

mod byte_order;

mod runs;

mod bytes;
mod clipping;
mod disorder;
mod repeats;

mod health;
mod numbers;
mod word_code;

mod spans;

mod axes;

mod config;
mod doubts;

mod ramp;

mod file_contents;

mod text_file;

mod chirp_plan;

mod ti_cfg;

#[cfg(feature = "config-files")]
mod mmwave_json;

#[cfg(feature = "config-files")]
mod infineon_json;

mod studio_log;

#[cfg(feature = "config-files")]
mod studio_setup;

#[cfg(feature = "config-files")]
mod antennas_file;

#[cfg(feature = "config-files")]
mod toml_config;

mod config_file;

mod displaced;
mod sizes;

mod reader;

mod pipe;
mod stream;

mod receiver;

mod writer;

mod npy_lengths;
mod npy_plan;
mod array_damage;
mod npy;

mod source;

#[cfg(feature = "config-files")]
pub use antennas_file::antennas_from_file;
pub use axes::{NpyAxes, NpyAxis};
pub use bytes::{ByteOptions, PacketReport};
pub use clipping::Clipping;
pub use config::{CaptureConfig, CaptureFormat, CaptureOptions, FormatKind, Unsaid};
pub use gate::PacketGate;
pub use health::{DamageKind, DamagedSpan};
#[cfg(feature = "config-files")]
pub use infineon_json::parse_infineon_json;
pub use layout::{AdcLayout, FrameCodec, LayoutEvidence, LvdsLanes, RawFrame, SamplePlace};
#[cfg(feature = "config-files")]
pub use mmwave_json::parse_mmwave_json;
pub use npy::{NpyReader, npy_shape};
pub use packets::{PAYLOAD_BYTES, Packet};
pub use pcap::DATA_PORT;
pub use pipe::{PacketPipe, PipeContents};
pub use reader::CaptureReader;
pub use receiver::{Arrival, PacketBook, PacketOrder};
pub use source::Capture;
pub use stream::CaptureStream;
pub use studio_log::parse_studio_log;
#[cfg(feature = "config-files")]
pub use studio_setup::StudioSetup;
pub use ti_cfg::parse_ti_cfg;
#[cfg(feature = "config-files")]
pub use toml_config::parse_toml;
pub use writer::CaptureWriter;
