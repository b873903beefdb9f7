//! What the methods share before they differ: array and covariance checked, eigenvalues and eigenvectors.

use super::basis;
use super::estimator::AnglePeak;
use super::manifold::{Cosines, Manifold};
use crate::covariance::{
    CovarianceConfig, SourceCount, check_given, forward_backward_in_place, intensity, sample_covariance,
    shrunk, source_count, spatial_smoothing_into,
};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::{Vector3, difference, norm, sum};
use mmw_core::linalg::HermitianSolver;
use mmw_core::math::power_of_two_below;
use mmw_core::ndarray::{Array2, ArrayRef2, ArrayView1};
use mmw_core::{C64, Error, Result, check};

/// Eigenvalues below this share of the greatest are rounding.
pub(super) const RELATIVE_FLOOR: f64 = 1e-13;

/// An array, how its covariance is treated, and how its sources are counted.
#[derive(Debug, Clone)]
pub(super) struct Front {
    config: CovarianceConfig,
    pub(super) sources: SourceCount,
    pub(super) channels: usize,
    /// Of the channels that the covariance has: those of the first subarray, when smoothed.
    pub(super) manifold: Manifold,
}

impl Front {
    pub(super) fn new(
        array: &AntennaArray,
        wavelength_m: f64,
        sources: SourceCount,
        config: CovarianceConfig,
    ) -> Result<Self> {
        let positions = array.positions_m();
        let len = config.smoothing.unwrap_or(positions.len());
        check::at_least("channels of a subarray", len, 2)?;
        let kept = positions.get(..len).ok_or_else(|| {
            Error::domain("smoothing", len as f64, format!("at most {}, the channels", positions.len()))
        })?;
        if let SourceCount::Given(count) = sources {
            check_given(count, len)?;
        }
        if config.smoothing.is_some() && !is_uniform_line(positions) {
            return Err(Error::invalid("smoothing", "needs a uniform linear array"));
        }
        if config.forward_backward && !is_symmetric(kept) {
            return Err(Error::invalid("forward_backward", "needs an array symmetric about its centre"));
        }
        let manifold = Manifold::new(&AntennaArray::from_positions(kept.to_vec())?, wavelength_m)?;
        Ok(Self { config, sources, channels: positions.len(), manifold })
    }

    /// Channels of the covariance.
    pub(super) fn len(&self) -> usize {
        self.manifold.len()
    }

    /// The treated covariance of `snapshots`, `[channel, snapshot]`, divided by a power of two.
    pub(super) fn covariance(&self, snapshots: &ArrayRef2<C64>) -> Result<Covariance> {
        let count = snapshots.ncols();
        check::same_shape("snapshots", &[self.channels, count], snapshots.shape())?;
        check::at_least("snapshots", count, 1)?;
        check::all_finite_complex("snapshots", snapshots)?;
        let peak = snapshots.iter().fold(0.0_f64, |m, z| m.max(z.re.abs()).max(z.im.abs()));
        let scale = power_of_two_below(peak);
        let scaled = snapshots.mapv(|z| z / scale);
        let mut matrix = sample_covariance(&scaled)?;
        if let Some(kind) = self.config.shrinkage {
            matrix = shrunk(&matrix, intensity(&scaled, &matrix, kind))?;
        }
        let matrix = std::mem::take(self.averaged(&mut matrix, &mut Array2::zeros((self.len(), self.len()))));
        Ok(Covariance { matrix, snapshots: count, scale })
    }

