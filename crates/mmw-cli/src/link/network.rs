//! `mmw link network`: Touchstone files read, cascaded, seen from other impedances, freed of fixtures, and
//! written.

use super::entries::{ALL_ENTRIES, Entries, decibels};
use super::values::impedance;
use crate::error::{Error, Result};
use crate::output;
use crate::plot;
use crate::question::{Question, Readable, contradiction, word};
use linkbudget::network::Waves;
use linkbudget::nport::NPort;
use linkbudget::touchstone::{Format, Layout, NoisePoint, Note, Parameter, Touchstone, Version};
use mmw_core::C64;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Touchstone files (.s1p, .s2p, …, .ts); several with --cascade or --deembed
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Connect the two-ports one behind the other, port 2 to the next one's port 1
    #[arg(long, conflicts_with = "deembed")]
    cascade: bool,

    /// Take fixtures off: the files are that at port 1, the measurement, and if there is one that at port 2
    #[arg(long)]
    deembed: bool,

    /// Bring all files to the frequencies of the first (with --deembed of the second) by straight lines
    #[arg(long)]
    interpolate: bool,

    /// See the result from this impedance, or from one for each port: 50, 50+10j, 50,75
    #[arg(long, value_name = "OHM", value_delimiter = ',', value_parser = impedance, alias = "renormalise")]
    renormalise_ohm: Option<Vec<C64>>,

    /// Waves that the result is made of: power, pseudo or travelling; by default those of the file
    #[arg(long, value_name = "NAME", value_parser = word::<Waves>)]
    waves: Option<Waves>,

    /// Write the result as Touchstone: .sNp, or .ts for version 2.1
    #[arg(short = 'o', long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Numbers of the written file: `real_imaginary` (ri), `magnitude_angle` (ma) or `decibel_angle` (db)
    #[arg(long, value_name = "NAME", requires = "out", value_parser = format)]
    format: Option<Format>,

    /// Draw reflections into a Smith chart, .png or .svg
    #[arg(long, value_name = "FILE")]
    smith: Option<PathBuf>,

    /// Draw magnitudes in decibels over frequency, .png or .svg
    #[arg(long, value_name = "FILE")]
    db_plot: Option<PathBuf>,
}

fn format(text: &str) -> std::result::Result<Format, String> {
    text.parse().map_err(|error: linkbudget::Error| error.to_string())
}

/// The network that came out.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// What was read.
    files: Vec<Read>,
    ports: usize,
    points: usize,
    waves: Waves,
    /// One set for all frequencies, or one for each.
    references_ohm: Vec<Vec<C64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modes: Option<Vec<String>>,
    /// Largest singular value, absent where waves carry no power apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    largest_gain: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asymmetry: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    noise: Vec<NoisePoint>,
    /// What of the files is not in the result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<String>,
    frequencies_hz: Vec<f64>,
    /// `[frequency][to port][from port]`.
    s: Vec<Vec<Vec<C64>>>,
}

/// A file as it was read.
#[derive(Debug, Serialize)]
struct Read {
    file: String,
    version: Version,
    parameter: Parameter,
    format: Format,
    ports: usize,
    points: usize,
    notes: Vec<Note>,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        self.check()?;
        let files =
            self.files.iter().map(|path| Touchstone::read(path)).collect::<linkbudget::Result<Vec<_>>>()?;
        let changed = self.cascade || self.deembed || self.renormalise_ohm.is_some() || self.waves.is_some();
        let network = self.result(&files)?;
        let plain = files.first().filter(|_| !changed);
        let notes = if plain.is_none() { self.lost(&files) } else { Vec::new() };
        if let Some(out) = &self.out {
            self.write(out, plain, &network, &notes)?;
        }
        let modes = plain.and_then(Touchstone::modes);
        let names = Entries::new(&network, modes.map(|all| all.iter().map(ToString::to_string).collect()));
        let title = self.title();
        if let Some(path) = &self.smith {
            plot::save_as("smith", path, &names.smith(&title))?;
        }
        if let Some(path) = &self.db_plot {
            plot::save_as("db_plot", path, &names.decibels(&title))?;
        }
        let health = network.health().ok();
        Ok(Answer {
            files: self.files.iter().zip(&files).map(|(path, file)| read(path, file)).collect(),
            ports: network.ports(),
            points: network.points(),
            waves: network.waves(),
            references_ohm: network.references().ohm().outer_iter().map(|row| row.to_vec()).collect(),
            modes: names.modes.clone(),
            largest_gain: health.map(|health| health.largest_gain),
            asymmetry: health.map(|health| health.asymmetry),
            noise: plain.map_or_else(Vec::new, |file| file.noise().to_vec()),
            notes,
            written: self.out.as_ref().map(|path| path.display().to_string()),
            frequencies_hz: network.frequencies_hz().to_vec(),
            s: network.s().outer_iter().map(|m| m.outer_iter().map(|row| row.to_vec()).collect()).collect(),
        })
    }
}

