//! The options that all studies have.

use mmw_core::study::StudyConfig;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Seed, parts, checkpoint and file of a study.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct StudyOptions {
    /// Seed of the random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Threads; all cores if not given. The result is the same
    #[arg(long, value_name = "COUNT")]
    pub(crate) threads: Option<usize>,

    /// Only part I of N, from 1/N to N/N, into the file that `--out` names; `mmw merge` joins all parts to
    /// the bits of one run
    #[arg(long, value_name = "I/N", requires = "out")]
    pub(crate) shard: Option<Share>,

    /// File that holds what is done so far, written every few seconds; if it is there, the study goes on
    /// from it
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,

    /// Measure what a call of each estimator takes at each condition, too
    #[arg(long, conflicts_with = "shard")]
    pub(crate) costs: bool,

    /// File for a picture of the first figure over the conditions, .png or .svg; where there are several, the
    /// name of each ends in its condition
    #[arg(long, value_name = "FILE", conflicts_with = "shard")]
    pub(crate) plot: Option<PathBuf>,

    /// File for a page of all charts and figures
    #[arg(long, value_name = "FILE.html", conflicts_with = "shard")]
    pub(crate) page: Option<PathBuf>,

    /// File for the table as CSV, or for the part of `--shard`
    #[arg(short, long, value_name = "FILE", alias = "csv")]
    pub(crate) out: Option<PathBuf>,
}

impl StudyOptions {
    /// So many trials at each condition, in blocks of the usual size.
    pub(crate) fn config(&self, trials: u64) -> StudyConfig {
        StudyConfig { trials, seed: self.seed, ..StudyConfig::default() }
    }

    /// The share that is asked for: all, unless a part is.
    pub(crate) fn share(&self) -> Share {
        self.shard.unwrap_or(Share { index: 0, parts: 1 })
    }
}

/// One of so many parts, `1/4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// From 0.
    pub(crate) index: u64,
    /// At least 1.
    pub(crate) parts: u64,
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, parts)| {
            let number = |text: &str| text.trim().parse::<u64>().ok();
            Some((number(index)?, number(parts)?))
        });
        match numbers {
            Some((index, parts)) if (1..=parts).contains(&index) => Ok(Self { index: index - 1, parts }),
            _ => Err("must be a part of so many, from 1/4 to 4/4".to_owned()),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_one_of_so_many() {
        assert_eq!("3/7".parse(), Ok(Share { index: 2, parts: 7 }));
        assert_eq!("1/1".parse::<Share>().unwrap().to_string(), "1/1");
        for wrong in ["0/4", "5/4", "1", "1/0", "a/b", "-1/4", ""] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
    }
}
