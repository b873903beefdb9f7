//! All waves of one `|k_x|`, from the rows of the scan to lines along y at each distance.

use super::super::gridding::{Placed, Tones, WIDTH};
use super::plan::{EMPTY, Job, LaneMigration, Line, Shape};
use crate::lanes::MAX_WIDTH;
use crate::lanes::transform::Source;
use crate::lanes::{Kernel, Lanes, Z};

/// Waves of one `|k_x|` and `|k_y|`, which have the same tones along z: both signs of both.
const SIGNS: usize = 4;

/// Memory of one thread.
pub(super) struct LineMemory<L: Lanes> {
    /// `[frequency, k_y]` of both signs of `k_x`.
    spectra: [Vec<Z<L>>; 2],
    /// `[z, k_y]`, then `[z, y]`.
    images: [Vec<Z<L>>; 2],
    quads: Vec<Quad>,
    /// The grid of tones with waves in the lanes, and its transform.
    grid: Vec<Line>,
    along: Vec<Z<L>>,
    /// Two squares of registers.
    square: [Vec<Z<L>>; 2],
    values: [Line; MAX_WIDTH],
    /// What remains of each wave at each distance.
    shares: Vec<[f32; MAX_WIDTH]>,
}

/// The tones of four waves.
#[derive(Debug, Clone, Default)]
struct Quad {
    tones: Vec<f64>,
    parts: [Vec<f64>; 2],
    placed: Placed<f32>,
    /// The number of the first frequency that has a tone, and the factor of each frequency.
    first: usize,
    turns: [Vec<f32>; 2],
    shares: Vec<f64>,
}

impl<L: Lanes> LineMemory<L> {
    pub(super) fn new(lanes: L, shape: &Shape<'_>, plan: &LaneMigration, tones: &Tones<f32>) -> Self {
        let zeros = |len: usize| vec![lanes.zero(); len];
        let quad = Quad { turns: [0, 1].map(|_| vec![0.0; shape.blocks * L::WIDTH]), ..Quad::default() };
        Self {
            spectra: [0, 1].map(|_| zeros(shape.blocks * shape.rows)),
            images: [0, 1].map(|_| zeros(shape.deep * shape.rows)),
            quads: vec![quad; L::WIDTH / SIGNS],
            grid: vec![EMPTY; tones.grid() + WIDTH],
            along: zeros(plan.lens()[2]),
            square: [0, 1].map(|_| zeros(L::WIDTH)),
            values: [EMPTY; MAX_WIDTH],
            shares: vec![[0.0; MAX_WIDTH]; tones.correction().len()],
        }
    }
}

/// All waves of one `|k_x|` to `[±k_x, z, y]`.
pub(super) struct WaveLines<'a, L: Lanes> {
    pub(super) plan: &'a LaneMigration,
    pub(super) shape: &'a Shape<'a>,
    pub(super) job: &'a Job<'a>,
    pub(super) across: &'a [Line],
    pub(super) pair: usize,
    pub(super) memory: &'a mut LineMemory<L>,
    pub(super) to: &'a mut [Line],
}

impl<L: Lanes> Kernel<L> for WaveLines<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, lanes: L) {
        self.spectra(lanes);
        let j = self.shape.pairs[self.pair];
        for image in &mut self.memory.images {
            image.fill(lanes.zero());
        }
        let half = self.plan.lens()[0] / 2;
        let (mut held, mut list) = (0, [0; MAX_WIDTH / SIGNS]);
        for i in 0..=half {
            if self.job.arrives([i, j]) {
                list[held] = i;
                held += 1;
            }
            if held == L::WIDTH / SIGNS || (i == half && held > 0) {
                self.waves(lanes, &list[..held], j);
                held = 0;
            }
        }
        self.lines(lanes);
    }
}

