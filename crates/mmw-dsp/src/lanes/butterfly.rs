//! Transforms of 2, 4, 8 and 16 points held in registers.
//!
//! ```text
//! y[k] = Σ_n x[n] exp(−j 2π k n / R)
//! ```
//! Each is built from smaller ones by decimation in time (Cooley and Tukey's step), so that 8 points need
//! two multiplications by a constant and 16 points eight.

use super::set::{Lanes, Z};
use std::f32::consts::FRAC_1_SQRT_2;

/// `cos(π/8)` and `sin(π/8)`.
const COS_PI_8: f32 = 0.923_879_5;
const SIN_PI_8: f32 = 0.382_683_43;

/// The transform of `R` points.
pub(super) trait Butterfly<const R: usize> {
    fn dft<L: Lanes>(lanes: L, x: [Z<L>; R]) -> [Z<L>; R];
}

/// Carries the implementations of [`Butterfly`].
pub(super) struct Dft;

#[inline(always)]
fn add<L: Lanes>(l: L, a: Z<L>, b: Z<L>) -> Z<L> {
    Z { re: l.add(a.re, b.re), im: l.add(a.im, b.im) }
}

#[inline(always)]
fn sub<L: Lanes>(l: L, a: Z<L>, b: Z<L>) -> Z<L> {
    Z { re: l.sub(a.re, b.re), im: l.sub(a.im, b.im) }
}

/// `a - j b` and `a + j b`.
#[inline(always)]
fn sub_add_j<L: Lanes>(l: L, a: Z<L>, b: Z<L>) -> [Z<L>; 2] {
    [Z { re: l.add(a.re, b.im), im: l.sub(a.im, b.re) }, Z { re: l.sub(a.re, b.im), im: l.add(a.im, b.re) }]
}

/// `a (c + j s)`.
#[inline(always)]
pub(super) fn rotate<L: Lanes>(l: L, a: Z<L>, [c, s]: [f32; 2]) -> Z<L> {
    let (c, s) = (l.splat(c), l.splat(s));
    Z { re: l.mul_sub(a.re, c, l.mul(a.im, s)), im: l.mul_add(a.re, s, l.mul(a.im, c)) }
}

/// `a exp(−j π/4)`.
#[inline(always)]
fn rotate_1_8<L: Lanes>(l: L, a: Z<L>) -> Z<L> {
    let h = l.splat(FRAC_1_SQRT_2);
    Z { re: l.mul(l.add(a.re, a.im), h), im: l.mul(l.sub(a.im, a.re), h) }
}

/// `a exp(−j 3π/4)`.
#[inline(always)]
fn rotate_3_8<L: Lanes>(l: L, a: Z<L>) -> Z<L> {
    let h = l.splat(FRAC_1_SQRT_2);
    Z { re: l.mul(l.sub(a.im, a.re), h), im: l.mul(l.add(a.re, a.im), l.splat(-FRAC_1_SQRT_2)) }
}

impl Butterfly<2> for Dft {
    #[inline(always)]
    fn dft<L: Lanes>(l: L, [a, b]: [Z<L>; 2]) -> [Z<L>; 2] {
        [add(l, a, b), sub(l, a, b)]
    }
}

impl Butterfly<4> for Dft {
    #[inline(always)]
    fn dft<L: Lanes>(l: L, [a, b, c, d]: [Z<L>; 4]) -> [Z<L>; 4] {
        let (even, odd) = (add(l, a, c), add(l, b, d));
        let [one, three] = sub_add_j(l, sub(l, a, c), sub(l, b, d));
        [add(l, even, odd), one, sub(l, even, odd), three]
    }
}

impl Butterfly<8> for Dft {
    #[inline(always)]
    fn dft<L: Lanes>(l: L, x: [Z<L>; 8]) -> [Z<L>; 8] {
        let e = <Self as Butterfly<4>>::dft(l, [x[0], x[2], x[4], x[6]]);
        let o = <Self as Butterfly<4>>::dft(l, [x[1], x[3], x[5], x[7]]);
        let (o1, o3) = (rotate_1_8(l, o[1]), rotate_3_8(l, o[3]));
        let [y2, y6] = sub_add_j(l, e[2], o[2]);
        [
            add(l, e[0], o[0]),
            add(l, e[1], o1),
            y2,
            add(l, e[3], o3),
            sub(l, e[0], o[0]),
            sub(l, e[1], o1),
            y6,
            sub(l, e[3], o3),
        ]
    }
}

impl Butterfly<16> for Dft {
    #[inline(always)]
    fn dft<L: Lanes>(l: L, x: [Z<L>; 16]) -> [Z<L>; 16] {
        let (c, s) = (COS_PI_8, SIN_PI_8);
        let dft4 = <Self as Butterfly<4>>::dft;
        let p = dft4(l, [x[0], x[4], x[8], x[12]]);
        let q = dft4(l, [x[1], x[5], x[9], x[13]]);
        let r = dft4(l, [x[2], x[6], x[10], x[14]]);
        let t = dft4(l, [x[3], x[7], x[11], x[15]]);
        let a = dft4(l, [p[0], q[0], r[0], t[0]]);
        let b = dft4(l, [p[1], rotate(l, q[1], [c, -s]), rotate_1_8(l, r[1]), rotate(l, t[1], [s, -c])]);
        let d = dft4_third_turned(l, [p[2], rotate_1_8(l, q[2]), r[2], rotate_3_8(l, t[2])]);
        let e = dft4(l, [p[3], rotate(l, q[3], [s, -c]), rotate_3_8(l, r[3]), rotate(l, t[3], [-c, s])]);
        [a[0], b[0], d[0], e[0], a[1], b[1], d[1], e[1], a[2], b[2], d[2], e[2], a[3], b[3], d[3], e[3]]
    }
}

/// The transform of `[a, b, -j c, d]`.
#[inline(always)]
fn dft4_third_turned<L: Lanes>(l: L, [a, b, c, d]: [Z<L>; 4]) -> [Z<L>; 4] {
    let [even, difference] = sub_add_j(l, a, c);
    let odd = add(l, b, d);
    let [one, three] = sub_add_j(l, difference, sub(l, b, d));
    [add(l, even, odd), one, sub(l, even, odd), three]
}
