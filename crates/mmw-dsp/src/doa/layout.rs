//! Elements of an array as cells of a uniform grid.

use mmw_core::geometry::Vector3;
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Real, Result};
use std::f64::consts::TAU;

/// Longest transform of either axis.
pub(super) const MAX_FFT: f64 = 65_536.0;

/// Where a channel goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<T> {
    pub(super) row: usize,
    pub(super) column: usize,
    /// Share of the channel in its cell, normalisation, and the phase ramp that shifts zero to the middle.
    pub(super) weight: Complex<T>,
}

/// Elements as cells of a grid.
pub(super) struct Layout {
    pub(super) x: Line,
    pub(super) z: Line,
}

/// One coordinate of all elements in units of their spacing.
pub(super) struct Line {
    indices: Vec<usize>,
    /// `None` when all are equal.
    pub(super) spacing_m: Option<f64>,
}

impl Layout {
    pub(super) fn of(positions_m: &[Vector3]) -> Result<Self> {
        let part = |i: usize| positions_m.iter().map(|p| p[i]).collect::<Vec<f64>>();
        let layout = Self { x: Line::of("x", part(0))?, z: Line::of("z", part(2))? };
        let depth = part(1).iter().map(|y| (y - positions_m[0][1]).abs()).fold(0.0, f64::max);
        let spacing = [layout.x.spacing_m, layout.z.spacing_m].into_iter().flatten().fold(0.0, f64::max);
        if depth > Line::TOLERANCE * spacing {
            return Err(Error::invalid("array", "an angle FFT needs all elements at one y"));
        }
        Ok(layout)
    }

    pub(super) fn columns(&self) -> usize {
        self.x.len()
    }

    pub(super) fn rows(&self) -> usize {
        self.z.len()
    }

    pub(super) fn cells<T: Real>(&self, azimuth_fft: usize, elevation_fft: usize) -> Vec<Cell<T>> {
        let places: Vec<(usize, usize)> =
            self.z.indices.iter().copied().zip(self.x.indices.iter().copied()).collect();
        let mut occupied = places.clone();
        occupied.sort_unstable();
        let shared = |place: &(usize, usize)| occupied.iter().filter(|&p| p == place).count() as f64;
        let cells = {
            let mut distinct = occupied.clone();
            distinct.dedup();
            distinct.len() as f64
        };
        let cell = |place: &(usize, usize)| {
            let &(row, column) = place;
            let shift = cis_turns::<f64>(column * (azimuth_fft / 2), azimuth_fft)
                * cis_turns::<f64>(row * (elevation_fft / 2), elevation_fft);
            let weight = shift.conj() / (cells * shared(place));
            Cell { row, column, weight: Complex::new(T::lit(weight.re), T::lit(weight.im)) }
        };
        places.iter().map(cell).collect()
    }
}

impl Line {
    /// How far an element may be off its grid point, in spacings: what layouts given to a micrometre need.
    const TOLERANCE: f64 = 1e-3;

    /// Into how many parts the least gap is divided in search of a grid.
    const FINEST: usize = 8;

    fn of(name: &'static str, coordinates: Vec<f64>) -> Result<Self> {
        let first = coordinates.iter().copied().fold(f64::INFINITY, f64::min);
        let extent = coordinates.iter().map(|x| x - first).fold(0.0, f64::max);
        let mut sorted = coordinates.clone();
        sorted.sort_by(f64::total_cmp);
        let gaps = sorted.windows(2).map(|w| w[1] - w[0]).filter(|gap| *gap > extent / MAX_FFT);
        let least = gaps.fold(f64::INFINITY, f64::min);
        if !(extent > 0.0 && least.is_finite()) {
            return Ok(Self { indices: vec![0; coordinates.len()], spacing_m: None });
        }
        let fits = |spacing: &f64| {
            coordinates
                .iter()
                .map(|x| (x - first) / spacing)
                .all(|i| (i - i.round()).abs() <= Self::TOLERANCE)
        };
        // The least gap need not be the unit: gaps of 2 and 3 spacings make a grid too.
        let spacing = (1..=Self::FINEST)
            .map(|parts| extent / (extent * parts as f64 / least).round())
            .find(fits)
            .ok_or_else(|| {
                Error::invalid("array", format!("its elements lie on no uniform grid in {name}"))
            })?;
        let indices = coordinates.iter().map(|x| ((x - first) / spacing).round() as usize).collect();
        Ok(Self { indices, spacing_m: Some(spacing) })
    }

    fn len(&self) -> usize {
        self.indices.iter().max().map_or(1, |&last| last + 1)
    }
}

/// `exp(+j 2π product / len)`, the product reduced first so that no digit is lost.
pub(super) fn cis_turns<T: Real>(product: usize, len: usize) -> Complex<T> {
    let angle = TAU * ((product % len) as f64 / len as f64);
    Complex::new(T::lit(angle.cos()), T::lit(angle.sin()))
}