impl Parameters {
    /// Refuses options that would have no effect and files that nothing is said of.
    fn check(&self) -> Result<()> {
        let several = self.files.len() > 1;
        if several && !(self.cascade || self.deembed) {
            return Err(contradiction("files", "several files need --cascade or --deembed"));
        }
        if self.cascade && !several {
            return Err(contradiction("cascade", "needs two files or more"));
        }
        if self.deembed && !matches!(self.files.len(), 2 | 3) {
            return Err(contradiction(
                "deembed",
                "needs the fixture, the measurement and at most one more fixture",
            ));
        }
        if self.interpolate && !several {
            return Err(contradiction("interpolate", "has no effect on one file"));
        }
        Ok(())
    }

    fn result(&self, files: &[Touchstone]) -> Result<NPort> {
        let mut networks = Vec::with_capacity(files.len());
        for (path, file) in self.files.iter().zip(files) {
            let named = |error: linkbudget::Error| named(path, &error);
            if file.modes().is_some() && (self.cascade || self.deembed || self.renormalise_ohm.is_some()) {
                let reason = "mixed modes are neither connected nor seen from other impedances";
                return Err(named(linkbudget::Error::invalid("modes", reason)));
            }
            networks.push(file.n_port().map_err(named)?);
        }
        if self.interpolate {
            let grid = networks
                .get(usize::from(self.deembed))
                .map(|n| n.frequencies_hz().to_vec())
                .unwrap_or_default();
            for (path, network) in self.files.iter().zip(&mut networks) {
                *network = network.interpolate(&grid).map_err(|error| named(path, &error))?;
            }
        }
        self.check_grids(&networks)?;
        let mut rest = networks.iter();
        let first = rest.next().ok_or_else(|| contradiction("files", "are needed"))?;
        let singular = |path: usize| move |error| self.singular(path, error);
        let joined = match (self.deembed, rest.as_slice()) {
            (true, [measured, others @ ..]) => {
                let inner = measured.without_first(first).map_err(singular(0))?;
                others.iter().try_fold(inner, |inner, last| inner.without_last(last)).map_err(singular(2))?
            }
            _ => rest.enumerate().try_fold(first.clone(), |chain, (index, next)| {
                chain.cascade(next).map_err(singular(index + 1))
            })?,
        };
        self.seen(&joined)
    }

    /// What of the files a network that is made of them cannot hold.
    fn lost(&self, files: &[Touchstone]) -> Vec<String> {
        let noisy = self.files.iter().zip(files).filter(|(_, file)| !file.noise().is_empty());
        noisy
            .map(|(path, _)| {
                format!("the noise parameters of {} are not carried into the result", path.display())
            })
            .collect()
    }

    /// Refuses files of different frequencies, as the option that mends it is known here.
    fn check_grids(&self, networks: &[NPort]) -> Result<()> {
        let mut named = self.files.iter().zip(networks);
        let Some((first, grid)) = named.next() else { return Ok(()) };
        match named.find(|(_, network)| network.frequencies_hz() != grid.frequencies_hz()) {
            Some((other, _)) => {
                let reason = format!(
                    "those of {} are not those of {}: add --interpolate",
                    other.display(),
                    first.display()
                );
                Err(Error::Core(linkbudget::Error::invalid("frequencies_hz", reason)))
            }
            None => Ok(()),
        }
    }

    /// What cannot be divided by, with the name of its file.
    fn singular(&self, file: usize, error: linkbudget::Error) -> Error {
        match (error, self.files.get(file)) {
            (linkbudget::Error::Singular { name }, Some(path)) => {
                let option = if self.deembed { "deembed" } else { "cascade" };
                let name = format!("{option}: {}: {name}", path.display()).into();
                Error::Core(linkbudget::Error::Singular { name })
            }
            (error, _) => Error::Core(error),
        }
    }

    /// The result from the impedances and in the waves that were asked for.
    fn seen(&self, network: &NPort) -> Result<NPort> {
        let waves = self.waves.unwrap_or(network.waves());
        let references = match self.renormalise_ohm.as_deref() {
            None => network.references().clone(),
            Some(ohm) => {
                if ohm.len() != 1 && ohm.len() != network.ports() {
                    let reason = format!(
                        "{} impedances for {} ports: give one, or one for each",
                        ohm.len(),
                        network.ports()
                    );
                    return Err(Error::Core(linkbudget::Error::invalid("renormalise_ohm", reason)));
                }
                let all = if let [one] = ohm { vec![*one; network.ports()] } else { ohm.to_vec() };
                let references = linkbudget::nport::References::constant(&all);
                references.map_err(|error| renormalise(&error))?
            }
        };
        network.renormalise_to(&references, waves).map_err(|error| renormalise(&error))
    }

