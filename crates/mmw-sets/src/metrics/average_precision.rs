//! Average precision and recall of detections with confidence.

use super::location::{Detection, Place, check_kappas, likeness};
use mmw_core::{Error, Result, check};
use serde::{Deserialize, Serialize};

/// Number of thresholds, 0.5 to 0.9 in steps of 0.05.
const THRESHOLDS: usize = 9;

/// Points of recall at which precision is read off, 0 to 1 in steps of 0.01.
const RECALL_POINTS: u64 = 101;

/// What sums of weights may be off.
const ROUNDING: f64 = 1e-9;

/// A threshold of likeness.
fn threshold(index: usize) -> f64 {
    (50 + 5 * index) as f64 / 100.0
}

/// What is known of one class.
#[derive(Debug, Clone, Default)]
struct Tally {
    truths: u64,
    /// Confidence of each detection, and whether it found a truth at each threshold.
    detections: Vec<(f64, [bool; THRESHOLDS])>,
}

/// Detections against truths, frame by frame, as the benchmarks of COCO[^coco] and CRUW count them.
///
/// In each frame and class, detections choose in the order of confidence: each takes the free truth that it
/// is most alike to ([`ols`](super::ols)), if above the threshold. Then all detections of all frames are put
/// in order, precision is made to fall with recall, and read off at 101 points of recall from 0 to 1 (0
/// where that recall is not reached). The means run over the thresholds 0.5, 0.55, …, 0.9, and over the
/// classes by their numbers of truths.
///
/// # Examples
/// ```
/// use mmw_sets::metrics::{AveragePrecision, Detection, Place};
///
/// let mut measure = AveragePrecision::new(vec![0.005])?;
/// let truth = Place::new(10.0, 0.0)?;
/// measure.frame(&[(0, truth)], &[Detection::new(0, truth, 0.9)?])?;
/// // Found a metre off, which is as good as not found.
/// measure.frame(&[(0, truth)], &[Detection::new(0, Place::new(11.0, 0.0)?, 0.4)?])?;
/// let scores = measure.scores()?;
/// assert_eq!(scores.average_recall, 0.5);
/// // Precision 1 up to a recall of one half: 51 of 101 points.
/// assert!((scores.average_precision - 51.0 / 101.0).abs() < 1e-12);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
///
/// [^coco]: T.-Y. Lin et al., "Microsoft COCO: common objects in context", ECCV 2014; the programs
///     github.com/cocodataset/cocoapi and github.com/yizhou-wang/cruw-devkit.
#[derive(Debug, Clone)]
pub struct AveragePrecision {
    kappas: Vec<f64>,
    tallies: Vec<Tally>,
}

/// Means over thresholds and classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct DetectionScores {
    /// Mean average precision, AP.
    pub average_precision: f64,
    /// Mean recall with all detections, AR.
    pub average_recall: f64,
    /// Average precision and recall of each class, none for one without truths.
    pub of_class: Vec<Option<(f64, f64)>>,
    /// Average precision at the likeness 0.5, 0.55, …, 0.9.
    pub precision_at: [f64; THRESHOLDS],
}

mmw_core::checked_serde!(always DetectionScores, DetectionScores::check);

impl DetectionScores {
    fn check(&self) -> Result<()> {
        let of_classes = self.of_class.iter().flatten().flat_map(|&(precision, recall)| [precision, recall]);
        check::in_range("average_recall", self.average_recall, 0.0, 1.0 + ROUNDING)?;
        for share in of_classes {
            check::in_range("of_class", share, 0.0, 1.0 + ROUNDING)?;
        }
        for share in self.precision_at {
            check::in_range("precision_at", share, 0.0, 1.0 + ROUNDING)?;
        }
        let mean = mean(&self.precision_at);
        check::in_range("average_precision", self.average_precision, mean - ROUNDING, mean + ROUNDING)?;
        Ok(())
    }
}

impl AveragePrecision {
    /// With the tolerance κ of each class.
    ///
    /// # Errors
    /// No class, a κ that is not positive.
    pub fn new(kappas: Vec<f64>) -> Result<Self> {
        check_kappas(&kappas)?;
        let tallies = vec![Tally::default(); kappas.len()];
        Ok(Self { kappas, tallies })
    }

