//! What a set says about itself.

use super::kind::MapKind;
use crate::split::Fold;
use mmw_core::{Axis, Error, Result, check};
use mmw_dsp::FmcwConfig;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Classes that a cell of `u8` tells apart.
const MOST_CLASSES: f64 = 256.0;

/// Most cells of a map.
const MOST_CELLS: usize = 1 << 26;

/// A kind of map of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapInfo {
    /// What the two dimensions mean, with their lengths and units.
    pub axes: [Axis; 2],
    /// Whether its cells have labels.
    pub labelled: bool,
}

impl MapInfo {
    /// Cells along both dimensions.
    #[must_use]
    pub fn shape(&self) -> [usize; 2] {
        [self.axes[0].len(), self.axes[1].len()]
    }
}

/// The contents of `set.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SetInfo {
    /// What made the set, with its version: it and the seed make it again.
    pub generator: String,
    /// The seed.
    pub seed: u64,
    /// The waveform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radar: Option<FmcwConfig>,
    /// The maps of each frame.
    pub maps: BTreeMap<MapKind, MapInfo>,
    /// Names of the classes; 0 is the background of label maps.
    pub classes: Vec<String>,
    /// The sequence (recording, subject, scene) of each frame: frames of one sequence are alike, and no split
    /// parts them.
    pub sequences: Vec<usize>,
    /// Sequences of each part: "train", "validation", "test", or any other name.
    pub split: BTreeMap<String, Vec<usize>>,
}

impl SetInfo {
    /// A set without frames.
    #[must_use]
    pub fn new(
        generator: impl Into<String>,
        seed: u64,
        classes: Vec<String>,
        maps: BTreeMap<MapKind, MapInfo>,
    ) -> Self {
        Self {
            generator: generator.into(),
            seed,
            radar: None,
            maps,
            classes,
            sequences: Vec::new(),
            split: BTreeMap::new(),
        }
    }

    /// `self`, when nothing in it contradicts itself.
    ///
    /// # Errors
    /// No or more than 256 classes, a name that stands twice; no maps, a map without cells or with more than
    /// 2²⁶; a sequence in two parts, or one without frames. The error names the field.
    pub fn check(self) -> Result<Self> {
        check::in_range("classes", self.classes.len() as f64, 1.0, MOST_CLASSES)?;
        if self.classes.iter().collect::<BTreeSet<_>>().len() < self.classes.len() {
            return Err(Error::invalid("classes", "a name stands twice"));
        }
        check::at_least("maps", self.maps.len(), 1)?;
        for (kind, map) in &self.maps {
            let [rows, columns] = map.shape();
            let cells = rows.checked_mul(columns).filter(|cells| (1..=MOST_CELLS).contains(cells));
            if cells.is_none() {
                return Err(Error::invalid(
                    format!("maps.{kind}.axes"),
                    format!("make {rows} times {columns} cells, but must make 1 to {MOST_CELLS}"),
                ));
            }
        }
        self.check_split()?;
        Ok(self)
    }

    fn check_split(&self) -> Result<()> {
        let known: BTreeSet<usize> = self.sequences.iter().copied().collect();
        let mut seen = BTreeSet::new();
        for (part, sequences) in &self.split {
            for sequence in sequences {
                let wrong = match (known.contains(sequence), seen.insert(*sequence)) {
                    (false, _) => "has no frames",
                    (_, false) => "stands twice",
                    _ => continue,
                };
                return Err(Error::invalid(format!("split.{part}"), format!("sequence {sequence} {wrong}")));
            }
        }
        Ok(())
    }

    /// The frames of the sequences of a part.
    ///
    /// # Errors
    /// [`Error::Missing`] for a part that there is not.
    pub fn frames_of(&self, part: &str) -> Result<Vec<usize>> {
        let sequences: &Vec<usize> = self.split.get(part).ok_or_else(|| {
            let parts: Vec<&str> = self.split.keys().map(String::as_str).collect();
            Error::missing(format!("split.{part}"), format!("there are: {}", parts.join(", ")))
        })?;
        let within = |frame: &usize| sequences.contains(&self.sequences[*frame]);
        Ok((0..self.sequences.len()).filter(within).collect())
    }

    /// Frames to learn from and to judge by, of the parts "train" and "test".
    ///
    /// # Errors
    /// [`Error::Missing`] when one of them is not there, [`Error::TooFew`] when one has no frames.
    pub fn fold(&self) -> Result<Fold> {
        let (train, test) = (self.frames_of("train")?, self.frames_of("test")?);
        check::at_least("split.train", train.len(), 1)?;
        check::at_least("split.test", test.len(), 1)?;
        let mut held_out: Vec<usize> = test.iter().map(|&frame| self.sequences[frame]).collect();
        held_out.dedup();
        held_out.sort_unstable();
        held_out.dedup();
        Ok(Fold { held_out, train, test })
    }
}
