//! LC ladders: what is asked for, what comes back, and why some requests have no answer.

mod spec;

mod refusal;

mod synthesis;

mod prototype;

mod elliptic;

mod extract;

mod selective;

pub use prototype::{Band, Branch, Prototype};
pub use refusal::{SynthesisError, Unrealisable};
pub use selective::{Family, MAX_SELECTIVE_ORDER, SelectiveSpec};
pub use spec::{First, LadderSpec, ReflectionZeros, Terminations};

use crate::network::{Network, Part, PartKind};
use mmw_core::{Error, check};
use std::f64::consts::TAU;

/// Most elements of a ladder.
pub const MAX_ORDER: usize = 100_000;

/// A ladder that exists: its element values, from the generator.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    spec: LadderSpec,
    elements: Vec<f64>,
}

impl LadderSpec {
    /// The element values, normalised to the load resistance and to 1 rad/s at the cut-off.
    ///
    /// ```text
    /// Butterworth: g1 = 2 sin(π/2n) / (1 ± a),   a = |(RL − RS)/(RL + RS)|^(1/n)
    ///              g_r g_{r+1} = 4 sin((2r−1)π/2n) sin((2r+1)π/2n) / (1 + a² ± 2a cos(rπ/n))
    /// Chebyshev:   g1 = 2 sin(π/2n) / (x ± y),   x = sinh(asinh(1/ε)/n),   y = sinh(asinh(√d/ε)/n)
    ///              the denominator x² + y² ± 2xy cos(rπ/n) + sin²(rπ/n)
    /// d = ((RL−RS)/(RL+RS))², for an even Chebyshev ((RL−RS)² − 4 RL RS ε²)/(RL+RS)²; + zeros right, − left
    /// ```
    /// The closed forms of Takahasi, as given for the series-first ladder by Weinberg and
    /// Slepian[^takahasi]. Every difference of nearly equal numbers is taken before rounding: `1 − a` by
    /// `expm1`, `1 − cos` by the half angle, `x − y` by the sum of the angles. Nothing is lost as `RS → RL`,
    /// nor at orders of hundreds.
    ///
    /// # Errors
    /// [`SynthesisError::Parameter`] for a value out of range, [`SynthesisError::Unrealisable`] with the
    /// reason when no such ladder exists.
    ///
    /// # Examples
    /// Table 2 of the paper, whose element values are those of RS/RL = 0.7:
    /// ```
    /// use linkbudget::ladder::{First, LadderSpec, Unrealisable};
    ///
    /// let ladder = LadderSpec::butterworth(7, 0.7, 1.0).synthesise()?;
    /// let printed = [0.357, 0.515, 1.688, 1.091, 2.618, 1.350, 2.028];
    /// for (element, printed) in ladder.elements().iter().zip(printed) {
    ///     assert!((element - printed).abs() < 5e-4);
    /// }
    /// let impossible = LadderSpec::butterworth(6, 0.7, 1.0).synthesise().unwrap_err();
    /// assert_eq!(impossible.reason(), Some(Unrealisable::EvenOrderTerminations { first: First::Shunt }));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    /// [^takahasi]: Weinberg and Slepian, "Takahasi's results on Tchebycheff and Butterworth ladder
    ///     networks", IRE Trans. Circuit Theory 7(2), 1960.
    pub fn synthesise(&self) -> Result<Ladder, SynthesisError> {
        check::at_least("order", self.order, 1)?;
        if self.order > MAX_ORDER {
            return Err(Error::domain("order", self.order as f64, "at most 100000").into());
        }
        self.terminations.check()?;
        let elements = synthesis::elements(self)?;
        Ok(Ladder { spec: *self, elements })
    }
}

impl Ladder {
    /// What it was made for.
    #[must_use]
    pub fn spec(&self) -> &LadderSpec {
        &self.spec
    }

    /// Normalised values from the generator: capacitances in farad and inductances in henry for a reference
    /// resistance of 1 ohm and a cut-off of 1 rad/s.
    #[must_use]
    pub fn elements(&self) -> &[f64] {
        &self.elements
    }

    /// Its elements as branches, for filters of other bands.
    #[must_use]
    pub fn prototype(&self) -> Prototype {
        Prototype::from_elements(self.spec.first, &self.elements, self.spec.terminations.reference_ohm())
    }

