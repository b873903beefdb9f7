//! The `.cfg` command files of the demos in TI's mmWave SDK.
//!
//! One command a line, values separated by blanks, `%` starts a comment (mmWave SDK user guide, chapter
//! "Configuration (.cfg) File Format"). The commands that describe the waveform and the ADC data are read;
//! all others configure the demo's own processing and are passed over. The dialect of the 29xx has a
//! `frameCfg` of eight values, that of the low-power devices commands of its own.

use super::chirp_plan::{
    CASCADED, ChirpPlan, Chirps, Frame, Inversion, Inverted, Profile, doppler_division, lanes_of_chip,
    sampling,
};
use super::config::{CaptureConfig, CaptureOptions};
use super::file_contents::FileContents;
use commands::{Command, Commands};
use compensation::compensate;
use mmw_core::{Error, Result};
use std::path::Path;

mod commands;
mod compensation;
mod geometry;
mod low_power;

/// Receivers of all devices but the low-power ones.
const RECEIVERS: usize = 4;
/// What is asked of a slope.
const RISING: &str = "above 0: falling ramps are not read";

/// The waveform that the commands in `text` configure; `path` is for messages.
///
/// Lanes are not in such a file, but for a comment of TI's visualizer that names the platform; they come from
/// `options`, there from the board where the number is not given. So do the places of the antennas, unless
/// `antGeometryCfg`, or `antGeometry0` and `antGeometry1` of the people-tracking demonstrations state them.
///
/// # Errors
/// [`Error::Format`] naming the line for a value that is no number or a wrong count of values;
/// [`Error::Missing`] for an absent command and for what the options must add; [`Error::Invalid`] for a
/// command given twice, a waveform that is not TDM, a stream with headers; as [`CaptureConfig::check`].
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{CaptureOptions, LvdsLanes, parse_ti_cfg};
///
/// let text = "
///     channelCfg 15 5 0       % four receivers, transmitters 0 and 2
///     adcCfg 2 1
///     adcbufCfg -1 0 0 1 1
///     profileCfg 0 77 7 7 57.14 0 0 70 1 256 5209 0 0 30
///     chirpCfg 0 0 0 0 0 0 0 1
///     chirpCfg 1 1 0 0 0 0 0 4
///     frameCfg 0 1 16 0 100 1 0";
/// let options = CaptureOptions { lanes: Some(LvdsLanes::Two), ..Default::default() };
/// let config = parse_ti_cfg(text, "radar.cfg".as_ref(), &options)?;
/// assert_eq!(config.transmitters, [0, 2]);
/// assert_eq!(config.fmcw.chirps, 16);
/// assert!((config.fmcw.chirp_interval_s - 64.14e-6).abs() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn parse_ti_cfg(text: &str, path: &Path, options: &CaptureOptions) -> Result<CaptureConfig> {
    let commands = Commands::read(text, path);
    let contents =
        if low_power::is_spoken(&commands) { low_power::contents(&commands)? } else { contents(&commands)? };
    contents.with_options(options)
}

fn contents(commands: &Commands<'_>) -> Result<FileContents> {
    refuse_what_is_not_tdm(commands)?;
    // On the 29xx a clock for Ethernet and a drive strength follow.
    let channels = commands.one("channelCfg", 3..=5)?;
    let adc = commands.one("adcCfg", 2..=2)?;
    if adc.count(0)? != 2 {
        return Err(adc.wrong(0, "2 (16 bits)"));
    }
    let plan = ChirpPlan {
        profiles: commands.all("profileCfg", 14..=14)?.iter().map(profile).collect::<Result<_>>()?,
        chirps: commands.all("chirpCfg", 8..=8)?.iter().map(chirps).collect::<Result<_>>()?,
        inverted: binary_phase(commands)?,
        phases: Vec::new(),
        frame: frame(&commands.one("frameCfg", 7..=8)?)?,
        receiver_mask: channels.mask(0, 0xf)?,
        transmitter_mask: channels.mask(1, 0xf)?,
        sampling: sampling(adc.place(), adc.count(1)?)?,
    };
    check_profiles_differ(commands, &plan.profiles)?;
    if plan.transmitter_mask.count_ones() > 1 {
        refuse_doppler_division(commands)?;
    }
    let mut contents = plan.contents()?;
    check_samples(commands, contents.fmcw.samples)?;
    if channels.count(2)? != 0 {
        contents.notes.push(CASCADED.to_owned());
    }
    (contents.iq_swap, contents.interleaved) = buffer(commands)?;
    contents.platform_lanes =
        commands.platform.and_then(|chip| Some((lanes_of_chip(chip)?, chip.to_owned())));
    compensate(commands, RECEIVERS, &mut contents)?;
    geometry::rotate(commands, RECEIVERS, &mut contents)?;
    geometry::place(commands, RECEIVERS, &mut contents)?;
    geometry::rows_and_columns(commands, RECEIVERS, false, &mut contents)?;
    Ok(contents)
}

/// Where it is enabled, `bpmCfg` names two chirps in which two transmitters send together: in the second of
/// them the one with the higher number is inverted (`MmwDemo_bpmConfig` in `mss_main.c` of mmWave SDK 3.5).
fn binary_phase(commands: &Commands<'_>) -> Result<Vec<Inverted>> {
    let mut inverted = Vec::new();
    for command in commands.by_name.get("bpmCfg").into_iter().flatten() {
        if command.values.len() < 2 || command.count(1)? == 0 {
            continue;
        }
        if command.values.len() != 4 {
            let found = format!("{} values", command.values.len());
            return Err(command.error("bpmCfg with 4 values", found));
        }
        let (first, second) = (command.count(2)?, command.count(3)?);
        if first >= second {
            return Err(command.wrong(3, "the later of the two chirps"));
        }
        inverted.push(Inverted { first: second, last: second, transmitters: Inversion::Highest });
    }
    Ok(inverted)
}

