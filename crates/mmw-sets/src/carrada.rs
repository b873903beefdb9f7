//! CARRADA: range-Doppler, range-azimuth and azimuth-Doppler maps of a 77 GHz radar with the class of each
//! cell.[^carrada]
//!
//! | file | what it holds |
//! | --- | --- |
//! | `data_seq_ref.json` | for each sequence its `split`: Train, Validation or Test |
//! | `light_dataset_frame_oriented.json` | for each sequence its labelled frames |
//! | `SEQ/{range_doppler,range_angle,angle_doppler}_processed/NNNNNN.npy` | maps in dB |
//! | `SEQ/annotations/{dense,sparse}/NNNNNN/{range_doppler,range_angle}.npy` | `[4, H, W]` |
//!
//! Range-Doppler and angle-Doppler maps are 256 x 64, range-angle maps 256 x 256; annotations have a layer of
//! 0 and 1 for each class. Maps stay as they are in the files, where range-Doppler and range-azimuth run
//! **opposite ways in range**. Licence of the data: CC BY-NC-SA 4.0.
//!
//! [^carrada]: A. Ouaknine, A. Newson, J. Rebut, F. Tupin, P. Pérez, "CARRADA dataset: camera and automotive
//!     radar with range-angle-Doppler annotations", ICPR 2020, doi:10.1109/ICPR48806.2021.9413181; the layout
//!     is read off the loaders of github.com/valeoai/MVRSS.

use crate::npy::read_shaped;
use crate::set::{MapFrame, MapKind, read_json};
use mmw_core::ndarray::{Array2, Array3, ArrayRef3, Ix2, Ix3};
use mmw_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The classes, in the order of the layers of the annotations.
pub const CLASSES: [&str; 4] = ["background", "pedestrian", "cyclist", "car"];

const MAPS: [(MapKind, &str, [usize; 2]); 3] = [
    (MapKind::Rd, "range_doppler", [256, 64]),
    (MapKind::Ra, "range_angle", [256, 256]),
    (MapKind::Ad, "angle_doppler", [256, 64]),
];

/// What is read of the record of a sequence.
#[derive(Deserialize)]
struct Reference {
    split: String,
}

/// A sequence of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sequence {
    /// Its name, a date and a time.
    pub name: String,
    /// "Train", "Validation" or "Test".
    pub part: String,
    /// Names of its labelled frames.
    pub frames: Vec<String>,
}

/// Which annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Annotation {
    /// Every cell.
    #[default]
    Dense,
    /// Few points.
    Sparse,
}

mmw_core::named!(Annotation, "annotation" { Dense = "dense", Sparse = "sparse" });

/// The set in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrada {
    folder: PathBuf,
    sequences: Vec<Sequence>,
}

impl Carrada {
    /// Opens the set in a folder: reads its two lists, no maps.
    ///
    /// # Errors
    /// [`Error::Io`] when a list cannot be read, [`Error::Format`] for one that is none, [`Error::Invalid`]
    /// with file and sequence for a sequence without a part, an unknown part, or the name of a sequence or
    /// frame that is none.
    pub fn open(folder: &Path) -> Result<Self> {
        let (parts, frames) =
            (folder.join("data_seq_ref.json"), folder.join("light_dataset_frame_oriented.json"));
        let references: BTreeMap<String, Reference> =
            read_json(&parts, "an object of sequences with `split`")?;
        let lists: BTreeMap<String, Vec<String>> = read_json(&frames, "an object of lists of frames")?;
        let sequence = |(name, frame_names): (String, Vec<String>)| {
            let wrong = |file: &Path, reason: String| {
                Error::invalid(format!("{}: sequence {name:.40}", file.display()), reason)
            };
            let reference = references.get(&name);
            let part = reference.ok_or_else(|| wrong(&parts, "is not there".into()))?.split.clone();
            if !["Train", "Validation", "Test"].contains(&part.as_str()) {
                return Err(wrong(
                    &parts,
                    format!("split is {part:.40?}: must be Train, Validation or Test"),
                ));
            }
            if !is_plain(&name) {
                return Err(wrong(&frames, "the name is no date and time".into()));
            }
            match frame_names.iter().find(|frame| !is_plain(frame)) {
                Some(frame) => Err(wrong(&frames, format!("frame {frame:.40?} is no number"))),
                None => Ok(Sequence { name, part, frames: frame_names }),
            }
        };
        let sequences = lists.into_iter().map(sequence).collect::<Result<Vec<_>>>()?;
        Ok(Self { folder: folder.to_owned(), sequences })
    }

    /// The sequences, by name: split by them.
    #[must_use]
    pub fn sequences(&self) -> &[Sequence] {
        &self.sequences
    }

    /// Maps and labels of frame `frame` of the list of sequence `sequence`.
    ///
    /// # Errors
    /// [`Error::Domain`] for a sequence or frame that there is not; with the file: [`Error::Io`],
    /// [`Error::Format`] and [`Error::Shape`] for a map that is not there, damaged, or of another shape, and
    /// [`Error::Domain`] with the cell for annotations in which it is of no class or of two.
    pub fn frame(&self, sequence: usize, frame: usize, annotation: Annotation) -> Result<MapFrame> {
        let beyond = |name: &'static str, at: usize, count: usize| {
            Error::domain(name, at as f64, format!("below {count}"))
        };
        let one = self.sequences.get(sequence);
        let one = one.ok_or_else(|| beyond("sequence", sequence, self.sequences.len()))?;
        let name = one.frames.get(frame).ok_or_else(|| beyond("frame", frame, one.frames.len()))?;
        let folder = self.folder.join(&one.name);
        let mut whole = MapFrame::default();
        for (kind, word, shape) in MAPS {
            let path = folder.join(format!("{word}_processed")).join(format!("{name}.npy"));
            whole.maps.insert(kind, read_shaped::<Ix2>(&path, &shape)?);
            if kind == MapKind::Ad {
                continue;
            }
            let labels = folder.join("annotations").join(annotation.name()).join(name);
            whole.labels.insert(kind, labels_of(&labels.join(format!("{word}.npy")), shape)?);
        }
        Ok(whole)
    }
}

/// Letters, digits and hyphens: nothing that leads to another folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 100
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The class of each cell from its layers.
fn labels_of(path: &Path, [rows, columns]: [usize; 2]) -> Result<Array2<u8>> {
    let layers: Array3<f32> = read_shaped::<Ix3>(path, &[CLASSES.len(), rows, columns])?;
    let mut labels = Array2::zeros((rows, columns));
    for ((row, column), label) in labels.indexed_iter_mut() {
        *label = class_of(&layers, row, column).ok_or_else(|| {
            let sum: f32 = (0..CLASSES.len()).map(|class| layers[[class, row, column]]).sum();
            let name = format!("{}: classes of cell [{row}, {column}]", path.display());
            Error::domain(name, f64::from(sum), "one layer of 1, the others 0")
        })?;
    }
    Ok(labels)
}

/// The one layer that is 1 where the others are 0.
fn class_of(layers: &ArrayRef3<f32>, row: usize, column: usize) -> Option<u8> {
    let mut found = None;
    for class in 0..CLASSES.len() {
        match layers[[class, row, column]] {
            0.0 => {}
            1.0 if found.is_none() => found = Some(class as u8),
            _ => return None,
        }
    }
    found
}
