//! Rows of antennas.

use mmw_core::geometry::Vector3;

/// The elements of each line along `axis` (0 for x, 2 for z), in the order of their lines' first elements:
/// those whose other coordinates differ by no more than `apart_m`.
pub(crate) fn rows_along(positions_m: &[Vector3], axis: usize, apart_m: f64) -> Vec<Vec<usize>> {
    let together = |a: usize, b: usize| {
        (0..3).all(|k| k == axis || (positions_m[a][k] - positions_m[b][k]).abs() <= apart_m)
    };
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for element in 0..positions_m.len() {
        match rows.iter_mut().find(|row| together(row[0], element)) {
            Some(row) => row.push(element),
            None => rows.push(vec![element]),
        }
    }
    rows
}
