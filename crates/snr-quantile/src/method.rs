//! The names of the estimators.

use mmw_core::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// The estimators of the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Method {
    /// The paper's quartic to the sorted squares, with exact calibration.
    Quartic,
    /// The linear combination of sorted magnitudes with the best weights.
    LStatistic,
    /// Maximum likelihood on the samples.
    Ml,
    /// Maximum likelihood on a histogram: the default.
    MlBinned,
    /// Maximum likelihood on a histogram, without outliers.
    Robust,
    /// Second and fourth moments.
    M2m4,
    /// Mean magnitude and second moment.
    M1m2,
    /// Signal to variation ratio: neighbouring squares.
    Svr,
    /// Least squares with known symbols.
    DataAided,
    /// Least squares with decided symbols.
    DecisionDirected,
}

impl Method {
    /// Those that need nothing but the samples, and use them all.
    pub const BLIND: [Self; 8] = [
        Self::Quartic,
        Self::LStatistic,
        Self::Ml,
        Self::MlBinned,
        Self::M2m4,
        Self::M1m2,
        Self::Svr,
        Self::DecisionDirected,
    ];

    /// The name in batches and tables: `quartic`, `l_statistic`, `ml`, `ml_binned`, `robust`, `m2m4`, `m1m2`, `svr`,
    /// `data_aided`, `decision_directed`.
    ///
    /// # Examples
    /// ```
    /// use snr_quantile::Method;
    /// assert_eq!(Method::MlBinned.name(), "ml_binned");
    /// assert_eq!("l_statistic".parse::<Method>()?, Method::LStatistic);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quartic => "quartic",
            Self::LStatistic => "l_statistic",
            Self::Ml => "ml",
            Self::MlBinned => "ml_binned",
            Self::Robust => "robust",
            Self::M2m4 => "m2m4",
            Self::M1m2 => "m1m2",
            Self::Svr => "svr",
            Self::DataAided => "data_aided",
            Self::DecisionDirected => "decision_directed",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::BLIND.into_iter().chain([Self::Robust, Self::DataAided]);
        let found = known.into_iter().find(|method| method.name() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::BLIND.iter().map(|method| method.name()).collect();
            Error::invalid(
                "estimator",
                format!("{text:?} is none of {}, robust, data_aided", names.join(", ")),
            )
        })
    }
}
