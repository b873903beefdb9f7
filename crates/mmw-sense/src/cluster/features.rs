//! What a cluster is like.

use super::dbscan::Labels;
use crate::CloudPoint;
use crate::matrix::{check_spread, outer, scaled, sum, zeros};
use mmw_core::stats::median;
use mmw_core::{Result, check};

/// A cluster as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Cluster {
    /// Number of points.
    pub count: usize,
    /// Mean position, m.
    pub centroid_m: [f64; 3],
    /// Covariance of the positions, divided by their number, m².
    pub covariance_m2: [[f64; 3]; 3],
    /// Extent along x, y and z, m.
    pub size_m: [f64; 3],
    /// Median of the known radial velocities, m/s.
    pub velocity_m_s: Option<f64>,
    /// Their standard deviation, m/s: walking limbs spread it.
    pub velocity_spread_m_s: Option<f64>,
    /// Mean of the known powers over the noise, dB.
    pub snr_db: Option<f64>,
}

mmw_core::checked_serde!(Cluster, |cluster| {
    check::at_least("count", cluster.count, 1)?;
    mmw_core::checked_serde::finite("centroid_m", &cluster.centroid_m)?;
    check_spread("covariance_m2", &cluster.covariance_m2)?;
    for size in cluster.size_m {
        check::non_negative("size_m", size)?;
    }
    check::non_negative("velocity_spread_m_s", cluster.velocity_spread_m_s.unwrap_or_default()).map(|_| ())
});

impl Cluster {
    /// The features of points.
    ///
    /// # Errors
    /// No point at all.
    pub fn of<'a>(points: impl IntoIterator<Item = &'a CloudPoint>) -> Result<Self> {
        let points: Vec<&CloudPoint> = points.into_iter().collect();
        let n = check::at_least("points", points.len(), 1)? as f64;
        let centroid_m: [f64; 3] =
            std::array::from_fn(|i| points.iter().map(|p| p.position_m[i]).sum::<f64>() / n);
        let off = |p: &CloudPoint| std::array::from_fn::<f64, 3, _>(|i| p.position_m[i] - centroid_m[i]);
        let scatter = points.iter().fold(zeros(), |all, p| sum(&all, &outer(&off(p), &off(p))));
        let size_m = std::array::from_fn(|i| {
            let along = points.iter().map(|p| p.position_m[i]);
            along.clone().fold(f64::MIN, f64::max) - along.fold(f64::MAX, f64::min)
        });
        let mut velocities: Vec<f64> = points.iter().filter_map(|p| p.velocity_m_s).collect();
        let powers: Vec<f64> = points.iter().filter_map(|p| p.snr_db).collect();
        Ok(Self {
            count: points.len(),
            centroid_m,
            covariance_m2: scaled(&scatter, 1.0 / n),
            size_m,
            velocity_m_s: median(&mut velocities),
            velocity_spread_m_s: deviation(&velocities),
            snr_db: mean(&powers),
        })
    }
}

/// The clusters that [`Labels`] tell of, in their order.
///
/// # Errors
/// Labels of other points than these.
pub fn clusters(points: &[CloudPoint], labels: &Labels) -> Result<Vec<Cluster>> {
    check::same_len("labels", points.len(), labels.labels().len())?;
    let members = |c: usize| {
        let labelled = points.iter().zip(labels.labels());
        labelled.filter(move |(_, label)| **label == Some(c)).map(|(point, _)| point)
    };
    (0..labels.count()).map(|c| Cluster::of(members(c))).collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn deviation(values: &[f64]) -> Option<f64> {
    let middle = mean(values)?;
    mean(&values.iter().map(|v| (v - middle) * (v - middle)).collect::<Vec<_>>()).map(f64::sqrt)
}
