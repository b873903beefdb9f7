//! Ladders beyond the closed forms: inverse Chebyshev, elliptic and Bessel.

use super::{Band, Branch, First, Prototype, SynthesisError, Terminations, Unrealisable, elliptic, extract};
use crate::response::Cutoff;
use extract::{at, of_roots};
use mmw_core::math::{crossing, polynomial_roots};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::{FRAC_PI_2, LN_10};

/// Highest order: the polynomials of higher ones have lost their digits.
pub const MAX_SELECTIVE_ORDER: usize = 15;

/// The same for Bessel, whose reflection has no closed form.
const MAX_BESSEL_ORDER: usize = 8;

/// Ladders that are tried for one with elements above zero.
const MAX_ATTEMPTS: usize = 20_000;
/// Reflections at zero frequency of ladders that stand in for one between equal resistances: all zeros of its
/// reflection lie at one place, which leaves no choice of sides, and those of a ladder for a load that
/// differs by up to a millionth do not. Responses differ by less than what is verified.
const NEARLY_MATCHED: [f64; 3] = [1e-16, 1e-14, 2.5e-13];

/// A family without closed forms for its elements.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Family {
    /// Flat in the pass-band, equal ripple in the stop-band; odd orders.
    InverseChebyshev {
        /// Least attenuation of the stop-band, dB.
        stopband_db: f64,
    },
    /// Equal ripple in both; odd orders.
    Elliptic {
        /// Ripple of the pass-band, dB.
        ripple_db: f64,
        /// Least attenuation of the stop-band, dB.
        stopband_db: f64,
    },
    /// Flat group delay.
    Bessel,
}

/// Such a ladder as it is asked for: answered by [`SelectiveSpec::synthesise`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct SelectiveSpec {
    /// The amplitude response.
    pub family: Family,
    /// 1 to 15 and odd; 1 to 8 for Bessel.
    pub order: usize,
    /// What the cut-off frequency means: half the power, or the edge of the ripple (of the stop-band for
    /// inverse Chebyshev; Bessel has none).
    pub cutoff: Cutoff,
    /// Two resistors.
    pub terminations: Terminations,
    /// The element next to the generator.
    pub first: First,
}

/// What a response is made of: the poles and zeros of transmission, the zeros of reflection.
struct Roots {
    /// Denominator of transmission and reflection, highest coefficient 1.
    e: Vec<f64>,
    /// Zeros of the reflection to the left, those of the upper half plane and at most one real one, last.
    f: Vec<C64>,
    /// Frequencies without transmission, rad/s.
    zeros: Vec<f64>,
}

