//! Integrals over the partial overlap of beam and aperture.

use super::Channel;
use crate::pointing::PartialOverlap;
use crate::special::adaptive;
use crate::turbulence::Turbulence;
use std::f64::consts::PI;

/// Estimated relative error at which the integrals of smooth functions stop. The estimate is that of the
/// lower of two rules; for functions analytic on every panel the higher one errs by less than a
/// hundredth of it.
const TOLERANCE: f64 = 1e-9;
/// The same for functions of which nothing is known: a law without spread makes them jump, and the estimate
/// then falls short of the error.
const TOLERANCE_OF_STEPS: f64 = 2e-11;
/// Longest panel of `ln tan(t/2)`: the integrand is analytic for `|Im| < π/3`, since `g` goes as `t³` and the
/// distribution of `ln h` is analytic for `|Im| < π`.
const LONGEST: f64 = 1.6;

/// Share of an integral below which a part is left out.
const NEGLIGIBLE: f64 = 1e-13;

/// What is as good as zero for a distribution: the probability at which its table starts, exp(−70).
const VANISHED: f64 = 4e-31;

/// What is known of a function of the share before it is integrated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// It changes near this share.
    pub(crate) scale: f64,
    /// It is 1 for shares up to this one.
    pub(crate) settled: f64,
    /// It is below [`VANISHED`] for shares from this one on.
    pub(crate) vanished: f64,
    /// It is from this number, 0 if nothing is known, to 1.
    pub(crate) least: f64,
}

impl Known {
    pub(crate) fn scale(scale: f64) -> Self {
        Self { scale, settled: 0.0, vanished: f64::INFINITY, least: 0.0 }
    }
}

impl<L: Turbulence> Channel<L> {
    /// `∫ (s/σ²) exp(−s²/2σ²) f(g(s)) ds` over the partial overlap.
    pub(crate) fn transition_integral(&self, known: Known, f: impl Fn(f64) -> f64) -> f64 {
        self.transition_integral_at(known, |at| f(at.share()))
    }

    /// The same for a function of the place.
    ///
    /// The variable is `y`, made of the angle `φ` from the inner tangency, `s = w − r cos φ` with the larger
    /// radius for `w`: `tan(φ/2)` up to 1, `1 + ln tan(φ/2)` from there on, so that the share, which goes as
    /// the cube of `t = π − φ`, is resolved however small; beyond the last panel `tan(t/2)` itself. No
    /// trigonometric function is needed.
    pub(crate) fn transition_integral_at(&self, known: Known, f: impl Fn(&PartialOverlap) -> f64) -> f64 {
        let lens = *self.pointing.lens();
        let sigma = self.pointing.jitter_m();
        if sigma == 0.0 {
            return 0.0;
        }
        if known.settled >= 1.0 {
            return self.pointing.transition_probability();
        }
        // The share is at most that of a straight edge, which is below 2t³/3π.
        let angle = (1.5 * PI * known.settled).cbrt().min(1.5);
        let cut = (0.5 * angle).tan();
        let first = if cut > 0.0 { cut } else { (0.125 * known.scale.cbrt()).clamp(1e-9, 0.15) };
        let end = 1.0 - first.ln();
        let per_square = lens.small / sigma / sigma;
        let integrand = |y: f64| {
            // The place, and −dt/dy.
            let (at, stretch) = if y < 1.0 {
                let cotangent = y.max(1e-150);
                let sine_square = 1.0 / (1.0 + cotangent * cotangent);
                (lens.partial(1.0 / cotangent, cotangent * cotangent * sine_square), 2.0 * sine_square)
            } else {
                let tangent = if y > end { first * (end + 1.0 - y) } else { (1.0 - y).exp() };
                let cosine_square = 1.0 / (1.0 + tangent * tangent);
                let by_tangent = if y > end { first } else { tangent };
                (lens.partial(tangent, cosine_square), 2.0 * by_tangent * cosine_square)
            };
            let value = at.s * per_square * at.sine * stretch * (-self.pointing.exponent(at.s)).exp();
            if value == 0.0 { 0.0 } else { value * f(&at) }
        };
        let below = if cut > 0.0 { self.probability_of_angles_up_to(cut) } else { 0.0 };
        let mut ends = self.panel_ends(end, cut > 0.0, known.least);
        if NEGLIGIBLE * below > VANISHED * self.pointing.transition_probability() {
            // Up to t = 1 the share is above a third of 2t³/3π, which it is for circles of equal size too.
            let angle = (4.5 * PI * known.vanished).cbrt();
            let start = if angle < 1.0 { 1.0 - (0.5 * angle).tan().ln() } else { 0.0 };
            ends.retain(|&end| end > start);
            ends.insert(0, start);
        }
        let tolerance = if cut > 0.0 { TOLERANCE } else { TOLERANCE_OF_STEPS };
        below + adaptive(&ends, tolerance, below, integrand)
    }

    /// `P(0 < t ≤ t₁)` for `tan(t₁/2) = tangent`: the difference of two exponentials, without cancellation.
    fn probability_of_angles_up_to(&self, tangent: f64) -> f64 {
        let lens = self.pointing.lens();
        let sigma = self.pointing.jitter_m();
        let sine_square = tangent * tangent / (1.0 + tangent * tangent);
        let gap = 2.0 * lens.small * sine_square;
        let s = lens.large + lens.small - gap;
        let rise = 0.5 * (gap / sigma) * ((s + lens.large + lens.small) / sigma);
        -(-self.pointing.exponent(s)).exp() * (-rise).exp_m1()
    }

    /// Ends of the first panels in `y`, ascending: where the jitter makes the weight fall, and even from
    /// 1 to `end`. What the jitter hardly ever reaches, compared with the `least` that `f` is elsewhere,
    /// is left out.
    fn panel_ends(&self, end: f64, settled: bool, least: f64) -> Vec<f64> {
        let lens = self.pointing.lens();
        // s − |w − r| = r (1 − cos φ) is of the size σ²/(|w − r| + σ) where the weight falls.
        let sigma = self.pointing.jitter_m();
        let fall = sigma * (sigma / (lens.inner() + sigma)) / lens.small;
        let mut ends = Vec::with_capacity(48);
        ends.push(0.0);
        let mut place = (0.5 * fall).sqrt();
        if place < 0.4 {
            while place < 0.7 && ends.len() < 40 {
                ends.push(place);
                place *= 2.5;
            }
        }
        let negligible = NEGLIGIBLE * least * self.pointing.transition_probability();
        let panels = ((end - 1.0) / LONGEST).ceil().max(1.0);
        let mut k = 0.0;
        while k <= panels {
            let place = 1.0 + (end - 1.0) * (k / panels);
            ends.push(place);
            if self.probability_of_angles_up_to((1.0 - place).exp()) < negligible {
                return ends;
            }
            k += 1.0;
        }
        if !settled {
            ends.push(end + 1.0);
        }
        ends
    }
}
