//! ESPRIT: the turn from one half of a uniform line to the other.

use super::basis::Basis;
use super::estimator::{AngleEstimate, AngleEstimator};
use super::front::{Covariance, Eigen, Front};
use super::manifold::Cosines;
use super::uniform::UniformLine;
use crate::covariance::{CovarianceConfig, SourceCount};
use mmw_core::antenna::AntennaArray;
use mmw_core::linalg::{eigenvalues, hermitian_eigen};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{C64, Error, Result};
use std::f64::consts::FRAC_1_SQRT_2;

/// How [`Esprit`] solves for the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EspritKind {
    /// Least squares: the first elements are taken to be free of errors.
    LeastSquares,
    /// Total least squares: errors in both parts alike.
    #[default]
    TotalLeastSquares,
    /// Real arithmetic on the forward-backward average, by least squares: the errors of twice the snapshots.
    Unitary,
}

mmw_core::named!(EspritKind, "kind of ESPRIT" {
    LeastSquares = "least_squares", TotalLeastSquares = "total_least_squares", Unitary = "unitary",
});

/// How [`Esprit`] counts the sources, treats the covariance and solves for the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct EspritConfig {
    /// Number of sources: given, or found by a criterion (MDL by default).
    pub sources: SourceCount,
    /// How the covariance is treated.
    pub covariance: CovarianceConfig,
    /// How the turn is solved for.
    pub kind: EspritKind,
}

/// ESPRIT on a uniform linear array, with subarrays of all elements but the last and all but the first.
///
/// ```text
/// J₂ E_S ≈ J₁ E_S Φ,   eigenvalues of Φ: exp(−j k d · u)
/// unitary:  K₂ E ≈ K₁ E Υ,   eigenvalues of Υ: tan(−k d · u / 2)
/// ```
/// The invariance of [^roy], by least or total least squares, or that of [^haardt] in real numbers, with `E`
/// the eigenvectors of the real part of `Qᴴ R Q`. No grid and no search.
/// Not efficient: the ends of the line count no more than its middle, so one source is found with `√(M/6)`
/// times the bound of `M` elements, about.
///
/// No spectrum comes back. The height of a peak is the power of its echo: that of the amplitudes which fit
/// the snapshots best, all echoes together. Turns that no direction makes are left out.
///
/// # Examples
/// ```
/// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction, ndarray::Array2};
/// use mmw_dsp::covariance::SourceCount;
/// use mmw_dsp::doa::{AngleEstimator, Esprit, EspritConfig, EspritKind, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(12, 2e-3)?;
/// let left = snapshot_of(&ula, 4e-3, Direction::new(-0.35, 0.0)?)?;
/// let right = snapshot_of(&ula, 4e-3, Direction::new(0.21, 0.0)?)?;
/// let x = Array2::from_shape_fn((12, 16), |(n, s)| left[n] + 2.0 * right[n] * C64::cis(0.9 * s as f64));
///
/// for &kind in EspritKind::ALL {
///     let config = EspritConfig { sources: SourceCount::Given(2), kind, ..EspritConfig::default() };
///     let found = Esprit::new(&ula, 4e-3, config)?.estimate(&x)?.angles;
///     assert!((found[0].direction.azimuth_rad - 0.21).abs() < 1e-9);
///     assert!((found[1].direction.azimuth_rad + 0.35).abs() < 1e-9);
/// }
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^roy]: R. Roy and T. Kailath, "ESPRIT: estimation of signal parameters via rotational invariance
/// techniques", IEEE Trans. Acoust. Speech Signal Process., vol. 37, no. 7, pp. 984-995, 1989.
/// [^haardt]: M. Haardt and J. A. Nossek, "Unitary ESPRIT: how to obtain increased estimation accuracy with a
/// reduced computational burden", IEEE Trans. Signal Process., vol. 43, no. 5, pp. 1232-1242, 1995.
#[derive(Debug, Clone)]
pub struct Esprit {
    front: Front,
    line: UniformLine,
    kind: EspritKind,
}

impl Esprit {
    /// Plans for the channels of `array`, in their order along the line.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `array` is a uniform line in the plane of x and z, and as
    /// [`Bartlett::new`](super::Bartlett::new).
    pub fn new(array: &AntennaArray, wavelength_m: f64, config: EspritConfig) -> Result<Self> {
        Ok(Self {
            front: Front::new(array, wavelength_m, config.sources, config.covariance)?,
            line: UniformLine::of("ESPRIT", array, wavelength_m)?,
            kind: config.kind,
        })
    }

    /// The phases from element to element, one a source.
    fn phases(&self, eigen: &Eigen) -> Result<Vec<f64>> {
        if eigen.sources == 0 {
            return Ok(Vec::new());
        }
        let rows: Vec<&[C64]> = eigen.signal().chunks_exact(self.front.len()).collect();
        let turn = match self.kind {
            EspritKind::LeastSquares | EspritKind::Unitary => {
                let (first, second) = self.parts(&rows);
                let basis = Basis::of(first.iter().map(Vec::as_slice)).ok_or_else(singular)?;
                columns(&second.iter().map(|x| basis.coefficients(x)).collect::<Vec<_>>())
            }
            EspritKind::TotalLeastSquares => self.total(&rows)?,
        };
        let values = eigenvalues(&turn)?;
        Ok(match self.kind {
            // Noise may turn two neighbours into a complex pair, whose common real part is what is known.
            EspritKind::Unitary => values.iter().map(|z| 2.0 * z.re.atan()).collect(),
            _ => values.iter().map(|z| z.arg()).collect(),
        })
    }

