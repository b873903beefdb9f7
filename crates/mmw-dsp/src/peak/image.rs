//! The mirror image of real samples: every target stands a second time at minus both frequencies.
//!
//! ```text
//! x = 2 Re{A exp(jφ)} = A exp(jφ) + A* exp(−jφ)    so that    X(−k, −d) = X(k, d)*
//! ```
//! The bins below beat frequency zero and above half the sampling rate follow from those between. They
//! complete the patches at both ends, where the image is a companion without unknowns of its own: its place
//! is minus that of the target, and in its middle sample it has the conjugate amplitude. With the white tones
//! `u` and `v` of the target and its image and the bins `Z` of one channel, the amplitude that fits best is
//!
//! ```text
//! g = uᴴZ + (vᴴZ)*,   p = uᴴu + vᴴv,   q = 2 uᴴv,   A = (p g − q g*) / (p² − |q|²)
//! ```
//! and takes the energy `Re{A* g}`.

use super::joint::Target;
use super::likelihood::Bins;
use super::patch::{PatchAxis, Row, Tone};
use super::refine::{Image, PeakRefiner};
use mmw_core::C64;
use std::f64::consts::TAU;

/// A peak nearer to an end of the axis than this many cells is searched for together with its image.
const BESIDE_CELLS: f64 = 3.0;
/// Spacing of that search, cells: the main lobe of white bins is two wide.
const SEARCH_CELLS: f64 = 0.5;
/// The search ends at this step, cells; Newton's method goes on from there.
const FINEST_CELLS: f64 = 1e-3;
/// Rounds of the search before giving up.
const MOST_ROUNDS: usize = 200;
/// Nearer to its image in Doppler than this many cells a peak may be looked for in the cell of either.
const SAME_CELLS: f64 = 2.5;
/// Part of the energy of target and image that must remain when they cancel.
const LEAST_DETERMINANT: f64 = 1e-9;
/// A target that stands still nearer to its image than this many cells is taken for neither.
const LEAST_CELLS: f64 = 0.5;

/// One candidate of the search.
struct Candidate {
    offsets: [f64; 2],
    energy: f64,
    amplitudes: Vec<C64>,
}

impl Image {
    /// Amplitudes of the image.
    pub(super) fn of<'a>(
        &'a self,
        amplitudes: impl IntoIterator<Item = &'a C64>,
    ) -> impl Iterator<Item = C64> {
        let turns = self.turns.iter().copied().chain(std::iter::repeat(C64::new(1.0, 0.0)));
        amplitudes.into_iter().zip(turns).map(|(a, turn)| a.conj() * turn)
    }
}

