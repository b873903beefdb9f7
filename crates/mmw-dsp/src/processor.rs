//! The whole chain, frame by frame: clutter filter, range-Doppler transform, detection, refinement, angles.

use crate::cfar::{CaCfar, CfarConfig, Detection};
use crate::doa::resolvable;
use crate::fmcw::Fmcw;
use crate::forms::{self, AngleMaps};
use crate::mti::{Mti, MtiKind};
use crate::peak::{GroupConfig, PeakRefiner, RefinedPeak, group_peaks};
use crate::point_cloud::Point;
use crate::range_doppler::{RangeDoppler, RangeDopplerConfig, RangeDopplerScratch};
use crate::tdm::{Calibration, DopplerCompensation};
use crate::window::Window;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array1, Array2, Array3, ArrayRef3, s};
use mmw_core::{C32, C64, DataArray2, DataArray4, Error, Result, check};

use angles::Angles;

mod angles;
mod targets;

/// How the angles of a detected cell are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum DoaMethod {
    /// The beamformer's peak, refined to the maximum of the likelihood: one target a cell.
    #[default]
    Fft,
    /// MUSIC over the Doppler cells around the peak: up to three targets a cell, resolved below the beam
    /// width, none more than 20 dB below the strongest. Their number is the one of MDL.
    Music,
}

/// What the chain does between cube and points: plain data, checked by [`Processor::new`].
///
/// # Examples
/// ```
/// use mmw_dsp::{ProcessorConfig, Window, mti::MtiKind};
///
/// let config = ProcessorConfig { mti: MtiKind::MeanPhasor, ..ProcessorConfig::default() };
/// assert_eq!(config.range_window, Window::Hann);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessorConfig {
    /// Window over the samples of a chirp.
    pub range_window: Window,
    /// Window over the chirps of a frame.
    pub doppler_window: Window,
    /// Clutter filter.
    pub mti: MtiKind,
    /// Detector. Its `looks` are set to the number of channels, and its window shrinks to fit a map smaller
    /// than itself.
    pub cfar: CfarConfig,
    /// How far apart two peaks must be to be two targets.
    pub grouping: GroupConfig,
    /// Targets nearer than this are leakage from transmitter to receiver and make no points, m; maps and
    /// [`Frame::detections`] keep them.
    pub min_range_m: f64,
    /// How angles are found.
    pub doa: DoaMethod,
    /// Weights that equalise the amplitudes and phases of the channels; `None` takes them as equal.
    pub calibration: Option<Calibration>,
    /// How many angles the range-azimuth and the range-elevation map have, each from -90 to +90 degrees.
    pub map_angles: [usize; 2],
}

impl Default for ProcessorConfig {
    /// Hann windows, no clutter filter, one false alarm in a million cells, FFT angles, maps of 181 azimuths
    /// and 91 elevations.
    fn default() -> Self {
        Self {
            range_window: Window::Hann,
            doppler_window: Window::Hann,
            mti: MtiKind::None,
            cfar: CfarConfig::default(),
            grouping: GroupConfig { half_width: [2, 2], ..GroupConfig::default() },
            min_range_m: 0.0,
            doa: DoaMethod::Fft,
            calibration: None,
            map_angles: [181, 91],
        }
    }
}

/// A planned chain for frames of one waveform.
///
/// # Examples
/// ```
/// use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
/// use mmw_dsp::{Board, Processor, ProcessorConfig, mmw_core::random::Streams};
///
/// let targets = vec![PointTarget::polar(3.0, 0.3, 0.0, -0.5, 1.0).with_snr_db(0.0)];
/// let simulator = Simulator::new(Scene { targets, ..Scene::preset(Board::Iwr1843) })?;
/// let cube = simulator.frame(0, &mut Streams::new(1).stream(0))?;
///
/// let mut radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default())?;
/// let frame = radar.process(&cube)?;
/// let point = frame.points()?[0];
/// assert!((point.velocity_m_s + 0.5).abs() < 1e-2 && (point.azimuth_rad - 0.3).abs() < 1e-2);
/// assert_eq!(frame.range_doppler()?.data().dim(), (256, 128));
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Processor {
    fmcw: Fmcw,
    config: ProcessorConfig,
    transform: RangeDoppler<f32>,
    scratch: RangeDopplerScratch<f32>,
    mti: Box<dyn Mti<f32>>,
    cfar: CaCfar<f32>,
    refiner: PeakRefiner,
    compensation: DopplerCompensation<f64>,
    angles: Option<Angles>,
    filtered: Array3<C32>,
    spectrum: Array3<C32>,
    /// Of the frame before a filter whose response the refiner does not know.
    unfiltered: Option<Array3<C32>>,
    power: Array2<f32>,
    frames: u64,
}

