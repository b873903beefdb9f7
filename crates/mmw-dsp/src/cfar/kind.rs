//! Which statistic of the training cells stands for the noise.

use mmw_core::{Error, Result, check};
use std::fmt;

/// What is made of the training cells of a cell.
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::CfarKind;
///
/// assert_eq!(CfarKind::from_name("os")?, CfarKind::Os { rank: 0.75 });
/// assert_eq!(CfarKind::from_name("os:0.6")?.to_string(), "os:0.6");
/// assert!(CfarKind::from_name("median").is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "lowercase")
)]
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
    /// The kind of a name, as it prints: `ca`, `go`, `so`, `os` (a rank of 0.75) or `os:RANK`.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the names that exist; [`Error::Domain`] for a rank out of its range.
    pub fn from_name(name: &str) -> Result<Self> {
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