impl PeakRefiner {
    /// The same plan for real samples, whose spectrum is known from its bins up to half the FFT: the patches
    /// at both ends go on with the conjugate mirror, and the image of each target at minus both frequencies
    /// is part of the model. Its place and its amplitudes follow from those of the target.
    ///
    /// Of a peak that is an image itself `range_bin` is below zero, or above half the FFT.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{C64, ndarray::Array3};
    /// use mmw_dsp::peak::PeakRefiner;
    /// use std::f64::consts::TAU;
    ///
    /// // A cosine at range bin 1.2 and Doppler bin 0.6, by a slow DFT of 32 samples and 16 chirps.
    /// let dft = |at: f64, bin: f64, len: i32| -> C64 {
    ///     (0..len).map(|n| C64::cis(TAU * f64::from(n) * (at - bin) / f64::from(len))).sum()
    /// };
    /// let tone = |sign: f64, r: usize, d: usize| {
    ///     dft(sign * 1.2, r as f64, 32) * dft(sign * 0.6, d as f64 - 8.0, 16) * C64::cis(sign * 0.3)
    /// };
    /// let spectrum = Array3::from_shape_fn((1, 16, 16), |(_, r, d)| tone(1.0, r, d) + tone(-1.0, r, d));
    /// let plan = PeakRefiner::new(&[1.0; 32], 32, &[1.0; 16], 16, [4, 4])?.with_image();
    /// let peak = plan.refine(&spectrum, [1, 9], true)?;
    /// assert!((peak.range_bin - 1.2).abs() < 1e-3 && (peak.doppler_bin - 0.6).abs() < 1e-3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_image(self) -> Self {
        self.with_weighted_image(&[])
    }

    /// As [`PeakRefiner::with_image`] for channels that were multiplied by complex weights.
    pub(crate) fn with_weighted_image(self, weights: &[C64]) -> Self {
        let turn = |w: &C64| if w.norm() > 0.0 { C64::cis(2.0 * w.arg()) } else { C64::new(1.0, 0.0) };
        Self { image: Some(Image { turns: weights.iter().map(turn).collect() }), ..self }
    }

    pub(crate) fn has_image(&self) -> bool {
        self.image.is_some()
    }

    /// Where the spectrum holds this bin of the range FFT, or its image; `None` where it does not.
    pub(super) fn row(&self, bin: isize, rows: usize) -> Option<Row> {
        let index = bin.rem_euclid(self.range.fft as isize) as usize;
        if index < rows {
            return Some(Row { index, mirrored: false });
        }
        let index = self.range.fft - index;
        (self.image.is_some() && index < rows).then_some(Row { index, mirrored: true })
    }

    /// Whether a peak in this row is looked for together with its image.
    pub(super) fn is_beside_image(&self, row: usize, rows: usize) -> bool {
        let reach = BESIDE_CELLS * self.range.bins_a_cell();
        self.image.is_some() && ((row as f64) < reach || (row as f64) >= rows as f64 - reach)
    }

    /// Whether a place in range is that of an image: below beat frequency zero, or above half the
    /// sampling rate.
    pub(crate) fn is_image(&self, range_bin: f64) -> bool {
        self.image.is_some() && !(0.0..=0.5 * self.range.fft as f64).contains(&range_bin)
    }

    /// Whether target and image are so near to each other that a place and amplitudes for one say nothing.
    pub(crate) fn is_on_image(&self, place: [f64; 2]) -> bool {
        let cells = [(&self.range, place[0]), (&self.doppler, place[1])].map(|(axis, bins)| {
            let half = 0.5 * axis.fft as f64;
            (bins - (bins / half).round() * half) / axis.bins_a_cell()
        });
        self.image.is_some() && cells[0].hypot(cells[1]) < LEAST_CELLS
    }

    /// `V(κ − k)` in range, less what the mean of each chirp took of it.
    pub(super) fn range_response(&self, at: f64, bin: f64) -> C64 {
        let response = &self.range.response;
        let echo = response.value(at - bin);
        if !self.no_offset {
            return echo;
        }
        echo - response.value(at) * response.value(-bin) / response.value(0.0)
    }

    /// The greatest power in range of a target of amplitude 1 there.
    pub(super) fn summit(&self, range_bin: f64) -> f64 {
        let most = self.range.response.value(0.0).norm_sqr();
        let reach = BESIDE_CELLS * self.range.bins_a_cell();
        if !self.no_offset || range_bin.abs() >= reach {
            return most;
        }
        let bins = (0..=(2.0 * reach) as usize).map(|bin| bin as f64);
        bins.map(|bin| self.range_response(range_bin.abs(), bin).norm_sqr()).fold(0.0, f64::max)
    }

    /// Power at the summit of a target of amplitude 1 in one channel, where nothing was taken from it.
    pub(crate) fn summit_of_one(&self) -> f64 {
        self.range.response.value(0.0).norm_sqr() * self.doppler.response.value(0.0).norm_sqr()
    }
}

/// Offset of an image from the middle of a patch, at most half the FFT, and the phase of its amplitude there.
fn mirrored(axis: &PatchAxis, position: f64, middles: [f64; 2]) -> (f64, f64) {
    let fft = axis.fft as f64;
    let apart = -position - middles[0];
    let rounds = (apart / fft).round();
    // A half-integer centre turns by half a cycle when the bin goes once round.
    (apart - rounds * fft, -(middles[0] + middles[1] + rounds * fft) * axis.centre / fft)
}

