//! The `.cfg` command files of the demos in TI's mmWave SDK.
//!
//! One command a line, values separated by blanks, `%` starts a comment (mmWave SDK user guide, chapter
//! "Configuration (.cfg) File Format"). The commands that describe the waveform and the ADC data are read;
//! all others configure the demo's own processing and are passed over.

use super::chirp_plan::{ChirpPlan, Chirps, Frame, Profile, check_interleave, sampling};
use super::config::{CaptureConfig, CaptureOptions};
use crate::capture::layout::LvdsLanes;
use mmw_core::{Error, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// The waveform that the commands in `text` configure; `path` is for messages.
///
/// Lanes are not in such a file, nor are the places of the antennas: both come from `options`.
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
    commands.refuse_what_is_not_tdm()?;
    let channels = commands.one("channelCfg", 3..=3)?;
    let adc = commands.one("adcCfg", 2..=2)?;
    if adc.count(0)? != 2 {
        return Err(adc.wrong(0, "2 (16 bits)"));
    }
    let plan = ChirpPlan {
        profiles: commands.all("profileCfg", 14..=14)?.iter().map(profile).collect::<Result<_>>()?,
        chirps: commands.all("chirpCfg", 8..=8)?.iter().map(chirps).collect::<Result<_>>()?,
        frame: frame(&commands.one("frameCfg", 7..=7)?)?,
        receiver_mask: channels.mask(0, 0xf)?,
        transmitter_mask: channels.mask(1, 0xf)?,
        sampling: sampling(adc.place(), adc.count(1)?)?,
    };
    check_profiles_differ(&commands, &plan.profiles)?;
    let mut contents = plan.contents()?;
    contents.iq_swap = commands.iq_swap(options)?;
    contents.with_options(options)
}

/// The commands of a file by name, each with its line.
struct Commands<'a> {
    path: &'a Path,
    by_name: BTreeMap<&'a str, Vec<Command<'a>>>,
}

/// One command.
#[derive(Clone)]
struct Command<'a> {
    path: &'a Path,
    name: &'a str,
    line: usize,
    offset: usize,
    values: Vec<&'a str>,
}

