//! Vectors of `f32` that carry one transform in each lane, and the kernels on top of them.
//!
//! A batch of Fourier transforms is fastest when nothing moves between lanes: with 16 neighbouring samples
//! in one register, 16 Doppler transforms run side by side with the same scalar twiddle factors, and real
//! and imaginary parts sit in registers of their own. [`Lanes`] is what such a kernel needs of a machine;
//! `avx512` and `avx2` provide it, [`portable`] is their twin in plain Rust for the tests.
//!
//! A value of a type that implements [`Lanes`] is a proof that the processor has the instructions: the
//! detecting constructor is the only way to one. That makes every method a safe function, and the kernels
//! free of `unsafe`.
//!
//! # Fused
//! [`Lanes::mul_add`] and [`Lanes::mul_sub`] round once, and the transforms are built of them: their last
//! bits differ from those of `rustfft`, which runs where these lanes do not. A range-Doppler spectrum is off
//! by at most 3e-7 of its rms, an image of range migration by 1e-5 of its peak.
#![cfg_attr(not(any(test, target_arch = "x86_64")), allow(dead_code))]

mod scale;

mod set;

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(test)]
pub(crate) mod portable;

mod butterfly;

pub(crate) mod same;

pub(crate) mod samples;

pub(crate) mod transform;

mod rows;

pub(crate) mod range_doppler;

pub(crate) use set::{Kernel, Lanes, MAX_WIDTH, Z};
