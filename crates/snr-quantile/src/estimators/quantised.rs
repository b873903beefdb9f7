//! Maximum likelihood where the samples lie on a lattice.

use super::from_amplitude::from_amplitude;
use super::samples::kurtosis_limit;
use crate::contrast::noise_contrast;
use crate::estimate::Estimate;
use crate::likelihood::{self, Binned, Point, maximum_of_intervals};
use crate::method::Method;
use crate::record::{Lattice, PowerMeans};
use mmw_core::Result;

/// A step, over the deviation of the noise, below which Sheppard's correction is all: the next term of its
/// series is of relative order `(step/σ)⁴/360`, 2e-8.
const FINE: f64 = 0.05;
/// A step, over the deviation, above which values hardly tell their interval.
const COARSE: f64 = 2.0;
/// Fewer samples, or values, do not tell the step of a lattice.
const FEWEST_SAMPLES: u64 = 50;
const FEWEST_VALUES: usize = 4;

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
    let rms = means.rms_in_samples();
    let h = cells.step / rms;
    let points = Binned::of_values(means, &cells.magnitudes, &cells.counts);
    let is_told = means.count >= FEWEST_SAMPLES && points.len() >= FEWEST_VALUES;
    Some(match is_told && h < 1.0 {
        true => {
            of_intervals(method, &points, h).map(|estimate| Estimate { step: Some(cells.step), ..estimate })
        }
        false => of_points(method, &points),
    })
}

fn of_points(method: Method, points: &Binned) -> Result<Estimate> {
    from_amplitude(method, points, likelihood::greatest(points).amplitude)
}

fn of_intervals(method: Method, points: &Binned, h: f64) -> Result<Estimate> {
    use crate::likelihood::Magnitudes;
    let means = points.means();
    let kurtosis = kurtosis_before_rounding(means.kurtosis, h);
    let found = likelihood::greatest(points).amplitude;
    let rounding = h * h / 12.0;
    let start = match found {
        // A signal that rounding alone has made, or hidden.
        Some(_) if kurtosis >= 3.0 && means.kurtosis < 3.0 => None,
        None if kurtosis < 3.0 => {
            let (share, power) = ((0.5 * (3.0 - kurtosis)).sqrt(), 1.0 - rounding);
            Some(Point { s: (share * power).sqrt(), v: (1.0 - share) * power })
        }
        Some(s) => {
            let [_, noise] = likelihood::fractions(points, s);
            Some(Point { s, v: noise - rounding })
        }
        None => None,
    };
    let Some(start) = start else {
        let contrast = noise_contrast(kurtosis - 1.0);
        return Ok(Estimate::not_identifiable(method, means.count, kurtosis_limit(means.count), contrast));
    };
    if start.v * COARSE * COARSE < h * h {
        return of_points(method, points);
    }
    let best = match start.v * FINE * FINE < h * h {
        true => maximum_of_intervals(points, 0.5 * h, start, means.count as f64).unwrap_or(start),
        false => start,
    };
    Estimate::from_fractions(method, means.count, [best.s * best.s, best.v], means.rms_in_samples())
}
