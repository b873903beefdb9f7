//! The most likely assignment.

use super::detection::Detection;
use crate::assignment::assign;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{Error, Result};

/// The measurement of each track in the most likely joint event. `likelihood[[track, measurement]]` is the
/// density of a measurement under a track, 0 outside its gate.
///
/// # Errors
/// A likelihood that is negative or not finite; a probability or density of `detection` that is out
/// of its domain.
///
/// # Examples
/// ```
/// use mmw_sense::association::{Detection, nearest};
/// use mmw_sense::ndarray::array;
///
/// // The first track is nearer to the measurement, but has another.
/// let likelihood = array![[2.0, 1.9], [1.5, 0.0]];
/// assert_eq!(nearest(&likelihood, Detection::new(0.9, 0.1)?)?, [Some(1), Some(0)]);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn nearest(likelihood: &ArrayRef2<f64>, detection: Detection) -> Result<Vec<Option<usize>>> {
    check_likelihood(likelihood)?;
    let detection = detection.check()?;
    let cost = likelihood
        .map(|&l| if l > 0.0 { -detection.odds(l).max(f64::MIN_POSITIVE).ln() } else { f64::INFINITY });
    Ok(assign(&cost, 0.0)?.partners)
}

pub(super) fn check_likelihood(likelihood: &ArrayRef2<f64>) -> Result<()> {
    match likelihood.iter().find(|l| !(0.0..=1e100).contains(*l)) {
        Some(&l) => Err(Error::domain("likelihood", l, "a number from 0 to 1e100")),
        None => Ok(()),
    }
}
