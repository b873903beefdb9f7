//! People at one range told apart by their azimuth.

use super::receivers::{moving_covariance, weighted};
use crate::doa::snapshot_of;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array1, Array2, ArrayRef2};
use mmw_core::{C64, Result};

/// One direction's share of a range cell.
#[derive(Debug, Clone)]
pub(super) struct Beam {
    pub(super) azimuth_rad: f64,
    pub(super) samples: Array1<C64>,
}

/// Directions that are looked at, in steps of the sine.
const GRID: usize = 181;
/// A second person has at least this share of the moving power of the first.
const LEAST_SHARE: f64 = 0.02;

/// The directions from which something moves in a range cell `[channel, frame]`, the strongest and, where
/// another is left when it is taken out, that one too; the samples of each without the other.
pub(super) fn beams(channels: &ArrayRef2<C64>, array: &AntennaArray, wavelength_m: f64) -> Result<Vec<Beam>> {
    let covariance = moving_covariance(channels);
    let power: f64 = covariance.diag().iter().map(|z| z.re).sum();
    let first = strongest(&covariance, array, wavelength_m)?;
    let alone = |steering: &Array1<C64>| weighted(channels, &(steering / C64::from(steering.len() as f64)));
    let lone = Beam { azimuth_rad: first.0, samples: alone(&first.1) };
    if channels.nrows() < 3 {
        return Ok(vec![lone]);
    }
    // What is left on the far side of the first direction.
    let count = first.1.len() as f64;
    let projector = Array2::from_shape_fn(covariance.raw_dim(), |(i, j)| {
        C64::from(f64::from(u8::from(i == j))) - first.1[i] * first.1[j].conj() / count
    });
    let left = projector.dot(&covariance).dot(&projector);
    let second = strongest(&left, array, wavelength_m)?;
    let overlap = first.1.iter().zip(&second.1).map(|(a, b)| a.conj() * b).sum::<C64>() / count;
    let rest: f64 = left.diag().iter().map(|z| z.re).sum();
    if overlap.norm() > 0.7 || rest < LEAST_SHARE * power {
        return Ok(vec![lone]);
    }
    // Least squares of both: the inverse of the Gram matrix of two unit phasors.
    let scale = C64::from(1.0 / (count * (1.0 - overlap.norm_sqr())));
    let of = |own: &Array1<C64>, other: &Array1<C64>, overlap: C64| (own - &(other * overlap)) * scale;
    Ok(vec![
        Beam { azimuth_rad: first.0, samples: weighted(channels, &of(&first.1, &second.1, overlap.conj())) },
        Beam { azimuth_rad: second.0, samples: weighted(channels, &of(&second.1, &first.1, overlap)) },
    ])
}

/// Azimuth and steering vector of the summit of Bartlett's spectrum at elevation zero.
fn strongest(
    covariance: &Array2<C64>,
    array: &AntennaArray,
    wavelength_m: f64,
) -> Result<(f64, Array1<C64>)> {
    let mut best: Option<(f64, f64, Array1<C64>)> = None;
    for i in 0..GRID {
        let azimuth_rad = (2.0 * (i as f64 + 0.5) / GRID as f64 - 1.0).asin();
        let steering = snapshot_of(array, wavelength_m, Direction::new(azimuth_rad, 0.0)?)?;
        let power: C64 = steering.iter().zip(covariance.dot(&steering)).map(|(a, b)| a.conj() * b).sum();
        if best.as_ref().is_none_or(|(most, _, _)| power.re > *most) {
            best = Some((power.re, azimuth_rad, steering));
        }
    }
    let none = || mmw_core::Error::too_few("directions", 1, 0);
    best.map(|(_, azimuth_rad, steering)| (azimuth_rad, steering)).ok_or_else(none)
}
