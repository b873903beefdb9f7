//! `mmw sense track`: people through the points of a radar.

use super::input::{InputArgs, Recording, Skipped};
use super::page;
use super::scan::{self, Scan};
use super::values::overruled;
use crate::error::{Error, Result};
use crate::output::{Interrupt, create_folder};
use crate::plot::{self, PlanPlot};
use crate::question::{Question, Readable, Single, contradiction, json_or, needed, show};
use crate::stdout::{print_json, warn};
use mmw_sense::tracker::{ClusterTracker, Follow, Pairing, Presence, Visit, Zone};
use mmw_sense::{PointCloud, Tracker, TrackerConfig, read};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

/// Whom to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Preset {
    People,
    Vehicles,
}

/// How points become tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Method {
    /// Every point is shared among all tracks
    Soft,
    /// Clusters, each of the nearest track
    Nearest,
    /// Clusters, shared by probability (JPDA)
    Joint,
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    #[command(flatten)]
    input: InputArgs,

    /// Time from frame to frame, where the input has no times
    #[arg(long, value_name = "S")]
    period_s: Option<f64>,

    /// What moves
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Preset::People)]
    preset: Preset,

    /// A TOML file with fields of the tracker's configuration, which overrule those of the preset
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Where people may stand still and are kept while unseen: left, right, near and far end, m; or
    /// "everywhere"
    #[arg(long, value_name = "X0,X1,Y0,Y1", value_parser = zone, alias = "static-zone")]
    static_zone_m: Option<Place>,

    /// Velocities that differ by this much look alike, because the radar folds them: unfold them
    #[arg(long, value_name = "M_S")]
    velocity_interval_m_s: Option<f64>,

    /// A zone whose visits are reported, as often as wanted: left, right, near and far end, m
    #[arg(long, value_name = "X0,X1,Y0,Y1", value_parser = rectangle, alias = "zone")]
    zone_m: Vec<Zone>,

    /// How points become tracks
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Method::Soft)]
    method: Method,

    /// Folder for tracks.csv, tracks.jsonl, the picture from above (tracks.png) and the page that plays the
    /// frames (tracks.html)
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// How long somebody must be in a zone, and nobody, until it is taken and empty, s.
const ENTER_S: f64 = 0.2;
const LEAVE_S: f64 = 1.0;

/// A zone, or none.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place(Option<Zone>);

fn zone(text: &str) -> std::result::Result<Place, String> {
    if text == "everywhere" {
        return Ok(Place(None));
    }
    rectangle(text).map(|zone| Place(Some(zone)))
}

fn rectangle(text: &str) -> std::result::Result<Zone, String> {
    let wrong = || "must be four numbers, left, right, near and far, as -2,2,1,6".to_owned();
    let numbers: Vec<f64> =
        json_or(text, |text| text.split(',').map(|word| word.trim().parse().map_err(|_| wrong())).collect())?;
    let [x0, x1, y0, y1] = numbers[..] else { return Err(wrong()) };
    Zone::new([x0, x1], [y0, y1]).map_err(|error| error.to_string())
}

/// Who was there, and where in each frame.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    frames: usize,
    points: usize,
    /// Everybody who was followed, in the order of their numbers.
    tracks: Vec<Whole>,
    scans: Vec<Scan>,
    /// The visits of each zone.
    zones: Vec<Visits>,
    skipped: Skipped,
    /// Where files are, for people.
    #[serde(skip)]
    out: Option<PathBuf>,
}

