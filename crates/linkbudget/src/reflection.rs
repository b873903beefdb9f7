//! Reflection at a wall: Fresnel coefficients, the materials of ITU-R P.2040, and slabs.

use crate::map::map;
use mmw_core::consts::VACUUM_PERMITTIVITY_F_M;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::units::wavelength_m;
use mmw_core::{C64, Error, Result, check};
use std::borrow::Cow;
use std::f64::consts::{FRAC_PI_2, PI};

/// Which field is parallel to the surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Field {
    /// Transverse electric: the electric field is perpendicular to the plane of incidence.
    #[default]
    Te,
    /// Transverse magnetic: the electric field lies in the plane of incidence.
    Tm,
}

mmw_core::named!(Field, "field" { Te = "te", Tm = "tm" });

/// Relative permittivity of a material: time runs as `exp(+jωt)`, so a loss is a *negative* imaginary part.
///
/// ```text
/// ε = ε' − j σ / (2π f ε0)
/// ```
/// Equation (9) of ITU-R P.2040-3.
///
/// # Errors
/// [`Error::Domain`] unless the frequency is above zero, the conductivity not below zero, and all finite.
///
/// # Examples
/// ```
/// use linkbudget::reflection::permittivity;
/// let aluminium = permittivity(1.0, 3.5e7, 60e9)?;
/// assert!((aluminium.im + 10_485_477.09).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn permittivity(real: f64, conductivity_s_m: f64, frequency_hz: f64) -> Result<C64> {
    check::finite("real part of the permittivity", real)?;
    check::non_negative("conductivity_s_m", conductivity_s_m)?;
    check::positive("frequency_hz", frequency_hz)?;
    let loss = conductivity_s_m / (2.0 * PI * frequency_hz * VACUUM_PERMITTIVITY_F_M);
    Ok(C64::new(real, -check::finite("loss part of the permittivity", loss)?))
}

/// A building material as P.2040 describes it: `ε' = a f^b`, `σ = c f^d`, f in GHz.
///
/// # Examples
/// ```
/// use linkbudget::reflection::{Field, Material, reflection_coefficient, return_loss_db};
///
/// let glass = Material::GLASS.permittivity(60e9)?;
/// assert!((glass.im + 0.259_703_879).abs() < 1e-9);
/// let eighty_degrees = 80_f64.to_radians();
/// assert!((return_loss_db(glass, eighty_degrees, Field::Te)? - 1.306_681).abs() < 1e-6);
/// assert!((return_loss_db(glass, eighty_degrees, Field::Tm)? - 8.954_103).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Material {
    /// Its name in Table 3 of P.2040-3.
    pub name: Cow<'static, str>,
    /// Factor of the real part.
    pub a: f64,
    /// Exponent of the real part.
    pub b: f64,
    /// Factor of the conductivity, S/m.
    pub c: f64,
    /// Exponent of the conductivity.
    pub d: f64,
    /// Lowest frequency that the fit holds for, Hz.
    pub lowest_hz: f64,
    /// Highest frequency that the fit holds for, Hz.
    pub highest_hz: f64,
}

mmw_core::checked_serde!(Material { a, b, c, d, lowest_hz, highest_hz });

/// A row of Table 3: name, a, b, c, d, and the range in GHz.
const fn row(name: &'static str, [a, b, c, d]: [f64; 4], [lowest, highest]: [f64; 2]) -> Material {
    Material { name: Cow::Borrowed(name), a, b, c, d, lowest_hz: lowest * 1e9, highest_hz: highest * 1e9 }
}

