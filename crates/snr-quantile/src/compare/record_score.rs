//! A row of a study in the units of the field.

use mmw_core::study::{Measured, StudyRow};
use mmw_core::{Error, Result, check};

/// What a [`StudyRow`] says of records, in dB.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct RecordScore {
    /// Mean of estimate less truth, in dB.
    pub bias_db: f64,
    /// Variance of the estimates, in dB².
    pub variance_db2: f64,
    /// Mean square error, in dB².
    pub mse_db2: f64,
    /// Its standard error.
    pub mse_error_db2: f64,
    /// Normalised mean square error of the linear ratio, equation (21).
    pub nmse: f64,
    /// The Cramér-Rao bound, in dB²; none of noise alone.
    pub crlb_db2: Option<f64>,
    /// Share of records without an estimate.
    pub not_identifiable: f64,
    /// Share of intervals that hold the truth, of estimators that have one.
    pub covered: Option<Measured>,
    /// Share of records in which a signal is detected, of estimators that detect.
    pub detected: Option<Measured>,
}

mmw_core::checked_serde!(RecordScore, |score| {
    check::finite("bias_db", score.bias_db)?;
    check::in_range("not_identifiable", score.not_identifiable, 0.0, 1.0)?;
    for (name, value) in [
        ("variance_db2", score.variance_db2),
        ("mse_db2", score.mse_db2),
        ("mse_error_db2", score.mse_error_db2),
        ("nmse", score.nmse),
        ("crlb_db2", score.crlb_db2.unwrap_or_default()),
    ] {
        check::non_negative(name, value)?;
    }
    for (name, share) in [("covered", score.covered), ("detected", score.detected)] {
        check::in_range(name, share.map_or(0.0, |share| share.value), 0.0, 1.0)?;
    }
    Ok(())
});

impl RecordScore {
    /// The score of a row.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two trials.
    pub fn of(row: &StudyRow) -> Result<Self> {
        let (Some(bias), Some(variance_db2), Some(mse), Some(nmse)) =
            (row.bias, row.variance, row.mse(), row.nmse)
        else {
            return Err(Error::too_few("trials", 2, row.trials as usize));
        };
        Ok(Self {
            bias_db: bias.value,
            variance_db2,
            mse_db2: mse.value,
            mse_error_db2: mse.standard_error,
            nmse: nmse.value,
            crlb_db2: row.bound.map(|bound_db| bound_db * bound_db),
            not_identifiable: row.failures,
            covered: row.coverage,
            detected: row.detection,
        })
    }

    /// Mean square error over the Cramér-Rao bound, the inverse of the efficiency.
    #[must_use]
    pub fn mse_over_crlb(&self) -> Option<f64> {
        self.crlb_db2.map(|bound| self.mse_db2 / bound)
    }
}
