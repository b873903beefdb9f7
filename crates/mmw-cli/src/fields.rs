//! The fields of a JSON object as options: a line of a batch is checked by the parser of the command line.

use crate::error::{Error, Result};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args, Command};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::any::TypeId;
use std::marker::PhantomData;
use std::path::PathBuf;

/// A JSON object, its fields in order.
pub(crate) struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// The parser of the options `P`, for objects: `{"capture": "x.bin", "min_range_m": 0.5}` is
/// `x.bin --min-range-m 0.5`, and what the one leaves out has the defaults of the other.
///
/// Flags take `true` and `false`, lists are JSON lists, compound values either the text of the command line
/// or JSON; `null` is the same as leaving the field out. Former names of options are taken as those of
/// fields.
pub(crate) struct Fields<P> {
    command: Command,
    parameters: PhantomData<P>,
}

impl<P: Args> Fields<P> {
    pub(crate) fn new() -> Self {
        let command = Command::new("line").no_binary_name(true).disable_help_flag(true);
        // A word for each value: lists may be empty, and separators may stand within a value. Defaults are
        // texts that need theirs.
        let apart = |arg: Arg| {
            if !is_list(&arg) || arg.get_long().is_none() {
                return arg;
            }
            let delimiter = arg.get_value_delimiter().filter(|_| !arg.get_default_values().is_empty());
            arg.value_delimiter(delimiter).num_args(0..=1).require_equals(true)
        };
        Self { command: P::augment_args(command).mut_args(apart), parameters: PhantomData }
    }

    /// The options that an object names.
    ///
    /// # Errors
    /// Kind `parse` for a field that the command does not have or a value that it does not take, `missing`
    /// for a field that is needed, `invalid` for fields that contradict or need each other.
    pub(crate) fn read(&mut self, object: &Object) -> Result<P> {
        let words = self.words(object)?;
        let parsed = self.command.try_get_matches_from_mut(words);
        parsed
            .and_then(|mut matches| P::from_arg_matches_mut(&mut matches))
            .map_err(|error| self.refused(&error))
    }