impl Target<'_> {
    /// Takes the image of `other` out of the bins of this one.
    pub(super) fn subtract_image(&self, plan: &PeakRefiner, other: &Target<'_>, bins: &mut Bins) {
        let Some(image) = &plan.image else { return };
        let position = other.position();
        let axes = [&plan.range, &plan.doppler];
        let places =
            [0, 1].map(|axis| mirrored(axes[axis], position[axis], [self.middle[axis], other.middle[axis]]));
        let tones = [0, 1].map(|axis| self.patches[axis].values_at(axes[axis], places[axis].0));
        let phase = C64::cis(TAU * (places[0].1 + places[1].1));
        let amplitudes: Vec<C64> = image.of(&other.amplitudes).map(|a| a * phase).collect();
        bins.subtract(&amplitudes, [&tones[0], &tones[1]]);
    }

    /// Puts the target where it and its image are most likely, with its amplitudes, and lets it move
    /// around there.
    pub(super) fn search_with_image(&mut self, plan: &PeakRefiner, bins: &Bins) {
        let axes = [&plan.range, &plan.doppler];
        let cell = axes.map(PatchAxis::bins_a_cell);
        let low = self.middle[0] < 0.25 * plan.range.fft as f64;
        let end = if low { 0.0 } else { 0.5 * plan.range.fft as f64 } - self.middle[0];
        let reach = BESIDE_CELLS * cell[0];
        // As far beyond the end as a target may be whose image stands in this cell.
        let range = if low { [end - reach, cell[0]] } else { [-cell[0], end + reach] };
        let doppler = if self.slow { self.bounds[1] } else { [-cell[1], cell[1]] };
        let steps = |[first, last]: [f64; 2], cell: f64| {
            let count = ((last - first) / (SEARCH_CELLS * cell)).round().max(1.0);
            let step = (last - first) / count;
            (0..count as usize).map(move |i| first + (i as f64 + 0.5) * step)
        };
        let mut best: Option<Candidate> = None;
        for side in [false, true] {
            let mut start: Option<Candidate> = None;
            for r in steps(range, cell[0]).filter(|&r| (r > end) == side) {
                for d in steps(doppler, cell[1]) {
                    let next = self.with_image(plan, bins, [r, d]);
                    start = better(start, next);
                }
            }
            let found = start.map(|start| self.climb(plan, bins, start, [range, doppler]));
            best = better(best, found);
        }
        let Some(best) = best else { return };
        (self.offsets, self.amplitudes) = (best.offsets, best.amplitudes);
        self.flip(plan);
        let offsets = self.offsets;
        self.bounds = [0, 1].map(|axis| [-1.0, 1.0].map(|side| offsets[axis] + side * cell[axis]));
    }

    /// Uphill along both axes by steps that shrink.
    fn climb(
        &self,
        plan: &PeakRefiner,
        bins: &Bins,
        mut best: Candidate,
        bounds: [[f64; 2]; 2],
    ) -> Candidate {
        let cell = [plan.range.bins_a_cell(), plan.doppler.bins_a_cell()];
        let mut step = 0.5 * SEARCH_CELLS;
        for _ in 0..MOST_ROUNDS {
            if step < FINEST_CELLS {
                break;
            }
            let before = best.energy;
            for (axis, sign) in [(0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)] {
                let mut at = best.offsets;
                at[axis] = (at[axis] + sign * step * cell[axis]).clamp(bounds[axis][0], bounds[axis][1]);
                if let Some(next) = self.with_image(plan, bins, at).filter(|next| next.energy > best.energy) {
                    best = next;
                }
            }
            if best.energy <= before {
                step *= 0.5;
            }
        }
        best
    }

    /// The energy that the target and its image take there, and the amplitudes that do so.
    fn with_image(&self, plan: &PeakRefiner, bins: &Bins, offsets: [f64; 2]) -> Option<Candidate> {
        let image = plan.image.as_ref()?;
        let axes = [&plan.range, &plan.doppler];
        let model = self.model(plan);
        let places = [0, 1]
            .map(|axis| mirrored(axes[axis], self.middle[axis] + offsets[axis], [self.middle[axis]; 2]));
        let mut tones = [[Tone::default(), Tone::default()], [Tone::default(), Tone::default()]];
        let [own, other] = &mut tones;
        let target = model.evaluate(bins, offsets, own);
        let mirror = model.evaluate(bins, places.map(|place| place.0), other);
        let inner = |axis: usize| -> C64 {
            let values = own[axis].values[0].iter().zip(&other[axis].values[0]);
            values.map(|(u, v)| u.conj() * v).sum()
        };
        let phase = C64::cis(TAU * (places[0].1 + places[1].1));
        let energy = target.energy + mirror.energy;
        let overlap = 2.0 * inner(0) * inner(1) * phase;
        let determinant = energy * energy - overlap.norm_sqr();
        if determinant <= LEAST_DETERMINANT * energy * energy || energy <= LEAST_DETERMINANT {
            return None;
        }
        // The conjugate of a response, turned as the channel is.
        let turned = image.of(&mirror.responses);
        let ones = vec![C64::new(1.0, 0.0); bins.channels];
        let pairs = target.responses.iter().zip(turned).zip(image.of(&ones));
        let mut taken = 0.0;
        let amplitudes = pairs.map(|((u, v), turn)| {
            let g = u + v * phase;
            let a = (g * energy - overlap * turn * g.conj()) / determinant;
            taken += (a.conj() * g).re;
            a
        });
        let amplitudes = amplitudes.collect();
        Some(Candidate { offsets, energy: taken, amplitudes })
    }

    /// Where target and image stand in one patch, their names are exchanged when the image was taken
    /// for the target.
    fn flip(&mut self, plan: &PeakRefiner) {
        let Some(image) = plan.image.as_ref() else { return };
        let axes = [&plan.range, &plan.doppler];
        let position = self.position();
        let places = [0, 1].map(|axis| mirrored(axes[axis], position[axis], [self.middle[axis]; 2]));
        let apart = (places[1].0 - self.offsets[1]).abs();
        let alike = self.slow || apart <= SAME_CELLS * plan.doppler.bins_a_cell();
        if !(plan.is_image(position[0]) && alike) {
            return;
        }
        let phase = C64::cis(TAU * (places[0].1 + places[1].1));
        self.amplitudes = image.of(&self.amplitudes).map(|a| a * phase).collect();
        self.offsets = places.map(|place| place.0);
    }
}

fn better(a: Option<Candidate>, b: Option<Candidate>) -> Option<Candidate> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.energy > a.energy { b } else { a }),
        (a, b) => a.or(b),
    }
}
