//! Direct detection over the channel: signal-to-noise ratio, error rate, capacity, power.

use super::Channel;
use crate::turbulence::Turbulence;
use mmw_core::stats::normal_cdf;
use mmw_core::{Error, Result, check};
use std::f64::consts::{E, LN_2, TAU};

/// What a [`Link`] is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct LinkConfig {
    /// Mean optical power `P_t`, W.
    pub transmit_power_w: f64,
    /// Responsivity `η`, A/W: 0.9 in the paper.
    pub responsivity_a_w: f64,
    /// Standard deviation `σ_n` of the noise current, A: not given in the paper.
    pub noise_a: f64,
}

/// A transmitter and a receiver with intensity modulation and direct detection.
///
/// ```text
/// r = η h s + n,   E[s] = P_t,   n ~ N(0, σ_n²)
/// ```
/// Equation (2) of [^safi].
///
/// # Examples
/// ```
/// use fso_g2a::{Link, LinkConfig};
/// let link = Link::new(LinkConfig { transmit_power_w: 1.0, responsivity_a_w: 0.9, noise_a: 1e-6 })?;
/// assert!((link.snr(1e-5)? - 81.0).abs() < 1e-10);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", transparent)
)]
pub struct Link {
    config: LinkConfig,
}

mmw_core::checked_serde!(Link, |link| Link::new(link.config).map(|_| ()));

/// Which rate the ergodic capacity is the mean of, in bit per channel use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum CapacityFormula {
    /// `½ log₂(1 + e γ/2π)`: what intensity modulation with a bound on its mean power surely reaches,
    /// a lower bound of [^lapidoth].
    ///
    /// [^lapidoth]: A. Lapidoth, S. M. Moser, M. A. Wigger, "On the capacity of free-space optical intensity
    ///     channels", IEEE Transactions on Information Theory 55 (2009).
    #[default]
    IntensityModulation,
    /// `log₂(1 + γ)`: Shannon's formula, as if the amplitude were complex (coherent detection).
    Shannon,
}

mmw_core::named!(CapacityFormula, "formula of the capacity" {
    IntensityModulation = "intensity_modulation",
    Shannon = "shannon",
});

impl CapacityFormula {
    fn rate(self, amplitude: f64) -> f64 {
        let snr = amplitude * amplitude;
        match self {
            Self::IntensityModulation => 0.5 * (E / TAU * snr).ln_1p() / LN_2,
            Self::Shannon => snr.ln_1p() / LN_2,
        }
    }
}

impl Link {
    /// # Errors
    /// [`Error::Domain`] unless all three are finite and above 0 (and between 1e-60 and 1e60).
    pub fn new(config: LinkConfig) -> Result<Self> {
        for (name, value) in [
            ("transmit_power_w", config.transmit_power_w),
            ("responsivity_a_w", config.responsivity_a_w),
            ("noise_a", config.noise_a),
        ] {
            check::in_range(name, check::positive(name, value)?, 1e-60, 1e60)?;
        }
        Ok(Self { config })
    }

    /// `√γ` for a gain of 1.
    fn amplitude(&self) -> f64 {
        self.config.responsivity_a_w * self.config.transmit_power_w / self.config.noise_a
    }

    /// Electrical signal-to-noise ratio at a gain.
    ///
    /// ```text
    /// γ = η² P_t² h² / σ_n²
    /// ```
    /// Equation (3) of [^safi].
    ///
    /// # Errors
    /// [`Error::Domain`] unless the gain is from 0 to 1e30.
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn snr(&self, gain: f64) -> Result<f64> {
        let amplitude = self.amplitude() * check::in_range("gain", gain, 0.0, 1e30)?;
        finite("snr", amplitude * amplitude)
    }

    /// The gain at which the signal-to-noise ratio is `snr`.
    ///
    /// ```text
    /// h_th = √(γ_th σ_n²) / (η P_t)
    /// ```
    /// The limit of the integral in equation (4) of [^safi].
    ///
    /// # Errors
    /// [`Error::Domain`] unless the ratio is finite and not below 0.
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn gain_for_snr(&self, snr: f64) -> Result<f64> {
        finite("gain", check::non_negative("snr", snr)?.sqrt() / self.amplitude())
    }