    fn words(&self, Object(fields): &Object) -> Result<Vec<String>> {
        let (mut options, mut operands) = (Vec::new(), vec!["--".to_owned()]);
        let mut given = Vec::new();
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            let arg = self.find(name)?;
            if given.contains(&arg.get_id()) {
                return Err(Error::Parse(format!("field `{name}` is given twice")));
            }
            given.push(arg.get_id());
            match (arg.get_long(), arg.get_action(), value) {
                (Some(_), ArgAction::SetTrue, Value::Bool(false)) => {}
                (Some(long), ArgAction::SetTrue, Value::Bool(true)) => options.push(format!("--{long}")),
                (Some(long), ArgAction::Append, Value::Array(values)) if values.is_empty() => {
                    options.push(format!("--{long}"));
                }
                (long, ..) => {
                    let list = std::slice::from_ref(value);
                    let list = value.as_array().filter(|_| is_list(arg)).map_or(list, Vec::as_slice);
                    for value in list {
                        let text = text(arg, name, value)?;
                        match long {
                            // With "=", a value may begin with a hyphen.
                            Some(long) => options.push(format!("--{long}={text}")),
                            None => operands.push(text),
                        }
                    }
                }
            }
        }
        options.append(&mut operands);
        Ok(options)
    }

    fn find(&self, field: &str) -> Result<&Arg> {
        self.command.get_arguments().find(|arg| is_named(arg, field)).ok_or_else(|| {
            let names: Vec<&str> = self.command.get_arguments().map(|arg| arg.get_id().as_str()).collect();
            Error::Parse(format!("unknown field `{field}`, expected one of {}", names.join(", ")))
        })
    }

    /// What the parser of the command line says, in terms of fields.
    fn refused(&mut self, error: &clap::Error) -> Error {
        let named = self.named(error, ContextKind::InvalidArg);
        let Some((name, help)) = named.first().cloned() else { return Error::Parse(first_line(error)) };
        match error.kind() {
            ErrorKind::MissingRequiredArgument => {
                let always = self.command.try_get_matches_from_mut([""; 0]).err();
                let always =
                    always.map_or_else(Vec::new, |error| self.named(&error, ContextKind::InvalidArg));
                if always.iter().any(|(needed, _)| *needed == name) {
                    return mmw_core::Error::missing(name, help).into();
                }
                mmw_core::Error::invalid(name, "is not given, but another field needs it").into()
            }
            ErrorKind::ArgumentConflict => {
                let others: Vec<String> =
                    self.named(error, ContextKind::PriorArg).into_iter().map(|(name, _)| name).collect();
                mmw_core::Error::invalid(name, format!("cannot stand beside {}", others.join(", "))).into()
            }
            _ => match (error.get(ContextKind::InvalidValue), std::error::Error::source(error)) {
                (Some(ContextValue::String(value)), Some(why)) => {
                    Error::Parse(format!("field `{name}` is `{value}`: {why}"))
                }
                _ => Error::Parse(first_line(error)),
            },
        }
    }

    /// The arguments that an error speaks of, as fields and with what they are for.
    fn named(&self, error: &clap::Error, kind: ContextKind) -> Vec<(String, String)> {
        let shown = match error.get(kind) {
            Some(ContextValue::String(one)) => std::slice::from_ref(one),
            Some(ContextValue::Strings(all)) => all,
            _ => &[],
        };
        let known = |text: &String| {
            let name = text.trim_start_matches(['-', '<', '[']).split([' ', '=', '>', ']', '[']).next()?;
            let is_shown = |arg: &&Arg| match arg.get_long() {
                Some(long) => text.starts_with("--") && long == name,
                None => arg.get_value_names().is_some_and(|names| names.iter().any(|n| n.as_str() == name)),
            };
            let arg = self.command.get_arguments().find(is_shown)?;
            let help = arg.get_help().map_or_else(String::new, ToString::to_string);
            Some((arg.get_id().to_string(), help))
        };
        shown.iter().filter_map(known).collect()
    }
}

fn is_list(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// Whether a field is an argument, by its name or by one that it once had.
fn is_named(arg: &Arg, field: &str) -> bool {
    let former = arg.get_all_aliases().unwrap_or_default();
    arg.get_id().as_str() == field || former.iter().any(|alias| alias.replace('-', "_") == field)
}

/// A value as the command line writes it.
fn text(arg: &Arg, name: &str, value: &Value) -> Result<String> {
    let refused =
        |wanted: &str| Err(Error::Parse(format!("field `{name}` is {value}, but must be {wanted}")));
    match value {
        Value::String(text) if arg.get_long().is_none() && text == "-" => {
            let refused = format!("a line of a batch cannot take `{name}` from standard input");
            Err(Error::Parse(refused))
        }
        Value::String(text) if is_number(arg) && text.parse::<f64>().is_ok() => refused("a number"),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) if takes::<bool>(arg) => Ok(value.to_string()),
        Value::Array(_) | Value::Object(_) if !takes::<String>(arg) && !takes::<PathBuf>(arg) => {
            Ok(value.to_string())
        }
        _ => refused("a text or a number"),
    }
}

fn takes<T: 'static>(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == TypeId::of::<T>()
}

fn is_number(arg: &Arg) -> bool {
    takes::<f64>(arg)
        || takes::<u64>(arg)
        || takes::<usize>(arg)
        || takes::<u16>(arg)
        || takes::<u8>(arg)
        || takes::<i8>(arg)
}

