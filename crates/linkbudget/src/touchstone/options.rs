//! The option line.

use super::numbers::impedance;
use super::source::{Source, words};
use super::words::{Format, Parameter};
use mmw_core::{C64, Result};

/// What the option line says; what it leaves out is `GHZ S MA R 50`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Options {
    pub(super) unit_hz: f64,
    pub(super) parameter: Parameter,
    pub(super) format: Format,
    /// One impedance, or one for each port.
    pub(super) reference_ohm: Vec<C64>,
    /// Byte of the line.
    pub(super) offset: usize,
    /// Something to tell about it.
    pub(super) remark: Option<&'static str>,
}

const WORDS: &str = "a unit (Hz, kHz, MHz, GHz, THz), a parameter (S, Y, Z, G, H), a format (RI, MA, DB) or R \
                     with resistances";

impl Options {
    /// The options of a file without an option line.
    pub(super) fn default_at(offset: usize) -> Self {
        Self {
            unit_hz: 1e9,
            parameter: Parameter::S,
            format: Format::MagnitudeAngle,
            reference_ohm: vec![C64::new(50.0, 0.0)],
            offset,
            remark: None,
        }
    }

    /// Reads a line that begins at `offset` with `#`.
    pub(super) fn parse(source: &Source<'_>, line: &[u8], offset: usize) -> Result<Self> {
        let mut options = Self::default_at(offset);
        let (mut unit, mut parameter, mut format, mut references) = (None, None, None, None);
        let all = words(line, offset);
        let apart = all.iter().flat_map(|(at, word)| unglued(*at, word.trim_start_matches('#')));
        let mut rest = apart.peekable();
        while let Some((at, word)) = rest.next() {
            let upper = word.to_ascii_uppercase();
            let clash = || source.trouble(at, "one unit, one parameter, one format and one R", word);
            let fits = if let Some(hz) = unit_hz(&upper) {
                replaced(&mut unit, hz)
            } else if let Some(kind) = kind(&upper) {
                replaced(&mut parameter, kind)
            } else if let Some(of) = form(&upper) {
                replaced(&mut format, of)
            } else if let Some(glued) = upper.strip_prefix('R') {
                // `R50` is one word.
                let mut ohm = Vec::new();
                if !glued.is_empty() {
                    let first = impedance(&word[1..]);
                    ohm.push(first.ok_or_else(|| source.trouble(at, WORDS, word))?);
                }
                while let Some((at, word)) = rest.next_if(|(_, word)| !is_option(word)) {
                    let next = impedance(word);
                    ohm.push(next.ok_or_else(|| source.trouble(at, "an impedance above 0 ohm", word))?);
                }
                if ohm.is_empty() {
                    options.remark = Some("R without a resistance: 50 ohm, the default of the format");
                    ohm.push(C64::new(50.0, 0.0));
                }
                replaced(&mut references, ohm)
            } else if let (true, Some(ohm)) = (references.is_none(), bare_impedance(word)) {
                options.remark = Some("an impedance without R in front: taken as the reference");
                replaced(&mut references, vec![ohm])
            } else if word.is_empty() {
                true
            } else {
                return Err(source.trouble(at, WORDS, word));
            };
            if !fits {
                return Err(clash());
            }
        }
        options.unit_hz = unit.unwrap_or(options.unit_hz);
        options.parameter = parameter.unwrap_or(options.parameter);
        options.format = format.unwrap_or(options.format);
        options.reference_ohm = references.unwrap_or(options.reference_ohm);
        Ok(options)
    }
}

/// The options of a word that holds several: `GHzS` is `GHz S`.
fn unglued(at: usize, word: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = word;
    while !rest.is_empty() {
        let known = |len: &usize| {
            let upper = rest.get(..*len).map(str::to_ascii_uppercase);
            upper.is_some_and(|w| unit_hz(&w).is_some() || form(&w).is_some() || kind(&w).is_some())
        };
        // What begins with R is a resistance to its end, unless it is a format.
        match [3, 2, 1].iter().find(|len| known(len)).and_then(|len| rest.split_at_checked(*len)) {
            Some((option, tail)) => {
                found.push((at + word.len() - rest.len(), option));
                rest = tail;
            }
            None if found.is_empty() || rest.starts_with(['R', 'r']) => {
                found.push((at + word.len() - rest.len(), rest));
                return found;
            }
            None => return vec![(at, word)],
        }
    }
    found
}

/// Sets an option; false where it says something else than before.
fn replaced<T: PartialEq>(slot: &mut Option<T>, value: T) -> bool {
    let same = slot.as_ref().is_none_or(|before| *before == value);
    *slot = Some(value);
    same
}

/// A complex impedance in brackets is nothing else.
fn bare_impedance(word: &str) -> Option<C64> {
    word.starts_with('(').then(|| impedance(word)).flatten()
}

fn is_option(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    unit_hz(&upper).is_some() || kind(&upper).is_some() || form(&upper).is_some() || upper.starts_with('R')
}

fn unit_hz(word: &str) -> Option<f64> {
    match word {
        "HZ" => Some(1.0),
        "KHZ" => Some(1e3),
        "MHZ" => Some(1e6),
        "GHZ" => Some(1e9),
        "THZ" => Some(1e12),
        _ => None,
    }
}

fn kind(word: &str) -> Option<Parameter> {
    match word {
        "S" => Some(Parameter::S),
        "Y" => Some(Parameter::Y),
        "Z" => Some(Parameter::Z),
        "H" => Some(Parameter::H),
        "G" => Some(Parameter::G),
        _ => None,
    }
}

fn form(word: &str) -> Option<Format> {
    match word {
        "RI" => Some(Format::RealImaginary),
        "MA" => Some(Format::MagnitudeAngle),
        "DB" => Some(Format::DecibelAngle),
        _ => None,
    }
}
