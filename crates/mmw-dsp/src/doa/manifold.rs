//! The phases of an array as a function of direction cosines.

use super::scan::{Scan, forward};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::{Direction, Vector3, dot};
use mmw_core::ndarray::Array1;
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::TAU;

/// The snapshot that a unit echo from `direction` makes: `exp(−j k·p_n)`, without noise and pattern.
///
/// ```text
/// x_n = exp(−j k · p_n),   k = 2π/λ · u
/// ```
/// Equation (3) of [^molisch], conjugated by the mixer.
///
/// # Errors
/// [`Error::Domain`] unless `wavelength_m` is finite and above zero and all phases are finite.
///
/// # Examples
/// ```
/// use mmw_core::{antenna::AntennaArray, geometry::Direction};
/// use mmw_dsp::doa::snapshot_of;
///
/// let ula = AntennaArray::uniform_linear(2, 2e-3)?;
/// let x = snapshot_of(&ula, 4e-3, Direction::new(0.5_f64.asin(), 0.0)?)?;
/// // The element to the right is nearer to a target on the right: a quarter turn less phase.
/// assert!((x[1] / x[0] + mmw_core::C64::i()).norm() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
pub fn snapshot_of(array: &AntennaArray, wavelength_m: f64, direction: Direction) -> Result<Array1<C64>> {
    let k = direction.wave_vector(wavelength_m)?;
    check::finite("azimuth_rad", direction.azimuth_rad)?;
    check::finite("elevation_rad", direction.elevation_rad)?;
    array
        .positions_m()
        .iter()
        .map(|&p| Ok(C64::cis(-check::finite("phase of an element", dot(k, p))?)))
        .collect()
}

/// The direction ahead of the array (y not negative) with cosines `u` along x and `w` along z; `None` outside
/// the unit disc, where no wave comes from, and for NaN.
///
/// ```text
/// azimuth = atan2(u, √(1 − u² − w²)),   elevation = asin w
/// ```
/// The inverse of the unit vector of [`Direction`]; `u` and `w` are direction cosines as in [^vantrees].
///
/// # Examples
/// ```
/// use mmw_core::geometry::Direction;
/// use mmw_dsp::doa::direction_of_cosines;
///
/// let direction = Direction::new(0.4, -0.2)?;
/// let [u, _, w] = direction.unit_vector();
/// let back = direction_of_cosines(u, w).expect("inside the disc");
/// assert!((back.azimuth_rad - 0.4).abs() < 1e-15 && (back.elevation_rad + 0.2).abs() < 1e-15);
/// assert_eq!(direction_of_cosines(0.8, 0.7), None);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^vantrees]: H. L. Van Trees, "Optimum Array Processing", 2002, chapter 2.
#[must_use]
pub fn direction_of_cosines(u: f64, w: f64) -> Option<Direction> {
    let forward = 1.0 - u * u - w * w;
    (forward >= 0.0).then(|| Direction { azimuth_rad: u.atan2(forward.sqrt()), elevation_rad: w.asin() })
}

/// Which angles the layout of an array tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Resolvable {
    /// Elements differ along x.
    pub azimuth: bool,
    /// Elements differ along z by more than x explains.
    pub elevation: bool,
    /// Elements stand in a line that is neither level, to three degrees, nor upright: they tell one
    /// combination of the two angles, and `azimuth` is that of a target at elevation zero alone.
    pub slanted: bool,
}

/// What `array` resolves: the rank of its layout in x and z, to a millionth of its extent.
///
/// # Examples
/// ```
/// use mmw_dsp::{Board, doa::resolvable};
///
/// let all = resolvable(&Board::Iwr1843.layout().virtual_array()?);
/// assert!(all.azimuth && all.elevation);
/// let row = resolvable(&Board::Awr1642.layout().virtual_array()?);
/// assert!(row.azimuth && !row.elevation && !row.slanted);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[must_use]
pub fn resolvable(array: &AntennaArray) -> Resolvable {
    const RELATIVE: f64 = 1e-6;
    const LEVEL: f64 = 0.05;
    let p = centred(array.positions_m());
    let extent = p.iter().flat_map(|p| [p[0].abs(), p[2].abs()]).fold(0.0, f64::max);
    if extent == 0.0 {
        return Resolvable { azimuth: false, elevation: false, slanted: false };
    }
    let scaled: Vec<(f64, f64)> = p.iter().map(|p| (p[0] / extent, p[2] / extent)).collect();
    let (xx, xz) = scaled.iter().fold((0.0, 0.0), |(xx, xz), (x, z)| (xx + x * x, xz + x * z));
    let azimuth = scaled.iter().any(|(x, _)| x.abs() > RELATIVE);
    let slope = if azimuth { xz / xx } else { 0.0 };
    let elevation = scaled.iter().any(|(x, z)| (z - slope * x).abs() > RELATIVE);
    Resolvable { azimuth, elevation, slanted: !elevation && slope.abs() > LEVEL }
}

