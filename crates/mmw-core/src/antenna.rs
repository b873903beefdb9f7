//! Antenna arrays of any 3-D layout, their element patterns, and the steering vectors of plane waves.

use crate::geometry::{Direction, Vector3, dot, sum};
use crate::{C64, Error, Result, check};
use ndarray::{Array1, Array2};

/// The far-field amplitude pattern of one antenna element, relative to its maximum.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum ElementPattern {
    /// The same in all directions.
    #[default]
    Isotropic,
    /// `cos^n` of the angle from boresight (y) in front, nothing behind: patches, with `n` about 1 to 2.
    Cosine {
        /// The exponent `n` of the amplitude, at least 0.
        exponent: f64,
    },
    /// Half-wave dipole along z: `cos(π/2 · sin el) / cos el`.
    HalfWaveDipole,
}

crate::checked_serde!(ElementPattern, ElementPattern::check);

impl ElementPattern {
    /// Amplitude towards `direction`, 0 to 1.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{antenna::ElementPattern, geometry::Direction};
    /// let up = Direction::new(0.0, std::f64::consts::FRAC_PI_2)?;
    /// assert_eq!(ElementPattern::Isotropic.amplitude(up), 1.0);
    /// assert!(ElementPattern::HalfWaveDipole.amplitude(up) < 1e-9);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn amplitude(&self, direction: Direction) -> f64 {
        match *self {
            Self::Isotropic => 1.0,
            Self::Cosine { exponent } => direction.unit_vector()[1].max(0.0).powf(exponent),
            Self::HalfWaveDipole => {
                let (sin_el, cos_el) = direction.elevation_rad.sin_cos();
                if cos_el.abs() < 1e-9 { 0.0 } else { (std::f64::consts::FRAC_PI_2 * sin_el).cos() / cos_el }
            }
        }
    }

    fn check(&self) -> Result<()> {
        if let Self::Cosine { exponent } = *self {
            check::non_negative("exponent of the cosine pattern", exponent)?;
        }
        Ok(())
    }
}

/// Antenna elements at fixed places, metres, in the frame of [`crate::geometry`].
///
/// # Examples
/// ```
/// use mmw_core::{antenna::AntennaArray, geometry::Direction};
///
/// let wavelength_m = 4e-3;
/// let ula = AntennaArray::uniform_linear(4, wavelength_m / 2.0)?;
/// let a = ula.steering_vector(Direction::new(0.5_f64.asin(), 0.0)?, wavelength_m)?;
/// // Half a wavelength at sin(azimuth) = 1/2 turns the phase by a quarter from element to element.
/// assert!((a[1] / a[0] - mmw_core::C64::i()).norm() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct AntennaArray {
    positions_m: Vec<Vector3>,
    pattern: ElementPattern,
}

crate::checked_serde!(AntennaArray, |array| check_positions(&array.positions_m));

impl AntennaArray {
    /// Elements at the places given, isotropic until [`AntennaArray::with_pattern`] says otherwise.
    ///
    /// # Errors
    /// [`Error::TooFew`] for an empty list, [`Error::NotFinite`] for a coordinate that is not finite.
    pub fn from_positions(positions_m: Vec<Vector3>) -> Result<Self> {
        check_positions(&positions_m)?;
        Ok(Self { positions_m, pattern: ElementPattern::Isotropic })
    }

    /// `count` elements along x from the origin, `spacing_m` apart.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no elements, [`Error::Domain`] unless the spacing is finite and above zero.
    pub fn uniform_linear(count: usize, spacing_m: f64) -> Result<Self> {
        Self::uniform_planar(count, 1, spacing_m, spacing_m)
    }

