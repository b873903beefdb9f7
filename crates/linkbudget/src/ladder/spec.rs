//! A ladder as it is asked for.

use crate::response::{Cutoff, Response};
use mmw_core::{Result, check};

/// Which element stands next to the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum First {
    /// A capacitor to ground: C, L, C, … (Fig. 2 of the paper).
    #[default]
    Shunt,
    /// A series inductor: L, C, L, ….
    Series,
}

mmw_core::named!(First, "first element" { Shunt = "shunt", Series = "series" });

impl First {
    /// The other one.
    #[must_use]
    pub fn dual(self) -> Self {
        match self {
            Self::Shunt => Self::Series,
            Self::Series => Self::Shunt,
        }
    }

    /// The kind of the element at `index` of a ladder that starts with `self`.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::First;
    /// assert_eq!((First::Shunt.at(0), First::Shunt.at(1), First::Series.at(6)), (First::Shunt, First::Series, First::Series));
    /// ```
    #[must_use]
    pub fn at(self, index: usize) -> Self {
        if index.is_multiple_of(2) { self } else { self.dual() }
    }
}

/// In which half of the complex plane the zeros of the generator-side reflection lie.
///
/// An even order has both solutions, with the same amplitude response; published tables print that of the
/// right half. The terminations of an odd order leave one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ReflectionZeros {
    /// Right half-plane.
    Right,
    /// Left half-plane: the mirror of the other choice.
    Left,
}

mmw_core::named!(ReflectionZeros, "reflection zeros" { Right = "right", Left = "left" });

/// What the ladder works between.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Terminations {
    /// A resistor at each end.
    Double {
        /// `RS`, ohm.
        source_ohm: f64,
        /// `RL`, ohm.
        load_ohm: f64,
    },
    /// An ideal voltage source, `RS = 0`.
    VoltageSource {
        /// `RL`, ohm.
        load_ohm: f64,
    },
    /// An ideal current source, `RS` infinite.
    CurrentSource {
        /// `RL`, ohm.
        load_ohm: f64,
    },
    /// An open load, `RL` infinite: its voltage is the output.
    OpenLoad {
        /// `RS`, ohm.
        source_ohm: f64,
    },
    /// A shorted load, `RL = 0`: its current is the output.
    ShortedLoad {
        /// `RS`, ohm.
        source_ohm: f64,
    },
}

mmw_core::checked_serde!(Terminations, Terminations::check);

impl Terminations {
    /// Two resistors; a source of 0 ohm is the ideal voltage source, a load of 0 ohm the short.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::Terminations;
    /// assert_eq!(Terminations::new(0.0, 50.0), Terminations::VoltageSource { load_ohm: 50.0 });
    /// assert_eq!(Terminations::new(50.0, 73.0).reference_ohm(), 73.0);
    /// ```
    #[must_use]
    pub fn new(source_ohm: f64, load_ohm: f64) -> Self {
        if source_ohm == 0.0 {
            Self::VoltageSource { load_ohm }
        } else if load_ohm == 0.0 {
            Self::ShortedLoad { source_ohm }
        } else {
            Self::Double { source_ohm, load_ohm }
        }
    }

    /// The resistance that elements are normalised to: the load where it is a resistor, else the generator.
    #[must_use]
    pub fn reference_ohm(&self) -> f64 {
        match *self {
            Self::Double { load_ohm, .. }
            | Self::VoltageSource { load_ohm }
            | Self::CurrentSource { load_ohm } => load_ohm,
            Self::OpenLoad { source_ohm } | Self::ShortedLoad { source_ohm } => source_ohm,
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        // Powers of the ratio appear in the synthesis; this keeps them all within f64.
        const RANGE: (f64, f64) = (1e-60, 1e60);
        let positive = |name, ohm| check::in_range(name, ohm, RANGE.0, RANGE.1).map(|_| ());
        match *self {
            Self::Double { source_ohm, load_ohm } => {
                positive("source_ohm", source_ohm)?;
                positive("load_ohm", load_ohm)
            }
            Self::VoltageSource { load_ohm } | Self::CurrentSource { load_ohm } => {
                positive("load_ohm", load_ohm)
            }
            Self::OpenLoad { source_ohm } | Self::ShortedLoad { source_ohm } => {
                positive("source_ohm", source_ohm)
            }
        }
    }
}

/// A ladder as it is asked for: plain data, answered by [`LadderSpec::synthesise`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct LadderSpec {
    /// The amplitude response.
    pub response: Response,
    /// Number of elements, 1 to 100 000.
    pub order: usize,
    /// What the cut-off frequency means.
    pub cutoff: Cutoff,
    /// What the ladder works between.
    pub terminations: Terminations,
    /// The element next to the generator.
    pub first: First,
    /// Side of the reflection zeros; `None` for the one that tables print.
    pub reflection_zeros: Option<ReflectionZeros>,
}

