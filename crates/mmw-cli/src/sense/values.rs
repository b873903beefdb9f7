//! Compound values of the commands, as JSON writes them.

use serde::de::DeserializeOwned;

/// A list of lists of numbers. One type for the parser, whose own lists are options given more than once.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Rows<T>(pub(super) Vec<T>);

/// A value as JSON.
pub(super) fn json<T: DeserializeOwned>(text: &str) -> std::result::Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// A symmetric matrix from its upper triangle, row by row.
pub(super) fn symmetric<const N: usize>(triangle: &[f64]) -> Option<[[f64; N]; N]> {
    (triangle.len() == N * (N + 1) / 2).then(|| {
        let at = |i: usize, j: usize| triangle[i * N - i * (i + 1) / 2 + j];
        std::array::from_fn(|i| std::array::from_fn(|j| at(i.min(j), i.max(j))))
    })
}

/// The upper triangle of a symmetric matrix, row by row.
pub(super) fn triangle<const N: usize>(matrix: &[[f64; N]; N]) -> Vec<f64> {
    matrix.iter().enumerate().flat_map(|(i, row)| row[i..].iter().copied()).collect()
}
