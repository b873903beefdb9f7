//! The keywords of version 2.

use super::numbers::impedance;
use super::source::{Source, text, words};
use super::words::{MatrixFormat, Mode, Version};
use mmw_core::{C64, Result};

/// What the lines that follow are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Keywords; in version 1, data.
    Header,
    /// Impedances that belong to `[Reference]`.
    Reference,
    /// Lines for people.
    Information,
    /// The matrices.
    Network,
    /// The noise parameters.
    Noise,
    /// Nothing.
    End,
}

/// What the keywords say so far.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) version: Option<Version>,
    pub(super) section: Section,
    pub(super) ports: Option<usize>,
    /// Whether 12 stands before 21 in a two-port.
    pub(super) row_first: Option<bool>,
    /// Numbers of frequencies that are announced, with the byte where.
    pub(super) frequencies: Option<(usize, usize)>,
    pub(super) noise_frequencies: Option<(usize, usize)>,
    pub(super) references: Option<Vec<C64>>,
    pub(super) matrix: MatrixFormat,
    pub(super) modes: Option<Vec<Mode>>,
    /// Bytes of `[Number of Ports]`, `[Reference]` and `[Mixed-Mode Order]`.
    pub(super) ports_at: usize,
    pub(super) references_at: usize,
    pub(super) modes_at: usize,
    seen: Vec<String>,
}

/// Keywords of the format, which mean something wherever they stand.
const KEYWORDS: [&str; 15] = [
    "version",
    "number of ports",
    "two-port data order",
    "two-port order",
    "two port data order",
    "number of frequencies",
    "number of noise frequencies",
    "reference",
    "matrix format",
    "mixed-mode order",
    "mixed mode order",
    "begin information",
    "network data",
    "noise data",
    "end",
];

impl Header {
    pub(super) fn new() -> Self {
        Self {
            version: None,
            section: Section::Header,
            ports: None,
            row_first: None,
            frequencies: None,
            noise_frequencies: None,
            references: None,
            matrix: MatrixFormat::Full,
            modes: None,
            ports_at: 0,
            references_at: 0,
            modes_at: 0,
            seen: Vec::new(),
        }
    }

    pub(super) fn has_keywords(&self) -> bool {
        self.version.is_some_and(Version::has_keywords)
    }

    /// Reads a line that begins at `offset` with `[`. `false` for one of the keywords that the format leaves
    /// to others, between `[Begin Information]` and `[End Information]`.
    pub(super) fn keyword(&mut self, source: &Source<'_>, line: &[u8], offset: usize) -> Result<bool> {
        let refused = |expected: &str| source.trouble(offset, expected, &text(line));
        let Some(close) = line.iter().position(|byte| *byte == b']') else {
            return Err(refused("a keyword that ends with ]"));
        };
        let name = text(&line[1..close]).to_lowercase().replace('_', " ");
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let arguments = words(&line[close + 1..], offset + close + 1);
        if self.section == Section::Information && name != "end information" {
            let is_lost = KEYWORDS.contains(&name.as_str());
            return if is_lost { Err(refused("[End Information] before this keyword")) } else { Ok(false) };
        }
        if name != "version" && !self.has_keywords() {
            return Err(refused("[Version] 2.0 or 2.1 before all other keywords"));
        }
        let repeats = !matches!(name.as_str(), "begin information" | "end information");
        if repeats && self.seen.contains(&name) {
            return Err(refused("each keyword once"));
        }
        self.seen.push(name.clone());
        if matches!(self.section, Section::Network | Section::Noise)
            && !matches!(name.as_str(), "noise data" | "end")
        {
            return Err(refused("this keyword before [Network Data]"));
        }
        let one = arguments.first().map(|(_, word)| word.as_str());
        let count = |least: usize| {
            let value = one.and_then(|word| word.parse::<usize>().ok()).filter(|value| *value >= least);
            value.ok_or_else(|| refused(if least > 0 { "a number above 0" } else { "a number" }))
        };
        if !matches!(name.as_str(), "reference" | "mixed-mode order" | "mixed mode order")
            && arguments.len() > 1
        {
            return Err(refused("one argument"));
        }
        match name.as_str() {
            "version" => {
                let version = one.and_then(|word| word.parse().ok());
                self.version = Some(version.ok_or_else(|| refused("[Version] 1.0, 1.1, 2.0 or 2.1"))?);
            }
            "number of ports" => (self.ports, self.ports_at) = (Some(count(1)?), offset),
            "two-port data order" | "two-port order" | "two port data order" => {
                self.row_first = match one {
                    Some("12_21") => Some(true),
                    Some("21_12") => Some(false),
                    _ => return Err(refused("12_21 or 21_12")),
                };
            }
            "number of frequencies" => self.frequencies = Some((count(1)?, offset)),
            "number of noise frequencies" => self.noise_frequencies = Some((count(0)?, offset)),
            "reference" => {
                (self.references, self.references_at) = (Some(Vec::new()), offset);
                self.section = Section::Reference;
                self.more_references(source, &arguments)?;
            }
            "matrix format" => {
                let format = one.and_then(|word| word.to_lowercase().parse().ok());
                self.matrix = format.ok_or_else(|| refused("Full, Lower or Upper"))?;
            }
            "mixed-mode order" | "mixed mode order" => {
                let modes: Option<Vec<Mode>> = arguments.iter().map(|(_, word)| Mode::parse(word)).collect();
                self.modes = Some(modes.ok_or_else(|| refused("modes such as D2,3 C2,3 S1"))?);
                self.modes_at = offset;
            }
            "begin information" => self.section = Section::Information,
            "end information" => self.section = Section::Header,
            "network data" => {
                if self.ports.is_none() {
                    return Err(refused("[Number of Ports] before [Network Data]"));
                }
                self.section = Section::Network;
            }
            "noise data" => {
                if self.section != Section::Network || self.ports != Some(2) {
                    return Err(refused("[Noise Data] of a two-port, behind its [Network Data]"));
                }
                self.section = Section::Noise;
            }
            "end" => self.section = Section::End,
            _ => return Err(refused("a keyword of Touchstone 2.1")),
        }
        if self.section == Section::Reference && name != "reference" {
            self.section = Section::Header;
        }
        Ok(true)
    }

    /// Impedances of `[Reference]`, on its line and on those that follow.
    pub(super) fn more_references(
        &mut self,
        source: &Source<'_>,
        arguments: &[(usize, String)],
    ) -> Result<()> {
        for (at, word) in arguments {
            let ohm = impedance(word).ok_or_else(|| source.trouble(*at, "an impedance above 0 ohm", word))?;
            self.references.get_or_insert_default().push(ohm);
        }
        Ok(())
    }
}
