//! Which class was taken for which.

use crate::samples::check_labels;
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::{Error, Result, check};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Counts of pairs of a true and a found class: of samples, or of the cells of label maps.
///
/// # Examples
/// ```
/// use mmw_sets::metrics::Confusion;
///
/// let mut confusion = Confusion::of(3, &[0, 0, 0, 1, 1, 2], &[0, 0, 1, 1, 1, 0])?;
/// assert_eq!(confusion.accuracy(), Some(4.0 / 6.0));
/// assert_eq!((confusion.precision(1), confusion.recall(1)), (Some(2.0 / 3.0), Some(1.0)));
/// // Nothing was found to be of class 2: it has no precision.
/// assert_eq!((confusion.precision(2), confusion.recall(2)), (None, Some(0.0)));
/// # Ok::<(), mmw_sets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Confusion {
    /// `[true, found]`
    counts: Array2<u64>,
}

mmw_core::checked_serde!(always Confusion, |confusion| {
    let classes = Confusion::new(confusion.counts.nrows())?;
    check::same_shape("counts", classes.counts.shape(), confusion.counts.shape())?;
    let total = confusion.counts.iter().try_fold(0_u64, |sum, &count| sum.checked_add(count));
    total.map(|_| ()).ok_or_else(|| Error::invalid("counts", "are more than can be counted"))
});

impl Confusion {
    /// No pairs yet.
    ///
    /// # Errors
    /// No class, or more than 65536.
    pub fn new(classes: usize) -> Result<Self> {
        check::in_range("classes", classes as f64, 1.0, 65536.0)?;
        Ok(Self { counts: Array2::zeros((classes, classes)) })
    }

    /// Of the true classes and those found.
    ///
    /// # Errors
    /// Lengths that differ, a label that is not below `classes`.
    pub fn of(classes: usize, truths: &[usize], found: &[usize]) -> Result<Self> {
        let mut confusion = Self::new(classes)?;
        check::same_len("found", truths.len(), found.len())?;
        check_labels(truths, classes)?;
        check_labels(found, classes)?;
        truths.iter().zip(found).for_each(|(&truth, &found)| confusion.counts[[truth, found]] += 1);
        Ok(confusion)
    }

    /// Adds the cells of a label map.
    ///
    /// # Errors
    /// Shapes that differ, a label of no class; nothing is then added.
    pub fn add_maps(&mut self, truth: &ArrayRef2<u8>, found: &ArrayRef2<u8>) -> Result<()> {
        check::same_shape("found", truth.shape(), found.shape())?;
        for label in truth.iter().chain(found) {
            check_labels(&[usize::from(*label)], self.classes())?;
        }
        for (&truth, &found) in truth.iter().zip(found) {
            self.counts[[usize::from(truth), usize::from(found)]] += 1;
        }
        Ok(())
    }

    /// Adds the counts of another.
    ///
    /// # Errors
    /// Another number of classes.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        check::same_shape("confusion", self.counts.shape(), other.counts.shape())?;
        self.counts += &other.counts;
        Ok(())
    }

    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.counts.nrows()
    }

    /// The counts, `[true, found]`.
    #[must_use]
    pub fn counts(&self) -> &ArrayRef2<u64> {
        &self.counts
    }

    /// Pairs in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.sum()
    }

    /// Share of the pairs that agree, none without pairs.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        ratio(self.counts.diag().sum(), self.total())
    }

    /// Share of what was found to be of a class that is; none where nothing was, or there is no such class.
    #[must_use]
    pub fn precision(&self, class: usize) -> Option<f64> {
        let (both, _, found) = self.of_class(class)?;
        ratio(both, found)
    }

    /// Share of a class that was found; none where there is nothing of it.
    #[must_use]
    pub fn recall(&self, class: usize) -> Option<f64> {
        let (both, truth, _) = self.of_class(class)?;
        ratio(both, truth)
    }

    /// Harmonic mean of precision and recall, `2 TP / (2 TP + FP + FN)`, which is [`Confusion::dice`] by its
    /// other name; none where the class is neither there nor found.
    #[must_use]
    pub fn f1(&self, class: usize) -> Option<f64> {
        let (both, truth, found) = self.of_class(class)?;
        ratio(2 * both, truth + found)
    }

    /// Dice coefficient of a class of label maps, `2 |A ∩ B| / (|A| + |B|)`.
    #[must_use]
    pub fn dice(&self, class: usize) -> Option<f64> {
        self.f1(class)
    }

    /// Intersection over union of a class of label maps, `|A ∩ B| / |A ∪ B|`; none where it is nowhere.
    #[must_use]
    pub fn iou(&self, class: usize) -> Option<f64> {
        let (both, truth, found) = self.of_class(class)?;
        ratio(both, truth + found - both)
    }

    /// Mean recall of the classes that are there.
    #[must_use]
    pub fn balanced_accuracy(&self) -> Option<f64> {
        mean((0..self.classes()).map(|class| self.recall(class)))
    }

    /// Mean F1 of the classes that are there or found.
    #[must_use]
    pub fn mean_f1(&self) -> Option<f64> {
        mean((0..self.classes()).map(|class| self.f1(class)))
    }

    /// Mean `IoU` of all classes but class 0, the background. Nearly all cells of a radar map are background,
    /// whose `IoU` is near 1 whatever the model does: this is the figure to report.
    #[must_use]
    pub fn foreground_iou(&self) -> Option<f64> {
        mean((1..self.classes()).map(|class| self.iou(class)))
    }

    /// Mean `IoU` with the background, as papers print it (mIoU).
    #[must_use]
    pub fn mean_iou(&self) -> Option<f64> {
        mean((0..self.classes()).map(|class| self.iou(class)))
    }

    /// Mean Dice coefficient of all classes but class 0, the background.
    #[must_use]
    pub fn foreground_dice(&self) -> Option<f64> {
        mean((1..self.classes()).map(|class| self.dice(class)))
    }

    /// Mean Dice coefficient with the background, as papers print it.
    #[must_use]
    pub fn mean_dice(&self) -> Option<f64> {
        mean((0..self.classes()).map(|class| self.dice(class)))
    }

    /// Pairs that agree on a class, that are of it, that were found to be of it.
    fn of_class(&self, class: usize) -> Option<(u64, u64, u64)> {
        let both = *self.counts.get([class, class])?;
        Some((both, self.counts.row(class).sum(), self.counts.column(class).sum()))
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.flatten().collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// A row for each true class, a column for each one found.
impl fmt::Display for Confusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.counts.iter().max().map_or(1, |most| most.to_string().len()) + 1;
        for row in self.counts.rows() {
            row.iter().try_for_each(|count| write!(f, "{count:width$}"))?;
            writeln!(f)?;
        }
        Ok(())
    }
}
