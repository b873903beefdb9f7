//! Places of objects in range and azimuth, how alike two are, and one place for each object.

use mmw_core::{Result, check};
use serde::{Deserialize, Serialize};

/// A place in front of a radar.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Place {
    /// Distance, m.
    pub range_m: f64,
    /// From ahead to the right, rad.
    pub azimuth_rad: f64,
}

mmw_core::checked_serde!(always Place, |place| place.check().map(|_| ()));

impl Place {
    /// A place at a distance above zero.
    ///
    /// # Errors
    /// A range that is not positive or above 1e6 m, an azimuth beyond ±π.
    pub fn new(range_m: f64, azimuth_rad: f64) -> Result<Self> {
        Self { range_m, azimuth_rad }.check()
    }

    pub(crate) fn check(self) -> Result<Self> {
        check::in_range("range_m", self.range_m, 1e-3, 1e6)?;
        check::in_range("azimuth_rad", self.azimuth_rad, -std::f64::consts::PI, std::f64::consts::PI)?;
        Ok(self)
    }

    /// Squared distance, m², by the law of cosines in the form that loses no digits for close places.
    fn squared_distance_m2(self, other: Self) -> f64 {
        let along = self.range_m - other.range_m;
        let half = libm::sin(0.5 * (self.azimuth_rad - other.azimuth_rad));
        along * along + 4.0 * self.range_m * other.range_m * half * half
    }
}

/// What a detector found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Detection {
    /// Number of its class.
    pub class: usize,
    /// Where it is.
    pub place: Place,
    /// How sure the detector is; only the order counts.
    pub confidence: f64,
}

mmw_core::checked_serde!(always Detection, |detection| detection.check().map(|_| ()));

impl Detection {
    /// A detection of a class at a place.
    ///
    /// # Errors
    /// A place that is none, a confidence that is not finite.
    pub fn new(class: usize, place: Place, confidence: f64) -> Result<Self> {
        Self { class, place, confidence }.check()
    }

    pub(super) fn check(self) -> Result<Self> {
        self.place.check()?;
        check::finite("confidence", self.confidence)?;
        Ok(self)
    }
}

/// Object location similarity[^ols]: 1 for the same place, less the farther `other` is from `truth`, measured
/// by the distance of the truth and the tolerance of its class:
///
/// ```text
/// OLS = exp(-d² / (2 s² κ)),   d distance of the two, s range of the truth
/// ```
///
/// κ is 0.005 for pedestrians, 0.01 for cyclists, 0.03 for cars in the data set CRUW: a hundredth of their
/// size in metres.
///
/// # Errors
/// A place that is none, a κ that is not positive.
///
/// # Examples
/// ```
/// use mmw_sets::metrics::{Place, ols};
///
/// // Half a metre beside a pedestrian at 10 m: exp(-0.25 / (2 · 100 · 0.005)).
/// let similarity = ols(Place::new(10.0, 0.0)?, Place::new(10.5, 0.0)?, 0.005)?;
/// assert!((similarity - (-0.25_f64).exp()).abs() < 1e-12);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
///
/// [^ols]: Y. Wang et al., "`RODNet`: radar object detection using cross-modal supervision", WACV 2021,
///     equation 6, doi:10.1109/WACV48630.2021.00055.
pub fn ols(truth: Place, other: Place, kappa: f64) -> Result<f64> {
    check::in_range("kappa", kappa, 1e-9, 1e9)?;
    Ok(likeness(truth.check()?, other.check()?, kappa))
}

pub(super) fn likeness(truth: Place, other: Place, kappa: f64) -> f64 {
    libm::exp(-truth.squared_distance_m2(other) / (2.0 * truth.range_m * truth.range_m * kappa))
}

/// Local non-maximum suppression: the detections in the order of confidence without those that are more
/// alike than `threshold` ([`ols`]) to a surer one of their class that is kept. `kappas` holds the tolerance
/// of each class. Equal confidences keep their order.
///
/// The published program[^walk] deletes from its list while it walks along it, which spares every second
/// neighbour; here none is spared.
///
/// # Errors
/// A detection or κ that is none, a class without κ, a threshold that is not between 0 and 1.
///
/// # Examples
/// ```
/// use mmw_sets::metrics::{Detection, Place, suppress};
///
/// let at = |range_m, confidence| Detection::new(0, Place::new(range_m, 0.1)?, confidence);
/// // Three peaks of one object, and another object.
/// let kept = suppress(&[at(5.0, 0.9)?, at(5.0, 0.8)?, at(5.01, 0.7)?, at(9.0, 0.5)?], &[0.005], 0.3)?;
/// assert_eq!(kept.iter().map(|d| d.confidence).collect::<Vec<_>>(), [0.9, 0.5]);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
///
/// [^walk]: github.com/yizhou-wang/RODNet, `rodnet/core/post_processing/lnms.py`.
pub fn suppress(detections: &[Detection], kappas: &[f64], threshold: f64) -> Result<Vec<Detection>> {
    check::in_range("threshold", threshold, 0.0, 1.0)?;
    check_kappas(kappas)?;
    for detection in detections {
        detection.check()?;
        check::in_range("class", detection.class as f64, 0.0, kappas.len() as f64 - 1.0)?;
    }
    let mut order: Vec<&Detection> = detections.iter().collect();
    order.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut kept: Vec<Detection> = Vec::new();
    for &one in order {
        let hides = |surer: &Detection| {
            surer.class == one.class && likeness(surer.place, one.place, kappas[one.class]) > threshold
        };
        if !kept.iter().any(hides) {
            kept.push(one);
        }
    }
    Ok(kept)
}

pub(super) fn check_kappas(kappas: &[f64]) -> Result<()> {
    check::at_least("kappas", kappas.len(), 1)?;
    kappas.iter().try_for_each(|&kappa| check::in_range("kappa", kappa, 1e-9, 1e9).map(|_| ()))
}
