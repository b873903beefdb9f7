//! Commands that answer one question: parameters in, quantities out, for people, as JSON, or line by line.
//!
//! The parameters of a command are one struct that clap fills from options and serde from the line of a
//! batch, so a field and the option of its name (`frequency_hz`, `--frequency-hz`) cannot drift apart.

use crate::batch::{AnswerArgs, run_batch};
use crate::error::{Error, Result};
use crate::stdout::{print_json, print_line};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What every command takes: its parameters, or a batch of them.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct Single<P: clap::Args> {
    #[command(flatten)]
    parameters: P,

    #[command(flatten)]
    answer: AnswerArgs,
}

/// Parameters that have an answer.
pub(crate) trait Question: clap::Args + DeserializeOwned {
    /// What is answered.
    type Answer: Answer;

    /// Computes the answer.
    ///
    /// # Errors
    /// What the library refuses; kind `missing` for a field that is needed.
    fn answer(&self) -> Result<Self::Answer>;
}

/// An answer, for programs by [`Serialize`] and for people as lines.
pub(crate) trait Answer: Serialize {
    /// One line a quantity.
    fn lines(&self) -> Vec<String>;
}

impl<P: Question> Single<P> {
    /// Answers the one question of the options, or those of the batch.
    ///
    /// # Errors
    /// What the question meets; kind `partial` when a line of the batch failed.
    pub(crate) fn run(&self) -> Result<()> {
        if let Some(batch) = &self.answer.batch {
            return run_batch(batch, |parameters: P| parameters.answer());
        }
        let answer = self.parameters.answer()?;
        if self.answer.json {
            return print_json(&answer);
        }
        answer.lines().iter().try_for_each(|line| print_line(line))
    }
}

/// A field without which there is no answer.
pub(crate) fn needed<T: Clone>(field: Option<&T>, name: &'static str, hint: &'static str) -> Result<T> {
    field.cloned().ok_or_else(|| Error::Core(mmw_core::Error::missing(name, hint)))
}

/// A quantity for people: name, value, unit.
pub(crate) fn line(name: &str, value: f64, unit: &str) -> String {
    // Six digits, without an exponent where none is needed.
    let magnitude = value.abs();
    let text = if value == 0.0 || (1e-3..1e6).contains(&magnitude) {
        format!("{value:.6}")
    } else {
        format!("{value:.6e}")
    };
    format!("{name:<14}{text:>16} {unit}").trim_end().to_owned()
}

/// A word of the library as serde reads it, `half_plane`; `half-plane` is taken, too.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> std::result::Result<T, String> {
    serde_json::from_value(Value::String(text.replace('-', "_"))).map_err(|error| error.to_string())
}

/// A name that a library reads by itself, its words joined by `_` or by `-`, whichever the library prints.
pub(crate) fn name<T>(
    text: &str,
    read: impl Fn(&str) -> mmw_core::Result<T>,
) -> std::result::Result<T, String> {
    let others = [text.replace('_', "-"), text.replace('-', "_")];
    let found = read(text).or_else(|error| others.iter().find_map(|text| read(text).ok()).ok_or(error));
    found.map_err(|error| error.to_string())
}
