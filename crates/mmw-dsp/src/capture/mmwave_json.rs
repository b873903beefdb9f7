//! The `*.mmwave.json` files that mmWave Studio exports.
//!
//! The fields carry the names of the structures of TI's mmWaveLink library (`rl_sensor.h`, `rl_device.h`).
//! Those that describe the waveform and the data path are read; others may be there or not.

use super::chirp_plan::{
    CASCADED, ChirpPhases, ChirpPlan, Chirps, Frame, Inversion, Inverted, Profile, doppler_division, sampling,
};
use super::config::{CaptureConfig, CaptureOptions};
use super::file_contents::FileContents;
use super::layout::LvdsLanes;
use super::text_file::format_error;
use mmw_core::{Error, Result};
use serde_json::Value;
use std::path::Path;

/// The capture that `text` configures; `path` is for messages. The places of the antennas are not in such
/// a file: they come from `options`.
///
/// # Errors
/// [`Error::Format`] for text that is no JSON; [`Error::Missing`] with the path of a field that is absent;
/// [`Error::Invalid`] for several devices, a waveform that is not TDM, samples of other than 16 bits, lanes
/// other than 2 and 4, and packets that hold more than samples; as [`CaptureConfig::check`].
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{CaptureOptions, parse_mmwave_json};
///
/// let text = r#"{"mmWaveDevices": [{"rfConfig": {"rlChanCfg_t": {"txChannelEn": "0x7"}}}]}"#;
/// let error = parse_mmwave_json(text, "x.mmwave.json".as_ref(), &CaptureOptions::default()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "mmWaveDevices[0].rfConfig.rlAdcOutCfg_t is not given: x.mmwave.json has no such field"
/// );
/// ```
pub fn parse_mmwave_json(text: &str, path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    contents(text, path)?.with_options(options)
}

pub(super) fn value(text: &str, path: &Path) -> Result<Value> {
    serde_json::from_str(text)
        .map_err(|e| format_error(path, offset(text, e.line(), e.column()), "JSON", e.to_string()))
}

pub(super) fn contents(text: &str, path: &Path) -> Result<FileContents> {
    let value = value(text, path)?;
    let root = Node::root(&value, path);
    let devices = root.field("mmWaveDevices")?.items()?;
    let [device] = devices.as_slice() else {
        let reason = format!("lists {} devices, but captures of exactly one are read", devices.len());
        return Err(Error::invalid("mmWaveDevices", reason));
    };
    let rf = device.field("rfConfig")?;
    refuse_what_is_not_tdm(&rf)?;
    let mut contents = plan(&rf)?.contents()?;
    if let Some(raw) = device.optional("rawDataCaptureConfig") {
        contents.lanes = lanes(&raw)?;
        contents.iq_swap = iq_swap(&raw)?;
        contents.interleaved = interleaved(&raw)?;
        check_raw(&raw)?;
    }
    let cascading = rf.field("rlChanCfg_t")?.optional("cascading");
    if cascading.map_or(Ok(0), |node| node.count())? != 0 {
        contents.notes.push(CASCADED.to_owned());
    }
    Ok(contents)
}

fn plan(rf: &Node<'_>) -> Result<ChirpPlan> {
    let channels = rf.field("rlChanCfg_t")?;
    let adc = rf.field("rlAdcOutCfg_t")?.field("fmt")?;
    let bits = adc.field("b2AdcBits")?;
    if bits.count()? != 2 {
        return Err(bits.wrong("2 (16 bits)"));
    }
    let format = adc.field("b2AdcOutFmt")?;
    Ok(ChirpPlan {
        profiles: rf
            .structures("rlProfiles", "rlProfileCfg_t")?
            .iter()
            .map(profile)
            .collect::<Result<_>>()?,
        chirps: rf.structures("rlChirps", "rlChirpCfg_t")?.iter().map(chirps).collect::<Result<_>>()?,
        inverted: binary_phases(rf)?,
        phases: phases(rf)?,
        frame: frame(&rf.field("rlFrameCfg_t")?)?,
        receiver_mask: channels.field("rxChannelEn")?.mask()?,
        transmitter_mask: channels.field("txChannelEn")?.mask()?,
        sampling: sampling(format.at.clone(), format.count()?)?,
    })
}