impl Processor {
    /// Plans everything that does not depend on the samples.
    ///
    /// # Errors
    /// What the parts refuse: [`RangeDoppler::new`], [`CaCfar::new`], [`PeakRefiner::new`],
    /// [`DopplerCompensation::new`], [`AngleMaps::new`], [`crate::doa::Music::new`]; [`Error::Domain`] unless
    /// `min_range_m` is finite and not negative; [`Error::Shape`] for a calibration of another number of
    /// channels.
    pub fn new(fmcw: &Fmcw, config: &ProcessorConfig) -> Result<Self> {
        check::non_negative("min_range_m", config.min_range_m)?;
        let transform_config = RangeDopplerConfig {
            range_window: config.range_window,
            doppler_window: config.doppler_window,
            ..RangeDopplerConfig::from_fmcw(fmcw)
        };
        let transform = RangeDoppler::new(transform_config)?;
        let [channels, ranges, dopplers] = transform_config.output_shape();
        if let Some(calibration) = &config.calibration {
            check::same_len("calibration", channels, calibration.weights().len())?;
        }
        let cfar = fitted(&CfarConfig { looks: channels, ..config.cfar.clone() }, [ranges, dopplers]);
        let mut refiner = refiner(&transform_config)?;
        if config.mti != MtiKind::None {
            refiner = refiner.without_static();
        }
        let doppler_weights = config.doppler_window.weights::<f64>(transform_config.chirps)?.to_vec();
        let unfiltered = matches!(config.mti, MtiKind::Notch | MtiKind::FrameDifference);
        let angles = fmcw.virtual_array().map(|_| Angles::new(fmcw, config, dopplers)).transpose()?;
        Ok(Self {
            scratch: transform.scratch(),
            mti: config.mti.build(&doppler_weights, dopplers)?,
            unfiltered: unfiltered.then(|| Array3::zeros(transform_config.output_shape())),
            cfar: CaCfar::new(&cfar, [ranges, dopplers])?,
            refiner,
            compensation: DopplerCompensation::new(fmcw, dopplers)?,
            angles,
            filtered: Array3::zeros(transform_config.input_shape()),
            spectrum: Array3::zeros(transform_config.output_shape()),
            power: Array2::zeros((ranges, dopplers)),
            frames: 0,
            fmcw: fmcw.clone(),
            config: config.clone(),
            transform,
        })
    }

    /// The waveform.
    #[must_use]
    pub fn fmcw(&self) -> &Fmcw {
        &self.fmcw
    }

    /// Which angles the array resolves, `(azimuth, elevation)`; neither when its layout is unknown.
    #[must_use]
    pub fn resolves(&self) -> (bool, bool) {
        let resolvable = self.fmcw.virtual_array().map(resolvable);
        resolvable.map_or((false, false), |r| (r.azimuth, r.elevation))
    }

