//! Range profiles from a capture, from complex samples in a `.npy` file, or from TI's UART log.

use super::super::damage::{self, DamagedFrame};
use super::args::{VitalsArgs, missing};
use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::radar::source::SourceArgs;
use crate::stdout::warn;
use mmw_core::antenna::AntennaArray;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::npy::read_npy;
use mmw_core::{C64, check};
use mmw_dsp::Window;
use mmw_dsp::fft::AxisFft;
use mmw_dsp::ndarray::{Array1, Array3, Axis, Ix2, s};
use mmw_dsp::num_complex::Complex;
use mmw_dsp::tdm::DopplerCompensation;
use mmw_dsp::vitals::VitalSignsLog;
use std::path::Path;

/// Range profiles, evenly in time.
#[derive(Debug)]
pub(super) struct Profiles {
    /// `[channel, frame, range bin]`.
    pub(super) samples: Array3<C64>,
    pub(super) sample_rate_hz: f64,
    pub(super) wavelength_m: f64,
    /// Range bin of the first of `samples`.
    first_bin: usize,
    /// Range of bin 0 and from one bin to the next.
    scale_m: Option<[f64; 2]>,
    pub(super) array: Option<AntennaArray>,
    pub(super) damaged_frames: Vec<DamagedFrame>,
}

impl Profiles {
    /// The number of a bin among those of the radar.
    pub(super) fn bin(&self, index: usize) -> usize {
        self.first_bin + index
    }

    pub(super) fn range_m(&self, index: usize) -> Option<f64> {
        self.scale_m.map(|[first, step]| first + step * self.bin(index) as f64)
    }
}

/// Values in memory at most: 1 GiB.
const MOST_VALUES: usize = 1 << 26;
/// Chirps run on from frame to frame when the pause between frames is at most this share of a frame.
const CONTIGUOUS: f64 = 0.02;
/// Carriers of radars: a 77 or a 77000 was meant in GHz or MHz.
const CARRIERS_HZ: [f64; 2] = [1e8, 1e12];
/// An option that differs from the configuration by more is reported.
const DIFFERS: f64 = 1e-3;

/// Reads what the arguments name.
pub(super) fn read(args: &VitalsArgs) -> Result<Profiles> {
    if args.source.config.is_none() && args.frame_rate_hz.is_none() {
        return Err(Error::Usage("neither --config nor --frame-rate-hz is given".to_owned()));
    }
    let path = args.source.capture.first().ok_or_else(|| Error::Usage("capture is not given".to_owned()))?;
    for (name, value) in
        [("frame_rate_hz", args.frame_rate_hz), ("range_resolution_m", args.range_resolution_m)]
    {
        value.map(|value| check::positive(name, value)).transpose()?;
    }
    let [least, most] = CARRIERS_HZ;
    args.carrier_hz.map(|hz| check::in_range("carrier_hz", hz, least, most)).transpose()?;
    if args.source.config.is_some() {
        return capture(args);
    }
    let source = &args.source;
    let of_captures = [
        source.capture.len() > 1,
        source.board.is_some() || source.antennas.is_some(),
        source.lanes.is_some() || source.iq_swap.is_some() || source.conjugate,
        source.axes.is_some() || source.wrap_u16.is_some(),
        source.allow_partial_last_frame || source.skip_damaged || source.frames.is_some(),
        source.bytes.given().is_some(),
    ];
    if of_captures.contains(&true) {
        let reason = "several files and options of their layout belong to a capture, which needs --config";
        return Err(Error::Usage(reason.to_owned()));
    }
    let rate = args.frame_rate_hz.ok_or_else(|| missing("frame_rate_hz", "how many frames a second"))?;
    let carrier = args.carrier_hz.ok_or_else(|| missing("carrier_hz", "the carrier of the radar (77e9)"))?;
    let (samples, first_bin) = match path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        true => (series(path)?, 0),
        false => log(path)?,
    };
    Ok(Profiles {
        samples,
        sample_rate_hz: rate,
        wavelength_m: SPEED_OF_LIGHT_M_S / carrier,
        first_bin,
        scale_m: args.range_resolution_m.map(|step| [0.0, step]),
        array: None,
        damaged_frames: Vec::new(),
    })
}

/// An option over what the configuration says.
fn overruled(option: Option<f64>, configured: f64, name: &str, what: &str) -> f64 {
    let Some(given) = option else { return configured };
    if (given / configured - 1.0).abs() > DIFFERS {
        warn(&format!("--{name} {given} overrules the configuration, whose {what} is {configured}"));
    }
    given
}

