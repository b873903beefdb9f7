//! Numbers side by side: `W` matrices are worked on at once, one per lane, so that the compiler can fill
//! vector registers of any width. No operation is fused or reordered: a lane holds the same bits as a
//! scalar run, on every machine.

use std::array::from_fn;
use std::ops::{Add, Div, Mul, Sub};

/// `W` real numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes<const W: usize>(pub(super) [f64; W]);

impl<const W: usize> Lanes<W> {
    pub(super) const ZERO: Self = Self([0.0; W]);
    pub(super) const ONE: Self = Self([1.0; W]);
}

macro_rules! lanewise {
    ($($trait:ident $method:ident $operator:tt),*) => {$(
        impl<const W: usize> $trait for Lanes<W> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(from_fn(|i| self.0[i] $operator other.0[i]))
            }
        }
    )*};
}
lanewise!(Add add +, Sub sub -, Mul mul *, Div div /);

/// `W` complex numbers, real and imaginary parts apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct ComplexLanes<const W: usize> {
    pub(super) re: Lanes<W>,
    pub(super) im: Lanes<W>,
}

impl<const W: usize> ComplexLanes<W> {
    pub(super) const ZERO: Self = Self { re: Lanes::ZERO, im: Lanes::ZERO };

    /// `self · conj(other)`.
    #[inline(always)]
    pub(super) fn times_conjugate(self, other: Self) -> Self {
        Self { re: self.re * other.re + self.im * other.im, im: self.im * other.re - self.re * other.im }
    }

    #[inline(always)]
    pub(super) fn scaled(self, factor: Lanes<W>) -> Self {
        Self { re: self.re * factor, im: self.im * factor }
    }

    /// `|self|²`.
    #[inline(always)]
    pub(super) fn power(self) -> Lanes<W> {
        self.re * self.re + self.im * self.im
    }
}

impl<const W: usize> Add for ComplexLanes<W> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl<const W: usize> Sub for ComplexLanes<W> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}
