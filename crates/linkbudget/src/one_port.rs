//! One-ports of lumped parts, and the equivalent circuit of the paper's dipole.

use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::TAU;

/// A tree of resistors, inductors and capacitors.
///
/// # Examples
/// ```
/// use linkbudget::one_port::OnePort;
///
/// // A lossless tank at its resonance is an open circuit: S11 = 1, and no impedance.
/// let tank = OnePort::Parallel(vec![OnePort::Inductor { henry: 1.0 }, OnePort::Capacitor { farad: 1.0 }]);
/// let resonance_hz = 0.5 / std::f64::consts::PI;
/// assert!((tank.s11(resonance_hz, 50.0)? - 1.0).norm() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OnePort {
    /// A resistor.
    Resistor {
        /// Ohm, above zero.
        ohm: f64,
    },
    /// An inductor.
    Inductor {
        /// Henry, above zero.
        henry: f64,
    },
    /// A capacitor.
    Capacitor {
        /// Farad, above zero.
        farad: f64,
    },
    /// One behind the other.
    Series(Vec<OnePort>),
    /// Side by side.
    Parallel(Vec<OnePort>),
}

/// Trees deeper than this are refused, before the stack is.
const MAX_DEPTH: usize = 64;

impl OnePort {
    /// Reflection coefficient against a real reference; finite for opens and shorts too.
    ///
    /// # Errors
    /// [`Error::Domain`] for a negative frequency, a reference or part that is not above zero;
    /// [`Error::TooFew`] for an empty branch; [`Error::Invalid`] for a tree deeper than 64;
    /// [`Error::Singular`] where a short and an open meet.
    pub fn s11(&self, frequency_hz: f64, reference_ohm: f64) -> Result<C64> {
        check::in_range("reference_ohm", reference_ohm, 1e-30, 1e30)?;
        let [over, under] = self.fraction(frequency_hz)?;
        let gamma = (over - under * reference_ohm) / (over + under * reference_ohm);
        if gamma.re.is_finite() && gamma.im.is_finite() {
            Ok(gamma)
        } else {
            Err(Error::Singular { name: "one-port at this frequency".into() })
        }
    }

    /// [`OnePort::s11`] at each frequency of an array.
    ///
    /// # Errors
    /// As [`OnePort::s11`].
    pub fn s11_array(&self, frequencies_hz: &ArrayRef1<f64>, reference_ohm: f64) -> Result<Array1<C64>> {
        frequencies_hz.iter().map(|&frequency_hz| self.s11(frequency_hz, reference_ohm)).collect()
    }

    /// Impedance, ohm.
    ///
    /// # Errors
    /// As [`OnePort::s11`]; [`Error::Singular`] for an open circuit.
    pub fn impedance_ohm(&self, frequency_hz: f64) -> Result<C64> {
        let [over, under] = self.fraction(frequency_hz)?;
        let impedance = over / under;
        if impedance.re.is_finite() && impedance.im.is_finite() {
            Ok(impedance)
        } else {
            Err(Error::Singular { name: "admittance of the one-port".into() })
        }
    }

    /// [`OnePort::impedance_ohm`] at each frequency of an array.
    ///
    /// # Errors
    /// As [`OnePort::impedance_ohm`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::one_port::OnePort;
    /// use mmw_core::ndarray::array;
    /// let branch = OnePort::Series(vec![OnePort::Resistor { ohm: 3.0 }, OnePort::Inductor { henry: 4.0 }]);
    /// let z = branch.impedance_ohm_array(&array![0.0, 0.5 / std::f64::consts::PI])?;
    /// assert!(z[0].re == 3.0 && (z[1].norm() - 5.0).abs() < 1e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn impedance_ohm_array(&self, frequencies_hz: &ArrayRef1<f64>) -> Result<Array1<C64>> {
        frequencies_hz.iter().map(|&frequency_hz| self.impedance_ohm(frequency_hz)).collect()
    }

    fn fraction(&self, frequency_hz: f64) -> Result<[C64; 2]> {
        let omega = TAU * check::in_range("frequency_hz", frequency_hz, 0.0, 1e30)?;
        self.impedance_fraction(omega, 0)
    }

    /// The impedance as numerator and denominator, of which one may vanish: an open circuit has one too.
    fn impedance_fraction(&self, omega: f64, depth: usize) -> Result<[C64; 2]> {
        if depth > MAX_DEPTH {
            return Err(Error::invalid("one-port", format!("is nested deeper than {MAX_DEPTH}")));
        }
        let one = C64::new(1.0, 0.0);
        let in_range = |name, value| check::in_range(name, value, 1e-60, 1e60);
        match self {
            Self::Resistor { ohm } => Ok([C64::new(in_range("ohm", *ohm)?, 0.0), one]),
            Self::Inductor { henry } => Ok([C64::new(0.0, omega * in_range("henry", *henry)?), one]),
            Self::Capacitor { farad } => Ok([one, C64::new(0.0, omega * in_range("farad", *farad)?)]),
            Self::Series(parts) => combine(parts, omega, depth, |[a, b], [c, d]| [a * d + c * b, b * d]),
            Self::Parallel(parts) => combine(parts, omega, depth, |[a, b], [c, d]| [a * c, a * d + c * b]),
        }
    }
}

