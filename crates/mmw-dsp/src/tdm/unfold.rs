//! One velocity from several measurements, each of which folds at another interval.
//!
//! A chirp that repeats after `T` knows a velocity up to multiples of `λ / 2T`. With a second repetition time
//! the folds at which both agree are rare: for intervals in the ratio of whole numbers without a common
//! divisor the Chinese remainder theorem leaves one in their common multiple. Measurements have errors, so
//! that the folds are compared by how well they agree instead.

use mmw_core::{Error, Result, check};

/// A velocity that is known up to multiples of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct FoldedVelocity {
    /// One of the velocities that it can be, m/s.
    pub velocity_m_s: f64,
    /// What it can be off by multiples of, m/s: `λ / 2T` for chirps that repeat after `T`, twice
    /// [`Fmcw::max_velocity_m_s`](crate::Fmcw::max_velocity_m_s).
    pub interval_m_s: f64,
    /// Its standard deviation, m/s.
    pub std_dev_m_s: f64,
}

mmw_core::checked_serde!(FoldedVelocity, FoldedVelocity::check);

impl FoldedVelocity {
    fn check(&self) -> Result<()> {
        check::finite("velocity_m_s", self.velocity_m_s)?;
        check::positive("interval_m_s", self.interval_m_s)?;
        check::positive("std_dev_m_s", self.std_dev_m_s).map(|_| ())
    }
}

/// A velocity on which several measurements agree best.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct UnfoldedVelocity {
    /// The velocity, m/s: the mean of the unfolded measurements, weighted by their variances.
    pub velocity_m_s: f64,
    /// Its standard deviation, m/s, if the folds are the right ones.
    pub std_dev_m_s: f64,
    /// Sum of the squared deviations from it, each over its variance: chi-squared with one degree of freedom
    /// fewer than there are measurements.
    pub misfit: f64,
    /// The same for the velocity that agrees next best; `None` where no other lies within the greatest speed.
    pub next_misfit: Option<f64>,
}

mmw_core::checked_serde!(UnfoldedVelocity, |found| {
    check::finite("velocity_m_s", found.velocity_m_s)?;
    check::positive("std_dev_m_s", found.std_dev_m_s)?;
    check::non_negative("misfit", found.misfit)?;
    check::in_range("next_misfit", found.next_misfit.unwrap_or(f64::MAX), found.misfit, f64::MAX).map(|_| ())
});

impl UnfoldedVelocity {
    /// By how much the velocity is likelier than the next one, as a natural logarithm; `None`
    /// without another.
    #[must_use]
    pub fn ln_odds(&self) -> Option<f64> {
        self.next_misfit.map(|next| 0.5 * (next - self.misfit))
    }
}

/// Most folds that are compared.
const MOST_FOLDS: f64 = 1e6;

