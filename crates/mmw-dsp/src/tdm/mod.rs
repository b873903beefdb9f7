//! TDM-MIMO: Doppler phase compensation, velocities unfolded, and channel calibration.
//!
//! Transmitters fire in turn, so transmitter `m` sees a moving target `m Tc` later and farther along: its
//! channels carry an extra phase `2π f_D m Tc` that an angle estimator would take for direction. Two that
//! send together with signs ([`Firing::BinaryPhase`](crate::Firing::BinaryPhase)) are told apart once that
//! is taken out.

mod binary_phase;
mod unfold;

pub(crate) use binary_phase::PhaseDecoder;

pub use unfold::{FoldedVelocity, UnfoldedVelocity, unfold};

use crate::fmcw::Fmcw;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::{Direction, dot};
use mmw_core::ndarray::{ArrayRef3, Axis};
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};
use std::f64::consts::TAU;

/// Takes the phase of motion between transmitters out of channel snapshots, and tells apart those that
/// send together.
///
/// ```text
/// y_{m,r} = x_{m,r} · exp(−j 2π f_D m Tc)
/// ```
/// As in [^bechter], with `f_D > 0` for a receding target and `Tc` from one transmitter to the next.
/// The Doppler frequency is known up to multiples of `1/(M Tc)` only: for a target beyond
/// [`Fmcw::max_velocity_m_s`] pass the unfolded frequency to [`DopplerCompensation::apply`].
///
/// # Examples
/// ```
/// use mmw_core::C64;
/// use mmw_dsp::{Fmcw, FmcwConfig, tdm::DopplerCompensation};
///
/// let fmcw = Fmcw::new(FmcwConfig::iwr1843())?;
/// let compensation = DopplerCompensation::<f64>::new(&fmcw, 128)?;
/// // Bin 96 of 128 is a quarter of the pulse repetition frequency: 30 degrees from one transmitter to the next.
/// let mut cell = [C64::new(1.0, 0.0); 12];
/// compensation.apply_bin(&mut cell, 96)?;
/// assert!((cell[4].arg() + 30_f64.to_radians()).abs() < 1e-14);
/// assert!((cell[8].arg() + 60_f64.to_radians()).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^bechter]: J. Bechter, F. Roos and C. Waldschmidt, "Compensation of motion-induced phase errors in TDM
///     MIMO radars", IEEE Microw. Wireless Compon. Lett., vol. 27, no. 12, pp. 1164-1166, 2017.
#[derive(Debug, Clone)]
pub struct DopplerCompensation<T> {
    /// Factors `[transmitter][bin]`, the bin running fastest.
    factors: Vec<Complex<T>>,
    transmitters: usize,
    receivers: usize,
    bins: usize,
    delays_s: Vec<f64>,
    decoder: Option<PhaseDecoder>,
}

impl<T: Real> DopplerCompensation<T> {
    /// Plans for a shifted Doppler FFT of `doppler_fft` points: zero at index `doppler_fft / 2`.
    ///
    /// # Errors
    /// [`Error::TooFew`] when `doppler_fft` is below the number of chirps.
    pub fn new(fmcw: &Fmcw, doppler_fft: usize) -> Result<Self> {
        let config = fmcw.config();
        check::at_least("doppler_fft", doppler_fft, config.chirps)?;
        let factor = |transmitter: usize, bin: usize| {
            let cycles = (bin as f64 - (doppler_fft / 2) as f64) / doppler_fft as f64;
            cis(-TAU * cycles * fmcw.tx_delay_s(transmitter) / fmcw.repetition_s())
        };
        Ok(Self {
            factors: (0..config.transmitters)
                .flat_map(|m| (0..doppler_fft).map(move |bin| factor(m, bin)))
                .collect(),
            transmitters: config.transmitters,
            receivers: config.receivers,
            bins: doppler_fft,
            delays_s: (0..config.transmitters).map(|m| fmcw.tx_delay_s(m)).collect(),
            decoder: config.firing.binary_phase().map(|pair| PhaseDecoder::new(pair, config.receivers)),
        })
    }

