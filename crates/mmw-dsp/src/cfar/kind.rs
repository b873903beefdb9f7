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
    /// Their mean without a share of the least and of the greatest: strong targets are left out, and the
    /// loss is less than that of one ordered power.
    Tm {
        /// The share of the least that is left out, from 0 to below 1.
        low: f64,
        /// The share of the greatest that is left out; both together stay below 1.
        high: f64,
    },
    /// Their geometric mean, which is the mean of their decibels: strong targets weigh little, and weak cells
    /// much.
    Log,
}

mmw_core::checked_serde!(CfarKind, |kind| kind.check());

impl CfarKind {
    pub(super) fn check(self) -> Result<()> {
        if let Self::Os { rank } = self {
            check::positive("rank", rank)?;
            check::in_range("rank", rank, 0.0, 1.0)?;
        }
        if let Self::Tm { low, high } = self {
            check::in_range("low", low, 0.0, 1.0)?;
            check::in_range("high", high, 0.0, 1.0)?;
            if low + high >= 1.0 {
                return Err(Error::domain("low + high", low + high, "below 1"));
            }
        }
        Ok(())
    }
}

/// Which of `cells` an order statistic of that rank takes, from 1.
pub(super) fn os_rank(rank: f64, cells: usize) -> usize {
    ((rank * cells as f64).round() as usize).clamp(1, cells.max(1))
}

/// How many of the least and of the greatest of `cells` a trimmed mean leaves out; one stays.
pub(super) fn tm_trim(low: f64, high: f64, cells: usize) -> [usize; 2] {
    let count = |share: f64| (share * cells as f64).round() as usize;
    let high = count(high).min(cells.saturating_sub(1));
    [count(low).min(cells.saturating_sub(1) - high), high]
}

impl fmt::Display for CfarKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ca => f.write_str("ca"),
            Self::Go => f.write_str("go"),
            Self::So => f.write_str("so"),
            Self::Os { rank } => write!(f, "os:{rank}"),
            Self::Tm { low, high } => write!(f, "tm:{low}:{high}"),
            Self::Log => f.write_str("log"),
        }
    }
}

/// As it prints: `ca`, `go`, `so`, `os` (a rank of 0.75) or `os:RANK`, `tm` (shares of 0 and 0.25) or
/// `tm:LOW:HIGH`, `log`. An error is [`Error::Invalid`] with the names that exist, or [`Error::Domain`] for a
/// rank or a share out of its range.
impl FromStr for CfarKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let kind = match name.split_once(':') {
            None if name == "ca" => Some(Self::Ca),
            None if name == "go" => Some(Self::Go),
            None if name == "so" => Some(Self::So),
            None if name == "os" => Some(Self::Os { rank: 0.75 }),
            None if name == "tm" => Some(Self::Tm { low: 0.0, high: 0.25 }),
            None if name == "log" => Some(Self::Log),
            Some(("tm", shares)) => trimmed(shares),
            Some(("os", rank)) => rank.parse().ok().map(|rank| Self::Os { rank }),
            _ => None,
        };
        let unknown = || {
            format!("no CFAR is named \"{name}\"; known are ca, go, so, os, os:RANK, tm, tm:LOW:HIGH, log")
        };
        let kind = kind.ok_or_else(|| Error::invalid("cfar", unknown()))?;
        kind.check()?;
        Ok(kind)
    }
}

fn trimmed(shares: &str) -> Option<CfarKind> {
    let (low, high) = shares.split_once(':')?;
    Some(CfarKind::Tm { low: low.parse().ok()?, high: high.parse().ok()? })
}
