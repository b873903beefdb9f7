//! Attenuation by oxygen and water vapour, line by line: Recommendation ITU-R P.676, Annex 1.

mod lines;
mod sum;

use crate::atmosphere::Atmosphere;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::simd::Level;
use mmw_core::{Result, check};
use sum::{LANES, Line, sum_lines};

/// Which edition of P.676 the line tables and the line shapes are those of.
///
/// Editions differ: -9 gives 2.4 % more oxygen at 60 GHz than -10, and -11 gives 12 % less vapour than -10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Revision {
    /// P.676-12 (August 2019).
    #[default]
    P676V12,
}

mmw_core::named!(Revision, "revision" { P676V12 = "p676_v12" });

/// Specific attenuation by mechanism, dB/km.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct GasAttenuation {
    /// Oxygen lines and the dry continuum.
    pub oxygen_db_per_km: f64,
    /// Water-vapour lines.
    pub vapour_db_per_km: f64,
}

mmw_core::checked_serde!(GasAttenuation { oxygen_db_per_km, vapour_db_per_km });

impl GasAttenuation {
    /// Oxygen and vapour together, dB/km.
    #[must_use]
    pub fn total_db_per_km(&self) -> f64 {
        self.oxygen_db_per_km + self.vapour_db_per_km
    }
}

/// P.676 for one atmosphere: the line tables scaled once, then any number of frequencies.
///
/// ```text
/// γ = 0.1820 f N''(f),   N''_oxygen = Σ S_i F_i + N''_D,   N''_vapour = Σ S_i F_i
/// F = (f/f_i) [ (Δ − δ(f_i − f)) / ((f_i − f)² + Δ²) + (Δ − δ(f_i + f)) / ((f_i + f)² + Δ²) ]
/// ```
/// Equations (1) to (9) of ITU-R P.676-12, Annex 1; frequencies in GHz, widths Δ with the Zeeman and
/// Doppler terms (6b). The two fractions of `F` are added on one denominator, and so are two lines at a
/// time: one division serves two lines.
///
/// # Examples
/// ```
/// use linkbudget::atmosphere::Atmosphere;
/// use linkbudget::gas::{LineByLine, Revision};
///
/// let air = LineByLine::new(Atmosphere::p676_reference(), Revision::P676V12)?;
/// let at_60_ghz = air.specific_attenuation(60e9)?;
/// assert!((at_60_ghz.oxygen_db_per_km - 14.6235).abs() < 1e-4);
/// assert!((at_60_ghz.vapour_db_per_km - 0.1548).abs() < 1e-4);
/// // The band edge at 64 GHz is a third as bad, and the highveld is kinder than the coast.
/// assert!((air.specific_attenuation(64e9)?.total_db_per_km() - 7.0204).abs() < 1e-4);
/// let highveld = LineByLine::new(Atmosphere::standard(1750.0)?, Revision::P676V12)?;
/// assert!(highveld.specific_attenuation(60e9)?.total_db_per_km() < 14.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LineByLine {
    atmosphere: Atmosphere,
    revision: Revision,
    oxygen: [Line; OXYGEN_LINES],
    vapour: [Line; VAPOUR_LINES],
    continuum: Continuum,
}

// Rounded up to even, so that lines pair off; the extra line has no strength.
const OXYGEN_LINES: usize = lines::OXYGEN.len().next_multiple_of(2);
const VAPOUR_LINES: usize = lines::VAPOUR.len().next_multiple_of(2);

impl LineByLine {
    /// Scales the tables of `revision` to `atmosphere`.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] as [`Atmosphere::checked`].
    pub fn new(atmosphere: Atmosphere, revision: Revision) -> Result<Self> {
        let air = atmosphere.checked()?;
        let mut oxygen = [Line::default(); OXYGEN_LINES];
        let mut vapour = [Line::default(); VAPOUR_LINES];
        // A line without strength still needs a width, or its denominator vanishes at its frequency.
        oxygen.iter_mut().chain(&mut vapour).for_each(|line| line.width_squared = 1.0);
        for (line, row) in oxygen.iter_mut().zip(&lines::OXYGEN) {
            *line = oxygen_line(row, &air);
        }
        for (line, row) in vapour.iter_mut().zip(&lines::VAPOUR) {
            *line = vapour_line(row, &air);
        }
        Ok(Self { atmosphere: air, revision, oxygen, vapour, continuum: Continuum::new(&air) })
    }

