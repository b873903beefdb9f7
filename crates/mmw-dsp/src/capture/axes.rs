//! The names that a user gives to the axes of a `.npy` file.

use mmw_core::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// What one axis of a `.npy` file counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum NpyAxis {
    /// Frames.
    Frame,
    /// Chirps of one transmitter.
    Chirp,
    /// Transmitters, in firing order.
    Tx,
    /// Receivers.
    Rx,
    /// Pairs of both, receivers running fastest.
    Channel,
    /// Samples of a chirp.
    Sample,
    /// The two parts of a complex number, real part first: an axis of length 2.
    Iq,
}

mmw_core::named!(NpyAxis, "axes" {
    Frame = "frame",
    Chirp = "chirp",
    Tx = "tx",
    Rx = "rx",
    Channel = "channel",
    Sample = "sample",
    Iq = "iq",
});

/// The axes of a `.npy` file in the order in which NumPy prints its shape; a name that is absent has
/// length one.
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{NpyAxes, NpyAxis};
///
/// let axes: NpyAxes = "frame, chirp, tx, rx, sample".parse()?;
/// assert_eq!(axes.as_slice()[2], NpyAxis::Tx);
/// assert_eq!(axes.to_string(), "frame,chirp,tx,rx,sample");
/// assert!("chirp,chirp".parse::<NpyAxes>().is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct NpyAxes {
    axes: Vec<NpyAxis>,
}

impl NpyAxes {
    /// Frames of all axes that are told apart, in the order in which they are recorded.
    pub(super) fn usual() -> Self {
        Self { axes: vec![NpyAxis::Frame, NpyAxis::Chirp, NpyAxis::Tx, NpyAxis::Rx, NpyAxis::Sample] }
    }

    /// Axes in that order.
    ///
    /// # Errors
    /// [`Error::TooFew`] for none; [`Error::Invalid`] for a name that stands twice, and for `channel` beside
    /// `tx` or `rx`.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::{NpyAxes, NpyAxis};
    /// assert_eq!(NpyAxes::new(vec![NpyAxis::Chirp, NpyAxis::Sample])?.to_string(), "chirp,sample");
    /// assert!(NpyAxes::new(vec![NpyAxis::Channel, NpyAxis::Rx]).is_err());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn new(axes: Vec<NpyAxis>) -> Result<Self> {
        mmw_core::check::at_least("axes", axes.len(), 1)?;
        if let Some((_, twice)) = axes.iter().enumerate().find(|(i, axis)| axes[..*i].contains(axis)) {
            return Err(Error::invalid("axes", format!("\"{}\" stands twice", twice.name())));
        }
        let has = |axis| axes.contains(&axis);
        if has(NpyAxis::Channel) && (has(NpyAxis::Tx) || has(NpyAxis::Rx)) {
            return Err(Error::invalid("axes", "\"channel\" counts pairs of \"tx\" and \"rx\": name either"));
        }
        Ok(Self { axes })
    }

    /// The axes, outermost of the printed shape first.
    #[must_use]
    pub fn as_slice(&self) -> &[NpyAxis] {
        &self.axes
    }
}

impl FromStr for NpyAxes {
    type Err = Error;

    fn from_str(names: &str) -> Result<Self> {
        // A handful of names at most: anything longer has a name twice, and is refused before it is stored.
        let limit = NpyAxis::ALL.len() + 1;
        Self::new(names.split(',').take(limit).map(|name| name.trim().parse()).collect::<Result<_>>()?)
    }
}

impl TryFrom<String> for NpyAxes {
    type Error = Error;

    fn try_from(names: String) -> Result<Self> {
        names.parse()
    }
}

impl From<NpyAxes> for String {
    fn from(axes: NpyAxes) -> Self {
        axes.to_string()
    }
}

impl fmt::Display for NpyAxes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.axes.iter().map(|axis| axis.name()).collect::<Vec<_>>().join(","))
    }
}