impl SelectiveSpec {
    /// The prototype.
    ///
    /// ```text
    /// |S11|² = 1 − K |H|²,   K = 4 RS RL/(RS + RL)²,   Y_in RS = (E + F)/(E − F)  (Z_in/RS for series-first)
    /// ```
    /// `E` has the poles of the response, `F` the zeros of the reflection: of the elliptic and inverse
    /// Chebyshev families the poles of the same family with another ripple, `ε/√(1 − K)`, as for Chebyshev in
    /// Takahasi's forms; of Bessel the roots of a polynomial. Branches are Darlington's, by the pole removal
    /// of Cauer, with a resonator for each zero of transmission: in the line when the ladder begins with a
    /// shunt capacitor, to ground when it begins with a series inductor. Zeros are taken in that order in
    /// which all elements are above zero, the nearest to the band in the middle where possible. Zeros of
    /// reflection lie to the right where they can, as in published tables. Each order costs a digit: of order
    /// 8 six are left. The ladder is then compared with the response: what has lost its digits is an error.
    ///
    /// # Errors
    /// [`SynthesisError::Parameter`] for a value out of range and where the digits do not suffice,
    /// [`SynthesisError::Unrealisable`] with the reason when no such ladder exists.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::ladder::{Branch, Family, First, SelectiveSpec, Terminations};
    /// use linkbudget::response::Cutoff;
    ///
    /// let spec = SelectiveSpec {
    ///     family: Family::Bessel,
    ///     order: 3,
    ///     cutoff: Cutoff::ThreeDb,
    ///     terminations: Terminations::new(1.0, 1.0),
    ///     first: First::Shunt,
    /// };
    /// // 0.3374, 0.9705, 2.2034 in the tables of Zverev.
    /// let prototype = spec.synthesise()?;
    /// let Branch::Single(c1) = prototype.branches()[0] else { panic!() };
    /// assert!((c1 - 0.3374).abs() < 5e-5);
    /// # Ok::<(), linkbudget::SynthesisError>(())
    /// ```
    pub fn synthesise(&self) -> std::result::Result<Prototype, SynthesisError> {
        check::at_least("order", self.order, 1)?;
        let most = if self.family == Family::Bessel { MAX_BESSEL_ORDER } else { MAX_SELECTIVE_ORDER };
        if self.order > most {
            let domain = format!("at most {most} for this family");
            return Err(Error::domain("order", self.order as f64, domain).into());
        }
        self.terminations.check()?;
        let Terminations::Double { source_ohm, load_ohm } = self.terminations else {
            return Err(Unrealisable::SingleTerminationFamily.into());
        };
        let even = self.order.is_multiple_of(2);
        if even && self.family != Family::Bessel {
            return Err(Unrealisable::EvenOrderFamily.into());
        }
        let (near, far) = match self.first {
            First::Shunt => (source_ohm, load_ohm),
            First::Series => (load_ohm, source_ohm),
        };
        if even && near < far {
            return Err(Unrealisable::EvenOrderTerminations { first: self.first }.into());
        }
        let rho = (load_ohm - source_ohm) / (load_ohm + source_ohm);
        let roots = self.roots(rho * rho)?;
        let verified = |branches: &[Branch]| -> Result<Prototype> {
            let prototype = Prototype::from_source(self.first, branches, [source_ohm, load_ohm]);
            self.verify(&prototype, &roots, [source_ohm, load_ohm])?;
            Ok(prototype)
        };
        match self.extract(&roots, even || near <= far) {
            Err(refusal) if source_ohm == load_ohm => {
                let nearly = NEARLY_MATCHED.iter().find_map(|d| {
                    let branches = self.extract(&self.roots(*d).ok()?, true).ok()?;
                    verified(&branches).ok()
                });
                nearly.ok_or_else(|| refusal.into())
            }
            branches => Ok(verified(&branches?)?),
        }
    }

    /// The roots with the cut-off at 1 rad/s, of a reflection `d` at zero frequency.
    fn roots(&self, d: f64) -> Result<Roots> {
        let unscaled = match self.family {
            Family::InverseChebyshev { stopband_db } => {
                inverse_chebyshev(self.order, epsilon("stopband_db", stopband_db)?, d)
            }
            Family::Elliptic { ripple_db, stopband_db } => {
                let (pass, stop) = (epsilon("ripple_db", ripple_db)?, epsilon("stopband_db", stopband_db)?);
                if pass >= stop {
                    return Err(Error::domain("stopband_db", stopband_db, "above ripple_db"));
                }
                elliptic_roots(self.order, pass, stop, d)
            }
            Family::Bessel => bessel(self.order, d)?,
        };
        let edge = match (self.family, self.cutoff) {
            (Family::Bessel, Cutoff::RippleEdge) => {
                return Err(Error::invalid(
                    "cutoff",
                    "a Bessel response has a 3 dB point and no ripple: three_db",
                ));
            }
            (_, Cutoff::RippleEdge) => 1.0,
            (_, Cutoff::ThreeDb) => half_power(&unscaled)?,
        };
        Ok(unscaled.scaled(edge))
    }

    /// Branches from the generator, by the first sides of the zeros of reflection and the first order of
    /// those of transmission that give elements above zero. `right` is where the real zero of the reflection
    /// lies, which the terminations say, and where the others are looked for first.
    fn extract(&self, roots: &Roots, right: bool) -> std::result::Result<Vec<Branch>, Unrealisable> {
        let pairs = self.order / 2;
        let positive = |branches: &Vec<Branch>| branches.iter().all(Branch::is_positive);
        let mut attempts = 0;
        for mirrored in 0..1_usize << pairs {
            let side = |(i, root): (usize, &C64)| {
                let to_right = right != (i < pairs && mirrored >> i & 1 == 1);
                C64::new(if to_right { -root.re } else { root.re }, root.im)
            };
            let f = of_roots(&roots.f.iter().enumerate().map(side).collect::<Vec<_>>());
            let sum = |sign: f64| -> Vec<f64> { roots.e.iter().zip(&f).map(|(e, f)| e + sign * f).collect() };
            let (numerator, mut denominator) = (sum(1.0), sum(-1.0));
            denominator.pop();
            let mut order = middle_out(&roots.zeros);
            let mut others = roots.zeros.clone();
            others.sort_by(f64::total_cmp);
            loop {
                let found = extract::branches(numerator.clone(), denominator.clone(), &order);
                if let Some(found) = found.ok().filter(positive) {
                    return Ok(found);
                }
                attempts += 1;
                if attempts == MAX_ATTEMPTS || !next_permutation(&mut others) {
                    break;
                }
                order.clone_from(&others);
            }
        }
        Err(Unrealisable::NegativeElements)
    }

