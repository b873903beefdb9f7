//! From detections to targets: grouping and sub-bin refinement.
//!
//! [`group_peaks`] keeps one cell per target, [`PeakRefiner`] finds where between the bins the target is,
//! with the error of the Cramér-Rao bound. [`interpolate`] has the usual three-point formulas, which cost
//! nothing and miss that bound.

pub use group::{GroupConfig, Peak, group_peaks};
pub(crate) use group::{is_strongest, strongest_cells};
pub use hidden::HiddenTest;
pub(crate) use refine::Fitted;
pub use refine::{PeakRefiner, RefinedPeak};
pub(crate) use through::Seen;

mod group;
pub mod interpolate;
mod sums;
mod response;
mod series;
mod whiten;
mod patch;
mod likelihood;
mod newton;
mod joint;
mod start;
mod refine;
mod blind;
mod image;
mod second;
mod hidden;
mod through;
