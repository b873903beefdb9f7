//! Equation (3) of the paper, corrected: the loss of a path as the sum of its mechanisms.

use crate::atmosphere::Atmosphere;
use crate::free_space::{free_space_loss_db, log_distance_db};
use crate::gas::{LineByLine, Revision};
use crate::knife_edge::KnifeEdge;
use crate::rain::{Polarisation, RainLaw};
use crate::reflection::{Field, return_loss_db};
use mmw_core::math::crossing;
use mmw_core::ndarray::{Array1, Array2, ArrayRef1};
use mmw_core::{Axis, C64, DataArray2, Error, Result, check};
use std::borrow::Cow;

/// How the gases on the path are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Gas {
    /// Not at all.
    None,
    /// A constant for oxygen, as in Table 1 of the paper: 10 to 15 dB/km at sea level.
    Constant {
        /// Specific attenuation, dB/km.
        oxygen_db_per_km: f64,
    },
    /// ITU-R P.676 line by line in this air.
    LineByLine {
        /// The air.
        atmosphere: Atmosphere,
        /// The edition.
        revision: Revision,
    },
}

/// Something in the way, with what it costs: a partition, a floor, a body, clothing.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Obstacle {
    /// What it is.
    pub name: Cow<'static, str>,
    /// What it costs, dB, at least 0.
    pub loss_db: f64,
}

/// A specular reflection on the path.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Reflection {
    /// Relative permittivity of the surface, imaginary part at most 0.
    pub permittivity: C64,
    /// Angle from the normal, rad.
    pub incidence_rad: f64,
    /// Polarisation against the plane of incidence.
    pub field: Field,
}

/// An edge on the path.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Edge {
    /// Fresnel-Kirchhoff parameter.
    pub v: f64,
    /// How its loss is computed.
    pub model: KnifeEdge,
}

/// Rain along the path.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Rain {
    /// Rain rate, mm/h.
    pub rate_mm_h: f64,
    /// Polarisation against the horizon.
    pub polarisation: Polarisation,
}

/// A path: plain data, checked by [`PathLoss::new`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Path {
    /// Carrier, Hz.
    pub frequency_hz: f64,
    /// Path-loss exponent `n`.
    pub exponent: f64,
    /// Reference distance `d0`, m.
    pub reference_m: f64,
    /// Gases.
    pub gas: Gas,
    /// Rain, if any.
    pub rain: Option<Rain>,
    /// Obstacles, summed: `Σ AF_i`.
    pub obstacles: Vec<Obstacle>,
    /// Reflections, one loss each.
    pub reflections: Vec<Reflection>,
    /// Edges, one loss each. Adding the losses of several edges is a first approximation.
    pub edges: Vec<Edge>,
}

impl Path {
    /// Free space: exponent 2 from 1 m, nothing in the way, no air.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::path_loss::{Obstacle, Path, PathLoss};
    /// let wall = Obstacle { name: "plasterboard".into(), loss_db: 6.0 };
    /// let path = PathLoss::new(Path { obstacles: vec![wall], ..Path::free_space(60e9) })?;
    /// assert!((path.total_db(10.0)? - 94.0108).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn free_space(frequency_hz: f64) -> Self {
        Self {
            frequency_hz,
            exponent: 2.0,
            reference_m: 1.0,
            gas: Gas::None,
            rain: None,
            obstacles: Vec::new(),
            reflections: Vec::new(),
            edges: Vec::new(),
        }
    }
}

/// Names of the mechanisms, in the order of [`Breakdown::terms_db`].
pub const MECHANISMS: [&str; 8] =
    ["free space", "distance", "obstacles", "oxygen", "vapour", "reflection", "diffraction", "rain"];

/// The loss of a path by mechanism, dB; a loss is positive.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Breakdown {
    /// Free-space loss at the reference distance, `PL(d0)`.
    pub free_space_db: f64,
    /// `10 n log10(d/d0)`; negative inside the reference distance.
    pub distance_db: f64,
    /// `Σ AF_i`.
    pub obstacles_db: f64,
    /// Oxygen over the distance.
    pub oxygen_db: f64,
    /// Water vapour over the distance.
    pub vapour_db: f64,
    /// Reflections.
    pub reflection_db: f64,
    /// Knife edges; the exact model may give a gain of up to 1.37 dB each.
    pub diffraction_db: f64,
    /// Rain over the distance.
    pub rain_db: f64,
    /// Whether the distance is below the reference distance, where the log-distance law is extrapolated.
    pub inside_reference: bool,
}

