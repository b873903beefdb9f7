//! The likelihood of a record: its maximum, and the ratio to it at any other SNR.

use super::estimate::PskEstimate;
use super::law::Law;
use super::maximum::{self, Place};
use super::modulation::Modulation;
use super::soft::{Constellation, Points};
use crate::estimate::{Detection, FEWEST, NO_SIGNAL_DB};
use crate::inversion::rise;
use crate::method::Method;
use mmw_core::stats::Interval;
use mmw_core::{Error, Result, check};

/// The likelihood of amplitude, noise and phase of a record: where it is greatest, the interval and the
/// detection that follow from its ratios.
///
/// # Examples
/// ```
/// use snr_quantile::mmw_core::random::Streams;
/// use snr_quantile::psk::{self, Modulation, Record};
/// use snr_quantile::Snr;
///
/// let truth = Snr::from_es_n0(5.0)?;
/// let samples = psk::samples(Modulation::Qpsk, truth, 1000, &mut Streams::new(3).stream(0))?;
/// let mut record = Record::new(Modulation::Qpsk);
/// record.push(&samples)?;
/// let likelihood = record.likelihood()?;
/// let interval_db = likelihood.interval_db(0.95)?;
/// assert!(interval_db.contains(truth.es_n0_db()) && likelihood.detection(0.01)?.is_detected);
/// # Ok::<(), snr_quantile::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Likelihood {
    modulation: Modulation,
    samples: u64,
    points: Points,
    constellation: Constellation,
    place: Place,
    estimate: PskEstimate,
}

impl Likelihood {
    /// Of points of unit power that stand for samples of a root mean square.
    pub(super) fn new(
        modulation: Modulation,
        method: Method,
        samples: u64,
        points: Points,
        rms: f64,
    ) -> Result<Self> {
        let constellation = Constellation::new(modulation);
        let place = maximum::greatest(&points, &constellation, modulation);
        if place.rho >= 0.1 * maximum::GREATEST {
            return Err(Error::invalid("samples", "lie on the constellation: there is no noise to measure"));
        }
        let estimate = PskEstimate::new(modulation, method, samples, Some(place), rms)?;
        Ok(Self { modulation, samples, points, constellation, place, estimate })
    }

    /// The estimate of greatest likelihood.
    #[must_use]
    pub fn estimate(&self) -> &PskEstimate {
        &self.estimate
    }

    /// Interval of `Es/N0`, in dB: every SNR that a likelihood ratio does not reject. It begins at
    /// [`NO_SIGNAL_DB`] where noise alone is within.
    ///
    /// The ratio is the greatest likelihood over that of an SNR, with scale and phase at their best for it;
    /// its law is that of large records, near no signal that of the few means that the signal is seen by
    /// there.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 8 samples, [`Error::Domain`] unless `confidence` lies between 0 and
    /// 1.
    pub fn interval_db(&self, confidence: f64) -> Result<Interval> {
        check::open_unit("confidence", confidence)?;
        check::at_least("samples", self.samples as usize, FEWEST)?;
        let law = Law::new(self.modulation, self.samples as f64);
        let threshold = |rho: f64| law.threshold(rho, confidence).map_or(f64::INFINITY, f64::sqrt);
        let db = |logarithm: f64| match logarithm > 0.0 {
            true => (10.0 * logarithm.exp_m1().log10()).max(NO_SIGNAL_DB),
            false => NO_SIGNAL_DB,
        };
        // In ln(1 + ρ), which is proportional to what is seen of a signal, weak or strong.
        let near = self.place.rho.ln_1p();
        let below = |c: f64| threshold(c.exp_m1()) - self.ratio(c.exp_m1()).sqrt();
        let above = |c: f64| self.ratio(c.exp_m1()).sqrt() - threshold(c.exp_m1());
        let lower = if below(0.0) >= 0.0 { 0.0 } else { rise(near, below) };
        let estimate = db(near);
        let (lower, upper) = (db(lower), db(rise(near, above)));
        Ok(Interval { estimate, lower: lower.min(estimate), upper: upper.max(estimate) })
    }

    /// Whether there is a signal: the test of no signal at all, which noise alone fails with a probability of
    /// `false_alarm_probability`, in large records.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 8 samples, [`Error::Domain`] unless `false_alarm_probability` lies
    /// from 0.001 to 0.5.
    pub fn detection(&self, false_alarm_probability: f64) -> Result<Detection> {
        check::in_range("false_alarm_probability", false_alarm_probability, 1e-3, 0.5)?;
        check::at_least("samples", self.samples as usize, FEWEST)?;
        let p_value = Law::new(self.modulation, self.samples as f64).p_value(self.ratio(0.0));
        Ok(Detection { is_detected: p_value < false_alarm_probability, false_alarm_probability, p_value })
    }

    /// Twice the logarithm of the greatest likelihood over that of an `Es/N0`.
    pub(super) fn ratio(&self, rho: f64) -> f64 {
        2.0 * self.samples as f64 * (self.place.gain - self.gain_at(rho)).max(0.0)
    }

    /// The greatest likelihood under an `Es/N0`, per sample and less that of noise alone, over scale and
    /// phase.
    ///
    /// ```text
    /// 2 ln g − g²/2 − ρ + mean ln mean_m exp(√(2ρ) g Re(y e^(−jθ) s_m*)) − ln 2 + 1,   g = 1/σ
    /// ```
    fn gain_at(&self, rho: f64) -> f64 {
        if rho <= 0.0 {
            return 0.0;
        }
        let c = (2.0 * rho).sqrt();
        let value = |g: f64, soft: &super::soft::Soft| {
            2.0 * g.ln() - 0.5 * g * g - rho + soft.log - std::f64::consts::LN_2 + 1.0
        };
        let (mut g, mut phase) = ((2.0 * (1.0 + rho)).sqrt(), self.place.phase_rad);
        let mut soft = self.constellation.mean(&self.points, c * g, phase);
        let mut gain = value(g, &soft);
        for _ in 0..40 {
            let slopes = soft.slopes(c * g);
            let first = [2.0 / g - g + c * slopes.kappa, slopes.phase];
            let second = [c * c * slopes.kappa_2 - 2.0 / (g * g) - 1.0, c * slopes.mixed, slopes.phase_2];
            let newton = maximum::solve(second, first.map(|x| -x)).filter(|step| step[0].abs() < 0.5 * g);
            // Where Newton's step does not ascend, that of expectation and maximisation does.
            let ready = 0.5 * (c * soft.z + (c * c * soft.z * soft.z + 8.0).sqrt());
            let steps = [newton, Some([ready - g, soft.u.atan2(soft.z)])];
            let next = steps.into_iter().flatten().find_map(|step| {
                let (g, phase) = (g + step[0], phase + step[1]);
                let soft = self.constellation.mean(&self.points, c * g, phase);
                let better = value(g, &soft);
                (better > gain).then_some((g, phase, soft, better))
            });
            let Some((next_g, next_phase, next_soft, better)) = next else { break };
            let more = better - gain;
            (g, phase, soft, gain) = (next_g, next_phase, next_soft, better);
            // A ratio to 1e-6.
            if more * (self.samples as f64) < 1e-7 {
                break;
            }
        }
        gain
    }
}
