//! What a channel is for two given arrays: one complex matrix for each delay.

use super::dispatch::{accumulate, outer, row_sums};
use super::kernel::Planes;
use super::station::Station;
use crate::path::{Coupling, DirectModes, GuideTerm, Realisation};
use crate::phasor::fill_phasors;
use mmw_core::geometry::Vector3;
use mmw_core::random::{Streams, fill_standard_normal};
use mmw_core::{C64, Result};

/// One end: its station and where its antennas are.
#[derive(Debug, Clone)]
pub(super) struct End {
    station: Station,
    places: Vec<Vector3>,
}

impl End {
    pub(super) fn new(station: &Station, carrier_hz: f64) -> Result<Self> {
        Ok(Self { station: station.clone(), places: station.places_in_waves(carrier_hz)? })
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// `out[antenna][ray] = g(Ω) exp(+j ⟨k(Ω), x⟩)`.
    fn steer(&self, directions: &[Vector3], turns: &mut Vec<f64>, out: &mut Planes) {
        let width = directions.len();
        turns.clear();
        for &[px, py, pz] in &self.places {
            turns.extend(directions.iter().map(|&[x, y, z]| px * x + py * y + pz * z));
        }
        out.reset(self.places.len(), width);
        fill_phasors(turns, &mut out.re, &mut out.im);
        for (ray, &direction) in directions.iter().enumerate() {
            let Some(amplitude) = self.station.amplitude(direction) else { return };
            for antenna in 0..self.places.len() {
                out.re[antenna * width + ray] *= amplitude;
                out.im[antenna * width + ray] *= amplitude;
            }
        }
    }

    /// The same for a list with repetitions, each of which is worked out once.
    fn steer_repeated(
        &self,
        directions: impl Iterator<Item = Vector3>,
        distinct: &mut Distinct,
        turns: &mut Vec<f64>,
        few: &mut Planes,
        out: &mut Planes,
    ) {
        distinct.fill(directions);
        if distinct.indices.len() == distinct.directions.len() {
            return self.steer(&distinct.directions, turns, out);
        }
        self.steer(&distinct.directions, turns, few);
        out.reset(self.places.len(), distinct.indices.len());
        for antenna in 0..self.places.len() {
            let ((fr, fi), (or, oi)) = (few.row(antenna), out.row_mut(antenna));
            for ((&index, re), im) in distinct.indices.iter().zip(or).zip(oi) {
                (*re, *im) = (fr[index], fi[index]);
            }
        }
    }
}

/// A list of directions without most of its repetitions: paths by two scatterers repeat the directions of
/// both in runs and in cycles.
#[derive(Debug, Clone, Default)]
struct Distinct {
    directions: Vec<Vector3>,
    indices: Vec<usize>,
}

impl Distinct {
    /// Entries that are searched where neither a run nor a cycle goes on.
    const SEARCHED: usize = 64;

    fn fill(&mut self, directions: impl Iterator<Item = Vector3>) {
        self.directions.clear();
        self.indices.clear();
        let mut last = 0;
        for direction in directions {
            let is = |index: usize| self.directions.get(index) == Some(&direction);
            let index = if is(last) {
                last
            } else if is(last + 1) {
                last + 1
            } else {
                let known = self.directions.iter().take(Self::SEARCHED).position(|d| *d == direction);
                known.unwrap_or_else(|| {
                    self.directions.push(direction);
                    self.directions.len() - 1
                })
            };
            self.indices.push(index);
            last = index;
        }
    }
}

/// Memory for the work on one realisation.
#[derive(Debug, Clone, Default)]
pub(super) struct Components {
    turns: Vec<f64>,
    distinct: Distinct,
    rays: Vec<Vector3>,
    receive: Planes,
    transmit: Planes,
    gain: Planes,
    modes: [Planes; 2],
    sums: Vec<C64>,
    normals: Vec<f64>,
    /// `[rx · Nt + tx][path]`.
    pub(super) paths: Planes,
    /// `[guide][rx · Nt + tx]`.
    pub(super) guides: Planes,
}

impl Components {
    /// Works out the matrices of all paths and guide terms.
    pub(super) fn fill(&mut self, channel: &Realisation, receive: &End, transmit: &End) {
        let paths = &channel.paths;
        let Self { distinct, turns, gain: few, .. } = self;
        let arrivals = paths.iter().map(|path| path.arrival);
        receive.steer_repeated(arrivals, distinct, turns, few, &mut self.receive);
        let departures = paths.iter().map(|path| path.departure);
        transmit.steer_repeated(departures, distinct, turns, few, &mut self.transmit);
        self.gain.reset(1, paths.len());
        for (path, (re, im)) in paths.iter().zip(self.gain.re.iter_mut().zip(&mut self.gain.im)) {
            (*re, *im) = (path.gain.re, path.gain.im);
        }
        let size = receive.len() * transmit.len();
        self.paths.reset(size, paths.len());
        if !paths.is_empty() {
            outer(&self.receive, &self.transmit, (&self.gain.re, &self.gain.im), &mut self.paths);
        }
        self.guides.reset(channel.guides.len(), size);
        for (index, term) in channel.guides.iter().enumerate() {
            self.fill_guide(term, receive, transmit, index);
        }
    }

