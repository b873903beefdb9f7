//! Writes our own sets.

use super::frame::MapFrame;
use super::info::SetInfo;
use super::reader::path_of;
use crate::npy::write_map;
use mmw_core::{Error, Result};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a set frame by frame.
///
/// # Examples
/// ```
/// use mmw_sets::mmw_core::Axis;
/// use mmw_sets::ndarray::Array2;
/// use mmw_sets::set::{MapFrame, MapInfo, MapKind, RadarSet, SetInfo, SetWriter};
///
/// let axes = [Axis::index("velocity", 4), Axis::uniform("range", "m", 0.0, 0.1, 8)?];
/// let maps = [(MapKind::Rd, MapInfo { axes, labelled: true })].into();
/// let classes = ["background", "person"].map(String::from).to_vec();
/// let folder = std::env::temp_dir().join(format!("mmw-doc-set-{}", std::process::id()));
///
/// let mut writer = SetWriter::create(&folder, SetInfo::new("example 1.0", 7, classes, maps))?;
/// for sequence in 0..3 {
///     let mut frame = MapFrame::default();
///     frame.maps.insert(MapKind::Rd, Array2::from_elem((4, 8), sequence as f32));
///     frame.labels.insert(MapKind::Rd, Array2::from_elem((4, 8), 1));
///     writer.push(sequence, &frame)?;
/// }
/// writer.finish([("train".into(), vec![0, 1]), ("test".into(), vec![2])].into())?;
///
/// let set = RadarSet::open(&folder)?;
/// assert_eq!(set.info().frames_of("test")?, [2]);
/// assert_eq!(set.map(2, MapKind::Rd)?[[0, 0]], 2.0);
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), mmw_sets::Error>(())
/// ```
#[derive(Debug)]
pub struct SetWriter {
    folder: PathBuf,
    info: SetInfo,
    objects: BufWriter<File>,
}

impl SetWriter {
    /// Begins a set of no frames in a folder, which is made where it is not there.
    ///
    /// # Errors
    /// What [`SetInfo::check`] says, frames in `info`, a folder that holds a set, [`Error::Io`].
    pub fn create(folder: &Path, info: SetInfo) -> Result<Self> {
        let info = info.check()?;
        if !info.sequences.is_empty() {
            return Err(Error::invalid("sequences", "a set begins without frames"));
        }
        if folder.join("set.json").exists() {
            return Err(Error::invalid(folder.display().to_string(), "holds a set already"));
        }
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create", &e))?;
        let path = folder.join("objects.jsonl");
        let objects = BufWriter::new(File::create(&path).map_err(|e| Error::io(&path, "create", &e))?);
        Ok(Self { folder: folder.to_owned(), info, objects })
    }

    /// Adds a frame of a sequence. Frames are numbered from 0; its objects must have that number.
    ///
    /// # Errors
    /// A frame that is not what the set tells of, with the map or field; [`Error::Io`].
    pub fn push(&mut self, sequence: usize, frame: &MapFrame) -> Result<()> {
        let number = self.info.sequences.len();
        frame.check(&self.info, number)?;
        for (what, kinds) in [("frames", frame.maps.len()), ("labels", frame.labels.len())] {
            let folder = self.folder.join(what).join(format!("{number:06}"));
            if kinds > 0 {
                std::fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, "create", &e))?;
            }
        }
        for (&kind, map) in &frame.maps {
            write_map(&path_of(&self.folder, "frames", number, kind), map)?;
        }
        for (&kind, labels) in &frame.labels {
            write_map(&path_of(&self.folder, "labels", number, kind), labels)?;
        }
        let path = self.folder.join("objects.jsonl");
        for object in &frame.objects {
            let line = json(object)? + "\n";
            self.objects.write_all(line.as_bytes()).map_err(|e| Error::io(&path, "write", &e))?;
        }
        self.info.sequences.push(sequence);
        Ok(())
    }

    /// Ends the set with the sequences of each part. `set.json` is written beside and renamed.
    ///
    /// # Errors
    /// A sequence without frames or in two parts, [`Error::Io`].
    pub fn finish(mut self, split: std::collections::BTreeMap<String, Vec<usize>>) -> Result<SetInfo> {
        self.objects.flush().map_err(|e| Error::io(&self.folder.join("objects.jsonl"), "write", &e))?;
        self.info.split = split;
        let info = self.info.check()?;
        let (path, beside) = (self.folder.join("set.json"), self.folder.join(".set.json.part"));
        std::fs::write(&beside, json(&info)?).map_err(|e| Error::io(&beside, "write", &e))?;
        std::fs::rename(&beside, &path).map_err(|e| Error::io(&path, "write", &e))?;
        Ok(info)
    }
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::invalid("set", error.to_string()))
}