    /// Component values in farad and henry, from the generator.
    ///
    /// ```text
    /// C = C_n / (2π fc RL),   L = L_n RL / (2π fc)
    /// ```
    /// Section II-B of [^lambrechts].
    ///
    /// # Errors
    /// [`Error::Domain`] unless the cut-off frequency is finite and above zero and so is every component.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::LadderSpec;
    /// let ladder = LadderSpec::butterworth(7, 50.0, 73.0).synthesise()?;
    /// let components = ladder.components(10e9)?;
    /// // 78 fF printed for rs = 0.7; 79.3 fF for the exact 50/73.
    /// assert!((components[0] - 79.27e-15).abs() < 0.01e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    /// [^lambrechts]: J. W. Lambrechts, S. Sinha, 2015 ([references](crate#references)); the formula
    ///     has no number.
    pub fn components(&self, cutoff_hz: f64) -> mmw_core::Result<Vec<f64>> {
        denormalise(&self.elements, self.spec.first, cutoff_hz, self.spec.terminations.reference_ohm())
    }
}

/// Component values in farad and henry of normalised elements that start with `first`.
///
/// # Errors
/// [`Error::Domain`] unless all arguments and results are finite and above zero.
///
/// # Examples
/// ```
/// use linkbudget::ladder::{First, denormalise, normalise};
/// // C1 of Table 2: 0.357 at 10 GHz and 73 ohm.
/// let parts = denormalise(&[0.357], First::Shunt, 10e9, 73.0)?;
/// assert!((parts[0] - 77.83e-15).abs() < 0.01e-15);
/// assert!((normalise(&parts, First::Shunt, 10e9, 73.0)?[0] - 0.357).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn denormalise(
    elements: &[f64],
    first: First,
    cutoff_hz: f64,
    reference_ohm: f64,
) -> mmw_core::Result<Vec<f64>> {
    let omega = omega(cutoff_hz, reference_ohm)?;
    map_alternating("element", elements, first, "component", |kind, element| match kind {
        First::Shunt => element / omega / reference_ohm,
        First::Series => element / omega * reference_ohm,
    })
}

/// Normalised elements of component values in farad and henry that start with `first`: the inverse of
/// [`denormalise`].
///
/// # Errors
/// [`Error::Domain`] unless all arguments and results are finite and above zero.
pub fn normalise(
    components: &[f64],
    first: First,
    cutoff_hz: f64,
    reference_ohm: f64,
) -> mmw_core::Result<Vec<f64>> {
    let omega = omega(cutoff_hz, reference_ohm)?;
    map_alternating("component", components, first, "element", |kind, component| match kind {
        First::Shunt => component * omega * reference_ohm,
        First::Series => component * omega / reference_ohm,
    })
}

fn omega(cutoff_hz: f64, reference_ohm: f64) -> mmw_core::Result<f64> {
    check::positive("reference_ohm", reference_ohm)?;
    Ok(TAU * check::positive("cutoff_hz", cutoff_hz)?)
}

/// Maps the values of alternating elements; every value and every result must be above zero.
fn map_alternating(
    name: &'static str,
    values: &[f64],
    first: First,
    result: &'static str,
    scale: impl Fn(First, f64) -> f64,
) -> mmw_core::Result<Vec<f64>> {
    let one = |(i, &value): (usize, &f64)| {
        check::positive(result, scale(first.at(i), check::positive(name, value)?))
    };
    values.iter().enumerate().map(one).collect()
}

impl Network {
    /// A low-pass ladder of component values that start with `first`.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn low_pass(components: &[f64], first: First) -> mmw_core::Result<Self> {
        let part = |(i, &value): (usize, &f64)| match first.at(i) {
            First::Shunt => Part::new(PartKind::ShuntC, value),
            First::Series => Part::new(PartKind::SeriesL, value),
        };
        Self::new(components.iter().enumerate().map(part).collect())
    }

    /// A synthesised ladder at its cut-off frequency.
    ///
    /// # Errors
    /// As [`Ladder::components`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::LadderSpec;
    /// use linkbudget::network::Network;
    /// use mmw_core::ndarray::array;
    ///
    /// let ladder = LadderSpec::butterworth(7, 50.0, 73.0).synthesise()?;
    /// let network = Network::from_ladder(&ladder, 10e9)?;
    /// let loss_db = network.transducer_loss_db(&array![60e9], 50.0, 73.0)?;
    /// // 108.9412 dB of the response and 0.1546 dB because 50 ohm feed 73.
    /// assert!((loss_db[0] - 109.0958).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn from_ladder(ladder: &Ladder, cutoff_hz: f64) -> mmw_core::Result<Self> {
        Self::low_pass(&ladder.components(cutoff_hz)?, ladder.spec().first)
    }
}