/// Positions about their mean, which decouples the phase of the echo from its direction.
fn centred(positions_m: &[Vector3]) -> Vec<Vector3> {
    let weight = 1.0 / positions_m.len() as f64;
    let mean: Vector3 = std::array::from_fn(|i| positions_m.iter().map(|p| p[i] * weight).sum());
    positions_m.iter().map(|p| std::array::from_fn(|i| p[i] - mean[i])).collect()
}

/// An array in wavelengths: positions times `2π/λ`, about their mean.
#[derive(Debug, Clone)]
pub(super) struct Manifold {
    positions_rad: Vec<Vector3>,
    /// Half the greatest phase span in any direction, at least a tiny number.
    aperture_rad: f64,
    pub(super) resolvable: Resolvable,
}

impl Manifold {
    /// Phases above this are rounded to more than a millionth of a turn.
    const MAX_PHASE_RAD: f64 = 1e9;

    pub(super) fn new(array: &AntennaArray, wavelength_m: f64) -> Result<Self> {
        let k = TAU / check::positive("wavelength_m", wavelength_m)?;
        let positions_rad: Vec<Vector3> =
            centred(array.positions_m()).into_iter().map(|p| p.map(|x| k * x)).collect();
        let aperture_rad = positions_rad.iter().map(|&p| dot(p, p).sqrt()).fold(1e-9, f64::max);
        check::in_range("aperture in wavelengths, times 2π", aperture_rad, 0.0, Self::MAX_PHASE_RAD)?;
        // `max` ignores NaN, which an overflow on the way could have made.
        if positions_rad.iter().flatten().any(|x| !x.is_finite()) {
            return Err(Error::invalid("array", "is too large to be centred"));
        }
        Ok(Self { positions_rad, aperture_rad, resolvable: resolvable(array) })
    }

    pub(super) fn len(&self) -> usize {
        self.positions_rad.len()
    }

    /// Positions in wavelengths times 2π, about their mean.
    pub(super) fn positions_rad(&self) -> &[Vector3] {
        &self.positions_rad
    }

    pub(super) fn aperture_rad(&self) -> f64 {
        self.aperture_rad
    }

    /// Greatest phase along x and along z from the mean.
    pub(super) fn extents_rad(&self) -> [f64; 2] {
        [0, 2].map(|axis| self.positions_rad.iter().map(|p| p[axis].abs()).fold(0.0, f64::max))
    }

    /// Whether each element stands in the second of two lines, of equal x (axis 0) or of equal z (axis 1);
    /// `None` where there are more lines, or one.
    pub(super) fn two_lines(&self, axis: usize) -> Option<Vec<bool>> {
        let place = |p: &Vector3| p[2 * axis];
        let first = place(self.positions_rad.first()?);
        let apart = 1e-6 * self.aperture_rad;
        let other = self.positions_rad.iter().map(place).find(|z| (z - first).abs() > apart)?;
        let is = |p: &Vector3, line: f64| (place(p) - line).abs() <= apart;
        let lines = self.positions_rad.iter().map(|p| (is(p, first) || is(p, other)).then(|| is(p, other)));
        lines.collect()
    }

    /// Share of a target that the array sees at an offset `[u, w]` from it, for elements in the plane y = 0.
    pub(super) fn pattern(&self, [u, w]: [f64; 2]) -> f64 {
        let sum: C64 = self.positions_rad.iter().map(|p| C64::cis(p[0] * u + p[2] * w)).sum();
        sum.norm_sqr() / (self.len() * self.len()) as f64
    }