    /// Takes in the truths (class and place) and the detections of a frame.
    ///
    /// # Errors
    /// A place or a confidence that is none, a class without κ; nothing is then taken in.
    pub fn frame(&mut self, truths: &[(usize, Place)], detections: &[Detection]) -> Result<()> {
        for &(class, place) in truths {
            place.check()?;
            check::in_range("class", class as f64, 0.0, self.kappas.len() as f64 - 1.0)?;
        }
        for one in detections {
            one.check()?;
            check::in_range("class", one.class as f64, 0.0, self.kappas.len() as f64 - 1.0)?;
        }
        for (class, (tally, &kappa)) in self.tallies.iter_mut().zip(&self.kappas).enumerate() {
            let places: Vec<Place> = truths.iter().filter(|t| t.0 == class).map(|t| t.1).collect();
            let mut own: Vec<&Detection> = detections.iter().filter(|d| d.class == class).collect();
            own.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
            tally.truths += places.len() as u64;
            let first = tally.detections.len();
            tally.detections.extend(own.iter().map(|one| (one.confidence, [false; THRESHOLDS])));
            for at in 0..THRESHOLDS {
                let found = matched(&places, &own, kappa, threshold(at));
                let marks = tally.detections[first..].iter_mut();
                marks.zip(found).for_each(|(mark, found)| mark.1[at] = found);
            }
        }
        Ok(())
    }

    /// The scores over all frames so far.
    ///
    /// # Errors
    /// [`Error::TooFew`] without any truth.
    pub fn scores(&self) -> Result<DetectionScores> {
        let truths: u64 = self.tallies.iter().map(|tally| tally.truths).sum();
        if truths == 0 {
            return Err(Error::too_few("truths", 1, 0));
        }
        let mut precision_at = [0.0; THRESHOLDS];
        let (mut of_class, mut average_recall) = (Vec::new(), 0.0);
        for tally in &self.tallies {
            if tally.truths == 0 {
                of_class.push(None);
                continue;
            }
            let (precisions, recall) = tally.scores();
            let weight = tally.truths as f64 / truths as f64;
            precision_at.iter_mut().zip(precisions).for_each(|(sum, p)| *sum += weight * p);
            average_recall += weight * recall;
            of_class.push(Some((mean(&precisions), recall)));
        }
        Ok(DetectionScores { average_precision: mean(&precision_at), average_recall, of_class, precision_at })
    }
}

fn mean(values: &[f64; THRESHOLDS]) -> f64 {
    values.iter().sum::<f64>() / THRESHOLDS as f64
}

/// Whether each detection takes a truth, the surest first.
fn matched(truths: &[Place], detections: &[&Detection], kappa: f64, threshold: f64) -> Vec<bool> {
    let mut free = vec![true; truths.len()];
    let mut take = |one: &&Detection| {
        let mut best: Option<(usize, f64)> = None;
        for (i, &truth) in truths.iter().enumerate().filter(|(i, _)| free[*i]) {
            let like = likeness(truth, one.place, kappa);
            if like >= best.map_or(threshold, |best| best.1) {
                best = Some((i, like));
            }
        }
        if let Some((i, _)) = best {
            free[i] = false;
        }
        best.is_some()
    };
    detections.iter().map(&mut take).collect()
}

impl Tally {
    /// Average precision at each threshold and the mean recall.
    fn scores(&self) -> ([f64; THRESHOLDS], f64) {
        let mut order: Vec<&(f64, [bool; THRESHOLDS])> = self.detections.iter().collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut precisions = [0.0; THRESHOLDS];
        let mut all = 0;
        for (at, precision) in precisions.iter_mut().enumerate() {
            let (average, found) = self.curve(order.iter().map(|one| one.1[at]));
            *precision = average;
            all += found;
        }
        (precisions, all as f64 / (self.truths * THRESHOLDS as u64) as f64)
    }

    /// The mean of the precision at the points of recall, and the number of truths found.
    fn curve(&self, hits: impl Iterator<Item = bool>) -> (f64, u64) {
        // Truths found and precision after each detection.
        let mut points: Vec<(u64, f64)> = Vec::with_capacity(self.detections.len());
        for (i, hit) in hits.enumerate() {
            let found = points.last().map_or(0, |last| last.0) + u64::from(hit);
            points.push((found, found as f64 / (i + 1) as f64));
        }
        for i in (1..points.len()).rev() {
            points[i - 1].1 = points[i - 1].1.max(points[i].1);
        }
        let at = |point: u64| {
            let place =
                points.partition_point(|&(found, _)| found * (RECALL_POINTS - 1) < point * self.truths);
            points.get(place).map_or(0.0, |point| point.1)
        };
        let sum: f64 = (0..RECALL_POINTS).map(at).sum();
        (sum / RECALL_POINTS as f64, points.last().map_or(0, |last| last.0))
    }
}