fn profile(node: &Node<'_>) -> Result<Profile> {
    Ok(Profile {
        number: node.field("profileId")?.count()?,
        start_frequency_hz: node.field("startFreqConst_GHz")?.number()? * 1e9,
        idle_s: node.field("idleTimeConst_usec")?.number()? * 1e-6,
        adc_start_s: node.field("adcStartTimeConst_usec")?.number()? * 1e-6,
        ramp_end_s: node.field("rampEndTime_usec")?.number()? * 1e-6,
        slope_hz_per_s: node.field("freqSlopeConst_MHz_usec")?.number()? * 1e12,
        samples: node.field("numAdcSamples")?.count()?,
        sample_rate_hz: node.field("digOutSampleRate")?.number()? * 1e3,
        transmitter_phases: node.optional("txPhaseShifter").map_or(Ok(0), |phases| phases.count())?,
    })
}

fn chirps(node: &Node<'_>) -> Result<Chirps> {
    Ok(Chirps {
        place: node.at.clone(),
        first: node.field("chirpStartIdx")?.count()?,
        last: node.field("chirpEndIdx")?.count()?,
        profile: node.field("profileId")?.count()?,
        ramp_variation: [
            node.field("startFreqVar_MHz")?.number()?,
            node.field("freqSlopeVar_KHz_usec")?.number()?,
        ],
        idle_variation_s: node.field("idleTimeVar_usec")?.number()? * 1e-6,
        adc_start_variation_s: node.field("adcStartTimeVar_usec")?.number()? * 1e-6,
        transmitter_mask: chirp_mask(&node.field("txEnable")?)?,
    })
}

/// Of a chirp that no frame sends, it may be zero.
fn chirp_mask(node: &Node<'_>) -> Result<u64> {
    if node.count()? == 0 { Ok(0) } else { node.mask() }
}

fn frame(node: &Node<'_>) -> Result<Frame> {
    Ok(Frame {
        place: node.at.clone(),
        first: node.field("chirpStartIdx")?.count()?,
        last: node.field("chirpEndIdx")?.count()?,
        loops: node.field("numLoops")?.count()?,
        frames: node.field("numFrames")?.count()?,
        period_s: node.field("framePeriodicity_msec")?.number()? * 1e-3,
    })
}

fn refuse_what_is_not_tdm(rf: &Node<'_>) -> Result<()> {
    if let Some(waveform) = rf.optional("waveformType")
        && waveform.value.as_str() != Some("legacyFrameChirp")
    {
        return Err(waveform.wrong("\"legacyFrameChirp\": frames of chirps"));
    }
    if let Some(chirps) = rf.optional("rlDynChirpCfgs")
        && chirps.items()?.iter().any(|c| !c.value.is_null())
    {
        return Err(Error::invalid(chirps.at, "chirps that change while the radar runs are not TDM"));
    }
    if let Some(phases) = rf.optional("rlDynPerChirpPhShftCfgs")
        && phases.items()?.iter().any(|set| !set.value.is_null())
    {
        return Err(doppler_division(&phases.at));
    }
    Ok(())
}

fn binary_phases(rf: &Node<'_>) -> Result<Vec<Inverted>> {
    let Some(phases) = rf.optional("rlBpmChirps") else { return Ok(Vec::new()) };
    let structures = phases.items()?.into_iter().filter_map(|item| item.optional("rlBpmChirpCfg_t"));
    structures
        .map(|chirps| {
            Ok(Inverted {
                first: chirps.field("chirpStartIdx")?.count()?,
                last: chirps.field("chirpEndIdx")?.count()?,
                transmitters: Inversion::of_code(chirps.field("constBpmVal")?.count()?),
            })
        })
        .collect()
}

/// Phases of chirps (`rlRfPhaseShiftCfg_t`).
fn phases(rf: &Node<'_>) -> Result<Vec<ChirpPhases>> {
    let of = |set: Node<'_>| {
        let step = |t: usize| {
            let field = set.optional(&format!("tx{t}PhaseShift"));
            field.map_or(Ok(0), |field| field.count())
        };
        Ok(ChirpPhases {
            place: set.at.clone(),
            first: set.field("chirpStartIdx")?.count()?,
            last: set.field("chirpEndIdx")?.count()?,
            steps: (0..4).map(step).collect::<Result<_>>()?,
        })
    };
    let Some(sets) = rf.optional("rlRfPhaseShiftCfgs") else { return Ok(Vec::new()) };
    sets.items()?.into_iter().filter_map(|item| item.optional("rlRfPhaseShiftCfg_t")).map(of).collect()
}

fn lanes(raw: &Node<'_>) -> Result<Option<LvdsLanes>> {
    let enabled = raw.optional("rlDevLaneEnable_t").and_then(|lanes| lanes.optional("laneEn"));
    let Some(mask) = enabled else { return Ok(None) };
    match mask.count()? {
        0x3 => Ok(Some(LvdsLanes::Two)),
        0xf => Ok(Some(LvdsLanes::Four)),
        _ => Err(mask.wrong("0x3 (two lanes) or 0xF (four lanes)")),
    }
}

