//! Bounds of the directions of several sources, seen by any array.

use crate::doa::basis::{Basis, inner};
use crate::doa::snapshot_of;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::{Direction, Vector3, dot};
use mmw_core::linalg::solve_definite;
use mmw_core::ndarray::{Array2, s};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::TAU;

/// What is known of the echoes beside their directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SignalModel {
    /// Nothing: each echo has an unknown amplitude in each snapshot (the conditional model).
    Deterministic,
    /// They are circular normal with an unknown covariance (the unconditional model); its bound is the one
    /// that can be reached.
    Stochastic,
}

mmw_core::named!(SignalModel, "model of the signals" {
    Deterministic = "deterministic", Stochastic = "stochastic",
});

/// Which angles of the sources are unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum UnknownAngles {
    /// Azimuths, at known elevations: linear arrays along x.
    Azimuth,
    /// Elevations, at known azimuths: linear arrays along z.
    Elevation,
    /// Both: planar arrays.
    Both,
}

mmw_core::named!(UnknownAngles, "unknown angles" {
    Azimuth = "azimuth", Elevation = "elevation", Both = "both",
});

/// Sources in white noise, as an array sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectionSources {
    /// Where they are, one a source.
    pub directions: Vec<Direction>,
    /// Covariance of the echoes in one channel, `[source, source]`, Hermitian and not negative: powers on the
    /// diagonal. For [`SignalModel::Deterministic`] that of the snapshots taken.
    pub covariance: Array2<C64>,
    /// Power of the noise of one channel, in the same unit.
    pub noise_power: f64,
    /// Number of snapshots.
    pub snapshots: usize,
}

impl DirectionSources {
    /// Sources that do not depend on each other, `snr` (linear, of one channel and snapshot) each.
    ///
    /// # Errors
    /// [`Error::Domain`] for an SNR that is not finite or not above zero.
    pub fn uncorrelated(directions: Vec<Direction>, snr: f64, snapshots: usize) -> Result<Self> {
        let power = C64::from(check::positive("snr", snr)?);
        let covariance = Array2::from_diag_elem(directions.len(), power);
        Ok(Self { directions, covariance, noise_power: 1.0, snapshots })
    }
}

/// Smallest standard deviations of the direction of one source.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct DirectionBound {
    /// Azimuth, rad; `None` where it is taken as known.
    pub azimuth_rad: Option<f64>,
    /// Elevation, rad; `None` where it is taken as known.
    pub elevation_rad: Option<f64>,
}

mmw_core::checked_serde!(DirectionBound { azimuth_rad, elevation_rad });