fn capture(args: &VitalsArgs) -> Result<Profiles> {
    if args.range_resolution_m.is_some() {
        return Err(Error::Usage("--range-resolution-m has no effect beside --config".to_owned()));
    }
    args.source.without_skipping()?;
    let mut capture = args.source.open()?;
    SourceArgs::doubts(&mut capture)?;
    let fmcw = capture.config().check()?;
    let frames = args.source.range(capture.frames())?;
    let [channels, chirps, samples] = capture.shape();
    let bins = fmcw.range_bins().min(samples);
    let count = (frames.end - frames.start) as usize;
    let period_s = fmcw.config().frame_period_s;
    let lone = count == 1;
    let busy_s = chirps as f64 * fmcw.repetition_s();
    let frame_rate = overruled(args.frame_rate_hz, 1.0 / period_s, "frame-rate-hz", "frame rate");
    // A lone frame, and frames without a pause, are a row of chirps; other frames are one sample each.
    let row = chirps > 1 && (lone || (busy_s * frame_rate - 1.0).abs() <= CONTIGUOUS);
    let fits =
        |parts: &usize| chirps.is_multiple_of(*parts) && channels * count * parts * bins <= MOST_VALUES;
    let parts = if row { (1..=chirps).rev().find(fits).unwrap_or(1) } else { 1 };
    if channels * count * parts * bins > MOST_VALUES {
        let size = channels * count * bins;
        return Err(Error::Usage(format!(
            "{size} values are more than {MOST_VALUES}: choose fewer with --frames"
        )));
    }
    let sample_rate_hz = match lone {
        true => parts as f64 / (fmcw.repetition_s() * chirps as f64),
        false => parts as f64 * frame_rate,
    };
    let plan = AxisFft::<f64>::new(samples, samples, Window::Hann, false)?;
    let mut profiles = Array3::<C64>::zeros((channels, count * parts, bins));
    let mut cube = Array3::zeros([channels, chirps, samples]);
    let mut damaged_frames = Vec::new();
    let mut missing = Vec::new();
    let progress = Progress::new(frames.end - frames.start, Unit::Count("frames"));
    for (step, number) in frames.enumerate() {
        Interrupt::check()?;
        capture.read_frame_into::<f32>(number, &mut cube)?;
        if let Some(damaged) = DamagedFrame::of(number, capture.damage(), false) {
            damaged_frames.push(damaged);
            missing.push(step);
            continue;
        }
        let each = chirps / parts;
        for part in 0..parts {
            let chunk = cube.slice(s![.., part * each..(part + 1) * each, ..]);
            let wide = chunk.mapv(|z: Complex<f32>| C64::new(z.re.into(), z.im.into()));
            let mean = wide.sum_axis(Axis(1)) / each as f64;
            let spectrum = plan.process(&mean, Axis(1))?;
            profiles.slice_mut(s![.., step * parts + part, ..]).assign(&spectrum.slice(s![.., ..bins]));
        }
        progress.advance(1);
    }
    progress.finish();
    damage::warn_of(&damaged_frames, "left out");
    bridge(&mut profiles, &missing, parts)?;
    if fmcw.config().firing.binary_phase().is_some() {
        // What breathes hardly moves from one chirp to the next.
        let compensation = DopplerCompensation::new(&fmcw, fmcw.config().chirps)?;
        for mut cell in profiles.lanes_mut(Axis(0)) {
            let mut channels = cell.to_vec();
            compensation.apply(&mut channels, 0.0)?;
            cell.assign(&Array1::from(channels));
        }
    }
    if let Some(weights) = &capture.config().channel_weights {
        for (mut channel, &weight) in profiles.outer_iter_mut().zip(weights.iter()) {
            channel.mapv_inplace(|z| z * weight);
        }
    }
    let carrier = overruled(args.carrier_hz, fmcw.carrier_hz(), "carrier-hz", "middle of the sweep");
    Ok(Profiles {
        samples: profiles,
        sample_rate_hz,
        wavelength_m: SPEED_OF_LIGHT_M_S / carrier,
        first_bin: 0,
        scale_m: Some([-capture.config().range_bias_m, fmcw.range_resolution_m()]),
        array: fmcw.virtual_array().filter(|array| array.len() == channels).cloned(),
        damaged_frames,
    })
}

/// Frames that are missing lie on the straight line between their neighbours.
fn bridge(profiles: &mut Array3<C64>, missing: &[usize], parts: usize) -> Result<()> {
    let frames = profiles.len_of(Axis(1)) / parts;
    let whole = |n: &usize| missing.binary_search(n).is_err();
    for &frame in missing {
        let before = (0..frame).rev().find(whole);
        let after = (frame + 1..frames).find(whole);
        let (Some(a), Some(b)) = (before.or(after), after.or(before)) else {
            return Err(mmw_core::Error::invalid("capture", "samples are missing in every frame").into());
        };
        // The last sample before and the first after.
        let (first, last) =
            if before.is_some() { (a * parts + parts - 1, b * parts) } else { (a * parts, b * parts) };
        for n in frame * parts..(frame + 1) * parts {
            let share =
                if last == first { 0.0 } else { (n as f64 - first as f64) / (last as f64 - first as f64) };
            let share = share.clamp(0.0, 1.0);
            let between = profiles.slice(s![.., first, ..]).mapv(|z| z * (1.0 - share))
                + profiles.slice(s![.., last.min(frames * parts - 1), ..]).mapv(|z| z * share);
            profiles.slice_mut(s![.., n, ..]).assign(&between);
        }
    }
    Ok(())
}

/// Complex samples, `[frame]` or `[frame, range bin]`.
fn series(path: &Path) -> Result<Array3<C64>> {
    let samples = read_npy::<C64>(path)?;
    let samples = if samples.ndim() == 1 { samples.insert_axis(Axis(1)) } else { samples };
    let shape = samples.shape().to_vec();
    let samples = samples.into_dimensionality::<Ix2>().map_err(|_| {
        let axes = "samples have the axes frame or frame, range bin; this array has shape";
        Error::Parse(format!("{}: {axes} {shape:?}", path.display()))
    })?;
    Ok(samples.as_standard_layout().into_owned().insert_axis(Axis(0)))
}

fn log(path: &Path) -> Result<(Array3<C64>, usize)> {
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, "open", &error))?;
    if !VitalSignsLog::is_log(&bytes) {
        let what = "is neither a .npy file nor a log of TI's vital-signs lab (magic word 02 01 04 03 06 05 08 07): \
                    a capture needs --config";
        return Err(Error::Usage(format!("{}: {what}", path.display())));
    }
    let log = VitalSignsLog::read(&bytes)?;
    if log.missing + log.damaged > 0 {
        warn(&format!("{} frames are missing and {} damaged: bridged", log.missing, log.damaged));
    }
    Ok((log.profiles.insert_axis(Axis(0)), log.first_bin))
}
