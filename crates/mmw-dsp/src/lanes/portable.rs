//! 8 lanes in plain Rust: the twin that AVX-512 is compared with.

use super::scale::PAIRS_SCALE;
use super::set::{Kernel, Lanes, Z};
use mmw_core::C32;
use std::array::from_fn;

/// Lanes as an array; every processor has them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

impl Lanes for Portable {
    type Vector = [f32; 8];
    const WIDTH: usize = 8;

    fn splat(self, x: f32) -> [f32; 8] {
        [x; 8]
    }

    fn add(self, a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        from_fn(|i| a[i] + b[i])
    }

    fn sub(self, a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        from_fn(|i| a[i] - b[i])
    }

    fn mul(self, a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        from_fn(|i| a[i] * b[i])
    }

    fn mul_add(self, a: [f32; 8], b: [f32; 8], c: [f32; 8]) -> [f32; 8] {
        from_fn(|i| a[i].mul_add(b[i], c[i]))
    }

    fn mul_sub(self, a: [f32; 8], b: [f32; 8], c: [f32; 8]) -> [f32; 8] {
        from_fn(|i| a[i].mul_add(b[i], -c[i]))
    }

    fn sum(self, a: [f32; 8]) -> f32 {
        a.iter().sum()
    }

    fn load(self, from: &[f32]) -> [f32; 8] {
        from.first_chunk().copied().unwrap_or([0.0; 8])
    }

    fn store(self, a: [f32; 8], to: &mut [f32]) {
        if let Some(to) = to.first_chunk_mut() {
            *to = a;
        }
    }

    fn load_pairs(self, from: &[u8]) -> Z<Self> {
        let Some(from) = from.first_chunk::<32>() else { return self.zero() };
        let word = |i: usize| PAIRS_SCALE * f32::from(i16::from_le_bytes([from[2 * i], from[2 * i + 1]]));
        let real = |i: usize| i / 2 * 4 + i % 2;
        Z { re: from_fn(|i| word(real(i))), im: from_fn(|i| word(real(i) + 2)) }
    }

    fn load_complex(self, from: &[C32]) -> Z<Self> {
        let Some(from) = from.first_chunk::<8>() else { return self.zero() };
        Z { re: from.map(|z| z.re), im: from.map(|z| z.im) }
    }

    fn store_complex(self, z: Z<Self>, to: &mut [C32]) {
        let Some(to) = to.first_chunk_mut::<8>() else { return };
        *to = from_fn(|i| C32::new(z.re[i], z.im[i]));
    }

    fn transpose(self, rows: &[Z<Self>], to: &mut [Z<Self>]) {
        let (Some(rows), Some(to)) = (rows.first_chunk::<8>(), to.first_chunk_mut::<8>()) else { return };
        *to = from_fn(|i| Z { re: from_fn(|j| rows[j].re[i]), im: from_fn(|j| rows[j].im[i]) });
    }

    fn run<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
}
