//! Vector instructions: detected once, chosen in the kernel's own file, the same bits at every level.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Level`] | a set of instructions that the processor has |
//! | [`by_level!`](crate::by_level) | one kernel, compiled for each level |
//! | [`Proof`], [`Kernel`] | kernels that name their instructions, without `unsafe` |
//! | [`Doubles`] | vectors of `f64` for them |
//!
//! [`Level::current`] is the best level there is. The environment variable `MMW_SIMD`, set to `portable`,
//! `avx2` or `avx512` before the first use, asks for a lower one: to test or to time it, or to have the last
//! bits of another machine. Kernels take the level as an argument, so a test runs them at all of
//! [`Level::available`].
//!
//! # Bits
//! **Nothing is fused or reordered**: a function gives the same bits at every level and on every machine. The
//! compiler keeps to that, because Rust never contracts `a · b + c`; a kernel keeps to it by not calling
//! `mul_add` and by sums whose order does not depend on the level. A function that fuses for speed says so
//! and states its bound; its module's documentation has a section *Fused*. The list of them is in the design
//! document of the workspace, as is that of transforms by `rustfft`, which finds AVX by itself.
//!
//! # Why this is sound
//! A function with `#[target_feature]` may be called only on a processor that has the features. [`Avx2`] and
//! [`Avx512`] have private fields and one constructor each, which detects exactly the features that their
//! documentation names; [`Level`] holds them, so a value of either type, or of a level with one in it, exists
//! only on such a processor. (Features do not go away while a program runs.) Each `unsafe` call, those of
//! `by_level!` and those of [`Proof::run`], has such a value at hand and calls a function with those
//! features. What runs inside is safe code: the same kernel, compiled for other registers.
//!
//! # Other processors
//! On `AArch64` NEON belongs to the target's baseline, so the portable code is compiled with it and is the
//! one level there is.

mod dispatch;
mod level;
mod proof;

mod doubles;

pub use doubles::Doubles;
pub use level::{Avx2, Avx512, Level, Portable};
pub use proof::{Kernel, Proof};