impl Material {
    /// Concrete, 1 to 100 GHz.
    pub const CONCRETE: Self = row("concrete", [5.24, 0.0, 0.0462, 0.7822], [1.0, 100.0]);
    /// Brick, 1 to 40 GHz.
    pub const BRICK: Self = row("brick", [3.91, 0.0, 0.0238, 0.16], [1.0, 40.0]);
    /// Plasterboard, 1 to 100 GHz.
    pub const PLASTERBOARD: Self = row("plasterboard", [2.73, 0.0, 0.0085, 0.9395], [1.0, 100.0]);
    /// Wood, 1 MHz to 100 GHz.
    pub const WOOD: Self = row("wood", [1.99, 0.0, 0.0047, 1.0718], [0.001, 100.0]);
    /// Glass, 0.1 to 100 GHz.
    pub const GLASS: Self = row("glass", [6.31, 0.0, 0.0036, 1.3394], [0.1, 100.0]);
    /// Ceiling board, 1 to 100 GHz.
    pub const CEILING_BOARD: Self = row("ceiling_board", [1.48, 0.0, 0.0011, 1.075], [1.0, 100.0]);
    /// Chipboard, 1 to 100 GHz.
    pub const CHIPBOARD: Self = row("chipboard", [2.58, 0.0, 0.0217, 0.78], [1.0, 100.0]);
    /// Plywood, 1 to 40 GHz.
    pub const PLYWOOD: Self = row("plywood", [2.71, 0.0, 0.33, 0.0], [1.0, 40.0]);
    /// Marble, 1 to 60 GHz.
    pub const MARBLE: Self = row("marble", [7.074, 0.0, 0.0055, 0.9262], [1.0, 60.0]);
    /// Floorboard, 50 to 100 GHz.
    pub const FLOORBOARD: Self = row("floorboard", [3.66, 0.0, 0.0044, 1.3515], [50.0, 100.0]);
    /// Metal, 1 to 100 GHz.
    pub const METAL: Self = row("metal", [1.0, 0.0, 1e7, 0.0], [1.0, 100.0]);
    /// Glass again, 220 to 450 GHz.
    pub const GLASS_220_GHZ: Self = row("glass_220_ghz", [5.79, 0.0, 0.0004, 1.658], [220.0, 450.0]);
    /// Ceiling board again, 220 to 450 GHz.
    pub const CEILING_BOARD_220_GHZ: Self =
        row("ceiling_board_220_ghz", [1.52, 0.0, 0.0029, 1.029], [220.0, 450.0]);

    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::CONCRETE,
        Self::BRICK,
        Self::PLASTERBOARD,
        Self::WOOD,
        Self::GLASS,
        Self::CEILING_BOARD,
        Self::CHIPBOARD,
        Self::PLYWOOD,
        Self::MARBLE,
        Self::FLOORBOARD,
        Self::METAL,
        Self::GLASS_220_GHZ,
        Self::CEILING_BOARD_220_GHZ,
    ];

    /// The material of that name, `None` when Table 3 has none.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::reflection::Material;
    /// assert_eq!(Material::named("concrete"), Some(Material::CONCRETE));
    /// assert_eq!(Material::named("paper"), None);
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|material| material.name == name)
    }

    /// Relative permittivity at a frequency; imaginary part at most 0.
    ///
    /// # Errors
    /// [`Error::Domain`] outside the range that the fit holds for.
    pub fn permittivity(&self, frequency_hz: f64) -> Result<C64> {
        check::in_range("frequency_hz", frequency_hz, self.lowest_hz, self.highest_hz)?;
        let f_ghz = frequency_hz * 1e-9;
        permittivity(self.a * f_ghz.powf(self.b), self.c * f_ghz.powf(self.d), frequency_hz)
    }

    /// [`Material::permittivity`] at each frequency of an array.
    ///
    /// # Errors
    /// As [`Material::permittivity`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::reflection::Material;
    /// use mmw_core::ndarray::array;
    /// let wood = Material::WOOD.permittivity_array(&array![57e9, 64e9])?;
    /// assert!(wood[0].re == 1.99 && wood[1].im < wood[0].im);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn permittivity_array(&self, frequencies_hz: &ArrayRef1<f64>) -> Result<Array1<C64>> {
        frequencies_hz.iter().map(|&frequency_hz| self.permittivity(frequency_hz)).collect()
    }
}

