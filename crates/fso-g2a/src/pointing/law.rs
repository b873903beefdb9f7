//! The law of the collected share of a beam that jitters.

use super::Lens;
use mmw_core::math::newton_within;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::{Error, Result, check};
use rand_distr::{Distribution, Open01};
use std::convert::Infallible;
use std::f64::consts::PI;

/// What a [`Pointing`] law is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PointingConfig {
    /// Radius `w` of the footprint, m ([`crate::pointing::Beam::footprint_radius_m`]).
    pub beam_radius_m: f64,
    /// Radius `r` of the aperture, m.
    pub aperture_radius_m: f64,
    /// Standard deviation `σ` of the displacement in each direction, m.
    pub jitter_m: f64,
}

/// The exact law of `g = h_p/A₀`, the collected share of the most that can be collected, when the beam's
/// centre strays from the aperture's by a normal error in each of two directions.
///
/// ```text
/// s ~ Rayleigh(σ),   g = A(s)/(π min(r, w)²)
/// P(g = 0) = exp(−(w + r)²/2σ²),   P(g = 1) = 1 − exp(−(w − r)²/2σ²)
/// P(g ≤ x) = exp(−s(x)²/2σ²) for 0 ≤ x < 1, s(x) the inverse of g
/// ```
/// What Theorem 1, equation (12) of [^safi], approximates: the beam misses the aperture (an atom at 0),
/// covers it (an atom at 1), or they overlap in part. For `w < r` the whole beam falls within the aperture
/// instead. With no jitter all of the law is the atom at 1.
///
/// # Examples
/// ```
/// use fso_g2a::{Pointing, PointingConfig};
/// let law = Pointing::new(PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.5 })?;
/// assert!((law.atom_at_zero() - 0.110_250_525_304).abs() < 1e-12);
/// assert!((law.cdf(0.5)? - law.atom_at_zero()) < law.transition_probability());
/// assert_eq!(law.quantile(0.99)?, 1.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pointing {
    lens: Lens,
    config: PointingConfig,
}

impl Pointing {
    /// # Errors
    /// [`Error::Domain`] unless the radii are from 1e-100 to 1e100 and the jitter from 0 to 1e100.
    pub fn new(config: PointingConfig) -> Result<Self> {
        let PointingConfig { beam_radius_m, aperture_radius_m, jitter_m } = config;
        let w = check::in_range(
            "beam_radius_m",
            check::positive("beam_radius_m", beam_radius_m)?,
            1e-100,
            1e100,
        )?;
        let r = check::positive("aperture_radius_m", aperture_radius_m)?;
        let r = check::in_range("aperture_radius_m", r, 1e-100, 1e100)?;
        check::in_range("jitter_m", check::non_negative("jitter_m", jitter_m)?, 0.0, 1e100)?;
        Ok(Self { lens: Lens::new(w, r), config })
    }

    /// What it was made of.
    #[must_use]
    pub fn config(&self) -> PointingConfig {
        self.config
    }

    /// Radius of the footprint in m.
    #[must_use]
    pub fn beam_radius_m(&self) -> f64 {
        self.config.beam_radius_m
    }

    /// Radius of the aperture in m.
    #[must_use]
    pub fn aperture_radius_m(&self) -> f64 {
        self.config.aperture_radius_m
    }

    /// Standard deviation of the displacement in each direction in m.
    #[must_use]
    pub fn jitter_m(&self) -> f64 {
        self.config.jitter_m
    }

    pub(crate) fn lens(&self) -> &Lens {
        &self.lens
    }

    /// `s²/2σ²`, also without jitter: zero at zero, infinite elsewhere.
    pub(crate) fn exponent(&self, s: f64) -> f64 {
        let ratio = s / self.config.jitter_m;
        if s == 0.0 { 0.0 } else { 0.5 * ratio * ratio }
    }

    /// Probability that the beam misses the aperture altogether.
    ///
    /// ```text
    /// P(g = 0) = exp(−(w + r)²/2σ²)
    /// ```
    /// Equation (16) of [^safi].
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    #[must_use]
    pub fn atom_at_zero(&self) -> f64 {
        (-self.exponent(self.lens.large + self.lens.small)).exp()
    }

    /// Probability that the smaller of the two circles lies within the larger.
    ///
    /// ```text
    /// P(g = 1) = 1 − exp(−(w − r)²/2σ²)
    /// ```
    /// Equation (15) of [^safi].
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    #[must_use]
    pub fn atom_at_full(&self) -> f64 {
        if self.config.jitter_m == 0.0 {
            return 1.0;
        }
        -(-self.exponent(self.lens.inner())).exp_m1()
    }

