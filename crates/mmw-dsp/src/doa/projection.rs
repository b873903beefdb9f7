//! Many steering vectors projected on few vectors.
//!
//! # Fused
//! [`Steering::project`] multiplies and adds in one operation wherever AVX2 or better is found: its last bits
//! depend on the level. For `m` elements and `k` vectors a sum is off by at most
//! `6 (m + k) ε Σ_k (Σ_m |a| |e_k|)²` at any level, `ε = 1.1e-16`.

use crate::wide::fused;
#[cfg(test)]
use mmw_core::ndarray::Array2;
use mmw_core::simd::Level;
use mmw_core::{C64, by_level};

/// Directions are padded to a multiple of this many: two of the widest registers.
pub(super) const BLOCK: usize = 16;

/// Steering vectors of a grid, real and imaginary parts apart, `[element, direction]` with directions padded.
#[derive(Debug, Clone)]
pub(super) struct Steering {
    re: Vec<f64>,
    im: Vec<f64>,
    elements: usize,
    directions: usize,
    stride: usize,
}

impl Steering {
    /// From one steering vector of `elements` numbers a direction.
    pub(super) fn new<V: Iterator<Item = C64>>(
        elements: usize,
        vectors: impl ExactSizeIterator<Item = V>,
    ) -> Self {
        let directions = vectors.len();
        let stride = directions.next_multiple_of(BLOCK);
        let (mut re, mut im) = (vec![0.0; elements * stride], vec![0.0; elements * stride]);
        for (d, vector) in vectors.enumerate() {
            for (m, z) in vector.take(elements).enumerate() {
                re[m * stride + d] = z.re;
                im[m * stride + d] = z.im;
            }
        }
        Self { re, im, elements, directions, stride }
    }

    pub(super) fn directions(&self) -> usize {
        self.directions
    }

    /// `Σ_d p_d a_d a_dᴴ`, Hermitian to the bit, for one power per direction: the slow twin of
    /// [`Lags`](super::lags::Lags).
    #[cfg(test)]
    pub(super) fn covariance(&self, powers: &[f64]) -> Array2<C64> {
        /// Sums that run side by side, the same at every level.
        const LANES: usize = 8;
        let mut weights = powers.to_vec();
        weights.resize(self.stride, 0.0);
        let row = |part: &'_ [f64], m: usize| part[m * self.stride..(m + 1) * self.stride].to_vec();
        let mut matrix = Array2::zeros((self.elements, self.elements));
        for i in 0..self.elements {
            let (mut re, mut im) = (row(&self.re, i), row(&self.im, i));
            re.iter_mut()
                .zip(&mut im)
                .zip(&weights)
                .for_each(|((re, im), w)| (*re, *im) = (*re * w, *im * w));
            for j in 0..=i {
                let (mut real, mut imaginary) = ([0.0; LANES], [0.0; LANES]);
                let first = re.as_chunks::<LANES>().0.iter().zip(im.as_chunks::<LANES>().0);
                let at = j * self.stride..(j + 1) * self.stride;
                let second = (self.re[at.clone()].as_chunks::<LANES>().0.iter())
                    .zip(self.im[at].as_chunks::<LANES>().0);
                for ((ar, ai), (br, bi)) in first.zip(second) {
                    for l in 0..LANES {
                        real[l] += ar[l] * br[l] + ai[l] * bi[l];
                        imaginary[l] += ai[l] * br[l] - ar[l] * bi[l];
                    }
                }
                let sum = C64::new(real.iter().sum(), if i == j { 0.0 } else { imaginary.iter().sum() });
                matrix[[i, j]] = sum;
                matrix[[j, i]] = sum.conj();
            }
        }
        matrix
    }

    /// `out[d] = finish(Σ_k |a_dᴴ e_k|²)` for vectors in rows, `[vector, element]`. `out` may be shorter
    /// than the grid, never longer.
    pub(super) fn project(&self, vectors: &[C64], out: &mut [f64], finish: impl Fn(f64) -> f64) {
        project(Level::current(), self, vectors, out, finish);
    }
}

by_level! {
    fn project(
        level: Level, steering: &Steering, vectors: &[C64], out: &mut [f64], finish: impl Fn(f64) -> f64,
    ) {
        Avx512 => project_lanes::<16, true>(steering, vectors, out, finish),
        Avx2 => project_lanes::<8, true>(steering, vectors, out, finish),
        Portable => project_lanes::<4, false>(steering, vectors, out, finish),
    }
}

#[inline(always)]
fn project_lanes<const L: usize, const FMA: bool>(
    steering: &Steering,
    vectors: &[C64],
    out: &mut [f64],
    finish: impl Fn(f64) -> f64,
) {
    let stride = steering.stride;
    for (block, out) in out.chunks_mut(L).enumerate() {
        let start = block * L;
        let mut total = [0.0; L];
        for vector in vectors.chunks_exact(steering.elements) {
            let (mut re, mut im) = ([0.0; L], [0.0; L]);
            let rows = steering.re.chunks_exact(stride).zip(steering.im.chunks_exact(stride));
            for (e, (ar, ai)) in vector.iter().zip(rows) {
                let lanes = ar.get(start..start + L).zip(ai.get(start..start + L));
                let Some((ar, ai)) = lanes else { return };
                for l in 0..L {
                    re[l] = fused::<FMA>(ar[l], e.re, fused::<FMA>(ai[l], e.im, re[l]));
                    im[l] = fused::<FMA>(ar[l], e.im, fused::<FMA>(ai[l], -e.re, im[l]));
                }
            }
            for l in 0..L {
                total[l] = fused::<FMA>(re[l], re[l], fused::<FMA>(im[l], im[l], total[l]));
            }
        }
        let finished = total.map(&finish);
        out.copy_from_slice(&finished[..out.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_make_the_covariance_of_their_directions() {
        let (elements, directions) = (3, 21);
        let response = |d: usize| (0..elements).map(move |m| C64::cis(0.37 * (m * d) as f64));
        let powers: Vec<f64> = (0..directions).map(|d| 0.1 * d as f64).collect();
        let found = Steering::new(elements, (0..directions).map(response)).covariance(&powers);
        for ((i, j), found) in found.indexed_iter() {
            let a = |d: usize, m: usize| C64::cis(0.37 * (m * d) as f64);
            let exact: C64 = (0..directions).map(|d| powers[d] * a(d, i) * a(d, j).conj()).sum();
            // 21 terms up to 2.
            assert!((found - exact).norm() < 1e-13, "{i} {j}");
        }
    }

    #[test]
    fn every_level_projects_alike() {
        let (elements, directions, count) = (5, 37, 3);
        let response = |d: usize| (0..elements).map(move |m| C64::cis(0.37 * (m * d) as f64));
        let steering = Steering::new(elements, (0..directions).map(response));
        let vectors: Vec<C64> = (0..count * elements).map(|i| C64::cis(1.3 * (i * i) as f64)).collect();
        for level in Level::available() {
            let mut found = vec![0.0; directions];
            project(level, &steering, &vectors, &mut found, |x| x);
            for (d, found) in found.iter().enumerate() {
                let exact: f64 = vectors
                    .chunks(elements)
                    .map(|e| response(d).zip(e).map(|(a, e)| a.conj() * e).sum::<C64>().norm_sqr())
                    .sum();
                // At most 3 * 25 in magnitude, from 15 products.
                assert!((found - exact).abs() < 1e-12, "{level}, direction {d}");
            }
        }
    }
}
