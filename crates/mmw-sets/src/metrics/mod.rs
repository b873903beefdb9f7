//! How good a result is.
//!
//! | item | of what |
//! | --- | --- |
//! | [`Confusion`] | classes and cells: accuracy, F1, `IoU`, Dice, with and without background |
//! | [`ols`], [`suppress`] | places of objects: likeness, and local non-maximum suppression |
//! | [`AveragePrecision`] | detections with confidence, over thresholds of likeness |
//! | [`ConfidenceMap`] | maps that networks learn, and the peaks in them |
//! | [`position_error`] | positions: root mean square and median with confidence |

mod confusion;

mod location;

mod average_precision;

mod confidence_map;

mod position;

pub use average_precision::{AveragePrecision, DetectionScores};
pub use confidence_map::{ConfidenceMap, ConfidenceMapConfig, ObjectClass};
pub use confusion::Confusion;
pub use location::{Detection, Place, ols, suppress};
pub use position::{PositionError, position_error};
