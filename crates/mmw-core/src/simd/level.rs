//! Which instructions the processor has: the one place that asks.

use crate::{Error, Result};
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

/// Proof of nothing: the instructions of the target's baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Portable;

/// Proof that the processor has AVX2 and FMA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Avx2(());

/// Proof that the processor has AVX-512 F, BW, DQ and VL, AVX2 and FMA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Avx512(());

impl Avx2 {
    /// The proof, when the processor has the instructions.
    #[must_use]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Some(Self(()));
        }
        None
    }
}

impl Avx512 {
    /// The proof, when the processor has the instructions.
    #[must_use]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if Avx2::detect().is_some()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
        {
            return Some(Self(()));
        }
        None
    }
}

/// A set of vector instructions that this processor has, from the least to the best.
///
/// # Examples
/// ```
/// use mmw_core::simd::Level;
///
/// assert!(Level::available().any(|level| level == Level::current()));
/// assert_eq!(Level::available().next(), Some(Level::Portable));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// The target's baseline.
    Portable,
    /// AVX2 with FMA.
    Avx2(Avx2),
    /// AVX-512 F, BW, DQ and VL.
    Avx512(Avx512),
}

/// Asks for a level.
const VARIABLE: &str = "MMW_SIMD";
/// The words for the levels.
const NAMES: [&str; 3] = ["portable", "avx2", "avx512"];

/// [`Level::current`] as a number, once it is known. Only [`Level::decide`] writes it, and only a level that
/// it holds: that makes the proofs that [`Level::current`] reads back from it true.
static CURRENT: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const PORTABLE: u8 = 1;
const AVX2: u8 = 2;
const AVX512: u8 = 3;

impl Level {
    /// The level that kernels run at: the best of this processor, or the one that `MMW_SIMD` asks for.
    ///
    /// The variable is read once. A level that the processor lacks means the best below it; a word that names
    /// no level means nothing (a program can ask [`Level::check_environment`] first).
    #[inline]
    #[must_use]
    pub fn current() -> Self {
        match CURRENT.load(Ordering::Relaxed) {
            PORTABLE => Self::Portable,
            AVX2 => Self::Avx2(Avx2(())),
            AVX512 => Self::Avx512(Avx512(())),
            _ => Self::decide(),
        }
    }

    /// All levels that this processor has, from the least to the best.
    pub fn available() -> impl Iterator<Item = Self> {
        let wider = [Avx2::detect().map(Self::Avx2), Avx512::detect().map(Self::Avx512)];
        std::iter::once(Self::Portable).chain(wider.into_iter().flatten())
    }

    /// The word for the level in `MMW_SIMD`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Portable => NAMES[0],
            Self::Avx2(_) => NAMES[1],
            Self::Avx512(_) => NAMES[2],
        }
    }

    /// Whether `MMW_SIMD` is not set or names a level.
    ///
    /// # Errors
    /// [`Error::Invalid`] named by the variable.
    pub fn check_environment() -> Result<()> {
        match std::env::var_os(VARIABLE) {
            Some(word) if !NAMES.iter().any(|name| *name == word) => Err(Error::invalid(
                VARIABLE,
                format!("is {}, but must be portable, avx2 or avx512", word.display()),
            )),
            _ => Ok(()),
        }
    }

    #[cold]
    fn decide() -> Self {
        let level = Self::asked_for(std::env::var(VARIABLE).ok().as_deref());
        CURRENT.store(level.code(), Ordering::Relaxed);
        level
    }

    /// The best level up to the one of that name.
    fn asked_for(name: Option<&str>) -> Self {
        let most = match name {
            Some("portable") => PORTABLE,
            Some("avx2") => AVX2,
            _ => AVX512,
        };
        Self::available().take_while(|level| level.code() <= most).last().unwrap_or(Self::Portable)
    }

    fn code(self) -> u8 {
        match self {
            Self::Portable => PORTABLE,
            Self::Avx2(_) => AVX2,
            Self::Avx512(_) => AVX512,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_level_can_be_asked_for_and_a_better_one_than_there_is_cannot() {
        let all: Vec<Level> = Level::available().collect();
        assert!(all.is_sorted());
        for level in &all {
            assert_eq!(Level::asked_for(Some(level.name())), *level);
        }
        let best = all.last().copied().unwrap();
        for name in [None, Some("avx512"), Some("fastest")] {
            assert_eq!(Level::asked_for(name), best);
        }
        assert_eq!(Level::asked_for(Some("portable")), Level::Portable);
    }

    #[test]
    fn the_current_level_is_the_one_of_the_environment() {
        let name = std::env::var("MMW_SIMD").ok();
        let known = [None, Some("portable"), Some("avx2"), Some("avx512")];
        assert!(known.contains(&name.as_deref()), "MMW_SIMD names no level: {name:?}");
        for _ in 0..2 {
            assert_eq!(Level::current(), Level::asked_for(name.as_deref()));
        }
    }
}