/// The Cramér-Rao bounds of the directions of several sources at once, one a source.
///
/// ```text
/// deterministic: C⁻¹ = (2 N / σ²) Re{ (Dᴴ P⊥ D) ⊙ Sᵀ }
/// stochastic:    C⁻¹ = (2 N / σ²) Re{ (Dᴴ P⊥ D) ⊙ (S Aᴴ R⁻¹ A S)ᵀ },   R = A S Aᴴ + σ² 1
/// ```
/// Theorem 4.1 of [^conditional] and equation (3.1) of [^unconditional], with a column of `D`, the derivative
/// of a steering vector, for each unknown angle, and `S` repeated for the two angles of one source. `P⊥` is
/// the projection outside the span of the `M` by `K` steering vectors `A`; `N` snapshots. The phase of each
/// echo is unknown, and so is the noise power. Deviations are the roots of the diagonal of `C`.
///
/// # Errors
/// [`Error::TooFew`] without sources, snapshots or more channels than sources; [`Error::Shape`] for a
/// covariance that does not fit, [`Error::NotFinite`] or [`Error::Invalid`] for one that is not finite or not
/// Hermitian; [`Error::Domain`] for a bad wavelength, direction, source power or noise power;
/// [`Error::Singular`] where the array does not tell the sources apart or does not resolve an angle.
///
/// # Examples
/// ```
/// use mmw_core::{antenna::AntennaArray, geometry::Direction};
/// use mmw_dsp::crlb::{DirectionSources, SignalModel, UnknownAngles, direction_bounds};
///
/// let ula = AntennaArray::uniform_linear(12, 2e-3)?;
/// let ahead = DirectionSources::uncorrelated(vec![Direction::new(0.0, 0.0)?], 10.0, 128)?;
/// let bound = direction_bounds(&ula, 4e-3, &ahead, SignalModel::Deterministic, UnknownAngles::Azimuth)?;
/// // Half a wavelength apart: var = 6 / (π² SNR N M (M² - 1)).
/// let exact = (6.0 / (std::f64::consts::PI.powi(2) * 10.0 * 128.0 * 12.0 * 143.0_f64)).sqrt();
/// assert!((bound[0].azimuth_rad.unwrap_or_default() / exact - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^conditional]: P. Stoica and A. Nehorai, "MUSIC, maximum likelihood, and Cramér-Rao bound", IEEE Trans.
/// Acoust. Speech Signal Process., vol. 37, no. 5, pp. 720-741, 1989.
/// [^unconditional]: P. Stoica and A. Nehorai, "Performance study of conditional and unconditional
/// direction-of-arrival estimation", IEEE Trans. Acoust. Speech Signal Process., vol. 38, no. 10,
/// pp. 1783-1795, 1990.
pub fn direction_bounds(
    array: &AntennaArray,
    wavelength_m: f64,
    sources: &DirectionSources,
    model: SignalModel,
    unknown: UnknownAngles,
) -> Result<Vec<DirectionBound>> {
    check_sources(array, sources)?;
    let steering = sources
        .directions
        .iter()
        .map(|&direction| Ok(snapshot_of(array, wavelength_m, direction)?.to_vec()))
        .collect::<Result<Vec<Vec<C64>>>>()?;
    let basis = Basis::of(steering.iter().map(Vec::as_slice)).ok_or_else(|| singular("steering vectors"))?;
    let angles: &[Angle] = match unknown {
        UnknownAngles::Azimuth => &[Angle::Azimuth],
        UnknownAngles::Elevation => &[Angle::Elevation],
        UnknownAngles::Both => &[Angle::Azimuth, Angle::Elevation],
    };
    let derivatives: Vec<Vec<C64>> = steering
        .iter()
        .zip(&sources.directions)
        .flat_map(|(a, &direction)| {
            angles.iter().map(move |angle| angle.derivative(array, wavelength_m, direction, a))
        })
        .map(|derivative| basis.outside(&derivative))
        .collect();
    let weights = match model {
        SignalModel::Deterministic => sources.covariance.clone(),
        SignalModel::Stochastic => stochastic_weights(&steering, sources)?,
    };
    let factor = 2.0 * sources.snapshots as f64 / sources.noise_power;
    let size = derivatives.len();
    let fisher = Array2::from_shape_fn((size, size), |(j, k)| {
        let weight = weights[[k / angles.len(), j / angles.len()]];
        factor * (inner(&derivatives[j], &derivatives[k]) * weight).re
    });
    let deviations = deviations(&fisher)?;
    let of = |deviations: &[f64], wanted: Angle| {
        angles.iter().position(|&angle| angle == wanted).and_then(|i| deviations.get(i).copied())
    };
    let bounds = deviations.chunks_exact(angles.len()).map(|deviations| DirectionBound {
        azimuth_rad: of(deviations, Angle::Azimuth),
        elevation_rad: of(deviations, Angle::Elevation),
    });
    Ok(bounds.collect())
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Angle {
    Azimuth,
    Elevation,
}

impl Angle {
    /// The derivative of the response `a`.
    fn derivative(
        self,
        array: &AntennaArray,
        wavelength_m: f64,
        direction: Direction,
        a: &[C64],
    ) -> Vec<C64> {
        let (sin_az, cos_az) = direction.azimuth_rad.sin_cos();
        let (sin_el, cos_el) = direction.elevation_rad.sin_cos();
        let slope: Vector3 = match self {
            Self::Azimuth => [cos_el * cos_az, -cos_el * sin_az, 0.0],
            Self::Elevation => [-sin_el * sin_az, -sin_el * cos_az, cos_el],
        };
        let phase = |&p: &Vector3| -TAU / wavelength_m * dot(slope, p);
        array.positions_m().iter().zip(a).map(|(p, a)| a * C64::new(0.0, phase(p))).collect()
    }
}

fn check_sources(array: &AntennaArray, sources: &DirectionSources) -> Result<()> {
    let count = check::at_least("sources", sources.directions.len(), 1)?;
    check::at_least("channels of the array", array.len(), count + 1)?;
    check::at_least("snapshots", sources.snapshots, 1)?;
    check::positive("noise_power", sources.noise_power)?;
    let covariance = &sources.covariance;
    check::same_shape("covariance", &[count, count], covariance.shape())?;
    check::all_finite_complex("covariance", covariance)?;
    for direction in &sources.directions {
        Direction::new(direction.azimuth_rad, direction.elevation_rad)?;
    }
    for i in 0..count {
        check::positive("power of a source", covariance[[i, i]].re)?;
        for j in 0..=i {
            let (low, high) = (covariance[[i, j]], covariance[[j, i]]);
            let limit = (covariance[[i, i]].re.sqrt() * covariance[[j, j]].re.sqrt()).max(f64::MIN_POSITIVE);
            // Of products summed in f64, the two halves agree to this.
            if (low - high.conj()).norm() > 1e-10 * limit || low.norm() > (1.0 + 1e-10) * limit {
                return Err(Error::invalid("covariance", "must be Hermitian and not negative"));
            }
        }
    }
    Ok(())
}

/// `S (σ² 1 + G S)⁻¹ G S` with `G = Aᴴ A`, which is `S Aᴴ R⁻¹ A S`.
fn stochastic_weights(steering: &[Vec<C64>], sources: &DirectionSources) -> Result<Array2<C64>> {
    let count = steering.len();
    let power = &sources.covariance;
    let gram = Array2::from_shape_fn((count, count), |(i, j)| inner(&steering[i], &steering[j]));
    let product = |a: &Array2<C64>, b: &Array2<C64>| {
        Array2::from_shape_fn((count, count), |(i, j)| (0..count).map(|k| a[[i, k]] * b[[k, j]]).sum::<C64>())
    };
    let right = product(&gram, power);
    let mut left = right.clone();
    left.diag_mut().iter_mut().for_each(|z| *z += sources.noise_power);
    let columns: Vec<Vec<C64>> = left.columns().into_iter().map(|column| column.to_vec()).collect();
    let basis = Basis::of(columns.iter().map(Vec::as_slice)).ok_or_else(|| singular("covariance"))?;
    let mut solved = Array2::zeros((count, count));
    for j in 0..count {
        let column = basis.coefficients(&right.column(j).to_vec());
        solved.slice_mut(s![.., j]).iter_mut().zip(column).for_each(|(out, z)| *out = z);
    }
    Ok(product(power, &solved))
}

/// The roots of the diagonal of the inverse of `fisher`, whose columns may differ by orders of magnitude.
fn deviations(fisher: &Array2<f64>) -> Result<Vec<f64>> {
    /// Share of its information that the other parameters must leave to each; rounding leaves about 1e-13.
    const LEAST: f64 = 1e-10;
    let scale: Vec<f64> = fisher.diag().iter().map(|x| x.sqrt()).collect();
    // The negation refuses NaN.
    if scale.iter().any(|&s| !(s > 0.0 && s.is_finite())) {
        return Err(singular("Fisher information of the directions"));
    }
    let size = scale.len();
    let scaled: Vec<f64> = fisher.indexed_iter().map(|((i, j), x)| x / scale[i] / scale[j]).collect();
    let deviation = |i: usize| -> Result<f64> {
        let mut unit = vec![0.0; size];
        unit[i] = 1.0;
        solve_definite(&mut scaled.clone(), &mut unit, LEAST)
            .map_err(|_| singular("Fisher information of the directions"))?;
        check::finite("bound of a direction, rad", unit[i].sqrt() / scale[i])
    };
    (0..size).map(deviation).collect()
}

fn singular(name: &'static str) -> Error {
    Error::Singular { name: name.into() }
}