mmw_core::checked_serde!(Breakdown {
    free_space_db,
    distance_db,
    obstacles_db,
    oxygen_db,
    vapour_db,
    reflection_db,
    diffraction_db,
    rain_db
});

impl Breakdown {
    /// The terms in the order of [`MECHANISMS`].
    #[must_use]
    pub fn terms_db(&self) -> [f64; 8] {
        [
            self.free_space_db,
            self.distance_db,
            self.obstacles_db,
            self.oxygen_db,
            self.vapour_db,
            self.reflection_db,
            self.diffraction_db,
            self.rain_db,
        ]
    }

    /// Their sum, dB.
    #[must_use]
    pub fn total_db(&self) -> f64 {
        self.terms_db().iter().sum()
    }
}

/// A checked [`Path`], ready for any distance.
///
/// ```text
/// TL(d) = PL(d0) + 10 n log10(d/d0) + Σ AF_i + γ_gas d − Σ 20 log10|Γ| + Σ J(v) + γ_rain d
/// ```
/// Equation (3) of the paper with its errata put right: gases and rain grow with `d`, not with `d0`; `J(v)`
/// is in decibels already; the rain is that of P.838-3.
///
/// # Examples
/// ```
/// use linkbudget::path_loss::PathLoss;
/// use linkbudget::reflection::Field;
/// use linkbudget::scenario::Scenario;
///
/// let office = PathLoss::new(Scenario::TWO.path(Field::Te)?)?;
/// let at_30_m = office.breakdown(30.0)?;
/// assert!((at_30_m.total_db() - 105.708_844).abs() < 1e-6);
/// assert!((at_30_m.diffraction_db - 6.032_852).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PathLoss {
    path: Path,
    fixed: Breakdown,
    oxygen_db_per_m: f64,
    vapour_db_per_m: f64,
    rain_db_per_m: f64,
}

impl PathLoss {
    /// Checks the path and computes all that does not depend on the distance.
    ///
    /// # Errors
    /// [`Error::Domain`] naming the field; those of the mechanisms.
    pub fn new(path: Path) -> Result<Self> {
        check::non_negative("exponent", path.exponent)?;
        let free_space_db = free_space_loss_db(path.frequency_hz, path.reference_m)?;
        let mut obstacles_db = 0.0;
        for obstacle in &path.obstacles {
            obstacles_db += check::non_negative(obstacle.name.clone(), obstacle.loss_db)?;
        }
        let mut reflection_db = 0.0;
        for r in &path.reflections {
            reflection_db += return_loss_db(r.permittivity, r.incidence_rad, r.field)?;
        }
        let mut diffraction_db = 0.0;
        for edge in &path.edges {
            diffraction_db += edge.model.loss_db(edge.v)?;
        }
        check::finite("sum of the obstacles", obstacles_db)?;
        let (oxygen_db_per_km, vapour_db_per_km) = gas_db_per_km(&path.gas, path.frequency_hz)?;
        let rain_db_per_km = match path.rain {
            None => 0.0,
            Some(rain) => RainLaw::p838(path.frequency_hz, rain.polarisation, 0.0)?
                .specific_attenuation_db_per_km(rain.rate_mm_h)?,
        };
        let fixed = Breakdown {
            free_space_db,
            distance_db: 0.0,
            obstacles_db,
            oxygen_db: 0.0,
            vapour_db: 0.0,
            reflection_db,
            diffraction_db,
            rain_db: 0.0,
            inside_reference: false,
        };
        Ok(Self {
            path,
            fixed,
            oxygen_db_per_m: oxygen_db_per_km / 1000.0,
            vapour_db_per_m: vapour_db_per_km / 1000.0,
            rain_db_per_m: rain_db_per_km / 1000.0,
        })
    }

    /// The path that it was made from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a metre of air and rain costs, dB/m.
    #[must_use]
    pub fn attenuation_db_per_m(&self) -> f64 {
        self.oxygen_db_per_m + self.vapour_db_per_m + self.rain_db_per_m
    }

    /// Every term at one distance.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `distance_m` is finite and above zero and so is the loss.
    pub fn breakdown(&self, distance_m: f64) -> Result<Breakdown> {
        let distance_db = log_distance_db(self.path.exponent, distance_m, self.path.reference_m)?;
        let breakdown = Breakdown {
            distance_db,
            oxygen_db: self.oxygen_db_per_m * distance_m,
            vapour_db: self.vapour_db_per_m * distance_m,
            rain_db: self.rain_db_per_m * distance_m,
            inside_reference: distance_m < self.path.reference_m,
            ..self.fixed
        };
        check::finite("total loss", breakdown.total_db())?;
        Ok(breakdown)
    }

