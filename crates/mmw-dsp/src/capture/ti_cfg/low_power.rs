//! The dialect of the MMWAVE-L-SDK for the xWRL1432 and xWRL6432: `chirpComnCfg`, `chirpTimingCfg` and a
//! `frameCfg` of bursts.
//!
//! The table of commands on the page "Motion and Presence Detection OOB Demo" of the SDK's API guide gives
//! their values in this order. The sample rate is 100 MHz over the first value of `chirpComnCfg`, as TI's
//! visualizer lists it (8 for 12.5 MHz). Samples are real, and sampling begins a number of samples after the
//! ramp; a frame is a number of bursts a period apart, each of a number of chirps that follow one another.
//! With the fifth value of `chirpComnCfg` at 4 both transmitters send every chirp, the second of them
//! inverted in each odd one of the frame (`c_ChirpTxMimoPatSel` in `rl_sensor.h`).

use super::commands::{Command, Commands};
use super::compensation::compensate;
use crate::capture::chirp_plan::{count, numbers, one_of};
use crate::capture::file_contents::FileContents;
use crate::fmcw::{Firing, FmcwConfig, Sampling};
use mmw_core::Result;

const RECEIVERS: usize = 3;
const CLOCK_HZ: f64 = 100e6;

/// Whether the file speaks this dialect.
pub(super) fn is_spoken(commands: &Commands<'_>) -> bool {
    commands.by_name.contains_key("chirpComnCfg") || commands.by_name.contains_key("chirpTimingCfg")
}

/// How the transmitters share the chirps.
#[derive(Clone, Copy, PartialEq)]
enum Pattern {
    One,
    Tdm,
    Bpm,
    Together,
}

pub(super) fn contents(commands: &Commands<'_>) -> Result<FileContents> {
    let channels = commands.one("channelCfg", 2..=3)?;
    let common = commands.one("chirpComnCfg", 7..=8)?;
    let timing = commands.one("chirpTimingCfg", 5..=5)?;
    let frame = commands.one("frameCfg", 6..=6)?;
    let receivers = numbers(channels.mask(0, 0b111)?);
    let mut transmitters = numbers(channels.mask(1, 0b11)?);
    let pattern = pattern(&common, transmitters.len())?;
    let notes = (pattern == Pattern::Together).then(|| one_of(&transmitters));
    if matches!(pattern, Pattern::One | Pattern::Together) {
        transmitters.truncate(1);
    }
    let divider = common.count(0)?;
    if divider == 0 {
        return Err(common.wrong(0, "at least 1: the sample rate is 100 MHz over it"));
    }
    let sample_rate_hz = CLOCK_HZ / divider as f64;
    let slope_hz_per_s = timing.number(3)? * 1e12;
    if slope_hz_per_s <= 0.0 {
        return Err(timing.wrong(3, super::RISING));
    }
    let accumulated = frame.count(1)?.max(1);
    let chirp_interval_s = accumulated as f64 * (timing.number(0)? + common.number(5)?) * 1e-6;
    let (chirps, mut firing) = bursts(&frame, transmitters.len(), chirp_interval_s)?;
    if pattern == Pattern::Bpm {
        let period_s = match firing {
            Firing::Bursts { period_s } => period_s,
            _ => chirp_interval_s * transmitters.len() as f64,
        };
        firing = Firing::BinaryPhase { pair: [0, 1], period_s };
    }
    let fmcw = FmcwConfig {
        start_frequency_hz: timing.number(4)? * 1e9,
        slope_hz_per_s,
        adc_start_s: timing.number(1)? / sample_rate_hz,
        sample_rate_hz,
        samples: count("samples", common.count(3)?)?,
        chirps,
        chirp_interval_s,
        frame_period_s: frame.number(4)? * 1e-3,
        sampling: Sampling::Real,
        transmitters: transmitters.len(),
        receivers: receivers.len(),
        firing,
        antennas: None,
    };
    let frames = Some(frame.count(5)?).filter(|&frames| frames > 0);
    let notes = notes.into_iter().collect();
    let ramp_end_s = Some(common.number(5)? * 1e-6);
    let mut contents =
        FileContents { frames, ramp_end_s, notes, ..FileContents::new(fmcw, transmitters, receivers) };
    compensate(commands, RECEIVERS, &mut contents)?;
    super::geometry::rows_and_columns(commands, RECEIVERS, true, &mut contents)?;
    Ok(contents)
}

fn pattern(common: &Command<'_>, transmitters: usize) -> Result<Pattern> {
    match (common.count(4)?, transmitters) {
        (0, 1) | (1 | 4, 1) => Ok(Pattern::One),
        (0, _) => Ok(Pattern::Together),
        (1, _) => Ok(Pattern::Tdm),
        (4, _) => Ok(Pattern::Bpm),
        _ => Err(common.wrong(4, "0 (one transmitter), 1 (TDM) or 4 (BPM)")),
    }
}

/// Chirps of each transmitter in a frame, and when they are sent.
fn bursts(frame: &Command<'_>, transmitters: usize, chirp_interval_s: f64) -> Result<(usize, Firing)> {
    let (in_burst, bursts) = (frame.count(0)?, frame.count(3)?);
    let period_s = frame.number(2)? * 1e-6;
    let turns = in_burst / transmitters.max(1) as u64;
    if turns == 0 || !in_burst.is_multiple_of(transmitters as u64) {
        return Err(frame.wrong(0, &format!("a multiple of the {transmitters} transmitters")));
    }
    let chirps = count("chirps", turns.saturating_mul(bursts))?;
    let active_s = in_burst as f64 * chirp_interval_s;
    // Times in such a file have a hundredth of a microsecond.
    if bursts == 1 || (period_s - active_s).abs() < 5e-9 {
        return Ok((chirps, Firing::InTurn));
    }
    if turns > 1 {
        let expected = format!(
            "{:.2} us, so that bursts of {in_burst} chirps follow one another, or bursts of {transmitters} chirps",
            1e6 * active_s
        );
        return Err(frame.wrong(2, &expected));
    }
    Ok((chirps, Firing::Bursts { period_s }))
}