impl LadderSpec {
    /// A Butterworth ladder, shunt-first, between two resistors.
    #[must_use]
    pub fn butterworth(order: usize, source_ohm: f64, load_ohm: f64) -> Self {
        Self {
            response: Response::Butterworth,
            order,
            cutoff: Cutoff::ThreeDb,
            terminations: Terminations::new(source_ohm, load_ohm),
            first: First::Shunt,
            reflection_zeros: None,
        }
    }

    /// A Chebyshev ladder, shunt-first, between two resistors.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::LadderSpec;
    /// use linkbudget::response::Cutoff;
    /// // 0.5 dB, order 3, matched: 1.5963, 1.0967, 1.5963 in every table.
    /// let ladder = LadderSpec::chebyshev(3, 0.5, Cutoff::RippleEdge, 1.0, 1.0).synthesise()?;
    /// assert!((ladder.elements()[0] - 1.5963).abs() < 5e-5 && (ladder.elements()[1] - 1.0967).abs() < 5e-5);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn chebyshev(order: usize, ripple_db: f64, cutoff: Cutoff, source_ohm: f64, load_ohm: f64) -> Self {
        Self {
            response: Response::Chebyshev { ripple_db },
            cutoff,
            ..Self::butterworth(order, source_ohm, load_ohm)
        }
    }

    /// Loss at the frequency of least loss against the power that the generator can give, dB: the mismatch of
    /// unequal resistors. `None` for a single termination, whose source has no greatest power.
    ///
    /// ```text
    /// 10 log10 [(RS + RL)² / 4 RS RL]; an even Chebyshev reaches 10^(ripple/10) times more
    /// ```
    /// The factor `K` of [^takahasi-gain].
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a value out of range.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::LadderSpec;
    /// let loss_db = LadderSpec::butterworth(7, 50.0, 73.0).flat_loss_db()?;
    /// assert!(loss_db.is_some_and(|db| (db - 0.1546).abs() < 1e-4));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^takahasi-gain]: Weinberg and Slepian, as for [`LadderSpec::synthesise`].
    pub fn flat_loss_db(&self) -> Result<Option<f64>> {
        self.terminations.check()?;
        let Terminations::Double { source_ohm, load_ohm } = self.terminations else {
            return Ok(None);
        };
        let sum = source_ohm + load_ohm;
        let mismatch_db = 10.0 * ((sum / source_ohm) * (sum / load_ohm) / 4.0).log10();
        match self.response {
            Response::Chebyshev { ripple_db } if self.order.is_multiple_of(2) => {
                self.response.epsilon_squared()?;
                Ok(Some(mismatch_db - ripple_db))
            }
            _ => Ok(Some(mismatch_db)),
        }
    }

    /// The least ratio of the greater to the smaller resistance that this response and order can work
    /// between: 1 but for an even Chebyshev.
    ///
    /// ```text
    /// (√(1 + ε²) + ε)²
    /// ```
    /// From `((RL − RS)/(RL + RS))² >= ε²/(1 + ε²)`[^takahasi-limit]; it is the `g_(n+1)` of published tables
    /// of even orders, `coth²(β/4)`.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a ripple out of range.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::LadderSpec;
    /// use linkbudget::response::Cutoff;
    /// // 1.9841 in the tables of Matthaei, Young and Jones for 0.5 dB.
    /// let spec = LadderSpec::chebyshev(4, 0.5, Cutoff::RippleEdge, 50.0, 50.0);
    /// assert!((spec.limit_ratio()? - 1.9841).abs() < 5e-5);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    /// [^takahasi-limit]: Weinberg and Slepian, as for [`LadderSpec::synthesise`].
    pub fn limit_ratio(&self) -> Result<f64> {
        let epsilon_squared = self.response.epsilon_squared()?;
        Ok(match epsilon_squared {
            Some(epsilon_squared) if self.order.is_multiple_of(2) => even_limit_ratio(epsilon_squared),
            _ => 1.0,
        })
    }
}

/// `(√(1 + ε²) + ε)²`: the ratio of the resistances at which `ρ² = ε²/(1 + ε²)`.
pub(super) fn even_limit_ratio(epsilon_squared: f64) -> f64 {
    ((1.0 + epsilon_squared).sqrt() + epsilon_squared.sqrt()).powi(2)
}
