//! The formulas of the paper [^safi] as printed, and with their least correction.
//!
//! | printed | what is wrong | corrected here |
//! | --- | --- | --- |
//! | (8) | `1 − cos(θ/2)` loses half of the digits | [`crate::pointing::Beam::full_collection`] |
//! | (9) | the second bracket has the wrong sign | [`crate::pointing::overlap_fraction`] |
//! | (10) | cancels, NaN at tangency | [`crate::pointing::overlap_area`] |
//! | (12), (19) | constants undefined | [`Theorem1`] |
//! | (17) | expands one of two arc cosines | [`crate::rivals::half_plane_share`] |
//! | (21) | a factor π, one limit twice | [`density_21`], [`outage_21_first_term`] |
//! | (22) | no value at integer orders | [`crate::special::bessel_k`] |
//! | (23) | an extra Γ, a wrong power, no atom | [`outage_23`], [`crate::channel::Channel::outage`] |
//!
//! [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".

use crate::channel::{Channel, Outage};
use crate::pointing::Pointing;
use crate::rivals::outage_with_share;
use crate::special::adaptive;
use crate::turbulence::{GammaGamma, Turbulence, ln};
use mmw_core::special::unchecked::ln_gamma_of;
use mmw_core::{Error, Result, check};
use std::f64::consts::PI;

/// Equation (8) as printed: `r²/(2 (1 − cos(θ/2)) Z²)`, with the rounding of the cosine and no cap.
///
/// # Erratum
/// At a tenth of a milliradian the relative error is 5e-9, and a wide aperture collects more than there is.
///
/// # Errors
/// [`Error::Domain`] unless all three are finite and above 0, and where the cosine rounds to 1.
pub fn full_collection_8(divergence_rad: f64, length_m: f64, aperture_radius_m: f64) -> Result<f64> {
    let theta = check::positive("divergence_rad", divergence_rad)?;
    let z = check::positive("length_m", length_m)?;
    let r = check::positive("aperture_radius_m", aperture_radius_m)?;
    finite(r * r / (2.0 * (1.0 - (0.5 * theta).cos()) * z * z), "divergence_rad", theta)
}

/// The sign that equation (9) gives the partial overlap at separation `s`: `u(w − r − s) − u(w + r − s)`.
///
/// # Erratum
/// −1 in the transition, a negative power. The two steps must be exchanged.
///
/// # Errors
/// [`Error::Domain`] unless all are finite and the radii above 0.
///
/// # Examples
/// ```
/// assert_eq!(fso_g2a::paper::bracket_9(1.0, 0.05, 1.0)?, -1.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn bracket_9(beam_radius_m: f64, aperture_radius_m: f64, separation_m: f64) -> Result<f64> {
    let w = check::positive("beam_radius_m", beam_radius_m)?;
    let r = check::positive("aperture_radius_m", aperture_radius_m)?;
    let s = check::finite("separation_m", separation_m)?;
    let step = |x: f64| f64::from(u8::from(x > 0.0));
    Ok(step(w - r - s) - step(w + r - s))
}

/// Equation (10) as printed, evaluated in `f64` in m²; `None` where the printed form has no value.
///
/// # Erratum
/// Terms of size `w²` cancel: the absolute error of `A/πr²` is 9e-8 at w/r = 20, 8e-4 at 1000, 450 at 1e6,
/// and next to tangency an arc cosine of more than 1 is asked for.
///
/// # Errors
/// [`Error::Domain`] unless all three are finite and above 0.
///
/// # Examples
/// ```
/// use fso_g2a::{paper::overlap_10, pointing::overlap_area};
/// let (printed, exact) = (overlap_10(1.0, 1.0, 1.0)?.unwrap_or(0.0), overlap_area(1.0, 1.0, 1.0)?);
/// assert!((printed - exact).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn overlap_10(beam_radius_m: f64, aperture_radius_m: f64, separation_m: f64) -> Result<Option<f64>> {
    let w = check::positive("beam_radius_m", beam_radius_m)?;
    let r = check::positive("aperture_radius_m", aperture_radius_m)?;
    let s = check::positive("separation_m", separation_m)?;
    let root = ((-s + r + w) * (s + r - w)).sqrt() * ((s - r + w) * (s + r + w)).sqrt();
    let of_r = r * r * ((s * s + r * r - w * w) / (2.0 * s * r)).acos();
    let of_w = w * w * ((s * s + w * w - r * r) / (2.0 * s * w)).acos();
    let area = -0.5 * root + of_r + of_w;
    Ok(area.is_finite().then_some(area))
}