    /// The atmosphere that it was made for.
    #[must_use]
    pub fn atmosphere(&self) -> &Atmosphere {
        &self.atmosphere
    }

    /// The edition that it follows.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Specific attenuation at one frequency from 1 to 1000 GHz.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] outside that range.
    pub fn specific_attenuation(&self, frequency_hz: f64) -> Result<GasAttenuation> {
        let (oxygen, vapour) = self.block([check_frequency(frequency_hz)? * 1e-9; LANES]);
        Ok(GasAttenuation { oxygen_db_per_km: oxygen[0], vapour_db_per_km: vapour[0] })
    }

    /// [`LineByLine::specific_attenuation`] at each frequency of an array.
    ///
    /// # Errors
    /// As [`LineByLine::specific_attenuation`].
    ///
    /// # Examples
    /// ```
    /// use linkbudget::atmosphere::Atmosphere;
    /// use linkbudget::gas::{LineByLine, Revision};
    /// use mmw_core::ndarray::Array1;
    ///
    /// let air = LineByLine::new(Atmosphere::p676_reference(), Revision::P676V12)?;
    /// let band_hz = Array1::linspace(57e9, 64e9, 141);
    /// let mean = air.total_db_per_km(&band_hz)?.mean().unwrap();
    /// assert!((mean - 12.90).abs() < 0.01);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn specific_attenuation_array(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
    ) -> Result<Array1<GasAttenuation>> {
        let mut result = Array1::from_elem(frequencies_hz.len(), GasAttenuation::default());
        let mut index = 0;
        self.for_each_block(frequencies_hz, |oxygen, vapour| {
            for (&oxygen_db_per_km, &vapour_db_per_km) in oxygen.iter().zip(vapour) {
                if let Some(slot) = result.get_mut(index) {
                    *slot = GasAttenuation { oxygen_db_per_km, vapour_db_per_km };
                }
                index += 1;
            }
        })?;
        Ok(result)
    }

    /// Oxygen and vapour together at each frequency of an array, dB/km.
    ///
    /// # Errors
    /// As [`LineByLine::specific_attenuation`].
    pub fn total_db_per_km(&self, frequencies_hz: &ArrayRef1<f64>) -> Result<Array1<f64>> {
        let mut result = Array1::zeros(frequencies_hz.len());
        self.total_db_per_km_into(frequencies_hz, &mut result)?;
        Ok(result)
    }

    /// [`LineByLine::total_db_per_km`] into an array that is there already; allocates nothing.
    ///
    /// # Errors
    /// As [`LineByLine::specific_attenuation`]; [`mmw_core::Error::Shape`] when the lengths differ.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::atmosphere::Atmosphere;
    /// use linkbudget::gas::{LineByLine, Revision};
    /// use mmw_core::ndarray::{Array1, array};
    /// let air = LineByLine::new(Atmosphere::p676_reference(), Revision::P676V12)?;
    /// let mut total = Array1::zeros(2);
    /// air.total_db_per_km_into(&array![60e9, 64e9], &mut total)?;
    /// assert!((total[0] - 14.7783).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn total_db_per_km_into(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
        total_db_per_km: &mut ArrayRef1<f64>,
    ) -> Result<()> {
        check::same_len("total_db_per_km", frequencies_hz.len(), total_db_per_km.len())?;
        let mut slots = total_db_per_km.iter_mut();
        self.for_each_block(frequencies_hz, |oxygen, vapour| {
            for ((oxygen, vapour), slot) in oxygen.iter().zip(vapour).zip(&mut slots) {
                *slot = oxygen + vapour;
            }
        })
    }

    /// Calls `take` with the oxygen and the vapour attenuation of each block of frequencies, in order. The
    /// last block repeats its last frequency to be full.
    fn for_each_block(
        &self,
        frequencies_hz: &ArrayRef1<f64>,
        mut take: impl FnMut(&[f64; LANES], &[f64; LANES]),
    ) -> Result<()> {
        let mut block = [0.0; LANES];
        let mut filled = 0;
        for &frequency_hz in frequencies_hz {
            block[filled..].fill(check_frequency(frequency_hz)? * 1e-9);
            filled += 1;
            if filled == LANES {
                let (oxygen, vapour) = self.block(block);
                take(&oxygen, &vapour);
                filled = 0;
            }
        }
        if filled > 0 {
            let (oxygen, vapour) = self.block(block);
            take(&oxygen, &vapour);
        }
        Ok(())
    }

    fn block(&self, frequency_ghz: [f64; LANES]) -> ([f64; LANES], [f64; LANES]) {
        let level = Level::current();
        let mut oxygen = sum_lines(level, &self.oxygen, &frequency_ghz);
        let mut vapour = sum_lines(level, &self.vapour, &frequency_ghz);
        for ((oxygen, vapour), f) in oxygen.iter_mut().zip(&mut vapour).zip(&frequency_ghz) {
            *oxygen = 0.1820 * f * (f * *oxygen + self.continuum.at(*f));
            *vapour *= 0.1820 * f * f;
        }
        (oxygen, vapour)
    }
}

