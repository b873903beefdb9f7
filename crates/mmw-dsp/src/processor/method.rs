//! The method by which the directions in a cell are found, and the antennas that it takes.

use crate::board::rows_along;
use crate::covariance::SourceCount;
use crate::doa::{AngleEstimator, AngleGrid, DirectionFinder, direction_of_cosines, resolvable};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::{Direction, Vector3};
use mmw_core::ndarray::{Array2, Axis};
use mmw_core::{C64, Error, Result};
use std::fmt;

/// Most targets that a method is asked for in one cell.
pub(super) const MAX_SOURCES: usize = 3;
/// Places nearer than this share of the array's extent are one.
const SAME_PLACE: f64 = 1e-6;

/// Plans of a method for 1, 2, … targets, as many as its antennas can tell apart; none for the angle FFT.
pub(super) struct Method {
    finder: DirectionFinder,
    plans: Vec<Box<dyn AngleEstimator>>,
    line: Option<Line>,
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Method").field("finder", &self.finder).finish_non_exhaustive()
    }
}

/// A uniform line of an array.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    /// In their order along the line.
    channels: Vec<usize>,
    /// 0 for x, 2 for z.
    axis: usize,
}

impl Method {
    pub(super) fn new(finder: DirectionFinder, array: &AntennaArray, wavelength_m: f64) -> Result<Self> {
        if finder == DirectionFinder::Fft {
            return Ok(Self { finder, plans: Vec::new(), line: None });
        }
        let line = wants_line(finder).then(|| longest_line(array.positions_m()));
        let array = &match &line {
            Some(line) if line.channels.len() < 2 => {
                let reason =
                    format!("{finder} takes antennas in a uniform line, of which this array has none");
                return Err(Error::invalid("doa", reason));
            }
            Some(line) => {
                let place = |&channel: &usize| array.positions_m()[channel];
                AntennaArray::from_positions(line.channels.iter().map(place).collect())?
            }
            None => array.clone(),
        };
        let quarter_turn = std::f64::consts::FRAC_PI_2;
        let grid = if resolvable(array).elevation {
            AngleGrid::sector(quarter_turn, 91, std::f64::consts::FRAC_PI_3, 41)?
        } else {
            AngleGrid::azimuth_sector(quarter_turn, 181)?
        };
        let plan = |sources| finder.plan(array, wavelength_m, &grid, SourceCount::Given(sources));
        let plans = (1..=MAX_SOURCES.min(array.len().saturating_sub(1))).map(plan).collect::<Result<_>>()?;
        Ok(Self { finder, plans, line })
    }

    /// Most targets that it finds in one cell beyond what the likelihood tells.
    pub(super) fn most(&self) -> usize {
        self.plans.len()
    }

    /// Whether a lone target is where the method sees it. For one snapshot MUSIC's spectrum rises with
    /// Bartlett's, so that its summit is that of the likelihood, which is climbed without a grid.
    pub(super) fn places_one(&self) -> bool {
        !matches!(self.finder, DirectionFinder::Fft | DirectionFinder::Music)
    }

    /// The directions of so many targets in `snapshots`, `[channel, snapshot]`, fewer where some are not
    /// told. A line of antennas sees one cosine; the other is that of `beside`.
    pub(super) fn directions(
        &self,
        sources: usize,
        snapshots: &Array2<C64>,
        beside: Option<Direction>,
    ) -> Result<Vec<Direction>> {
        let Some(plan) = sources.checked_sub(1).and_then(|i| self.plans.get(i)) else {
            return Ok(Vec::new());
        };
        let Some(line) = &self.line else {
            return Ok(plan.estimate(snapshots)?.angles.iter().map(|peak| peak.direction).collect());
        };
        let found = plan.estimate(&snapshots.select(Axis(0), &line.channels))?.angles;
        let mut other = beside.map_or([0.0; 3], Direction::unit_vector);
        let direction = |seen: Direction| {
            other[line.axis] = seen.unit_vector()[line.axis];
            direction_of_cosines(other[0], other[2])
        };
        Ok(found.iter().map(|peak| peak.direction).filter_map(direction).collect())
    }
}

fn wants_line(finder: DirectionFinder) -> bool {
    matches!(finder, DirectionFinder::RootMusic | DirectionFinder::Esprit | DirectionFinder::UnitaryEsprit)
}

/// The longest run of antennas with equal steps along x, or along z where that is longer.
fn longest_line(positions_m: &[Vector3]) -> Line {
    let largest = positions_m.iter().flatten().fold(0.0_f64, |most, x| most.max(x.abs()));
    let apart = SAME_PLACE * largest;
    let lines = [0, 2].map(|axis| Line { channels: longest_run(positions_m, axis, apart), axis });
    let [along_x, along_z] = lines;
    if along_z.channels.len() > along_x.channels.len() { along_z } else { along_x }
}

fn longest_run(positions_m: &[Vector3], axis: usize, apart: f64) -> Vec<usize> {
    let place = |channel: usize| positions_m[channel][axis];
    let mut best = Vec::new();
    for mut row in rows_along(positions_m, axis, apart) {
        row.sort_by(|&a, &b| place(a).total_cmp(&place(b)));
        row.dedup_by(|a, b| (place(*a) - place(*b)).abs() <= apart);
        let mut start = 0;
        for end in 1..=row.len() {
            let step = |i: usize| place(row[i]) - place(row[i - 1]);
            let goes_on = end < row.len() && (end - start < 2 || (step(end) - step(end - 1)).abs() <= apart);
            if !goes_on {
                if end - start > best.len() {
                    best = row[start..end].to_vec();
                }
                start = end - 1;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_uniform_line_is_found_in_any_order_of_the_channels() {
        // A row of five with a gap behind the third, one above it, a column of three, one twice.
        let x = [4.0, 0.0, 1.0, 2.0, 5.0, 1.0, 1.0, 1.0, 6.0];
        let z = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 0.0];
        let positions: Vec<Vector3> = x.iter().zip(z).map(|(&x, z)| [x, 0.0, z]).collect();
        let line = longest_line(&positions);
        assert_eq!((line.axis, line.channels), (0, vec![1, 2, 3]));
        let column: Vec<Vector3> = [2.0, 0.0, 1.0, 3.0].iter().map(|&z| [0.0, 0.0, z]).collect();
        assert_eq!(longest_line(&column), Line { channels: vec![1, 2, 0, 3], axis: 2 });
        assert_eq!(longest_line(&[[1.0, 0.0, 2.0]]).channels.len(), 1);
    }
}
