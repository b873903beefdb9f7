//! The area that two circles share, to full precision for any ratio of their radii.

use mmw_core::{Result, check};
use std::f64::consts::PI;

/// Area that a beam of radius `beam_radius_m` and an aperture of radius `aperture_radius_m` share when their
/// centres are `separation_m` apart, in m².
///
/// ```text
/// A = r² (t_r − ½ sin 2t_r) + w² (t_w − ½ sin 2t_w)
/// tan(t_r/2) = √(ac/bd),  tan(t_w/2) = √(ab/cd)
/// a = r + w − s,  b = s + r − w,  c = s + w − r,  d = s + w + r
/// ```
/// The same area as equation (10) of [^safi]. The printed form takes the difference of terms that are
/// `(w/r)²` times larger; here the gaps `a, b, c` come from differences of near numbers first, which are
/// exact, half angles come from the gaps, and `x − sin x` is a series where it is small: the relative
/// error stays below 4e-15 up to tangency.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless the radii are finite and above 0, and the separation finite and not
/// below 0.
///
/// # Examples
/// ```
/// use fso_g2a::pointing::overlap_area;
/// // Unit circles through each other's centres: 2π/3 − √3/2.
/// let lens = 2.0 * std::f64::consts::FRAC_PI_3 - 0.75_f64.sqrt();
/// assert!((overlap_area(1.0, 1.0, 1.0)? / lens - 1.0).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
pub fn overlap_area(beam_radius_m: f64, aperture_radius_m: f64, separation_m: f64) -> Result<f64> {
    let (lens, s) = checked(beam_radius_m, aperture_radius_m, separation_m)?;
    Ok(lens.small * lens.small * (PI * lens.at(s).share()))
}

/// Share `g` of the smaller circle that the larger one covers, 0 to 1.
///
/// ```text
/// g = A / (π min(r, w)²)
/// ```
/// For an aperture within a wide beam it is the power collected over the most that can be: `h_p/A₀` of
/// equation (9) of [^safi] with its steps put right.
///
/// # Errors
/// As [`overlap_area`].
///
/// # Examples
/// ```
/// use fso_g2a::pointing::overlap_fraction;
/// assert_eq!(overlap_fraction(1.0, 0.05, 0.9)?, 1.0);
/// assert_eq!(overlap_fraction(1.0, 0.05, 1.1)?, 0.0);
/// assert!((overlap_fraction(1e6, 0.05, 1e6)? - 0.5).abs() < 1e-7);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
pub fn overlap_fraction(beam_radius_m: f64, aperture_radius_m: f64, separation_m: f64) -> Result<f64> {
    let (lens, s) = checked(beam_radius_m, aperture_radius_m, separation_m)?;
    Ok(lens.at(s).share())
}

/// Derivative of [`overlap_area`] by the separation in m: minus the common chord.
///
/// ```text
/// dA/ds = −√(abcd)/s
/// ```
/// The derivative of equation (10) of [^safi], with the gaps of [`overlap_area`].
///
/// # Errors
/// As [`overlap_area`].
///
/// # Examples
/// ```
/// use fso_g2a::pointing::overlap_slope;
/// assert!((overlap_slope(1.0, 1.0, 1.0)? + 3.0_f64.sqrt()).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links".
pub fn overlap_slope(beam_radius_m: f64, aperture_radius_m: f64, separation_m: f64) -> Result<f64> {
    let (lens, s) = checked(beam_radius_m, aperture_radius_m, separation_m)?;
    Ok(-lens.at(s).chord())
}

fn checked(beam_radius_m: f64, aperture_radius_m: f64, separation_m: f64) -> Result<(Lens, f64)> {
    let w = check::in_range("beam_radius_m", beam_radius_m, 1e-100, 1e100)?;
    let r = check::in_range("aperture_radius_m", aperture_radius_m, 1e-100, 1e100)?;
    let s = check::non_negative("separation_m", separation_m)?;
    Ok((Lens::new(w, r), s))
}

/// Two circles, by the larger and the smaller radius.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lens {
    pub(crate) large: f64,
    pub(crate) small: f64,
    ratio_square: f64,
}

/// Two circles at a separation between their two tangencies, or clamped to them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gaps {
    lens: Lens,
    /// Separation.
    pub(crate) s: f64,
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

