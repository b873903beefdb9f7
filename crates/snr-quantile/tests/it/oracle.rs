//! The reference table, `tests/data/oracle.json`: generator and tolerances stand in its `meta`.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

use serde_json::Value;

pub(crate) fn oracle() -> Value {
    serde_json::from_str(include_str!("../data/oracle.json")).unwrap()
}

/// A number that stands as a string of 16 digits, or as a number.
pub(crate) fn number(value: &Value) -> f64 {
    value.as_str().map_or_else(|| value.as_f64().unwrap(), |text| text.parse().unwrap())
}

pub(crate) fn optional(value: &Value) -> Option<f64> {
    (!value.is_null()).then(|| number(value))
}

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

pub(crate) fn relative(got: f64, expected: f64) -> f64 {
    (got / expected - 1.0).abs()
}
