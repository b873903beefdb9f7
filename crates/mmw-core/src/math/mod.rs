//! Elementary functions for vector loops, powers of two, roots and summits within a bracket.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`sin_cos_of_turns`], [`sin_cos_of_eighth`], [`ln`] | nothing but `+ − × ÷` and bits, so that compilers vectorise them |
//! | [`amplitude_of_decibels`] | the same for `10^(x/20)` |
//! | [`power_of_two_below`], [`times_power_of_two`] | scaling that loses no digit |
//! | [`crossing`], [`try_crossing`], [`newton_within`] | where a function passes its target, by halving or by Newton's steps |
//! | [`false_position`] | the same from the values at both ends, for functions that cost much |
//! | [`polynomial_value`] | a polynomial by Horner's rule |
//! | [`polynomial_roots`], [`roots_within_unit_circle`] | all roots of a polynomial at once |
//! | [`chebyshev_polynomial`] | a function from −1 to 1 as a polynomial |
//! | [`greatest_within`] | where a function with one summit is greatest |
//! | [`wrapped_angle`] | from −π to π |
//! | [`complex_ln_1p`] | the complex logarithm next to one |
//!
//! The functions for vector loops are `#[inline(always)]`, for use in [`simd`](crate::simd) kernels, and give
//! the same bits on every machine, which a system's mathematical library does not promise. They check
//! nothing: each names the arguments that it is for.

mod elementary;

mod angle;
mod chebyshev;
mod complex_log;
mod decibels;
mod false_position;
mod polynomial;
mod power_of_two;
mod roots;
mod section;

pub use angle::wrapped_angle;
pub use chebyshev::chebyshev_polynomial;
pub use complex_log::complex_ln_1p;
pub use decibels::amplitude_of_decibels;
pub use elementary::{Elementary, ln, sin_cos_of_eighth, sin_cos_of_turns};
pub use false_position::false_position;
pub use polynomial::{polynomial_roots, polynomial_value, roots_within_unit_circle};
pub use power_of_two::{power_of_two_below, times_power_of_two};
pub use roots::{crossing, newton_within, try_crossing};
pub use section::greatest_within;

pub(crate) use elementary::sin_cos_by_quotients;
