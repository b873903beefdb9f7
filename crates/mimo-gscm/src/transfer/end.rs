//! One end of a link: where its antennas are, and their response to plane waves.

use super::kernel::advance;
use super::planes::Planes;
use super::station::Station;
use crate::phasor::fill_phasors;
use mmw_core::Result;
use mmw_core::geometry::{Vector3, norm};
use mmw_core::simd::Level;
use std::ops::Range;

/// Antennas of a regular row between two exact phasors: the error of the recurrence stays below 1e-14.
const ROW: usize = 16;
/// Beyond this, in wavelengths, the step of a regular row has lost digits that the places still have.
const FARTHEST_REGULAR: f64 = 1000.0;

/// One end: its station and where its antennas are.
#[derive(Debug, Clone)]
pub(super) struct End {
    station: Station,
    places: Vec<Vector3>,
    runs: Vec<Run>,
}

/// How the responses of successive antennas are found.
#[derive(Debug, Clone, PartialEq)]
enum Run {
    /// The reference point itself: no phase.
    Origin(usize),
    /// A phasor of each place.
    Exact(Range<usize>),
    /// The response of the antenna before, times that of antenna 1: a regular row from the origin.
    Regular(Range<usize>),
}

/// Memory for the response of one end.
#[derive(Debug, Clone, Default)]
pub(super) struct SteerScratch {
    turns: Vec<f64>,
    step: Planes,
}

impl End {
    /// The places of `other` in wavelengths of another frequency, `ratio` times its own.
    pub(super) fn scale(&mut self, other: &Self, ratio: f64) {
        for (here, there) in self.places.iter_mut().zip(&other.places) {
            *here = there.map(|x| ratio * x);
        }
    }

    /// Greatest distance of an antenna from the reference point, wavelengths.
    pub(super) fn extent_in_waves(&self) -> f64 {
        self.places.iter().map(|&place| norm(place)).fold(0.0, f64::max)
    }

    pub(super) fn new(station: &Station, carrier_hz: f64) -> Result<Self> {
        let places = station.places_in_waves(carrier_hz)?;
        Ok(Self { station: station.clone(), runs: runs(&places), places })
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// `⟨k(Ω), x⟩` of each antenna, turns.
    pub(super) fn projections(&self, [x, y, z]: Vector3) -> impl Iterator<Item = f64> + '_ {
        self.places.iter().map(move |&[px, py, pz]| px * x + py * y + pz * z)
    }

    /// `g(Ω)`.
    pub(super) fn amplitude(&self, direction: Vector3) -> f64 {
        self.station.amplitude(direction).unwrap_or(1.0)
    }

    /// `out[antenna][ray] = g(Ω) exp(+j ⟨k(Ω), x⟩)`.
    pub(super) fn steer(&self, directions: &[Vector3], scratch: &mut SteerScratch, out: &mut Planes) {
        let width = directions.len();
        out.reset(self.places.len(), width);
        for run in &self.runs {
            match run {
                Run::Origin(antenna) => {
                    let (re, im) = out.row_mut(*antenna);
                    re.fill(1.0);
                    im.fill(0.0);
                }
                Run::Exact(antennas) => self.steer_exactly(antennas, directions, scratch, out),
                Run::Regular(antennas) => {
                    let SteerScratch { step, .. } = &mut *scratch;
                    step.reset(1, width);
                    let (re, im) = out.row(1);
                    step.re.copy_from_slice(re);
                    step.im.copy_from_slice(im);
                    advance(Level::current(), out, antennas.start, antennas.end, step.row(0));
                }
            }
        }
        self.apply_pattern(directions, out);
    }

    fn steer_exactly(
        &self,
        antennas: &Range<usize>,
        directions: &[Vector3],
        scratch: &mut SteerScratch,
        out: &mut Planes,
    ) {
        scratch.turns.clear();
        for &[px, py, pz] in self.places.get(antennas.clone()).unwrap_or_default() {
            scratch.turns.extend(directions.iter().map(|&[x, y, z]| px * x + py * y + pz * z));
        }
        let range = antennas.start * out.width..antennas.end * out.width;
        fill_phasors(Level::current(), &scratch.turns, &mut out.re[range.clone()], &mut out.im[range]);
    }