    /// Probability that the signal-to-noise ratio is at or below `snr_threshold`.
    ///
    /// ```text
    /// P_out = P(γ ≤ γ_th) = P(h ≤ h_th)
    /// ```
    /// Equation (4) of [^safi].
    ///
    /// # Errors
    /// As [`Link::gain_for_snr`].
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Channel, GammaGamma, Link, LinkConfig, Pointing, PointingConfig};
    /// let pointing = PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.1, jitter_m: 0.3 };
    /// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?).with_full_gain(2.5e-3)?;
    /// let link = LinkConfig { transmit_power_w: 1.0, responsivity_a_w: 0.9, noise_a: 1e-6 };
    /// let power_w = Link::new(link)?.required_power_w(&channel, 10.0, 1e-3)?;
    /// let link = LinkConfig { transmit_power_w: power_w, responsivity_a_w: 0.9, noise_a: 1e-6 };
    /// let outage = Link::new(link)?.outage(&channel, 10.0)?;
    /// assert!((outage / 1e-3 - 1.0).abs() < 1e-10);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn outage<L: Turbulence>(&self, channel: &Channel<L>, snr_threshold: f64) -> Result<f64> {
        channel.cdf(self.gain_for_snr(snr_threshold)?)
    }

    /// Transmit power in W that brings the outage down to `outage_probability`; this link's own power
    /// plays no part.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the ratio is finite and above 0, and for an outage that is not below 1 or not
    /// above the probability of a miss, which no power undercuts.
    pub fn required_power_w<L: Turbulence>(
        &self,
        channel: &Channel<L>,
        snr_threshold: f64,
        outage_probability: f64,
    ) -> Result<f64> {
        let snr = check::positive("snr_threshold", snr_threshold)?;
        let floor = channel.pointing().atom_at_zero();
        if !(outage_probability > floor && outage_probability < 1.0) {
            let domain =
                format!("a number below 1 and above {floor:e}, the probability that the beam misses");
            return Err(Error::domain("outage_probability", outage_probability, domain));
        }
        let gain = channel.quantile(outage_probability)?;
        finite("transmit_power_w", snr.sqrt() * self.config.noise_a / (self.config.responsivity_a_w * gain))
    }

    /// Bit error rate of on-off keying, averaged over the channel, with the threshold that knows the gain.
    ///
    /// ```text
    /// BER = E[Q(η P_t h/σ_n)] = E[Q(√γ)]
    /// ```
    /// The two currents are 0 and `2 η P_t h` for mean power `P_t`, and half their distance over the noise is
    /// `√γ` of equation (3). A miss contributes ½.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Calm, Channel, Link, LinkConfig, Pointing, PointingConfig};
    /// // No jitter, no turbulence: Q(3).
    /// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.0 };
    /// let channel = Channel::new(Pointing::new(pointing)?, Calm);
    /// let link = LinkConfig { transmit_power_w: 3.0, responsivity_a_w: 1.0, noise_a: 1.0 };
    /// let ber = Link::new(link)?.bit_error_rate(&channel);
    /// assert!((ber - 1.349_898_031_630_09e-3).abs() < 1e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn bit_error_rate<L: Turbulence>(&self, channel: &Channel<L>) -> f64 {
        // The sums round: a channel that always misses may come out one bit above ½.
        self.mean(channel, |amplitude| normal_cdf(-amplitude)).clamp(0.0, 0.5)
    }

    /// Ergodic capacity in bit per channel use: the mean rate over the channel.
    ///
    /// ```text
    /// C = E[½ log₂(1 + e γ/2π)]   or   E[log₂(1 + γ)]
    /// ```
    /// The rate of [`CapacityFormula`] at the `γ` of equation (3) of [^safi]; a miss contributes 0.
    ///
    /// # Errors
    /// [`Error::Domain`] where the rate exceeds the range of `f64`: `√γ` above 1e154 at a gain of 1.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Calm, CapacityFormula, Channel, Link, LinkConfig, Pointing, PointingConfig};
    /// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.0 };
    /// let channel = Channel::new(Pointing::new(pointing)?, Calm);
    /// let link = LinkConfig { transmit_power_w: 3.0, responsivity_a_w: 1.0, noise_a: 1.0 };
    /// let capacity = Link::new(link)?.ergodic_capacity(&channel, CapacityFormula::Shannon)?;
    /// assert!((capacity - 10_f64.log2()).abs() < 1e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn ergodic_capacity<L: Turbulence>(
        &self,
        channel: &Channel<L>,
        formula: CapacityFormula,
    ) -> Result<f64> {
        finite("capacity", self.mean(channel, |amplitude| formula.rate(amplitude)))
    }

    /// `E[f(√γ)]` over both laws.
    fn mean<L: Turbulence>(&self, channel: &Channel<L>, f: impl Fn(f64) -> f64) -> f64 {
        channel.mean_of_gain(self.amplitude(), f)
    }
}

impl<L: Turbulence> Channel<L> {
    /// `E[f(scale · h)]` over both laws, for a function that changes around an argument of 1.
    pub(crate) fn mean_of_gain(&self, scale: f64, f: impl Fn(f64) -> f64) -> f64 {
        let full = scale * self.full_gain();
        let grid = LogGrid::new(self.turbulence(), -full.ln());
        self.mean_over_share(1.0 / full, |share| grid.mean(full * share, &f))
    }
}

/// The density of `ln h_t` on an even grid. Its trapezoidal sums converge exponentially, as the density and
/// what is averaged are analytic around the real axis.
struct LogGrid {
    /// `(h, density · step)`.
    nodes: Vec<(f64, f64)>,
}

impl LogGrid {
    /// A grid that covers the density and, on the lower side, all that counts when the average is dominated
    /// by `ln h` below `knee`.
    fn new<L: Turbulence>(law: &L, knee: f64) -> Self {
        let (centre, spread) = law.log_scale();
        if spread == 0.0 {
            return Self { nodes: vec![(centre.exp(), 1.0)] };
        }
        let step = (0.5 * spread).min(0.1);
        let mut nodes = vec![];
        let mut walk = |from: f64, step: f64, past: f64| {
            let mut peak = f64::NEG_INFINITY;
            for k in 0..20_000 {
                let v = from + f64::from(k) * step;
                let ln_p = law.ln_density_at_log(v);
                let beyond = (v - past) * step >= 0.0;
                peak = if beyond { peak.max(ln_p) } else { ln_p };
                nodes.push((v.exp(), ln_p.exp() * step.abs()));
                if (beyond && ln_p < peak - 42.0) || ln_p < -740.0 {
                    break;
                }
            }
        };
        walk(centre, step, centre);
        walk(centre - step, -step, knee.min(centre));
        Self { nodes }
    }

    fn mean(&self, amplitude: f64, f: &impl Fn(f64) -> f64) -> f64 {
        self.nodes.iter().map(|&(h, weight)| weight * f(amplitude * h)).sum()
    }
}

fn finite(name: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::domain(name, value, "a number in the range of f64"))
    }
}
