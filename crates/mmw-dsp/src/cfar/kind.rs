//! Which statistic of the training cells stands for the noise.

use mmw_core::{Error, Result, check};
use std::fmt;
use std::str::FromStr;

/// What is made of the training cells of a cell.
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::CfarKind;
///
/// assert_eq!("os".parse::<CfarKind>()?, CfarKind::Os { rank: 0.75 });
/// assert_eq!("os:0.6".parse::<CfarKind>()?.to_string(), "os:0.6");
/// assert!("median".parse::<CfarKind>().is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "lowercase")
)]
#[non_exhaustive]
pub enum CfarKind {
    /// Their mean: the least loss in uniform noise.
    #[default]
    Ca,
    /// The greater of the means of the nearer and the farther half: few false alarms where the noise has an
    /// edge in range.
    Go,
    /// The lesser of the two means: a strong target in one half does not hide the cell.
    So,
    /// The power that a share of them does not exceed: strong targets among them count as one cell each.
    Os {
        /// That share, above 0 up to 1.
        rank: f64,
    },
}

mmw_core::checked_serde!(CfarKind, |kind| kind.check());

impl CfarKind {
    pub(super) fn check(self) -> Result<()> {
        if let Self::Os { rank } = self {
            check::positive("rank", rank)?;
            check::in_range("rank", rank, 0.0, 1.0)?;
        }
        Ok(())
    }
}

impl fmt::Display for CfarKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ca => f.write_str("ca"),
            Self::Go => f.write_str("go"),
            Self::So => f.write_str("so"),
            Self::Os { rank } => write!(f, "os:{rank}"),
        }
    }
}

/// As it prints: `ca`, `go`, `so`, `os` (a rank of 0.75) or `os:RANK`. An error is [`Error::Invalid`] with
/// the names that exist, or [`Error::Domain`] for a rank out of its range.
impl FromStr for CfarKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let kind = match name.split_once(':') {
            None if name == "ca" => Some(Self::Ca),
            None if name == "go" => Some(Self::Go),
            None if name == "so" => Some(Self::So),
            None if name == "os" => Some(Self::Os { rank: 0.75 }),
            Some(("os", rank)) => rank.parse().ok().map(|rank| Self::Os { rank }),
            _ => None,
        };
        let unknown = || format!("no CFAR is named \"{name}\"; known are ca, go, so, os, os:RANK");
        let kind = kind.ok_or_else(|| Error::invalid("cfar", unknown()))?;
        kind.check()?;
        Ok(kind)
    }
}
