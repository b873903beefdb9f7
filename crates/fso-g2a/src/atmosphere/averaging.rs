//! Aperture averaging in weak turbulence: what is left of the scintillation of one layer, exactly.

use mmw_core::special::unchecked::gamma_of as gamma;
use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::LazyLock;

/// Upper and lower parameters of the function `₂F₂` below.
const UPPER: [f64; 2] = [-5.0 / 6.0, 1.5];
const LOWER: [f64; 2] = [2.0, 3.0];
/// `5π/12`: the phase of `i^(5/6)`.
const PHASE: f64 = 5.0 * PI / 12.0;
/// Where the power series, whose terms grow to `exp(q) q^(−13/3)`, hands over to the series in `1/q`: both
/// are within 2e-10 of mpmath there, and better to either side.
const SEAM: f64 = 26.0;
/// Terms of the series in `1/q`: its least ones at the seam.
const ALGEBRAIC: usize = 12;
const OSCILLATING: usize = 22;

/// The share of the weak scintillation of a thin layer that a hard circular aperture leaves.
///
/// ```text
/// A(q) = ∫ κ^(−8/3) [1 − cos(κ²l/k)] [2 J₁(κD/2)/(κD/2)]² dκ / ∫ κ^(−8/3) [1 − cos(κ²l/k)] dκ,   q = kD²/4l
///      = {Re[i^(5/6) ₂F₂(−5/6, 3/2; 2, 3; iq)] − c q^(5/6)} / cos(5π/12),   c = 2 Γ(7/3)/(Γ(3/2) Γ(17/6) Γ(23/6))
/// ```
/// with `x = κ²l/k` and `[2 J₁(√(qx))/√(qx)]² = ₁F₂(3/2; 2, 3; −qx)` integrated term by term. The relative
/// error is below 2e-10.
pub(super) fn layer_factor(q: f64) -> f64 {
    let sum = if q <= SEAM { power_series(q) } else { inverse_series(q) };
    // The tails of huge arguments underflow, none is negative.
    (sum / PHASE.cos()).clamp(0.0, 1.0)
}

fn power_series(q: f64) -> f64 {
    static C: LazyLock<f64> =
        LazyLock::new(|| 2.0 * gamma(7.0 / 3.0) / (gamma(1.5) * gamma(17.0 / 6.0) * gamma(23.0 / 6.0)));
    let (mut term, mut n) = (1.0_f64, 0.0);
    // Real and imaginary part of the sum over `(iq)^n`.
    let mut parts = [0.0; 2];
    let mut sign = [1.0, 1.0];
    for index in 0..200 {
        let part = index % 2;
        parts[part] += sign[part] * term;
        sign[part] = -sign[part];
        term *= (UPPER[0] + n) * (UPPER[1] + n) / ((LOWER[0] + n) * (LOWER[1] + n) * (1.0 + n)) * q;
        n += 1.0;
        if n > q && term.abs() < 1e-18 {
            break;
        }
    }
    PHASE.cos() * parts[0] - PHASE.sin() * parts[1] - *C * q.powf(5.0 / 6.0)
}

/// One term `coefficient · q^power · cos(phase)` of the series in `1/q`; with `oscillates`, `cos(q + phase)`.
struct Term {
    coefficient: f64,
    power: f64,
    phase: f64,
    oscillates: bool,
}

/// The series in `1/q`: residues of the Mellin-Barnes integral at `−a₁ − n` and `−a₂ − n`, and the
/// oscillating part `exp(iq) (iq)^(a₁+a₂−b₁−b₂) Σ c_k (iq)^(−k)` whose `c_k` follow from the differential
/// equation. The first residue is the `c q^(5/6)` that is taken away.
fn inverse_series(q: f64) -> f64 {
    static TERMS: LazyLock<Vec<Term>> = LazyLock::new(terms);
    let of = |term: &Term| {
        let phase = if term.oscillates { q + term.phase } else { term.phase };
        term.coefficient * q.powf(term.power) * phase.cos()
    };
    TERMS.iter().rev().map(of).sum()
}

fn terms() -> Vec<Term> {
    let front = gamma(LOWER[0]) * gamma(LOWER[1]) / (gamma(UPPER[0]) * gamma(UPPER[1]));
    let mut terms = Vec::new();
    for (a, other, first) in [(UPPER[0], UPPER[1], 1), (UPPER[1], UPPER[0], 0)] {
        for index in first..ALGEBRAIC {
            let n = index as f64;
            // The cosine vanishes at every second residue of the first row.
            if first == 1 && index % 2 == 1 {
                continue;
            }
            let signed = if index % 2 == 0 { 1.0 } else { -1.0 } / gamma(n + 1.0);
            let pairs =
                gamma(a + n) * gamma(other - a - n) / (gamma(LOWER[0] - a - n) * gamma(LOWER[1] - a - n));
            let phase = PHASE + FRAC_PI_2 * (a + n);
            terms.push(Term { coefficient: front * signed * pairs, power: -a - n, phase, oscillates: false });
        }
    }
    let power = UPPER[0] + UPPER[1] - LOWER[0] - LOWER[1];
    let below = [LOWER[0] - 1.0, LOWER[1] - 1.0];
    let second = |s: f64| {
        (2.0 * s + 1.0 + below[0] + below[1]) * (s + 1.0) + (s + below[0]) * (s + below[1])
            - (s + UPPER[0]) * (s + UPPER[1])
    };
    let third = |s: f64| s * (s + below[0]) * (s + below[1]);
    let mut c = [0.0, 1.0];
    for index in 0..OSCILLATING {
        let k = index as f64;
        let phase = PHASE + FRAC_PI_2 * (power - k);
        terms.push(Term { coefficient: front * c[1], power: power - k, phase, oscillates: true });
        let next = (second(power - k) * c[1] + third(power - k + 1.0) * c[0]) / (k + 1.0);
        c = [c[1], next];
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_series_match_the_integral_and_meet() {
        // mpmath, 25 digits.
        for (q, exact) in [
            (0.0, 1.0),
            (1e-6, 0.999_988_457_048_804_4),
            (0.01, 0.981_231_836_355_159_6),
            (1.0, 0.548_148_945_755_357_1),
            (5.0, 0.158_280_531_462_358_1),
            (15.0, 0.050_464_951_832_419_26),
            (25.9, 0.027_957_759_553_404_29),
            (26.1, 0.027_724_359_474_590_86),
            (40.0, 0.017_355_427_949_165_43),
            (1e3, 0.000_456_772_127_345_470_4),
        ] {
            let error = layer_factor(q) / exact - 1.0;
            assert!(error.abs() < 2e-10, "{q}: {error:e}");
        }
    }

    #[test]
    fn a_large_aperture_averages_with_its_diameter_to_the_power_of_seven_thirds() {
        let slope = (layer_factor(4e12) / layer_factor(1e12)).log2() / 2.0;
        assert!((slope + 7.0 / 6.0).abs() < 1e-3, "{slope}");
    }
}
