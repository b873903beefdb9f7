//! Reference tables: numpy and scipy, checked against `FilterPy`, Stone Soup, py-motmetrics and scikit-learn.
//! Each file names its content.

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

pub(crate) fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

pub(crate) fn array<const N: usize>(value: &Value) -> [f64; N] {
    numbers(value).try_into().unwrap()
}

/// A symmetric matrix from its upper triangle by rows.
pub(crate) fn symmetric<const N: usize>(value: &Value) -> [[f64; N]; N] {
    let triangle = numbers(value);
    // Row `i` begins after rows of N, N - 1, … numbers.
    let at = |i: usize, j: usize| triangle[i * N - i * (i + 1) / 2 + j];
    std::array::from_fn(|i| std::array::from_fn(|j| at(i.min(j), i.max(j))))
}

/// The greatest difference, over the size of what is expected where that is above 1.
pub(crate) fn worst<'a>(
    got: impl IntoIterator<Item = &'a f64>,
    expected: impl IntoIterator<Item = &'a f64>,
) -> f64 {
    let pairs = got.into_iter().zip(expected);
    pairs.map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f64::max)
}
