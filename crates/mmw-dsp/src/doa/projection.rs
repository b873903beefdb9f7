//! Many steering vectors projected on few vectors, in the widest vector registers that the machine has.
//!
//! The `unsafe` of this module is two calls of `#[target_feature]` functions. Each is sound because it
//! stands behind the run-time check of exactly the features that the function enables; the functions
//! themselves are safe code, the same generic body as the portable twin, compiled for other registers.
#![allow(unsafe_code)]

use mmw_core::C64;

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

    /// `out[d] = finish(Σ_k |a_d^H e_k|²)` for vectors in rows, `[vector, element]`. `out` may be shorter than
    /// the grid, never longer.
    pub(super) fn project(&self, vectors: &[C64], out: &mut [f64], finish: impl Fn(f64) -> f64) {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                // SAFETY: the feature was found on the line above.
                return unsafe { project_avx512(self, vectors, out, finish) };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                // SAFETY: both features were found on the line above.
                return unsafe { project_avx2(self, vectors, out, finish) };
            }
        }
        project_lanes::<4, false>(self, vectors, out, finish);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn project_avx512(steering: &Steering, vectors: &[C64], out: &mut [f64], finish: impl Fn(f64) -> f64) {
    project_lanes::<16, true>(steering, vectors, out, finish);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn project_avx2(steering: &Steering, vectors: &[C64], out: &mut [f64], finish: impl Fn(f64) -> f64) {
    project_lanes::<8, true>(steering, vectors, out, finish);
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
                    re[l] = add::<FMA>(ar[l], e.re, add::<FMA>(ai[l], e.im, re[l]));
                    im[l] = add::<FMA>(ar[l], e.im, add::<FMA>(ai[l], -e.re, im[l]));
                }
            }
            for l in 0..L {
                total[l] = add::<FMA>(re[l], re[l], add::<FMA>(im[l], im[l], total[l]));
            }
        }
        let finished = total.map(&finish);
        out.copy_from_slice(&finished[..out.len()]);
    }
}

#[inline(always)]
fn add<const FMA: bool>(a: f64, b: f64, sum: f64) -> f64 {
    if FMA { a.mul_add(b, sum) } else { a * b + sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_twin_projects_alike() {
        let (elements, directions, count) = (5, 37, 3);
        let response = |d: usize| (0..elements).map(move |m| C64::cis(0.37 * (m * d) as f64));
        let steering = Steering::new(elements, (0..directions).map(response));
        let vectors: Vec<C64> = (0..count * elements).map(|i| C64::cis(1.3 * (i * i) as f64)).collect();
        let run = |f: &dyn Fn(&mut [f64])| {
            let mut out = vec![0.0; directions];
            f(&mut out);
            out
        };
        let found = [
            run(&|out| steering.project(&vectors, out, |x| x)),
            run(&|out| project_lanes::<4, false>(&steering, &vectors, out, |x| x)),
            run(&|out| project_lanes::<8, true>(&steering, &vectors, out, |x| x)),
            run(&|out| project_lanes::<16, true>(&steering, &vectors, out, |x| x)),
        ];
        for d in 0..directions {
            let exact: f64 = vectors
                .chunks(elements)
                .map(|e| response(d).zip(e).map(|(a, e)| a.conj() * e).sum::<C64>().norm_sqr())
                .sum();
            // At most 3 * 25 in magnitude, from 15 products.
            assert!(found.iter().all(|f| (f[d] - exact).abs() < 1e-12), "direction {d}");
        }
    }
}