    /// Makes the channels alike once transmitters that send together are told apart; nothing where none do:
    /// there the cube is calibrated.
    pub(crate) fn weighted(mut self, calibration: Option<&Calibration>) -> Result<Self> {
        let channels = self.channels();
        if let Some(calibration) = calibration {
            self.decoder =
                self.decoder.map(|decoder| decoder.weighted(calibration.weights(), channels)).transpose()?;
        }
        Ok(self)
    }

    /// The factor of a channel in Doppler bin `bin`.
    pub(crate) fn factor(&self, channel: usize, bin: usize) -> Complex<T> {
        self.factors[channel / self.receivers * self.bins + bin]
    }

    pub(crate) fn decoder(&self) -> Option<&PhaseDecoder> {
        self.decoder.as_ref()
    }

    fn decode(&self, channels: &mut [Complex<T>]) {
        if let Some(decoder) = &self.decoder {
            decoder.apply(channels);
        }
    }

    /// Channels of a snapshot: transmitters times receivers.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.transmitters * self.receivers
    }

    /// Compensates the snapshot of a cell in Doppler bin `bin`, in place.
    ///
    /// # Errors
    /// [`Error::Shape`] unless there is one value per channel, [`Error::Domain`] for a bin past the end.
    pub fn apply_bin(&self, channels: &mut [Complex<T>], bin: usize) -> Result<()> {
        check::same_len("channels", self.channels(), channels.len())?;
        if bin >= self.bins {
            return Err(Error::domain("bin", bin as f64, format!("below {}, the Doppler bins", self.bins)));
        }
        for (receivers, factors) in
            channels.chunks_exact_mut(self.receivers).zip(self.factors.chunks_exact(self.bins))
        {
            receivers.iter_mut().for_each(|x| *x *= factors[bin]);
        }
        self.decode(channels);
        Ok(())
    }

    /// Compensates a snapshot for a refined (or unfolded) Doppler frequency, in place.
    ///
    /// # Errors
    /// [`Error::Shape`] unless there is one value per channel, [`Error::Domain`] unless the phase it makes is
    /// finite.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::C32;
    /// use mmw_dsp::{Fmcw, FmcwConfig, tdm::DopplerCompensation};
    ///
    /// let fmcw = Fmcw::new(FmcwConfig::awr1642())?;
    /// let compensation = DopplerCompensation::<f32>::new(&fmcw, 128)?;
    /// let mut cell = [C32::new(1.0, 0.0); 8];
    /// compensation.apply(&mut cell, 1000.0)?;
    /// assert!((cell[4].arg() + 360_f32.to_radians() * 0.06).abs() < 1e-6);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn apply(&self, channels: &mut [Complex<T>], doppler_hz: f64) -> Result<()> {
        check::same_len("channels", self.channels(), channels.len())?;
        let rate_rad_per_s = TAU * check::finite("doppler_hz", doppler_hz)?;
        let last_s = self.delays_s.last().copied().unwrap_or_default();
        check::finite("phase of the last transmitter", rate_rad_per_s * last_s)?;
        self.turn(channels, doppler_hz);
        self.decode(channels);
        Ok(())
    }

    /// The phases of [`DopplerCompensation::apply`] alone.
    pub(crate) fn turn(&self, channels: &mut [Complex<T>], doppler_hz: f64) {
        for (receivers, delay_s) in channels.chunks_exact_mut(self.receivers).zip(&self.delays_s) {
            let factor = cis(-TAU * doppler_hz * delay_s);
            receivers.iter_mut().for_each(|x| *x *= factor);
        }
    }

    /// Compensates a whole range-Doppler spectrum `[channel, range, doppler]`, in place.
    ///
    /// # Errors
    /// [`Error::Shape`] unless it has the channels and the Doppler bins of the plan.
    pub fn apply_spectrum(&self, spectrum: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        let (_, ranges, _) = spectrum.dim();
        check::same_shape("spectrum", &[self.channels(), ranges, self.bins], spectrum.shape())?;
        // The first transmitter has no delay.
        for (channel, mut map) in spectrum.axis_iter_mut(Axis(0)).enumerate().skip(self.receivers) {
            let start = channel / self.receivers * self.bins;
            let factors = &self.factors[start..start + self.bins];
            for mut row in map.rows_mut() {
                row.iter_mut().zip(factors).for_each(|(x, &factor)| *x *= factor);
            }
        }
        if let Some(decoder) = &self.decoder {
            for mut cell in spectrum.lanes_mut(Axis(0)) {
                let mut channels = cell.to_vec();
                decoder.apply(&mut channels);
                cell.iter_mut().zip(channels).for_each(|(x, value)| *x = value);
            }
        }
        Ok(())
    }
}

