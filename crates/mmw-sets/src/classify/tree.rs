//! One tree of a forest.

use mmw_core::Stream;
use mmw_core::ndarray::ArrayRef1;
use rand::RngExt;

/// The columns of the samples and their labels.
pub(super) struct Columns<'a> {
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) labels: &'a [usize],
    pub(super) classes: usize,
}

/// What a tree may do.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Features that are looked at for a split.
    pub(super) tried: usize,
    /// Fewest rows of a leaf.
    pub(super) leaf: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    /// Rows whose `feature` is at most `limit` go to the next node, the others to `above`.
    Split { feature: usize, limit: f64, above: usize },
    /// Shares of the classes.
    Leaf(Vec<f64>),
}

/// Questions about single features, with shares of classes at the ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    /// A node stands before all below it.
    nodes: Vec<Node>,
}

/// A way to part rows.
struct Split {
    feature: usize,
    limit: f64,
    /// Squared counts of the classes over the rows, summed over both sides: the greater, the purer (Gini).
    purity: f64,
}

impl Tree {
    /// Grows on `rows` of the samples, which may repeat.
    pub(super) fn grow(of: &Columns<'_>, rows: Vec<usize>, limits: Limits, stream: &mut Stream) -> Self {
        let mut nodes = Vec::new();
        // Rows, and the split whose upper branch they are.
        let mut open = vec![(rows, None)];
        while let Some((rows, parent)) = open.pop() {
            let here = nodes.len();
            if let Some(Node::Split { above, .. }) = parent.and_then(|parent: usize| nodes.get_mut(parent)) {
                *above = here;
            }
            let counts = of.counts(&rows);
            let Some(split) = best_split(of, &rows, &counts, limits, stream) else {
                let total = rows.len() as f64;
                nodes.push(Node::Leaf(counts.iter().map(|&n| n / total).collect()));
                continue;
            };
            let column = &of.columns[split.feature];
            let (below, above): (Vec<usize>, Vec<usize>) =
                rows.into_iter().partition(|&row| column[row] <= split.limit);
            nodes.push(Node::Split { feature: split.feature, limit: split.limit, above: 0 });
            open.push((above, Some(here)));
            open.push((below, None));
        }
        Self { nodes }
    }

    /// The shares of the classes at the end of a row's way.
    pub(super) fn shares(&self, row: &ArrayRef1<f64>) -> &[f64] {
        let mut at = 0;
        loop {
            match &self.nodes[at] {
                Node::Leaf(shares) => return shares,
                Node::Split { feature, limit, above } => {
                    at = if row[*feature] <= *limit { at + 1 } else { *above };
                }
            }
        }
    }
}

impl Columns<'_> {
    fn counts(&self, rows: &[usize]) -> Vec<f64> {
        let mut counts = vec![0.0; self.classes];
        rows.iter().for_each(|&row| counts[self.labels[row]] += 1.0);
        counts
    }
}

fn squares(counts: &[f64]) -> f64 {
    counts.iter().map(|n| n * n).sum()
}

/// The purest split by one of the features drawn, none where all are of one class or none is purer.
fn best_split(
    of: &Columns<'_>,
    rows: &[usize],
    counts: &[f64],
    limits: Limits,
    stream: &mut Stream,
) -> Option<Split> {
    let total = rows.len() as f64;
    let whole = squares(counts) / total;
    if rows.len() < 2 * limits.leaf || counts.contains(&total) {
        return None;
    }
    let mut features: Vec<usize> = (0..of.columns.len()).collect();
    let mut best: Option<Split> = None;
    let (mut sorted, mut tried) = (Vec::with_capacity(rows.len()), 0);
    // Features without two values here do not count as tried.
    while tried < limits.tried && !features.is_empty() {
        let feature = features.swap_remove(stream.random_range(0..features.len()));
        let column = &of.columns[feature];
        sorted.clear();
        sorted.extend(rows.iter().map(|&row| (column[row], of.labels[row])));
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        if sorted.first().map(|first| first.0) == sorted.last().map(|last| last.0) {
            continue;
        }
        tried += 1;
        let found = best_limit(&sorted, counts, limits.leaf);
        best = match found {
            Some((limit, purity)) if purity > best.as_ref().map_or(whole, |best| best.purity) => {
                Some(Split { feature, limit, purity })
            }
            _ => best,
        };
    }
    best
}

/// Where to part values in order, halfway between two of them, and how pure the sides are.
fn best_limit(sorted: &[(f64, usize)], counts: &[f64], leaf: usize) -> Option<(f64, f64)> {
    let mut below = vec![0.0; counts.len()];
    let mut above = counts.to_vec();
    let (mut below_squares, mut above_squares) = (0.0, squares(counts));
    let mut best = None;
    for (i, pair) in sorted.windows(2).enumerate() {
        let label = pair[0].1;
        below_squares += 2.0 * below[label] + 1.0;
        above_squares -= 2.0 * above[label] - 1.0;
        below[label] += 1.0;
        above[label] -= 1.0;
        let (left, right) = (i + 1, sorted.len() - i - 1);
        if pair[0].0 == pair[1].0 || left < leaf || right < leaf {
            continue;
        }
        let purity = below_squares / left as f64 + above_squares / right as f64;
        if best.is_none_or(|(_, most)| purity > most) {
            let middle = 0.5 * pair[0].0 + 0.5 * pair[1].0;
            // Between neighbours the middle may round to the upper one.
            best = Some((if middle < pair[1].0 { middle } else { pair[0].0 }, purity));
        }
    }
    best
}