/// When a zone was taken.
#[derive(Debug, Clone, Serialize)]
struct Visits {
    x_m: [f64; 2],
    y_m: [f64; 2],
    visits: Vec<Stay>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Stay {
    start_s: f64,
    end_s: f64,
    /// Tracks at once.
    most: usize,
}

/// A track from its beginning to its end.
#[derive(Debug, Clone, Serialize)]
struct Whole {
    id: u64,
    first_frame: u64,
    last_frame: u64,
    start_s: f64,
    end_s: f64,
    /// Frames in which it is reported.
    frames: usize,
    path_m: f64,
}

impl From<&Visit> for Stay {
    fn from(visit: &Visit) -> Self {
        Self { start_s: visit.start_s, end_s: visit.end_s, most: visit.most }
    }
}

impl Visits {
    fn new(zone: Zone, presence: &Presence) -> Self {
        Self { x_m: zone.x_m, y_m: zone.y_m, visits: presence.visits().iter().map(Stay::from).collect() }
    }
}

impl Parameters {
    fn tracker(&self) -> Result<Box<dyn Follow>> {
        let mut config = match self.preset {
            Preset::People => TrackerConfig::people(),
            Preset::Vehicles => TrackerConfig::vehicles(),
        };
        if let Some(path) = &self.config {
            config = overruled(&config, path)?;
        }
        if let Some(Place(zone)) = self.static_zone_m {
            config.static_zone = zone;
        }
        if let Some(interval) = self.velocity_interval_m_s {
            if self.method != Method::Soft {
                return Err(contradiction(
                    "velocity_interval_m_s",
                    "only the soft method unfolds velocities",
                ));
            }
            config.velocity_interval_m_s = Some(interval);
        }
        Ok(match self.method {
            Method::Soft => Box::new(Tracker::new(config)?),
            Method::Nearest => Box::new(ClusterTracker::new(config, Pairing::Nearest)?),
            Method::Joint => Box::new(ClusterTracker::new(config, Pairing::Joint)?),
        })
    }

    fn follow(&self, recording: Recording) -> Result<Answer> {
        let mut tracker = self.tracker()?;
        let (mut scans, mut tracks) = (Vec::new(), Vec::new());
        let zones = self.zone_m.iter().map(|&zone| Presence::new(zone, ENTER_S, LEAVE_S));
        let mut zones: Vec<Presence> = zones.collect::<mmw_core::Result<_>>()?;
        for cloud in &recording.clouds {
            Interrupt::check()?;
            tracker.step_into(cloud, &mut tracks)?;
            for zone in &mut zones {
                zone.step(cloud.time_s, &tracks)?;
            }
            scans.push(Scan::new(cloud, &tracks));
        }
        if let Some(out) = &self.out {
            save(out, &recording.clouds, &scans)?;
        }
        Ok(Answer {
            frames: scans.len(),
            points: scans.iter().map(|scan| scan.points).sum(),
            tracks: wholes(&scans),
            scans,
            zones: self
                .zone_m
                .iter()
                .zip(&zones)
                .map(|(zone, presence)| Visits::new(*zone, presence))
                .collect(),
            skipped: recording.skipped,
            out: self.out.clone(),
        })
    }

