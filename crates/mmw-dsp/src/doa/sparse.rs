//! Methods that explain the covariance by powers on all points of a grid.

use super::basis::inner;
use super::estimator::AngleEstimate;
use super::fit::{Aim, Fitter};
use super::front::Eigen;
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

    pub(super) fn new(scanned: &Scanned, powers: &[f64], noise: f64) -> Result<Self> {
        let len = scanned.front.len();
        let mut matrix = scanned.steering.covariance(powers);
        let mean = powers.iter().sum::<f64>() + noise;
        let noise = noise.max(Self::LEAST_NOISE * mean);
        matrix.diag_mut().iter_mut().for_each(|z| z.re += noise);
        let mut solver = HermitianSolver::new(len)?;
        solver.decompose(&matrix)?;
        let values = solver.values().iter().map(|value| value.max(0.5 * noise)).collect();
        let mut vectors = Array2::zeros((len, len));
        solver.vectors_into(0..len, &mut vectors.view_mut().reversed_axes())?;
        Ok(Self { values, vectors: vectors.into_raw_vec_and_offset().0 })
    }

    /// Rows `v_k` with `R⁻¹ = Σ_k v_k v_kᴴ`.
    pub(super) fn root_of_inverse(&self) -> Vec<C64> {
        let vectors = self.vectors.chunks_exact(self.values.len()).zip(&self.values);
        vectors.flat_map(|(vector, value)| vector.iter().map(|z| z / value.sqrt())).collect()
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