/// Equation (17) over `π r²`: the "approximation" of the overlap by expanding one arc cosine.
///
/// ```text
/// g ≈ (π/2 − (s² + r² − w²)/(2 w r))/π
/// ```
///
/// # Erratum
/// 0.802 at the inner tangency (w/r = 20) where it must be 1, 0.166 at the outer one where it must be 0; the
/// error does not vanish as w/r grows.
///
/// # Errors
/// [`Error::Domain`] unless all are finite and the radii above 0.
///
/// # Examples
/// ```
/// use fso_g2a::paper::share_17;
/// assert!((share_17(1.0, 0.05, 0.95)? - 0.802).abs() < 1e-3);
/// assert!((share_17(1.0, 0.05, 1.05)? - 0.166).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn share_17(beam_radius_m: f64, aperture_radius_m: f64, separation_m: f64) -> Result<f64> {
    let w = check::positive("beam_radius_m", beam_radius_m)?;
    let r = check::positive("aperture_radius_m", aperture_radius_m)?;
    let s = check::finite("separation_m", separation_m)?;
    finite(linear_share(w, r, s), "separation_m", s)
}

fn linear_share(w: f64, r: f64, s: f64) -> f64 {
    (0.5 * PI - ((s - w) * (s + w) + r * r) / (2.0 * w * r)) / PI
}

/// Theorem 1 with the constants that the paper leaves out, for `A₀ = 1`.
///
/// ```text
/// C₁ = 1/2π,  C₂ = 1/(2π w r),  C₃ = ½ + (w² − r²)/(2π w r),  h_pg1, h_pg2 = (π/2 ∓ 1 − r/w)/π
/// f(h) = exp((h − C₃)/(2 C₂ σ²))/(2 C₂ σ²),   h_pg1 < h < h_pg2
/// ```
/// Equations (12), (15), (18) and (19). With these limits the middle part holds exactly the probability of a
/// partial overlap.
///
/// # Examples
/// ```
/// use fso_g2a::{Pointing, PointingConfig, paper::Theorem1};
/// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.3 };
/// let pointing = Pointing::new(pointing)?;
/// let theorem = Theorem1::new(&pointing)?;
/// assert!((theorem.mass(theorem.lower, theorem.upper) / pointing.transition_probability() - 1.0).abs() < 1e-10);
/// assert!(theorem.mass(0.0, 1.0) > 1.6 * pointing.transition_probability()); // the tempting limits
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Theorem1 {
    /// `C₁`.
    pub c1: f64,
    /// `C₂` in 1/m².
    pub c2: f64,
    /// `C₃`.
    pub c3: f64,
    /// `h_pg1`, the lower limit of the middle part.
    pub lower: f64,
    /// `h_pg2`, the upper one.
    pub upper: f64,
    jitter_m: f64,
}

impl Theorem1 {
    /// The constants of a pointing law.
    ///
    /// # Errors
    /// [`Error::Domain`] for no jitter, and for an aperture that is not smaller than the beam.
    pub fn new(pointing: &Pointing) -> Result<Self> {
        let (w, r) = (pointing.beam_radius_m(), pointing.aperture_radius_m());
        check::in_range("aperture_radius_m", r, 0.0, 0.999 * w)?;
        let jitter_m = check::positive("jitter_m", pointing.jitter_m())?;
        let product = 2.0 * PI * w * r;
        Ok(Self {
            c1: 1.0 / (2.0 * PI),
            c2: 1.0 / product,
            c3: 0.5 + (w * w - r * r) / product,
            lower: (0.5 * PI - 1.0 - r / w) / PI,
            upper: (0.5 * PI + 1.0 - r / w) / PI,
            jitter_m,
        })
    }

    /// Density of the middle part at a share, equation (19); 0 outside the limits.
    #[must_use]
    pub fn density(&self, share: f64) -> f64 {
        if share > self.lower && share < self.upper { self.exponential(share) } else { 0.0 }
    }

    fn exponential(&self, share: f64) -> f64 {
        let scale = 2.0 * self.c2 * self.jitter_m * self.jitter_m;
        ((share - self.c3) / scale).exp() / scale
    }

    /// Integral of the exponential of (19) between two shares, whatever the limits.
    #[must_use]
    pub fn mass(&self, low: f64, high: f64) -> f64 {
        let scale = 2.0 * self.c2 * self.jitter_m * self.jitter_m;
        ((high - self.c3) / scale).exp() - ((low - self.c3) / scale).exp()
    }
}

