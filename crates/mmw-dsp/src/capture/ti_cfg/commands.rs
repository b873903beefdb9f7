//! The lines of a command file by the name of the command.

use crate::capture::text_file::whole;
use mmw_core::{Error, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// The commands of a file by name, each with its line.
pub(super) struct Commands<'a> {
    path: &'a Path,
    pub(super) by_name: BTreeMap<&'a str, Vec<Command<'a>>>,
    /// What TI's visualizer writes into a comment: `% Platform:xWR16xx`.
    pub(super) platform: Option<&'a str>,
}

/// One command.
#[derive(Clone)]
pub(super) struct Command<'a> {
    path: &'a Path,
    name: &'a str,
    pub(super) line: usize,
    offset: usize,
    pub(super) values: Vec<&'a str>,
}

impl<'a> Commands<'a> {
    pub(super) fn read(text: &'a str, path: &'a Path) -> Self {
        let mut by_name: BTreeMap<&str, Vec<Command<'_>>> = BTreeMap::new();
        let (mut offset, mut platform) = (0, None);
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let (statement, comment) = line.split_once('%').unwrap_or((line, ""));
            let said = comment.trim().strip_prefix("Platform").and_then(|rest| rest.trim().strip_prefix(':'));
            platform = said.map(str::trim).or(platform);
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
        Self { path, by_name, platform }
    }

    /// All commands of that name, at least one, each with a number of values in the range.
    pub(super) fn all(
        &self,
        name: &'static str,
        values: std::ops::RangeInclusive<usize>,
    ) -> Result<Vec<Command<'a>>> {
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
    pub(super) fn one(
        &self,
        name: &'static str,
        values: std::ops::RangeInclusive<usize>,
    ) -> Result<Command<'a>> {
        let commands = self.all(name, values)?;
        match commands.as_slice() {
            [first, second, ..] => {
                Err(Error::invalid(second.place(), format!("stands on line {} already", first.line)))
            }
            [command] => Ok(command.clone()),
            [] => Err(Error::missing(name, "the file has no such command")),
        }
    }

    pub(super) fn optional(
        &self,
        name: &'static str,
        values: std::ops::RangeInclusive<usize>,
    ) -> Result<Option<Command<'a>>> {
        if self.by_name.contains_key(name) { self.one(name, values).map(Some) } else { Ok(None) }
    }
}

impl Command<'_> {
    /// Command, file and line, for messages.
    pub(super) fn place(&self) -> String {
        format!("{} ({}:{})", self.name, self.path.display(), self.line)
    }

    pub(super) fn error(&self, expected: impl Into<String>, found: impl Into<String>) -> Error {
        Error::Format {
            path: format!("{}:{}", self.path.display(), self.line),
            offset: self.offset as u64,
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(super) fn wrong(&self, index: usize, expected: &str) -> Error {
        let found = self.values.get(index).copied().unwrap_or("nothing");
        self.error(format!("value {} of {} to be {expected}", index + 1, self.name), format!("\"{found}\""))
    }

    pub(super) fn number(&self, index: usize) -> Result<f64> {
        self.values
            .get(index)
            .and_then(|value| value.parse().ok())
            .filter(|value: &f64| value.is_finite())
            .ok_or_else(|| self.wrong(index, "a number"))
    }

    pub(super) fn count(&self, index: usize) -> Result<u64> {
        whole(self.number(index)?).ok_or_else(|| self.wrong(index, "an integer from 0 to 2^32"))
    }

    pub(super) fn mask(&self, index: usize, all: u64) -> Result<u64> {
        let mask = self.count(index)?;
        if mask == 0 || mask & !all != 0 {
            return Err(self.wrong(index, &format!("a mask from 1 to {all}")));
        }
        Ok(mask)
    }
}
