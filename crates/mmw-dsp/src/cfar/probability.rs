//! The law of the noise estimate of each kind, for a cell of any shape.

use super::clutter_map::clutter_map_parts;
use super::greater::{Terms, go_multiplier, so_multiplier};
use super::kind::{CfarKind, os_rank, tm_trim};
use super::log::{log_exceedance, log_multiplier};
use super::multiplier::{ca_multiplier, check_counts};
use super::order::{os_exceedance, os_multiplier};
use super::series::Series;
use super::trimmed::{Trimmed, tm_multiplier};
use mmw_core::Result;

/// The multiplier of a kind with training halves of so many cells, either of which may be empty.
pub(super) fn multiplier(kind: CfarKind, cells: [usize; 2], looks: usize, p: f64) -> Result<f64> {
    let all = cells[0].saturating_add(cells[1]);
    match kind {
        CfarKind::Go if cells[0].min(cells[1]) > 0 => go_multiplier(cells, looks, p),
        CfarKind::So if cells[0].min(cells[1]) > 0 => so_multiplier(cells, looks, p),
        CfarKind::Os { rank } => os_multiplier(all, os_rank(rank, all), looks, p),
        CfarKind::Tm { low, high } => tm_multiplier(all, tm_trim(low, high, all), looks, p),
        CfarKind::Log => log_multiplier(all, looks, p),
        CfarKind::Ca | CfarKind::Go | CfarKind::So => ca_multiplier(all, looks, p),
    }
}

/// A threshold: a multiple of a noise estimate.
#[derive(Debug)]
pub(super) enum Law {
    /// A sum of gamma variables, each with its weight and its shape.
    Sum(Vec<(f64, f64)>),
    Halves {
        greatest: bool,
        cells: [usize; 2],
        looks: usize,
        alpha: f64,
    },
    Ordered {
        cells: usize,
        rank: usize,
        looks: usize,
        alpha: f64,
    },
    Trimmed(Trimmed, f64),
    Geometric {
        cells: usize,
        looks: usize,
        alpha: f64,
    },
}

impl Law {
    /// `alpha` times what the kind makes of its training cells.
    pub(super) fn of(kind: CfarKind, cells: [usize; 2], looks: usize, alpha: f64) -> Result<Self> {
        let all = cells[0].saturating_add(cells[1]);
        check_counts(all, looks)?;
        Ok(match kind {
            CfarKind::Go | CfarKind::So if cells[0].min(cells[1]) > 0 => {
                Self::Halves { greatest: kind == CfarKind::Go, cells, looks, alpha }
            }
            CfarKind::Os { rank } if looks == 1 => {
                // An ordered exponential sample is a sum of independent spacings.
                let spacings = 0..os_rank(rank, all);
                Self::Sum(spacings.map(|i| (alpha / (all - i) as f64, 1.0)).collect())
            }
            CfarKind::Os { rank } => Self::Ordered { cells: all, rank: os_rank(rank, all), looks, alpha },
            CfarKind::Tm { low, high } => {
                let trim = tm_trim(low, high, all);
                match Trimmed::new(all, trim, looks)? {
                    one if one.keeps_one() => {
                        let rank = trim[0] + 1;
                        Self::Ordered { cells: all, rank, looks, alpha }
                    }
                    trimmed => Self::Trimmed(trimmed, alpha),
                }
            }
            CfarKind::Log => Self::Geometric { cells: all, looks, alpha },
            CfarKind::Ca | CfarKind::Go | CfarKind::So => Self::mean(all, looks, alpha),
        })
    }

    /// `alpha` times the exponential average of a clutter map.
    pub(super) fn of_clutter_map(weight: f64, frames: usize, looks: usize, alpha: f64) -> Result<Self> {
        let parts = clutter_map_parts(weight, frames, looks)?;
        Ok(Self::Sum(parts.into_iter().map(|(w, k)| (alpha * w, k)).collect()))
    }

    fn mean(cells: usize, looks: usize, alpha: f64) -> Self {
        Self::Sum(vec![(alpha / cells as f64, cells as f64 * looks as f64)])
    }

    /// Probabilities that gamma variables of the shapes `first`, `first + 1`, … exceed the threshold.
    pub(super) fn exceedances(&self, first: usize, count: usize) -> Result<Vec<f64>> {
        let shapes = first..first + count;
        let summed = |terms: Vec<f64>| {
            let mut sum = 0.0;
            let sums = terms.into_iter().map(|term| {
                sum += term;
                f64::min(sum, 1.0)
            });
            sums.skip(first - 1).collect()
        };
        match self {
            Self::Sum(parts) => Ok(summed(Series::weighted_sum(parts, shapes.end - 1).values())),
            Self::Trimmed(trimmed, alpha) => Ok(summed(trimmed.terms(*alpha, shapes.end - 1)?)),
            &Self::Ordered { cells, rank, looks, alpha } => {
                let of = |m| Ok(os_exceedance(cells, rank, looks, m as f64, alpha)?.probability);
                shapes.map(of).collect()
            }
            &Self::Geometric { cells, looks, alpha } => {
                shapes.map(|m| Ok(log_exceedance(cells, looks, m, alpha)?.probability)).collect()
            }
            &Self::Halves { greatest, cells, looks, alpha } => {
                let terms = Terms::new(greatest, cells, looks, alpha, shapes.end - 1)?;
                Ok(terms.sums().skip(first - 1).collect())
            }
        }
    }
}