/// [`Channel::outage`] by equation (12) with the constants of [`Theorem1`]: both atoms, and the partial
/// overlap by the linear share of (17).
///
/// # Errors
/// As [`Channel::outage`], and [`Error::Domain`] for an aperture that is not smaller than the beam.
///
/// # Examples
/// ```
/// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig, paper::outage_12};
/// let pointing = PointingConfig { beam_radius_m: 1.0, aperture_radius_m: 0.05, jitter_m: 0.3 };
/// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
/// assert!((outage_12(&channel, 0.5)?.outage / channel.outage(0.5)?.outage - 1.0).abs() < 2e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn outage_12<L: Turbulence>(channel: &Channel<L>, normalised_threshold: f64) -> Result<Outage> {
    let pointing = channel.pointing();
    let (w, r) = (pointing.beam_radius_m(), pointing.aperture_radius_m());
    check::in_range("aperture_radius_m", r, 0.0, 0.999 * w)?;
    outage_with_share(channel, normalised_threshold, |s, _| linear_share(w, r, s))
}

/// What is taken of equation (21).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form21 {
    /// With `2π C₁` in the second term, the constants of [`Theorem1`] and two different limits in the third.
    Corrected,
    /// As printed: `2 C₁`, and an integral from a limit to itself.
    Printed,
}

mmw_core::named!(Form21, "form of equation (21)" { Corrected = "corrected", Printed = "printed" });

/// Equation (21), the density of the gain for `h > 0`.
///
/// ```text
/// f(h) = p_full f_t(x)/(h_a A₀) + 1/(h_a A₀) ∫ f₂(g) f_t(x/g)/g dg,   x = h/(h_a A₀),  g from h_pg1 to h_pg2
/// ```
/// The corrected form is the derivative of [`outage_12`].
///
/// # Erratum
/// Printed, the second term belongs to a gain π times too small, and the third is 0. Corrected, it still
/// follows from (17): no partial overlap gives a share below 0.166 or above 0.802 (w/r = 20).
///
/// # Errors
/// As [`Theorem1::new`], and [`Error::Domain`] unless the gain is finite and above 0 and its density finite.
///
/// # Examples
/// ```
/// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig, paper::{Form21, density_21}};
/// let pointing = PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.05, jitter_m: 0.3 };
/// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
/// // No partial overlap to speak of: (21) is right.
/// assert!((density_21(&channel, 0.5, Form21::Corrected)? / channel.pdf(0.5)? - 1.0).abs() < 1e-7);
/// assert!(density_21(&channel, 0.01, Form21::Printed)? > 6.0 * channel.pdf(0.01)?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn density_21<L: Turbulence>(channel: &Channel<L>, gain: f64, form: Form21) -> Result<f64> {
    let theorem = Theorem1::new(channel.pointing())?;
    let ln_x = ln(check::positive("gain", gain)? / channel.full_gain());
    let log_density = |v: f64| channel.turbulence().ln_density_at_log(v).exp();
    let full = channel.pointing().atom_at_full();
    let of_log = match form {
        Form21::Printed => full * log_density(ln_x + PI.ln()),
        Form21::Corrected => {
            let share_of = |k: u32| theorem.lower + f64::from(k) / 8.0 * (theorem.upper - theorem.lower);
            let ends: Vec<f64> = (0..=8).map(share_of).collect();
            full * log_density(ln_x)
                + adaptive(&ends, 1e-11, 0.0, |g| theorem.exponential(g) * log_density(ln_x - g.ln()))
        }
    };
    finite(of_log / gain, "gain", gain)
}

/// The outage of the second term of equation (21) as printed: `2 C₁ h_a` stands for `2π C₁ h_a`, so the
/// threshold is π times too high.
///
/// # Erratum
/// Wrong by 1.5 (τ = 1) to 6.95 (τ = 1e-3) times.
///
/// # Errors
/// [`Error::Domain`] for NaN.
pub fn outage_21_first_term<L: Turbulence>(channel: &Channel<L>, normalised_threshold: f64) -> Result<f64> {
    Ok(channel.pointing().atom_at_full() * channel.turbulence().cdf(PI * normalised_threshold)?)
}

/// What is taken of equation (23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form23 {
    /// The series that (23) should be: still without the atom at 0 and the partial overlap.
    Corrected,
    /// With the printed `Γ(n + α)` in `C_n2`.
    ExtraGamma,
    /// As printed, with `C₅ ∝ C₄^((α+β+1)/2)` for all terms and `C₄ = αβ` (a normalised threshold).
    Printed,
}

mmw_core::named!(Form23, "form of equation (23)" {
    Corrected = "corrected",
    ExtraGamma = "extra_gamma",
    Printed = "printed",
});

