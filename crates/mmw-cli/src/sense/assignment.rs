//! `mmw sense assignment`: the least cost, and the next best ways.

use super::values::{Rows, json};
use crate::error::Result;
use crate::question::{Question, Readable, line};
use mmw_core::check;
use mmw_sense::assignment::{assign, k_best};
use mmw_sense::ndarray::Array2;
use serde::Serialize;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// Costs, row by row; null for a pair that cannot be: [[1, 2.5], [null, 3]]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<Vec<Option<f64>>>>)]
    cost: Rows<Vec<Option<f64>>>,

    /// What a row costs that stays alone
    #[arg(long, value_name = "NUMBER")]
    miss: f64,

    /// How many ways to find, the best first (Murty)
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    best: usize,
}

/// The best assignment, and the costs of those after it.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    cost: f64,
    /// The column of each row; null for a row that stays alone.
    assignment: Vec<Option<usize>>,
    unassigned: usize,
    /// Costs from the best on.
    best: Vec<f64>,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        check::in_range("best", self.best as f64, 1.0, 1e4)?;
        let Rows(rows) = &self.cost;
        let columns = rows.first().map_or(0, Vec::len);
        rows.iter().try_for_each(|row| check::same_len("row of cost", columns, row.len()).map(|_| ()))?;
        let cost = Array2::from_shape_fn((rows.len(), columns), |(i, j)| rows[i][j].unwrap_or(f64::INFINITY));
        let first = assign(&cost, self.miss)?;
        let best = match self.best {
            1 => vec![first.cost],
            k => k_best(&cost, self.miss, k)?.into_iter().map(|one| one.cost).collect(),
        };
        let unassigned = first.partners.iter().filter(|partner| partner.is_none()).count();
        Ok(Answer { cost: first.cost, assignment: first.partners, unassigned, best })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let partner = |(row, column): (usize, &Option<usize>)| match column {
            Some(column) => format!("row {row} has column {column}"),
            None => format!("row {row} stays alone"),
        };
        let rows = self.assignment.iter().enumerate().map(partner);
        let others = self.best.iter().skip(1).enumerate().map(|(i, &cost)| (format!("cost {}", i + 2), cost));
        std::iter::once(line("cost", self.cost, ""))
            .chain(rows)
            .chain(others.map(|(name, cost)| line(&name, cost, "")))
            .collect()
    }
}