/// The velocity of at most `max_speed_m_s` on which the measurements agree best.
///
/// Every fold of the most precise measurement is met by the nearest folds of the others,
///
/// ```text
/// v̂ = Σ w_i v_i / Σ w_i,   χ² = Σ w_i (v_i − v̂)²,   w_i = 1 / σ_i²,
/// ```
/// and the one with the least χ² is taken. Mean and deviation are equations (4.17) and (4.19) of P. R.
/// Bevington and D. K. Robinson, "Data Reduction and Error Analysis for the Physical Sciences", 2nd ed.,
/// 1992; the folds are tried one by one. With errors well below half an interval that is the maximum of the
/// likelihood. Two measurements tell folds apart whose velocities differ by multiples of both intervals up to
/// a few standard deviations: look at [`UnfoldedVelocity::ln_odds`].
///
/// # Errors
/// [`Error::TooFew`] for no measurements; [`Error::Domain`] unless intervals, deviations and the greatest
/// speed are positive and velocities finite, for more than a million folds and for deviations so small that
/// χ² overflows; [`Error::Invalid`] when no fold lies within the greatest speed.
///
/// # Examples
/// Two frames whose chirps repeat after 120 us and 150 us see 11 m/s folded to different places.
/// ```
/// use mmw_dsp::tdm::{FoldedVelocity, unfold};
///
/// let wavelength_m: f64 = 3.87e-3;
/// let folded = [120e-6, 150e-6].map(|repetition_s| {
///     let interval_m_s = wavelength_m / (2.0 * repetition_s);
///     let velocity_m_s = 11.0 - interval_m_s * (11.0 / interval_m_s).round();
///     FoldedVelocity { velocity_m_s, interval_m_s, std_dev_m_s: 0.02 }
/// });
/// let found = unfold(&folded, 30.0)?;
/// assert!((found.velocity_m_s - 11.0).abs() < 1e-12);
/// assert!(found.ln_odds().is_some_and(|odds| odds > 1000.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn unfold(measured: &[FoldedVelocity], max_speed_m_s: f64) -> Result<UnfoldedVelocity> {
    check::positive("max_speed_m_s", max_speed_m_s)?;
    for one in measured {
        one.check()?;
    }
    let precise = measured.iter().min_by(|a, b| a.std_dev_m_s.total_cmp(&b.std_dev_m_s));
    let Some(precise) = precise else {
        return Err(Error::TooFew { name: "measurements".into(), needed: 1, got: 0 });
    };
    // The mean of a fold lies within half the widest interval of the fold.
    let reach = max_speed_m_s + 0.5 * measured.iter().map(|one| one.interval_m_s).fold(0.0, f64::max);
    let fold = |bound: f64| (bound - precise.velocity_m_s) / precise.interval_m_s;
    let (first, last) = (fold(-reach).ceil(), fold(reach).floor());
    check::in_range("folds within the greatest speed", last - first + 1.0, 0.0, MOST_FOLDS)?;
    let mut best: Option<UnfoldedVelocity> = None;
    for step in 0..(last - first + 1.0) as u32 {
        let near = precise.velocity_m_s + (first + f64::from(step)) * precise.interval_m_s;
        let met = agreement(measured, near);
        if met.velocity_m_s.abs() > max_speed_m_s {
            continue;
        }
        best = Some(match best {
            Some(best) if best.misfit <= met.misfit => UnfoldedVelocity {
                next_misfit: Some(best.next_misfit.map_or(met.misfit, |next| next.min(met.misfit))),
                ..best
            },
            before => UnfoldedVelocity { next_misfit: before.map(|before| before.misfit), ..met },
        });
    }
    let best = best
        .ok_or_else(|| Error::invalid("velocity_m_s", format!("has no fold within {max_speed_m_s} m/s")))?;
    check::finite("misfit", best.misfit.max(best.next_misfit.unwrap_or_default()))?;
    Ok(best)
}

/// The mean of the folds nearest to a velocity.
fn agreement(measured: &[FoldedVelocity], near_m_s: f64) -> UnfoldedVelocity {
    let unfolded = |one: &FoldedVelocity| {
        let folds = ((near_m_s - one.velocity_m_s) / one.interval_m_s).round();
        one.velocity_m_s + folds * one.interval_m_s
    };
    // Relative to the most precise one, so that no square overflows.
    let least = measured.iter().map(|one| one.std_dev_m_s).fold(f64::INFINITY, f64::min);
    let weight = |one: &FoldedVelocity| (least / one.std_dev_m_s).powi(2);
    let total: f64 = measured.iter().map(weight).sum();
    let velocity_m_s = measured.iter().map(|one| weight(one) * unfolded(one)).sum::<f64>() / total;
    let misfit = measured.iter().map(|one| ((unfolded(one) - velocity_m_s) / one.std_dev_m_s).powi(2)).sum();
    UnfoldedVelocity { velocity_m_s, std_dev_m_s: least / total.sqrt(), misfit, next_misfit: None }
}