impl<'a> Commands<'a> {
    fn read(text: &'a str, path: &'a Path) -> Self {
        let mut by_name: BTreeMap<&str, Vec<Command<'_>>> = BTreeMap::new();
        let mut offset = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let statement = line.split('%').next().unwrap_or_default();
            let mut words = statement.split_whitespace();
            match words.next() {
                // Forgets what came before, on the chip as here.
                Some("flushCfg") => by_name.clear(),
                Some(name) => {
                    let command = Command { path, name, line: index + 1, offset, values: words.collect() };
                    by_name.entry(name).or_default().push(command);
                }
                None => {}
            }
            offset += line.len();
        }
        Self { path, by_name }
    }

    /// All commands of that name, at least one, each with a number of values in the range.
    fn all(&self, name: &'static str, values: std::ops::RangeInclusive<usize>) -> Result<Vec<Command<'a>>> {
        let Some(commands) = self.by_name.get(name) else {
            let hint = format!("{} has no such command", self.path.display());
            return Err(Error::missing(name, hint));
        };
        for command in commands {
            if !values.contains(&command.values.len()) {
                let expected = match (values.start(), values.end()) {
                    (low, high) if low == high => format!("{name} with {low} values"),
                    (low, high) => format!("{name} with {low} to {high} values"),
                };
                return Err(command.error(expected, format!("{} values", command.values.len())));
            }
        }
        Ok(commands.clone())
    }

    /// The one command of that name.
    fn one(&self, name: &'static str, values: std::ops::RangeInclusive<usize>) -> Result<Command<'a>> {
        let commands = self.all(name, values)?;
        match commands.as_slice() {
            [first, second, ..] => {
                Err(Error::invalid(second.place(), format!("stands on line {} already", first.line)))
            }
            [command] => Ok(command.clone()),
            [] => Err(Error::missing(name, "the file has no such command")),
        }
    }

    fn optional(
        &self,
        name: &'static str,
        values: std::ops::RangeInclusive<usize>,
    ) -> Result<Option<Command<'a>>> {
        if self.by_name.contains_key(name) { self.one(name, values).map(Some) } else { Ok(None) }
    }

    fn refuse_what_is_not_tdm(&self) -> Result<()> {
        if let Some(mode) = self.optional("dfeDataOutputMode", 1..=1)?
            && mode.count(0)? != 1
        {
            return Err(mode.wrong(0, "1 (frames of chirps)"));
        }
        if let Some([advanced, ..]) = self.by_name.get("advFrameCfg").map(Vec::as_slice) {
            return Err(Error::invalid(advanced.place(), "advanced frames are not TDM: expected frameCfg"));
        }
        for bpm in self.by_name.get("bpmCfg").into_iter().flatten() {
            if bpm.values.len() > 1 && bpm.count(1)? != 0 {
                return Err(bpm.wrong(1, "0: binary phase modulation is not TDM"));
            }
        }
        let Some(stream) = self.optional("lvdsStreamCfg", 4..=4)? else { return Ok(()) };
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

    /// Before version 2 of the SDK the command had no subframe in front.
    fn iq_swap(&self, options: &CaptureOptions) -> Result<Option<bool>> {
        let Some(buffer) = self.optional("adcbufCfg", 4..=5)? else { return Ok(None) };
        let swap_at = buffer.values.len() - 3;
        check_interleave(&buffer.place(), buffer.count(swap_at + 1)?, options.lanes.map(LvdsLanes::count))?;
        match buffer.count(swap_at)? {
            0 => Ok(Some(false)),
            1 => Ok(Some(true)),
            _ => Err(buffer.wrong(swap_at, "0 (I first) or 1 (Q first)")),
        }
    }
}

impl Command<'_> {
    /// Command, file and line, for messages.
    fn place(&self) -> String {
        format!("{} ({}:{})", self.name, self.path.display(), self.line)
    }

    fn error(&self, expected: impl Into<String>, found: impl Into<String>) -> Error {
        Error::Format {
            path: format!("{}:{}", self.path.display(), self.line),
            offset: self.offset as u64,
            expected: expected.into(),
            found: found.into(),
        }
    }

    fn wrong(&self, index: usize, expected: &str) -> Error {
        let found = self.values.get(index).copied().unwrap_or("nothing");
        self.error(format!("value {} of {} to be {expected}", index + 1, self.name), format!("\"{found}\""))
    }

    fn number(&self, index: usize) -> Result<f64> {
        self.values
            .get(index)
            .and_then(|value| value.parse().ok())
            .filter(|value: &f64| value.is_finite())
            .ok_or_else(|| self.wrong(index, "a number"))
    }

    fn count(&self, index: usize) -> Result<u64> {
        let value = self.number(index)?;
        if value < 0.0 || value.fract() != 0.0 || value > 4_294_967_296.0 {
            return Err(self.wrong(index, "an integer from 0 to 2^32"));
        }
        Ok(value as u64)
    }

    fn mask(&self, index: usize, all: u64) -> Result<u64> {
        let mask = self.count(index)?;
        if mask == 0 || mask & !all != 0 {
            return Err(self.wrong(index, &format!("a mask from 1 to {all}")));
        }
        Ok(mask)
    }
}

fn profile(command: &Command<'_>) -> Result<Profile> {
    Ok(Profile {
        number: command.count(0)?,
        start_frequency_hz: command.number(1)? * 1e9,
        idle_s: command.number(2)? * 1e-6,
        adc_start_s: command.number(3)? * 1e-6,
        ramp_end_s: command.number(4)? * 1e-6,
        slope_hz_per_s: command.number(7)? * 1e12,
        samples: command.count(9)?,
        sample_rate_hz: command.number(10)? * 1e3,
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
        transmitter_mask: command.mask(7, 0xf)?,
    })
}

fn frame(command: &Command<'_>) -> Result<Frame> {
    Ok(Frame {
        place: command.place(),
        first: command.count(0)?,
        last: command.count(1)?,
        loops: command.count(2)?,
        frames: command.count(3)?,
        period_s: command.number(4)? * 1e-3,
    })
}
