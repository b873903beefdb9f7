//! Why a request has no ladder.

use super::{First, ReflectionZeros};
use mmw_core::Error;
use std::fmt;

/// Why no ladder meets a request.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Unrealisable {
    /// An even order transforms resistances one way only: shunt-first needs `RS >= RL`, series-first
    /// `RS <= RL`.
    EvenOrderTerminations {
        /// The first element that was asked for.
        first: First,
    },
    /// A Chebyshev response of even order loses its ripple at zero frequency, so the resistances must differ
    /// by at least as much: `((RL−RS)/(RL+RS))² >= ε²/(1+ε²)`.
    EvenChebyshevMatch {
        /// The power gain that would be needed at the ripple's top; at most 1 is possible.
        gain: f64,
        /// The least ratio of the greater to the smaller resistance: `(√(1 + ε²) + ε)²`.
        limit_ratio: f64,
    },
    /// The terminations of an odd order leave one side for the reflection zeros, and the other was asked for.
    ReflectionZerosFixed {
        /// The side that is possible.
        possible: ReflectionZeros,
    },
    /// The element next to an ideal source, a short or an open has no effect: a capacitor across a voltage
    /// source or a short, an inductor in series with a current source or an open.
    ElementWithoutEffect,
    /// A single termination leaves one side for the reflection zeros, the left.
    SingleTerminationZeros,
    /// An elliptic or inverse Chebyshev response of even order transmits at infinite frequency, which no
    /// ladder of this form does.
    EvenOrderFamily,
    /// Every ladder of this form with the response has an element below zero: from order 5 on the stop-band
    /// has to have enough attenuation, and the more the higher the order.
    NegativeElements,
    /// This family has ladders between two resistors only.
    SingleTerminationFamily,
    /// The 3 dB point of a ripple above 3.0103 dB lies between ripples.
    RippleAboveThreeDb,
}

impl Unrealisable {
    /// A stable word for the reason, for logs and JSON.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::LadderSpec;
    /// use linkbudget::response::Cutoff;
    /// let matched = LadderSpec::chebyshev(4, 0.5, Cutoff::RippleEdge, 50.0, 50.0).synthesise();
    /// assert_eq!(matched.unwrap_err().reason().map(|reason| reason.kind()), Some("even_chebyshev_match"));
    /// ```
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::EvenOrderTerminations { .. } => "even_order_terminations",
            Self::EvenChebyshevMatch { .. } => "even_chebyshev_match",
            Self::ReflectionZerosFixed { .. } => "reflection_zeros_fixed",
            Self::ElementWithoutEffect => "element_without_effect",
            Self::SingleTerminationZeros => "single_termination_zeros",
            Self::EvenOrderFamily => "even_order_family",
            Self::NegativeElements => "negative_elements",
            Self::SingleTerminationFamily => "single_termination_family",
            Self::RippleAboveThreeDb => "ripple_above_three_db",
        }
    }
}

impl fmt::Display for Unrealisable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EvenOrderTerminations { first: First::Shunt } => {
                f.write_str("an even order that starts with a shunt element needs RS >= RL")
            }
            Self::EvenOrderTerminations { first: First::Series } => {
                f.write_str("an even order that starts with a series element needs RS <= RL")
            }
            Self::EvenChebyshevMatch { gain, limit_ratio } => {
                write!(f, "a Chebyshev response of even order with this ripple needs resistances further ")?;
                write!(f, "apart, one at least {limit_ratio} times the other: ")?;
                write!(f, "its greatest power gain would be {gain}")
            }
            Self::ReflectionZerosFixed { possible } => {
                let word = match possible {
                    ReflectionZeros::Right => "right",
                    ReflectionZeros::Left => "left",
                };
                write!(f, "the terminations of an odd order put the reflection zeros to the {word}: ")?;
                write!(f, "ask for `{word}`, or leave the side open")
            }
            Self::ElementWithoutEffect => {
                f.write_str("the element next to an ideal source, a short or an open has no effect")
            }
            Self::SingleTerminationZeros => {
                f.write_str("a single termination puts the reflection zeros to the left: ask for `left`, or leave it open")
            }
            Self::EvenOrderFamily => f.write_str(
                "an elliptic or inverse Chebyshev response of even order transmits at infinite frequency: \
                 take an odd order",
            ),
            Self::NegativeElements => f.write_str(
                "every ladder of this form has an element below zero, as the order is too high for so little \
                 stop-band attenuation: ask for more of it, for a lower order, or for resistances that differ by \
                 some percent, which leave more ladders to choose from",
            ),
            Self::SingleTerminationFamily => f.write_str("this family needs a resistor at each end"),
            Self::RippleAboveThreeDb => {
                f.write_str("the 3 dB point of a ripple above 3.0103 dB lies between ripples")
            }
        }
    }
}

/// Why a synthesis gave no ladder.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SynthesisError {
    /// A parameter is out of range.
    Parameter(Error),
    /// All parameters are fine, and no such ladder exists.
    Unrealisable(Unrealisable),
}

impl SynthesisError {
    /// Why no such ladder exists; `None` when a parameter is out of range.
    #[must_use]
    pub fn reason(&self) -> Option<Unrealisable> {
        match self {
            Self::Parameter(_) => None,
            Self::Unrealisable(reason) => Some(*reason),
        }
    }
}

impl fmt::Display for SynthesisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(error) => error.fmt(f),
            Self::Unrealisable(reason) => write!(f, "unrealisable ladder: {reason}"),
        }
    }
}

impl std::error::Error for SynthesisError {}

impl From<Error> for SynthesisError {
    fn from(error: Error) -> Self {
        Self::Parameter(error)
    }
}

impl From<Unrealisable> for SynthesisError {
    fn from(reason: Unrealisable) -> Self {
        Self::Unrealisable(reason)
    }
}

impl From<SynthesisError> for Error {
    fn from(error: SynthesisError) -> Self {
        match error {
            SynthesisError::Parameter(error) => error,
            SynthesisError::Unrealisable(reason) => {
                Self::invalid("unrealisable ladder", format!("{} ({})", reason, reason.kind()))
            }
        }
    }
}
