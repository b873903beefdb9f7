//! Vectors of `f64` for kernels that arrays do not serve: the compiler takes small ones apart into numbers.
//!
//! # Why this is sound
//! - *Instructions.* Every method that calls an intrinsic takes `self`, [`Avx2`] or [`Avx512`], which proves
//!   that the processor has AVX2 and FMA, or AVX-512F; no intrinsic here needs more.
//! - *Bounds.* Memory is reached only through references to arrays of the size of one vector, by the
//!   unaligned forms.
#![allow(unsafe_code)]

use super::{Avx2, Avx512, Portable, Proof};
use std::fmt::Debug;

/// Operations on vectors of `f64`; every method is `#[inline(always)]`, for use inside of [`Proof::run`].
///
/// # Examples
/// ```
/// use mmw_core::simd::{Doubles, Kernel, Level};
///
/// struct Power<'a>(&'a [f64]);
///
/// impl<D: Doubles> Kernel<D> for Power<'_> {
///     type Output = f64;
///
///     #[inline(always)]
///     fn run(self, d: D) -> f64 {
///         let (whole, rest) = self.0.split_at(self.0.len() / D::WIDTH * D::WIDTH);
///         let mut sum = d.splat(0.0);
///         for x in whole.chunks_exact(D::WIDTH).map(|x| d.load(x)) {
///             sum = d.add_product(x, x, sum);
///         }
///         d.sum(sum) + rest.iter().map(|x| x * x).sum::<f64>()
///     }
/// }
/// assert_eq!(Level::current().run(Power(&[1.0; 21])), 21.0);
/// ```
pub trait Doubles: Proof {
    /// `WIDTH` numbers.
    type Vector: Copy + Send + Sync + Debug + 'static;
    /// Numbers of a vector.
    const WIDTH: usize;

    /// `WIDTH` times the same number.
    fn splat(self, x: f64) -> Self::Vector;
    /// The first `WIDTH` numbers of a slice; zeros when it is shorter.
    fn load(self, from: &[f64]) -> Self::Vector;
    /// `sum + a b`, rounded once where the instructions do so: not the same bits at every level.
    fn add_product(self, a: Self::Vector, b: Self::Vector, sum: Self::Vector) -> Self::Vector;
    /// `sum - a b`, rounded as [`Doubles::add_product`].
    fn take_product(self, a: Self::Vector, b: Self::Vector, sum: Self::Vector) -> Self::Vector;
    /// The sum of all numbers.
    fn sum(self, a: Self::Vector) -> f64;
}

impl Doubles for Portable {
    type Vector = [f64; 2];
    const WIDTH: usize = 2;

    #[inline(always)]
    fn splat(self, x: f64) -> [f64; 2] {
        [x; 2]
    }

    #[inline(always)]
    fn load(self, from: &[f64]) -> [f64; 2] {
        from.first_chunk().copied().unwrap_or_default()
    }

    #[inline(always)]
    fn add_product(self, a: [f64; 2], b: [f64; 2], sum: [f64; 2]) -> [f64; 2] {
        [sum[0] + a[0] * b[0], sum[1] + a[1] * b[1]]
    }

    #[inline(always)]
    fn take_product(self, a: [f64; 2], b: [f64; 2], sum: [f64; 2]) -> [f64; 2] {
        [sum[0] - a[0] * b[0], sum[1] - a[1] * b[1]]
    }

    #[inline(always)]
    fn sum(self, [a, b]: [f64; 2]) -> f64 {
        a + b
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Avx2, Avx512, Doubles};
    use std::arch::x86_64::{
        __m256d, __m512d, _mm_add_pd, _mm_add_sd, _mm_cvtsd_f64, _mm_unpackhi_pd, _mm256_castpd256_pd128,
        _mm256_extractf128_pd, _mm256_fmadd_pd, _mm256_fnmadd_pd, _mm256_loadu_pd, _mm256_set1_pd,
        _mm512_fmadd_pd, _mm512_fnmadd_pd, _mm512_loadu_pd, _mm512_reduce_add_pd, _mm512_set1_pd,
    };

    // SAFETY of every `unsafe` block below: see the module's header.
    impl Doubles for Avx2 {
        type Vector = __m256d;
        const WIDTH: usize = 4;