    /// Processes the next frame, `[channel, chirp, sample]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for a cube of another shape, [`Error::NotFinite`] for a cube that holds NaN or
    /// infinity, [`Error::Invalid`] for one so large that its spectrum or its powers overflow. The frame is
    /// then not counted.
    pub fn process(&mut self, cube: &ArrayRef3<C32>) -> Result<Frame<'_>> {
        check::same_shape("cube", self.filtered.shape(), cube.shape())?;
        if self.config.mti == MtiKind::None && self.config.calibration.is_none() {
            self.transform.process_into(cube, &mut self.scratch, &mut self.spectrum)?;
        } else {
            self.filtered.assign(cube);
            if let Some(calibration) = &self.config.calibration {
                calibration.apply_cube(&mut self.filtered)?;
            }
            if let (MtiKind::FrameDifference, Some(unfiltered)) = (self.config.mti, &mut self.unfiltered) {
                self.transform.process_into(&self.filtered, &mut self.scratch, unfiltered)?;
            }
            self.mti.filter_cube(&mut self.filtered)?;
            self.transform.process_into(&self.filtered, &mut self.scratch, &mut self.spectrum)?;
            if let (MtiKind::Notch, Some(unfiltered)) = (self.config.mti, &mut self.unfiltered) {
                unfiltered.assign(&self.spectrum);
            }
            let zero_velocity = self.spectrum.dim().2 / 2;
            self.mti.filter_spectrum(&mut self.spectrum, zero_velocity)?;
        }
        forms::channel_power_into(&self.spectrum, &mut self.power)?;
        let index = self.frames;
        self.frames += 1;
        Ok(Frame { processor: self, index })
    }

    /// Share of the energy that the clutter filter left of the frame just processed, from 0 to 1 (above 1
    /// where a filter amplifies); `cube` is that frame as it was handed in. Counted over range bins from 3
    /// (past the leakage) to half the spectrum and all Doppler bins, without a window over the chirps. 1
    /// without a filter, 0 for a frame without energy.
    ///
    /// # Errors
    /// With a filter: [`Error::Shape`] for a cube of another shape, [`Error::NotFinite`] for NaN or infinity,
    /// [`Error::Invalid`] when its spectrum overflows.
    pub fn mti_residual(&mut self, cube: &ArrayRef3<C32>) -> Result<f64> {
        if self.config.mti == MtiKind::None {
            return Ok(1.0);
        }
        let plain = RangeDoppler::new(RangeDopplerConfig {
            doppler_window: Window::Rectangular,
            ..*self.transform.config()
        })?;
        let before = plain.process(cube)?;
        let mut after = plain.process(&self.filtered)?;
        let zero_velocity = after.dim().2 / 2;
        let chirps = vec![1.0; self.transform.config().chirps];
        self.config.mti.build(&chirps, after.dim().2)?.filter_spectrum(&mut after, zero_velocity)?;
        let energy = |spectrum: &Array3<C32>| -> f64 {
            let bins = 3.min(spectrum.dim().1)..(self.transform.config().range_fft / 2).min(spectrum.dim().1);
            let cells = spectrum.slice(s![.., bins.start.min(bins.end)..bins.end, ..]);
            cells.iter().map(|z| f64::from(z.norm_sqr())).sum()
        };
        let total = energy(&before);
        Ok(if total > 0.0 { energy(&after) / total } else { 0.0 })
    }

    /// The points of one detected cell: none when it is too near, several when MUSIC tells targets apart.
    fn point(&self, index: u64, detection: &Detection, peak: &RefinedPeak) -> Result<Vec<Point>> {
        let beat_hz =
            peak.range_bin * self.fmcw.config().sample_rate_hz / self.transform.config().range_fft as f64;
        let doppler_hz =
            peak.doppler_bin / (self.transform.config().doppler_fft as f64 * self.fmcw.repetition_s());
        let (range_m, velocity_m_s) = self.fmcw.target(beat_hz, doppler_hz);
        if range_m < self.config.min_range_m {
            return Ok(Vec::new());
        }
        let snr_db = 10.0 * detection.snr.max(f64::MIN_POSITIVE).log10();
        let directions = match &self.angles {
            Some(angles) => angles.find(self, detection, peak, doppler_hz)?,
            None => vec![Direction::default()],
        };
        let point = |d| Point::new(index, range_m.max(0.0), velocity_m_s, d, snr_db);
        Ok(directions.into_iter().map(point).collect())
    }

    /// What takes the motion between the transmitters' turns out of each channel.
    fn compensation(&self, doppler_hz: f64) -> Result<Array1<C64>> {
        let mut weights = vec![C64::new(1.0, 0.0); self.fmcw.channels()];
        self.compensation.apply(&mut weights, doppler_hz)?;
        Ok(weights.into())
    }
}

