//! The waveform: what was transmitted and sampled, and what that makes of range and velocity.

use crate::board::{AntennaLayout, Board};
pub use firing::Firing;
use mmw_core::antenna::AntennaArray;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::{Axis, Result, check};

mod firing;
mod times;

/// How the mixer output is sampled; it decides how much of the spectrum holds targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Sampling {
    /// In-phase only: beat frequencies from 0 to half the sample rate.
    Real,
    /// Quadrature with the image band removed: beat frequencies from 0 to the sample rate.
    #[default]
    Complex1x,
    /// Quadrature with the image band kept: beat frequencies from minus to plus half the sample rate, of
    /// which the positive half holds targets.
    Complex2x,
}

mmw_core::named!(Sampling, "sampling" { Real = "real", Complex1x = "complex1x", Complex2x = "complex2x" });

/// One FMCW frame, TDM-MIMO or not: plain data, checked by [`Fmcw::new`].
///
/// Times follow the chip: a chirp starts idle, then ramps; `adc_start_s` counts from the start of the ramp.
/// Transmitters fire in turn unless `firing` says otherwise, so one transmitter repeats every
/// `transmitters * chirp_interval_s`.
///
/// # Examples
/// ```
/// use mmw_dsp::{Fmcw, FmcwConfig};
///
/// let short = FmcwConfig { chirps: 64, ..FmcwConfig::iwr1843() };
/// let fmcw = Fmcw::new(short)?;
/// assert!((fmcw.range_resolution_m() - 0.0418).abs() < 1e-4);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct FmcwConfig {
    /// Frequency at the start of the ramp, Hz.
    pub start_frequency_hz: f64,
    /// Slope of the ramp, Hz/s (1 MHz/us is 1e12).
    pub slope_hz_per_s: f64,
    /// First sample, counted from the start of the ramp, s.
    pub adc_start_s: f64,
    /// Sample rate, Hz.
    pub sample_rate_hz: f64,
    /// Samples per chirp.
    pub samples: usize,
    /// Chirps per frame of each transmitter.
    pub chirps: usize,
    /// From one chirp to the next, whichever transmitter: idle time plus ramp, s.
    pub chirp_interval_s: f64,
    /// From one frame to the next, s.
    pub frame_period_s: f64,
    /// How the mixer output is sampled.
    pub sampling: Sampling,
    /// Transmitters, each with chirps of its own.
    pub transmitters: usize,
    /// Receivers that listen at once.
    pub receivers: usize,
    /// In which order the chirps are sent.
    #[cfg_attr(feature = "serde", serde(default))]
    pub firing: Firing,
    /// Where the antennas are; `None` when unknown, and then no angle can be computed.
    pub antennas: Option<AntennaLayout>,
}

impl FmcwConfig {
    /// The source's table on an IWR1843: 77 GHz, 3 TX, 4 RX, 128 chirps, Tc = 160 us, frame 80 ms; 256
    /// samples at 5 MHz on a 70 MHz/us ramp (3.6 GHz, 4.2 cm).
    #[must_use]
    pub fn iwr1843() -> Self {
        Self {
            start_frequency_hz: 77e9,
            slope_hz_per_s: 70e12,
            adc_start_s: 6e-6,
            sample_rate_hz: 5e6,
            samples: 256,
            chirps: 128,
            chirp_interval_s: 160e-6,
            frame_period_s: 80e-3,
            sampling: Sampling::Complex1x,
            transmitters: 3,
            receivers: 4,
            firing: Firing::InTurn,
            antennas: Some(Board::Iwr1843.layout()),
        }
    }

    /// An IWR6843ISK indoors: 60 GHz, 3 TX, 4 RX, 96 chirps every 160 us, 256 samples over 3.6 GHz.
    #[must_use]
    pub fn iwr6843isk() -> Self {
        Self {
            start_frequency_hz: 60e9,
            chirps: 96,
            frame_period_s: 100e-3,
            antennas: Some(Board::Iwr6843Isk.layout()),
            ..Self::iwr1843()
        }
    }

    /// An AWR1642 on the road: 77 GHz, 2 TX, 4 RX, 128 chirps every 60 us, 256 samples over 0.8 GHz.
    #[must_use]
    pub fn awr1642() -> Self {
        Self {
            slope_hz_per_s: 30e12,
            sample_rate_hz: 10e6,
            chirp_interval_s: 60e-6,
            frame_period_s: 50e-3,
            transmitters: 2,
            antennas: Some(Board::Awr1642.layout()),
            ..Self::iwr1843()
        }
    }

    /// The preset of a board: the waveform of the nearest of the three presets above (77 GHz in one row,
    /// 77 GHz, 60 GHz) on the antennas of this board, with real samples where its converters give no other.
    #[must_use]
    pub fn preset(board: Board) -> Self {
        let waveform = match board {
            Board::Awr1642 => Self::awr1642(),
            _ if board.design_frequency_hz() < 70e9 => Self::iwr6843isk(),
            _ => Self::iwr1843(),
        };
        let antennas = board.layout();
        let active_s = waveform.chirp_interval_s * (waveform.chirps * antennas.tx_positions_m.len()) as f64;
        Self {
            sampling: if board.samples_real() { Sampling::Real } else { waveform.sampling },
            frame_period_s: waveform.frame_period_s.max(1.25 * active_s),
            transmitters: antennas.tx_positions_m.len(),
            receivers: antennas.rx_positions_m.len(),
            antennas: Some(antennas),
            ..waveform
        }
    }
}