/// What clap says first; its usage and hints speak of a command line.
fn first_line(error: &clap::Error) -> String {
    let message = error.to_string();
    let first: Vec<&str> = message.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    first.join(" ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Six kinds of arguments.
    #[derive(Debug, clap::Args)]
    struct Sample {
        capture: String,
        #[arg(long, default_value_t = 1.0, alias = "min-range")]
        min_range_m: f64,
        /// Whether Q precedes I
        #[arg(long, conflicts_with = "remove_offset")]
        iq_swap: bool,
        #[arg(long, num_args = 0..=1, default_missing_value = "true")]
        remove_offset: Option<bool>,
        #[arg(long, value_delimiter = ',')]
        places: Option<Vec<f64>>,
        #[arg(long, requires = "places")]
        unit: Option<String>,
    }

    fn sample(value: &str) -> Result<Sample> {
        Fields::new().read(&serde_json::from_str(value).unwrap())
    }

    fn refused(value: &str) -> (&'static str, String) {
        let error = sample(value).unwrap_err();
        (error.kind(), error.to_string())
    }

    #[test]
    fn fields_are_read_as_the_options_of_the_same_name() {
        let args = sample(r#"{"capture": "x.bin", "min_range_m": -0.5, "iq_swap": true}"#).unwrap();
        assert_eq!((args.capture.as_str(), args.min_range_m, args.iq_swap), ("x.bin", -0.5, true));
        assert_eq!(sample(r#"{"capture": "-x", "min_range_m": null}"#).unwrap().min_range_m, 1.0);
        assert_eq!(sample(r#"{"capture": "x", "min_range": 2}"#).unwrap().min_range_m, 2.0);
    }

    #[test]
    fn an_option_that_is_on_off_or_left_out_takes_all_three() {
        for (value, expected) in [(json!(false), Some(false)), (json!(true), Some(true)), (json!(null), None)]
        {
            let args = sample(&json!({"capture": "x", "remove_offset": value}).to_string()).unwrap();
            assert_eq!((args.remove_offset, args.iq_swap), (expected, false));
        }
        assert!(!sample(r#"{"capture": "x", "iq_swap": false}"#).unwrap().iq_swap);
    }

    #[test]
    fn lists_may_be_empty_and_long() {
        let places =
            |list: Value| sample(&json!({"capture": "x", "places": list}).to_string()).unwrap().places;
        assert_eq!(places(json!(null)), None);
        assert_eq!(places(json!([])), Some(vec![]));
        assert_eq!(places(json!([-1, 2.5e-3])), Some(vec![-1.0, 2.5e-3]));
        assert_eq!(places(json!(vec![0.5; 10_000])), Some(vec![0.5; 10_000]));
    }

    #[test]
    fn a_wrong_field_is_named() {
        for (line, kind, words) in [
            (r#"{"capture": "x", "rnage": 1}"#, "parse", "unknown field `rnage`"),
            (r#"{"capture": "x", "min_range_m": "far"}"#, "parse", "field `min_range_m` is `far`"),
            (r#"{"capture": "x", "min_range_m": "2"}"#, "parse", "must be a number"),
            (r#"{"capture": "x", "min_range_m": [2]}"#, "parse", "field `min_range_m` is `[2]`"),
            (r#"{"capture": ["x"]}"#, "parse", "must be a text or a number"),
            (r#"{"capture": "x", "unit": true}"#, "parse", "must be a text or a number"),
            (r#"{"capture": "-"}"#, "parse", "cannot take `capture` from standard input"),
            (r#"{"capture": "x", "min_range": 1, "min_range_m": 1}"#, "parse", "given twice"),
            (r#"{"capture": "x", "capture": "x"}"#, "parse", "given twice"),
            (r#"{}"#, "missing", "capture is not given"),
            (r#"{"capture": "x", "unit": "m"}"#, "invalid", "places: is not given, but another"),
            (r#"{"capture": "x", "iq_swap": true, "remove_offset": true}"#, "invalid", "cannot stand beside"),
        ] {
            let (got, message) = refused(line);
            assert!(got == kind && message.contains(words), "{line}: {got}: {message}");
        }
    }
}
