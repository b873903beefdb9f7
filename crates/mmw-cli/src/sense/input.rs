//! Points from files: the first bytes of each say what it is.

use crate::error::{Error, Result};
use crate::question::{contradiction, needed, word};
use mmw_sense::read::{self, UartDemo};
use mmw_sense::{CloudPoint, PointCloud};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where points come from.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct InputArgs {
    /// Points: CSV or JSON lines of "mmw radar process" ("-": standard input), ROS 1 bags, the text of
    /// `ti_mmwave` messages (`RadHAR`), the bytes of TI's serial port, tables of gait, or PLY and PCD, a file
    /// a frame
    #[arg(value_name = "INPUT", required = true)]
    pub(super) input: Vec<PathBuf>,

    /// Whose bytes of a serial port these are: `out_of_box`, `people_counting2d`, `people_counting3d` or
    /// `people_tracking3d`; by default whichever gives the most points
    #[arg(long, value_name = "NAME", value_parser = word::<UartDemo>)]
    demo: Option<UartDemo>,

    /// Which topic of a ROS bag has the points, where there are several
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    JsonLines,
    Radhar,
    Uart,
    Ply,
    Pcd,
    Bag,
    Gait,
}

/// What was read, and what of it could not be.
#[derive(Debug, Default)]
pub(super) struct Recording {
    pub(super) clouds: Vec<PointCloud>,
    pub(super) skipped: Skipped,
}

/// What of a stream was not read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Skipped {
    /// Bytes that are of no packet.
    bytes: usize,
    packets: usize,
    messages: usize,
    /// Points that are not finite or beyond 1e9.
    points: usize,
    /// Parts of packets that hold something else than points, by their type.
    other_parts: BTreeMap<u32, usize>,
    /// Messages of other topics.
    other_messages: BTreeMap<String, usize>,
}

impl Skipped {
    /// What to say of it: nothing where nothing was.
    pub(super) fn lines(&self) -> Vec<String> {
        let counts = [
            (self.bytes, "bytes"),
            (self.packets, "packets"),
            (self.messages, "messages"),
            (self.points, "points"),
        ];
        let said: Vec<String> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        let mut lines = Vec::new();
        if !said.is_empty() {
            lines.push(format!("damaged and left out: {}", said.join(", ")));
        }
        let parts: Vec<String> =
            self.other_parts.iter().map(|(kind, n)| format!("{n} of type {kind}")).collect();
        if !parts.is_empty() {
            lines.push(format!("parts that hold no points: {}", parts.join(", ")));
        }
        let messages: Vec<String> =
            self.other_messages.iter().map(|(topic, n)| format!("{n} of {topic}")).collect();
        if !messages.is_empty() {
            lines.push(format!("other messages: {}", messages.join(", ")));
        }
        lines
    }
}

/// How a file is told from others by its beginning, and the time between its frames, if asked for.
struct Source<'a> {
    args: &'a InputArgs,
    /// `None` where times do not matter.
    period_s: Option<Option<f64>>,
    period_used: bool,
    demo_used: bool,
    topic_used: bool,
    recording: Recording,
}

impl InputArgs {
    /// All points, frames being a second apart where the files have no times.
    ///
    /// # Errors
    /// What cannot be read, naming the file and the byte.
    pub(super) fn read(&self, standard_input: Option<&[u8]>) -> Result<Recording> {
        self.gather(None, standard_input)
    }

    /// All points in the order of their times, frames being `period_s` apart where the files have none.
    ///
    /// # Errors
    /// As [`InputArgs::read`]; kind `missing` without a period that is needed, `invalid` for one that is not.
    pub(super) fn read_timed(
        &self,
        period_s: Option<f64>,
        standard_input: Option<&[u8]>,
    ) -> Result<Recording> {
        self.gather(Some(period_s), standard_input)
    }

    /// The same for one file of several.
    pub(super) fn only(&self, path: &Path) -> Self {
        Self { input: vec![path.to_owned()], ..self.clone() }
    }

    /// That nothing is asked for which numbers in place of files do not have.
    ///
    /// # Errors
    /// Kind `invalid` for a demonstration or a topic.
    pub(super) fn without_files(&self) -> Result<()> {
        match (&self.demo, &self.topic) {
            (Some(_), _) => Err(contradiction("demo", "has no effect without files")),
            (_, Some(_)) => Err(contradiction("topic", "has no effect without files")),
            (None, None) => Ok(()),
        }
    }

    fn gather(&self, period_s: Option<Option<f64>>, standard_input: Option<&[u8]>) -> Result<Recording> {
        let recording = Recording::default();
        let mut source = Source {
            args: self,
            period_s,
            period_used: false,
            demo_used: false,
            topic_used: false,
            recording,
        };
        for path in &self.input {
            match standard_input.filter(|_| path == Path::new("-")) {
                Some(bytes) => source.take("standard input", bytes)?,
                None => source.take(&path.display().to_string(), &whole(path)?)?,
            }
        }
        if self.demo.is_some() && !source.demo_used {
            return Err(contradiction("demo", "no input is the bytes of a serial port"));
        }
        if self.topic.is_some() && !source.topic_used {
            return Err(contradiction("topic", "no input is a ROS bag"));
        }
        if period_s.flatten().is_some() && !source.period_used {
            return Err(contradiction("period_s", "has no effect: the input has its own times"));
        }
        Ok(source.recording)
    }
}

fn whole(path: &Path) -> Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        return read.map(|_| bytes).map_err(|error| Error::io(path, "read", &error));
    }
    std::fs::read(path).map_err(|error| Error::io(path, "read", &error))
}

