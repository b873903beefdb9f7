//! The constellations.

use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Result};
use std::f64::consts::TAU;

/// A constellation of `M` phases, `exp(2πik/M)` for `k = 0 … M − 1`, turned by an unknown phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Modulation {
    /// Two phases.
    #[cfg_attr(feature = "serde", serde(rename = "bpsk", alias = "2psk"))]
    Bpsk,
    /// Four phases.
    #[cfg_attr(feature = "serde", serde(rename = "qpsk", alias = "4psk"))]
    Qpsk,
    /// Eight phases.
    #[cfg_attr(feature = "serde", serde(rename = "8psk"))]
    Psk8,
    /// Sixteen phases.
    #[cfg_attr(feature = "serde", serde(rename = "16psk"))]
    Psk16,
}

mmw_core::named!(Modulation, "modulation" {
    Bpsk = "bpsk" | "2psk",
    Qpsk = "qpsk" | "4psk",
    Psk8 = "8psk",
    Psk16 = "16psk",
});

impl Modulation {
    /// `M`.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(snr_quantile::psk::Modulation::Psk8.order(), 8);
    /// ```
    #[must_use]
    pub const fn order(self) -> usize {
        match self {
            Self::Bpsk => 2,
            Self::Qpsk => 4,
            Self::Psk8 => 8,
            Self::Psk16 => 16,
        }
    }

    /// Bits of a symbol without a code, `log2 M`.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(snr_quantile::psk::Modulation::Qpsk.bits_per_symbol(), 2);
    /// ```
    #[must_use]
    pub const fn bits_per_symbol(self) -> u32 {
        self.order().ilog2()
    }

    /// The phase that the constellation repeats after, `2π/M`.
    pub(super) fn turn_rad(self) -> f64 {
        TAU / self.order() as f64
    }

    /// The symbol of number `k`, from 0 to `M − 1`.
    ///
    /// # Errors
    /// [`Error::Domain`] for a greater number.
    ///
    /// # Examples
    /// ```
    /// use snr_quantile::psk::Modulation;
    /// assert!((Modulation::Qpsk.symbol(1)?.im - 1.0).abs() < 1e-15);
    /// assert!(Modulation::Qpsk.symbol(4).is_err());
    /// # Ok::<(), snr_quantile::Error>(())
    /// ```
    pub fn symbol(self, k: usize) -> Result<C64> {
        if k >= self.order() {
            let domain = format!("a whole number from 0 to {}", self.order() - 1);
            return Err(Error::domain("symbols", k as f64, domain));
        }
        Ok(Complex::cis(k as f64 * self.turn_rad()))
    }
}
