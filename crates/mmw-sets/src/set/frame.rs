//! One frame of a set of maps.

use super::info::SetInfo;
use super::kind::MapKind;
use super::object::Object;
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Error, Result, check};
use std::collections::BTreeMap;

/// Maps of one frame, the classes of their cells, and the objects in it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct MapFrame {
    /// The maps.
    pub maps: BTreeMap<MapKind, Array2<f32>>,
    /// The class of each cell of some of them.
    pub labels: BTreeMap<MapKind, Array2<u8>>,
    /// The objects.
    pub objects: Vec<Object>,
}

impl MapFrame {
    /// Nothing, when the frame holds the maps, labels and classes that `info` tells of.
    ///
    /// # Errors
    /// The map, or the object with its field, that is missing, too many, of another shape, not finite or of
    /// no class.
    pub(super) fn check(&self, info: &SetInfo, frame: usize) -> Result<()> {
        for (kind, map) in &info.maps {
            let named = |what: &str| format!("{what} {kind} of frame {frame}");
            let values =
                self.maps.get(kind).ok_or_else(|| Error::missing(named("map"), "set.json has it"))?;
            check::same_shape(named("map"), &map.shape(), values.shape())?;
            check::all_finite(named("map"), values)?;
            match (map.labelled, self.labels.get(kind)) {
                (true, Some(labels)) => {
                    check::same_shape(named("labels"), &map.shape(), labels.shape())?;
                    check_classes(&named("labels"), labels, info.classes.len())?;
                }
                (true, None) => return Err(Error::missing(named("labels"), "set.json has them")),
                (false, Some(_)) => return Err(Error::invalid(named("labels"), "set.json has none")),
                (false, None) => {}
            }
        }
        let unknown = self.maps.keys().chain(self.labels.keys()).find(|kind| !info.maps.contains_key(kind));
        if let Some(kind) = unknown {
            return Err(Error::invalid(format!("map {kind} of frame {frame}"), "set.json has no such map"));
        }
        for object in &self.objects {
            object.clone().check()?;
            check::in_range(
                "class of an object",
                f64::from(object.class),
                0.0,
                info.classes.len() as f64 - 1.0,
            )?;
            if object.frame != frame {
                return Err(Error::invalid(
                    "frame of an object",
                    format!("is {}, not {frame}", object.frame),
                ));
            }
        }
        Ok(())
    }
}

/// Nothing, when every cell is of a class.
pub(crate) fn check_classes(name: &str, labels: &ArrayRef2<u8>, classes: usize) -> Result<()> {
    let foreign = labels.indexed_iter().find(|(_, label)| usize::from(**label) >= classes);
    match foreign {
        None => Ok(()),
        Some(((row, column), &label)) => Err(Error::domain(
            format!("{name}, cell [{row}, {column}]"),
            f64::from(label),
            format!("a class below {classes}"),
        )),
    }
}