impl Source<'_> {
    fn take(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let kind = recognise(bytes).ok_or_else(|| unknown(name, bytes))?;
        let clouds = match kind {
            Kind::Csv => {
                let text = text(name, bytes)?;
                let timed = text.lines().next().is_some_and(|line| line.contains("time_s"));
                let period_s = if timed { None } else { Some(self.period()?) };
                read::csv(name, text, period_s)?
            }
            Kind::JsonLines => read::json_lines(name, text(name, bytes)?, self.period()?)?,
            Kind::Radhar => read::radhar(name, text(name, bytes)?)?,
            Kind::Uart => self.uart(bytes)?,
            Kind::Bag => self.bag(name, bytes)?,
            Kind::Gait => {
                let text = text(name, bytes)?;
                // The clock of such tables may stand for frames on end: a period overrules it.
                let timed = text.lines().next().is_some_and(|line| line.trim_end().ends_with(",s"));
                let given = self.period_s.flatten().is_some();
                let period_s = if timed && !given { None } else { Some(self.period()?) };
                read::gait(name, text, period_s)?
            }
            Kind::Ply => vec![self.alone(read::ply(name, bytes)?)?],
            Kind::Pcd => vec![self.alone(read::pcd(name, bytes)?)?],
        };
        self.recording.clouds.extend(clouds);
        Ok(())
    }

    /// The time from frame to frame of a file without times.
    fn period(&mut self) -> Result<f64> {
        self.period_used = true;
        let hint = "the input has no times: say how far frames are apart (--period-s)";
        self.period_s.map_or(Ok(1.0), |period_s| needed(period_s.as_ref(), "period_s", hint))
    }

    /// A file that is one frame.
    fn alone(&mut self, points: Vec<CloudPoint>) -> Result<PointCloud> {
        let frame = self.recording.clouds.last().map_or(0, |last| last.frame + 1);
        // One frame has a time without any period.
        let period_s = if self.args.input.len() == 1 && self.period_s.flatten().is_none() {
            1.0
        } else {
            self.period()?
        };
        Ok(PointCloud::new(frame, frame as f64 * period_s, points)?)
    }

    fn bag(&mut self, name: &str, bytes: &[u8]) -> Result<Vec<PointCloud>> {
        self.topic_used = true;
        let found = read::rosbag(name, bytes, self.args.topic.as_deref())?;
        let skipped = &mut self.recording.skipped;
        skipped.bytes += found.damaged_bytes;
        skipped.messages += found.damaged_messages;
        skipped.points += found.damaged_points;
        for (topic, n) in found.other_messages {
            *skipped.other_messages.entry(topic).or_default() += n;
        }
        Ok(found.clouds)
    }

    fn uart(&mut self, bytes: &[u8]) -> Result<Vec<PointCloud>> {
        self.demo_used = true;
        let period_s = self.period()?;
        let demos = self.args.demo.as_ref().map_or(UartDemo::ALL, std::slice::from_ref);
        let mut best = read::UartRecording::default();
        let points = |found: &read::UartRecording| -> usize {
            found.clouds.iter().map(|cloud| cloud.points.len()).sum()
        };
        for (i, &demo) in demos.iter().enumerate() {
            let found = read::uart(bytes, demo, period_s)?;
            if i == 0 || points(&found) > points(&best) {
                best = found;
            }
        }
        let skipped = &mut self.recording.skipped;
        skipped.bytes += best.skipped_bytes;
        skipped.packets += best.damaged_packets;
        skipped.points += best.damaged_points;
        best.other_parts.iter().for_each(|(kind, n)| *skipped.other_parts.entry(*kind).or_default() += n);
        Ok(best.clouds)
    }
}

/// How far into a file is looked for what tells its kind.
const HEAD: usize = 1 << 16;

fn recognise(bytes: &[u8]) -> Option<Kind> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let contains = |word: &[u8]| head.windows(word.len()).any(|part| part == word);
    let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let column = |name: &str| {
        let mut names = first.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        names.any(|other| other == name.as_bytes() || other == format!("\"{name}\"").as_bytes())
    };
    if start.starts_with(b"ply") {
        return Some(Kind::Ply);
    }
    if start.starts_with(b"#ROSBAG") {
        return Some(Kind::Bag);
    }
    if contains(&[2, 1, 4, 3, 6, 5, 8, 7]) {
        return Some(Kind::Uart);
    }
    if start.starts_with(b"{") {
        return Some(Kind::JsonLines);
    }
    if start.starts_with(b"# .PCD") || start.starts_with(b"VERSION") || contains(b"\nFIELDS ") {
        return Some(Kind::Pcd);
    }
    if column("Frame #") {
        return Some(Kind::Gait);
    }
    if column("frame") {
        return Some(Kind::Csv);
    }
    contains(b"point_id:").then_some(Kind::Radhar)
}

fn unknown(name: &str, bytes: &[u8]) -> Error {
    let found: String = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
    Error::Core(mmw_core::Error::Format {
        path: name.to_owned(),
        offset: 0,
        expected:
            "a CSV with a column frame, JSON lines with points, a ROS bag, ti_mmwave messages, bytes of \
                   TI's serial port, PLY or PCD"
                .to_owned(),
        found: format!("{found:?}"),
    })
}

fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|error| {
        Error::Core(mmw_core::Error::Format {
            path: name.to_owned(),
            offset: error.valid_up_to() as u64,
            expected: "text in UTF-8".to_owned(),
            found: "another byte".to_owned(),
        })
    })
}
