//! The names of the estimators.

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

mmw_core::named!(Method, "estimator" {
    Quartic = "quartic",
    LStatistic = "l_statistic",
    Ml = "ml",
    MlBinned = "ml_binned",
    Robust = "robust",
    M2m4 = "m2m4",
    M1m2 = "m1m2",
    Svr = "svr",
    DataAided = "data_aided",
    DecisionDirected = "decision_directed",
});

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
}
