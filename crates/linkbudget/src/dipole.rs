//! The thin dipole by the method of induced EMF.

use crate::sine_integral::{EULER_GAMMA, sine_cosine_integrals};
use mmw_core::consts::{FREE_SPACE_IMPEDANCE_OHM, SPEED_OF_LIGHT_M_S};
use mmw_core::math::try_crossing;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::{PI, TAU};

/// A centre-fed dipole with sinusoidal current.
///
/// # Examples
/// ```
/// use linkbudget::dipole::Dipole;
///
/// let dipole = Dipole::half_wave_60_ghz();
/// let resonance_hz = dipole.resonance_hz()?;
/// assert!((resonance_hz - 57.609e9).abs() < 0.01e9);
/// assert!((dipole.impedance_ohm(resonance_hz)?.re - 65.1).abs() < 0.1);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dipole {
    length_m: f64,
    radius_m: f64,
}

/// Directivity of a half-wave dipole, a ratio: 2.15 dBi. The paper prints 1.64.
pub const HALF_WAVE_DIRECTIVITY: f64 = 1.640_922_376_984_585;

impl Dipole {
    /// A dipole of this whole length and wire radius.
    ///
    /// # Errors
    /// [`Error::Domain`] unless both are finite and above zero and the wire is thin: radius at most a
    /// twentieth of the length.
    pub fn new(length_m: f64, radius_m: f64) -> Result<Self> {
        check::in_range("length_m", length_m, 1e-9, 1e9)?;
        check::in_range("radius_m", radius_m, length_m * 1e-30, length_m / 20.0)?;
        Ok(Self { length_m, radius_m })
    }

    /// The paper's dipole: 2.5 mm, half a wavelength at 60 GHz. It gives no radius; a thousandth of the
    /// length is assumed.
    #[must_use]
    pub fn half_wave_60_ghz() -> Self {
        Self { length_m: 2.5e-3, radius_m: 2.5e-6 }
    }

    /// Its whole length, m.
    #[must_use]
    pub fn length_m(&self) -> f64 {
        self.length_m
    }

    /// Its wire radius, m.
    #[must_use]
    pub fn radius_m(&self) -> f64 {
        self.radius_m
    }

    /// Impedance at its terminals, ohm.
    ///
    /// ```text
    /// R = η/2π {γ + ln kl − Ci kl + ½ sin kl [Si 2kl − 2 Si kl] + ½ cos kl [γ + ln(kl/2) + Ci 2kl − 2 Ci kl]} / s²
    /// X = η/4π {2 Si kl + cos kl [2 Si kl − Si 2kl] − sin kl [2 Ci kl − Ci 2kl − Ci(2ka²/l)]} / s²
    /// s = sin(kl/2)
    /// ```
    /// Equation (8-60) and, for the reactance, (8-61) of Balanis[^balanis], referred to the terminals.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the length is from 0.002 to 20 wavelengths; [`Error::Singular`] within a
    /// thousandth of a whole number of wavelengths, where a sinusoidal current leaves none at the terminals.
    ///
    /// [^balanis]: Balanis, *Antenna Theory: Analysis and Design*, chapter 8.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::dipole::Dipole;
    /// use mmw_core::consts::SPEED_OF_LIGHT_M_S;
    /// // Half a wavelength, no thickness: 73.08 + j42.5 ohm. The paper's 73 ohm is its real part.
    /// let z = Dipole::new(0.5, 1e-12)?.impedance_ohm(SPEED_OF_LIGHT_M_S)?;
    /// assert!((z.re - 73.079).abs() < 1e-3 && (z.im - 42.515).abs() < 1e-3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn impedance_ohm(&self, frequency_hz: f64) -> Result<C64> {
        check::positive("frequency_hz", frequency_hz)?;
        let wavelengths = frequency_hz / SPEED_OF_LIGHT_M_S * self.length_m;
        check::in_range("length in wavelengths", wavelengths, 0.002, 20.0)?;
        let whole = wavelengths.round();
        if whole > 0.0 && (wavelengths - whole).abs() < 1e-3 {
            return Err(Error::Singular { name: "current at the terminals of the dipole".into() });
        }
        let kl = TAU * wavelengths;
        let (si, ci) = sine_cosine_integrals(kl);
        let (si_2, ci_2) = sine_cosine_integrals(2.0 * kl);
        let (_, ci_a) = sine_cosine_integrals(2.0 * kl * (self.radius_m / self.length_m).powi(2));
        let (sin, cos) = kl.sin_cos();
        let resistance = EULER_GAMMA + kl.ln() - ci
            + 0.5 * sin * (si_2 - 2.0 * si)
            + 0.5 * cos * (EULER_GAMMA + (kl / 2.0).ln() + ci_2 - 2.0 * ci);
        let reactance = 2.0 * si + cos * (2.0 * si - si_2) - sin * (2.0 * ci - ci_2 - ci_a);
        let to_terminals = FREE_SPACE_IMPEDANCE_OHM / (PI * (kl / 2.0).sin().powi(2));
        Ok(C64::new(0.5 * resistance, 0.25 * reactance) * to_terminals)
    }

    /// [`Dipole::impedance_ohm`] at each frequency of an array.
    ///
    /// # Errors
    /// As [`Dipole::impedance_ohm`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::dipole::Dipole;
    /// use mmw_core::ndarray::array;
    /// let z = Dipole::half_wave_60_ghz().impedance_ohm_array(&array![55e9, 60e9])?;
    /// assert!(z[0].im < 0.0 && z[1].im > 0.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn impedance_ohm_array(&self, frequencies_hz: &ArrayRef1<f64>) -> Result<Array1<C64>> {
        frequencies_hz.iter().map(|&frequency_hz| self.impedance_ohm(frequency_hz)).collect()
    }

    /// The first frequency without reactance, Hz: a little below half a wavelength.
    ///
    /// # Errors
    /// [`Error::NoConvergence`] when the reactance does not change sign between a quarter and a half
    /// wavelength (a wire too thick for the theory).
    pub fn resonance_hz(&self) -> Result<f64> {
        let at = |wavelengths: f64| wavelengths * SPEED_OF_LIGHT_M_S / self.length_m;
        let [low, high] = [at(0.25), at(0.5)];
        if self.impedance_ohm(low)?.im >= 0.0 || self.impedance_ohm(high)?.im <= 0.0 {
            return Err(Error::NoConvergence { what: "first resonance of the dipole".into(), iterations: 0 });
        }
        let [below, above] = try_crossing([low, high], |hz| self.impedance_ohm(hz).map(|ohm| ohm.im >= 0.0))?;
        Ok(f64::midpoint(below, above))
    }
}
