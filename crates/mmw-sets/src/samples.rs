//! Rows of numbers with labels: what classifiers learn from and are judged by.

use mmw_core::ndarray::{Array2, ArrayRef2, Axis};
use mmw_core::{Error, Result, check};

/// Samples as rows of numbers, each with the number of its class and of the unit (recording, sequence) that
/// it was cut from.
///
/// Windows of one recording overlap and look alike. Splits are therefore made by groups of units
/// ([`Samples::groups`]), never by rows.
///
/// # Examples
/// ```
/// use mmw_sets::{Samples, ndarray::array};
///
/// // Two recordings of three windows each, of class 0 and 1.
/// let rows = array![[0.0, 1.0], [0.1, 1.1], [0.2, 0.9], [5.0, 1.0], [5.1, 1.2], [4.9, 0.8]];
/// let samples = Samples::new(rows, vec![0, 0, 0, 1, 1, 1], vec![0, 0, 0, 1, 1, 1], 2)?;
/// assert_eq!(samples.select(&[1, 3])?.labels(), [0, 1]);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    rows: Array2<f64>,
    labels: Vec<usize>,
    units: Vec<usize>,
    classes: usize,
}

impl Samples {
    /// `rows` `[sample, feature]` with a label below `classes` and the number of a unit each.
    ///
    /// # Errors
    /// [`Error::Shape`] for lengths that differ, [`Error::NotFinite`] for a feature that is no number,
    /// [`Error::Domain`] for a label of no class, [`Error::TooFew`] for no row, no feature or less than two
    /// classes.
    pub fn new(rows: Array2<f64>, labels: Vec<usize>, units: Vec<usize>, classes: usize) -> Result<Self> {
        check::at_least("rows", rows.nrows(), 1)?;
        check::at_least("features", rows.ncols(), 1)?;
        check::at_least("classes", classes, 2)?;
        check::same_len("labels", rows.nrows(), labels.len())?;
        check::same_len("units", rows.nrows(), units.len())?;
        check::all_finite("rows", &rows)?;
        check_labels(&labels, classes)?;
        Ok(Self { rows, labels, units, classes })
    }

    /// The numbers, `[sample, feature]`.
    #[must_use]
    pub fn rows(&self) -> &ArrayRef2<f64> {
        &self.rows
    }

    /// The class of each sample.
    #[must_use]
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The unit that each sample was cut from.
    #[must_use]
    pub fn units(&self) -> &[usize] {
        &self.units
    }

    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Never: there is at least one sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The samples at `rows`, in that order.
    ///
    /// # Errors
    /// [`Error::Domain`] for a row that is none, [`Error::TooFew`] for none.
    pub fn select(&self, rows: &[usize]) -> Result<Self> {
        check::at_least("rows", rows.len(), 1)?;
        if let Some(&row) = rows.iter().find(|&&row| row >= self.len()) {
            return Err(Error::domain("row", row as f64, format!("below {}", self.len())));
        }
        Ok(Self {
            rows: self.rows.select(Axis(0), rows),
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
            units: rows.iter().map(|&row| self.units[row]).collect(),
            classes: self.classes,
        })
    }

    /// The group of each sample, when unit `i` belongs to group `unit_groups[i]`: its session, its subject.
    ///
    /// # Errors
    /// [`Error::TooFew`] when a unit has no group.
    pub fn groups(&self, unit_groups: &[usize]) -> Result<Vec<usize>> {
        let needed = self.units.iter().max().map_or(0, |&last| last + 1);
        check::at_least("unit_groups", unit_groups.len(), needed)?;
        Ok(self.units.iter().map(|&unit| unit_groups[unit]).collect())
    }
}

/// Nothing, when every label is that of a class.
pub(crate) fn check_labels(labels: &[usize], classes: usize) -> Result<()> {
    match labels.iter().find(|&&label| label >= classes) {
        None => Ok(()),
        Some(&label) => Err(Error::domain("label", label as f64, format!("a class below {classes}"))),
    }
}
