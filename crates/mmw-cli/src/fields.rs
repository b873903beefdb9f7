//! JSON fields as command-line arguments: a batch line and a command are checked by the same parser.

use crate::error::{Error, Result};
use clap::{Arg, ArgAction, Command};
use serde_json::{Map, Value};

/// The arguments that a JSON object names: `{"capture": "x.bin", "min_range": 0.5}` is
/// `x.bin --min-range 0.5`. Flags take `true` and `false`; `null` is the same as leaving the field out.
///
/// # Errors
/// Kind `parse` for a field that the command does not have or a value it does not take.
pub(crate) fn arguments<A: clap::Args>(fields: &Map<String, Value>) -> Result<A> {
    let command = A::augment_args(Command::new("line").no_binary_name(true).disable_help_flag(true));
    let mut words = Vec::new();
    for (name, value) in fields {
        let known = command.get_arguments().find(|arg| is_named(arg, name));
        let Some(arg) = known.filter(|arg| !matches!(arg.get_id().as_str(), "json" | "batch")) else {
            return Err(Error::Parse(format!("unknown field `{name}`, expected one of {}", names(&command))));
        };
        if let (Value::Array(values), ArgAction::Append, None) = (value, arg.get_action(), arg.get_long()) {
            let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            let texts = texts.ok_or_else(|| Error::Parse(format!("field `{name}` must list texts")))?;
            words.extend(texts.into_iter().map(str::to_owned));
            continue;
        }
        let text = match value {
            Value::Null => continue,
            Value::Bool(false) if matches!(arg.get_action(), ArgAction::SetTrue) => continue,
            Value::Bool(true) if matches!(arg.get_action(), ArgAction::SetTrue) => String::new(),
            // `--iq-swap BOOL` and its like.
            Value::Bool(value) if arg.get_num_args().is_some_and(|range| range.min_values() == 0) => {
                value.to_string()
            }
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return Err(Error::Parse(format!(
                    "field `{name}` is {value}, but must be a text or a number"
                )));
            }
        };
        match (arg.get_long(), text.is_empty()) {
            (Some(long), true) => words.push(format!("--{long}")),
            // With "=", a value may begin with a hyphen.
            (Some(long), false) => words.push(format!("--{long}={text}")),
            (None, _) => words.push(text),
        }
    }
    // `--batch` is what lifts the demand for a capture; here the demand stands.
    let refused = |error: clap::Error| Error::Parse(first_line(&error.to_string()));
    let matches = command.try_get_matches_from(words).map_err(refused)?;
    A::from_arg_matches(&matches).map_err(refused)
}

/// Whether a field is an argument, by its name or by one that it once had.
fn is_named(arg: &Arg, field: &str) -> bool {
    let former = arg.get_all_aliases().unwrap_or_default();
    arg.get_id().as_str() == field || former.iter().any(|alias| alias.replace('-', "_") == field)
}

fn names(command: &Command) -> String {
    let ids = command.get_arguments().map(|arg| arg.get_id().as_str());
    ids.filter(|id| !matches!(*id, "json" | "batch")).collect::<Vec<_>>().join(", ")
}

/// What clap says first; its usage and hints speak of a command line.
fn first_line(message: &str) -> String {
    let first: Vec<&str> = message.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    first.join(" ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, clap::Args)]
    struct Sample {
        #[arg(required_unless_present = "batch")]
        capture: Option<String>,
        #[arg(long, default_value_t = 1.0)]
        min_range: f64,
        #[arg(long)]
        iq_swap: bool,
        #[arg(long, num_args = 0..=1, default_missing_value = "true")]
        remove_offset: Option<bool>,
        #[command(flatten)]
        answer: crate::batch::AnswerArgs,
    }

    fn sample(value: Value) -> Result<Sample> {
        arguments(value.as_object().expect("an object"))
    }

    #[test]
    fn fields_are_read_as_the_options_of_the_same_name() {
        let args = sample(json!({"capture": "x.bin", "min_range": -0.5, "iq_swap": true})).unwrap();
        assert_eq!((args.capture.as_deref(), args.min_range, args.iq_swap), (Some("x.bin"), -0.5, true));
        assert_eq!(sample(json!({"capture": "x", "min_range": null})).unwrap().min_range, 1.0);
    }

    #[test]
    fn an_option_that_is_on_off_or_left_out_takes_all_three() {
        for (value, expected) in [(json!(false), Some(false)), (json!(true), Some(true)), (json!(null), None)]
        {
            let args = sample(json!({"capture": "x", "remove_offset": value})).unwrap();
            assert_eq!((args.remove_offset, args.iq_swap), (expected, false));
        }
        assert!(!sample(json!({"capture": "x", "iq_swap": false})).unwrap().iq_swap);
    }

    #[test]
    fn a_wrong_field_is_named() {
        let message = |value| sample(value).unwrap_err().to_string();
        assert!(message(json!({"capture": "x", "rnage": 1})).contains("unknown field `rnage`"));
        assert!(message(json!({"capture": "x", "min_range": "far"})).contains("far"));
        assert!(message(json!({"capture": ["x"]})).contains("must be a text or a number"));
        assert!(message(json!({"capture": "x", "batch": "y"})).contains("unknown field `batch`"));
        assert!(message(json!({})).contains("required"));
    }
}
