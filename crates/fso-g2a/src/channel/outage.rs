//! The law of the channel's gain.

use super::{Channel, Known};
use crate::turbulence::{Turbulence, ln};
use mmw_core::math::newton_within;
use mmw_core::{Error, Result, check};

/// The probability of a gain at or below a threshold, and what it is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Outage {
    /// The sum of the three parts, 0 to 1.
    pub outage: f64,
    /// The beam misses the aperture.
    pub atom_at_zero: f64,
    /// The beam covers the aperture (or falls wholly within it), and turbulence makes the outage.
    pub fully_inside: f64,
    /// The overlap is partial.
    pub transition: f64,
}

mmw_core::checked_serde!(Outage, Outage::check);

impl Outage {
    fn check(&self) -> Result<()> {
        check::in_range("outage", self.outage, 0.0, 1.0)?;
        check::in_range("atom_at_zero", self.atom_at_zero, 0.0, 1.0)?;
        check::in_range("fully_inside", self.fully_inside, 0.0, 1.0)?;
        check::in_range("transition", self.transition, 0.0, 1.0)?;
        Ok(())
    }
}

impl<L: Turbulence> Channel<L> {
    /// `P(g h_t ≤ normalised_threshold)` and its parts.
    ///
    /// ```text
    /// P = exp(−(w+r)²/2σ²) + (1 − exp(−(w−r)²/2σ²)) F(τ) + ∫ (s/σ²) exp(−s²/2σ²) F(τ/g(s)) ds
    /// ```
    /// with `s` from `|w − r|` to `w + r`: equation (4) of [^safi] for its law of `h`, exactly. The integral
    /// is done over the logarithm of the angle from the outer tangency, where `g` goes to 0, by an adaptive
    /// rule; the relative error is below 1e-10, part by part. A threshold of 0 leaves the atom, an infinite
    /// one gives 1.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the threshold is 0 or above (infinity included).
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn outage(&self, normalised_threshold: f64) -> Result<Outage> {
        let tau = threshold(normalised_threshold)?;
        let (zero, full) = (self.pointing.atom_at_zero(), self.pointing.atom_at_full());
        let all = self.pointing.transition_probability();
        if tau == 0.0 {
            return Ok(Outage { outage: zero, atom_at_zero: zero, fully_inside: 0.0, transition: 0.0 });
        }
        if tau.is_infinite() {
            return Ok(Outage { outage: 1.0, atom_at_zero: zero, fully_inside: full, transition: all });
        }
        let ln_tau = ln(tau);
        let least = self.turbulence.cdf_at_log(ln_tau);
        let fully_inside = full * least;
        let transition = if all < 1e-22 && all < 1e-17 * (zero + fully_inside) {
            0.0
        } else {
            let f =
                |share: f64| if share > 0.0 { self.turbulence.cdf_at_log(ln_tau - share.ln()) } else { 1.0 };
            let (first, last) = self.turbulence.log_support();
            let (settled, vanished) = ((ln_tau - last).exp(), (ln_tau - first).exp());
            self.transition_integral(Known { scale: tau, settled, vanished, least }, f).min(all)
        };
        let outage = (zero + fully_inside + transition).min(1.0);
        Ok(Outage { outage, atom_at_zero: zero, fully_inside, transition })
    }

    /// `P(h ≤ gain)` of the gain itself, atom included.
    ///
    /// # Errors
    /// [`Error::Domain`] for NaN.
    pub fn cdf(&self, gain: f64) -> Result<f64> {
        if gain < 0.0 {
            return Ok(0.0);
        }
        Ok(self.outage(gain / self.full_gain)?.outage)
    }

    /// Density of the gain for `h > 0` (the atom at 0 is apart).
    ///
    /// ```text
    /// f(h) = 1/(h_a A₀) · [p_full f_t(x) + ∫ (s/σ²) exp(−s²/2σ²) f_t(x/g(s))/g(s) ds],   x = h/(h_a A₀)
    /// ```
    /// Equation (20) of [^safi]; (21) evaluates it for the approximate law (12).
    ///
    /// # Errors
    /// [`Error::Domain`] unless `gain` is finite and above 0, and where the density has no finite value.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig};
    /// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.5 };
    /// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
    /// let slope = (channel.cdf(0.3 + 1e-5)? - channel.cdf(0.3 - 1e-5)?) / 2e-5;
    /// assert!((channel.pdf(0.3)? / slope - 1.0).abs() < 1e-7);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn pdf(&self, gain: f64) -> Result<f64> {
        let x = check::positive("gain", gain)? / self.full_gain;
        let density = self.log_density(x) / gain;
        if density.is_finite() {
            Ok(density)
        } else {
            Err(Error::domain("gain", gain, "a gain of finite density"))
        }
    }

    /// Density of `ln x`, without the atom.
    fn log_density(&self, x: f64) -> f64 {
        let ln_x = ln(x);
        let density = |v: f64| self.turbulence.ln_density_at_log(v).exp();
        let full = self.pointing.atom_at_full() * density(ln_x);
        let all = self.pointing.transition_probability();
        if all < 1e-300 {
            return full;
        }
        let part = |share: f64| if share > 0.0 { density(ln_x - share.ln()) } else { 0.0 };
        full + self.transition_integral(Known::scale(x), part)
    }

    /// The gain with `P(h ≤ gain) = probability`: 0 within the atom at 0.
    ///
    /// Newton's method on the logarithm of the outage in that of the threshold, within a bracket.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `0 ≤ probability < 1`.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig};
    /// let pointing = PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.1, jitter_m: 0.5 };
    /// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
    /// assert!((channel.cdf(channel.quantile(1e-3)?)? / 1e-3 - 1.0).abs() < 1e-11);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn quantile(&self, probability: f64) -> Result<f64> {
        if !(0.0..1.0).contains(&probability) {
            return Err(Error::domain("probability", probability, "a number from 0 up to but not 1"));
        }
        let zero = self.pointing.atom_at_zero();
        if probability <= zero || probability == 0.0 {
            return Ok(0.0);
        }
        let target = probability - zero;
        let excess = |v: f64| -> Result<f64> {
            let parts = self.outage(v.exp())?;
            Ok(parts.fully_inside + parts.transition - target)
        };
        let (mut low, mut high) = (-1.0, 1.0);
        while excess(high)? < 0.0 && high < 700.0 {
            low = high;
            high *= 2.0;
        }
        while excess(low)? >= 0.0 {
            high = low;
            low *= 2.0;
            if low < -740.0 {
                return Ok(0.0);
            }
        }
        let start = f64::midpoint(low, high);
        let v = newton_within([low, high], start, [1e-14, 1e-14], |v| {
            let above = excess(v)?;
            // d ln(P − P₀)/dv
            let ratio = (above / target).max(-0.999_999).ln_1p();
            Result::Ok((above < 0.0, ratio * (above + target) / self.log_density(v.exp())))
        })?;
        Ok(v.exp() * self.full_gain)
    }

    /// `E[f(g)]` over the law of the share: the mean of a quantity known for each share.
    pub(crate) fn mean_over_share(&self, scale: f64, f: impl Fn(f64) -> f64) -> f64 {
        let atoms = self.pointing.atom_at_zero() * f(0.0) + self.pointing.atom_at_full() * f(1.0);
        if self.pointing.transition_probability() < 1e-300 {
            return atoms;
        }
        atoms + self.transition_integral(Known::scale(scale), f)
    }
}

pub(super) fn threshold(value: f64) -> Result<f64> {
    if value >= 0.0 {
        Ok(value)
    } else {
        Err(Error::domain("normalised_threshold", value, "a number not below 0"))
    }
}
