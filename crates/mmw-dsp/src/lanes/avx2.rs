//! 8 lanes: AVX2 and FMA.
//!
//! # Why this is sound
//! - *Instructions.* [`Avx2`] has a private field and [`Avx2::detect`] is its only constructor; it takes it
//!   from the proof in [`Level`], so whoever holds one runs on a processor (and an operating system) with
//!   AVX2 and FMA. Every intrinsic that is called here needs no more, and every method that calls one takes
//!   `self`.
//! - *Bounds.* Memory is reached only through references to arrays whose size is that of the access: `[f32;
//!   8]` and `[u8; 32]` are one vector, `[C32; 8]` is `repr(C)` pairs of `f32` without padding and so two
//!   vectors or four halves. [`Lanes::store_complex_parted`] writes under masks, which touch no memory that
//!   they leave out: of the 8 pairs the first `count` into a slice of `count`, the others into the first `8 -
//!   count` of a slice that has them. [`Lanes::transpose`] reads the two halves of the vector that a
//!   reference points to.
//! - *Alignment.* Loads and stores are the unaligned forms. [`Lanes::stream_complex`] writes past the caches
//!   only to an address that it has found to be a multiple of 32; [`Lanes::prefetch`] reads nothing.
//! - *Order.* What is written past the caches may become visible late. Only kernels write so, and a fence
//!   ends each kernel's run, before its results can be handed to another thread.
#![allow(unsafe_code)]

use super::set::{Kernel, Lanes, Z};
use mmw_core::C32;
use mmw_core::simd::Level;
use std::arch::x86_64::{
    __m256, __m256i, _MM_HINT_T0, _mm_add_ps, _mm_add_ss, _mm_cvtss_f32, _mm_loadu_ps, _mm_movehl_ps,
    _mm_prefetch, _mm_setr_epi8, _mm_sfence, _mm_shuffle_ps, _mm256_add_ps, _mm256_broadcastsi128_si256,
    _mm256_castpd_ps, _mm256_castps_pd, _mm256_castps128_ps256, _mm256_castps256_ps128, _mm256_cmpgt_epi32,
    _mm256_cvtepi32_ps, _mm256_extractf128_ps, _mm256_fmadd_ps, _mm256_fmsub_ps, _mm256_insertf128_ps,
    _mm256_loadu_ps, _mm256_loadu_si256, _mm256_maskstore_ps, _mm256_mul_ps, _mm256_permute2f128_ps,
    _mm256_set1_epi32, _mm256_set1_ps, _mm256_setr_epi32, _mm256_shuffle_epi8, _mm256_shuffle_ps,
    _mm256_storeu_ps, _mm256_stream_ps, _mm256_sub_ps, _mm256_unpackhi_pd, _mm256_unpackhi_ps,
    _mm256_unpacklo_pd, _mm256_unpacklo_ps,
};

/// Proof that the processor has AVX2 and FMA.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, when the processor has the instructions and no lower level was asked for.
    pub(crate) fn detect() -> Option<Self> {
        matches!(Level::current(), Level::Avx2(_) | Level::Avx512(_)).then_some(Self(()))
    }
}