    /// The columns of both sides of the equation for the turn.
    fn parts(&self, rows: &[&[C64]]) -> (Vec<Vec<C64>>, Vec<Vec<C64>>) {
        let len = self.front.len();
        if self.kind != EspritKind::Unitary {
            return (
                rows.iter().map(|row| row[..len - 1].to_vec()).collect(),
                rows.iter().map(|row| row[1..].to_vec()).collect(),
            );
        }
        // K₁ + j K₂ = Qᴴ J₂ Q, applied to real vectors.
        let both = rows.iter().map(|row| to_real(&from_real(row)[1..]));
        let of = |column: Vec<C64>| -> (Vec<C64>, Vec<C64>) {
            column.into_iter().map(|z| (C64::from(z.re), C64::from(z.im))).unzip()
        };
        both.map(of).unzip()
    }

    /// `−V₁₂ V₂₂⁻¹` from the eigenvectors of `[E₁ E₂]ᴴ [E₁ E₂]` with the least eigenvalues.
    fn total(&self, rows: &[&[C64]]) -> Result<Array2<C64>> {
        let count = rows.len();
        let (first, second) = self.parts(rows);
        let all: Vec<Vec<C64>> = first.into_iter().chain(second).collect();
        let gram =
            Array2::from_shape_fn((2 * count, 2 * count), |(i, j)| super::basis::inner(&all[i], &all[j]));
        let vectors = hermitian_eigen(&gram)?.vectors;
        let row = |i: usize| (0..count).map(|k| vectors[[i, k]]).collect::<Vec<C64>>();
        let lower: Vec<Vec<C64>> = (count..2 * count).map(row).collect();
        let basis = Basis::of(lower.iter().map(Vec::as_slice)).ok_or_else(singular)?;
        let solved: Vec<Vec<C64>> = (0..count).map(|i| basis.coefficients(&row(i))).collect();
        Ok(Array2::from_shape_fn((count, count), |(i, j)| -solved[i][j]))
    }

    /// The covariance that the subspace is taken from: that of `Qᴴ x`, made real, for the unitary kind.
    fn turned(&self, covariance: Covariance) -> Covariance {
        if self.kind != EspritKind::Unitary {
            return covariance;
        }
        let len = covariance.matrix.nrows();
        // The rows of Rᵀ are the columns of R; Qᴴ R Q = (Qᴴ (Qᴴ R)ᴴ)ᴴ.
        let left: Vec<Vec<C64>> =
            covariance.matrix.columns().into_iter().map(|c| to_real(&c.to_vec())).collect();
        let right: Vec<Vec<C64>> = (0..len)
            .map(|i| to_real(&left.iter().map(|column| column[i].conj()).collect::<Vec<_>>()))
            .collect();
        let matrix =
            Array2::from_shape_fn((len, len), |(i, j)| C64::from(0.5 * (right[i][j].re + right[j][i].re)));
        Covariance { matrix, ..covariance }
    }
}

impl AngleEstimator for Esprit {
    /// As the trait says, and [`Error::Singular`] when the subspace has no turn: as many sources as elements
    /// less one may lead there.
    fn estimate(&self, snapshots: &ArrayRef2<C64>) -> Result<AngleEstimate> {
        let covariance = self.front.covariance(snapshots)?;
        let turned = self.turned(covariance.clone());
        let phases = self.phases(&self.front.taken_apart(&turned)?)?;
        let directions: Vec<Cosines> =
            phases.into_iter().filter_map(|phase| self.line.direction(phase)).collect();
        let angles = self.front.peaks(&self.front.taken_apart(&covariance)?, &directions)?;
        Ok(AngleEstimate { spectrum: None, angles })
    }
}

fn singular() -> Error {
    Error::Singular { name: "signal subspace of ESPRIT".into() }
}

fn columns(columns: &[Vec<C64>]) -> Array2<C64> {
    Array2::from_shape_fn((columns.len(), columns.len()), |(i, j)| columns[j][i])
}

/// `Qᴴ x` for the matrix of [^haardt] that takes vectors with `x_{M−1−n} = x_n*` to real ones.
fn to_real(x: &[C64]) -> Vec<C64> {
    let (n, half) = (x.len(), x.len() / 2);
    let pairs = |sign: f64| {
        (0..half).map(move |i| {
            FRAC_1_SQRT_2 * (x[i] + sign * x[n - 1 - i]) * if sign > 0.0 { C64::from(1.0) } else { -C64::i() }
        })
    };
    let middle = x.get(half).filter(|_| n % 2 == 1).copied();
    pairs(1.0).chain(middle).chain(pairs(-1.0)).collect()
}

/// `Q y`, the way back.
fn from_real(y: &[C64]) -> Vec<C64> {
    let (n, half) = (y.len(), y.len() / 2);
    let place = |i: usize, sign: f64| FRAC_1_SQRT_2 * (y[i] + sign * C64::i() * y[n - half + i]);
    let middle = y.get(half).filter(|_| n % 2 == 1).copied();
    let last = (0..half).rev().map(|i| place(i, -1.0));
    (0..half).map(|i| place(i, 1.0)).chain(middle).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_transform_is_unitary_and_makes_symmetric_vectors_real() {
        for len in [2, 3, 8, 11] {
            let x: Vec<C64> = (0..len).map(|i| C64::cis(1.7 * (i * i) as f64) * (1.0 + i as f64)).collect();
            let back = from_real(&to_real(&x));
            // Sums of two terms below 12.
            assert!(back.iter().zip(&x).all(|(a, b)| (a - b).norm() < 1e-14), "{len}");
            let steering: Vec<C64> =
                (0..len).map(|i| C64::cis(0.4 * (i as f64 - 0.5 * (len - 1) as f64))).collect();
            assert!(to_real(&steering).iter().all(|z| z.im.abs() < 1e-15));
        }
    }
}
