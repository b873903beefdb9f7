//! Maximum likelihood where the samples lie on a lattice.

use super::from_amplitude::from_amplitude;
use super::samples::kurtosis_limit;
use crate::bound::crlb_unchecked_db2;
use crate::contrast::noise_contrast;
use crate::estimate::{Estimate, FEWEST};
use crate::likelihood::{self, Binned, Magnitudes, Point, Rounding, information, maximum_of_intervals};
use crate::method::Method;
use crate::record::{Cells, Lattice, PowerMeans};
use crate::snr::Snr;
use mmw_core::Result;
use std::f64::consts::LN_10;

/// A step, over the deviation of the noise, below which Sheppard's correction is all: the next term of its
/// series is of relative order `(step/σ)⁴/360`, 2e-8.
const FINE: f64 = 0.05;
/// A step, over the deviation, up to which Sheppard's correction holds: what it leaves out is of relative
/// order `exp(−2π²σ²/step²)`, 0.007.
const SHEPPARD: f64 = 2.0;
/// A step, over the root mean square, up to which noise alone is no less than 0.6 of one, and Sheppard's
/// correction of the kurtosis tells it from a signal.
const WIDE: f64 = 1.5;
/// Fewer samples do not tell the step of a lattice: all of them may stand on every other value by chance.
const FEWEST_SAMPLES: u64 = 16;
/// Fewer magnitudes do not tell amplitude and noise.
const FEWEST_VALUES: usize = 3;

/// Kurtosis of what was rounded to a lattice of step `h`, over the root mean square.
///
/// ```text
/// M2 = m2 − h²/12,   M4 = m4 − m2 h²/2 + 7 h⁴/240
/// ```
/// Sheppard's corrections.
fn kurtosis_before_rounding(kurtosis: f64, h: f64) -> f64 {
    let h2 = h * h;
    (kurtosis - 0.5 * h2 + 7.0 / 240.0 * h2 * h2) / (1.0 - h2 / 12.0).powi(2)
}

/// The estimate; none for a record on no lattice.
pub(super) fn quantised(method: Method, means: &PowerMeans, lattice: &Lattice) -> Option<Result<Estimate>> {
    let cells = lattice.cells()?;
    let points = Binned::of_values(means, &cells.magnitudes, &cells.counts);
    if means.count < FEWEST_SAMPLES {
        return Some(from_amplitude(method, &points, likelihood::greatest(&points).amplitude));
    }
    Some(
        of_intervals(method, &points, &cells).map(|estimate| Estimate { step: Some(cells.step), ..estimate }),
    )
}

fn of_intervals(method: Method, points: &Binned, cells: &Cells) -> Result<Estimate> {
    let means = points.means();
    let count = means.count;
    let rms = means.rms_in_samples();
    let rounding = Rounding { step: cells.step / rms, offset: cells.offset / rms };
    let too_coarse = Estimate::not_identifiable(method, count, None, None);
    if points.len() < FEWEST_VALUES {
        return Ok(too_coarse);
    }
    let told = |at: Point| match is_fine(&rounding, at) {
        true => count as f64,
        false => share_told(&rounding, at) * count as f64,
    };
    let estimate = match found(points, &rounding) {
        Found::Signal(at) => Estimate {
            effective_samples: Some(told(at)),
            ..Estimate::from_fractions(method, count, [at.s * at.s, at.v], rms)?
        },
        Found::Noise { kurtosis, power } => {
            let effective = told(Point { s: 0.0, v: power });
            let contrast = noise_contrast(kurtosis - 1.0);
            let limit = kurtosis_limit(effective.max(1.0) as u64);
            let estimate = Estimate::not_identifiable(method, count, limit, contrast);
            Estimate { effective_samples: Some(effective), ..estimate }
        }
        Found::Nothing => too_coarse,
    };
    Ok(match estimate.effective_samples {
        Some(effective) if effective >= FEWEST as f64 => estimate,
        _ => too_coarse,
    })
}

fn is_fine(rounding: &Rounding, at: Point) -> bool {
    at.v * FINE * FINE >= rounding.step * rounding.step
}

enum Found {
    Signal(Point),
    Noise { kurtosis: f64, power: f64 },
    Nothing,
}

