//! Reference tables, made by `tests/data/generate.py` with programs that nobody here wrote.

use serde_json::Value;

pub(crate) fn table(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

pub(crate) fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

pub(crate) fn indices(value: &Value) -> Vec<usize> {
    list(value).iter().map(index).collect()
}

pub(crate) fn assert_close(got: f64, expected: f64, tolerance: f64, what: &str) {
    let off = (got - expected).abs();
    assert!(off <= tolerance * expected.abs().max(1.0), "{what}: {got} for {expected}");
}