fn cis<T: Real>(phase_rad: f64) -> Complex<T> {
    Complex::new(T::lit(phase_rad.cos()), T::lit(phase_rad.sin()))
}

/// Complex weights that make all channels of an array alike: one per channel, multiplied onto it.
///
/// # Examples
/// ```
/// use mmw_core::{C64, geometry::Direction};
/// use mmw_dsp::{Board, doa::snapshot_of, tdm::Calibration};
///
/// let array = Board::Awr1642.layout().virtual_array()?;
/// let corner_reflector = Direction::new(0.2, 0.0)?;
/// let mut x = snapshot_of(&array, 3.9e-3, corner_reflector)?.to_vec();
/// x[3] *= C64::from_polar(0.8, 1.0);
///
/// let calibration = Calibration::estimate(&x, &array, 3.9e-3, corner_reflector)?;
/// calibration.apply(&mut x)?;
/// let ideal = snapshot_of(&array, 3.9e-3, corner_reflector)?;
/// assert!((x[3] / x[0] - ideal[3] / ideal[0]).norm() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<C64>", into = "Vec<C64>")
)]
pub struct Calibration {
    weights: Vec<C64>,
}

impl Calibration {
    /// Weights of one: nothing is changed.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no channels.
    pub fn identity(channels: usize) -> Result<Self> {
        Self::from_weights(vec![C64::from(1.0); channels])
    }

    /// The weights as listed, one per channel.
    ///
    /// # Errors
    /// [`Error::TooFew`] for none, [`Error::NotFinite`] for one that is NaN or infinite, [`Error::Invalid`]
    /// if all are zero.
    pub fn from_weights(weights: Vec<C64>) -> Result<Self> {
        check::at_least("weights", weights.len(), 1)?;
        if weights.iter().all(|w| *w == C64::ZERO) {
            return Err(Error::invalid("weights", "are all zero: no channel would be left"));
        }
        match weights.iter().position(|w| !w.is_finite()) {
            Some(index) => Err(Error::NotFinite { name: "weights".into(), index }),
            None => Ok(Self { weights }),
        }
    }

