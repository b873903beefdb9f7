//! Our own sets: a folder with maps, labels and objects of each frame.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `set.json` | [`SetInfo`]: radar, axes, classes, sequences, splits, seed and generator |
//! | `frames/NNNNNN/{rd,ra,ad,re}.npy` | maps, `f32` |
//! | `labels/NNNNNN/{rd,ra,ad,re}.npy` | the class of each cell, `u8`, 0 is the background |
//! | `objects.jsonl` | [`Object`]s, one in a line, frames in order |
//!
//! `set.json` is written last: a folder without it is no set, or one that was not finished.

mod kind;

mod json;

mod object;

mod info;

mod frame;

mod reader;

mod writer;

pub(crate) use json::read_json;

pub use frame::MapFrame;
pub use info::{MapInfo, SetInfo};
pub use kind::MapKind;
pub use object::Object;
pub use reader::RadarSet;
pub use writer::SetWriter;
