//! Range and velocity of each of several targets of one cell.

use super::Processor;
use super::angles::Sighting;
use super::folds::Unfolded;
use crate::peak::{Fitted, Seen};
use mmw_core::Result;
use mmw_core::geometry::Direction;

/// The Doppler frequencies of targets of one cell turn the transmitters unlike each other by
/// `2π / chirps` per cell, which is known once the first round has found them.
const ROUNDS: usize = 2;

impl Processor {
    /// Where each of the targets of a cell stands, seen without the others; `None` for one that is no target
    /// of this cell, or below the threshold by itself. Empty unless there are two directions or more that the
    /// channels tell apart.
    pub(super) fn apart(
        &self,
        fitted: &Fitted<'_>,
        of: usize,
        fold: &Unfolded,
        threshold: f64,
        sightings: &[Sighting],
    ) -> Result<Vec<Option<Seen>>> {
        let Some(angles) = self.angles.as_ref().filter(|_| sightings.len() > 1) else {
            return Ok(Vec::new());
        };
        let directions: Option<Vec<Direction>> = sightings.iter().map(|seen| seen.direction).collect();
        let Some(directions) = directions else { return Ok(Vec::new()) };
        let mut own_hz = vec![fold.doppler_hz; directions.len()];
        let mut places: Vec<Option<Seen>> = Vec::new();
        for _ in 0..ROUNDS {
            let beams = angles.beams(&directions, fold.doppler_hz, &own_hz)?;
            places = beams.iter().map(|beam| fitted.through(of, beam)).collect();
            for (own_hz, seen) in own_hz.iter_mut().zip(&places) {
                let moved = seen.map_or(0.0, |seen| seen.offset_bins[1]);
                *own_hz = fold.doppler_hz + moved * self.bin_hz();
            }
        }
        Ok(places.into_iter().map(|seen| seen.filter(|seen| seen.power > threshold)).collect())
    }
}
