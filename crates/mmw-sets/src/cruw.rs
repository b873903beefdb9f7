//! CRUW (ROD2021, the data of `RODNet`): range-azimuth maps of single chirps, places of objects.[^cruw]
//!
//! | file | what it holds |
//! | --- | --- |
//! | `sequences/train/SEQ/RADAR_RA_H/FFFFFF_CCCC.npy` | a chirp of a frame: 128 x 128 x (re, im) |
//! | `annotations/train/SEQ.txt` | a line for each object: frame, range (m), azimuth (rad), class |
//!
//! Chirps 0, 64, 128 and 192 of the 255 of a frame are there. Licence of the data: non-commercial research.
//!
//! [^cruw]: Y. Wang et al., "`RODNet`: a real-time radar object detection network cross-supervised by
//!     camera-radar fused object 3D localization", IEEE J. Sel. Topics Signal Process. 15, 2021,
//!     doi:10.1109/JSTSP.2021.3058895; github.com/yizhou-wang/cruw-devkit.

use crate::metrics::Place;
use crate::npy::read_shaped;
use mmw_core::ndarray::{Array2, Array3, Axis, Ix3};
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Result, check};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The classes.
pub const CLASSES: [&str; 3] = ["pedestrian", "cyclist", "car"];

/// The chirps of a frame that are in the files.
pub const CHIRPS: [usize; 4] = [0, 64, 128, 192];

/// An object of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct Annotation {
    /// Number of the frame.
    pub frame: usize,
    /// Number of its class in [`CLASSES`].
    pub class: usize,
    /// Where it is.
    pub place: Place,
}

mmw_core::checked_serde!(always Annotation, |object| {
    check::in_range("class", object.class as f64, 0.0, CLASSES.len() as f64 - 1.0).map(|_| ())
});

/// The objects in the text of an annotation file, in the order of frames; `name` is for messages.
///
/// # Errors
/// [`Error::Format`] with the byte of a line that is not frame, range, azimuth and class, has a place that is
/// none, or a foreign class.
///
/// # Examples
/// ```
/// let objects = mmw_sets::cruw::annotations("SEQ.txt", "0 7.5 -0.25 pedestrian\n3 12.0 0.1 car\n")?;
/// assert_eq!((objects[1].frame, objects[1].class, objects[1].place.range_m), (3, 2, 12.0));
/// # Ok::<(), mmw_sets::Error>(())
/// ```
pub fn annotations(name: &str, text: &str) -> Result<Vec<Annotation>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            found.push(annotation(line).map_err(|expected| Error::Format {
                path: name.into(),
                offset: start as u64,
                expected,
                found: format!("{:.60?}", line.trim_end()),
            })?);
        }
        start += line.len();
    }
    found.sort_by_key(|one: &Annotation| one.frame);
    Ok(found)
}

fn annotation(line: &str) -> std::result::Result<Annotation, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [frame, range, azimuth, class] = words[..] else {
        return Err("frame, range, azimuth and class".into());
    };
    let number = |name: &str, word: &str| word.parse::<f64>().map_err(|_| format!("a number as {name}"));
    let place =
        Place::new(number("range", range)?, number("azimuth", azimuth)?).map_err(|e| e.to_string())?;
    Ok(Annotation {
        frame: frame.parse().map_err(|_| "the number of a frame")?,
        class: CLASSES
            .iter()
            .position(|&known| known == class)
            .ok_or_else(|| format!("a class: {}", CLASSES.join(", ")))?,
        place,
    })
}

/// One sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    name: String,
    chirps: PathBuf,
    annotations: Vec<Annotation>,
}

/// The sequences of the training part below the folder of the set, by name: split by them, for the labels of
/// the test part were never published.
///
/// # Errors
/// [`Error::Io`] for a folder or list that cannot be read, and what [`annotations`] says.
pub fn open(folder: &Path) -> Result<Vec<Sequence>> {
    let lists = folder.join("annotations").join("train");
    let failed = |e: &std::io::Error| Error::io(&lists, "list", e);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&lists).map_err(|e| failed(&e))? {
        let path = entry.map_err(|e| failed(&e))?.path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| Sequence::open(folder, path)).collect()
}

impl Sequence {
    fn open(folder: &Path, list: &Path) -> Result<Self> {
        let name = list.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let text = std::fs::read_to_string(list).map_err(|e| Error::io(list, "read", &e))?;
        let annotations = annotations(&list.display().to_string(), &text)?;
        let chirps = folder.join("sequences").join("train").join(&name).join("RADAR_RA_H");
        Ok(Self { name, chirps, annotations })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The objects of all frames, in their order.
    #[must_use]
    pub fn annotations(&self) -> &[Annotation] {
        &self.annotations
    }

    /// The objects of a frame.
    #[must_use]
    pub fn objects(&self, frame: usize) -> &[Annotation] {
        let start = self.annotations.partition_point(|one| one.frame < frame);
        let end = self.annotations.partition_point(|one| one.frame <= frame);
        &self.annotations[start..end]
    }

    /// The map of a chirp of a frame, `[range, azimuth]`; its cells are those of
    /// [`ConfidenceMapConfig::cruw`](crate::metrics::ConfidenceMapConfig::cruw).
    ///
    /// # Errors
    /// With the file: [`Error::Io`], [`Error::Format`] and [`Error::Shape`] for one that is not there,
    /// damaged, or of another shape.
    pub fn chirp(&self, frame: usize, chirp: usize) -> Result<Array2<Complex<f32>>> {
        let path = self.chirps.join(format!("{frame:06}_{chirp:04}.npy"));
        let parts: Array3<f32> = read_shaped::<Ix3>(&path, &[128, 128, 2])?;
        let (re, im) = (parts.index_axis(Axis(2), 0), parts.index_axis(Axis(2), 1));
        let mut map = re.mapv(|re| Complex::new(re, 0.0));
        map.zip_mut_with(&im, |z, &im| z.im = im);
        Ok(map)
    }
}