    /// From one snapshot of a strong reference target that stands still at a known direction in the far
    /// field, ideally averaged over many chirps.
    ///
    /// ```text
    /// w_n = c · exp(−j k·p_n) / x_n,   Σ |w_n|² = M,   arg w_0 = 0
    /// ```
    /// The numerator is the response of the array to a plane wave, equation (3) of [^molisch],
    /// conjugated by the mixer. The constant `c` leaves the mean noise power and the phase of the first
    /// channel as they are.
    ///
    /// # Errors
    /// [`Error::Shape`] unless there is one value per channel of `array`, [`Error::NotFinite`],
    /// [`Error::Domain`] for a channel without signal (below 1e-12 of the strongest) and for the wavelength.
    ///
    /// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
    pub fn estimate(
        snapshot: &[C64],
        array: &AntennaArray,
        wavelength_m: f64,
        direction: Direction,
    ) -> Result<Self> {
        let k = direction.wave_vector(wavelength_m)?;
        check::same_len("snapshot", array.len(), snapshot.len())?;
        if let Some(index) = snapshot.iter().position(|x| !x.is_finite()) {
            return Err(Error::NotFinite { name: "snapshot".into(), index });
        }
        let strongest = snapshot.iter().map(|x| x.re.abs().max(x.im.abs())).fold(0.0, f64::max);
        let scaled: Vec<C64> = snapshot.iter().map(|x| x / strongest).collect();
        if let Some((_, weak)) = scaled.iter().zip(snapshot).find(|(s, _)| s.is_nan() || s.norm() < 1e-12) {
            return Err(Error::domain("amplitude of a channel", weak.norm(), "above 1e-12 of the strongest"));
        }
        let places = array.positions_m().iter();
        let raw: Vec<C64> = places.zip(&scaled).map(|(&p, x)| C64::cis(-dot(k, p)) / x).collect();
        let power: f64 = raw.iter().map(C64::norm_sqr).sum::<f64>() / raw.len() as f64;
        let constant = C64::from_polar(power.sqrt().recip(), -raw[0].arg());
        Self::from_weights(raw.into_iter().map(|w| w * constant).collect())
    }

    /// The weights, one per channel.
    #[must_use]
    pub fn weights(&self) -> &[C64] {
        &self.weights
    }

    /// Whether some channel is turned by more than 90 degrees against the first that has a weight: what takes
    /// out an inversion of [`crate::Board::inverts_channels`] does so.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{mmw_core::C64, tdm::Calibration};
    /// assert!(Calibration::from_weights(vec![C64::from(1.0), C64::from(-1.0)])?.inverts());
    /// assert!(!Calibration::identity(8)?.inverts());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn inverts(&self) -> bool {
        let first = self.weights.iter().find(|w| **w != C64::ZERO);
        first.is_some_and(|first| self.weights.iter().any(|w| (w * first.conj()).re < 0.0))
    }

    /// Weighs a channel snapshot in place.
    ///
    /// # Errors
    /// [`Error::Shape`] unless there is one value per channel.
    pub fn apply<T: Real>(&self, channels: &mut [Complex<T>]) -> Result<()> {
        check::same_len("channels", self.weights.len(), channels.len())?;
        for (x, w) in channels.iter_mut().zip(&self.weights) {
            *x *= narrow(w);
        }
        Ok(())
    }

    /// Weighs a cube or a spectrum, `[channel, …, …]`, in place.
    ///
    /// # Errors
    /// [`Error::Shape`] unless it has one plane per channel.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{C32, C64, ndarray::Array3};
    /// use mmw_dsp::tdm::Calibration;
    ///
    /// let mut cube = Array3::from_elem((2, 3, 4), C32::new(1.0, 0.0));
    /// Calibration::from_weights(vec![C64::from(1.0), C64::i()])?.apply_cube(&mut cube)?;
    /// assert_eq!((cube[[0, 2, 3]], cube[[1, 0, 0]]), (C32::new(1.0, 0.0), C32::i()));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn apply_cube<T: Real>(&self, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        let (channels, rows, columns) = cube.dim();
        check::same_shape("cube", &[self.weights.len(), rows, columns], &[channels, rows, columns])?;
        for (mut plane, w) in cube.axis_iter_mut(Axis(0)).zip(&self.weights) {
            let w = narrow::<T>(w);
            plane.iter_mut().for_each(|x| *x *= w);
        }
        Ok(())
    }
}

fn narrow<T: Real>(w: &C64) -> Complex<T> {
    Complex::new(T::lit(w.re), T::lit(w.im))
}

impl TryFrom<Vec<C64>> for Calibration {
    type Error = Error;

    fn try_from(weights: Vec<C64>) -> Result<Self> {
        Self::from_weights(weights)
    }
}

impl From<Calibration> for Vec<C64> {
    fn from(calibration: Calibration) -> Self {
        calibration.weights
    }
}