    /// Compares the ladder with the response it was made for.
    fn verify(&self, prototype: &Prototype, roots: &Roots, [source_ohm, load_ohm]: [f64; 2]) -> Result<()> {
        // At 1 rad/s the cut-off; the ladder is evaluated in the resistances it is for.
        let network = prototype.network(Band::LowPass { cutoff_hz: 1.0 })?;
        let flat = 4.0 * source_ohm * load_ohm / (source_ohm + load_ohm).powi(2);
        for i in 1..=40 {
            let w = 0.05 * f64::from(i) + 1e-3;
            let ideal = flat * roots.transmission(w);
            let s = network.s_parameters(&mmw_core::ndarray::array![w], source_ohm, load_ohm)?;
            // A millionth of the available power: 4e-6 dB in the pass-band, and −60 dB of what is stopped.
            if (s.data()[[0, 1, 0]].norm_sqr() - ideal).abs() > 1e-6 {
                return Err(Error::NoConvergence { what: "synthesis of the ladder".into(), iterations: 40 });
            }
        }
        Ok(())
    }
}

impl Roots {
    fn scaled(mut self, edge: f64) -> Self {
        let mut power = 1.0;
        for c in self.e.iter_mut().rev() {
            *c /= power;
            power *= edge;
        }
        self.f.iter_mut().for_each(|root| *root /= edge);
        self.zeros.iter_mut().for_each(|w| *w /= edge);
        self
    }

    /// `|H|²` at a frequency, 1 at zero.
    fn transmission(&self, w: f64) -> f64 {
        let stopped: f64 = self.zeros.iter().map(|zero| (1.0 - w / zero) * (1.0 + w / zero)).product();
        (stopped * self.e[0] / at(&self.e, C64::new(0.0, w)).norm()).powi(2)
    }
}

/// `ε = √(10^(A/10) − 1)`.
fn epsilon(name: &'static str, attenuation_db: f64) -> Result<f64> {
    check::in_range(name, attenuation_db, 1e-6, 200.0)?;
    Ok((attenuation_db * (LN_10 / 10.0)).exp_m1().sqrt())
}

/// The poles are the inverses of those of Chebyshev, `|H|² = 1/(1 + ε²/T_n²(1/ω))`.
fn inverse_chebyshev(order: usize, epsilon: f64, d: f64) -> Roots {
    let n = order as f64;
    let angle = |i: usize| (2 * i + 1) as f64 * FRAC_PI_2 / n;
    // Of 1 + ε²/T_n² and of d + ε²/T_n², with ω → 1/ω.
    let of = |epsilon: f64| -> Vec<C64> {
        let u = epsilon.asinh() / n;
        let root = |i: usize| {
            let p = C64::new(-u.sinh() * angle(i).sin(), u.cosh() * angle(i).cos());
            let inverse = p.inv();
            C64::new(inverse.re, inverse.im.abs())
        };
        let mut roots: Vec<C64> = (0..order / 2).map(root).collect();
        roots.push(C64::new(-1.0 / u.sinh(), 0.0));
        roots
    };
    // Without reflection at zero frequency all of its zeros are there.
    let f = if d == 0.0 { vec![C64::new(0.0, 0.0); order] } else { of(epsilon / d.sqrt()) };
    Roots { e: of_roots(&of(epsilon)), f, zeros: (0..order / 2).map(|i| 1.0 / angle(i).cos()).collect() }
}

