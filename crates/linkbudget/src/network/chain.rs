//! The chain matrix of any cascade with its derivative, scaled so that it never overflows.

use super::{Part, PartKind, Quality};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::{LN_2, LN_10, TAU};

/// The chain matrix `[V1; I1] = [A B; C D] [V2; I2]`, with `I2` flowing out of port 2.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Abcd {
    /// `V1 / V2` with port 2 open.
    pub a: C64,
    /// `V1 / I2` with port 2 shorted, ohm.
    pub b: C64,
    /// `I1 / V2` with port 2 open, siemens.
    pub c: C64,
    /// `I1 / I2` with port 2 shorted.
    pub d: C64,
}

mmw_core::checked_serde!(Abcd { a, b, c, d });

/// Which waves S-parameters are ratios of. All agree for real terminations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Waves {
    /// Power waves (Kurokawa): `|S21|²` is the transducer gain, and `S11` vanishes at a conjugate match.
    #[default]
    Power,
    /// Pseudo waves (Marks and Williams): `S11` vanishes at an image match.
    Pseudo,
    /// Travelling waves, `(V ± z I) / (2 √z)`: what field solvers give at ports of complex impedance.
    Travelling,
}

mmw_core::named!(Waves, "waves" {
    Power = "power",
    Pseudo = "pseudo",
    Travelling = "travelling" | "traveling",
});

/// `2^exponent` times the entries is the chain matrix; `derivatives` are by ω, on the same scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain {
    pub(super) entries: [C64; 4],
    derivatives: [C64; 4],
    pub(super) exponent: i32,
}

/// Beyond this the matrix is scaled down by the power of two `2^-STEP`.
const LARGE: f64 = 1e100;
const STEP: i32 = 300;

impl Chain {
    pub(super) fn new(parts: &[Part], frequency_hz: f64) -> Result<Self> {
        check::in_range("frequency_hz", frequency_hz, 0.0, 1e30)?;
        let omega = TAU * frequency_hz;
        let (zero, one) = (C64::new(0.0, 0.0), C64::new(1.0, 0.0));
        let mut chain = Self { entries: [one, zero, zero, one], derivatives: [zero; 4], exponent: 0 };
        for part in parts {
            chain.append(part, omega)?;
        }
        Ok(chain)
    }

    /// `2^exponent`, infinite beyond the range of `f64`.
    pub(super) fn scale(&self) -> f64 {
        2_f64.powi(self.exponent)
    }

    fn append(&mut self, part: &Part, omega: f64) -> Result<()> {
        let (immittance, slope) = immittance(part, omega)?;
        // A shunt part adds its admittance times (B, D) to (A, C); a series part its impedance times (A, C)
        // to (B, D).
        let (from, to) = match part.kind {
            PartKind::ShuntC | PartKind::ShuntL | PartKind::ShuntR => ([1, 3], [0, 2]),
            PartKind::SeriesL | PartKind::SeriesC | PartKind::SeriesR => ([0, 2], [1, 3]),
        };
        for (from, to) in from.into_iter().zip(to) {
            let (entry, derivative) = (self.entries[from], self.derivatives[from]);
            self.entries[to] += entry * immittance;
            self.derivatives[to] += derivative * immittance + entry * slope;
        }
        let size = |z: &C64| z.re.abs().max(z.im.abs());
        let largest = self.entries.iter().chain(&self.derivatives).map(size).fold(0.0, f64::max);
        if largest > LARGE {
            let down = 2_f64.powi(-STEP);
            self.entries.iter_mut().chain(&mut self.derivatives).for_each(|z| *z *= down);
            self.exponent += STEP;
        }
        Ok(())
    }

    /// `Δ = A ZL + B + C ZS ZL + D ZS` and its derivative by ω for fixed terminations, both unscaled.
    pub(super) fn denominator(&self, source: C64, load: C64) -> (C64, C64) {
        let sum = |[a, b, c, d]: [C64; 4]| a * load + b + c * source * load + d * source;
        (sum(self.entries), sum(self.derivatives))
    }

    /// `−20 log10 |S21|` of power waves, dB, finite however great.
    pub(super) fn transducer_loss_db(&self, source: C64, load: C64) -> Result<f64> {
        let (denominator, _) = self.denominator(source, load);
        let modulus = check::positive("denominator of S21", denominator.norm())?;
        let best = 2.0 * source.re.sqrt() * load.re.sqrt();
        Ok(20.0 / LN_10 * ((modulus / best).ln() + f64::from(self.exponent) * LN_2))
    }

    /// `S11, S12, S21, S22`.
    pub(super) fn s_parameters(&self, source: C64, load: C64, waves: Waves) -> Result<[C64; 4]> {
        let [a, b, c, d] = self.entries;
        let (denominator, _) = self.denominator(source, load);
        let (near, far) = match waves {
            Waves::Power => (source.conj(), load.conj()),
            Waves::Pseudo | Waves::Travelling => (source, load),
        };
        let s11 = (a * load + b - c * near * load - d * near) / denominator;
        let s22 = (b - a * far - c * source * far + d * source) / denominator;
        let unit = C64::new(2.0 * 2_f64.powi(-self.exponent), 0.0) / denominator;
        let (s12, s21) = match waves {
            Waves::Power => {
                let s21 = unit * source.re.sqrt() * load.re.sqrt();
                (s21, s21)
            }
            Waves::Pseudo => (
                unit * source / source.norm() * load.norm() * (source.re / load.re).sqrt(),
                unit * load / load.norm() * source.norm() * (load.re / source.re).sqrt(),
            ),
            Waves::Travelling => {
                let s21 = unit * source.sqrt() * load.sqrt();
                (s21, s21)
            }
        };
        let entries = [s11, s12, s21, s22];
        if entries.iter().all(|z| z.re.is_finite() && z.im.is_finite()) {
            Ok(entries)
        } else {
            Err(Error::Singular { name: "denominator of the S-parameters".into() })
        }
    }
}

/// Admittance of a shunt part or impedance of a series part, and its derivative by ω.
fn immittance(part: &Part, omega: f64) -> Result<(C64, C64)> {
    let natural = |omega: f64| -> (C64, C64) {
        let slope = match part.quality {
            Quality::Constant { q } => C64::new(part.value / q, part.value),
            Quality::Lossless | Quality::At { .. } => C64::new(0.0, part.value),
        };
        let fixed = match part.quality {
            Quality::At { q, frequency_hz } => TAU * frequency_hz * part.value / q,
            Quality::Lossless | Quality::Constant { .. } => 0.0,
        };
        (slope * omega + fixed, slope)
    };
    let (value, slope) = match part.kind {
        // The admittance of a capacitor and the impedance of an inductor are what is needed…
        PartKind::ShuntC | PartKind::SeriesL => natural(omega),
        // … or their inverses.
        PartKind::SeriesC | PartKind::ShuntL => {
            let (x, slope) = natural(omega);
            let inverse = x.inv();
            (inverse, -slope * inverse * inverse)
        }
        PartKind::SeriesR => (C64::new(part.value, 0.0), C64::new(0.0, 0.0)),
        PartKind::ShuntR => (C64::new(1.0 / part.value, 0.0), C64::new(0.0, 0.0)),
    };
    // Below LARGE², so that one step of the chain stays below the range of f64.
    if value.norm() <= LARGE && slope.norm() <= LARGE {
        return Ok((value, slope));
    }
    Err(Error::domain(
        "frequency_hz",
        omega / TAU,
        format!("where a {:?} of {:e} has an immittance below 1e100", part.kind, part.value),
    ))
}
