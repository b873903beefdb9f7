//! 16 lanes: AVX-512F and AVX-512BW.
//!
//! # Why this is sound
//! - *Instructions.* [`Avx512`] has a private field and [`Avx512::detect`] is its only constructor; it takes
//!   it from the proof in [`Level::Avx512`], so whoever holds one runs on a processor (and an operating
//!   system) with AVX-512F and AVX-512BW. Every intrinsic that is called here needs no more, and every method
//!   that calls one takes `self`.
//! - *Bounds.* Memory is reached only through references to arrays whose size is that of the access:
//!   `[f32; 16]` and `[u8; 64]` are one vector, `[C32; 16]` is `repr(C)` pairs of `f32` without padding and
//!   so two vectors. [`Lanes::store_complex_parted`] writes under masks, which touch no memory that they
//!   leave out: of the 16 pairs the first `count` into a slice of `count`, the others into the first `16 -
//!   count` of a slice that has them.
//! - *Alignment.* Loads and stores are the unaligned forms. `Z<Avx512>` holds vectors as typed values, whose
//!   alignment the compiler sees to. [`Lanes::stream_complex`] writes past the caches only to an address that
//!   it has found to be a multiple of 64.
//! - *Order.* What is written past the caches may become visible late. Only kernels write so, and a fence
//!   ends each kernel's run, before its results can be handed to another thread.
#![allow(unsafe_code)]

use super::set::{Kernel, Lanes, Z};
use mmw_core::C32;
use mmw_core::simd::Level;
use std::arch::x86_64::{
    __m512, _MM_HINT_T0, _mm_prefetch, _mm_setr_epi8, _mm_sfence, _mm512_add_ps, _mm512_broadcast_i32x4,
    _mm512_castpd_ps, _mm512_castps_pd, _mm512_cvtepi32_ps, _mm512_fmadd_ps, _mm512_fmsub_ps,
    _mm512_loadu_ps, _mm512_loadu_si512, _mm512_mask_storeu_ps, _mm512_mul_ps, _mm512_permutex2var_ps,
    _mm512_reduce_add_ps, _mm512_set1_ps, _mm512_setr_epi32, _mm512_shuffle_epi8, _mm512_shuffle_f32x4,
    _mm512_storeu_ps, _mm512_stream_ps, _mm512_sub_ps, _mm512_unpackhi_pd, _mm512_unpackhi_ps,
    _mm512_unpacklo_pd, _mm512_unpacklo_ps,
};

/// Proof that the processor has AVX-512F and AVX-512BW.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The proof, when the processor has the instructions and no lower level was asked for.
    pub(crate) fn detect() -> Option<Self> {
        matches!(Level::current(), Level::Avx512(_)).then_some(Self(()))
    }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn run_with_avx512<K: Kernel<Avx512>>(kernel: K, lanes: Avx512) -> K::Output {
    let output = kernel.run(lanes);
    _mm_sfence();
    output
}

// SAFETY of every `unsafe` block below: see the module's header.
impl Lanes for Avx512 {
    type Vector = __m512;
    const WIDTH: usize = 16;

