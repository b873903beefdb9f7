//! How far positions are off.

use mmw_core::ndarray::Array1;
use mmw_core::stats::{Ecdf, Interval, Moments};
use mmw_core::{Error, Result, check};
use serde::{Deserialize, Serialize};

/// Errors of positions, with confidence intervals. The root mean square shows gross errors, the median how
/// fine the fix is when it is none: judge by both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct PositionError {
    /// Root mean square, m.
    pub rms_m: Interval,
    /// Median, m.
    pub median_m: Interval,
    /// All errors, m.
    pub errors_m: Ecdf,
}

mmw_core::checked_serde!(always PositionError, PositionError::check);

impl PositionError {
    /// The figures are those of the errors.
    fn check(&self) -> Result<()> {
        let errors = self.errors_m.values();
        for &error in errors {
            check::non_negative("errors_m", error)?;
        }
        check::non_negative("rms_m", self.rms_m.lower)?;
        let squares: Moments = errors.iter().map(|error| error * error).collect();
        let [rms, median] = [squares.mean()?.sqrt(), self.errors_m.quantile(0.5)?];
        for (name, told, is) in [("rms_m", self.rms_m, rms), ("median_m", self.median_m, median)] {
            check::in_range(name, told.estimate, is - 1e-9 * rms, is + 1e-9 * rms)?;
        }
        Ok(())
    }
}

/// Errors of the positions `found` of the `truths`, m, with intervals of a confidence (0.95). The interval of
/// the root mean square is the root of that of the mean square, from its normal limit; that of the median
/// comes from order statistics.
///
/// Errors within one recording are alike; give one position for each independent scene, or the intervals
/// are too short.
///
/// # Errors
/// Lengths that differ, less than two positions, one that is not finite or beyond 1e9 m, a confidence out of
/// range, too few positions for the interval of the median (6 at 0.95).
///
/// # Examples
/// ```
/// use mmw_sets::metrics::position_error;
///
/// let found: Vec<_> = (0..50).map(|i| [0.3, 0.0, f64::from(i % 2) * 0.4]).collect();
/// let error = position_error(&[[0.0; 3]; 50], &found, 0.95)?;
/// assert!((error.rms_m.estimate - 0.17_f64.sqrt()).abs() < 1e-12);
/// assert!((error.errors_m.probability(0.31) - 0.5).abs() < 1e-12);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
pub fn position_error(truths: &[[f64; 3]], found: &[[f64; 3]], confidence: f64) -> Result<PositionError> {
    check::same_len("found", truths.len(), found.len())?;
    check::at_least("truths", truths.len(), 2)?;
    for coordinate in truths.iter().chain(found).flatten() {
        check::in_range("position_m", *coordinate, -1e9, 1e9)?;
    }
    let squared = |a: &[f64; 3], b: &[f64; 3]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
    let squares: Vec<f64> = truths.iter().zip(found).map(|(a, b)| squared(a, b)).collect();
    let mut moments = Moments::default();
    squares.iter().for_each(|&square| moments.push(square));
    let mean_square = moments.mean_interval(confidence)?;
    let root = |square: f64| square.max(0.0).sqrt();
    let errors_m = Ecdf::new(&Array1::from_iter(squares.iter().map(|square| square.sqrt())))?;
    let median_m = errors_m.quantile_interval(0.5, confidence).map_err(|error| match error {
        Error::TooFew { needed, got, .. } => Error::too_few("truths", needed, got),
        other => other,
    })?;
    Ok(PositionError {
        rms_m: Interval {
            estimate: root(mean_square.estimate),
            lower: root(mean_square.lower),
            upper: root(mean_square.upper),
        },
        median_m,
        errors_m,
    })
}
