//! Range migration with one transform in each lane.
//!
//! Each stage transforms along one axis and keeps in the lanes numbers that lie side by side along another:
//! frequencies while the aperture is transformed, four waves of each of some `|k_y|` along z, places along y
//! on the way back. Only squares of registers are transposed, and a stage goes through far memory once, in
//! its order: what it works on stays in the nearer caches.
//!
//! The transforms go forward throughout: `p = conj(w) FFT₂ G` for `G` of the conjugate waves, which those of
//! the opposite sign in `FFT₂ s` are.
//!
//! # Fused
//! The transforms multiply and add with one rounding, so that the image differs in the last bits from that of
//! a processor without these lanes; on any number of threads it has the same bits.
#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]

mod plan;
mod wave_lines;

pub(super) use plan::{Job, LaneMigration};

use super::chunks::each_chunk;
use crate::lanes::MAX_WIDTH;
use crate::lanes::samples::{CubeRows, Samples};
use crate::lanes::{Kernel, Lanes, Z};
use mmw_core::C32;
use plan::{EMPTY, Line, Shape};
use wave_lines::{LineMemory, WaveLines};

/// The memory that is kept for the next scan.
#[derive(Debug, Clone, Default)]
pub(super) struct LaneScratch {
    across: Vec<Line>,
    lines: Vec<Line>,
}

impl LaneMigration {
    /// The image, `[z, y, x]`.
    pub(super) fn image<L: Lanes>(&self, lanes: L, job: &Job<'_>, scratch: &mut LaneScratch) -> Vec<C32> {
        let LaneScratch { across, lines } = scratch;
        let (scan_rows, positions, frequencies) = job.scan.samples().dim();
        let [depth, high, wide] = job.voxels;
        let [rows, columns, _] = self.lens();
        // Both signs of a k_x side by side, as long as any wave of it arrives.
        let arrives = |&j: &usize| job.arrives([0, j]);
        let pairs: Vec<usize> = (0..=columns / 2).filter(arrives).collect();
        let [blocks, tall, deep] = [frequencies, high, depth].map(|len| len.div_ceil(L::WIDTH));
        let shape = Shape { pairs: &pairs, blocks, tall, deep, rows: rows + 1, columns: columns + 1 };

        let samples = job.scan.samples().as_standard_layout();
        let samples = samples.as_slice().unwrap_or_default();
        let mut weights = job.weights.to_vec();
        weights.resize(blocks * L::WIDTH, 0.0);
        across.resize(scan_rows * pairs.len() * 2 * blocks, EMPTY);
        let memory = || vec![lanes.zero(); blocks * shape.columns];
        let row = (pairs.len() * 2 * blocks).max(1);
        each_chunk(across, row, memory, |y, to, work| {
            let channel = &samples[y * positions * frequencies..][..positions * frequencies];
            let echoes = CubeRows { channel, samples: frequencies };
            lanes.run(Across { plan: self, shape: &shape, echoes, weights: &weights, work, to });
        });

        lines.resize(pairs.len() * 2 * depth * tall, EMPTY);
        let memory = || LineMemory::new(lanes, &shape, self, job.tones);
        each_chunk(lines, 2 * depth * tall, memory, |pair, to, memory| {
            lanes.run(WaveLines { plan: self, shape: &shape, job, across, pair, memory, to });
        });

        let mut planes = vec![C32::new(0.0, 0.0); depth * high * wide];
        let memory = || vec![lanes.zero(); tall * shape.columns];
        each_chunk(&mut planes, high * wide, memory, |m, to, work| {
            lanes.run(Plane { plan: self, shape: &shape, job, lines, m, work, to });
        });
        planes
    }
}

/// One row of the scan to `[±k_x, frequency]`.
struct Across<'a, L: Lanes> {
    plan: &'a LaneMigration,
    shape: &'a Shape<'a>,
    echoes: CubeRows<'a>,
    weights: &'a [f32],
    /// `[frequency, x]`.
    work: &'a mut [Z<L>],
    to: &'a mut [Line],
}

impl<L: Lanes> Kernel<L> for Across<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: L) {
        let Self { plan: LaneMigration { columns: fft, .. }, shape, echoes, weights, work, to } = self;
        let (points, pitch) = (fft.order().len(), shape.columns);
        let positions = echoes.channel.len() / echoes.samples;
        // In the order of memory, which comes as fast as it can.
        for x in 0..positions {
            for block in 0..shape.blocks {
                let start = block * L::WIDTH;
                let whole = start + L::WIDTH <= echoes.samples;
                let z = if whole { echoes.whole(lanes, x, start) } else { echoes.rest(lanes, x, start) };
                let weight = lanes.load(&weights[start..]);
                work[block * pitch + x] = Z { re: lanes.mul(z.re, weight), im: lanes.mul(z.im, weight) };
            }
        }
        for (block, spectrum) in work.chunks_exact_mut(pitch).enumerate() {
            let spectrum = &mut spectrum[..points];
            spectrum[positions..].fill(lanes.zero());
            fft.run_in_place(lanes, spectrum);
            for (pair, &j) in shape.pairs.iter().enumerate() {
                let signs = [j, (points - j) % points];
                for (sign, k) in signs.into_iter().enumerate() {
                    let line = &mut to[(2 * pair + sign) * shape.blocks + block];
                    lanes.store_complex(spectrum[fft.order()[k]], &mut line.0);
                }
            }
        }
    }
}