impl Lens {
    pub(crate) fn new(w: f64, r: f64) -> Self {
        let (large, small) = (w.max(r), w.min(r));
        Self { large, small, ratio_square: (large / small).powi(2) }
    }

    /// Separation at which the circles touch from within.
    pub(crate) fn inner(&self) -> f64 {
        self.large - self.small
    }

    /// The circles at separation `s`. With `w ≥ r`: for `s ≥ w/2` the difference `s − w` is exact near
    /// either tangency (Sterbenz), below it `r − w` is, or nothing cancels.
    pub(crate) fn at(&self, s: f64) -> Gaps {
        let (w, r) = (self.large, self.small);
        let a = if s >= 0.5 * w && s <= 2.0 * w { (w - s) + r } else { (w + r) - s };
        let b = if s >= 0.5 * w { (s - w) + r } else { (r - w) + s };
        Gaps { lens: *self, s, a, b, c: s + (w - r), d: s + w + r }
    }

    /// The circles at `s = w − r cos φ`, `φ` from 0 (inner tangency) to π (outer), with gaps free of any
    /// cancellation. `rest` is `π − φ`.
    pub(crate) fn at_angle(&self, phi: f64, rest: f64) -> Gaps {
        let (sin, cos) = ((0.5 * phi).sin(), (0.5 * rest).sin());
        let b = 2.0 * self.small * sin * sin;
        let a = 2.0 * self.small * cos * cos;
        let s = self.inner() + b;
        Gaps { lens: *self, s, a, b, c: s + self.inner(), d: s + self.large + self.small }
    }
}

/// Two circles that overlap in part, at `s = w + r cos t`, `w` the larger: what integrals over
/// the angle need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartialOverlap {
    /// Separation.
    pub(crate) s: f64,
    /// `sin t`.
    pub(crate) sine: f64,
    tangent: f64,
    of_small: f64,
    of_large: f64,
    ratio_square: f64,
}

impl Lens {
    /// The circles at the angle `t` with `tan(t/2)` and `cos²(t/2)` as given.
    #[inline]
    pub(crate) fn partial(&self, tangent: f64, cosine_square: f64) -> PartialOverlap {
        let sine = 2.0 * tangent * cosine_square;
        let s = self.inner() + 2.0 * self.small * cosine_square;
        let (c, d) = (s + self.inner(), s + self.large + self.small);
        let root = (c * d).sqrt();
        // ac/bd = tan²(t/2) c/d and ab/cd = r² sin²t/cd.
        let (of_small, of_large) = (tangent * root / d, self.small * sine / root);
        PartialOverlap { s, sine, tangent, of_small, of_large, ratio_square: self.ratio_square }
    }
}

impl PartialOverlap {
    /// The angle `t`.
    pub(crate) fn angle(&self) -> f64 {
        2.0 * self.tangent.atan()
    }

    /// Share of the smaller circle that is covered, as [`Gaps::share`] to some 1e-14.
    #[inline]
    pub(crate) fn share(&self) -> f64 {
        let sum = segment(self.of_small) + self.ratio_square * segment(self.of_large);
        (sum * (0.5 / PI)).min(1.0)
    }
}

/// `x − sin x` for `x = 4 atan y`, without a sine: `sin x = 4y(1 − y²)/(1 + y²)²`.
#[inline]
fn segment(y: f64) -> f64 {
    /// `(−1)^k (2k + 3 − 1/(2k + 3))`; below `y = 0.15` the first term left out is below 1e-16 of the sum.
    const TERMS: [f64; 10] = {
        let mut terms = [0.0; 10];
        let mut k = 0;
        while k < 10 {
            let odd = (2 * k + 3) as f64;
            terms[k] = if k % 2 == 0 { odd - 1.0 / odd } else { 1.0 / odd - odd };
            k += 1;
        }
        terms
    };
    let square = y * y;
    if y < 0.15 {
        return 4.0 * y * square * TERMS.iter().rev().fold(0.0, |sum, term| sum * square + term);
    }
    let inverse = 1.0 / (1.0 + square);
    // For large y the sine is that of −1/y: y³ inverse² as y inverse · (1 − inverse).
    4.0 * (y.atan() - y * inverse * (2.0 * inverse - 1.0))
}

