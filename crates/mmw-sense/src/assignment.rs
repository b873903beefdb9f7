//! Who belongs to whom at the least cost: the optimum, and the `k` best after it.
//!
//! Every row may stay alone at a price, columns alone cost nothing; a pair that is impossible costs infinity.
//!
//! ```
//! use mmw_sense::assignment::{assign, k_best};
//! use ndarray::array;
//! # use mmw_sense::ndarray;
//!
//! let cost = array![[1.0, 2.0], [1.5, f64::INFINITY]];
//! let best = assign(&cost, 6.0)?;
//! assert_eq!(best.partners, [Some(1), Some(0)]);
//! assert_eq!(best.cost, 3.5);
//! let costs: Vec<f64> = k_best(&cost, 6.0, 10)?.iter().map(|one| one.cost).collect();
//! assert_eq!(costs, [3.5, 7.0, 7.5, 8.0, 12.0]);
//! # Ok::<(), mmw_sense::Error>(())
//! ```

use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Error, Result, check};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A choice of one partner for each row, or none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Assignment {
    /// The column of each row.
    pub partners: Vec<Option<usize>>,
    /// Sum of the costs of all pairs and of the rows that stay alone.
    pub cost: f64,
}

mmw_core::checked_serde!(Assignment, |assignment| {
    check::finite("cost", assignment.cost)?;
    let mut taken: Vec<usize> = assignment.partners.iter().flatten().copied().collect();
    taken.sort_unstable();
    match taken.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::invalid("partners", format!("column {} stands twice", pair[0]))),
        None => Ok(()),
    }
});

/// Working memory of [`Solver::solve`], which allocates only when it grows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Solver {
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    row_of: Vec<usize>,
    distance: Vec<f64>,
    before: Vec<usize>,
    open: Vec<usize>,
    /// The column of each row after a solution.
    pub(crate) column_of: Vec<usize>,
}

const NOBODY: usize = usize::MAX;