fn found(points: &Binned, rounding: &Rounding) -> Found {
    let (means, h) = (points.means(), rounding.step);
    let kurtosis = kurtosis_before_rounding(means.kurtosis, h);
    let power = 1.0 - h * h / 12.0;
    let noise = Found::Noise { kurtosis, power };
    let start = match likelihood::greatest(points).amplitude {
        // A signal that rounding alone has made, or hidden.
        Some(_) if h < WIDE && kurtosis >= 3.0 && means.kurtosis < 3.0 => return noise,
        None if h < WIDE && kurtosis < 3.0 => {
            let share = (0.5 * (3.0 - kurtosis)).sqrt();
            Point { s: (share * power).sqrt(), v: (1.0 - share) * power }
        }
        None if h < WIDE => return noise,
        None => Point { s: (0.5 * power.max(0.1)).sqrt(), v: 0.5 * power.max(0.1) },
        Some(s) => Point { s, v: likelihood::fractions(points, s)[1] - h * h / 12.0 },
    };
    if is_fine(rounding, start) {
        return Found::Signal(start);
    }
    let is_near = start.v * SHEPPARD * SHEPPARD >= h * h;
    let coarse = [0.3, 0.5, 0.8].map(|share| Point { v: (share * h).powi(2), ..start });
    let starts =
        std::iter::once(start).filter(|start| start.v > 0.0).chain(coarse.into_iter().filter(|_| !is_near));
    let best = starts
        .filter_map(|start| maximum_of_intervals(points, rounding, start))
        .max_by(|a, b| a.value.total_cmp(&b.value));
    match best {
        Some(best) => Found::Signal(best.at),
        None if is_near => Found::Signal(start),
        None => Found::Nothing,
    }
}

/// Weaker signals than −10 dB lose the same share of what tells them.
const WEAK: f64 = 0.1;

/// How many samples that were not rounded tell the SNR as well as one that was: the ratio of the bounds of
/// both.
///
/// ```text
/// 20 lg(S/σ) = g,   var g ≥ ∇g' I⁻¹ ∇g,   ∇g = 20/ln 10 (1/S, −1)
/// ```
fn share_told(rounding: &Rounding, Point { s, v }: Point) -> f64 {
    let power = s * s + v;
    let snr = (s * s / v).max(WEAK);
    let at = Point { s: (power * snr / (1.0 + snr)).sqrt(), v: power / (1.0 + snr) };
    let [aa, ab, bb] = information(rounding, at);
    let determinant = aa * bb - ab * ab;
    let variance = (20.0 / LN_10).powi(2) * (bb / (at.s * at.s) + 2.0 * ab / at.s + aa) / determinant;
    let share = Snr::from_linear(snr).map_or(0.0, crlb_unchecked_db2) / variance;
    if share > 0.0 { share.min(1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise over the step, SNR in dB, bound of one sample in dB²: NumPy's sum over integers.
    const BOUNDS: [(f64, f64, f64); 7] = [
        (0.3, 5.0, 854.21239),
        (0.3, 20.0, 61.1232616),
        (0.5, 0.0, 714.666006),
        (0.5, 10.0, 78.6938117),
        (1.0, 0.0, 647.643038),
        (1.0, 10.0, 52.7896761),
        (1.0, 20.0, 44.92875),
    ];

    #[test]
    fn fine_steps_lose_nothing_and_coarse_ones_what_numpy_says() {
        for (noise, snr_db, bound_db2) in BOUNDS {
            let v = 1.0 / (1.0 + 10_f64.powf(0.1 * snr_db));
            let at = Point { s: (1.0 - v).sqrt(), v };
            let rounding = Rounding { step: v.sqrt() / noise, offset: 0.0 };
            let found = crlb_unchecked_db2(Snr::from_db(snr_db).unwrap()) / share_told(&rounding, at);
            assert!((found / bound_db2 - 1.0).abs() < 1e-6, "{noise} {snr_db}: {found}");
            let fine = Rounding { step: 0.01 * v.sqrt(), offset: 0.003 * v.sqrt() };
            assert!((share_told(&fine, at) - 1.0).abs() < 1e-3, "{snr_db}");
        }
    }
}
