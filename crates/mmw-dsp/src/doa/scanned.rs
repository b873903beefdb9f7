//! Methods that scan a grid: a spectrum from quadratic forms, its summits climbed off the grid.

use super::AngleGrid;
use super::estimator::{AngleEstimate, AnglePeak};
use super::front::Front;
use super::manifold::Cosines;
use super::music::summits;
use super::projection::Steering;
use super::refine::Climber;
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::Array2;
use mmw_core::{C64, DataArray2, Result};

/// An array and the grid that it scans.
#[derive(Debug, Clone)]
pub(super) struct Scanned {
    pub(super) front: Front,
    pub(super) grid: AngleGrid,
    pub(super) steering: Steering,
}

impl Scanned {
    pub(super) fn new(
        array: &AntennaArray,
        wavelength_m: f64,
        grid: AngleGrid,
        sources: SourceCount,
        config: CovarianceConfig,
    ) -> Result<Self> {
        let front = Front::new(array, wavelength_m, sources, config)?;
        let columns = grid.azimuth().len();
        let directions =
            (0..grid.directions()).map(|d| front.manifold.response(grid.direction(d / columns, d % columns)));
        let steering = Steering::new(front.len(), directions);
        Ok(Self { front, grid, steering })
    }

    /// `finish(Σ_k |aᴴ e_k|²)` for each direction of the grid, vectors in rows.
    pub(super) fn forms(&self, vectors: &[C64], finish: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut out = vec![0.0; self.grid.directions()];
        self.steering.project(vectors, &mut out, finish);
        out
    }

    /// The direction of a summit of the grid, climbed to where `Σ_k |aᴴ e_k|²` is greatest nearby; the value.
    pub(super) fn climb(&self, vectors: &[C64], (row, column): (usize, usize)) -> (Cosines, f64) {
        let climber =
            Climber { manifold: &self.front.manifold, free: self.free(), reach: self.reach(row, column) };
        let start = Cosines::of(self.grid.direction(row, column));
        climber.climb(vectors.chunks_exact(self.front.len()), start)
    }

    /// The spectrum with its axes, and the `count` highest of its summits after `refine`.
    pub(super) fn estimate(
        &self,
        name: &'static str,
        spectrum: Vec<f64>,
        count: usize,
        refine: impl Fn((usize, usize)) -> Result<AnglePeak>,
    ) -> Result<AngleEstimate> {
        let spectrum = self.map(name, spectrum)?;
        // Between two grid points a sharp summit may look lower than a broad one: refine some more first.
        let summits = summits(spectrum.data()).into_iter().take(2 * count + 2);
        let mut angles: Vec<AnglePeak> =
            if count > 0 { summits.map(refine).collect::<Result<_>>()? } else { Vec::new() };
        angles.sort_by(|a, b| b.height.total_cmp(&a.height));
        angles.truncate(count);
        Ok(AngleEstimate { spectrum: Some(spectrum), angles })
    }

    /// Values over the grid as a map, `[elevation, azimuth]`.
    pub(super) fn map(&self, name: &'static str, values: Vec<f64>) -> Result<DataArray2<f64>> {
        let (rows, columns) = (self.grid.elevation().len(), self.grid.azimuth().len());
        let mut map = Array2::zeros((rows, columns));
        map.iter_mut().zip(values).for_each(|(out, value)| *out = value);
        DataArray2::new(name, "", map, vec![self.grid.elevation().clone(), self.grid.azimuth().clone()])
    }

    /// Which cosines are scanned and resolved.
    pub(super) fn free(&self) -> [bool; 2] {
        let scanned = [self.grid.azimuth().len() > 1, self.grid.elevation().len() > 1];
        let resolvable = self.front.manifold.resolvable;
        [scanned[0] && resolvable.azimuth, scanned[1] && resolvable.elevation]
    }

    /// How far the neighbours of a grid point are in `u` and `w`.
    fn reach(&self, row: usize, column: usize) -> [f64; 2] {
        let [u, _, w] = self.grid.direction(row, column).unit_vector();
        let around = |at: usize| at.saturating_sub(1)..=at + 1;
        let near = around(row).flat_map(|i| around(column).map(move |j| self.grid.direction(i, j)));
        near.fold([0.0_f64; 2], |reach, direction| {
            let [nu, _, nw] = direction.unit_vector();
            [reach[0].max((nu - u).abs()), reach[1].max((nw - w).abs())]
        })
    }
}