fn combine(
    parts: &[OnePort],
    omega: f64,
    depth: usize,
    join: impl Fn([C64; 2], [C64; 2]) -> [C64; 2],
) -> Result<[C64; 2]> {
    let mut sum: Option<[C64; 2]> = None;
    for part in parts {
        let next = balanced(part.impedance_fraction(omega, depth + 1)?);
        sum = Some(sum.map_or(next, |sum| balanced(join(sum, next))));
    }
    sum.ok_or_else(|| Error::too_few("parts of a branch", 1, 0))
}

/// The same fraction with its greater part of modulus 1, so that products stay in range.
fn balanced([over, under]: [C64; 2]) -> [C64; 2] {
    let largest = over.norm().max(under.norm());
    if largest > 0.0 { [over / largest, under / largest] } else { [over, under] }
}

/// The values of the equivalent circuit of Fig. 6; the paper prints none.
///
/// ```text
/// port ─┬──── LS ── CS ────┬────────┬────────┐
///     CSUB ∥ LSUB          LP      CP1    R_rad
/// ```
/// A reading of the text: `CS` and `LS` are "series resonant between the parallel resonant components", of
/// which `CSUB, LSUB` are the substrate's and `LP, CP1` the antenna's. Without a resistor a Foster form
/// radiates nothing; the radiation resistance is added. Any other circuit is an [`OnePort`] of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DipoleEquivalent {
    /// `CSUB`, F.
    pub substrate_farad: f64,
    /// `LSUB`, H.
    pub substrate_henry: f64,
    /// `CS`, F.
    pub series_farad: f64,
    /// `LS`, H.
    pub series_henry: f64,
    /// `CP1`, F.
    pub parallel_farad: f64,
    /// `LP`, H.
    pub parallel_henry: f64,
    /// Radiation resistance, ohm.
    pub radiation_ohm: f64,
}

impl DipoleEquivalent {
    /// The circuit.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::one_port::DipoleEquivalent;
    ///
    /// // Tanks and series branch all resonant at 56.7 GHz: only the radiation resistance is left.
    /// let omega = 2.0 * std::f64::consts::PI * 56.7e9;
    /// let henry = |farad: f64| 1.0 / (omega * omega * farad);
    /// let dipole = DipoleEquivalent {
    ///     substrate_farad: 20e-15,
    ///     substrate_henry: henry(20e-15),
    ///     series_farad: 10e-15,
    ///     series_henry: henry(10e-15),
    ///     parallel_farad: 15e-15,
    ///     parallel_henry: henry(15e-15),
    ///     radiation_ohm: 73.0,
    /// };
    /// let z = dipole.circuit().impedance_ohm(56.7e9)?;
    /// assert!((z - 73.0).norm() < 1e-9);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn circuit(&self) -> OnePort {
        let antenna = OnePort::Parallel(vec![
            OnePort::Inductor { henry: self.parallel_henry },
            OnePort::Capacitor { farad: self.parallel_farad },
            OnePort::Resistor { ohm: self.radiation_ohm },
        ]);
        let branch = OnePort::Series(vec![
            OnePort::Inductor { henry: self.series_henry },
            OnePort::Capacitor { farad: self.series_farad },
            antenna,
        ]);
        OnePort::Parallel(vec![
            OnePort::Capacitor { farad: self.substrate_farad },
            OnePort::Inductor { henry: self.substrate_henry },
            branch,
        ])
    }
}
