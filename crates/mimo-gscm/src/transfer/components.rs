//! What a channel is for two given arrays: one complex matrix for each delay.

use super::dispatch::{accumulate, outer};
use super::kernel::{Planes, sum};
use super::station::Station;
use crate::path::{Coupling, DirectModes, GuideTerm, Realisation};
use crate::phasor::fill_phasors;
use mmw_core::Result;
use mmw_core::geometry::Vector3;
use mmw_core::random::{Streams, fill_standard_normal};

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
    fn steer(
        &self,
        directions: impl Iterator<Item = Vector3> + Clone,
        turns: &mut Vec<f64>,
        out: &mut Planes,
    ) {
        let width = directions.clone().count();
        turns.clear();
        for &[px, py, pz] in &self.places {
            turns.extend(directions.clone().map(|[x, y, z]| px * x + py * y + pz * z));
        }
        out.reset(self.places.len(), width);
        fill_phasors(turns, &mut out.re, &mut out.im);
        for (ray, direction) in directions.enumerate() {
            let Some(amplitude) = self.station.amplitude(direction) else { return };
            for antenna in 0..self.places.len() {
                out.re[antenna * width + ray] *= amplitude;
                out.im[antenna * width + ray] *= amplitude;
            }
        }
    }
}

/// Memory for the work on one realisation.
#[derive(Debug, Clone, Default)]
pub(super) struct Components {
    turns: Vec<f64>,
    receive: Planes,
    transmit: Planes,
    gain: Planes,
    modes: [Planes; 2],
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
        receive.steer(paths.iter().map(|path| path.arrival), &mut self.turns, &mut self.receive);
        transmit.steer(paths.iter().map(|path| path.departure), &mut self.turns, &mut self.transmit);
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
        let (re, im) = self.guides.row_mut(index);
        for (rt, (re, im)) in re.iter_mut().zip(im).enumerate() {
            let (pr, pi) = products.row(rt);
            (*re, *im) = (sum(pr), sum(pi));
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
                end.steer(directions.iter().copied(), &mut self.turns, out);
                if directions.len() != modes {
                    out.reset(end.len(), modes);
                }
                for antenna in 0..end.len() {
                    let (re, im) = out.row_mut(antenna);
                    for (weight, (re, im)) in weights.iter().zip(re.iter_mut().zip(im)) {
                        let product = weight * mmw_core::C64::new(*re, *im);
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
        let rays = coupling.scatterers.iter().map(|ray| ray.direction);
        end.steer(rays, &mut self.turns, &mut self.transmit);
        accumulate(&self.transmit, (&coupling.weights_re, &coupling.weights_im), out);
    }
}
