//! Point clouds from files: each function takes the text or the bytes, and a name for errors.
//!
//! | function | what it reads |
//! | --- | --- |
//! | [`csv`] | tables of points with named columns, as `mmw radar process` writes them |
//! | `json_lines` | one frame per line, as `mmw radar process` prints them (feature `json-lines`) |
//! | [`radhar`], [`radhar_recording`] | the text of `ti_mmwave` messages, as the recordings of `RadHAR` are |
//! | [`uart`] | the packets of TI's demonstrations, with what was lost of them |
//! | [`rosbag`] | bags of ROS 1 with `PointCloud2` or the messages of `ti_mmwave_rospkg` |
//! | [`gait`] | the tables of gait recordings |
//! | [`ply`], [`pcd`] | the points of one cloud, as viewers have them |
//!
//! An error names the file and the byte where a line begins that is not what it should be.

pub(crate) mod lines;

mod messages;

mod csv;
mod gait;
#[cfg(feature = "json-lines")]
mod json_lines;
mod radhar;
mod rosbag;
mod uart;
mod viewer;

pub use csv::csv;
pub use gait::gait;
#[cfg(feature = "json-lines")]
pub use json_lines::json_lines;
pub use radhar::{RadharDropped, RadharRecording, radhar, radhar_recording};
pub use rosbag::{RosbagRecording, rosbag};
pub use uart::{UartDemo, UartRecording, UartVitals, uart};
pub use viewer::{pcd, ply};
