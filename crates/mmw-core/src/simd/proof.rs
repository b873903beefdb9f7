//! Kernels that name their instructions: they hold the proof that the processor has them.
#![allow(unsafe_code)]

use super::{Avx2, Avx512, Level, Portable};
use std::fmt::Debug;

/// A value that proves that the processor has a set of instructions.
///
/// A trait of vector operations has this one above it, `trait Lanes: Proof`; its methods take `self`, and so
/// are safe functions around intrinsics. They are marked `#[inline(always)]`, so that they are compiled
/// inside [`Proof::run`], with the instructions.
///
/// # Examples
/// ```
/// use mmw_core::simd::{Kernel, Portable, Proof};
///
/// struct Sum<'a>(&'a [f64]);
///
/// impl<P: Proof> Kernel<P> for Sum<'_> {
///     type Output = f64;
///
///     #[inline(always)]
///     fn run(self, _: P) -> f64 {
///         self.0.iter().sum()
///     }
/// }
/// assert_eq!(Portable.run(Sum(&[1.0, 2.0])), 3.0);
/// ```
pub trait Proof: Copy + Send + Sync + Debug + sealed::Sealed + 'static {
    /// Runs a kernel compiled for these instructions.
    fn run<K: Kernel<Self>>(self, kernel: K) -> K::Output;
}

/// Work for [`Proof::run`]. Its `run` must be `#[inline(always)]`, as must all that it calls in its loops, or
/// it is compiled without the instructions.
pub trait Kernel<P: Proof> {
    /// What the work gives.
    type Output;

    /// Does the work.
    fn run(self, proof: P) -> Self::Output;
}

impl Level {
    /// Runs a kernel compiled for this level.
    #[inline]
    pub fn run<T, K>(self, kernel: K) -> T
    where
        K: Kernel<Portable, Output = T> + Kernel<Avx2, Output = T> + Kernel<Avx512, Output = T>,
    {
        match self {
            Self::Avx512(proof) => proof.run(kernel),
            Self::Avx2(proof) => proof.run(kernel),
            Self::Portable => Portable.run(kernel),
        }
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Portable {}
    impl Sealed for super::Avx2 {}
    impl Sealed for super::Avx512 {}
}

impl Proof for Portable {
    #[inline(always)]
    fn run<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
}

impl Proof for Avx2 {
    #[inline(always)]
    fn run<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2,fma")]
            fn with_avx2<K: Kernel<Avx2>>(kernel: K, proof: Avx2) -> K::Output {
                kernel.run(proof)
            }
            // SAFETY: `self` proves both features; see the header of `simd`.
            unsafe { with_avx2(kernel, self) }
        }
        #[cfg(not(target_arch = "x86_64"))]
        kernel.run(self)
    }
}

impl Proof for Avx512 {
    #[inline(always)]
    fn run<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
            fn with_avx512<K: Kernel<Avx512>>(kernel: K, proof: Avx512) -> K::Output {
                kernel.run(proof)
            }
            // SAFETY: `self` proves all six features; see the header of `simd`.
            unsafe { with_avx512(kernel, self) }
        }
        #[cfg(not(target_arch = "x86_64"))]
        kernel.run(self)
    }
}