/// Amplitude reflected by a half-space, seen from air: `E_reflected / E_incident`.
///
/// ```text
/// TE: (cos θ − r) / (cos θ + r),   TM: (ε cos θ − r) / (ε cos θ + r),   r = √(ε − sin² θ)
/// ```
/// Equations (31a) and (31b) of ITU-R P.2040-3, `θ` from the normal; the sign of TM is that of the electric
/// field against the same reference, so that both are opposite at normal incidence.
///
/// # Errors
/// [`Error::Domain`] unless `permittivity` is finite with an imaginary part of at most 0 (a passive
/// material under `exp(+jωt)`) and `incidence_rad` is from 0 to π/2; [`Error::Singular`] where both
/// numerator and denominator vanish (`ε = 0` at normal incidence).
///
/// # Examples
/// ```
/// use linkbudget::reflection::{Field, reflection_coefficient};
/// use mmw_core::C64;
///
/// let brewster_rad = 2_f64.atan();
/// let gamma = reflection_coefficient(C64::new(4.0, 0.0), brewster_rad, Field::Tm)?;
/// assert!(gamma.norm() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn reflection_coefficient(permittivity: C64, incidence_rad: f64, field: Field) -> Result<C64> {
    let (epsilon, cosine) = checked(permittivity, incidence_rad)?;
    let root = propagation(epsilon, cosine);
    let (near, far) = match field {
        Field::Te => (C64::new(cosine, 0.0), root),
        Field::Tm => (epsilon * cosine, root),
    };
    let gamma = (near - far) / (near + far);
    if gamma.re.is_finite() && gamma.im.is_finite() {
        Ok(gamma)
    } else {
        Err(Error::Singular { name: "reflection at this permittivity and angle".into() })
    }
}

/// [`reflection_coefficient`] at each angle of an array.
///
/// # Errors
/// As [`reflection_coefficient`].
pub fn reflection_coefficient_array(
    permittivity: C64,
    incidence_rad: &ArrayRef1<f64>,
    field: Field,
) -> Result<Array1<C64>> {
    incidence_rad.iter().map(|&angle| reflection_coefficient(permittivity, angle, field)).collect()
}

/// [`reflection_coefficient`] of each permittivity of an array: a material over frequency.
///
/// # Errors
/// As [`reflection_coefficient`].
///
/// # Examples
/// ```
/// use linkbudget::reflection::{Field, Material, reflection_coefficients_of};
/// use mmw_core::ndarray::array;
/// let glass = Material::GLASS.permittivity_array(&array![57e9, 64e9])?;
/// let gamma = reflection_coefficients_of(&glass, 1.0, Field::Te)?;
/// assert!(gamma[0].norm() > 0.5 && gamma[1].norm() > 0.5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn reflection_coefficients_of(
    permittivities: &ArrayRef1<C64>,
    incidence_rad: f64,
    field: Field,
) -> Result<Array1<C64>> {
    permittivities.iter().map(|&epsilon| reflection_coefficient(epsilon, incidence_rad, field)).collect()
}

/// Loss of a single reflection, dB: `−20 log10 |Γ|`.
///
/// The reflection term of equation (3) of the paper, with its sign.
///
/// # Errors
/// As [`reflection_coefficient`]; [`Error::Domain`] when nothing is reflected and the loss is infinite.
pub fn return_loss_db(permittivity: C64, incidence_rad: f64, field: Field) -> Result<f64> {
    let gamma = reflection_coefficient(permittivity, incidence_rad, field)?;
    loss_db(gamma)
}

/// [`return_loss_db`] at each angle of an array.
///
/// # Errors
/// As [`return_loss_db`].
///
/// # Examples
/// ```
/// use linkbudget::reflection::{Field, Material, return_loss_db_array};
/// use mmw_core::ndarray::array;
/// let glass = Material::GLASS.permittivity(60e9)?;
/// let loss_db = return_loss_db_array(glass, &array![0.0, 1.0, 1.5], Field::Te)?;
/// assert!(loss_db[0] > loss_db[1] && loss_db[1] > loss_db[2]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn return_loss_db_array(
    permittivity: C64,
    incidence_rad: &ArrayRef1<f64>,
    field: Field,
) -> Result<Array1<f64>> {
    map(incidence_rad, |angle| return_loss_db(permittivity, angle, field))
}

/// `−20 log10 |Γ|`, at least 0.
pub(crate) fn loss_db(gamma: C64) -> Result<f64> {
    let modulus = check::positive("modulus of the coefficient", gamma.norm())?;
    Ok((-20.0 * modulus.log10()).max(0.0))
}

/// What a slab in air reflects and lets through.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Slab {
    /// Reflected amplitude, referred to the front face.
    pub reflection: C64,
    /// Transmitted amplitude, from the front face to the back face.
    pub transmission: C64,
}

mmw_core::checked_serde!(Slab { reflection, transmission });