/// Most elements that a frame may have: 2^32, so that sizes never overflow on 64-bit machines.
const MAX_FRAME_ELEMENTS: f64 = 4_294_967_296.0;

/// A checked [`FmcwConfig`] with all that follows from it.
///
/// # Examples
/// ```
/// use mmw_dsp::{Fmcw, FmcwConfig};
///
/// let fmcw = Fmcw::new(FmcwConfig::iwr1843())?;
/// // The carrier is the centre of the sampled sweep: 77 GHz + 70 MHz/us * (6 us + 25.6 us).
/// assert!((fmcw.carrier_hz() - 79.212e9).abs() < 1.0);
/// assert!((fmcw.max_range_m() - 10.707).abs() < 1e-3);
/// assert!((fmcw.velocity_resolution_m_s() - 0.0308).abs() < 1e-4);
/// assert!((fmcw.max_velocity_m_s() - 1.971).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fmcw {
    config: FmcwConfig,
    carrier_hz: f64,
    virtual_array: Option<AntennaArray>,
}

impl Fmcw {
    /// Checks every field and derives the carrier and the virtual array.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] or [`mmw_core::Error::TooFew`] naming the field;
    /// [`mmw_core::Error::Shape`] when the antenna layout has another number of antennas than the
    /// configuration; [`mmw_core::Error::Invalid`] when the chirps do not fit into the interval or the frame.
    pub fn new(config: FmcwConfig) -> Result<Self> {
        check::positive("start_frequency_hz", config.start_frequency_hz)?;
        check::positive("slope_hz_per_s", config.slope_hz_per_s)?;
        check::non_negative("adc_start_s", config.adc_start_s)?;
        check::positive("sample_rate_hz", config.sample_rate_hz)?;
        check::positive("chirp_interval_s", config.chirp_interval_s)?;
        check::positive("frame_period_s", config.frame_period_s)?;
        check::at_least("samples", config.samples, 2)?;
        check::at_least("chirps", config.chirps, 1)?;
        check::at_least("transmitters", config.transmitters, 1)?;
        check::at_least("receivers", config.receivers, 1)?;
        let counts = [config.samples, config.chirps, config.transmitters, config.receivers];
        let elements: f64 = counts.iter().map(|&n| n as f64).product();
        check::in_range("samples of one frame, all channels", elements, 2.0, MAX_FRAME_ELEMENTS)?;
        times::check(&config)?;
        let sampled_s = config.samples as f64 / config.sample_rate_hz;
        let carrier_hz =
            config.start_frequency_hz + config.slope_hz_per_s * (config.adc_start_s + sampled_s / 2.0);
        check::positive("carrier at the centre of the sweep, Hz", carrier_hz)?;
        let virtual_array = config.antennas.as_ref().map(|a| checked_array(a, &config)).transpose()?;
        Ok(Self { config, carrier_hz, virtual_array })
    }

    /// The configuration it was made from.
    #[must_use]
    pub fn config(&self) -> &FmcwConfig {
        &self.config
    }

    /// Centre of the sampled sweep, Hz: the carrier that turns Doppler into velocity without bias.
    #[must_use]
    pub fn carrier_hz(&self) -> f64 {
        self.carrier_hz
    }

    /// Wavelength at the carrier, m.
    #[must_use]
    pub fn wavelength_m(&self) -> f64 {
        SPEED_OF_LIGHT_M_S / self.carrier_hz
    }

    /// Bandwidth that the samples cover, Hz: slope times sampled time.
    #[must_use]
    pub fn bandwidth_hz(&self) -> f64 {
        self.config.slope_hz_per_s * self.config.samples as f64 / self.config.sample_rate_hz
    }

    /// `ΔR = c / 2B`, m.
    #[must_use]
    pub fn range_resolution_m(&self) -> f64 {
        SPEED_OF_LIGHT_M_S / (2.0 * self.bandwidth_hz())
    }

    /// Range bins that hold targets: all samples, or half of them where the spectrum is two-sided.
    #[must_use]
    pub fn range_bins(&self) -> usize {
        match self.config.sampling {
            Sampling::Complex1x => self.config.samples,
            Sampling::Real | Sampling::Complex2x => self.config.samples / 2,
        }
    }

    /// Where the range axis ends, m.
    #[must_use]
    pub fn max_range_m(&self) -> f64 {
        self.range_resolution_m() * self.range_bins() as f64
    }

    /// From one chirp of a transmitter to its next, s.
    #[must_use]
    pub fn repetition_s(&self) -> f64 {
        self.config.repetition_s()
    }

