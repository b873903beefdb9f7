//! What a channel is for two given arrays: one complex matrix for each delay.

use super::end::{End, SteerScratch};
use super::kernel::{accumulate, pair_sums, products, sum_of_products, weigh};
use super::planes::Planes;
use super::spread::{Side, Spread, padded};
use crate::path::{Coupling, DirectModes, GuideTerm, Realisation};
use mmw_core::geometry::Vector3;
use mmw_core::random::{Streams, fill_standard_normal};
use mmw_core::simd::Level;

/// Memory for the work on one realisation.
#[derive(Debug, Clone, Default)]
pub(super) struct Components {
    steer: SteerScratch,
    steered: Planes,
    receive: Spread,
    transmit: Spread,
    gain: Planes,
    scatterers: [Seen; 2],
    modes: [Planes; 2],
    normals: Vec<f64>,
    guides: Planes,
    size: usize,
}

/// Scatterers of the guides as one end sees them: most guides share them.
#[derive(Debug, Clone, Default)]
struct Seen {
    directions: Vec<Vector3>,
    responses: Planes,
}

impl Components {
    /// Works out all that the matrices of paths and guide terms are made of.
    pub(super) fn fill(&mut self, channel: &Realisation, receive: &End, transmit: &End) {
        let (paths, antennas) = (&channel.paths, [receive.len(), transmit.len()]);
        self.receive.sort(paths.iter().map(|path| path.arrival));
        receive.steer(&self.receive.directions, &mut self.steer, &mut self.steered);
        self.receive.spread(Side::Receive, &self.steered, antennas);
        self.transmit.sort(paths.iter().map(|path| path.departure));
        transmit.steer(&self.transmit.directions, &mut self.steer, &mut self.steered);
        self.transmit.spread(Side::Transmit, &self.steered, antennas);
        self.gain.reset(1, paths.len());
        for (path, (re, im)) in paths.iter().zip(self.gain.re.iter_mut().zip(&mut self.gain.im)) {
            (*re, *im) = (path.gain.re, path.gain.im);
        }
        self.fill_guides(channel, receive, transmit);
    }

    /// The matrices of guide terms alone.
    pub(super) fn fill_guides(&mut self, channel: &Realisation, receive: &End, transmit: &End) {
        self.size = receive.len() * transmit.len();
        self.scatterers.iter_mut().for_each(|seen| seen.directions.clear());
        self.guides.reset(channel.guides.len(), padded(self.size));
        for (index, term) in channel.guides.iter().enumerate() {
            self.fill_guide(term, receive, transmit, index);
        }
    }

    /// The matrices one by one, paths before guides, `[component][rx · Nt + tx]`, padded to whole registers.
    pub(super) fn matrices(&self, out: &mut Planes) {
        let (paths, width) = (self.gain.re.len(), padded(self.size));
        out.reset(paths + self.guides.re.len() / width.max(1), width);
        products(Level::current(), [&self.receive, &self.transmit], (&self.gain.re, &self.gain.im), out);
        out.re[paths * width..].copy_from_slice(&self.guides.re);
        out.im[paths * width..].copy_from_slice(&self.guides.im);
    }

    /// The matrix of a guide term, `[rx · Nt + tx]`.
    pub(super) fn guide(&self, index: usize) -> (&[f64], &[f64]) {
        self.guides.row(index)
    }

    /// The sum of all matrices: the channel at the carrier.
    pub(super) fn sum(&self, out: &mut Planes) {
        let width = padded(self.size);
        out.reset(1, width);
        sum_of_products(
            Level::current(),
            [&self.receive, &self.transmit],
            (&self.gain.re, &self.gain.im),
            out,
        );
        let guides = self.guides.re.chunks_exact(width).zip(self.guides.im.chunks_exact(width));
        for (re, im) in guides {
            out.re.iter_mut().zip(re).for_each(|(sum, x)| *sum += x);
            out.im.iter_mut().zip(im).for_each(|(sum, x)| *sum += x);
        }
    }

    /// `W[r, t] = Σ_m (G_R[r, m] · G_T[t, m]) √λ_m`.
    fn fill_guide(&mut self, term: &GuideTerm, receive: &End, transmit: &End, index: usize) {
        self.couple(&term.exit, term.strengths.len(), receive, 0);
        self.couple(&term.entry, term.strengths.len(), transmit, 1);
        let [out, entry] = &self.modes;
        let (re, im) = self.guides.row_mut(index);
        let sums = (&mut re[..self.size], &mut im[..self.size]);
        pair_sums(Level::current(), out, entry, &term.strengths, sums);
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
                end.steer(directions, &mut self.steer, out);
                if directions.len() != modes {
                    out.reset(end.len(), modes);
                }
                (0..end.len()).for_each(|antenna| weigh(Level::current(), weights, out.row_mut(antenna)));
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
        let Seen { directions, responses } = &mut self.scatterers[side];
        if !directions.iter().eq(coupling.scatterers.iter().map(|ray| &ray.direction)) {
            directions.clear();
            directions.extend(coupling.scatterers.iter().map(|ray| ray.direction));
            end.steer(directions, &mut self.steer, responses);
        }
        accumulate(Level::current(), responses, (&coupling.weights_re, &coupling.weights_im), out);
    }
}
