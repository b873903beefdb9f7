//! The `LogFile.txt` of mmWave Studio: the calls that configured the device, one per line.
//!
//! A line is `date time: API:Name,value,value,…,status,`, as recordings have it; no document of the format
//! was found. Values count in the units of the device's messages (`rlProfileCfg_t` and `rlFrameCfg_t` in
//! `rl_sensor.h` of TI's mmWaveLink, mmWave SDK 3.5): frequency 3.6 GHz / 2²⁶ (2.7 GHz / 2²⁶ on 60 GHz
//! devices), slope 900 times that a microsecond, times 10 ns, the frame period 5 ns. A session tries several
//! settings: what stood when the sensor was started last, counts.

use super::chirp_plan::{ChirpPhases, ChirpPlan, Chirps, Frame, Profile, is_family, lanes_of_chip, sampling};
use super::config::{CaptureConfig, CaptureOptions};
use super::file_contents::FileContents;
use super::layout::LvdsLanes;
use super::text_file::{format_error, whole};
use mmw_core::{Error, Result};
use std::path::Path;

/// The capture that the calls in `text` configure; `path` is for messages.
///
/// # Errors
/// [`Error::Missing`] for a call that is absent; [`Error::Format`] with the line for values that are no
/// numbers; [`Error::Invalid`] for a waveform that is not TDM, and packets that hold more than
/// samples; as [`CaptureConfig::check`].
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{CaptureOptions, parse_studio_log};
///
/// let text = "01-Jan-2026 14:10:47: API:select_chip_version,AR1642,0,
/// 01-Jan-2026 14:11:08: API:ChannelConfig,1,15,0,
/// 01-Jan-2026 14:11:08: API:AdcOutConfig,2,1,0,
/// 01-Jan-2026 14:11:08: API:DataFmtConfig,15,2,1,0,1,0,
/// 01-Jan-2026 14:11:17: API:LaneConfig,3,0,
/// 01-Jan-2026 14:11:27: API:ProfileConfig,0,1435384036,10000,600,13000,0,0,621,0,256,10000,0,0,30,0,
/// 01-Jan-2026 14:11:30: API:ChirpConfig,0,0,0,0,0,0,0,1,0,
/// 01-Jan-2026 14:12:47: API:FrameConfig,0,0,1000,1,200000,0,512,0,";
/// let config = parse_studio_log(text, "LogFile.txt".as_ref(), &CaptureOptions::default())?;
/// assert!((config.fmcw.start_frequency_hz - 77e9).abs() < 1e3);
/// assert!((config.fmcw.slope_hz_per_s - 29.98e12).abs() < 1e10);
/// assert!((config.fmcw.frame_period_s - 1e-3).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn parse_studio_log(text: &str, path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    contents(text, path)?.with_options(options)
}

pub(super) fn contents(text: &str, path: &Path) -> Result<FileContents> {
    let calls = Calls::read(text, path);
    let channels = calls.last("ChannelConfig")?;
    let adc = calls.last("AdcOutConfig")?;
    if adc.count(0)? != 2 {
        return Err(adc.wrong(0, "2 (16 bits)"));
    }
    if let Some(phases) = calls
        .latest("BpmChirpConfig", 2)
        .into_iter()
        .find(|call| call.values[2.min(call.values.len())..].iter().any(|value| *value != "0"))
    {
        return Err(phases.wrong(2, "0, as all after it: binary phases are not read from a log"));
    }
    let sixty = calls.chip().is_some_and(|chip| is_family(chip, &["64", "68"]));
    let unit_hz = if sixty { 2.7e9 } else { 3.6e9 } / f64::from(1 << 26);
    let plan = ChirpPlan {
        profiles: calls
            .latest("ProfileConfig", 1)
            .iter()
            .map(|c| profile(c, unit_hz))
            .collect::<Result<_>>()?,
        chirps: calls.latest("ChirpConfig", 2).iter().map(chirps).collect::<Result<_>>()?,
        inverted: Vec::new(),
        phases: calls.phases()?,
        frame: frame(calls.last("FrameConfig")?)?,
        transmitter_mask: channels.count(0)?,
        receiver_mask: channels.count(1)?,
        sampling: sampling(adc.place(), adc.count(1)?)?,
    };
    let mut contents = plan.contents()?;
    contents.lanes = calls.lanes()?.or_else(|| lanes_of_chip(calls.chip()?));
    if let Some(format) = calls.optional("DataFmtConfig") {
        contents.interleaved = (format.count(4)? == 0).then(|| format.place());
        contents.iq_swap = Some(format.count(3)? == 1);
    }
    if let Some(data) = calls.optional("DataPathConfig")
        && data.count(1)? != 1
    {
        return Err(data.wrong(1, "1 (ADC samples alone)"));
    }
    Ok(contents)
}

/// The calls up to the last start of the sensor.
struct Calls<'a> {
    path: &'a Path,
    calls: Vec<Call<'a>>,
}

struct Call<'a> {
    path: &'a Path,
    name: &'a str,
    line: usize,
    offset: usize,
    values: Vec<&'a str>,
}