fn check_frequency(frequency_hz: f64) -> Result<f64> {
    check::in_range("frequency_hz", frequency_hz, 1e9, 1e12)
}

/// A line of strength `S`, width `Δ` and interference `δ`: both fractions of `F` on one denominator have
/// the numerator `2(Δ − δ f0)(f0² + f² + Δ²) + 4 δ f0 f²`.
fn line(frequency_ghz: f64, strength: f64, width: f64, interference: f64) -> Line {
    let scale = strength / frequency_ghz;
    let base = 2.0 * (width - interference * frequency_ghz);
    Line {
        frequency_ghz,
        width_squared: width * width,
        alpha: scale * base * (frequency_ghz * frequency_ghz + width * width),
        beta: scale * (base + 4.0 * interference * frequency_ghz),
    }
}

fn oxygen_line(row: &[f64; 7], air: &Atmosphere) -> Line {
    let [f0, a1, a2, a3, a4, a5, a6] = *row;
    let (p, e) = (air.dry_pressure_hpa, air.vapour_pressure_hpa());
    let theta = 300.0 / air.temperature_k;
    let strength = a1 * 1e-7 * p * theta.powi(3) * (a2 * (1.0 - theta)).exp();
    let pressure_width = a3 * 1e-4 * (p * theta.powf(0.8 - a4) + 1.1 * e * theta);
    // Zeeman splitting keeps a line from vanishing in thin air.
    let width = (pressure_width * pressure_width + 2.25e-6).sqrt();
    let interference = (a5 + a6 * theta) * 1e-4 * (p + e) * theta.powf(0.8);
    line(f0, strength, width, interference)
}

fn vapour_line(row: &[f64; 7], air: &Atmosphere) -> Line {
    let [f0, b1, b2, b3, b4, b5, b6] = *row;
    let (p, e) = (air.dry_pressure_hpa, air.vapour_pressure_hpa());
    let theta = 300.0 / air.temperature_k;
    let strength = b1 * 1e-1 * e * theta.powf(3.5) * (b2 * (1.0 - theta)).exp();
    let pressure_width = b3 * 1e-4 * (p * theta.powf(b4) + b5 * e * theta.powf(b6));
    let doppler = 2.1316e-12 * f0 * f0 / theta;
    let width = 0.535 * pressure_width + (0.217 * pressure_width * pressure_width + doppler).sqrt();
    line(f0, strength, width, 0.0)
}

/// The dry continuum: Debye spectrum of oxygen below 10 GHz and pressure-induced nitrogen above 100 GHz.
///
/// ```text
/// N''_D = f p θ² [ 6.14e-5 / d(1 + (f/d)²) + 1.4e-12 p θ^1.5 / (1 + 1.9e-5 f^1.5) ],   d = 5.6e-4 (p+e) θ^0.8
/// ```
/// Equations (8) and (9) of ITU-R P.676-12, Annex 1; the first fraction as `d / (d² + f²)`,
/// finite at `d = 0`.
#[derive(Debug, Clone, Copy)]
struct Continuum {
    width: f64,
    debye: f64,
    nitrogen: f64,
}

impl Continuum {
    fn new(air: &Atmosphere) -> Self {
        let theta = 300.0 / air.temperature_k;
        let p = air.dry_pressure_hpa;
        let width = 5.6e-4 * air.total_pressure_hpa() * theta.powf(0.8);
        let scale = p * theta * theta;
        Self { width, debye: scale * 6.14e-5 * width, nitrogen: scale * 1.4e-12 * p * theta.powf(1.5) }
    }

    fn at(&self, f: f64) -> f64 {
        let debye = self.debye / (self.width * self.width + f * f);
        f * (debye + self.nitrogen / (1.0 + 1.9e-5 * f * f.sqrt()))
    }
}