    /// `W[r, t] = Σ_m (G_R[r, m] · G_T[t, m]) √λ_m`.
    fn fill_guide(&mut self, term: &GuideTerm, receive: &End, transmit: &End, index: usize) {
        self.couple(&term.exit, term.strengths.len(), receive, 0);
        self.couple(&term.entry, term.strengths.len(), transmit, 1);
        let count = term.strengths.len();
        self.gain.reset(1, count);
        self.gain.re.copy_from_slice(&term.strengths);
        self.gain.im.fill(0.0);
        let [out, entry] = &self.modes;
        let products = &mut self.receive;
        products.reset(receive.len() * transmit.len(), count);
        if count > 0 {
            outer(out, entry, (&self.gain.re, &self.gain.im), products);
        }
        self.sums.resize(receive.len() * transmit.len(), C64::ZERO);
        row_sums(products, &mut self.sums);
        let (re, im) = self.guides.row_mut(index);
        for (z, (re, im)) in self.sums.iter().zip(re.iter_mut().zip(im)) {
            (*re, *im) = (z.re, z.im);
        }
    }

    /// `G[antenna][mode]` of one end into `modes[side]`.
    fn couple(&mut self, coupling: &Coupling, modes: usize, end: &End, side: usize) {
        let out = &mut self.modes[side];
        match &coupling.direct {
            DirectModes::Dark => {
                out.reset(end.len(), modes);
                out.re.fill(0.0);
                out.im.fill(0.0);
            }
            DirectModes::PlaneWaves { directions, weights } => {
                end.steer(directions, &mut self.turns, out);
                if directions.len() != modes {
                    out.reset(end.len(), modes);
                }
                for antenna in 0..end.len() {
                    let (re, im) = out.row_mut(antenna);
                    for (weight, (re, im)) in weights.iter().zip(re.iter_mut().zip(im)) {
                        let product = weight * C64::new(*re, *im);
                        (*re, *im) = (product.re, product.im);
                    }
                }
            }
            DirectModes::Independent { seed, amplitude } => {
                out.reset(end.len(), modes);
                let streams = Streams::new(*seed);
                let scale = amplitude * std::f64::consts::FRAC_1_SQRT_2;
                self.normals.resize(2 * modes, 0.0);
                for antenna in 0..end.len() {
                    fill_standard_normal(&mut self.normals, &mut streams.stream(antenna as u64));
                    let (re, im) = out.row_mut(antenna);
                    let (first, second) = self.normals.split_at(modes);
                    re.iter_mut().zip(first).for_each(|(x, z)| *x = scale * z);
                    im.iter_mut().zip(second).for_each(|(x, z)| *x = scale * z);
                }
            }
        }
        let complete = coupling.scatterers.len() * modes;
        if complete == 0 || coupling.weights_re.len() != complete || coupling.weights_im.len() != complete {
            return;
        }
        self.rays.clear();
        self.rays.extend(coupling.scatterers.iter().map(|ray| ray.direction));
        end.steer(&self.rays, &mut self.turns, &mut self.transmit);
        accumulate(&self.transmit, (&coupling.weights_re, &coupling.weights_im), out);
    }
}
