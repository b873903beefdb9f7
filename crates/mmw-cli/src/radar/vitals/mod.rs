//! `mmw radar vitals`: breathing, heartbeat and vibration from slow-time phase.

mod args;
mod moved;
mod picture;
mod profiles;

pub(crate) use args::VitalsArgs;

use super::damage::DamagedFrame;
use super::line::{self, Line};
use crate::error::Result;
use crate::question::{Question, Readable};
use crate::stdout::warn;
use mmw_dsp::vitals::{Person, Rate, RatesAt, Vibration, VitalMonitor, VitalsConfig, vibration_scan};
use moved::{MACHINES_HZ, Moved, moved};
use profiles::Profiles;
use serde::Serialize;
use std::path::PathBuf;

/// Who or what moves.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    respiration_per_min: Option<f64>,
    heart_per_min: Option<f64>,
    /// 0 to 1; 0 where there is no rate.
    respiration_confidence: f64,
    heart_confidence: f64,
    /// Where the echo is; null without a range resolution, or where nothing moves.
    range_m: Option<f64>,
    range_bin: Option<usize>,
    azimuth_rad: Option<f64>,
    samples: usize,
    sample_rate_hz: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    displacement_m: Option<Vec<f64>>,
    /// Spectral lines of displacements, strongest first; of a machine each from the channel that shows it
    /// best.
    lines: Vec<Line>,
    /// The cell that vibrates, of records fast enough for machines.
    vibration: Option<Vibrating>,
    /// Everybody with a rate, the first being the one above.
    people: Vec<Someone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<Vec<At>>,
    /// Frames in which samples are missing: bridged.
    damaged_frames: Vec<DamagedFrame>,
    /// Where the picture is, for people.
    #[serde(skip)]
    out: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Vibrating {
    range_bin: usize,
    range_m: Option<f64>,
    over_median: f64,
}

#[derive(Debug, Serialize)]
struct Someone {
    range_m: Option<f64>,
    range_bin: usize,
    azimuth_rad: Option<f64>,
    respiration_per_min: Option<f64>,
    heart_per_min: Option<f64>,
}

/// The rates of a window.
#[derive(Debug, Serialize)]
struct At {
    time_s: f64,
    respiration_per_min: Option<f64>,
    heart_per_min: Option<f64>,
}

fn per_minute(rate: Option<Rate>) -> Option<f64> {
    rate.map(|rate| rate.per_minute())
}

fn confidence(rate: Option<Rate>) -> f64 {
    rate.map_or(0.0, |rate| rate.confidence)
}

impl From<&RatesAt> for At {
    fn from(at: &RatesAt) -> Self {
        let [respiration_per_min, heart_per_min] = [at.respiration, at.heart].map(per_minute);
        Self { time_s: at.time_s, respiration_per_min, heart_per_min }
    }
}

impl Question for VitalsArgs {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        watch(self)
    }
}

fn watch(args: &VitalsArgs) -> Result<Answer> {
    let profiles = profiles::read(args)?;
    let config = VitalsConfig {
        window_s: args.window_s,
        ..VitalsConfig::new(profiles.sample_rate_hz, profiles.wavelength_m)
    };
    let monitor = VitalMonitor::new(config)?;
    let people = people(&monitor, &profiles)?;
    let vibration = match profiles.sample_rate_hz >= MACHINES_HZ {
        true => vibration_scan(&profiles.samples, profiles.sample_rate_hz, profiles.wavelength_m)?.vibration,
        false => None,
    };
    let moved = moved(&profiles, &people, vibration.as_ref())?;
    let mut report = report(args, profiles, &people, vibration.as_ref(), &moved);
    if let Some(out) = &args.out {
        let person = people.first().filter(|person| vibration.is_none() || person.breathes());
        let signs = person.map(|person| &person.signs);
        if let Some(shown) =
            signs.map(|signs| &signs.displacement_m).or(moved.first().map(|m| m.displacement_m))
        {
            picture::save(out, shown, signs, report.sample_rate_hz, &moved)?;
        } else {
            warn("no picture, since nothing moves");
            report.out = None;
        }
    }
    Ok(report)
}

/// Nobody in records of machines too short for a breath.
fn people(monitor: &VitalMonitor, profiles: &Profiles) -> Result<Vec<Person>> {
    let (_, frames, _) = profiles.samples.dim();
    if frames < monitor.least_samples() {
        let [held, least] = [frames, monitor.least_samples()].map(|n| n as f64 / profiles.sample_rate_hz);
        let machines = profiles.sample_rate_hz >= MACHINES_HZ;
        let rest = if machines { ": vibration only" } else { "" };
        warn(&format!("{held:.2} s are too short for breathing, which takes {least:.0} s{rest}"));
        if machines {
            return Ok(Vec::new());
        }
    }
    let people = monitor.people(&profiles.samples, profiles.array.as_ref())?;
    if people.is_empty() {
        warn("nothing moves");
    }
    Ok(people)
}