/// Equation (23), the outage as a series, by its first 200 terms.
///
/// ```text
/// P ≈ p_full π/(sin(π(α−β)) Γ(α) Γ(β)) Σ [z^(n+β)/((n+β) Γ(n−α+β+1) n!) − z^(n+α)/((n+α) Γ(n+α−β+1) n!)],   z = αβτ
/// ```
///
/// # Erratum
/// Even corrected it lacks the atom at 0 and the partial overlap (below w/σ = 3 nothing is left at small
/// thresholds), it has no value at integer `α − β`, and its terms cancel for `τ` above ½.
///
/// # Errors
/// [`Error::Domain`] for a threshold that is not finite and above 0, for an integer `α − β`, and where the
/// sum is out of the range of `f64`.
///
/// # Examples
/// ```
/// use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig, paper::{Form23, outage_23}};
/// let pointing = PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.1, jitter_m: 0.3 };
/// let channel = Channel::new(Pointing::new(pointing)?, GammaGamma::new(4.0, 1.7)?);
/// let exact = channel.outage(0.1)?.outage;
/// assert!((outage_23(&channel, 0.1, Form23::Corrected)? / exact - 1.0).abs() < 1e-6);
/// assert!((outage_23(&channel, 0.1, Form23::ExtraGamma)? / exact - 1.29).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn outage_23(channel: &Channel<GammaGamma>, normalised_threshold: f64, form: Form23) -> Result<f64> {
    let tau = check::positive("normalised_threshold", normalised_threshold)?;
    let (alpha, beta) = (channel.turbulence().alpha(), channel.turbulence().beta());
    let difference = non_integer("alpha − beta", alpha - beta)?;
    let (ln_first, ln_second) = if form == Form23::Printed {
        let ln_c = 0.5 * (alpha + beta + 1.0) * (alpha * beta).ln();
        (ln_c, ln_c)
    } else {
        (0.0, 0.0)
    };
    let ln_z = if form == Form23::Printed { tau.ln() } else { (alpha * beta * tau).ln() };
    let norm = ln_gamma_of(alpha) + ln_gamma_of(beta);
    let mut sum = 0.0;
    for n in 0..200 {
        let n = f64::from(n);
        let ln_factorial = ln_gamma_of(n + 1.0);
        let term = |shape: f64, other: f64, ln_c: f64| {
            f64::exp((n + shape) * ln_z - ln_factorial - norm + ln_c) / (n + shape)
                * reciprocal_gamma(n + 1.0 + other)
        };
        let second = term(alpha, difference, ln_second);
        let extra = if form == Form23::Corrected { 1.0 } else { (-ln_gamma_of(n + alpha)).exp() };
        sum += term(beta, -difference, ln_first) - second * extra;
    }
    let probability = channel.pointing().atom_at_full() * PI / (PI * difference).sin() * sum;
    finite(probability, "normalised_threshold", tau)
}

/// Equation (22): `K_δ(x)` as the difference of two power series.
///
/// # Erratum
/// 0 times infinity at integer orders, and ever fewer digits as `exp(2x)` grows.
///
/// # Errors
/// [`Error::Domain`] for an integer order, for `x` not above 0, and where the sum overflows.
///
/// # Examples
/// ```
/// use fso_g2a::{paper::bessel_k_22, special::bessel_k};
/// assert!((bessel_k_22(2.3, 0.5)? / bessel_k(2.3, 0.5)? - 1.0).abs() < 1e-12);
/// assert!(bessel_k_22(2.0, 0.5).is_err());
/// assert!((bessel_k_22(2.3, 20.0)? / bessel_k(2.3, 20.0)? - 1.0).abs() > 1.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn bessel_k_22(order: f64, x: f64) -> Result<f64> {
    let order = non_integer("order", order)?;
    let ln_half = (0.5 * check::positive("x", x)?).ln();
    let mut sum = 0.0;
    for n in 0..200 {
        let n = f64::from(n);
        let ln_factorial = ln_gamma_of(n + 1.0);
        let term = |order: f64| {
            f64::exp((2.0 * n + order) * ln_half - ln_factorial) * reciprocal_gamma(n + order + 1.0)
        };
        sum += term(-order) - term(order);
    }
    finite(0.5 * PI / (PI * order).sin() * sum, "x", x)
}

/// `1/Γ(x)` for any `x`, by reflection below ½.
fn reciprocal_gamma(x: f64) -> f64 {
    if x >= 0.5 {
        return (-ln_gamma_of(x)).exp();
    }
    ln_gamma_of(1.0 - x).exp() * (PI * x).sin() / PI
}

fn non_integer(name: &'static str, value: f64) -> Result<f64> {
    let value = check::in_range(name, value, -150.0, 150.0)?;
    if value == value.round() {
        Err(Error::domain(name, value, "a number that is not an integer"))
    } else {
        Ok(value)
    }
}

fn finite(value: f64, name: &'static str, at: f64) -> Result<f64> {
    let refused = || Error::domain(name, at, "a number where the printed form has a value");
    value.is_finite().then_some(value).ok_or_else(refused)
}
