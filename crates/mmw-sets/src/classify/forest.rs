//! Random forests.

use super::classifier::{Classifier, check_row};
use super::tree::{Columns, Limits, Tree};
use crate::samples::Samples;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Result, Streams, check};
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// How a forest grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForestConfig {
    /// Number of trees.
    pub trees: usize,
    /// Features drawn for each split; none: the square root of their number.
    pub tried: Option<usize>,
    /// Fewest rows of a leaf.
    pub leaf: usize,
    /// Seed of the draws: tree `i` has stream `i`.
    pub seed: u64,
}

impl ForestConfig {
    /// 150 trees of leaves with three rows or more.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { trees: 150, tried: None, leaf: 3, seed }
    }
}

/// Trees[^forest], each grown on as many rows as there are, drawn with repetition, with the purest split
/// (Gini) of some features drawn anew at each node. The probabilities are the mean of the shares in the
/// leaves.
///
/// # Examples
/// ```
/// use mmw_sets::classify::{Classifier, ForestConfig, RandomForest};
/// use mmw_sets::{Samples, ndarray::{Array2, array}};
///
/// // Class 1 within a ring: no line parts the two.
/// let rows = Array2::from_shape_fn((400, 2), |(i, j)| ((i / [1, 20][j]) % 20) as f64 - 9.5);
/// let labels = rows.rows().into_iter().map(|r| usize::from(r[0].hypot(r[1]) < 6.0)).collect();
/// let forest = RandomForest::fit(&Samples::new(rows, labels, vec![0; 400], 2)?, ForestConfig::new(1))?;
/// assert_eq!((forest.predict(&array![0.0, 1.0])?, forest.predict(&array![8.0, 1.0])?), (1, 0));
/// # Ok::<(), mmw_sets::Error>(())
/// ```
///
/// [^forest]: L. Breiman, "Random forests", Machine Learning 45, 2001, doi:10.1023/A:1010933404324.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomForest {
    trees: Vec<Tree>,
    features: usize,
    classes: usize,
}

impl RandomForest {
    /// Grows on `samples`. A tree takes its draws from the stream of its own index.
    ///
    /// # Errors
    /// A configuration without trees, with empty leaves, or with more features to try than there are.
    pub fn fit(samples: &Samples, config: ForestConfig) -> Result<Self> {
        let features = samples.rows().ncols();
        check::in_range("trees", config.trees as f64, 1.0, 1e6)?;
        check::at_least("leaf", config.leaf, 1)?;
        let root = (features as f64).sqrt() as usize;
        let tried = config.tried.unwrap_or(root.max(1));
        check::in_range("tried", tried as f64, 1.0, features as f64)?;
        let columns = samples.rows().columns().into_iter().map(|column| column.to_vec()).collect();
        let of = Columns { columns, labels: samples.labels(), classes: samples.classes() };
        let streams = Streams::new(config.seed);
        let count = samples.len();
        let grow = |index: usize| {
            let mut stream = streams.stream(index as u64);
            let rows = (0..count).map(|_| stream.random_range(0..count)).collect();
            Tree::grow(&of, rows, Limits { tried, leaf: config.leaf }, &mut stream)
        };
        Ok(Self { trees: (0..config.trees).map(grow).collect(), features, classes: samples.classes() })
    }
}

impl Classifier for RandomForest {
    fn classes(&self) -> usize {
        self.classes
    }

    fn features(&self) -> usize {
        self.features
    }

    fn probabilities(&self, row: &ArrayRef1<f64>) -> Result<Vec<f64>> {
        check_row(row, self.features)?;
        let mut sums = vec![0.0; self.classes];
        for tree in &self.trees {
            sums.iter_mut().zip(tree.shares(row)).for_each(|(sum, share)| *sum += share);
        }
        sums.iter_mut().for_each(|sum| *sum /= self.trees.len() as f64);
        Ok(sums)
    }
}
