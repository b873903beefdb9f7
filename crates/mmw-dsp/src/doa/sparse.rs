//! Methods that explain the covariance by powers on all points of a grid.

use super::basis::inner;
use super::estimator::AngleEstimate;
use super::fit::{Aim, Fitter};
use super::front::Eigen;
use super::lags::{Folded, LagSums, Lags};
use super::manifold::Cosines;
use super::music::summits;
use super::scanned::Scanned;
use mmw_core::linalg::HermitianSolver;
use mmw_core::ndarray::Array2;
use mmw_core::{C64, Result, check};

/// `Σ_g p_g a_g a_gᴴ + σ² 1`, taken apart.
pub(super) struct Modelled {
    /// Eigenvalues, above zero.
    pub(super) values: Vec<f64>,
    /// Eigenvectors in rows.
    vectors: Vec<C64>,
}

impl Modelled {
    /// Noise below this share of the mean power of a channel is taken as that, so that there is an inverse.
    const LEAST_NOISE: f64 = 1e-10;

    pub(super) fn new(lags: &Lags, sums: &LagSums, noise: f64) -> Result<Self> {
        Self::of(lags.covariance(sums), sums.power, noise)
    }

    /// From `Σ_g p_g a_g a_gᴴ`, whose powers make `power` in all.
    fn of(mut matrix: Array2<C64>, power: f64, noise: f64) -> Result<Self> {
        let len = matrix.nrows();
        let noise = noise.max(Self::LEAST_NOISE * (power + noise));
        matrix.diag_mut().iter_mut().for_each(|z| z.re += noise);
        let mut solver = HermitianSolver::new(len)?;
        solver.decompose(&matrix)?;
        let values = solver.values().iter().map(|value| value.max(0.5 * noise)).collect();
        let mut vectors = Array2::zeros((len, len));
        solver.vectors_into(0..len, &mut vectors.view_mut().reversed_axes())?;
        Ok(Self { values, vectors: vectors.into_raw_vec_and_offset().0 })
    }

    /// `R⁻¹`, ready for its forms.
    pub(super) fn folded_inverse(&self, lags: &Lags) -> Folded {
        let len = self.values.len();
        let mut inverse = Array2::zeros((len, len));
        for (vector, value) in self.vectors.chunks_exact(len).zip(&self.values) {
            for (mut row, z) in inverse.outer_iter_mut().zip(vector) {
                let part = z / value;
                row.iter_mut().zip(vector).for_each(|(sum, v)| *sum += part * v.conj());
            }
        }
        let greatest = self.values.last().copied().unwrap_or_default();
        lags.folded(&inverse, greatest.recip())
    }

    /// `R⁻¹ r_c` for rows `r_c`.
    pub(super) fn whitened(&self, data: &[C64]) -> Vec<C64> {
        let len = self.values.len();
        let mut out = vec![C64::default(); data.len()];
        for (out, row) in out.chunks_exact_mut(len).zip(data.chunks_exact(len)) {
            for (vector, value) in self.vectors.chunks_exact(len).zip(&self.values) {
                let part = inner(vector, row) / value;
                out.iter_mut().zip(vector).for_each(|(z, v)| *z += part * v);
            }
        }
        out
    }
}

impl Scanned {
    /// The differences of the places of the array, over the grid.
    pub(super) fn lags(&self) -> Lags {
        let columns = self.grid.azimuth().len();
        let direction = |d: usize| self.grid.direction(d / columns, d % columns);
        let directions: Vec<_> = (0..self.grid.directions()).map(direction).collect();
        Lags::new(&self.front.manifold, &directions)
    }

    /// The estimate of a method whose `powers` stand on the grid: the strongest summits, as many as there are
    /// sources, led off the grid together by least squares.
    pub(super) fn sparse_estimate(
        &self,
        name: &'static str,
        powers: &[f64],
        eigen: &Eigen,
        data: &[C64],
    ) -> Result<AngleEstimate> {
        let spectrum = powers.iter().map(|&power| eigen.power(power)).collect::<Result<Vec<f64>>>()?;
        let spectrum = self.map(name, spectrum)?;
        let highest = summits(spectrum.data()).into_iter().filter(|&point| spectrum.data()[point] > 0.0);
        let start: Vec<Cosines> = highest
            .take(eigen.sources)
            .map(|(row, column)| Cosines::of(self.grid.direction(row, column)))
            .collect();
        let fitter =
            Fitter { manifold: &self.front.manifold, free: self.free(), aim: Aim::LeastSquares, data };
        // Grid points that the array confuses have no fit of their own.
        let directions = fitter.descended(start.clone()).unwrap_or(start);
        let angles = self.front.peaks(eigen, &directions)?;
        Ok(AngleEstimate { spectrum: Some(spectrum), angles })
    }

    /// The powers of the conventional beamformer, where both methods begin.
    pub(super) fn beams(&self, data: &[C64]) -> Vec<f64> {
        let gain = (self.front.len() as f64).powi(2);
        self.forms(data, |form| form / gain)
    }
}

/// At least one iteration and no more than would take forever.
pub(super) fn check_iterations(iterations: usize) -> Result<usize> {
    check::in_range("iterations", iterations as f64, 1.0, 1e6)?;
    Ok(iterations)
}

/// What the methods iterate with, by steering vectors and eigenvectors.
#[cfg(test)]
pub(super) mod slow {
    use super::*;

    pub(in super::super) struct Slow<'a> {
        pub(in super::super) model: Modelled,
        scanned: &'a Scanned,
    }

    impl<'a> Slow<'a> {
        pub(in super::super) fn new(scanned: &'a Scanned, powers: &[f64], noise: f64) -> Self {
            let matrix = scanned.steering.covariance(powers);
            Self { model: Modelled::of(matrix, powers.iter().sum(), noise).unwrap(), scanned }
        }

        /// `Σ_c |aᴴ R⁻¹ r_c|²` and `aᴴ R⁻¹ a` of each direction.
        pub(in super::super) fn forms(&self, data: &[C64]) -> [Vec<f64>; 2] {
            let Modelled { values, vectors } = &self.model;
            let rows = vectors.chunks_exact(values.len()).zip(values);
            let root: Vec<C64> = rows.flat_map(|(row, value)| row.iter().map(|z| z / value.sqrt())).collect();
            [&self.model.whitened(data), &root].map(|rows| self.scanned.forms(rows, |form| form))
        }
    }
}
