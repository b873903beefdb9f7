//! What programs hide in comments: HFSS's impedances and propagation of the ports, the kind of waves.

use super::numbers::number;
use super::source::{Source, text};
use super::words::Note;
use crate::network::Waves;
use crate::nport::References;
use mmw_core::ndarray::Array2;
use mmw_core::{C64, Error, Result};

/// Numbers behind a word, for one frequency.
#[derive(Debug, Clone)]
struct Block {
    offset: usize,
    numbers: Vec<f64>,
}

/// The comments of a file.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// Those that are for people.
    pub(super) comments: Vec<String>,
    pub(super) waves: Option<Waves>,
    impedances: Vec<Block>,
    propagation: Vec<Block>,
    /// Whether the last line of all was one of a block, and of which.
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Open {
    Impedances,
    Propagation,
}

const BLOCKS: [(&str, Open); 2] = [("gamma", Open::Propagation), ("port impedance", Open::Impedances)];

impl Remarks {
    /// Takes a comment without its mark.
    pub(super) fn take(&mut self, line: &[u8], offset: usize) {
        let line = text(line);
        let trimmed = line.trim();
        if let (Some(open), Some(numbers)) = (self.open, only_numbers(trimmed)) {
            if let Some(block) = self.blocks(open).last_mut() {
                block.numbers.extend(numbers);
            }
            return;
        }
        self.open = None;
        let lower = trimmed.to_ascii_lowercase();
        for (word, open) in BLOCKS {
            let Some(rest) = lower.strip_prefix(word) else { continue };
            let rest = rest.rsplit('!').next().unwrap_or_default();
            if let Some(numbers) = only_numbers(rest) {
                self.blocks(open).push(Block { offset, numbers });
                self.open = Some(open);
                return;
            }
        }
        let named =
            lower.strip_prefix("s-parameter uses the ").and_then(|rest| rest.strip_suffix(" definition"));
        if let Some(waves) = named.and_then(|word| word.parse().ok()) {
            self.waves = Some(waves);
            return;
        }
        self.comments.push(line.trim_end().to_string());
    }

    /// Whether there are numbers of the ports.
    pub(super) fn has_blocks(&self) -> bool {
        !(self.impedances.is_empty() && self.propagation.is_empty())
    }

    /// A line that is no comment ends a block.
    pub(super) fn interrupted(&mut self) {
        self.open = None;
    }

    fn blocks(&mut self, open: Open) -> &mut Vec<Block> {
        match open {
            Open::Impedances => &mut self.impedances,
            Open::Propagation => &mut self.propagation,
        }
    }

    /// The impedances of the ports, if there are any.
    pub(super) fn references(
        &self,
        source: &Source<'_>,
        points: usize,
        ports: usize,
        notes: &mut Vec<Note>,
    ) -> Result<Option<References>> {
        let Some(ohm) = table(source, &self.impedances, "port impedances", points, ports, notes)? else {
            return Ok(None);
        };
        let refused = |error: Error| {
            let offset = self.impedances.first().map_or(0, |block| block.offset);
            source.trouble(offset, "impedances of the ports that are not zero", &error.to_string())
        };
        References::varying(ohm).map(Some).map_err(refused)
    }

    /// Propagation constants of the ports, if there are any.
    pub(super) fn propagation(
        &self,
        source: &Source<'_>,
        points: usize,
        ports: usize,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Array2<C64>>> {
        table(source, &self.propagation, "propagation constants", points, ports, notes)
    }
}

fn only_numbers(line: &str) -> Option<Vec<f64>> {
    let numbers: Option<Vec<f64>> = line.split_whitespace().map(|word| number(word.as_bytes())).collect();
    numbers.filter(|numbers| !numbers.is_empty() && numbers.iter().all(|x| x.is_finite()))
}

/// One complex number for each port and frequency; of full matrices the diagonal.
fn table(
    source: &Source<'_>,
    blocks: &[Block],
    what: &str,
    points: usize,
    ports: usize,
    notes: &mut Vec<Note>,
) -> Result<Option<Array2<C64>>> {
    let Some(first) = blocks.first() else { return Ok(None) };
    let fits = |block: &Block| [2 * ports, 2 * ports * ports].contains(&block.numbers.len());
    let note = |text: String| Note { line: source.line_at(first.offset), text };
    if blocks.len() == 1 && !fits(first) {
        notes.push(note(format!(
            "a comment about {what} without a pair of numbers for each port: left alone"
        )));
        return Ok(None);
    }
    if let Some(block) = blocks.iter().find(|block| !fits(block)) {
        let expected = format!("{what} of {ports} ports in the comment ({} numbers)", 2 * ports);
        return Err(source.trouble(block.offset, &expected, &block.numbers.len().to_string()));
    }
    if blocks.len() == 1 && points > 1 {
        notes.push(note(format!("{what} stand once: taken for all frequencies")));
    } else if blocks.len() != points {
        let expected = format!("{what} for each of {points} frequencies in the comments");
        return Err(source.trouble(first.offset, &expected, &blocks.len().to_string()));
    }
    let value = |(row, port): (usize, usize)| {
        let numbers = &blocks[row].numbers;
        let at = if numbers.len() == 2 * ports { 2 * port } else { 2 * port * (ports + 1) };
        C64::new(numbers[at], numbers[at + 1])
    };
    Ok(Some(Array2::from_shape_fn((blocks.len(), ports), value)))
}
