//! One peak a target: local maxima among the detections.

use crate::cfar::{Detection, Edge};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Error, Real, Result, check};

/// How far a peak suppresses its neighbours; index 0 is range, index 1 is Doppler.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct GroupConfig {
    /// A cell is a peak when no cell within this many bins on each side is stronger.
    pub half_width: [usize; 2],
    /// What lies beyond the ends of each axis.
    pub edges: [Edge; 2],
}

impl Default for GroupConfig {
    /// One bin on each side; Doppler wraps, range does not.
    fn default() -> Self {
        Self { half_width: [1, 1], edges: [Edge::Shrink, Edge::Wrap] }
    }
}

/// A local maximum among detections.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Peak {
    /// The strongest cell.
    pub detection: Detection,
    /// Detected cells in its neighbourhood, itself included: the extent of the target.
    pub cells: usize,
}

/// The detections that are local maxima of `power` (`[range, doppler]`), strongest first.
///
/// Of equal cells the one that comes first in row-major order wins, so that a plateau has one peak.
///
/// # Errors
/// [`Error::TooFew`] for an empty map, [`Error::NotFinite`] for NaN or infinity in it, [`Error::Domain`] for
/// a detection outside it.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::Array2;
/// use mmw_dsp::cfar::{CaCfar, CfarConfig};
/// use mmw_dsp::peak::{GroupConfig, group_peaks};
///
/// let mut power = Array2::from_elem((64, 32), 1.0_f64);
/// // One target across the Doppler seam.
/// power[[20, 31]] = 300.0;
/// power[[20, 0]] = 200.0;
/// let detections = CaCfar::new(&CfarConfig::default(), [64, 32])?.detect(&power)?;
/// let peaks = group_peaks(&power, &detections, &GroupConfig::default())?;
/// assert_eq!(peaks.len(), 1);
/// assert_eq!((peaks[0].detection.index, peaks[0].cells), ([20, 31], 2));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn group_peaks<T: Real>(
    power: &ArrayRef2<T>,
    detections: &[Detection],
    config: &GroupConfig,
) -> Result<Vec<Peak>> {
    check::at_least("power", power.len(), 1)?;
    check::all_finite("power", power)?;
    let shape = power.dim();
    let mut detected = Array2::from_elem(shape, false);
    for detection in detections {
        match detected.get_mut(detection.index) {
            Some(cell) => *cell = true,
            None => return Err(outside(detection, [shape.0, shape.1])),
        }
    }
    let peaks = strongest_cells(power, detections, config).into_iter().map(|detection| {
        let around = around(detection.index, shape, config);
        Peak { detection, cells: around.filter(|&cell| detected[cell]).count() }
    });
    Ok(peaks.collect())
}

/// The detections of [`group_peaks`], for a map that was checked and detections in it.
pub(crate) fn strongest_cells<T: Real>(
    power: &ArrayRef2<T>,
    detections: &[Detection],
    config: &GroupConfig,
) -> Vec<Detection> {
    let strongest = |detection: &&Detection| is_strongest(power, detection.index, config);
    let mut peaks: Vec<Detection> = detections.iter().filter(strongest).copied().collect();
    peaks.sort_by(|a, b| b.power.total_cmp(&a.power));
    peaks
}

/// Whether no cell of the neighbourhood is above this one; of equal cells the first in row-major order is.
pub(crate) fn is_strongest<T: Real>(map: &ArrayRef2<T>, index: [usize; 2], config: &GroupConfig) -> bool {
    let own = map[index];
    around(index, map.dim(), config).all(|cell| {
        let other = map[cell];
        other < own || (other == own && cell >= index)
    })
}

fn outside(detection: &Detection, shape: [usize; 2]) -> Error {
    let axis = usize::from(detection.index[0] < shape[0]);
    let domain = format!("below {}, the length of axis {axis}", shape[axis]);
    Error::domain("index of a detection", detection.index[axis] as f64, domain)
}

/// The neighbourhood of a cell, itself included.
fn around(
    index: [usize; 2],
    (rows, columns): (usize, usize),
    config: &GroupConfig,
) -> impl Iterator<Item = [usize; 2]> {
    let (half_width, edges) = (config.half_width, config.edges);
    neighbours(index[0], rows, half_width[0], edges[0])
        .flat_map(move |r| neighbours(index[1], columns, half_width[1], edges[1]).map(move |c| [r, c]))
}

/// Bins within `half_width` of bin `i`, each once.
fn neighbours(i: usize, len: usize, half_width: usize, edge: Edge) -> impl Iterator<Item = usize> {
    let reach = half_width.min(len);
    let whole_axis = edge == Edge::Wrap && 2 * reach + 1 >= len;
    let (start, count) = match edge {
        _ if whole_axis => (0, len),
        Edge::Wrap => (if i < reach { i + len - reach } else { i - reach }, 2 * reach + 1),
        Edge::Shrink => {
            let start = i.saturating_sub(reach);
            (start, (i + reach).min(len - 1) - start + 1)
        }
    };
    (start..start + count).map(move |bin| if bin < len { bin } else { bin - len })
}
