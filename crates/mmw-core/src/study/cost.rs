//! What a call costs, and which contenders are worth it.

use crate::stats::{Interval, quantile_of_sorted};
use crate::{Error, Result, check};

/// Time and memory of one contender at one condition.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Cost {
    /// The condition, as counted by the grid.
    pub condition: usize,
    /// The contender.
    pub contender: String,
    /// Median of the times of a call, s, between their quartiles.
    pub call_s: Interval,
    /// Bytes that the contender keeps between calls, if it knows.
    pub state_bytes: Option<usize>,
}

crate::checked_serde!(Cost, |cost| check::non_negative("call_s", cost.call_s.lower).map(|_| ()));

impl Cost {
    /// From times of single calls, which it sorts.
    pub(super) fn of_times(
        condition: usize,
        contender: &str,
        times_s: &mut [f64],
        state_bytes: Option<usize>,
    ) -> Result<Self> {
        check::at_least("calls", times_s.len(), 1)?;
        times_s.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| quantile_of_sorted(times_s, share).unwrap_or_default();
        let call_s = Interval { estimate: at(0.5), lower: at(0.25), upper: at(0.75) };
        Ok(Self { condition, contender: contender.to_owned(), call_s, state_bytes })
    }
}

/// Where a contender stands when both accuracy and cost count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Standing {
    /// No other is at least as good in both and better in one.
    Front,
    /// Another is, but not by more than the intervals: it may yet belong to the front.
    Undecided,
    /// Another is better in both, beyond the intervals.
    Dominated,
}

crate::named!(Standing, "standing" { Front = "front", Undecided = "undecided", Dominated = "dominated" });

/// The Pareto set of accuracy against cost; less is better in both.
///
/// # Errors
/// [`Error::Shape`] for lists of different lengths.
///
/// # Examples
/// ```
/// use mmw_core::stats::Interval;
/// use mmw_core::study::{Standing, pareto};
///
/// let about = |estimate: f64| Interval { estimate, lower: 0.9 * estimate, upper: 1.1 * estimate };
/// let rmse = [1.0, 2.0, 1.05, 3.0].map(about);
/// let seconds = [5.0, 1.0, 5.1, 6.0].map(about);
/// use Standing::{Dominated, Front, Undecided};
/// assert_eq!(pareto(&rmse, &seconds)?, [Front, Front, Undecided, Dominated]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn pareto(error: &[Interval], cost: &[Interval]) -> Result<Vec<Standing>> {
    if error.len() != cost.len() {
        return Err(Error::shape("cost", &[error.len()], &[cost.len()]));
    }
    let standing = |i: usize| {
        let others = || (0..error.len()).filter(|&j| j != i);
        let no_worse =
            |j: usize| error[j].estimate <= error[i].estimate && cost[j].estimate <= cost[i].estimate;
        let better = |j: usize| error[j].estimate < error[i].estimate || cost[j].estimate < cost[i].estimate;
        let surely = |j: usize| error[j].upper < error[i].lower && cost[j].upper < cost[i].lower;
        match () {
            () if others().any(surely) => Standing::Dominated,
            () if others().any(|j| no_worse(j) && better(j)) => Standing::Undecided,
            () => Standing::Front,
        }
    };
    Ok((0..error.len()).map(standing).collect())
}
