//! `mmw link`: path loss by mechanism, and the LC ladders that emulate it.
//!
//! The parameters of each command are one struct that clap fills from options and serde from the line of a
//! batch, so a field and the option of its name (`frequency_hz`, `--frequency-hz`) cannot drift apart.

mod gas;
mod knife_edge;
mod ladder;
mod loss;
mod order;
mod rain;
mod reflection;
mod values;

use crate::batch::{AnswerArgs, run_batch};
use crate::error::{Error, Result};
use crate::stdout::{print_json, print_line};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The arguments of the area.
#[derive(Debug, clap::Args)]
pub(crate) struct LinkArgs {
    #[command(subcommand)]
    command: LinkCommand,
}

/// The commands of the area.
#[derive(Debug, clap::Subcommand)]
enum LinkCommand {
    /// Total loss of a path and what each mechanism adds, corrected equation (3)
    Loss(Single<loss::Parameters>),
    /// Oxygen and water vapour, line by line (ITU-R P.676-12)
    Gas(Single<gas::Parameters>),
    /// Rain (ITU-R P.838-3) on a level path
    Rain(Single<rain::Parameters>),
    /// Diffraction over a knife edge
    KnifeEdge(Single<knife_edge::Parameters>),
    /// Fresnel reflection from a half-space
    Reflection(Single<reflection::Parameters>),
    /// Order of a low-pass filter for a specification
    Order(Single<order::Parameters>),
    /// Element values of a ladder, its components and S-parameters
    Ladder(Single<ladder::Parameters>),
}

/// What every command takes: its parameters, or a batch of them.
#[derive(Debug, clap::Args)]
struct Single<P: clap::Args> {
    #[command(flatten)]
    parameters: P,

    #[command(flatten)]
    answer: AnswerArgs,
}

/// Parameters that have an answer.
trait Question: clap::Args + DeserializeOwned {
    /// What is answered.
    type Answer: Answer;

    /// Computes the answer.
    ///
    /// # Errors
    /// What the library refuses; kind `missing` for a field that is needed.
    fn answer(&self) -> Result<Self::Answer>;
}

/// An answer, for programs by [`Serialize`] and for people as lines.
trait Answer: Serialize {
    /// One line a quantity.
    fn lines(&self) -> Vec<String>;
}

/// Runs one command of the area.
///
/// # Errors
/// What the command meets.
pub(crate) fn run(args: &LinkArgs) -> Result<()> {
    match &args.command {
        LinkCommand::Loss(args) => args.run(),
        LinkCommand::Gas(args) => args.run(),
        LinkCommand::Rain(args) => args.run(),
        LinkCommand::KnifeEdge(args) => args.run(),
        LinkCommand::Reflection(args) => args.run(),
        LinkCommand::Order(args) => args.run(),
        LinkCommand::Ladder(args) => args.run(),
    }
}

impl<P: Question> Single<P> {
    fn run(&self) -> Result<()> {
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
fn needed<T: Clone>(field: Option<&T>, name: &'static str, hint: &'static str) -> Result<T> {
    field.cloned().ok_or_else(|| Error::Core(mmw_core::Error::missing(name, hint)))
}

/// A quantity for people: name, value, unit.
fn line(name: &str, value: f64, unit: &str) -> String {
    // Six digits, without an exponent where none is needed.
    let magnitude = value.abs();
    let text = if value == 0.0 || (1e-3..1e6).contains(&magnitude) {
        format!("{value:.6}")
    } else {
        format!("{value:.6e}")
    };
    format!("{name:<14}{text:>16} {unit}").trim_end().to_owned()
}
