//! Commands that answer one question: options in, quantities out, for people, as JSON, or line by line.
//!
//! The parameters of a command are one struct that clap fills, from the options or from the fields of a batch
//! line, so both have the same names, defaults and checks.

use crate::batch::run_batch;
use crate::error::{Error, Result};
use crate::stdout::{print_json, print_line};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

/// What every command takes: its parameters, or a batch of them.
#[derive(Debug, Clone)]
pub(crate) enum Single<P> {
    /// One question.
    One {
        /// Its parameters.
        parameters: P,
        /// Whether it is answered as one JSON object.
        json: bool,
    },
    /// The file of a batch.
    Batch(PathBuf),
}

/// How a command answers.
#[derive(Debug, Args)]
struct AnswerArgs {
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,

    /// Read one JSON object of options per line, named with "_" for "-" and with the same defaults, and
    /// answer one JSON object per line ("-": standard input)
    // Whatever is required is so without a batch, and nothing can be said beside it.
    #[arg(long, value_name = "FILE", exclusive = true)]
    batch: Option<PathBuf>,
}

impl<P: Args> Args for Single<P> {
    fn augment_args(command: Command) -> Command {
        AnswerArgs::augment_args(P::augment_args(command)).allow_negative_numbers(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<P: FromArgMatches> FromArgMatches for Single<P> {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let AnswerArgs { json, batch } = AnswerArgs::from_arg_matches(matches)?;
        match batch {
            Some(batch) => Ok(Self::Batch(batch)),
            None => Ok(Self::One { parameters: P::from_arg_matches(matches)?, json }),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Parameters that have an answer.
pub(crate) trait Question: Args {
    /// What is answered.
    type Answer: Readable;

    /// Computes the answer.
    ///
    /// # Errors
    /// What the library refuses; kind `missing` for a field that is needed.
    fn answer(&self) -> Result<Self::Answer>;
}

/// An answer, for programs by [`Serialize`] and for people as lines.
pub(crate) trait Readable: Serialize {
    /// One line for each quantity.
    fn lines(&self) -> Vec<String>;
}

impl<P: Question> Single<P> {
    /// Answers the one question of the options, or those of the batch.
    ///
    /// # Errors
    /// What the question meets; kind `partial` when a line of the batch failed.
    pub(crate) fn run(&self) -> Result<()> {
        match self {
            Self::One { parameters, json } => show(&parameters.answer()?, *json),
            Self::Batch(file) => run_batch(file, |parameters: P| parameters.answer()),
        }
    }
}

/// Prints an answer, as JSON or for people.
///
/// # Errors
/// As [`print_line`].
pub(crate) fn show(answer: &impl Readable, json: bool) -> Result<()> {
    if json { print_json(answer) } else { answer.lines().iter().try_for_each(|line| print_line(line)) }
}

/// A field without which there is no answer.
pub(crate) fn needed<T: Clone>(field: Option<&T>, name: &'static str, hint: &'static str) -> Result<T> {
    field.cloned().ok_or_else(|| Error::Core(mmw_core::Error::missing(name, hint)))
}

/// Fields that contradict each other.
pub(crate) fn contradiction(name: &'static str, reason: &'static str) -> Error {
    Error::Core(mmw_core::Error::invalid(name, reason))
}

/// A compound value as JSON writes it, or else as options do.
pub(crate) fn json_or<T: DeserializeOwned>(
    text: &str,
    plain: impl FnOnce(&str) -> std::result::Result<T, String>,
) -> std::result::Result<T, String> {
    if text.starts_with(['[', '{']) {
        return serde_json::from_str(text).map_err(|error| error.to_string());
    }
    plain(text)
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

/// What the library reads from its name, as `os:0.6`.
pub(crate) fn named<T: FromStr<Err: Display>>(text: &str) -> std::result::Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}