        #[inline(always)]
        fn splat(self, x: f64) -> __m256d {
            unsafe { _mm256_set1_pd(x) }
        }

        #[inline(always)]
        fn load(self, from: &[f64]) -> __m256d {
            let Some(from) = from.first_chunk::<4>() else { return self.splat(0.0) };
            unsafe { _mm256_loadu_pd(from.as_ptr()) }
        }

        #[inline(always)]
        fn add_product(self, a: __m256d, b: __m256d, sum: __m256d) -> __m256d {
            unsafe { _mm256_fmadd_pd(a, b, sum) }
        }

        #[inline(always)]
        fn take_product(self, a: __m256d, b: __m256d, sum: __m256d) -> __m256d {
            unsafe { _mm256_fnmadd_pd(a, b, sum) }
        }

        #[inline(always)]
        fn sum(self, a: __m256d) -> f64 {
            unsafe {
                let two = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd::<1>(a));
                _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
            }
        }
    }

    // SAFETY of every `unsafe` block below: see the module's header.
    impl Doubles for Avx512 {
        type Vector = __m512d;
        const WIDTH: usize = 8;

        #[inline(always)]
        fn splat(self, x: f64) -> __m512d {
            unsafe { _mm512_set1_pd(x) }
        }

        #[inline(always)]
        fn load(self, from: &[f64]) -> __m512d {
            let Some(from) = from.first_chunk::<8>() else { return self.splat(0.0) };
            unsafe { _mm512_loadu_pd(from.as_ptr()) }
        }

        #[inline(always)]
        fn add_product(self, a: __m512d, b: __m512d, sum: __m512d) -> __m512d {
            unsafe { _mm512_fmadd_pd(a, b, sum) }
        }

        #[inline(always)]
        fn take_product(self, a: __m512d, b: __m512d, sum: __m512d) -> __m512d {
            unsafe { _mm512_fnmadd_pd(a, b, sum) }
        }

        #[inline(always)]
        fn sum(self, a: __m512d) -> f64 {
            unsafe { _mm512_reduce_add_pd(a) }
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod elsewhere {
    //! The proofs do not exist here, but the code that names them does.
    use super::{Avx2, Avx512, Doubles, Portable};

    macro_rules! as_portable {
        ($($proof:ident),*) => {$(
            impl Doubles for $proof {
                type Vector = [f64; 2];
                const WIDTH: usize = 2;

                fn splat(self, x: f64) -> [f64; 2] {
                    Portable.splat(x)
                }

                fn load(self, from: &[f64]) -> [f64; 2] {
                    Portable.load(from)
                }

                fn add_product(self, a: [f64; 2], b: [f64; 2], sum: [f64; 2]) -> [f64; 2] {
                    Portable.add_product(a, b, sum)
                }

                fn take_product(self, a: [f64; 2], b: [f64; 2], sum: [f64; 2]) -> [f64; 2] {
                    Portable.take_product(a, b, sum)
                }

                fn sum(self, a: [f64; 2]) -> f64 {
                    Portable.sum(a)
                }
            }
        )*};
    }
    as_portable!(Avx2, Avx512);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Kernel, Level};

    struct Products<'a>(&'a [f64]);

    impl<D: Doubles> Kernel<D> for Products<'_> {
        type Output = [f64; 3];

        #[inline(always)]
        fn run(self, d: D) -> [f64; 3] {
            let (a, b) = (d.load(self.0), d.load(&self.0[1..]));
            let ab = d.add_product(a, b, d.splat(0.0));
            [D::WIDTH as f64, d.sum(ab), d.sum(d.take_product(a, b, ab)) + d.sum(d.load(&[1.0]))]
        }
    }

    #[test]
    fn every_level_computes_the_same_of_whole_numbers() {
        let x: Vec<f64> = (0..12).map(f64::from).collect();
        for level in Level::available() {
            let [width, sum, nothing] = level.run(Products(&x));
            let expected: f64 = (0..width as usize).map(|i| x[i] * x[i + 1]).sum();
            assert_eq!((sum, nothing), (expected, 0.0), "{level}");
        }
    }
}