/// The 29xx and the 2544 divide the transmitters by Doppler where `procChainCfg` begins with 1, or, in
/// programs without it, where `ddmPhaseShiftAntOrder` is given: `MmwDemo_CLISensorStart` of TI's mmWave MCU+
/// SDK. The phases are then the program's own.
fn refuse_doppler_division(commands: &Commands<'_>) -> Result<()> {
    let last = |name: &str| commands.by_name.get(name).and_then(|all| all.last());
    let order = last("ddmPhaseShiftAntOrder");
    match last("procChainCfg") {
        Some(chain) if chain.count(0)? == 1 => Err(doppler_division(&order.unwrap_or(chain).place())),
        Some(_) => Ok(()),
        None => order.map_or(Ok(()), |order| Err(doppler_division(&order.place()))),
    }
}

/// On the 29xx the frame command repeats the samples of a chirp.
fn check_samples(commands: &Commands<'_>, samples: usize) -> Result<()> {
    let frame = commands.one("frameCfg", 7..=8)?;
    if frame.values.len() == 8 && frame.count(4)? != samples as u64 {
        return Err(frame.wrong(4, &format!("the {samples} samples of profileCfg")));
    }
    Ok(())
}

fn refuse_what_is_not_tdm(commands: &Commands<'_>) -> Result<()> {
    if let Some(mode) = commands.optional("dfeDataOutputMode", 1..=1)?
        && mode.count(0)? != 1
    {
        return Err(mode.wrong(0, "1 (frames of chirps)"));
    }
    if let Some([advanced, ..]) = commands.by_name.get("advFrameCfg").map(Vec::as_slice) {
        return Err(Error::invalid(advanced.place(), "advanced frames are not TDM: expected frameCfg"));
    }
    let Some(stream) = commands.optional("lvdsStreamCfg", 4..=4)? else { return Ok(()) };
    if stream.count(1)? != 0 {
        return Err(stream.wrong(1, "0 (samples without headers)"));
    }
    if ![0, 1].contains(&stream.count(2)?) {
        return Err(stream.wrong(2, "1 (ADC samples alone)"));
    }
    if stream.count(3)? != 0 {
        return Err(stream.wrong(3, "0 (no data of the processing between the samples)"));
    }
    Ok(())
}

/// Whether Q comes first, and the place of the command where it says that channels are interleaved. Before
/// version 2 of the SDK the command had no subframe in front.
fn buffer(commands: &Commands<'_>) -> Result<(Option<bool>, Option<String>)> {
    let Some(buffer) = commands.optional("adcbufCfg", 4..=5)? else { return Ok((None, None)) };
    let swap_at = buffer.values.len() - 3;
    let interleaved = (buffer.count(swap_at + 1)? == 0).then(|| buffer.place());
    match buffer.count(swap_at)? {
        0 => Ok((Some(false), interleaved)),
        1 => Ok((Some(true), interleaved)),
        _ => Err(buffer.wrong(swap_at, "0 (I first) or 1 (Q first)")),
    }
}

fn profile(command: &Command<'_>) -> Result<Profile> {
    if command.number(7)? <= 0.0 {
        return Err(command.wrong(7, RISING));
    }
    Ok(Profile {
        number: command.count(0)?,
        start_frequency_hz: command.number(1)? * 1e9,
        idle_s: command.number(2)? * 1e-6,
        adc_start_s: command.number(3)? * 1e-6,
        ramp_end_s: command.number(4)? * 1e-6,
        slope_hz_per_s: command.number(7)? * 1e12,
        samples: command.count(9)?,
        sample_rate_hz: command.number(10)? * 1e3,
        transmitter_phases: command.count(6)?,
    })
}

fn check_profiles_differ(commands: &Commands<'_>, profiles: &[Profile]) -> Result<()> {
    let twice =
        profiles.iter().enumerate().find(|(i, p)| profiles[..*i].iter().any(|q| q.number == p.number));
    match (twice, commands.by_name.get("profileCfg")) {
        (Some((index, profile)), Some(lines)) => {
            let place = lines.get(index).map_or_else(|| "profileCfg".into(), Command::place);
            Err(Error::invalid(place, format!("profile {} is defined before", profile.number)))
        }
        _ => Ok(()),
    }
}

fn chirps(command: &Command<'_>) -> Result<Chirps> {
    Ok(Chirps {
        place: command.place(),
        first: command.count(0)?,
        last: command.count(1)?,
        profile: command.count(2)?,
        ramp_variation: [command.number(3)?, command.number(4)?],
        idle_variation_s: command.number(5)? * 1e-6,
        adc_start_variation_s: command.number(6)? * 1e-6,
        // Of a chirp that no frame sends, it may be zero.
        transmitter_mask: if command.count(7)? == 0 { 0 } else { command.mask(7, 0xf)? },
    })
}

fn frame(command: &Command<'_>) -> Result<Frame> {
    // Eight values: the samples of a chirp stand before the period.
    let period = if command.values.len() == 8 { 5 } else { 4 };
    Ok(Frame {
        place: command.place(),
        first: command.count(0)?,
        last: command.count(1)?,
        loops: command.count(2)?,
        frames: command.count(3)?,
        period_s: command.number(period)? * 1e-3,
    })
}