    /// `columns` along x times `rows` along z, from the origin, row by row.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no elements, [`Error::Domain`] unless the spacings are finite and above zero.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::antenna::AntennaArray;
    /// let upa = AntennaArray::uniform_planar(4, 2, 2e-3, 3e-3)?;
    /// assert_eq!(upa.positions_m()[5], [2e-3, 0.0, 3e-3]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn uniform_planar(
        columns: usize,
        rows: usize,
        column_spacing_m: f64,
        row_spacing_m: f64,
    ) -> Result<Self> {
        check::positive("column_spacing_m", column_spacing_m)?;
        check::positive("row_spacing_m", row_spacing_m)?;
        let place =
            |row: usize, column: usize| [column as f64 * column_spacing_m, 0.0, row as f64 * row_spacing_m];
        Self::from_positions((0..rows).flat_map(|r| (0..columns).map(move |c| place(r, c))).collect())
    }

    /// The virtual array of a MIMO radar: one element for each pair, at the sum of the two places, receivers
    /// running fastest: element `t * receivers + r` is transmitter `t` with receiver `r`.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a sum overflows.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::antenna::AntennaArray;
    /// let tx = AntennaArray::uniform_linear(2, 8e-3)?;
    /// let rx = AntennaArray::uniform_linear(4, 2e-3)?;
    /// let virtual_array = AntennaArray::virtual_array(&tx, &rx)?;
    /// assert_eq!(virtual_array.len(), 8);
    /// assert_eq!(virtual_array.positions_m()[7], [8e-3 + 6e-3, 0.0, 0.0]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn virtual_array(transmitters: &Self, receivers: &Self) -> Result<Self> {
        let pairs = transmitters
            .positions_m
            .iter()
            .flat_map(|&t| receivers.positions_m.iter().map(move |&r| sum(t, r)))
            .collect();
        Self::from_positions(pairs)
    }

    /// The same places with another element pattern.
    ///
    /// # Errors
    /// [`Error::Domain`] for a pattern parameter out of range.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::antenna::{AntennaArray, ElementPattern};
    /// let patches = ElementPattern::Cosine { exponent: 1.5 };
    /// assert_eq!(AntennaArray::uniform_linear(4, 2e-3)?.with_pattern(patches)?.pattern(), patches);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn with_pattern(self, pattern: ElementPattern) -> Result<Self> {
        pattern.check()?;
        Ok(Self { pattern, ..self })
    }

    /// The array moved by `offset_m`: phases change by a common factor for each direction, nothing else.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a place leaves the finite numbers.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::antenna::AntennaArray;
    /// let moved = AntennaArray::uniform_linear(2, 2e-3)?.shifted([0.0, 1.0, 0.0])?;
    /// assert_eq!(moved.positions_m()[1], [2e-3, 1.0, 0.0]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn shifted(&self, offset_m: Vector3) -> Result<Self> {
        let moved = Self::from_positions(self.positions_m.iter().map(|&p| sum(p, offset_m)).collect())?;
        Ok(Self { pattern: self.pattern, ..moved })
    }

    /// The places of the elements, m.
    #[must_use]
    pub fn positions_m(&self) -> &[Vector3] {
        &self.positions_m
    }

    /// The pattern that all elements share.
    #[must_use]
    pub fn pattern(&self) -> ElementPattern {
        self.pattern
    }

    /// Number of elements, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an array is never empty")]
    pub fn len(&self) -> usize {
        self.positions_m.len()
    }

    /// Response of each element to a plane wave from `direction` (or, by reciprocity, towards it).
    ///
    /// ```text
    /// aₙ = g(Ω) · exp(+j ⟨k(Ω), xₙ⟩),   k = 2π/λ · u(Ω)
    /// ```
    /// Equation (3) of [^molisch] with `u` pointing away from the array, so an element nearer to the source
    /// is ahead in phase. The beat signal of an FMCW radar turns the other way (the mixer conjugates).
    ///
    /// # Errors
    /// [`Error::Domain`] unless `wavelength_m` is finite and above zero and all phases are finite.
    ///
    /// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
    pub fn steering_vector(&self, direction: Direction, wavelength_m: f64) -> Result<Array1<C64>> {
        let k = direction.wave_vector(wavelength_m)?;
        let amplitude = self.pattern.amplitude(direction);
        let response = |&place: &Vector3| {
            Ok(C64::from_polar(amplitude, check::finite("phase of an antenna", dot(k, place))?))
        };
        self.positions_m.iter().map(response).collect()
    }

    /// Steering vectors of many directions, `[direction, element]`.
    ///
    /// # Errors
    /// As [`AntennaArray::steering_vector`].
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{antenna::AntennaArray, geometry::Direction};
    /// let array = AntennaArray::uniform_linear(8, 2e-3)?;
    /// let ahead = Direction::new(0.0, 0.0)?;
    /// let a = array.steering_matrix(&[ahead, ahead], 4e-3)?;
    /// assert_eq!(a.dim(), (2, 8));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn steering_matrix(&self, directions: &[Direction], wavelength_m: f64) -> Result<Array2<C64>> {
        let mut matrix = Array2::zeros((directions.len(), self.len()));
        for (mut row, &direction) in matrix.rows_mut().into_iter().zip(directions) {
            row.assign(&self.steering_vector(direction, wavelength_m)?);
        }
        Ok(matrix)
    }
}

fn check_positions(positions_m: &[Vector3]) -> Result<()> {
    check::at_least("antenna positions", positions_m.len(), 1)?;
    match positions_m.iter().position(|p| p.iter().any(|x| !x.is_finite())) {
        Some(index) => Err(Error::NotFinite { name: "antenna positions".into(), index }),
        None => Ok(()),
    }
}