/// The detector with a window that does not wrap onto itself. Where it would, guard cells take at most a
/// quarter of the axis and training cells what is left.
fn fitted(config: &CfarConfig, shape: [usize; 2]) -> CfarConfig {
    let mut fitted = config.clone();
    for (axis, len) in shape.into_iter().enumerate() {
        let side = len.saturating_sub(1) / 2;
        if fitted.train[axis].saturating_add(fitted.guard[axis]) > side {
            fitted.guard[axis] = fitted.guard[axis].min(side / 2);
            fitted.train[axis] = side - fitted.guard[axis];
        }
    }
    fitted
}

fn refiner(config: &RangeDopplerConfig) -> Result<PeakRefiner> {
    let range = config.range_window.weights::<f64>(config.samples)?.to_vec();
    let doppler = config.doppler_window.weights::<f64>(config.chirps)?.to_vec();
    let half_width = [
        PeakRefiner::default_half_width(config.samples, config.range_fft),
        PeakRefiner::default_half_width(config.chirps, config.doppler_fft),
    ];
    PeakRefiner::new(&range, config.range_fft, &doppler, config.doppler_fft, half_width)
}

/// One processed frame; the maps are computed when they are asked for.
#[derive(Debug)]
pub struct Frame<'a> {
    processor: &'a Processor,
    index: u64,
}

impl Frame<'_> {
    /// How many frames the processor had processed before this one.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The complex spectrum `[channel, range, doppler]`, windowed, unnormalised, zero velocity at
    /// `doppler / 2`.
    #[must_use]
    pub fn spectrum(&self) -> &Array3<C32> {
        &self.processor.spectrum
    }

    /// Power over `[range, doppler]`, summed over channels, without axes.
    #[must_use]
    pub fn power(&self) -> &Array2<f32> {
        &self.processor.power
    }

    /// Power over `[range, velocity]`, summed over channels.
    ///
    /// # Errors
    /// None for a frame of its own processor.
    pub fn range_doppler(&self) -> Result<DataArray2<f32>> {
        forms::range_doppler(&self.processor.fmcw, self.processor.power.clone())
    }

    /// Power over `[range, azimuth]`.
    ///
    /// # Errors
    /// [`Error::Missing`] when the antenna layout is unknown; as [`AngleMaps::range_azimuth`].
    pub fn range_azimuth(&self) -> Result<DataArray2<f32>> {
        self.maps()?.range_azimuth(&self.processor.spectrum)
    }

    /// Power over `[range, elevation]`.
    ///
    /// # Errors
    /// [`Error::Missing`] when the antenna layout is unknown; as [`AngleMaps::range_elevation`].
    pub fn range_elevation(&self) -> Result<DataArray2<f32>> {
        self.maps()?.range_elevation(&self.processor.spectrum)
    }

    /// Power over `[range, velocity, elevation, azimuth]`.
    ///
    /// # Errors
    /// [`Error::Missing`] when the antenna layout is unknown; as [`AngleMaps::tensor`].
    pub fn tensor(&self) -> Result<DataArray4<f32>> {
        self.maps()?.tensor(&self.processor.spectrum)
    }

    /// Detected cells, one a target, strongest first.
    ///
    /// # Errors
    /// As [`CaCfar::detect`] and [`group_peaks`].
    pub fn detections(&self) -> Result<Vec<Detection>> {
        let all = self.processor.cfar.detect(&self.processor.power)?;
        let peaks = group_peaks(&self.processor.power, &all, &self.processor.config.grouping)?;
        Ok(peaks.into_iter().map(|peak| peak.detection).collect())
    }

    /// The point cloud: detected, refined below a cell, with angles where the array resolves them.
    ///
    /// # Errors
    /// As [`Frame::detections`], and what the angle estimator meets.
    pub fn points(&self) -> Result<Vec<Point>> {
        let mut points = Vec::new();
        for (detection, peak) in self.processor.targets(self.detections()?)? {
            points.extend(self.processor.point(self.index, &detection, &peak)?);
        }
        Ok(points)
    }

    fn maps(&self) -> Result<&AngleMaps> {
        let angles = self.processor.angles.as_ref();
        angles
            .map(|a| &a.maps)
            .ok_or_else(|| Error::missing("antenna layout", "angle maps need it: name the board"))
    }
}
