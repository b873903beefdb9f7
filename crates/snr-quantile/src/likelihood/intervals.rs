//! The likelihood of samples that were rounded: each value stands for the interval that it came from.

use super::magnitudes::{Binned, Magnitudes};
use mmw_core::stats::normal_cdf;

/// Amplitude and variance, over the root mean square and its square.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) s: f64,
    pub(crate) v: f64,
}

/// What samples were rounded to, over the root mean square: values `offset + k step`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rounding {
    pub(crate) step: f64,
    pub(crate) offset: f64,
}

/// A maximum, and the log-likelihood per sample there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Maximum {
    pub(crate) at: Point,
    pub(crate) value: f64,
}

/// The log-likelihood per sample, its slope over `S` and `ln σ`, and the mean products of the two scores.
struct Look {
    value: f64,
    slope: [f64; 2],
    squares: [f64; 3],
}

/// An interval far outside the law, whose probability is no number to divide by.
const LEAST_PROBABILITY: f64 = 1e-250;

/// The law's probability of `[x − d, x + d]` with its slopes over `S` and `ln σ`, twice over.
///
/// ```text
/// P = Φ((x + d − S)/σ) − Φ((x − d − S)/σ) + Φ((x + d + S)/σ) − Φ((x − d + S)/σ)
/// ```
fn probability(x: f64, d: f64, Point { s, v }: Point) -> [f64; 3] {
    let sigma = v.sqrt();
    let density = |t: f64| (-0.5 * t * t).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let mut sums = [0.0; 3];
    for centre in [s, -s] {
        let [low, high] = [x - d, x + d].map(|edge| (edge - centre) / sigma);
        // Differences of the nearer tail do not cancel.
        sums[0] +=
            if low > 0.0 { normal_cdf(-low) - normal_cdf(-high) } else { normal_cdf(high) - normal_cdf(low) };
        let [at_low, at_high] = [low, high].map(density);
        sums[1] += (at_low - at_high) / sigma * centre.signum();
        sums[2] += low * at_low - high * at_high;
    }
    sums
}

fn look(points: &Binned, d: f64, at: Point) -> Option<Look> {
    let mut look = Look { value: 0.0, slope: [0.0; 2], squares: [0.0; 3] };
    for (x, weight) in points.over_rms() {
        let [p, by_s, by_sigma] = probability(x, d, at);
        if p <= LEAST_PROBABILITY {
            return None;
        }
        let [a, b] = [by_s / p, by_sigma / p];
        look.value += weight * p.ln();
        look.slope[0] += weight * a;
        look.slope[1] += weight * b;
        look.squares[0] += weight * a * a;
        look.squares[1] += weight * a * b;
        look.squares[2] += weight * b * b;
    }
    Some(look)
}

/// The maximum of the likelihood of the intervals near a start, by scoring [^berndt]; none
/// where the search does not settle.
///
/// [^berndt]: E. Berndt, B. Hall, R. Hall, J. Hausman, "Estimation and inference in nonlinear structural
///     models", Annals of Economic and Social Measurement 3 (1974).
pub(crate) fn maximum_of_intervals(points: &Binned, rounding: &Rounding, start: Point) -> Option<Maximum> {
    /// The square of what is left to go, in deviations of the estimate.
    const SETTLED: f64 = 1e-10;
    /// What rounding makes of the log-likelihood.
    const ROUNDING: f64 = 1e-13;
    let (d, samples) = (0.5 * rounding.step, points.means().count as f64);
    let (mut at, mut here) = (start, look(points, d, start)?);
    for _ in 0..60 {
        let ([a, b], [aa, ab, bb]) = (here.slope, here.squares);
        let determinant = aa * bb - ab * ab;
        let step = [(bb * a - ab * b) / determinant, (aa * b - ab * a) / determinant];
        let ascent = a * step[0] + b * step[1];
        if ascent.is_nan() || ascent < 0.0 {
            return None;
        }
        if samples * ascent < SETTLED {
            return Some(Maximum { at, value: here.value });
        }
        let next = (0..30).find_map(|halving| {
            let part = 0.5_f64.powi(halving);
            let next =
                Point { s: at.s + part * step[0], v: at.v * (2.0 * part * step[1]).clamp(-1.0, 1.0).exp() };
            let found = (next.s > 0.0).then(|| look(points, d, next)).flatten()?;
            (found.value >= here.value - ROUNDING).then_some((next, found))
        });
        (at, here) = next?;
    }
    None
}

/// Deviations beyond which no sample lies.
const REACH: f64 = 8.5;

/// Fisher's information of one rounded sample.
///
/// ```text
/// I = Σ_k ∇P_k ∇P_k'/P_k
/// ```
/// over the values `k` that can occur, in `S` and `ln σ`: both squares, and the product between them.
pub(crate) fn information(rounding: &Rounding, at: Point) -> [f64; 3] {
    let reach = REACH * at.v.sqrt() + rounding.step;
    let place = |x: f64| ((x - rounding.offset) / rounding.step).round() as i64;
    let [low, high] = [place(-at.s - reach), place(at.s + reach)];
    // Between both signs no sample lies where they are far apart.
    let left = place(reach - at.s);
    let right = place(at.s - reach).max(left);
    let mut sums = [0.0; 3];
    for k in (low..left).chain(right..=high) {
        let x = k as f64 * rounding.step + rounding.offset;
        let [p, a, b] = probability(x, 0.5 * rounding.step, at).map(|twice| 0.5 * twice);
        if p > LEAST_PROBABILITY {
            sums[0] += a * a / p;
            sums[1] += a * b / p;
            sums[2] += b * b / p;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slopes_are_those_of_the_probability() {
        let at = Point { s: 0.8, v: 0.36 };
        for x in [0.0, 0.3, 0.9, 2.5] {
            let [p, by_s, by_sigma] = probability(x, 0.1, at);
            let step = 1e-5;
            let of = |s: f64, log: f64| probability(x, 0.1, Point { s, v: 0.36 * (2.0 * log).exp() })[0];
            let over_s = (of(0.8 + step, 0.0) - of(0.8 - step, 0.0)) / (2.0 * step);
            let over_sigma = (of(0.8, step) - of(0.8, -step)) / (2.0 * step);
            // The third derivative times step²/6, and rounding over the step.
            assert!((by_s - over_s).abs() < 1e-9 && (by_sigma - over_sigma).abs() < 1e-9 && p > 0.0, "{x}");
        }
    }
}