impl Solver {
    /// A complete assignment of all rows at the least total cost, by shortest augmenting paths, O(rows²
    /// columns): Jonker and Volgenant's augmentation, row by row. `cost(row, column)` is finite or `+∞`;
    /// there are at least as many columns as rows. False if no complete assignment has a finite cost.
    pub(crate) fn solve(&mut self, rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> bool {
        self.row_price.clear();
        self.row_price.resize(rows, 0.0);
        self.column_price.clear();
        self.column_price.resize(columns, 0.0);
        self.row_of.clear();
        self.row_of.resize(columns, NOBODY);
        self.column_of.clear();
        self.column_of.resize(rows, NOBODY);
        self.before.resize(columns, 0);
        (0..rows).all(|row| self.augment(row, columns, &cost))
    }

    /// Finds a column for one more row: Dijkstra over reduced costs.
    fn augment(&mut self, row: usize, columns: usize, cost: &impl Fn(usize, usize) -> f64) -> bool {
        self.distance.clear();
        self.distance.resize(columns, f64::INFINITY);
        self.open.clear();
        self.open.extend(0..columns);
        let (mut from, mut reached, mut done) = (row, 0.0, 0);
        let end = loop {
            let (mut best, mut least) = (NOBODY, f64::INFINITY);
            for place in done..columns {
                let column = self.open[place];
                let through = reached + cost(from, column) - self.row_price[from] - self.column_price[column];
                if through < self.distance[column] {
                    self.distance[column] = through;
                    self.before[column] = from;
                }
                let distance = self.distance[column];
                let free_first = distance == least && self.row_of[column] == NOBODY;
                if distance < least || free_first {
                    (best, least) = (place, distance);
                }
            }
            if least == f64::INFINITY {
                return false;
            }
            self.open.swap(done, best);
            let column = self.open[done];
            (reached, done) = (least, done + 1);
            if self.row_of[column] == NOBODY {
                break column;
            }
            from = self.row_of[column];
        };
        self.row_price[row] += reached;
        for &column in &self.open[..done - 1] {
            let gain = reached - self.distance[column];
            self.column_price[column] -= gain;
            self.row_price[self.row_of[column]] += gain;
        }
        self.turn_over(row, end);
        true
    }

    /// Exchanges what is assigned along the path that ends at `column`.
    fn turn_over(&mut self, row: usize, mut column: usize) {
        loop {
            let from = self.before[column];
            self.row_of[column] = from;
            let next = std::mem::replace(&mut self.column_of[from], column);
            if from == row {
                return;
            }
            column = next;
        }
    }
}

/// The assignment of the least total cost, in which a row stays alone at cost `alone`.
///
/// # Errors
/// A cost that is NaN or `-∞`, or beyond 1e100; an `alone` that is not finite.
pub fn assign(cost: &ArrayRef2<f64>, alone: f64) -> Result<Assignment> {
    check_costs(cost, alone)?;
    let mut solver = Solver::default();
    // With a place to stay alone for each row there is always an assignment.
    solver.solve(cost.nrows(), cost.ncols() + cost.nrows(), |row, column| extended(cost, alone, row, column));
    Ok(assignment(&solver.column_of, cost, alone))
}

/// The cost of a column, or after those, of the place where one row stays alone.
fn extended(cost: &ArrayRef2<f64>, alone: f64, row: usize, column: usize) -> f64 {
    match column.checked_sub(cost.ncols()) {
        None => cost[[row, column]],
        Some(place) if place == row => alone,
        Some(_) => f64::INFINITY,
    }
}

fn check_costs(cost: &ArrayRef2<f64>, alone: f64) -> Result<()> {
    check::in_range("alone", alone, -1e100, 1e100)?;
    match cost.iter().find(|c| !(c.abs() <= 1e100 || **c == f64::INFINITY)) {
        Some(&c) => {
            Err(Error::domain("cost", c, "a number from -1e100 to 1e100, or infinity for an impossible pair"))
        }
        None => Ok(()),
    }
}

fn assignment(columns: &[usize], cost: &ArrayRef2<f64>, alone: f64) -> Assignment {
    let partners: Vec<_> = columns.iter().map(|&column| (column < cost.ncols()).then_some(column)).collect();
    let total =
        partners.iter().enumerate().map(|(row, column)| column.map_or(alone, |j| cost[[row, j]])).sum();
    Assignment { partners, cost: total }
}

/// A part of all assignments, with the best in it: the first `fixed` rows have their columns, and of the row
/// after them some columns are forbidden.
#[derive(Debug)]
struct Part {
    cost: f64,
    columns: Vec<usize>,
    fixed: usize,
    forbidden: Vec<usize>,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    /// The least cost is the greatest of the heap; among equals the least columns, so that the order is one.
    fn cmp(&self, other: &Self) -> Ordering {
        other.cost.total_cmp(&self.cost).then_with(|| other.columns.cmp(&self.columns))
    }
}

/// Up to `k` different assignments of least total cost, in ascending order; a row stays alone at cost
/// `alone`. By Murty's partition[^murty] of what is left after each into parts, with one assignment
/// solved for each.
///
/// # Errors
/// As for [`assign`].
///
/// [^murty]: K. G. Murty, "An algorithm for ranking all the assignments in order of increasing cost",
///     Operations Research 16(3), 1968, pp. 682–687.
pub fn k_best(cost: &ArrayRef2<f64>, alone: f64, k: usize) -> Result<Vec<Assignment>> {
    check_costs(cost, alone)?;
    let wide = Array2::from_shape_fn((cost.nrows(), cost.ncols() + cost.nrows()), |(row, column)| {
        extended(cost, alone, row, column)
    });
    let mut solver = Solver::default();
    let mut heap = BinaryHeap::new();
    heap.extend(best_of(&wide, &[], Vec::new(), &mut solver));
    let mut found = Vec::new();
    while found.len() < k
        && let Some(part) = heap.pop()
    {
        for row in part.fixed..cost.nrows() {
            let mut forbidden = if row == part.fixed { part.forbidden.clone() } else { Vec::new() };
            forbidden.push(part.columns[row]);
            heap.extend(best_of(&wide, &part.columns[..row], forbidden, &mut solver));
        }
        found.push(assignment(&part.columns, cost, alone));
    }
    Ok(found)
}

/// The best assignment whose first rows have the columns `fixed`, and whose next row has none of `forbidden`.
fn best_of(wide: &Array2<f64>, fixed: &[usize], forbidden: Vec<usize>, solver: &mut Solver) -> Option<Part> {
    let next = fixed.len();
    let rest: Vec<usize> = (0..wide.ncols()).filter(|column| !fixed.contains(column)).collect();
    let cost = |row: usize, place: usize| {
        let column = rest[place];
        if row == 0 && forbidden.contains(&column) { f64::INFINITY } else { wide[[next + row, column]] }
    };
    if !solver.solve(wide.nrows() - next, rest.len(), cost) {
        return None;
    }
    let columns: Vec<usize> =
        fixed.iter().copied().chain(solver.column_of.iter().map(|&c| rest[c])).collect();
    let cost = columns.iter().enumerate().map(|(row, &column)| wide[[row, column]]).sum();
    Some(Part { cost, columns, fixed: next, forbidden })
}