    /// Probability of a partial overlap: what the two atoms leave.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Pointing, PointingConfig};
    /// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.3 };
    /// let law = Pointing::new(pointing)?;
    /// let sum = law.atom_at_zero() + law.atom_at_full() + law.transition_probability();
    /// assert!((law.transition_probability() - 0.004_457_520_2).abs() < 1e-10 && (sum - 1.0).abs() < 1e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn transition_probability(&self) -> f64 {
        if self.config.jitter_m == 0.0 {
            return 0.0;
        }
        // (w + r)² − (w − r)² = 4wr
        let width = 2.0 * (self.lens.large / self.config.jitter_m) * (self.lens.small / self.config.jitter_m);
        -(-self.exponent(self.lens.inner())).exp() * (-width).exp_m1()
    }

    /// The share at a displacement, 0 to 1.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the displacement is finite and not below 0.
    pub fn share(&self, displacement_m: f64) -> Result<f64> {
        Ok(self.lens.at(check::non_negative("displacement_m", displacement_m)?).share())
    }

    /// The displacement in m at which the share is `share`: the inverse of [`Pointing::share`] between the
    /// two tangencies.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `share` is from 0 to 1.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Pointing, PointingConfig};
    /// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.3 };
    /// let law = Pointing::new(pointing)?;
    /// assert!((law.share(law.displacement_m(1e-6)?)? / 1e-6 - 1.0).abs() < 1e-10);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn displacement_m(&self, share: f64) -> Result<f64> {
        let share = check::in_range("share", share, 0.0, 1.0)?;
        let (phi, rest) = self.angle_of(share);
        Ok(self.lens.at_angle(phi, rest).s)
    }

    /// `φ` and `π − φ` with share `x` at `s = w − r cos φ`.
    ///
    /// The cube root of the share is nearly linear in the angle from the outer tangency, that of the missing
    /// share in the angle from the inner one: Newton's method on either within a shrinking bracket.
    fn angle_of(&self, x: f64) -> (f64, f64) {
        let from_outer = x <= 0.5;
        let target = if from_outer { x } else { 1.0 - x }.cbrt();
        let lens = &self.lens;
        let gaps = |t: f64| if from_outer { lens.at_angle(PI - t, t) } else { lens.at_angle(t, PI - t) };
        // For a straight edge the share is 2t³/3π.
        let start = (target * (1.5 * PI).cbrt()).min(2.0);
        let Ok(t) = newton_within::<Infallible>([0.0, PI], start, [0.0, 2e-16], |t| {
            let at = gaps(t);
            let value = if from_outer { at.share() } else { at.missing() };
            let root = value.cbrt();
            // d(share)/dt = chord · r sin t / π r²
            let slope = at.chord() * t.sin() / (PI * lens.small) / (3.0 * root * root);
            Ok((root < target, (root - target) / slope))
        });
        if from_outer { (PI - t, t) } else { (t, PI - t) }
    }

    /// `P(g ≤ share)`, both atoms included.
    ///
    /// # Errors
    /// [`Error::Domain`] for NaN.
    pub fn cdf(&self, share: f64) -> Result<f64> {
        if share.is_nan() {
            return Err(Error::domain("share", share, "a number"));
        }
        Ok(self.cdf_of(share))
    }

    /// [`Pointing::cdf`] for a number.
    pub(crate) fn cdf_of(&self, share: f64) -> f64 {
        if share < 0.0 {
            return 0.0;
        }
        if share >= 1.0 {
            return 1.0;
        }
        let (phi, rest) = self.angle_of(share);
        let s = self.lens.at_angle(phi, rest).s;
        (-self.exponent(s)).exp()
    }

    /// Density of the part between the atoms, for `0 < share < 1`.
    ///
    /// ```text
    /// f(x) = (π min(r, w)² s / (σ² chord(s))) exp(−s²/2σ²),   s = s(x)
    /// ```
    /// It diverges at both ends, integrably; equation (19) of [^safi] has a smooth exponential here.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `share` is above 0 and below 1, and for no jitter, when there is no density.
    ///
    /// # Examples
    /// ```
    /// use fso_g2a::{Pointing, PointingConfig};
    /// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.5 };
    /// let law = Pointing::new(pointing)?;
    /// let slope = (law.cdf(0.3 + 1e-6)? - law.cdf(0.3 - 1e-6)?) / 2e-6;
    /// assert!((law.pdf(0.3)? / slope - 1.0).abs() < 1e-8);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
    pub fn pdf(&self, share: f64) -> Result<f64> {
        check::open_unit("share", share)?;
        check::positive("jitter_m", self.config.jitter_m)?;
        let (phi, rest) = self.angle_of(share);
        let at = self.lens.at_angle(phi, rest);
        let (m, sigma) = (self.lens.small, self.config.jitter_m);
        let density = PI * (m / sigma) * (at.s / sigma) * (m / at.chord()) * (-self.exponent(at.s)).exp();
        if density.is_finite() {
            Ok(density)
        } else {
            Err(Error::domain("share", share, "a share of finite density"))
        }
    }

    /// The least `x` with `P(g ≤ x) ≥ probability`.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `probability` is from 0 to 1.
    pub fn quantile(&self, probability: f64) -> Result<f64> {
        let p = check::in_range("probability", probability, 0.0, 1.0)?;
        Ok(self.share_of_probability(p))
    }

    /// The share at the displacement that is exceeded with probability `p`.
    pub(crate) fn share_of_probability(&self, p: f64) -> f64 {
        if p == 0.0 {
            return 0.0;
        }
        let s = self.config.jitter_m * (-2.0 * p.ln()).sqrt();
        self.lens.at(s).share()
    }
}

/// A displacement from the Rayleigh law, and the share there.
impl Distribution<f64> for Pointing {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let uniform: f64 = rng.sample(Open01);
        self.share_of_probability(uniform)
    }
}
