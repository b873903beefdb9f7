//! What a tone does to the bins of a windowed transform, at any distance.
//!
//! ```text
//! V(x) = Σₙ wₙ exp(+j 2π x (n − n_c) / N),   n_c = (len − 1) / 2
//! ```
//! A tone at κ with unit amplitude at the centre of the weights stands in bin k as
//! `exp(−j 2π k n_c / N) V(κ − k)`. V is entire; around each integer its Taylor series has terms of at most
//! `(π/2)^p / p!` for |δ| ≤ 1/2, so that degree 22 is exact to rounding, two derivatives included.

use mmw_core::C64;
use mmw_core::fourier::Transform;
use std::f64::consts::TAU;

pub(super) const DEGREE: usize = 22;
/// Farther leakage is left out: with any taper it is below the rounding of the spectrum.
const MAX_DISTANCE_BINS: usize = 8192;

/// `V` and its first two derivatives for distances of up to half the transform.
#[derive(Debug, Clone)]
pub(super) struct Response {
    fft: f64,
    /// Whether V changes sign when x grows by the length of the transform.
    odd: bool,
    /// Taylor coefficients at x = 0, 1, 2, …; negative x follow by symmetry, because the weights are real.
    series: Vec<[C64; DEGREE + 1]>,
}

impl Response {
    /// `weights` hold at most `fft` values.
    pub(super) fn new(weights: &[f64], fft: usize) -> Self {
        let centre = (weights.len() - 1) as f64 / 2.0;
        let points = (fft / 2 + 1).min(MAX_DISTANCE_BINS);
        let mut series = vec![[C64::default(); DEGREE + 1]; points];
        let plan = Transform::inverse(fft);
        let mut scaled: Vec<C64> = weights.iter().map(|&w| C64::new(w, 0.0)).collect();
        for p in 0..=DEGREE {
            let mut line = scaled.clone();
            line.resize(fft, C64::default());
            plan.process_once(&mut line);
            for (x, (point, z)) in series.iter_mut().zip(line).enumerate() {
                point[p] = z * C64::cis(-TAU * (x as f64 * centre / fft as f64).fract());
            }
            for (n, z) in scaled.iter_mut().enumerate() {
                *z *= C64::new(0.0, TAU * (n as f64 - centre) / fft as f64 / (p + 1) as f64);
            }
        }
        Self { fft: fft as f64, odd: weights.len().is_multiple_of(2), series }
    }

    /// `V`, `V'`, `V''` at x bins.
    pub(super) fn at(&self, x: f64) -> [C64; 3] {
        let Some(place) = self.place(x) else { return [C64::default(); 3] };
        let sums = horner(place.series, place.x);
        [place.turned(sums[0], 0), place.turned(sums[1], 1), place.turned(sums[2], 2)]
    }

    /// `V` at x bins.
    pub(super) fn value(&self, x: f64) -> C64 {
        let Some(place) = self.place(x) else { return C64::default() };
        let terms = place.series.iter().rev();
        place.turned(terms.fold(C64::default(), |sum, &term| sum * place.x + term), 0)
    }

    /// Coefficients of the power series around an integer number of bins.
    pub(super) fn around(&self, bins: isize) -> [C64; DEGREE + 1] {
        let Some(place) = self.place(bins as f64) else { return [C64::default(); DEGREE + 1] };
        std::array::from_fn(|p| place.turned(place.series[p], p))
    }

    fn place(&self, x: f64) -> Option<Place<'_>> {
        let turns = (x / self.fft).round();
        let near = x - turns * self.fft;
        // Half of an odd length rounds up, beyond the last entry.
        let last = (self.fft / 2.0).floor();
        let nearest = near.abs().round().min(last);
        let series = self.series.get(nearest as usize)?;
        let negated = self.odd && turns % 2.0 != 0.0;
        Some(Place { series, x: near.abs() - nearest, mirrored: near < 0.0, negated })
    }
}

/// Where the series is that stands for a distance.
struct Place<'a> {
    series: &'a [C64; DEGREE + 1],
    x: f64,
    mirrored: bool,
    negated: bool,
}

impl Place<'_> {
    /// A derivative of this order, by the symmetries of V.
    fn turned(&self, z: C64, order: usize) -> C64 {
        let mirrored = if self.mirrored { z.conj() } else { z };
        let odd = self.mirrored && order % 2 == 1;
        if odd != self.negated { -mirrored } else { mirrored }
    }
}

/// Value, first and second derivative of a power series at a real point.
fn horner(series: &[C64], x: f64) -> [C64; 3] {
    let mut sums = [C64::default(); 3];
    for &coefficient in series.iter().rev() {
        sums[2] = sums[2] * x + sums[1];
        sums[1] = sums[1] * x + sums[0];
        sums[0] = sums[0] * x + coefficient;
    }
    [sums[0], sums[1], sums[2] * 2.0]
}

#[cfg(test)]
mod tests {
    use super::Response;
    use mmw_core::C64;
    use std::f64::consts::TAU;

    #[test]
    fn the_response_is_the_sum_over_the_weights_at_every_distance() {
        for (len, fft) in [(1, 1), (2, 2), (7, 12), (16, 16), (9, 9), (10, 24)] {
            let weights: Vec<f64> = (0..len).map(|n| 0.3 + f64::from(n * n % 7)).collect();
            let response = Response::new(&weights, fft);
            let total: f64 = weights.iter().sum();
            for i in -60..60 {
                let x = f64::from(i) * 0.37;
                let mut direct = [C64::default(); 3];
                for (n, w) in weights.iter().enumerate() {
                    let step = C64::new(0.0, TAU * (n as f64 - (f64::from(len) - 1.0) / 2.0) / fft as f64);
                    let term = (step * x).exp() * w;
                    for (p, sum) in direct.iter_mut().enumerate() {
                        *sum += term * step.powu(p as u32);
                    }
                }
                for (found, want) in response.at(x).iter().zip(direct) {
                    assert!((found - want).norm() < 1e-13 * total * 40.0, "{len} {fft} {x}: {found} {want}");
                }
            }
        }
    }
}