fn iq_swap(raw: &Node<'_>) -> Result<Option<bool>> {
    let format = raw.optional("rlDevDataFmtCfg_t").and_then(|format| format.optional("iqSwapSel"));
    let Some(swap) = format else { return Ok(None) };
    match swap.count()? {
        0 => Ok(Some(false)),
        1 => Ok(Some(true)),
        _ => Err(swap.wrong("0 (I first) or 1 (Q first)")),
    }
}

/// Where the file says that channels are interleaved, if it does.
fn interleaved(raw: &Node<'_>) -> Result<Option<String>> {
    let format = raw.optional("rlDevDataFmtCfg_t").and_then(|format| format.optional("chInterleave"));
    let Some(interleave) = format else { return Ok(None) };
    Ok((interleave.count()? == 0).then_some(interleave.at))
}

/// That nothing but samples travels, in the order of receivers.
fn check_raw(raw: &Node<'_>) -> Result<()> {
    let within = |structure, field| raw.optional(structure).and_then(|s: Node<'_>| s.optional(field));
    if let Some(packet) = within("rlDevDataPathCfg_t", "transferFmtPkt0")
        && packet.count()? != 1
    {
        return Err(packet.wrong("0x1 (ADC samples alone)"));
    }
    if let Some(packet) = within("rlDevDataPathCfg_t", "transferFmtPkt1")
        && packet.count()? != 0
    {
        return Err(packet.wrong("0x0 (no second packet)"));
    }
    if let Some(map) = within("rlDevLvdsLaneCfg_t", "laneFmtMap")
        && map.count()? != 0
    {
        return Err(map.wrong("0 (receivers in rising order)"));
    }
    Ok(())
}

/// A value and the way to it.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    at: String,
    file: &'a Path,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value, file: &'a Path) -> Self {
        Self { value, at: String::new(), file }
    }

    pub(super) fn optional(&self, name: &str) -> Option<Node<'a>> {
        let value = self.value.get(name).filter(|v| !v.is_null())?;
        Some(Self { value, at: self.path_of(name), file: self.file })
    }

    pub(super) fn field(&self, name: &str) -> Result<Node<'a>> {
        self.optional(name).ok_or_else(|| {
            let hint = format!("{} has no such field", self.file.display());
            Error::missing(self.path_of(name), hint)
        })
    }

    /// The way to a field, whether it is there or not.
    pub(super) fn path_of(&self, name: &str) -> String {
        let dot = if self.at.is_empty() { "" } else { "." };
        format!("{}{dot}{name}", self.at)
    }

    pub(super) fn items(&self) -> Result<Vec<Node<'a>>> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        let item = |(i, value)| Self { value, at: format!("{}[{i}]", self.at), file: self.file };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// The structures of that name inside the items of a list.
    pub(super) fn structures(&self, list: &str, name: &str) -> Result<Vec<Node<'a>>> {
        self.field(list)?.items()?.iter().map(|item| item.field(name)).collect()
    }

    pub(super) fn number(&self) -> Result<f64> {
        self.value.as_f64().filter(|x| x.is_finite()).ok_or_else(|| self.wrong("a number"))
    }

    /// A whole number, which some fields hold as text in hexadecimal.
    pub(super) fn count(&self) -> Result<u64> {
        const EXPECTED: &str = "an integer from 0 to 2^32";
        let value = match self.value {
            Value::String(text) => match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                Some(digits) => u64::from_str_radix(digits, 16).ok(),
                None => text.parse().ok(),
            },
            value => value.as_f64().filter(|x| *x >= 0.0 && x.fract() == 0.0).map(|x| x as u64),
        };
        value.filter(|&n| n <= 1 << 32).ok_or_else(|| self.wrong(EXPECTED))
    }

    pub(super) fn mask(&self) -> Result<u64> {
        let mask = self.count()?;
        if (1..=0xf).contains(&mask) { Ok(mask) } else { Err(self.wrong("a mask from 0x1 to 0xF")) }
    }

    pub(super) fn wrong(&self, expected: &str) -> Error {
        let mut found = self.value.to_string();
        if found.chars().count() > 40 {
            found = found.chars().take(40).chain("…".chars()).collect();
        }
        Error::invalid(self.at.clone(), format!("is {found}, but must be {expected}"))
    }
}

/// Byte offset of a line and a column, both counted from 1.
pub(super) fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}