impl<L: Lanes> WaveLines<'_, L> {
    #[inline(always)]
    fn spectra(&mut self, lanes: L) {
        let Shape { pairs, blocks, rows: pitch, .. } = *self.shape;
        let (fft, scan_rows) = (&self.plan.rows, self.job.scan.y().len());
        for y in 0..scan_rows {
            for (sign, spectrum) in self.memory.spectra.iter_mut().enumerate() {
                let lines = &self.across[((y * pairs.len() + self.pair) * 2 + sign) * blocks..][..blocks];
                for (block, line) in lines.iter().enumerate() {
                    spectrum[block * pitch + y] = lanes.load_complex(&line.0);
                }
            }
        }
        for spectrum in self.memory.spectra.iter_mut().flat_map(|all| all.chunks_exact_mut(pitch)) {
            let spectrum = &mut spectrum[..fft.order().len()];
            spectrum[scan_rows..].fill(lanes.zero());
            fft.run_in_place(lanes, spectrum);
        }
    }

    /// The lines along z of the waves of some `|k_y|`.
    #[inline(always)]
    fn waves(&mut self, lanes: L, list: &[usize], j: usize) {
        let LineMemory { spectra, images, quads, grid, along, square, values, shares } = &mut *self.memory;
        let Shape { blocks, deep, rows: pitch, .. } = *self.shape;
        let (order, [points, _, around]) = (self.plan.rows.order(), self.plan.lens());
        let [rows, turned] = square;
        for (quad, &i) in quads.iter_mut().zip(list) {
            quad.place(self.job, [i, j]);
        }
        grid.fill(EMPTY);
        for block in 0..blocks {
            let start = block * L::WIDTH;
            rows.fill(lanes.zero());
            for (q, (quad, &i)) in quads.iter().zip(list).enumerate() {
                let [re, im] = quad.turns.each_ref().map(|part| lanes.load(&part[start..]));
                for sign in 0..SIGNS {
                    let k = if sign % 2 == 0 { i } else { (points - i) % points };
                    let z = spectra[sign / 2][block * pitch + order[k]];
                    // By the conjugate.
                    rows[q * SIGNS + sign] = Z {
                        re: lanes.mul_add(z.re, re, lanes.mul(z.im, im)),
                        im: lanes.mul_sub(z.im, re, lanes.mul(z.re, im)),
                    };
                }
            }
            lanes.transpose(rows, turned);
            for (z, line) in turned.iter().zip(&mut *values) {
                lanes.store_complex(*z, &mut line.0);
            }
            for (q, quad) in quads.iter().take(list.len()).enumerate() {
                quad.spread(q, start, &values[..L::WIDTH], grid);
            }
        }
        // What was spread beyond the end belongs to the beginning.
        for n in 0..WIDTH {
            for lane in 0..MAX_WIDTH {
                let beyond = grid[around + n].0[lane];
                grid[n].0[lane] += beyond;
            }
        }
        self.plan.along.run_into(lanes, &Grid(&grid[..around]), along);

        let correction = self.job.tones.correction();
        for (q, quad) in quads.iter().take(list.len()).enumerate() {
            for ((shares, share), correction) in shares.iter_mut().zip(&quad.shares).zip(correction) {
                shares[q * SIGNS..][..SIGNS].fill(*share as f32 * correction);
            }
        }
        let order = self.plan.along.order();
        let half = correction.len() / 2;
        for block in 0..deep {
            rows.fill(lanes.zero());
            for (r, (m, share)) in rows.iter_mut().zip(shares.iter().enumerate().skip(block * L::WIDTH)) {
                let (z, share) = (along[order[(m + around - half) % around]], lanes.load(share));
                *r = Z { re: lanes.mul(z.re, share), im: lanes.mul(z.im, share) };
            }
            lanes.transpose(rows, turned);
            for (q, &i) in list.iter().enumerate() {
                for sign in 0..SIGNS {
                    // The opposite wave.
                    let k = if sign % 2 == 0 { (points - i) % points } else { i };
                    images[1 - sign / 2][block * pitch + k] = turned[q * SIGNS + sign];
                }
            }
        }
    }

    #[inline(always)]
    fn lines(&mut self, lanes: L) {
        let Shape { tall, deep, rows: pitch, .. } = *self.shape;
        let (fft, [depth, high, _], start) = (&self.plan.rows, self.job.voxels, self.job.start[0]);
        let (order, points) = (fft.order(), fft.order().len());
        let [rows, turned] = &mut self.memory.square;
        for (image, to) in self.memory.images.iter_mut().zip(self.to.chunks_exact_mut(depth * tall)) {
            for block in 0..deep {
                let image = &mut image[block * pitch..][..points];
                fft.run_in_place(lanes, image);
                for part in 0..tall {
                    rows.fill(lanes.zero());
                    for (r, y) in rows.iter_mut().zip(part * L::WIDTH..high) {
                        *r = image[order[(start + y) % points]];
                    }
                    lanes.transpose(rows, turned);
                    for (z, m) in turned.iter().zip(block * L::WIDTH..depth) {
                        lanes.store_complex(*z, &mut to[m * tall + part].0);
                    }
                }
            }
        }
    }
}

impl Quad {
    #[inline(always)]
    fn place(&mut self, job: &Job<'_>, bins: [usize; 2]) {
        let across = job.waves.across(bins);
        let [re, im] = &mut self.parts;
        self.first = job.waves.tones(across[0].hypot(across[1]), &mut self.tones, [re, im]);
        job.tones.place(&self.tones, &mut self.placed);
        for (turns, parts) in self.turns.iter_mut().zip(&self.parts) {
            let (none, turns) = turns.split_at_mut(self.first);
            none.fill(0.0);
            for (turn, part) in turns.iter_mut().zip(parts) {
                *turn = *part as f32;
            }
        }
        if !job.reach.shares(across, &mut self.shares) {
            self.shares.clear();
            self.shares.resize(job.voxels[0], 1.0);
        }
    }

    /// Spreads the values of some frequencies in the lanes of quad number `q`.
    #[inline(always)]
    fn spread(&self, q: usize, start: usize, values: &[Line], grid: &mut [Line]) {
        let placed = &self.placed;
        let [p0, p1, p2, p3, p4, p5] = placed.points.each_ref().map(|p| &p[..placed.start.len()]);
        let skipped = self.first.saturating_sub(start);
        let tones = (start + skipped).saturating_sub(self.first)..placed.start.len();
        for (n, line) in tones.zip(values.iter().skip(skipped)) {
            let value = line.0.as_chunks::<SIGNS>().0[q];
            let cells = grid.get_mut(placed.start[n] as usize..).and_then(<[_]>::first_chunk_mut::<WIDTH>);
            let Some(cells) = cells else { continue };
            for (cell, weight) in cells.iter_mut().zip([p0[n], p1[n], p2[n], p3[n], p4[n], p5[n]]) {
                let cell = &mut cell.0.as_chunks_mut::<SIGNS>().0[q];
                for (cell, value) in cell.iter_mut().zip(&value) {
                    cell.re += value.re * weight;
                    cell.im += value.im * weight;
                }
            }
        }
    }
}

/// The grid of tones; point 0 is at half the width of the kernel.
struct Grid<'a>(&'a [Line]);

impl<L: Lanes> Source<L> for Grid<'_> {
    #[inline(always)]
    fn element(&self, lanes: L, n: usize) -> Z<L> {
        let place = n + WIDTH / 2;
        let place = if place < self.0.len() { place } else { place - self.0.len() };
        lanes.load_complex(&self.0[place].0)
    }
}
