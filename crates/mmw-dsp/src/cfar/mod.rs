//! Constant false-alarm rate detection on a range-Doppler power map.
//!
//! [`Cfar`] is the detector of a [`CfarConfig`]: any [`CfarKind`], strong cells censored. [`CaCfar`] is the
//! plain mean of the training cells alone, over a whole map at once. [`ClutterMap`] compares each cell with
//! its own past. [`detection_probability`] is what they find of a fluctuating target.

mod detection;
mod kind;
mod beta;
mod multiplier;

mod greater;
mod order;
mod series;

mod log;
mod trimmed;

mod clutter_map;

mod probability;

mod swerling;

mod window;
mod window_sum;

mod sums;

mod passes;
mod plan;

mod mark;

mod censor;
mod ring;
mod screen;

mod clipped;
mod counts;
mod halves;
mod logs;

mod detector;

pub use clutter_map::{
    ClutterMap, ClutterMapConfig, clutter_map_false_alarm_probability, clutter_map_multiplier,
};
pub use detection::Detection;
pub use detector::Cfar;
pub use greater::{go_false_alarm_probability, go_multiplier, so_false_alarm_probability, so_multiplier};
pub use kind::CfarKind;
pub use log::{log_false_alarm_probability, log_multiplier};
pub use multiplier::{ca_false_alarm_probability, ca_multiplier};
pub use order::{os_false_alarm_probability, os_multiplier};
pub use plan::{CaCfar, CfarScratch};
pub use swerling::{Swerling, clutter_map_detection_probability, detection_probability};
pub use trimmed::{tm_false_alarm_probability, tm_multiplier};

/// What lies beyond the ends of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Edge {
    /// The other end: a Doppler axis, or a range axis that keeps all bins of its FFT.
    Wrap,
    /// Nothing: the window shrinks to the cells that exist, with the multiplier for as many cells.
    Shrink,
}

mmw_core::named!(Edge, "edge" { Wrap = "wrap", Shrink = "shrink" });

/// A CFAR in two dimensions; index 0 is range, index 1 is Doppler.
///
/// The training cells of a cell are the rectangle of `2 (train + guard) + 1` cells per side around it,
/// without the inner rectangle of `2 guard + 1` cells per side.
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{CfarConfig, Edge};
///
/// let config = CfarConfig { looks: 12, ..CfarConfig::default() };
/// assert_eq!(config.edges, [Edge::Shrink, Edge::Wrap]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct CfarConfig {
    /// What is made of the training cells.
    pub kind: CfarKind,
    /// Whether cells that are detected leave the training cells of the others, with the multiplier for as
    /// many as remain, until none is found any more; for [`CfarKind::Ca`], the others are robust by
    /// themselves. Without it one strong cell hides what stands within its window.
    pub censor: bool,
    /// Training cells on each side.
    pub train: [usize; 2],
    /// Guard cells on each side, between the cell under test and the training cells.
    pub guard: [usize; 2],
    /// Probability that a cell with noise alone is detected, in `[1e-100, 1)`.
    pub false_alarm_probability: f64,
    /// Independent powers that were added up in every cell (channels of a non-coherent sum), at least 1.
    pub looks: usize,
    /// What lies beyond the ends of each axis.
    pub edges: [Edge; 2],
}

impl Default for CfarConfig {
    /// The mean with strong cells censored, 8 training and 4 guard cells per side, one false alarm in 10¹⁰
    /// cells, one look, range shrinks and Doppler wraps.
    ///
    /// A radar makes some 400 000 cells per second, of which 10⁻¹⁰ is one false point in seven hours; 10⁻⁶
    /// would be one in 2.5 s, and gain 1.4 dB of sensitivity where 8 channels are added up (2.2 dB for
    /// one channel).
    fn default() -> Self {
        Self {
            kind: CfarKind::Ca,
            censor: true,
            train: [8, 8],
            guard: [4, 4],
            false_alarm_probability: 1e-10,
            looks: 1,
            edges: [Edge::Shrink, Edge::Wrap],
        }
    }
}