impl<'a> Calls<'a> {
    fn read(text: &'a str, path: &'a Path) -> Self {
        let mut calls = Vec::new();
        let mut offset = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if let Some((_, call)) = line.split_once("API:") {
                let mut words = call.trim().trim_end_matches(',').split(',').map(str::trim);
                let name = words.next().unwrap_or_default();
                calls.push(Call { path, name, line: index + 1, offset, values: words.collect() });
            }
            offset += line.len();
        }
        let started = calls.iter().rposition(|call| call.name == "SensorStart");
        if let Some(start) = started {
            calls.truncate(start);
        }
        Self { path, calls }
    }

    fn optional(&self, name: &str) -> Option<&Call<'a>> {
        self.calls.iter().rev().find(|call| call.name == name)
    }

    fn last(&self, name: &'static str) -> Result<&Call<'a>> {
        let hint = || format!("{} logs no such call before the sensor was started last", self.path.display());
        self.optional(name).ok_or_else(|| Error::missing(format!("API:{name}"), hint()))
    }

    /// The last call for each setting of the first `keys` values.
    fn latest(&self, name: &str, keys: usize) -> Vec<&Call<'a>> {
        let mut latest: Vec<&Call<'_>> = Vec::new();
        for call in self.calls.iter().filter(|call| call.name == name) {
            let key = |call: &Call<'a>| call.values.iter().take(keys).copied().collect::<Vec<_>>();
            latest.retain(|earlier| key(earlier) != key(call));
            latest.push(call);
        }
        latest
    }

    /// What is said of the phases of chirps: the first and the last of them, then a phase per transmitter. No
    /// log with such a call was found; its name is that of the script's function, with or without "Set".
    fn phases(&self) -> Result<Vec<ChirpPhases>> {
        let is_named = |name: &str| name.contains("PhaseShift") || name.contains("PhShift");
        let of = |call: &Call<'_>| {
            let status = call.values.len().saturating_sub(1);
            let steps = (2..status).map(|i| call.count(i)).collect::<Result<_>>()?;
            Ok(ChirpPhases { place: call.place(), first: call.count(0)?, last: call.count(1)?, steps })
        };
        self.calls.iter().filter(|call| is_named(call.name)).map(of).collect()
    }

    fn chip(&self) -> Option<&'a str> {
        self.optional("select_chip_version").and_then(|call| call.values.first().copied())
    }

    fn lanes(&self) -> Result<Option<LvdsLanes>> {
        let Some(call) = self.optional("LaneConfig") else { return Ok(None) };
        match call.count(0)? {
            0x3 => Ok(Some(LvdsLanes::Two)),
            0xf => Ok(Some(LvdsLanes::Four)),
            _ => Err(call.wrong(0, "3 (two lanes) or 15 (four lanes)")),
        }
    }
}

impl Call<'_> {
    fn place(&self) -> String {
        format!("API:{} ({}:{})", self.name, self.path.display(), self.line)
    }

    fn wrong(&self, index: usize, expected: &str) -> Error {
        let found = self.values.get(index).copied().unwrap_or("nothing");
        let expected =
            format!("value {} of API:{} (line {}) to be {expected}", index + 1, self.name, self.line);
        format_error(self.path, self.offset, expected, format!("\"{found}\""))
    }

    fn number(&self, index: usize) -> Result<f64> {
        let value = self.values.get(index).and_then(|value| value.parse().ok());
        value.filter(|value: &f64| value.is_finite()).ok_or_else(|| self.wrong(index, "a number"))
    }

    fn count(&self, index: usize) -> Result<u64> {
        whole(self.number(index)?).ok_or_else(|| self.wrong(index, "an integer from 0 to 2^32"))
    }
}

const TICK_S: f64 = 10e-9;

fn profile(call: &&Call<'_>, unit_hz: f64) -> Result<Profile> {
    let slope_hz_per_s = call.number(7)? * unit_hz * 900.0 * 1e6;
    if slope_hz_per_s <= 0.0 {
        return Err(call.wrong(7, "above 0: falling ramps are not read"));
    }
    Ok(Profile {
        number: call.count(0)?,
        start_frequency_hz: call.number(1)? * unit_hz,
        idle_s: call.number(2)? * TICK_S,
        adc_start_s: call.number(3)? * TICK_S,
        ramp_end_s: call.number(4)? * TICK_S,
        slope_hz_per_s,
        samples: call.count(9)?,
        sample_rate_hz: call.number(10)? * 1e3,
        transmitter_phases: call.count(6)?,
    })
}

fn chirps(call: &&Call<'_>) -> Result<Chirps> {
    Ok(Chirps {
        place: call.place(),
        first: call.count(0)?,
        last: call.count(1)?,
        profile: call.count(2)?,
        ramp_variation: [call.number(3)?, call.number(4)?],
        idle_variation_s: call.number(5)? * TICK_S,
        adc_start_variation_s: call.number(6)? * TICK_S,
        transmitter_mask: call.count(7)?,
    })
}

fn frame(call: &Call<'_>) -> Result<Frame> {
    Ok(Frame {
        place: call.place(),
        first: call.count(0)?,
        last: call.count(1)?,
        loops: call.count(3)?,
        frames: call.count(2)?,
        period_s: call.number(4)? * 5e-9,
    })
}