    /// Writes the file as it was read, or the network that was made of it, behind notes as comments.
    fn write(&self, out: &Path, plain: Option<&Touchstone>, network: &NPort, notes: &[String]) -> Result<()> {
        let ending =
            out.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let ports = network.ports();
        let keywords = ending == "ts";
        if !keywords && ending != format!("s{ports}p") {
            let reason = format!("{} should end in .s{ports}p, or in .ts for version 2.1", out.display());
            return Err(Error::Core(linkbudget::Error::invalid("out", reason)));
        }
        let made;
        let file = match plain {
            Some(file) => file,
            None => {
                made = Touchstone::of(network);
                &made
            }
        };
        let format = self.format.unwrap_or_default();
        let version = keywords.then_some(Version::V2_1);
        let text = file.to_text_as(&Layout { format, version, ..Layout::default() })?;
        let comments = notes.iter().map(|note| format!("! {}\n", note.replace(char::is_control, " ")));
        output::save_bytes(out, (comments.collect::<String>() + &text).as_bytes())
    }

    fn title(&self) -> String {
        let names = self.files.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy());
        names.collect::<Vec<_>>().join(if self.deembed { " / " } else { " + " })
    }
}

/// What a library refuses about one of several files, with its name.
fn named(path: &Path, error: &linkbudget::Error) -> Error {
    Error::Core(linkbudget::Error::invalid(path.display().to_string(), error.to_string()))
}

/// What a library refuses about impedances, by the name of the option.
fn renormalise(error: &linkbudget::Error) -> Error {
    match error {
        linkbudget::Error::Domain { .. } => {
            Error::Core(linkbudget::Error::invalid("renormalise_ohm", error.to_string()))
        }
        _ => Error::Core(error.clone()),
    }
}

fn read(path: &Path, file: &Touchstone) -> Read {
    Read {
        file: path.display().to_string(),
        version: file.version(),
        parameter: file.parameter(),
        format: file.format(),
        ports: file.ports(),
        points: file.frequencies_hz().len(),
        notes: file.notes().to_vec(),
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for file in &self.files {
            let Read { file, version, parameter, format, ports, points, notes } = file;
            lines.push(format!(
                "{file}: version {version}, {ports} port(s), {points} frequencies, {parameter} as {format}"
            ));
            lines.extend(notes.iter().map(|note| format!("  note: line {}: {}", note.line, note.text)));
        }
        let (low, high) =
            self.frequencies_hz.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &f| (l.min(f), h.max(f)));
        lines.push(format!("{:<14}{} from {low:e} to {high:e} Hz", "frequencies", self.points));
        let ohm = |z: &C64| if z.im == 0.0 { format!("{}", z.re) } else { format!("{}{:+}j", z.re, z.im) };
        let first: Vec<String> = self.references_ohm.first().into_iter().flatten().map(ohm).collect();
        let varies = if self.references_ohm.len() > 1 { " at the first frequency" } else { "" };
        lines.push(format!("{:<14}{} ohm{varies}, {} waves", "references", first.join(", "), self.waves));
        if let Some(modes) = &self.modes {
            lines.push(format!("{:<14}{}", "modes", modes.join(" ")));
        }
        if let (Some(gain), Some(asymmetry)) = (self.largest_gain, self.asymmetry) {
            let active = if gain > 1.0 + 1e-6 { "active" } else { "passive" };
            let both = if asymmetry > 1e-6 { "not reciprocal" } else { "reciprocal" };
            lines.push(format!("{:<14}{gain:.9} ({active})", "largest gain"));
            lines.push(format!("{:<14}{asymmetry:.3e} ({both})", "asymmetry"));
        }
        if !self.noise.is_empty() {
            lines.push(format!("{:<14}{} frequencies", "noise", self.noise.len()));
        }
        if self.ports <= ALL_ENTRIES {
            lines.extend(self.extremes());
        }
        lines.extend(self.notes.iter().map(|note| format!("{:<14}{note}", "note")));
        lines.extend(self.written.iter().map(|path| format!("{:<14}{path}", "written")));
        lines
    }
}

impl Answer {
    /// Each entry's magnitude at its least and greatest.
    fn extremes(&self) -> Vec<String> {
        let mut lines = vec![format!("{:<14}{:>16} {:>16}", "", "least dB", "greatest dB")];
        for to in 0..self.ports {
            for from in 0..self.ports {
                let all = self.s.iter().map(|s| decibels(s[to][from]));
                let (low, high) =
                    all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
                lines.push(format!("{:<14}{low:>16.4} {high:>16.4}", format!("S{}{}", to + 1, from + 1)));
            }
        }
        lines
    }
}