    /// Frames as they come, one line each.
    fn live(&self, input: impl BufRead) -> Result<()> {
        if !self.zone_m.is_empty() {
            return Err(contradiction("zone_m", "has no effect on lines that come one by one"));
        }
        let hint = "the frames of a pipe have no times: say how far they are apart (--period-s)";
        let period_s = needed(self.period_s.as_ref(), "period_s", hint)?;
        let mut tracker = self.tracker()?;
        let (mut clouds, mut scans, mut tracks) = (Vec::new(), Vec::new(), Vec::new());
        let (mut failed, mut total) = (0, 0);
        for line in input.lines() {
            let line = line.map_err(|error| Error::io(Path::new("standard input"), "read", &error))?;
            if line.trim().is_empty() {
                continue;
            }
            Interrupt::check()?;
            total += 1;
            let mut told = || -> Result<()> {
                for cloud in read::json_lines("standard input", &line, period_s)? {
                    tracker.step_into(&cloud, &mut tracks)?;
                    let scan = Scan::new(&cloud, &tracks);
                    print_json(&scan)?;
                    if self.out.is_some() {
                        scans.push(scan);
                        clouds.push(cloud);
                    }
                }
                Ok(())
            };
            match told() {
                Err(Error::Core(error)) => {
                    failed += 1;
                    warn(&format!("line {total}: {error}"));
                }
                result => result?,
            }
        }
        if let Some(out) = &self.out {
            save(out, &clouds, &scans)?;
        }
        if failed > 0 { Err(Error::Partial { failed, total, unit: "lines" }) } else { Ok(()) }
    }
}

/// Runs the command: frame by frame where lines of JSON come through a pipe.
///
/// # Errors
/// What reading, tracking and writing meet; kind `partial` when lines of a pipe failed.
pub(super) fn run(args: &Single<Parameters>) -> Result<()> {
    let Single::One { parameters, json } = args else { return args.run() };
    let piped = parameters.input.input.iter().any(|path| path == Path::new("-"));
    if !piped {
        return args.run();
    }
    if parameters.input.input.len() > 1 {
        return Err(Error::Usage("standard input (\"-\") cannot stand beside other inputs".to_owned()));
    }
    let broken = |error: std::io::Error| Error::io(Path::new("standard input"), "read", &error);
    let mut input = std::io::stdin().lock();
    let first = input.fill_buf().map_err(broken)?;
    if first.trim_ascii_start().starts_with(b"{") {
        return parameters.live(input);
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(broken)?;
    show(&parameters.follow(parameters.input.read_timed(parameters.period_s, Some(&bytes))?)?, *json)
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        self.follow(self.input.read_timed(self.period_s, None)?)
    }
}

fn wholes(scans: &[Scan]) -> Vec<Whole> {
    let mut all: BTreeMap<u64, (Whole, [f64; 2])> = BTreeMap::new();
    for scan in scans {
        for one in &scan.tracks {
            let here = [one.x_m, one.y_m];
            let new = || Whole {
                id: one.id,
                first_frame: scan.frame,
                last_frame: scan.frame,
                start_s: scan.time_s,
                end_s: scan.time_s,
                frames: 0,
                path_m: 0.0,
            };
            let (whole, before) = all.entry(one.id).or_insert_with(|| (new(), here));
            whole.path_m += (here[0] - before[0]).hypot(here[1] - before[1]);
            (whole.last_frame, whole.end_s) = (scan.frame, scan.time_s);
            whole.frames += 1;
            *before = here;
        }
    }
    all.into_values().map(|(whole, _)| whole).collect()
}

/// Dots of a picture: more would only cover each other.
const MOST_DOTS: usize = 20_000;

fn save(out: &Path, clouds: &[PointCloud], scans: &[Scan]) -> Result<()> {
    create_folder(out)?;
    scan::save_csv(&out.join("tracks.csv"), scans)?;
    scan::save_json_lines(&out.join("tracks.jsonl"), scans)?;
    let mut paths: BTreeMap<u64, Vec<[f64; 2]>> = BTreeMap::new();
    for one in scans.iter().flat_map(|scan| &scan.tracks) {
        paths.entry(one.id).or_default().push([one.x_m, one.y_m]);
    }
    let points = clouds.iter().map(|cloud| cloud.points.len()).sum::<usize>();
    let dots = clouds.iter().flat_map(|cloud| &cloud.points).step_by(points.div_ceil(MOST_DOTS).max(1));
    let dots = dots.map(|point| [point.position_m[0], point.position_m[1]]);
    let title = format!("{} tracks in {} frames", paths.len(), scans.len());
    let plan = paths.iter().fold(PlanPlot::new(title).dots(dots), |plan, (id, places)| {
        plan.path(id.to_string(), places.iter().copied())
    });
    plot::save(&out.join("tracks.png"), &plan)?;
    page::save(&out.join("tracks.html"), clouds, scans)
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("{} frames, {} points, {} tracks", self.frames, self.points, self.tracks.len()),
            "track     from s      to s   frames    path m".to_owned(),
        ];
        for Whole { id, start_s, end_s, frames, path_m, .. } in &self.tracks {
            lines.push(format!("{id:5} {start_s:10.3} {end_s:9.3} {frames:8} {path_m:9.2}"));
        }
        lines.extend(self.skipped.lines());
        lines.extend(
            self.out.iter().map(|out| format!("\ntracks, picture and page are in {}", out.display())),
        );
        lines
    }
}
