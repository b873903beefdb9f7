//! From watts at the antenna to counts of the converter: radar equation, thermal noise, full scale.

use mmw_core::consts::{BOLTZMANN_J_K, REFERENCE_TEMPERATURE_K};
use mmw_core::units::{Db, Dbm};
use mmw_core::{Result, check};
use std::f64::consts::PI;

/// Power, gains, noise and converter of the radar: plain data, checked by
/// [`Simulator::new`](super::Simulator::new).
///
/// The defaults are of the size that the data sheets of single-chip 60 and 77 GHz radars give; a thermal
/// noise of about eight counts then stands against a reflector of 1 m² at 3 m of about 130.
///
/// # Examples
/// ```
/// use mmw_dsp::simulate::RadioFrontEnd;
///
/// let radio = RadioFrontEnd::default();
/// // k T B F = -174 dBm/Hz + 67 dB(5 MHz) + 15 dB.
/// let noise_dbm = 10.0 * radio.noise_power_w(5e6)?.log10() + 30.0;
/// assert!((noise_dbm + 92.0).abs() < 0.1);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct RadioFrontEnd {
    /// Power into the transmit antenna, dBm.
    pub transmit_power_dbm: f64,
    /// Gain of the transmit antenna towards every target, dBi.
    pub transmit_gain_dbi: f64,
    /// Gain of the receive antenna towards every target, dBi.
    pub receive_gain_dbi: f64,
    /// Noise figure of the receiver, dB, at least 0.
    pub noise_figure_db: f64,
    /// Temperature that the noise figure refers to, K.
    pub temperature_k: f64,
    /// Gain from the receive antenna to the converter, dB.
    pub receiver_gain_db: f64,
    /// Power at the converter of a complex tone whose magnitude is full scale, dBm.
    pub full_scale_dbm: f64,
    /// Bits of the converter, sign included, 2 to 16; full scale is `2^(bits - 1)` counts.
    pub adc_bits: u32,
    /// Whether samples are rounded to whole counts and clipped at full scale.
    pub quantise: bool,
    /// Whether thermal noise is added; signal-to-noise ratios refer to its power in either case.
    pub noise: bool,
}

impl Default for RadioFrontEnd {
    fn default() -> Self {
        Self {
            transmit_power_dbm: 12.0,
            transmit_gain_dbi: 10.0,
            receive_gain_dbi: 10.0,
            noise_figure_db: 15.0,
            temperature_k: REFERENCE_TEMPERATURE_K,
            receiver_gain_db: 30.0,
            full_scale_dbm: 10.0,
            adc_bits: 16,
            quantise: true,
            noise: true,
        }
    }
}

/// Levels beyond ±300 dB are slips of the pen, and their ratios leave the finite numbers.
const LEVEL_DB: f64 = 300.0;

impl RadioFrontEnd {
    /// Thermal noise at the antenna, W, over `bandwidth_hz`.
    ///
    /// ```text
    /// P_n = k T B F
    /// ```
    /// The definition of the noise figure F, section 2.3 of [^richards]; a complex sample taken at the rate
    /// fs has B = fs.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a field out of range or a bandwidth that is not above zero.
    ///
    /// [^richards]: M. A. Richards, "Fundamentals of Radar Signal Processing", 2nd ed., 2014.
    pub fn noise_power_w(&self, bandwidth_hz: f64) -> Result<f64> {
        self.check()?;
        let bandwidth_hz = check::positive("bandwidth_hz", bandwidth_hz)?;
        let power_w =
            BOLTZMANN_J_K * self.temperature_k * bandwidth_hz * Db(self.noise_figure_db).power_ratio();
        check::positive("thermal noise power, W", power_w)
    }

    /// Power of the echo at the receive antenna, W, of a point target at `range_m`.
    ///
    /// ```text
    /// P_r = P_t G_t G_r λ² σ / ((4π)³ R⁴)
    /// ```
    /// The radar range equation, chapter 2 of [^richards].
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a field out of range, for an argument that is not finite and above
    /// zero, or when the power leaves the finite numbers above zero.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::simulate::RadioFrontEnd;
    /// let radio = RadioFrontEnd::default();
    /// let near_w = radio.echo_power_w(3.9e-3, 1.0, 1.0)?;
    /// let far_w = radio.echo_power_w(3.9e-3, 10.0, 1.0)?;
    /// assert!((near_w / far_w - 1e4).abs() < 1e-6);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^richards]: M. A. Richards, "Fundamentals of Radar Signal Processing", 2nd ed., 2014.
    pub fn echo_power_w(&self, wavelength_m: f64, range_m: f64, rcs_m2: f64) -> Result<f64> {
        self.check()?;
        check::positive("range_m", range_m)?;
        check::positive("rcs_m2", rcs_m2)?;
        let at_one_metre_w = self.echo_power_at_one_metre_w(check::positive("wavelength_m", wavelength_m)?);
        check::positive("echo power, W", at_one_metre_w * rcs_m2 / (range_m * range_m).powi(2))
    }

    /// [`RadioFrontEnd::echo_power_w`] of 1 m² at 1 m, unchecked.
    pub(super) fn echo_power_at_one_metre_w(&self, wavelength_m: f64) -> f64 {
        let gain = Db(self.transmit_gain_dbi + self.receive_gain_dbi).power_ratio();
        Dbm(self.transmit_power_dbm).w() * gain * (wavelength_m * wavelength_m) / (4.0 * PI).powi(3)
    }

    /// Magnitude in counts of a complex tone of 1 W at the antenna.
    pub(super) fn counts_per_root_w(&self) -> f64 {
        let gain = Db(self.receiver_gain_db).power_ratio();
        self.full_scale_counts() * (gain / Dbm(self.full_scale_dbm).w()).sqrt()
    }

    /// `2^(bits - 1)`.
    pub(super) fn full_scale_counts(&self) -> f64 {
        0.5 * f64::from(self.adc_bits).exp2()
    }

    pub(super) fn check(&self) -> Result<()> {
        let levels = [
            ("radio.transmit_power_dbm", self.transmit_power_dbm),
            ("radio.transmit_gain_dbi", self.transmit_gain_dbi),
            ("radio.receive_gain_dbi", self.receive_gain_dbi),
            ("radio.receiver_gain_db", self.receiver_gain_db),
            ("radio.full_scale_dbm", self.full_scale_dbm),
        ];
        for (name, value) in levels {
            check::in_range(name, value, -LEVEL_DB, LEVEL_DB)?;
        }
        check::in_range("radio.noise_figure_db", self.noise_figure_db, 0.0, LEVEL_DB)?;
        check::positive("radio.temperature_k", self.temperature_k)?;
        check::in_range("radio.adc_bits", f64::from(self.adc_bits), 2.0, 16.0)?;
        Ok(())
    }
}