fn report(
    args: &VitalsArgs,
    profiles: Profiles,
    people: &[Person],
    vibration: Option<&Vibration>,
    moved: &[Moved<'_>],
) -> Answer {
    let (_, samples, _) = profiles.samples.dim();
    let first = people.first();
    let alive = first.filter(|person| person.breathes());
    let shown = alive.map(|person| &person.signs.displacement_m).or(moved.first().map(|m| m.displacement_m));
    let of = |moved: &Moved<'_>| {
        let channel = moved.channel;
        moved.lines.iter().map(|&line| Line { channel, ..line.into() }).collect::<Vec<_>>()
    };
    let mut lines: Vec<Line> = moved.iter().flat_map(of).collect();
    lines.sort_by(|a, b| b.amplitude_m.total_cmp(&a.amplitude_m));
    let bin = match (alive, vibration, first) {
        (Some(person), _, _) | (None, None, Some(person)) => Some(person.range_bin),
        (None, Some(found), _) => Some(found.range_bin),
        (None, None, None) => None,
    };
    let someone = |person: &Person| Someone {
        range_m: profiles.range_m(person.range_bin),
        range_bin: profiles.bin(person.range_bin),
        azimuth_rad: person.azimuth_rad,
        respiration_per_min: per_minute(person.signs.respiration),
        heart_per_min: per_minute(person.signs.heart),
    };
    let [respiration, heart] = [alive.and_then(|p| p.signs.respiration), alive.and_then(|p| p.signs.heart)];
    Answer {
        respiration_per_min: per_minute(respiration),
        heart_per_min: per_minute(heart),
        respiration_confidence: confidence(respiration),
        heart_confidence: confidence(heart),
        range_m: bin.and_then(|bin| profiles.range_m(bin)),
        range_bin: bin.map(|bin| profiles.bin(bin)),
        azimuth_rad: alive.and_then(|person| person.azimuth_rad),
        samples,
        sample_rate_hz: profiles.sample_rate_hz,
        displacement_m: shown.filter(|_| args.series).map(|shown| shown.to_vec()),
        lines,
        vibration: vibration.map(|found| Vibrating {
            range_bin: profiles.bin(found.range_bin),
            range_m: profiles.range_m(found.range_bin),
            over_median: found.over_median,
        }),
        people: people.iter().filter(|person| person.breathes()).map(someone).collect(),
        track: first.filter(|_| args.series).map(|person| person.signs.track.iter().map(At::from).collect()),
        damaged_frames: profiles.damaged_frames,
        out: args.out.clone(),
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let place = match (self.range_m, self.range_bin) {
            (Some(range_m), _) => format!("range {range_m:.3} m, "),
            (None, Some(bin)) => format!("range bin {bin}, "),
            (None, None) => String::new(),
        };
        let mut lines = vec![format!("{place}{} samples, {} per second", self.samples, self.sample_rate_hz)];
        let rate = |name: &str, rate: Option<f64>, confidence: f64| match rate {
            Some(rate) => format!("{name:<12}{rate:7.2} per minute, confidence {confidence:.2}"),
            None => format!("{name:<12}   none"),
        };
        lines.push(rate("respiration", self.respiration_per_min, self.respiration_confidence));
        lines.push(rate("heart", self.heart_per_min, self.heart_confidence));
        for other in self.people.iter().skip(1) {
            let place =
                other.range_m.map_or(format!("range bin {}", other.range_bin), |r| format!("range {r:.3} m"));
            let rate =
                other.respiration_per_min.map_or("none".to_owned(), |rate| format!("{rate:.2} per minute"));
            lines.push(format!("another person at {place}, respiration {rate}"));
        }
        if let Some(found) = &self.vibration {
            let Vibrating { range_bin, over_median, .. } = found;
            lines.push(format!("range bin {range_bin} vibrates, {over_median:.0} times its median"));
        }
        if !self.lines.is_empty() {
            lines.push(line::HEAD.to_owned());
        }
        lines.extend(self.lines.iter().map(Line::row));
        lines.extend(self.out.iter().map(|out| format!("\npicture and curves are in {}", out.display())));
        lines
    }
}