impl Gaps {
    /// Share of the smaller circle that is covered.
    #[inline]
    pub(crate) fn share(&self) -> f64 {
        let Self { a, b, c, d, .. } = *self;
        if a <= 0.0 {
            return 0.0;
        }
        if b <= 0.0 || c <= 0.0 {
            return 1.0;
        }
        let of_small = 4.0 * (a * c).sqrt().atan2((b * d).sqrt());
        let of_large = 4.0 * (a * b).sqrt().atan2((c * d).sqrt());
        let sum = beyond_sine(of_small) + self.lens.ratio_square * beyond_sine(of_large);
        (sum * (0.5 / PI)).min(1.0)
    }

    /// `1 − share`, to full relative precision next to the inner tangency.
    pub(crate) fn missing(&self) -> f64 {
        let Self { a, b, c, d, .. } = *self;
        if a <= 0.0 {
            return 1.0;
        }
        if b <= 0.0 || c <= 0.0 {
            return 0.0;
        }
        let of_small = 4.0 * (b * d).sqrt().atan2((a * c).sqrt());
        let of_large = 4.0 * (a * b).sqrt().atan2((c * d).sqrt());
        ((beyond_sine(of_small) - self.lens.ratio_square * beyond_sine(of_large)) * (0.5 / PI)).max(0.0)
    }

    /// Length of the common chord.
    pub(crate) fn chord(&self) -> f64 {
        let product = (self.a.max(0.0) * self.d).sqrt() * (self.b.max(0.0) * self.c.max(0.0)).sqrt();
        if product > 0.0 { product / self.s } else { 0.0 }
    }
}

/// `x − sin x` for `0 ≤ x ≤ 2π`, to full relative precision.
#[inline]
fn beyond_sine(x: f64) -> f64 {
    if x > 0.9 {
        return x - x.sin();
    }
    // Taylor's series; the first term left out is below 1e-18 of the sum.
    const INVERSE: [f64; 8] =
        [1.0 / 6.0, 1.0 / 20.0, 1.0 / 42.0, 1.0 / 72.0, 1.0 / 110.0, 1.0 / 156.0, 1.0 / 210.0, 1.0 / 272.0];
    let square = x * x;
    let series = INVERSE[1..].iter().rev().fold(1.0, |sum, inverse| 1.0 - sum * square * inverse);
    x * square * INVERSE[0] * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_angle_and_the_separation_tell_the_same_lens() {
        for (w, r) in [(1.0, 1.0), (1.0, 0.05), (0.3, 2.0)] {
            let lens = Lens::new(w, r);
            for phi in [0.1, 0.7, 1.5, 2.5, 3.0_f64] {
                let angle = lens.at_angle(phi, PI - phi);
                let plain = lens.at(angle.s);
                assert!((angle.share() / plain.share() - 1.0).abs() < 1e-12, "{w} {r} {phi}");
                assert!((angle.missing() + angle.share() - 1.0).abs() < 1e-14);
                assert!((angle.chord() / plain.chord() - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_half_angle_tells_the_same_share() {
        for (w, r) in [(1.0, 1.0), (1.0, 0.05), (0.3, 2.0), (1e6, 1.0), (1.0, 0.999)] {
            let lens = Lens::new(w, r);
            for t in [1e-6, 1e-3, 0.1, 0.3, 0.7, 1.5, 2.5, 3.0, 3.1_f64] {
                let half = 0.5 * t;
                let partial = lens.partial(half.tan(), half.cos().powi(2));
                let gaps = lens.at_angle(PI - t, t);
                assert!((partial.share() / gaps.share() - 1.0).abs() < 2e-14, "{w} {r} {t}");
                assert!((partial.s / gaps.s - 1.0).abs() < 1e-15 + 1e-13 / t.sin() * lens.small / gaps.s);
                assert!((partial.angle() / t - 1.0).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn the_series_meets_the_difference() {
        let x = 0.9_f64;
        assert!((beyond_sine(x) / (x - x.sin()) - 1.0).abs() < 2e-15);
        assert!((beyond_sine(1e-5) / (1e-15 / 6.0) - 1.0).abs() < 1e-10);
    }
}