    /// `exp(−j φ_n)` for all elements.
    pub(super) fn response(&self, direction: Direction) -> impl Iterator<Item = C64> + '_ {
        let u = direction.unit_vector();
        self.positions_rad.iter().map(move |&p| C64::cis(-dot(p, u)))
    }

    /// How the phase of element `n` grows with each cosine.
    pub(super) fn slopes(&self, n: usize, at: Cosines) -> [f64; 2] {
        self.positions_rad.get(n).map_or([0.0; 2], |&p| Self::phase(p, at).1)
    }

    /// A search grid over the products of the cosines listed.
    pub(super) fn scan(&self, us: Vec<f64>, ws: Vec<f64>) -> Scan {
        Scan::new(&self.positions_rad, us, ws)
    }

    /// Phase `φ_n` of element `n`, its gradient and its second derivatives `(uu, uw, ww)` in the cosines,
    /// with `y = side · √(1 − u² − w²)` depending on them.
    #[inline]
    fn phase(p: Vector3, at: Cosines) -> (f64, [f64; 2], [f64; 3]) {
        let Cosines { u, w, side } = at;
        let phase = p[0] * u + p[2] * w;
        if p[1] == 0.0 {
            return (phase, [p[0], p[2]], [0.0; 3]);
        }
        // At the rim of the disc y has no derivative; a floor keeps the step finite.
        let y = side * (1.0 - u * u - w * w).max(1e-12).sqrt();
        let (du, dw) = (-u / y, -w / y);
        let second = [-(1.0 + du * du) / y, -(du * dw) / y, -(1.0 + dw * dw) / y];
        (phase + p[1] * y, [p[0] + p[1] * du, p[2] + p[1] * dw], second.map(|d| p[1] * d))
    }

    /// `Σ_k |aᴴ e_k|²` over vectors of `len` components, with gradient and Hessian `(uu, uw, ww)`.
    pub(super) fn projection<'a>(
        &self,
        vectors: impl Iterator<Item = &'a [C64]> + Clone,
        at: Cosines,
    ) -> Projection {
        let mut sums = Projection::default();
        for vector in vectors {
            let mut b = [C64::default(); 6];
            for (&p, &e) in self.positions_rad.iter().zip(vector) {
                let (phase, [fu, fw], [fuu, fuw, fww]) = Self::phase(p, at);
                let term = e * C64::cis(phase);
                let turned = C64::new(-term.im, term.re);
                b[0] += term;
                b[1] += turned * fu;
                b[2] += turned * fw;
                b[3] += turned * fuu - term * (fu * fu);
                b[4] += turned * fuw - term * (fu * fw);
                b[5] += turned * fww - term * (fw * fw);
            }
            let inner = |x: C64, y: C64| x.re * y.re + x.im * y.im;
            sums.value += inner(b[0], b[0]);
            sums.gradient[0] += 2.0 * inner(b[0], b[1]);
            sums.gradient[1] += 2.0 * inner(b[0], b[2]);
            sums.hessian[0] += 2.0 * (inner(b[1], b[1]) + inner(b[0], b[3]));
            sums.hessian[1] += 2.0 * (inner(b[1], b[2]) + inner(b[0], b[4]));
            sums.hessian[2] += 2.0 * (inner(b[2], b[2]) + inner(b[0], b[5]));
        }
        sums
    }
}

/// A point of the unit disc, and which of the two directions with these cosines is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cosines {
    pub(super) u: f64,
    pub(super) w: f64,
    /// +1 ahead, −1 behind.
    pub(super) side: f64,
}

impl Cosines {
    pub(super) fn of(direction: Direction) -> Self {
        let [u, y, w] = direction.unit_vector();
        Self { u, w, side: if y < 0.0 { -1.0 } else { 1.0 } }
    }

    /// The same side, moved to `(u, w)` and drawn back into the disc.
    pub(super) fn moved(self, u: f64, w: f64) -> Self {
        let radius = u.hypot(w);
        let shrink = if radius > 1.0 { 1.0 / radius } else { 1.0 };
        Self { u: u * shrink, w: w * shrink, ..self }
    }

    pub(super) fn direction(self) -> Direction {
        Direction {
            azimuth_rad: self.u.atan2(self.side * forward(self.u, self.w)),
            elevation_rad: self.w.clamp(-1.0, 1.0).asin(),
        }
    }
}

/// Value and derivatives of what is climbed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Projection {
    pub(super) value: f64,
    pub(super) gradient: [f64; 2],
    pub(super) hessian: [f64; 3],
}