    #[inline(always)]
    fn splat(self, x: f32) -> __m512 {
        unsafe { _mm512_set1_ps(x) }
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_sub_ps(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn mul_sub(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmsub_ps(a, b, c) }
    }

    #[inline(always)]
    fn sum(self, a: __m512) -> f32 {
        unsafe { _mm512_reduce_add_ps(a) }
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> __m512 {
        let Some(from) = from.first_chunk::<16>() else { return self.splat(0.0) };
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, a: __m512, to: &mut [f32]) {
        let Some(to) = to.first_chunk_mut::<16>() else { return };
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), a) }
    }

    #[inline(always)]
    fn load_pairs(self, from: &[u8]) -> Z<Self> {
        let Some(from) = from.first_chunk::<64>() else { return self.zero() };
        unsafe {
            let words = _mm512_loadu_si512(from.as_ptr().cast());
            // Two groups in each quarter: each word to the upper half of an integer, zeros (-1) below it.
            let i = _mm_setr_epi8(-1, -1, 0, 1, -1, -1, 2, 3, -1, -1, 8, 9, -1, -1, 10, 11);
            let q = _mm_setr_epi8(-1, -1, 4, 5, -1, -1, 6, 7, -1, -1, 12, 13, -1, -1, 14, 15);
            let part = |bytes| _mm512_cvtepi32_ps(_mm512_shuffle_epi8(words, _mm512_broadcast_i32x4(bytes)));
            Z { re: part(i), im: part(q) }
        }
    }

    #[inline(always)]
    fn load_complex(self, from: &[C32]) -> Z<Self> {
        let Some(from) = from.first_chunk::<16>() else { return self.zero() };
        let from: *const f32 = from.as_ptr().cast();
        unsafe {
            let (a, b) = (_mm512_loadu_ps(from), _mm512_loadu_ps(from.add(16)));
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            Z { re: _mm512_permutex2var_ps(a, even, b), im: _mm512_permutex2var_ps(a, odd, b) }
        }
    }

    #[inline(always)]
    fn prefetch(self, at: *const C32) {
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(at.cast());
            _mm_prefetch::<_MM_HINT_T0>(at.wrapping_add(8).cast());
        }
    }

    #[inline(always)]
    fn store_complex(self, z: Z<Self>, to: &mut [C32]) {
        let Some(to) = to.first_chunk_mut::<16>() else { return };
        let to: *mut f32 = to.as_mut_ptr().cast();
        let [low, high] = self.join(z);
        unsafe {
            _mm512_storeu_ps(to, low);
            _mm512_storeu_ps(to.add(16), high);
        }
    }

    #[inline(always)]
    fn stream_complex(self, z: Z<Self>, to: &mut [C32]) {
        if !to.as_ptr().addr().is_multiple_of(64) {
            return self.store_complex(z, to);
        }
        let Some(to) = to.first_chunk_mut::<16>() else { return };
        let to: *mut f32 = to.as_mut_ptr().cast();
        let [low, high] = self.join(z);
        unsafe {
            _mm512_stream_ps(to, low);
            _mm512_stream_ps(to.add(16), high);
        }
    }

    #[inline(always)]
    fn store_complex_parted(self, z: Z<Self>, first: &mut [C32], then: &mut [C32]) {
        let count = first.len();
        if count > 16 || count + then.len() < 16 {
            return;
        }
        // Parts of the lanes that go into `first`.
        let parts = (1_u64 << (2 * count)) - 1;
        let [low, high] = self.join(z);
        let first: *mut f32 = first.as_mut_ptr().cast();
        let then: *mut f32 = then.as_mut_ptr().wrapping_sub(count).cast();
        unsafe {
            _mm512_mask_storeu_ps(first, parts as u16, low);
            _mm512_mask_storeu_ps(first.wrapping_add(16), (parts >> 16) as u16, high);
            _mm512_mask_storeu_ps(then, !parts as u16, low);
            _mm512_mask_storeu_ps(then.wrapping_add(16), (!parts >> 16) as u16, high);
        }
    }

    #[inline(always)]
    fn transpose(self, rows: &[Z<Self>], to: &mut [Z<Self>]) {
        let (Some(rows), Some(to)) = (rows.first_chunk::<16>(), to.first_chunk_mut::<16>()) else { return };
        macro_rules! transpose_part {
            ($part:ident) => {
                // Four rows and the same four columns of each quarter at a time; then quarters change place.
                let a = self.transpose_quarters([rows[0].$part, rows[1].$part, rows[2].$part, rows[3].$part]);
                let b = self.transpose_quarters([rows[4].$part, rows[5].$part, rows[6].$part, rows[7].$part]);
                let c =
                    self.transpose_quarters([rows[8].$part, rows[9].$part, rows[10].$part, rows[11].$part]);
                let d =
                    self.transpose_quarters([rows[12].$part, rows[13].$part, rows[14].$part, rows[15].$part]);
                for j in 0..4 {
                    let columns = self.exchange_quarters([a[j], b[j], c[j], d[j]]);
                    to[j].$part = columns[0];
                    to[4 + j].$part = columns[1];
                    to[8 + j].$part = columns[2];
                    to[12 + j].$part = columns[3];
                }
            };
        }
        transpose_part!(re);
        transpose_part!(im);
    }

    #[inline(always)]
    fn run<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        unsafe { run_with_avx512(kernel, self) }
    }
}

impl Avx512 {
    /// Real and imaginary parts in turn.
    #[inline(always)]
    fn join(self, z: Z<Self>) -> [__m512; 2] {
        unsafe {
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
            [_mm512_permutex2var_ps(z.re, low, z.im), _mm512_permutex2var_ps(z.re, high, z.im)]
        }
    }

    /// A vector is four quarters of four lanes. Transposes the four 4 x 4 blocks of the same quarter in four
    /// rows: lane `i` of quarter `q` of row `j` goes to lane `j` of quarter `q` of row `i`.
    #[inline(always)]
    fn transpose_quarters(self, r: [__m512; 4]) -> [__m512; 4] {
        unsafe {
            let low_01 = _mm512_castps_pd(_mm512_unpacklo_ps(r[0], r[1]));
            let high_01 = _mm512_castps_pd(_mm512_unpackhi_ps(r[0], r[1]));
            let low_23 = _mm512_castps_pd(_mm512_unpacklo_ps(r[2], r[3]));
            let high_23 = _mm512_castps_pd(_mm512_unpackhi_ps(r[2], r[3]));
            [
                _mm512_castpd_ps(_mm512_unpacklo_pd(low_01, low_23)),
                _mm512_castpd_ps(_mm512_unpackhi_pd(low_01, low_23)),
                _mm512_castpd_ps(_mm512_unpacklo_pd(high_01, high_23)),
                _mm512_castpd_ps(_mm512_unpackhi_pd(high_01, high_23)),
            ]
        }
    }

    /// Quarter `q` of row `j` to quarter `j` of row `q`.
    #[inline(always)]
    fn exchange_quarters(self, r: [__m512; 4]) -> [__m512; 4] {
        // 0x88 takes quarters 0 and 2 of both operands, 0xdd quarters 1 and 3.
        unsafe {
            let even_01 = _mm512_shuffle_f32x4::<0x88>(r[0], r[1]);
            let odd_01 = _mm512_shuffle_f32x4::<0xdd>(r[0], r[1]);
            let even_23 = _mm512_shuffle_f32x4::<0x88>(r[2], r[3]);
            let odd_23 = _mm512_shuffle_f32x4::<0xdd>(r[2], r[3]);
            [
                _mm512_shuffle_f32x4::<0x88>(even_01, even_23),
                _mm512_shuffle_f32x4::<0x88>(odd_01, odd_23),
                _mm512_shuffle_f32x4::<0xdd>(even_01, even_23),
                _mm512_shuffle_f32x4::<0xdd>(odd_01, odd_23),
            ]
        }
    }
}