#[target_feature(enable = "avx2,fma")]
fn run_with_avx2<K: Kernel<Avx2>>(kernel: K, lanes: Avx2) -> K::Output {
    let output = kernel.run(lanes);
    _mm_sfence();
    output
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
        unsafe {
            let four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
        }
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> __m256 {
        let Some(from) = from.first_chunk::<8>() else { return self.splat(0.0) };
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, a: __m256, to: &mut [f32]) {
        let Some(to) = to.first_chunk_mut::<8>() else { return };
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), a) }
    }

    #[inline(always)]
    fn load_pairs(self, from: &[u8]) -> Z<Self> {
        let Some(from) = from.first_chunk::<32>() else { return self.zero() };
        unsafe {
            let words = _mm256_loadu_si256(from.as_ptr().cast());
            // Two groups in each half: each word to the upper half of an integer, zeros (-1) below it.
            let i = _mm_setr_epi8(-1, -1, 0, 1, -1, -1, 2, 3, -1, -1, 8, 9, -1, -1, 10, 11);
            let q = _mm_setr_epi8(-1, -1, 4, 5, -1, -1, 6, 7, -1, -1, 12, 13, -1, -1, 14, 15);
            let part =
                |bytes| _mm256_cvtepi32_ps(_mm256_shuffle_epi8(words, _mm256_broadcastsi128_si256(bytes)));
            Z { re: part(i), im: part(q) }
        }
    }

    #[inline(always)]
    fn load_complex(self, from: &[C32]) -> Z<Self> {
        let Some(from) = from.first_chunk::<8>() else { return self.zero() };
        let from: *const f32 = from.as_ptr().cast();
        unsafe {
            // Pairs 0, 1, 4, 5 and 2, 3, 6, 7, so that the parts of each half fall into their order.
            let (a, b) = (load_halves(from, from.add(8)), load_halves(from.add(4), from.add(12)));
            Z { re: _mm256_shuffle_ps::<0x88>(a, b), im: _mm256_shuffle_ps::<0xdd>(a, b) }
        }
    }

    #[inline(always)]
    fn prefetch(self, at: *const C32) {
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(at.cast());
        }
    }

    #[inline(always)]
    fn store_complex(self, z: Z<Self>, to: &mut [C32]) {
        let Some(to) = to.first_chunk_mut::<8>() else { return };
        let to: *mut f32 = to.as_mut_ptr().cast();
        let [low, high] = self.join(z);
        unsafe {
            _mm256_storeu_ps(to, low);
            _mm256_storeu_ps(to.add(8), high);
        }
    }

    #[inline(always)]
    fn stream_complex(self, z: Z<Self>, to: &mut [C32]) {
        if !to.as_ptr().addr().is_multiple_of(32) {
            return self.store_complex(z, to);
        }
        let Some(to) = to.first_chunk_mut::<8>() else { return };
        let to: *mut f32 = to.as_mut_ptr().cast();
        let [low, high] = self.join(z);
        unsafe {
            _mm256_stream_ps(to, low);
            _mm256_stream_ps(to.add(8), high);
        }
    }

    #[inline(always)]
    fn store_complex_parted(self, z: Z<Self>, first: &mut [C32], then: &mut [C32]) {
        let count = first.len();
        if count > 8 || count + then.len() < 8 {
            return;
        }
        let [low, high] = self.join(z);
        let first: *mut f32 = first.as_mut_ptr().cast();
        let then: *mut f32 = then.as_mut_ptr().wrapping_sub(count).cast();
        unsafe {
            // Whether each part of the lanes goes into `first`, and into `then`.
            let parts = _mm256_set1_epi32(2 * count as i32);
            let (at, later) =
                (_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15));
            let before = |at| _mm256_cmpgt_epi32(parts, at);
            let after = |at: __m256i| _mm256_cmpgt_epi32(at, _mm256_set1_epi32(2 * count as i32 - 1));
            _mm256_maskstore_ps(first, before(at), low);
            _mm256_maskstore_ps(first.wrapping_add(8), before(later), high);
            _mm256_maskstore_ps(then, after(at), low);
            _mm256_maskstore_ps(then.wrapping_add(8), after(later), high);
        }
    }

    #[inline(always)]
    fn transpose(self, rows: &[Z<Self>], to: &mut [Z<Self>]) {
        let (Some(rows), Some(to)) = (rows.first_chunk::<8>(), to.first_chunk_mut::<8>()) else { return };
        macro_rules! transpose_part {
            ($part:ident) => {
                // One half of four rows beside the same half of the other four; then blocks of 4 x 4.
                for half in 0..2 {
                    let at = |row: usize| (&raw const rows[row].$part).cast::<f32>().wrapping_add(4 * half);
                    let columns = unsafe {
                        self.transpose_halves([
                            load_halves(at(0), at(4)),
                            load_halves(at(1), at(5)),
                            load_halves(at(2), at(6)),
                            load_halves(at(3), at(7)),
                        ])
                    };
                    for j in 0..4 {
                        to[4 * half + j].$part = columns[j];
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

/// Four numbers from each place; a half that is loaded into place needs no shuffle.
///
/// # Safety
/// The processor has AVX, and four numbers can be read from each place.
#[inline(always)]
unsafe fn load_halves(low: *const f32, high: *const f32) -> __m256 {
    unsafe { _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(_mm_loadu_ps(low)), _mm_loadu_ps(high)) }
}

impl Avx2 {
    /// Real and imaginary parts in turn.
    #[inline(always)]
    fn join(self, z: Z<Self>) -> [__m256; 2] {
        unsafe {
            let (a, b) = (_mm256_unpacklo_ps(z.re, z.im), _mm256_unpackhi_ps(z.re, z.im));
            [_mm256_permute2f128_ps::<0x20>(a, b), _mm256_permute2f128_ps::<0x31>(a, b)]
        }
    }

    /// Transposes the 4 x 4 blocks of each half: lane `i` of a half of row `j` goes to lane `j` of row `i`.
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