    fn apply_pattern(&self, directions: &[Vector3], out: &mut Planes) {
        for (ray, &direction) in directions.iter().enumerate() {
            let Some(amplitude) = self.station.amplitude(direction) else { return };
            for antenna in 0..self.places.len() {
                out.re[antenna * out.width + ray] *= amplitude;
                out.im[antenna * out.width + ray] *= amplitude;
            }
        }
    }
}

/// Finds the regular rows that start at the origin.
fn runs(places: &[Vector3]) -> Vec<Run> {
    let [Some(first), Some(step)] = [places.first(), places.get(1)] else {
        return vec![Run::Exact(0..places.len())];
    };
    if *first != [0.0; 3] {
        return vec![Run::Exact(0..places.len())];
    }
    let follows = |antenna: usize| {
        let [Some(before), Some(here)] =
            [antenna.checked_sub(1).map(|i| places[i]), places.get(antenna).copied()]
        else {
            return false;
        };
        (0..3).all(|axis| {
            let size = here[axis].abs().max(before[axis].abs());
            let slip = here[axis] - before[axis] - step[axis];
            size <= FARTHEST_REGULAR && slip.abs() <= 4.0 * f64::EPSILON * size
        })
    };
    let mut runs = vec![Run::Origin(0)];
    for antenna in 1..places.len() {
        let regular = antenna > 1 && antenna % ROW != 0 && follows(antenna);
        match runs.last_mut() {
            Some(Run::Regular(row)) if regular => row.end += 1,
            Some(Run::Exact(list)) if !regular => list.end += 1,
            _ if regular => runs.push(Run::Regular(antenna..antenna + 1)),
            _ => runs.push(Run::Exact(antenna..antenna + 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::antenna::AntennaArray;

    fn end(array: AntennaArray) -> End {
        End::new(&Station::new(array).turned(0.3).unwrap(), 2e9).unwrap()
    }

    #[test]
    fn regular_rows_are_found_and_no_others() {
        let line = end(AntennaArray::uniform_linear(18, 0.075).unwrap());
        assert_eq!(
            line.runs,
            [Run::Origin(0), Run::Exact(1..2), Run::Regular(2..16), Run::Exact(16..17), Run::Regular(17..18)]
        );
        let shifted = AntennaArray::uniform_linear(4, 0.075).unwrap().shifted([0.1, 0.0, 0.0]).unwrap();
        assert_eq!(end(shifted).runs, [Run::Exact(0..4)]);
        let uneven = AntennaArray::from_positions(vec![[0.0; 3], [0.1, 0.0, 0.0], [0.3, 0.0, 0.0]]).unwrap();
        assert_eq!(end(uneven).runs, [Run::Origin(0), Run::Exact(1..3)]);
        let far = AntennaArray::uniform_linear(3, 1e3).unwrap();
        assert_eq!(end(far).runs, [Run::Origin(0), Run::Exact(1..3)]);
    }

    #[test]
    fn the_recurrence_along_a_row_keeps_to_exact_phasors() {
        let directions: Vec<Vector3> = (0..40)
            .map(|i| {
                let (sin, cos) = f64::from(i).sin_cos();
                [0.8 * sin, 0.8 * cos, 0.6]
            })
            .collect();
        for array in [
            AntennaArray::uniform_linear(40, 0.075).unwrap(),
            AntennaArray::uniform_planar(5, 3, 0.07, 0.09).unwrap(),
        ] {
            let by_runs = end(array);
            let exact = End { runs: vec![Run::Exact(0..by_runs.len())], ..by_runs.clone() };
            let (mut a, mut b, mut scratch) = (Planes::default(), Planes::default(), SteerScratch::default());
            by_runs.steer(&directions, &mut scratch, &mut a);
            exact.steer(&directions, &mut scratch, &mut b);
            let differences =
                a.re.iter().zip(&b.re).chain(a.im.iter().zip(&b.im)).map(|(x, y)| (x - y).abs());
            // Fifteen products of relative error 3e-16, and the slip of the places times 2π.
            assert!(differences.fold(0.0, f64::max) < 1e-13);
        }
    }
}