    /// `Δv = λ / (2 N Tr)`, m/s, with N chirps of a transmitter, each [`Fmcw::repetition_s`] after the last:
    /// `Tr = M Tc` for M transmitters in turn.
    #[must_use]
    pub fn velocity_resolution_m_s(&self) -> f64 {
        self.wavelength_m() / (2.0 * self.config.chirps as f64 * self.repetition_s())
    }

    /// Greatest unambiguous speed, `λ / 4 Tr`, m/s.
    #[must_use]
    pub fn max_velocity_m_s(&self) -> f64 {
        self.wavelength_m() / (4.0 * self.repetition_s())
    }

    /// Channels of the cube: transmitters times receivers; channel `t * receivers + r`.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.config.transmitters * self.config.receivers
    }

    /// Shape of one frame: `[channel, chirp, sample]`.
    #[must_use]
    pub fn cube_shape(&self) -> [usize; 3] {
        [self.channels(), self.config.chirps, self.config.samples]
    }

    /// When transmitter `t` first fires, counted from the first chirp of the frame, s.
    #[must_use]
    pub fn tx_delay_s(&self, transmitter: usize) -> f64 {
        self.config.tx_delay_s(transmitter)
    }

    /// The virtual array in channel order; `None` when the antenna layout is unknown.
    #[must_use]
    pub fn virtual_array(&self) -> Option<&AntennaArray> {
        self.virtual_array.as_ref()
    }

    /// Range axis of a range FFT of `fft_len >= samples` points, m; only the bins that hold targets.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] when `fft_len` is below the number of samples.
    pub fn range_axis(&self, fft_len: usize) -> Result<Axis> {
        check::at_least("fft_len", fft_len, self.config.samples)?;
        let step = self.range_resolution_m() * self.config.samples as f64 / fft_len as f64;
        let bins = match self.config.sampling {
            Sampling::Complex1x => fft_len,
            Sampling::Real | Sampling::Complex2x => fft_len / 2,
        };
        Axis::uniform("range", "m", 0.0, step, bins)
    }

    /// Velocity axis of a shifted Doppler FFT of `fft_len >= chirps` points, m/s: zero at index
    /// `fft_len / 2`, positive is receding.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] when `fft_len` is below the number of chirps.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{Fmcw, FmcwConfig};
    /// let fmcw = Fmcw::new(FmcwConfig::iwr1843())?;
    /// let axis = fmcw.velocity_axis(128)?;
    /// assert_eq!(axis.coordinate(64), Some(0.0));
    /// assert!((axis.at(0.0) + fmcw.max_velocity_m_s()).abs() < 1e-12);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn velocity_axis(&self, fft_len: usize) -> Result<Axis> {
        check::at_least("fft_len", fft_len, self.config.chirps)?;
        let step = 2.0 * self.max_velocity_m_s() / fft_len as f64;
        Axis::uniform("velocity", "m/s", -((fft_len / 2) as f64) * step, step, fft_len)
    }

    /// Range and velocity of a point target from its two frequencies, free of the coupling between them.
    ///
    /// A moving target shifts the beat by its Doppler frequency, and its echo returns when the ramp has
    /// moved on; both are removed:
    ///
    /// ```text
    /// f_b = S τ + f_D,   f_D = (2 v / c)(f_c − S τ)   ⇒   R = c (f_b − f_D) / 2S,   v = c f_D / 2(f_c − f_b + f_D)
    /// ```
    /// The phase of the beat signal, `2π (f₀ τ + S t τ − S τ² / 2)`, differentiated in fast and slow time; to
    /// first order in `f_D` and `S τ` these are the range and the velocity of [^iovescu].
    /// Returns `(range_m, velocity_m_s)`, the range at the centre of the frame.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{Fmcw, FmcwConfig};
    /// let fmcw = Fmcw::new(FmcwConfig::iwr1843())?;
    /// let (range_m, velocity_m_s) = fmcw.target(1e6, 500.0);
    /// assert!((range_m - 2.1403).abs() < 1e-4 && (velocity_m_s - 0.9462).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^iovescu]: C. Iovescu and S. Rao, "The fundamentals of millimeter wave radar sensors", Texas
    /// Instruments, SPYY005, 2020.
    #[must_use]
    pub fn target(&self, beat_hz: f64, doppler_hz: f64) -> (f64, f64) {
        let echo_hz = beat_hz - doppler_hz;
        let range_m = SPEED_OF_LIGHT_M_S * echo_hz / (2.0 * self.config.slope_hz_per_s);
        let velocity_m_s = SPEED_OF_LIGHT_M_S * doppler_hz / (2.0 * (self.carrier_hz - echo_hz));
        (range_m, velocity_m_s)
    }
}

fn checked_array(layout: &AntennaLayout, config: &FmcwConfig) -> Result<AntennaArray> {
    check::same_len("antennas.tx_positions_m", config.transmitters, layout.tx_positions_m.len())?;
    check::same_len("antennas.rx_positions_m", config.receivers, layout.rx_positions_m.len())?;
    layout.virtual_array()
}