fn elliptic_roots(order: usize, pass: f64, stop: f64, d: f64) -> Roots {
    let k1 = pass / stop;
    let k = elliptic::selectivity(order, k1);
    let zeros = elliptic::zeros(order, k);
    // Without reflection at zero frequency there is none at the inverses of the zeros, 1/(k Ω), either.
    let matched = || -> Vec<C64> {
        let on_axis = zeros.iter().map(|w| C64::new(0.0, 1.0 / (k * w)));
        on_axis.chain([C64::new(0.0, 0.0)]).collect()
    };
    let f = if d == 0.0 { matched() } else { elliptic::poles(order, pass / d.sqrt(), k1, k) };
    Roots { e: of_roots(&elliptic::poles(order, pass, k1, k)), f, zeros }
}

/// `E` is the reverse Bessel polynomial, `F F* = E E* − K E(0)²`.
fn bessel(order: usize, d: f64) -> Result<Roots> {
    let mut e = vec![1.0];
    for k in (0..order).rev() {
        // Coefficients (2n − k)! / (2^(n−k) k! (n − k)!), each from the one above.
        let (n, k) = (order as f64, k as f64);
        let above = e.last().copied().unwrap_or(1.0);
        e.push(above * (2.0 * n - k) * (k + 1.0) / (2.0 * (n - k)));
    }
    e.reverse();
    // Balanced: the geometric mean of the poles at 1.
    let mean = e[0].powf(1.0 / order as f64);
    let e = Roots { e, f: Vec::new(), zeros: Vec::new() }.scaled(mean).e;
    let f = reflection(&e, d)?;
    Ok(Roots { e, f, zeros: Vec::new() })
}

/// The left-hand roots of `E(s) E(−s) − (1 − d) E(0)²`, those of the upper half plane and the real one last.
fn reflection(e: &[f64], d: f64) -> Result<Vec<C64>> {
    let order = e.len() - 1;
    // By x = s²: (E E*)_k = Σ (−1)^j e_i e_j, i + j = 2k.
    let mut by_square: Vec<f64> = (0..=order)
        .map(|k| {
            let pairs = (0..=2 * k).filter(|&i| i <= order && 2 * k - i <= order);
            pairs.map(|i| if i % 2 == 0 { e[i] * e[2 * k - i] } else { -e[i] * e[2 * k - i] }).sum()
        })
        .collect();
    by_square[0] = d * e[0] * e[0];
    let touching = d == 0.0;
    if touching {
        by_square.remove(0);
    }
    let mut roots: Vec<C64> = Vec::with_capacity(order);
    let by_square: Vec<C64> = by_square.into_iter().map(C64::from).collect();
    for x in polynomial_roots(&by_square)? {
        let s = x.sqrt();
        let s = C64::new(-s.re.abs(), s.im.abs());
        // One of a pair; what is real but for rounding is real.
        let real = s.im < 1e-9 * s.norm();
        if real {
            roots.push(C64::new(s.re, 0.0));
        } else if x.im > 0.0 {
            roots.push(s);
        }
    }
    if touching {
        roots.push(C64::new(0.0, 0.0));
    }
    roots.sort_by(|a, b| b.im.total_cmp(&a.im));
    let count: usize = roots.iter().map(|root| if root.im == 0.0 { 1 } else { 2 }).sum();
    if count == order { Ok(roots) } else { Err(Error::Singular { name: "zeros of the reflection".into() }) }
}

/// The frequency of half the power, between zero and the first zero of transmission.
fn half_power(roots: &Roots) -> Result<f64> {
    let high = roots.zeros.iter().copied().fold(1e3, f64::min);
    let past = |w: f64| roots.transmission(w) < 0.5;
    if !past(high) {
        return Err(Error::invalid("cutoff", "the response has no 3 dB point below its stop-band"));
    }
    Ok(crossing([0.0, high], past)[1])
}

/// Zeros with the nearest to the band in the middle, the farther ones in turn before and behind it.
fn middle_out(zeros: &[f64]) -> Vec<f64> {
    let mut sorted = zeros.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut order = std::collections::VecDeque::with_capacity(sorted.len());
    for (i, zero) in sorted.into_iter().enumerate() {
        if i % 2 == 1 { order.push_front(zero) } else { order.push_back(zero) }
    }
    order.into()
}

/// The next permutation of those that begin in rising order; false after the last.
fn next_permutation(order: &mut [f64]) -> bool {
    let Some(i) = order.windows(2).rposition(|pair| pair[0] < pair[1]) else { return false };
    let j = order.iter().rposition(|x| *x > order[i]).unwrap_or(i);
    order.swap(i, j);
    order[i + 1..].reverse();
    true
}