/// Reflection and transmission of a homogeneous slab in air, all internal bounces summed.
///
/// ```text
/// R = R'(1 − e^(−j2q)) / (1 − R'² e^(−j2q)),   T = (1 − R'²) e^(−jq) / (1 − R'² e^(−j2q))
/// q = 2π d / λ · √(ε − sin² θ)
/// ```
/// Equations (43) to (45) of ITU-R P.2040-3, `R'` the coefficient of the half-space.
///
/// # Errors
/// As [`reflection_coefficient`]; [`Error::Domain`] for a thickness below zero;
/// [`Error::Singular`] at a lossless resonance of unit reflection.
///
/// # Examples
/// ```
/// use linkbudget::reflection::{Field, slab};
/// use mmw_core::C64;
///
/// // Half a wavelength of lossless glass is a window.
/// let thickness_m = mmw_core::units::wavelength_m(60e9)? / 2.0 / 6.31_f64.sqrt();
/// let window = slab(C64::new(6.31, 0.0), thickness_m, 60e9, 0.0, Field::Te)?;
/// assert!(window.reflection.norm() < 1e-12 && (window.transmission.norm() - 1.0).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn slab(
    permittivity: C64,
    thickness_m: f64,
    frequency_hz: f64,
    incidence_rad: f64,
    field: Field,
) -> Result<Slab> {
    check::non_negative("thickness_m", thickness_m)?;
    let surface = reflection_coefficient(permittivity, incidence_rad, field)?;
    let (epsilon, cosine) = checked(permittivity, incidence_rad)?;
    let turns = check::finite("thickness in wavelengths", thickness_m / wavelength_m(frequency_hz)?)?;
    let q = propagation(epsilon, cosine) * (2.0 * PI * turns);
    // q.im <= 0, so this cannot overflow; a thick lossy slab underflows to no transmission.
    let phasor = |times: f64| C64::from_polar((times * q.im).exp(), (-times * q.re) % (2.0 * PI));
    let (once, twice) = (phasor(1.0), phasor(2.0));
    let square = surface * surface;
    let bounces = C64::new(1.0, 0.0) - square * twice;
    if bounces.norm_sqr() < 1e-60 {
        return Err(Error::Singular { name: "sum over the slab's internal reflections".into() });
    }
    let result = Slab {
        reflection: surface * (C64::new(1.0, 0.0) - twice) / bounces,
        transmission: (C64::new(1.0, 0.0) - square) * once / bounces,
    };
    check::finite("phase in the slab", (result.reflection + result.transmission).norm())?;
    Ok(result)
}

/// [`slab`] at each frequency of an array, each with its permittivity.
///
/// # Errors
/// As [`slab`]; [`Error::Shape`] when the lengths differ.
///
/// # Examples
/// ```
/// use linkbudget::reflection::{Field, Material, slab_array};
/// use mmw_core::ndarray::array;
/// let frequencies_hz = array![57e9, 64e9];
/// let board = Material::PLASTERBOARD.permittivity_array(&frequencies_hz)?;
/// let wall = slab_array(&board, 12.5e-3, &frequencies_hz, 0.0, Field::Te)?;
/// assert!(wall.iter().all(|slab| slab.transmission.norm() > 0.5));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn slab_array(
    permittivities: &ArrayRef1<C64>,
    thickness_m: f64,
    frequencies_hz: &ArrayRef1<f64>,
    incidence_rad: f64,
    field: Field,
) -> Result<Array1<Slab>> {
    check::same_len("permittivities", frequencies_hz.len(), permittivities.len())?;
    let pairs = permittivities.iter().zip(frequencies_hz);
    pairs.map(|(&epsilon, &hz)| slab(epsilon, thickness_m, hz, incidence_rad, field)).collect()
}

/// `ε` with an imaginary part that is not `+0`, so that the root below stays on the passive side.
fn checked(permittivity: C64, incidence_rad: f64) -> Result<(C64, f64)> {
    check::finite("real part of the permittivity", permittivity.re)?;
    if !(permittivity.im.is_finite() && permittivity.im <= 0.0) {
        let domain = "a finite number not above 0: time runs as exp(+jωt)";
        return Err(Error::domain("imaginary part of the permittivity", permittivity.im, domain));
    }
    check::in_range("incidence_rad", incidence_rad, 0.0, FRAC_PI_2)?;
    Ok((C64::new(permittivity.re, -permittivity.im.abs()), incidence_rad.cos()))
}

/// `√(ε − sin² θ)`, written with the cosine: exact for `ε = 1` and at grazing incidence.
fn propagation(epsilon: C64, cosine: f64) -> C64 {
    C64::new(epsilon.re - 1.0 + cosine * cosine, epsilon.im).sqrt()
}