/// The lines at one distance to its voxels, `[y, x]`.
struct Plane<'a, L: Lanes> {
    plan: &'a LaneMigration,
    shape: &'a Shape<'a>,
    job: &'a Job<'a>,
    lines: &'a [Line],
    m: usize,
    /// `[y, k_x]`.
    work: &'a mut [Z<L>],
    to: &'a mut [C32],
}

impl<L: Lanes> Kernel<L> for Plane<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: L) {
        let Self { plan: LaneMigration { columns: fft, .. }, shape, job, lines, m, work, to } = self;
        let ([depth, high, wide], start) = (job.voxels, job.start[1]);
        let (points, pitch) = (fft.order().len(), shape.columns);
        work.fill(lanes.zero());
        for (pair, &j) in shape.pairs.iter().enumerate() {
            for (sign, k) in [j, (points - j) % points].into_iter().enumerate() {
                let lines = &lines[((2 * pair + sign) * depth + m) * shape.tall..][..shape.tall];
                for (line, spectrum) in lines.iter().zip(work.chunks_exact_mut(pitch)) {
                    spectrum[k] = lanes.load_complex(&line.0);
                }
            }
        }
        let factor = job.factors[m];
        let (re, im) = (lanes.splat(factor.re), lanes.splat(factor.im));
        let (mut rows, mut turned) = ([lanes.zero(); MAX_WIDTH], [lanes.zero(); MAX_WIDTH]);
        for (block, spectrum) in work.chunks_exact_mut(pitch).enumerate() {
            let spectrum = &mut spectrum[..points];
            fft.run_in_place(lanes, spectrum);
            for x0 in (0..wide).step_by(L::WIDTH) {
                for (r, x) in rows.iter_mut().take(L::WIDTH).zip(x0..wide) {
                    let z = spectrum[fft.order()[(start + x) % points]];
                    *r = Z {
                        re: lanes.mul_sub(z.re, re, lanes.mul(z.im, im)),
                        im: lanes.mul_add(z.re, im, lanes.mul(z.im, re)),
                    };
                }
                lanes.transpose(&rows, &mut turned);
                for (z, y) in turned.iter().take(L::WIDTH).zip(block * L::WIDTH..high) {
                    let to = &mut to[y * wide + x0..(y + 1) * wide];
                    if to.len() >= L::WIDTH {
                        lanes.store_complex(*z, to);
                    } else {
                        let mut line = EMPTY;
                        lanes.store_complex(*z, &mut line.0);
                        to.copy_from_slice(&line.0[..to.len()]);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PhaseHistory, PlanarScan, RangeMigration, RangeMigrationConfig};
    use super::*;
    use crate::Window;
    use crate::lanes::portable::Portable;
    use mmw_core::{Axis, C64};

    /// No length is a multiple of the lanes, and some waves come from too far aside.
    fn scan_and_plan() -> (PlanarScan<f32>, RangeMigration<f32>) {
        let (y, x) = (Axis::uniform("y", "m", -6e-3, 1e-3, 13), Axis::uniform("x", "m", -0.01, 1e-3, 21));
        let (y, x) = (y.unwrap(), x.unwrap());
        let places: Vec<_> = y.iter().flat_map(|y| x.iter().map(move |x| [x, y, 0.0])).collect();
        let frequency = Axis::uniform("frequency", "Hz", 77e9, 100e6, 37).unwrap();
        let points = [([2e-3, -3e-3, 0.05], C64::new(1.0, 0.0)), ([-8e-3, 2e-3, 0.08], C64::new(0.0, 0.7))];
        let history = PhaseHistory::of_points(&points, places.clone(), places, frequency).unwrap();
        let scan = PlanarScan::from_history(history, y, x).unwrap();
        let z = Axis::uniform("z", "m", 0.02, 7e-3, 11).unwrap();
        let config = RangeMigrationConfig { z, voxels: [10, 30], points: [32, 64], window: Window::Hann };
        (scan, RangeMigration::new(config, 37).unwrap())
    }

    #[test]
    fn the_image_is_that_of_the_transforms_one_by_one() {
        let (scan, mut plan) = scan_and_plan();
        let stages = plan.lanes.take().unwrap();
        let image = stages.image(Portable, &plan.job(&scan).unwrap(), &mut LaneScratch::default());
        let expected = plan.image(&scan).unwrap();
        let peak = expected.data().iter().fold(0.0_f32, |most, z| most.max(z.norm()));
        // Both sum 37 · 273 echoes and 2048 waves in single precision, in another order.
        for (got, expected) in image.iter().zip(expected.data()) {
            assert!((got - expected).norm() < 1e-5 * peak, "{got} {expected} of {peak}");
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn vector_instructions_agree_with_plain_rust_to_the_bit() {
        let Some(lanes) = crate::lanes::avx512::Avx512::detect() else { return };
        let (scan, plan) = scan_and_plan();
        let (stages, job) = (plan.lanes.as_ref().unwrap(), plan.job(&scan).unwrap());
        let image = stages.image(lanes, &job, &mut LaneScratch::default());
        assert!(image == stages.image(Portable, &job, &mut LaneScratch::default()));
    }
}
