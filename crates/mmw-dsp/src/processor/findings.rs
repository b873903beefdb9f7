//! What became of the detected cells: points, and for those that made none the reason.

use super::inverted::StillFold;
use crate::point_cloud::Point;
use std::fmt;

/// The points of a frame and the peaks that made none.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Findings {
    /// The points, strongest cell first; those of one cell in the order of its estimator.
    pub points: Vec<Point>,
    /// The cell of each point, `[range, doppler]`.
    pub cells: Vec<[usize; 2]>,
    /// Detected peaks that made no point.
    pub rejected: Vec<Rejected>,
    /// Set where all that stands still seems to move at one fold of the velocity, as it does when one of two
    /// transmitters is inverted. Velocities are then the slowest and ambiguous, and directions those of the
    /// inverted transmitter.
    #[cfg_attr(feature = "serde", serde(default))]
    pub still_fold: Option<StillFold>,
}

mmw_core::checked_serde!(Findings, |found| mmw_core::check::same_len(
    "cells",
    found.points.len(),
    found.cells.len()
));

/// A detected peak that made no point.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rejected {
    /// `[range, doppler]`.
    pub index: [usize; 2],
    /// Why.
    pub reason: Reason,
}

/// Where a cell is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Place {
    /// Range, m.
    pub range_m: f64,
    /// Velocity, m/s, within the unambiguous interval; `None` for a frame of one chirp.
    pub velocity_m_s: Option<f64>,
}

mmw_core::checked_serde!(Place { range_m, velocity_m_s });

/// Why a cell made no point.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Reason {
    /// The detector does not tell it from noise.
    BelowThreshold {
        /// Power over the noise of its training cells, dB.
        snr_db: f64,
        /// What it had to exceed, dB.
        threshold_db: f64,
        /// The strongest of the cells around that take part in that noise.
        neighbour: Place,
    },
    /// A stronger cell is too near to be another target.
    Shoulder {
        /// That cell.
        of: Place,
    },
    /// What stronger targets leave there through the windows: the slopes of their main lobes, and sidelobes.
    Response {
        /// The one that leaves most.
        of: Place,
    },
    /// What a strong near reflection, mostly the coupling of the antennas, leaves just below beat frequency
    /// zero, which is the far end of the range axis.
    NegativeBeat {
        /// That reflection.
        of: Place,
    },
    /// The strongest beat frequency is below zero: the coupling of the antennas, or a target in the last half
    /// cell of the range axis, which the samples do not tell from it.
    BelowZero {
        /// The range of that target, m.
        range_m: f64,
    },
    /// Real samples hold every target a second time, at minus both frequencies with its conjugate amplitudes:
    /// this is such an image, or a target too near to its image to be told from it.
    Image {
        /// The range that fits best, m.
        range_m: f64,
    },
    /// Nearer than the least range asked for.
    TooNear {
        /// Its range, m.
        range_m: f64,
        /// The least range, m.
        min_range_m: f64,
    },
    /// Its training cells are all taken by targets.
    NoTraining,
    /// The echo of one target that fits the cells around it best is no stronger than their noise, which a
    /// broad slope raises: that of the antennas' coupling at the near end, or of a neighbour.
    Noise,
    /// It stood there in the frame before, and the difference of the frames shows it.
    EarlierFrame,
    /// The clutter filter leaves too little of it to tell its velocity.
    Filtered,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} m", self.range_m)?;
        match self.velocity_m_s {
            Some(velocity_m_s) => write!(f, " and {velocity_m_s:+.3} m/s"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BelowThreshold { snr_db, threshold_db, neighbour } => write!(
                f,
                "{snr_db:.1} dB over the noise around it, {threshold_db:.1} dB are needed; strongest there is the \
                 cell at {neighbour}"
            ),
            Self::Shoulder { of } => write!(f, "beside the stronger cell at {of}"),
            Self::Response { of } => write!(f, "part of the response to the target at {of}"),
            Self::NegativeBeat { of } => {
                write!(f, "below beat frequency zero: leakage of the near reflection at {of}")
            }
            Self::BelowZero { range_m } => write!(
                f,
                "beat frequency just below zero: the coupling of the antennas, or a target at {range_m:.3} m, where \
                 the range axis ends"
            ),
            Self::Image { range_m } => write!(
                f,
                "real samples do not tell it from its mirror image at minus both frequencies, {:.3} m from there",
                2.0 * range_m.abs()
            ),
            Self::TooNear { range_m, min_range_m } => {
                write!(f, "at {range_m:.3} m, nearer than the least range of {min_range_m} m")
            }
            Self::Noise => f.write_str(
                "no echo of one target stands out there: noise, or a broad slope such as that of the antennas' coupling",
            ),
            Self::EarlierFrame => f.write_str("stood there in the frame before"),
            Self::Filtered => f.write_str("the clutter filter leaves too little of it to tell its velocity"),
            Self::NoTraining => f.write_str("targets take all cells that could tell the noise"),
        }
    }
}
