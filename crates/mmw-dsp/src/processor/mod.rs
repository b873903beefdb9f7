//! The whole chain, frame by frame: clutter filter, range-Doppler transform, detection, refinement, angles.

use crate::cache_line::aligned_array;
use crate::capture::RawFrame;
use crate::fmcw::{Fmcw, Sampling};
use crate::forms;
use crate::interference::{self, Repaired};
use crate::mti::{Mti, MtiKind};
use crate::peak::PeakRefiner;
use crate::range_doppler::{Input, RangeDoppler, RangeDopplerConfig, RangeDopplerScratch};
use crate::window::Window;
use mmw_core::ndarray::{Array3, ArrayRef3, s};
use mmw_core::{C32, DataArray2, Error, Result, check};

use angles::Angles;
use difference::Difference;
use leakage::Summit;
use offset::{Coupling, Offset};
use peaks::Peaks;

pub use config::ProcessorConfig;
pub use findings::{Findings, Place, Reason, Rejected};
pub use frame::Frame;
pub use inverted::StillFold;

mod config;
mod folds;
mod inverted;

mod findings;
mod leakage;
mod offset;

mod peaks;

mod around;

mod method;

mod angles;

mod difference;

mod targets;

mod apart;

mod locate;

mod frame;

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
/// let (velocity_m_s, azimuth_rad) = (point.velocity_m_s.expect("128 chirps"), point.azimuth_rad.expect("a row"));
/// assert!((velocity_m_s + 0.5).abs() < 1e-2 && (azimuth_rad - 0.3).abs() < 1e-2);
/// assert_eq!(frame.range_doppler().data().dim(), (256, 128));
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Processor {
    fmcw: Fmcw,
    config: ProcessorConfig,
    transform: RangeDoppler<f32>,
    scratch: RangeDopplerScratch<f32>,
    offset: Option<Offset>,
    coupling: Option<Coupling>,
    mti: Box<dyn Mti<f32>>,
    peaks: Peaks,
    refiner: PeakRefiner,
    /// Equivalent noise bandwidth of both windows, bins.
    noise_bandwidth: f64,
    angles: Option<Angles>,
    filtered: Array3<C32>,
    spectrum: Array3<C32>,
    /// Of the frame before a filter whose response the refiner does not know.
    unfiltered: Option<Array3<C32>>,
    difference: Option<Difference>,
    power: DataArray2<f32>,
    /// What interference took of the frame.
    repaired: Repaired,
    /// What was taken with the coupling: its sidelobes remain.
    removed: Vec<Summit>,
    frames: u64,
    /// Whether the power is that of a frame which the detector has not taken into the past of its cells.
    unlearnt: bool,
}

