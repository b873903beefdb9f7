//! Joint probabilistic data association, exactly.

use super::detection::Detection;
use super::nearest::check_likelihood;
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Error, Result};

/// Sets of up to this many are tabulated: 2²⁰ numbers per step.
const LARGEST: usize = 20;

/// The probability `[[track, measurement]]` that a measurement is of a track, and in a last column that none
/// is, over all joint events in which no track has two measurements and no measurement two tracks[^jpda]. An
/// event weighs
///
/// ```text
/// Π_assigned P_D L/λ · Π_missed (1 - P_D)
/// ```
///
/// The sum over events is a walk from row to row over the *sets* of columns in use, forwards and backwards:
/// eight tracks and eight measurements have 1.4 million events, but 256 sets. Tracks that share no
/// measurement are apart from each other.
///
/// # Errors
/// As for [`nearest`](super::nearest()); more than 20 tracks and 20 measurements that all hang together.
///
/// # Examples
/// ```
/// use mmw_sense::association::{Detection, joint_probabilities};
/// use mmw_sense::ndarray::array;
///
/// let probabilities = joint_probabilities(&array![[0.5, 0.0], [0.4, 0.3]], Detection::new(0.9, 0.1)?)?;
/// assert!(probabilities[[0, 0]] > 0.8 && probabilities[[1, 1]] > 0.8);
/// assert!(probabilities.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-15));
/// # Ok::<(), mmw_sense::Error>(())
/// ```
///
/// [^jpda]: T. E. Fortmann, Y. Bar-Shalom, M. Scheffe, "Sonar tracking of multiple targets using joint
///     probabilistic data association", IEEE Journal of Oceanic Engineering 8(3), 1983.
pub fn joint_probabilities(likelihood: &ArrayRef2<f64>, detection: Detection) -> Result<Array2<f64>> {
    check_likelihood(likelihood)?;
    let detection = detection.check()?;
    let (tracks, measurements) = likelihood.dim();
    let mut out = Array2::zeros((tracks, measurements + 1));
    for (rows, columns) in groups(likelihood) {
        let odds = Array2::from_shape_fn((rows.len(), columns.len()), |(i, j)| {
            detection.odds(likelihood[[rows[i], columns[j]]])
        });
        // Pairs are symmetric: the smaller side is the one whose sets are walked over.
        let pairs = if columns.len() <= rows.len() {
            marginals(&odds)?
        } else {
            marginals(&odds.t())?.reversed_axes()
        };
        for (i, &row) in rows.iter().enumerate() {
            for (j, &column) in columns.iter().enumerate() {
                out[[row, column]] = pairs[[i, j]];
            }
        }
    }
    for mut row in out.rows_mut() {
        let assigned: f64 = row.iter().take(measurements).sum();
        row[measurements] = (1.0 - assigned).max(0.0);
    }
    Ok(out)
}

/// Tracks and measurements that hang together; tracks without any measurement are left out.
fn groups(likelihood: &ArrayRef2<f64>) -> Vec<(Vec<usize>, Vec<usize>)> {
    let (tracks, measurements) = likelihood.dim();
    let mut seen = vec![false; tracks];
    let mut found = Vec::new();
    for first in 0..tracks {
        if seen[first] {
            continue;
        }
        seen[first] = true;
        let (mut rows, mut columns) = (vec![first], Vec::new());
        let mut next = 0;
        while let Some(&row) = rows.get(next) {
            next += 1;
            for column in (0..measurements).filter(|&column| likelihood[[row, column]] > 0.0) {
                if !columns.contains(&column) {
                    columns.push(column);
                    let sharing = |&other: &usize| likelihood[[other, column]] > 0.0 && !seen[other];
                    let more: Vec<usize> = (0..tracks).filter(sharing).collect();
                    more.iter().for_each(|&other| seen[other] = true);
                    rows.extend(more);
                }
            }
        }
        if !columns.is_empty() {
            found.push((rows, columns));
        }
    }
    found
}

/// The probability of each pair, when an event weighs the product of the odds of its pairs.
fn marginals(odds: &ArrayRef2<f64>) -> Result<Array2<f64>> {
    let (rows, columns) = odds.dim();
    if columns > LARGEST {
        let reason = format!(
            "{rows} rows and {columns} columns hang together, but {LARGEST} is the most: narrow gates"
        );
        return Err(Error::invalid("likelihood", reason));
    }
    let sets = 1_usize << columns;
    // What a row is worth alone, and in each pair: at most 1, so that products of many do not overflow.
    let greatest = |row: usize| odds.row(row).iter().fold(1.0, |a: f64, b| a.max(*b));
    let worth = |row: usize, column: usize| odds[[row, column]] / greatest(row);
    let step = |set: usize| {
        let free = (0..columns).filter(move |column| (set >> column) & 1 == 0);
        free.map(move |column| (set | (1 << column), column))
    };
    let mut after = vec![vec![1.0; sets]; rows + 1];
    for row in (0..rows).rev() {
        let (head, tail) = after.split_at_mut(row + 1);
        for set in 0..sets {
            let pairs: f64 = step(set).map(|(with, column)| worth(row, column) * tail[0][with]).sum();
            head[row][set] = tail[0][set] / greatest(row) + pairs;
        }
        normalise(&mut head[row]);
    }
    let mut out = Array2::zeros((rows, columns));
    let mut before = vec![0.0; sets];
    before[0] = 1.0;
    for row in 0..rows {
        let mut next: Vec<f64> = before.iter().map(|weight| weight / greatest(row)).collect();
        let mut alone = 0.0;
        for set in (0..sets).filter(|&set| before[set] > 0.0) {
            alone += before[set] / greatest(row) * after[row + 1][set];
            for (with, column) in step(set) {
                let weight = before[set] * worth(row, column);
                next[with] += weight;
                out[[row, column]] += weight * after[row + 1][with];
            }
        }
        let all = alone + out.row(row).sum();
        if all > 0.0 {
            out.row_mut(row).mapv_inplace(|weight| weight / all);
        }
        normalise(&mut next);
        before = next;
    }
    Ok(out)
}

fn normalise(weights: &mut [f64]) {
    let greatest = weights.iter().fold(0.0, |a: f64, b| a.max(*b));
    if greatest > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= greatest);
    }
}
