//! What the detectors find of fluctuating targets.

use super::clutter_map::clutter_map_multiplier;
use super::kind::CfarKind;
use super::multiplier::check_probability;
use super::probability::{Law, multiplier};
use mmw_core::special::unchecked::incomplete_gamma_kernel;
use mmw_core::{Error, Result, check};

/// How the power of a target varies over the looks that are added up, after P. Swerling, "Probability of
/// detection for fluctuating targets", RAND Corporation, RM-1217, 1954.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Swerling {
    /// It does not; also called case 5.
    Zero,
    /// An exponential law, one draw for all looks.
    One,
    /// An exponential law, each look for itself.
    Two,
    /// A chi-squared law of four degrees of freedom, one draw for all looks.
    Three,
    /// A chi-squared law of four degrees of freedom, each look for itself.
    Four,
}

mmw_core::named!(Swerling, "swerling" {
    Zero = "zero" | "0", One = "one" | "1", Two = "two" | "2", Three = "three" | "3", Four = "four" | "4",
});

/// Probability that a detector finds a target, for a target in the cell under test alone.
///
/// `cells` are the training cells of the two halves (their sum counts for all but GO and SO), none of them
/// censored; `snr` is the mean power of the target over that of the noise in one look, linear.
///
/// ```text
/// P_D = Σ_J p_J P(Gamma(K + J) > α Z)
/// ```
/// The power of a cell with a target is a Poisson mixture of gamma laws: with `L = K snr`, `p_J` is the
/// Poisson law of mean `L` for a steady target and the negative binomial one of mean `L` and shape 1, 2, 2 K
/// for the cases 1, 3, 4. Case 2 is noise that is `1 + snr` times stronger. All terms are positive; absolute
/// accuracy 1e-10.
///
/// # Errors
/// As the multiplier of the kind; [`Error::Domain`] for an SNR that is negative or not finite;
/// [`Error::NoConvergence`] where more than 8192 terms count, as for two training cells and `P = 1e-10`.
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{CfarKind, Swerling, detection_probability};
/// // One look of an exponential target: (1 + α / (N (1 + snr)))^-N.
/// let p = detection_probability(CfarKind::Ca, [8, 8], 1, 1e-6, Swerling::One, 100.0)?;
/// let alpha = 16.0 * (1e-6_f64.powf(-1.0 / 16.0) - 1.0);
/// assert!((p - (1.0 + alpha / (16.0 * 101.0)).powi(-16)).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn detection_probability(
    kind: CfarKind,
    cells: [usize; 2],
    looks: usize,
    false_alarm_probability: f64,
    target: Swerling,
    snr: f64,
) -> Result<f64> {
    kind.check()?;
    let alpha = multiplier(kind, cells, looks, false_alarm_probability)?;
    found(looks, target, snr, |share| Law::of(kind, cells, looks, alpha * share))
}

/// Probability that a clutter map finds a target that appears after `frames` frames; see
/// [`detection_probability`].
///
/// # Errors
/// As [`clutter_map_multiplier`] and [`detection_probability`].
///
/// # Examples
/// ```
/// use mmw_dsp::cfar::{Swerling, clutter_map_detection_probability};
/// let p = |frames| clutter_map_detection_probability(0.1, frames, 4, 1e-4, Swerling::Zero, 5.0);
/// assert!(p(3)? < p(30)? && p(30)? > 0.5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn clutter_map_detection_probability(
    weight: f64,
    frames: usize,
    looks: usize,
    false_alarm_probability: f64,
    target: Swerling,
    snr: f64,
) -> Result<f64> {
    check_probability(false_alarm_probability)?;
    let alpha = clutter_map_multiplier(weight, frames, looks, false_alarm_probability)?;
    found(looks, target, snr, |share| Law::of_clutter_map(weight, frames, looks, alpha * share))
}

/// The mixture, with the law of a share of the threshold.
fn found(looks: usize, target: Swerling, snr: f64, law: impl Fn(f64) -> Result<Law>) -> Result<f64> {
    /// What the rest of the mixture may weigh.
    const SMALL: f64 = 1e-13;
    const MOST: usize = 8192;
    check::non_negative("snr", snr)?;
    if target == Swerling::Two || snr == 0.0 {
        return Ok(law(1.0 / (1.0 + snr))?.exceedances(looks, 1)?[0]);
    }
    let law = law(1.0)?;
    let mean = looks as f64 * snr;
    let mut count = 32;
    while count <= MOST {
        let exceedances = law.exceedances(looks, count)?;
        let (mut sum, mut mass) = (0.0, 0.0);
        for (p, exceedance) in mixture(target, looks, mean).zip(&exceedances) {
            sum += p * exceedance;
            mass += p;
        }
        let rest = (1.0 - mass).max(0.0);
        // What is left exceeds the threshold at least as often as the last.
        if rest * (1.0 - exceedances[count - 1]) <= SMALL {
            return Ok((sum + rest).min(1.0));
        }
        count *= 2;
    }
    Err(Error::NoConvergence { what: "detection probability".into(), iterations: MOST })
}

/// `p_J` for J = 0, 1, …
fn mixture(target: Swerling, looks: usize, mean: f64) -> impl Iterator<Item = f64> {
    let shape = match target {
        Swerling::Zero => None,
        Swerling::One => Some(1.0),
        Swerling::Two => Some(looks as f64),
        Swerling::Three => Some(2.0),
        Swerling::Four => Some(2.0 * looks as f64),
    };
    let mut log = -shape.unwrap_or(0.0) * (mean / shape.unwrap_or(1.0)).ln_1p();
    (0_u32..).map(move |j| {
        let j = f64::from(j);
        let Some(shape) = shape else { return incomplete_gamma_kernel(j + 1.0, mean) / mean };
        if j > 0.0 {
            log += ((shape + j - 1.0) / j * (mean / (shape + mean))).ln();
        }
        log.exp()
    })
}
