//! 8 lanes: AVX2 with FMA.
//!
//! # Why this is sound
//! - *Instructions.* [`Avx2`] has a private field and [`Avx2::detect`] is its only constructor, so whoever
//!   holds one runs on a processor (and an operating system) with AVX2 and FMA. Every intrinsic that is
//!   called here needs AVX, AVX2 or FMA and no more, and every method that calls one takes `self`.
//! - *Bounds.* Memory is reached only through references to arrays whose size is that of the access:
//!   `[f32; 8]` is one vector, `[C32; 8]` is `repr(C)` pairs of `f32` without padding and so two vectors.
//! - *Alignment.* Loads and stores are the unaligned forms. `Z<Avx2>` holds vectors as typed values, whose
//!   alignment the compiler sees to.
#![allow(unsafe_code)]

use super::{Kernel, Lanes, Z};
use mmw_core::C32;
use std::arch::x86_64::{
    __m256, _mm256_add_ps, _mm256_castpd_ps, _mm256_castps_pd, _mm256_fmadd_ps, _mm256_fmsub_ps,
    _mm256_loadu_ps, _mm256_mul_ps, _mm256_permute2f128_ps, _mm256_permute4x64_pd, _mm256_set1_ps,
    _mm256_shuffle_ps, _mm256_storeu_ps, _mm256_sub_ps, _mm256_unpackhi_pd, _mm256_unpackhi_ps,
    _mm256_unpacklo_pd, _mm256_unpacklo_ps,
};

/// Proof that the processor has AVX2 and FMA.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, when the processor has the instructions.
    pub(crate) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }
}

#[target_feature(enable = "avx2,fma")]
fn run_with_avx2<K: Kernel<Avx2>>(kernel: K, lanes: Avx2) -> K::Output {
    kernel.run(lanes)
}

// SAFETY of every `unsafe` block below: see the module's header.
impl Lanes for Avx2 {
    type Vector = __m256;
    const WIDTH: usize = 8;

    #[inline(always)]
    fn splat(self, x: f32) -> __m256 {
        unsafe { _mm256_set1_ps(x) }
    }

    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_add_ps(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_sub_ps(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_mul_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn mul_sub(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        unsafe { _mm256_fmsub_ps(a, b, c) }
    }

    #[inline(always)]
    fn sum(self, a: __m256) -> f32 {
        let mut parts = [0.0_f32; 8];
        unsafe { _mm256_storeu_ps(parts.as_mut_ptr(), a) };
        parts.iter().sum()
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> __m256 {
        let Some(from) = from.first_chunk::<8>() else { return self.splat(0.0) };
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn load_complex(self, from: &[C32]) -> Z<Self> {
        let Some(from) = from.first_chunk::<8>() else { return self.zero() };
        let from: *const f32 = from.as_ptr().cast();
        unsafe {
            let (a, b) = (_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8)));
            // Pairs come out as 0 1 4 5 2 3 6 7; the permutation puts them in order.
            let re = _mm256_castps_pd(_mm256_shuffle_ps::<0x88>(a, b));
            let im = _mm256_castps_pd(_mm256_shuffle_ps::<0xdd>(a, b));
            Z {
                re: _mm256_castpd_ps(_mm256_permute4x64_pd::<0xd8>(re)),
                im: _mm256_castpd_ps(_mm256_permute4x64_pd::<0xd8>(im)),
            }
        }
    }

    #[inline(always)]
    fn store_complex(self, z: Z<Self>, to: &mut [C32]) {
        let Some(to) = to.first_chunk_mut::<8>() else { return };
        let to: *mut f32 = to.as_mut_ptr().cast();
        unsafe {
            let (low, high) = (_mm256_unpacklo_ps(z.re, z.im), _mm256_unpackhi_ps(z.re, z.im));
            _mm256_storeu_ps(to, _mm256_permute2f128_ps::<0x20>(low, high));
            _mm256_storeu_ps(to.add(8), _mm256_permute2f128_ps::<0x31>(low, high));
        }
    }

    #[inline(always)]
    fn transpose(self, rows: &[Z<Self>], to: &mut [Z<Self>]) {
        let (Some(rows), Some(to)) = (rows.first_chunk::<8>(), to.first_chunk_mut::<8>()) else { return };
        macro_rules! transpose_part {
            ($part:ident) => {
                // Four rows and the same four columns of each half at a time; then halves change place.
                let a = self.transpose_halves([rows[0].$part, rows[1].$part, rows[2].$part, rows[3].$part]);
                let b = self.transpose_halves([rows[4].$part, rows[5].$part, rows[6].$part, rows[7].$part]);
                for j in 0..4 {
                    unsafe {
                        to[j].$part = _mm256_permute2f128_ps::<0x20>(a[j], b[j]);
                        to[4 + j].$part = _mm256_permute2f128_ps::<0x31>(a[j], b[j]);
                    }
                }
            };
        }
        transpose_part!(re);
        transpose_part!(im);
    }

    #[inline(always)]
    fn run<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        unsafe { run_with_avx2(kernel, self) }
    }
}

impl Avx2 {
    /// Lane `i` of half `h` of row `j` to lane `j` of half `h` of row `i`.
    #[inline(always)]
    fn transpose_halves(self, r: [__m256; 4]) -> [__m256; 4] {
        unsafe {
            let low_01 = _mm256_castps_pd(_mm256_unpacklo_ps(r[0], r[1]));
            let high_01 = _mm256_castps_pd(_mm256_unpackhi_ps(r[0], r[1]));
            let low_23 = _mm256_castps_pd(_mm256_unpacklo_ps(r[2], r[3]));
            let high_23 = _mm256_castps_pd(_mm256_unpackhi_ps(r[2], r[3]));
            [
                _mm256_castpd_ps(_mm256_unpacklo_pd(low_01, low_23)),
                _mm256_castpd_ps(_mm256_unpackhi_pd(low_01, low_23)),
                _mm256_castpd_ps(_mm256_unpacklo_pd(high_01, high_23)),
                _mm256_castpd_ps(_mm256_unpackhi_pd(high_01, high_23)),
            ]
        }
    }
}
