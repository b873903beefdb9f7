//! Reads our own sets.

use super::frame::MapFrame;
use super::info::SetInfo;
use super::json::{parse, read_json, read_limited};
use super::kind::MapKind;
use super::object::Object;
use crate::npy::{read_labels, read_shaped};
use mmw_core::ndarray::{Array2, Ix2};
use mmw_core::{Error, Result, check};
use std::path::{Path, PathBuf};

/// A set in a folder. Maps are read when they are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct RadarSet {
    folder: PathBuf,
    info: SetInfo,
    /// In the order of frames.
    objects: Vec<Object>,
}

/// Where a file of a frame stands.
pub(super) fn path_of(folder: &Path, what: &str, frame: usize, kind: MapKind) -> PathBuf {
    folder.join(what).join(format!("{frame:06}")).join(format!("{kind}.npy"))
}

impl RadarSet {
    /// Opens the set in a folder: reads `set.json` and `objects.jsonl`, no maps.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be read, [`Error::Format`] with the byte for one that is not what it
    /// should be, and what [`SetInfo::check`] and [`Object::check`] say, with the file in front.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("set.json");
        let info: SetInfo = read_json(&path, "the description of a set")?;
        let info = info.check().map_err(|error| within(&path, &error))?;
        let objects = read_objects(&folder.join("objects.jsonl"), &info)?;
        Ok(Self { folder: folder.to_owned(), info, objects })
    }

    /// What the set says about itself.
    #[must_use]
    pub fn info(&self) -> &SetInfo {
        &self.info
    }

    /// Number of frames.
    #[must_use]
    pub fn len(&self) -> usize {
        self.info.sequences.len()
    }

    /// Whether there are no frames.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.info.sequences.is_empty()
    }

    /// The objects of a frame, none beyond the last.
    #[must_use]
    pub fn objects(&self, frame: usize) -> &[Object] {
        let start = self.objects.partition_point(|object| object.frame < frame);
        let end = self.objects.partition_point(|object| object.frame <= frame);
        &self.objects[start..end]
    }

    /// A map of a frame.
    ///
    /// # Errors
    /// [`Error::Domain`] for a frame beyond the last, [`Error::Missing`] for a kind that the set has not,
    /// [`Error::Io`] for a file that is not there, [`Error::Format`] for one that is damaged or holds a
    /// number that is not finite, [`Error::Shape`]: each with the file.
    pub fn map(&self, frame: usize, kind: MapKind) -> Result<Array2<f32>> {
        let shape = self.shape(frame, kind)?;
        read_shaped::<Ix2>(&path_of(&self.folder, "frames", frame, kind), &shape)
    }

    /// The class of each cell of a map.
    ///
    /// # Errors
    /// As [`RadarSet::map`]; [`Error::Missing`] for a map without labels, [`Error::Domain`] with file and
    /// cell for what is no class.
    pub fn labels(&self, frame: usize, kind: MapKind) -> Result<Array2<u8>> {
        let shape = self.shape(frame, kind)?;
        if !self.info.maps.get(&kind).is_some_and(|map| map.labelled) {
            return Err(Error::missing(format!("labels of map {kind}"), "the set has none of it"));
        }
        read_labels(&path_of(&self.folder, "labels", frame, kind), &shape, self.info.classes.len())
    }

    /// All of a frame.
    ///
    /// # Errors
    /// As [`RadarSet::labels`].
    pub fn frame(&self, frame: usize) -> Result<MapFrame> {
        let mut whole = MapFrame { objects: self.objects(frame).to_vec(), ..MapFrame::default() };
        for (&kind, map) in &self.info.maps {
            whole.maps.insert(kind, self.map(frame, kind)?);
            if map.labelled {
                whole.labels.insert(kind, self.labels(frame, kind)?);
            }
        }
        Ok(whole)
    }

    fn shape(&self, frame: usize, kind: MapKind) -> Result<[usize; 2]> {
        if frame >= self.len() {
            return Err(Error::domain("frame", frame as f64, format!("below {}", self.len())));
        }
        let kinds = || self.info.maps.keys().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        let map = self.info.maps.get(&kind);
        map.map(super::info::MapInfo::shape)
            .ok_or_else(|| Error::missing(format!("map {kind}"), format!("the set has {}", kinds())))
    }
}

/// An error of a value as one of the file that it stands in.
fn within(path: &Path, error: &Error) -> Error {
    Error::invalid(path.display().to_string(), error.to_string())
}

fn read_objects(path: &Path, info: &SetInfo) -> Result<Vec<Object>> {
    let text = read_limited(path)?;
    let mut objects: Vec<Object> = Vec::new();
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let here = start;
        start += line.len();
        if line.trim().is_empty() {
            continue;
        }
        let object: Object = parse(path, here, line.trim_end(), "an object")?;
        let place = |error: &Error| {
            Error::invalid(format!("{}: line {}", path.display(), number + 1), error.to_string())
        };
        let object = object.check().map_err(|error| place(&error))?;
        let classes = info.classes.len() as f64 - 1.0;
        check::in_range("class", f64::from(object.class), 0.0, classes).map_err(|error| place(&error))?;
        let first = objects.last().map_or(0, |last| last.frame);
        let frames = info.sequences.len() as f64 - 1.0;
        check::in_range("frame", object.frame as f64, first as f64, frames).map_err(|error| place(&error))?;
        objects.push(object);
    }
    Ok(objects)
}
