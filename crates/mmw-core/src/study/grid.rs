//! The conditions of a study: every combination of the levels of some named quantities.

use crate::{Axis, Error, Result, check};

/// Conditions on a grid, one [`Axis`] for each quantity that is varied; the last one runs fastest.
///
/// # Examples
/// ```
/// use mmw_core::{Axis, study::Grid};
///
/// let snr = Axis::explicit("snr", "dB", vec![0.0, 5.0, 10.0])?;
/// let samples = Axis::explicit("samples", "", vec![200.0, 1000.0])?;
/// let grid = Grid::new(vec![snr, samples])?;
/// assert_eq!(grid.len(), 6);
/// let third = grid.condition(2)?;
/// assert_eq!((third.get("snr")?, third.get("samples")?), (5.0, 200.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Grid {
    axes: Vec<Axis>,
}

crate::checked_serde!(Grid, Grid::check);

/// Most conditions of a grid: more than any study has, and few enough for one table in memory.
const MOST: usize = 1 << 24;

impl Grid {
    /// # Errors
    /// [`Error::TooFew`] for no axes or an axis without levels, [`Error::Invalid`] for two axes of one name
    /// or more than 2^24 conditions.
    pub fn new(axes: Vec<Axis>) -> Result<Self> {
        let grid = Self { axes };
        grid.check()?;
        Ok(grid)
    }

    fn check(&self) -> Result<()> {
        check::at_least("axes", self.axes.len(), 1)?;
        for (i, axis) in self.axes.iter().enumerate() {
            check::at_least(format!("axis {}", axis.name()), axis.len(), 1)?;
            if self.axes[..i].iter().any(|other| other.name() == axis.name()) {
                return Err(Error::invalid("axes", format!("two are named {}", axis.name())));
            }
        }
        let conditions = self.axes.iter().try_fold(1_usize, |len, axis| len.checked_mul(axis.len()));
        if conditions.is_none_or(|len| len > MOST) {
            return Err(Error::invalid("axes", format!("span more than {MOST} conditions")));
        }
        Ok(())
    }

    /// The quantities that are varied.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Number of conditions, at least 1.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a grid is never empty")]
    pub fn len(&self) -> usize {
        self.axes.iter().map(Axis::len).product()
    }

    /// The condition at an index.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an index past the end.
    pub fn condition(&self, index: usize) -> Result<Condition<'_>> {
        if index >= self.len() {
            return Err(Error::invalid("condition", format!("{index} is not below {}", self.len())));
        }
        let mut rest = index;
        let mut values: Vec<f64> = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            values.push(axis.coordinate(rest % axis.len()).unwrap_or_default());
            rest /= axis.len();
        }
        values.reverse();
        Ok(Condition { axes: &self.axes, index, values })
    }
}

/// One combination of levels, read by the names of the axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition<'a> {
    axes: &'a [Axis],
    index: usize,
    values: Vec<f64>,
}

impl Condition<'_> {
    /// Its place in the grid.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// A level for each axis, in their order.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The level on the axis of that name.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the grid has no such axis.
    pub fn get(&self, name: &str) -> Result<f64> {
        let place = self.axes.iter().position(|axis| axis.name() == name);
        place.map(|i| self.values[i]).ok_or_else(|| {
            let names: Vec<_> = self.axes.iter().map(Axis::name).collect();
            Error::invalid("condition", format!("has no {name:?}, but {}", names.join(", ")))
        })
    }

    /// `snr 5 dB, samples 200`.
    #[must_use]
    pub fn label(&self) -> String {
        let parts = self.axes.iter().zip(&self.values).map(|(axis, value)| {
            let unit = if axis.unit().is_empty() { String::new() } else { format!(" {}", axis.unit()) };
            format!("{} {value}{unit}", axis.name())
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}