    /// A covariance of all channels after smoothing, into memory for it, and averaging, in place.
    pub(super) fn averaged<'a>(
        &self,
        full: &'a mut Array2<C64>,
        smoothed: &'a mut Array2<C64>,
    ) -> &'a mut Array2<C64> {
        let matrix = if self.config.smoothing.is_some() {
            spatial_smoothing_into(full, smoothed);
            smoothed
        } else {
            full
        };
        if self.config.forward_backward {
            forward_backward_in_place(matrix);
        }
        matrix
    }

    /// The covariance of `snapshots`, taken apart, and the number of sources in it.
    pub(super) fn decompose(&self, snapshots: &ArrayRef2<C64>) -> Result<Eigen> {
        let covariance = self.covariance(snapshots)?;
        self.taken_apart(&covariance)
    }

    /// Eigenvalues and eigenvectors of a covariance, and the number of sources in it.
    pub(super) fn taken_apart(&self, covariance: &Covariance) -> Result<Eigen> {
        let len = covariance.matrix.nrows();
        let mut solver = HermitianSolver::new(len)?;
        solver.decompose(&covariance.matrix)?;
        let values: Vec<f64> = solver.values().iter().map(|value| value.max(0.0)).collect();
        let sources = match self.sources {
            SourceCount::Given(count) if values[len - 1] > 0.0 => count,
            SourceCount::Given(_) => 0,
            method => source_count(&ArrayView1::from(&values[..]), covariance.snapshots, method)?,
        };
        let mut vectors = Array2::zeros((len, len));
        solver.vectors_into(0..len, &mut vectors.view_mut().reversed_axes())?;
        Ok(Eigen { values, vectors: vectors.into_raw_vec_and_offset().0, scale: covariance.scale, sources })
    }

    /// Peaks at `directions`, strongest first, each with the mean power of its echo: that of the amplitudes
    /// which fit the snapshots best, all echoes together.
    pub(super) fn peaks(&self, eigen: &Eigen, directions: &[Cosines]) -> Result<Vec<AnglePeak>> {
        let steering: Vec<Vec<C64>> =
            directions.iter().map(|at| self.manifold.response(at.direction()).collect()).collect();
        let data = eigen.weighted(|_, value| value);
        let rows = || data.chunks_exact(self.len());
        let powers: Vec<f64> = match basis::Basis::of(steering.iter().map(Vec::as_slice)) {
            Some(basis) => rows().fold(vec![0.0; steering.len()], |mut sums, row| {
                let weights = basis.coefficients(row);
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight.norm_sqr());
                sums
            }),
            // Directions that are the same to rounding share their echo: each is given what a beam gets.
            None => {
                let beam = |a: &Vec<C64>| rows().map(|row| basis::inner(a, row).norm_sqr()).sum::<f64>();
                steering.iter().map(|a| beam(a) / (a.len() * a.len()) as f64).collect()
            }
        };
        let peaks = directions
            .iter()
            .zip(powers)
            .map(|(at, power)| Ok(AnglePeak { direction: at.direction(), height: eigen.power(power)? }));
        let mut peaks: Vec<AnglePeak> = peaks.collect::<Result<_>>()?;
        peaks.sort_by(|a, b| b.height.total_cmp(&a.height));
        Ok(peaks)
    }
}

/// A covariance of snapshots that were divided by `scale`.
#[derive(Debug, Clone)]
pub(super) struct Covariance {
    pub(super) matrix: Array2<C64>,
    pub(super) snapshots: usize,
    pub(super) scale: f64,
}

/// A covariance, taken apart.
pub(super) struct Eigen {
    /// Ascending, none below zero.
    pub(super) values: Vec<f64>,
    /// In rows.
    vectors: Vec<C64>,
    /// What the snapshots were divided by.
    scale: f64,
    pub(super) sources: usize,
}

impl Eigen {
    fn len(&self) -> usize {
        self.values.len()
    }

    /// The eigenvectors of the sources, in rows.
    pub(super) fn signal(&self) -> &[C64] {
        &self.vectors[(self.len() - self.sources) * self.len()..]
    }

    /// Eigenvectors times the square root of a weight, in rows; those of weight zero are left out.
    pub(super) fn weighted(&self, weight: impl Fn(usize, f64) -> f64) -> Vec<C64> {
        let mut rows = Vec::with_capacity(self.vectors.len());
        for (k, vector) in self.vectors.chunks_exact(self.len()).enumerate() {
            let weight = weight(k, self.values[k]);
            if weight > 0.0 {
                let root = weight.sqrt();
                rows.extend(vector.iter().map(|z| z * root));
            }
        }
        rows
    }

    /// Rows `r_c` with `Σ_c r_c r_cᴴ` the covariance, without those that are rounding.
    pub(super) fn data(&self) -> Vec<C64> {
        let floor = RELATIVE_FLOOR * self.values.last().copied().unwrap_or_default();
        self.weighted(|_, value| if value > floor { value } else { 0.0 })
    }

    /// A power of the scaled snapshots as one of the snapshots.
    pub(super) fn power(&self, scaled: f64) -> Result<f64> {
        check::finite("power of an echo", scaled * self.scale * self.scale)
    }
}

/// Positions count as equal when they differ by less than this part of the extent of the array.
const SAME_PLACE: f64 = 1e-6;

fn extent(positions: &[Vector3]) -> f64 {
    positions.iter().map(|&p| norm(difference(p, positions[0]))).fold(0.0, f64::max)
}

fn is_symmetric(positions: &[Vector3]) -> bool {
    let tolerance = SAME_PLACE * extent(positions);
    let ends = sum(positions[0], positions[positions.len() - 1]);
    let pairs = positions.iter().zip(positions.iter().rev());
    pairs.map(|(&p, &q)| norm(difference(sum(p, q), ends))).all(|off| off <= tolerance)
}

pub(super) fn is_uniform_line(positions: &[Vector3]) -> bool {
    let tolerance = SAME_PLACE * extent(positions);
    let Some(&second) = positions.get(1) else { return false };
    let step = difference(second, positions[0]);
    let steps = positions.windows(2).map(|w| norm(difference(difference(w[1], w[0]), step)));
    tolerance > 0.0 && steps.fold(0.0, f64::max) <= tolerance
}