    /// The total at one distance, dB.
    ///
    /// # Errors
    /// As [`PathLoss::breakdown`].
    pub fn total_db(&self, distance_m: f64) -> Result<f64> {
        Ok(self.breakdown(distance_m)?.total_db())
    }

    /// The total at each distance of an array, dB.
    ///
    /// # Errors
    /// As [`PathLoss::breakdown`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::path_loss::{Path, PathLoss};
    /// use mmw_core::ndarray::array;
    /// let path = PathLoss::new(Path { exponent: 3.5, ..Path::free_space(60e9) })?;
    /// let loss_db = path.total_db_array(&array![1.0, 10.0])?;
    /// assert!((loss_db[1] - loss_db[0] - 35.0).abs() < 1e-12);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn total_db_array(&self, distances_m: &ArrayRef1<f64>) -> Result<Array1<f64>> {
        distances_m.iter().map(|&distance_m| self.total_db(distance_m)).collect()
    }

    /// Every term at each distance, dB: `[mechanism, distance]`, mechanisms as in [`MECHANISMS`].
    ///
    /// # Errors
    /// As [`PathLoss::breakdown`]; [`Error::Invalid`] unless the distances rise or fall strictly.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::path_loss::{MECHANISMS, Path, PathLoss};
    /// use mmw_core::ndarray::array;
    /// let terms = PathLoss::new(Path::free_space(60e9))?.breakdown_array(&array![1.0, 10.0, 30.0])?;
    /// assert_eq!((terms.data().dim(), MECHANISMS[1]), ((8, 3), "distance"));
    /// assert_eq!(terms.data()[[1, 1]], 20.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn breakdown_array(&self, distances_m: &ArrayRef1<f64>) -> Result<DataArray2<f64>> {
        let mut data = Array2::zeros((MECHANISMS.len(), distances_m.len()));
        for (mut column, &distance_m) in data.columns_mut().into_iter().zip(distances_m) {
            for (slot, term_db) in column.iter_mut().zip(self.breakdown(distance_m)?.terms_db()) {
                *slot = term_db;
            }
        }
        let axes = vec![
            Axis::index("mechanism", MECHANISMS.len()),
            Axis::explicit("distance", "m", distances_m.to_vec())?,
        ];
        DataArray2::new("loss", "dB", data, axes)
    }

    /// The greatest distance with a loss of at most `loss_db`, m.
    ///
    /// The loss grows steadily with distance, so the answer is unique; it is found by bisection in the
    /// logarithm of the distance, to the last bit.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `loss_db` is finite; [`Error::Invalid`] when no distance from 1e-6 to 1e12 m
    /// has that loss (a path without exponent and attenuation, or an absurd budget).
    ///
    /// # Examples
    /// ```
    /// use linkbudget::path_loss::{Path, PathLoss};
    /// // The paper's "100 dB required" is 39.8 m of free space.
    /// let distance_m = PathLoss::new(Path::free_space(60e9))?.distance_m(100.0)?;
    /// assert!((distance_m - 39.76).abs() < 0.01);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn distance_m(&self, loss_db: f64) -> Result<f64> {
        check::finite("loss_db", loss_db)?;
        let (low, high) = (1e-6_f64.ln(), 1e12_f64.ln());
        let reaches = |x: f64| self.total_db(x.exp()).is_ok_and(|total_db| total_db <= loss_db);
        if !reaches(low) || reaches(high) {
            let reason = format!("no distance from 1 um to 1e12 m has a loss of {loss_db} dB");
            return Err(Error::invalid("loss_db", reason));
        }
        let [farthest, _] = crossing([low, high], |x| !reaches(x));
        Ok(farthest.exp())
    }
}

fn gas_db_per_km(gas: &Gas, frequency_hz: f64) -> Result<(f64, f64)> {
    match gas {
        Gas::None => Ok((0.0, 0.0)),
        Gas::Constant { oxygen_db_per_km } => {
            Ok((check::non_negative("oxygen_db_per_km", *oxygen_db_per_km)?, 0.0))
        }
        Gas::LineByLine { atmosphere, revision } => {
            let gas = LineByLine::new(*atmosphere, *revision)?.specific_attenuation(frequency_hz)?;
            Ok((gas.oxygen_db_per_km, gas.vapour_db_per_km))
        }
    }
}
