//! Clusters by density[^dbscan], with the freedom of the definition taken away.
//!
//! [^dbscan]: M. Ester, H.-P. Kriegel, J. Sander, X. Xu, "A density-based algorithm for discovering
//!     clusters", KDD 1996.

use super::metric::Metric;
use crate::CloudPoint;
use mmw_core::{Result, check};

/// The cluster of each point, and how many clusters there are. Also the working memory: labelling again
/// allocates only for more points than before.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    labels: Vec<Option<usize>>,
    core: Vec<bool>,
    open: Vec<usize>,
    count: usize,
}

impl Labels {
    /// The cluster of each point, from 0; none for noise.
    #[must_use]
    pub fn labels(&self) -> &[Option<usize>] {
        &self.labels
    }

    /// Whether each point is a core point.
    #[must_use]
    pub fn core(&self) -> &[bool] {
        &self.core
    }

    /// Number of clusters.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

/// Density clusters under a [`Metric`]: a point with at least `least` points within distance 1, itself
/// counted, is a core point; core points that are neighbours share a cluster. Clusters are numbered by their
/// lowest core point. A border point may be the neighbour of several clusters: it joins that of its
/// lowest-numbered core neighbour, so that the result does not hang on the order of the search.
///
/// Every pair is looked at, which for the tens of points of a scan is faster than a tree.
///
/// # Examples
/// ```
/// use mmw_sense::CloudPoint;
/// use mmw_sense::cluster::{Dbscan, PolarMetric};
///
/// let at = |x: f64| CloudPoint::new([x, 3.0, 0.0], Some(0.5));
/// let points = [at(0.0)?, at(0.2)?, at(0.1)?, at(2.0)?];
/// let found = Dbscan::new(PolarMetric::people(), 3)?.label(&points);
/// assert_eq!(found.labels(), [Some(0), Some(0), Some(0), None]);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dbscan<M> {
    metric: M,
    least: usize,
}

impl<M: Metric> Dbscan<M> {
    /// Clusters with core points of at least `least` neighbours, themselves counted.
    ///
    /// # Errors
    /// A `least` of 0.
    pub fn new(metric: M, least: usize) -> Result<Self> {
        check::at_least("least", least, 1)?;
        Ok(Self { metric, least })
    }

    /// Labels points.
    #[must_use]
    pub fn label(&self, points: &[CloudPoint]) -> Labels {
        let mut labels = Labels::default();
        self.label_into(points, &mut labels);
        labels
    }

    /// Labels points into what a call before returned.
    pub fn label_into(&self, points: &[CloudPoint], out: &mut Labels) {
        let near = |i: usize, j: usize| self.metric.distance_squared(&points[i], &points[j]) <= 1.0;
        let all = 0..points.len();
        out.core.clear();
        out.core.extend(all.clone().map(|i| all.clone().filter(|&j| near(i, j)).count() >= self.least));
        out.labels.clear();
        out.labels.resize(points.len(), None);
        out.count = 0;
        for start in all.clone() {
            if !out.core[start] || out.labels[start].is_some() {
                continue;
            }
            out.labels[start] = Some(out.count);
            out.open.push(start);
            while let Some(i) = out.open.pop() {
                for j in all.clone() {
                    if out.core[j] && out.labels[j].is_none() && near(i, j) {
                        out.labels[j] = Some(out.count);
                        out.open.push(j);
                    }
                }
            }
            out.count += 1;
        }
        for i in all.clone().filter(|&i| !out.core[i]) {
            out.labels[i] = all.clone().find(|&j| out.core[j] && near(i, j)).and_then(|j| out.labels[j]);
        }
    }
}