impl Processor {
    /// Plans everything that does not depend on the samples.
    ///
    /// # Errors
    /// What the parts refuse: [`RangeDoppler::new`], [`crate::cfar::Cfar::new`],
    /// [`crate::cfar::ClutterMap::new`], [`PeakRefiner::new`], [`crate::forms::AngleMaps::new`],
    /// [`crate::doa::DirectionFinder::plan`]; [`mmw_core::Error::Domain`] unless
    /// `min_range_m` is finite and not negative, and for more `coupling_bins` than range bins;
    /// [`mmw_core::Error::Shape`] for a calibration of another number of channels;
    /// [`mmw_core::Error::Invalid`] for a clutter filter of frames of 2 to 5 chirps per transmitter, and for
    /// `repair_interference` of real samples; [`mmw_core::Error::TooFew`] for it in frames of fewer than 8.
    pub fn new(fmcw: &Fmcw, config: &ProcessorConfig) -> Result<Self> {
        check::non_negative("min_range_m", config.min_range_m)?;
        check::finite("range_bias_m", config.range_bias_m)?;
        let shape = transform_config(fmcw, config);
        let transform = RangeDoppler::new(shape)?;
        let [channels, ranges, dopplers] = shape.output_shape();
        if let Some(calibration) = &config.calibration {
            check::same_len("calibration", channels, calibration.weights().len())?;
        }
        let real = fmcw.config().sampling == Sampling::Real;
        if config.repair_interference {
            check_repair(real, shape.chirps)?;
        }
        let offset = config.remove_offset.unwrap_or(real);
        let coupling = config.coupling_bins;
        if coupling > ranges {
            let domain = format!("at most {ranges}, the number of range bins");
            return Err(Error::domain("coupling_bins", coupling as f64, domain));
        }
        check_filter(config.mti, shape.chirps)?;
        let mut refiner = refiner(&shape)?;
        let mut differences = refiner.clone();
        if config.mti != MtiKind::None {
            refiner = refiner.without_static();
        }
        if coupling > 0 {
            refiner = refiner.without_coupling(coupling);
            differences = differences.without_coupling(coupling);
        }
        let angles = fmcw.virtual_array().map(|_| Angles::new(fmcw, config, dopplers)).transpose()?;
        // Channels that hold two transmitters are made alike once these are told apart.
        let config = &match fmcw.config().firing.binary_phase() {
            Some(_) => ProcessorConfig { calibration: None, ..config.clone() },
            None => config.clone(),
        };
        if real {
            let weights = config.calibration.as_ref().map_or(&[][..], |calibration| calibration.weights());
            refiner = refiner.with_weighted_image(weights);
            differences = differences.with_weighted_image(weights);
        }
        if offset && real {
            refiner = refiner.without_offset();
            differences = differences.without_offset();
        }
        let difference = (config.mti == MtiKind::FrameDifference)
            .then(|| Difference::new(differences, &shape))
            .transpose()?;
        let doppler_weights = config.doppler_window.taper::<f64>(shape.chirps)?.to_vec();
        let unfiltered = matches!(config.mti, MtiKind::Notch | MtiKind::FrameDifference);
        Ok(Self {
            scratch: transform.scratch(),
            offset: offset.then(|| Offset::new(&shape, real)).transpose()?,
            coupling: (coupling > 0).then(|| Coupling::new(&shape, coupling)).transpose()?,
            mti: config.mti.build(&doppler_weights, dopplers)?,
            unfiltered: unfiltered.then(|| Array3::zeros(shape.output_shape())),
            peaks: Peaks::new(fmcw, config, &shape)?,
            refiner,
            difference,
            noise_bandwidth: config.range_window.enbw_bins(shape.samples)?
                * config.doppler_window.enbw_bins(shape.chirps)?,
            angles,
            filtered: Array3::zeros(shape.input_shape()),
            spectrum: aligned_array(shape.output_shape()),
            power: forms::range_doppler(
                fmcw,
                aligned_array([1, ranges, dopplers]).slice_move(s![0, .., ..]),
            )?,
            repaired: Repaired::default(),
            removed: Vec::new(),
            frames: 0,
            unlearnt: false,
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

    /// Bins of the velocity axis: the chirps, or more than they are where they are few.
    #[must_use]
    pub fn doppler_bins(&self) -> usize {
        self.transform.config().doppler_fft
    }

    /// Which angles the array resolves, `(azimuth, elevation)`; neither when its layout is unknown. Frames of
    /// one chirp per transmitter do not tell motion between transmitters from direction: then the receivers
    /// alone count.
    #[must_use]
    pub fn resolves(&self) -> (bool, bool) {
        let resolvable = self.angles.as_ref().map(|angles| angles.resolvable);
        resolvable.map_or((false, false), |r| (r.azimuth && !r.slanted, r.elevation))
    }

    /// Processes the next frame, `[channel, chirp, sample]`.
    ///
    /// # Errors
    /// [`mmw_core::Error::Shape`] for a cube of another shape, [`mmw_core::Error::NotFinite`] for a cube that
    /// holds NaN or infinity, [`mmw_core::Error::Invalid`] for one so large that its spectrum or its powers
    /// overflow. The frame is then not counted.
    pub fn process(&mut self, cube: &ArrayRef3<C32>) -> Result<Frame<'_>> {
        self.process_input(Input::Cube(cube))
    }

    /// Processes the next frame from the words of its capture: as [`Processor::process`] its cube, to the
    /// bit, but faster, for the samples become numbers where the transform reads them.
    ///
    /// # Errors
    /// As [`Processor::process`].
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::{AdcLayout, LvdsLanes};
    /// use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
    /// use mmw_dsp::{Board, Processor, ProcessorConfig, mmw_core::random::Streams};
    ///
    /// let scene = Scene { targets: vec![PointTarget::polar(3.0, 0.3, 0.0, 0.0, 1.0)], ..Scene::preset(Board::Iwr1843) };
    /// let simulator = Simulator::new(scene)?;
    /// let codec = AdcLayout { lanes: LvdsLanes::Two, iq_swap: false }.codec(simulator.fmcw().config(), &[0, 1, 2, 3])?;
    /// let mut bytes = vec![0; codec.frame_bytes()];
    /// codec.encode_into(&simulator.frame(0, &mut Streams::new(1).stream(0))?, &mut bytes)?;
    ///
    /// let mut radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default())?;
    /// let points = radar.process_raw(codec.frame(&bytes)?)?.points()?;
    /// assert!((points[0].range_m - 3.0).abs() < 0.01);
    /// # Ok::<(), mmw_dsp::mmw_core::Error>(())
    /// ```
    pub fn process_raw(&mut self, frame: RawFrame<'_>) -> Result<Frame<'_>> {
        self.process_input(Input::Raw(frame))
    }

    fn process_input(&mut self, input: Input<'_, f32>) -> Result<Frame<'_>> {
        input.check_shape(self.filtered.shape())?;
        if std::mem::take(&mut self.unlearnt) {
            self.peaks.learn(self.power.data())?;
        }
        let untouched = self.config.mti == MtiKind::None
            && self.config.calibration.is_none()
            && self.offset.is_none()
            && !self.config.repair_interference;
        if untouched {
            let power = self.power.data_mut().as_slice_mut().filter(|_| self.coupling.is_none());
            if self.transform.process_input(input, &mut self.scratch, &mut self.spectrum, power)? {
                return Ok(self.next());
            }
        } else {
            input.write_into(&mut self.filtered)?;
            if self.config.repair_interference {
                self.repaired = interference::repair(&mut self.filtered, self.fmcw.config().receivers)?;
            }
            self.filter()?;
        }
        if let Some(coupling) = &self.coupling {
            forms::channel_power_into(&self.spectrum, self.power.data_mut())?;
            self.removed = self.peaks.still(self.power.data(), self.config.coupling_bins);
            coupling.remove(&mut self.spectrum);
        }
        forms::channel_power_into(&self.spectrum, self.power.data_mut())?;
        Ok(self.next())
    }

    fn next(&mut self) -> Frame<'_> {
        let index = self.frames;
        self.frames += 1;
        self.unlearnt = true;
        Frame { processor: self, index }
    }

    /// Transforms the cube with what is to be taken from it and its spectrum taken.
    fn filter(&mut self) -> Result<()> {
        if let Some(offset) = &self.offset {
            offset.remove(&mut self.filtered);
        }
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
        self.mti.filter_spectrum(&mut self.spectrum, zero_velocity)
    }

    /// Share of the energy that the clutter filter left of the frame just processed, from 0 to 1 (above 1
    /// where a filter amplifies); `cube` is that frame as it was handed in. Counted over range bins from 3
    /// (past the leakage) to half the spectrum and all Doppler bins, without a window over the chirps. 1
    /// without a filter, 0 for a frame without energy.
    ///
    /// # Errors
    /// With a filter: [`mmw_core::Error::Shape`] for a cube of another shape, [`mmw_core::Error::NotFinite`]
    /// for NaN or infinity, [`mmw_core::Error::Invalid`] when its spectrum overflows.
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
}

/// Fewest chirps of a frame behind which a clutter filter leaves a mover in its place, beside one chirp,
/// which has no velocity. By three to five, 7 to 37 in 100 lone movers were more than a tenth of a cell off.
const FEWEST_FILTERED: usize = 6;

fn check_filter(mti: MtiKind, chirps: usize) -> Result<()> {
    if mti == MtiKind::None || !(2..FEWEST_FILTERED).contains(&chirps) {
        return Ok(());
    }
    let reason = format!(
        "{mti} does not tell what moves from what stands by {chirps} chirps of a transmitter in a frame: it takes \
         {FEWEST_FILTERED}, or none"
    );
    Err(Error::invalid("mti", reason))
}

fn check_repair(real: bool, chirps: usize) -> Result<()> {
    if real {
        let reason = "takes complex samples, whose powers tell a burst from a mover";
        return Err(Error::invalid("repair_interference", reason));
    }
    check::at_least(
        "chirps of which repair_interference takes the median",
        chirps,
        interference::FEWEST_CHIRPS,
    )?;
    Ok(())
}

/// The transform of a frame. Two to four chirps are spread over [`Window::SHORT`] Doppler bins: as many bins
/// as chirps would be half the velocity interval wide, with nothing between them to interpolate from.
fn transform_config(fmcw: &Fmcw, config: &ProcessorConfig) -> RangeDopplerConfig {
    let shape = RangeDopplerConfig {
        range_window: config.range_window,
        doppler_window: config.doppler_window,
        ..RangeDopplerConfig::from_fmcw(fmcw)
    };
    match shape.chirps {
        2..=4 => RangeDopplerConfig { doppler_fft: Window::SHORT, ..shape },
        _ => shape,
    }
}

fn refiner(config: &RangeDopplerConfig) -> Result<PeakRefiner> {
    let range = config.range_window.taper::<f64>(config.samples)?.to_vec();
    let doppler = config.doppler_window.taper::<f64>(config.chirps)?.to_vec();
    let half_width = [
        PeakRefiner::default_half_width(config.samples, config.range_fft),
        PeakRefiner::default_half_width(config.chirps, config.doppler_fft),
    ];
    PeakRefiner::new(&range, config.range_fft, &doppler, config.doppler_fft, half_width)
}
