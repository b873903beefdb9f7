//! The physical axis of one array dimension: a name, a unit and a coordinate for each index.

use crate::{Error, Result, check};
use std::borrow::Cow;

/// Where the indices of one array dimension lie in the world.
///
/// Uniform axes are stored as start and step, so that an axis of a million samples costs nothing.
///
/// # Examples
/// ```
/// use mmw_core::Axis;
///
/// let range = Axis::uniform("range", "m", 0.0, 0.04, 256)?;
/// assert_eq!(range.coordinate(100), Some(4.0));
/// assert_eq!(range.nearest(1.01), 25);
/// assert_eq!(range.label(), "range (m)");
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Axis {
    name: Cow<'static, str>,
    unit: Cow<'static, str>,
    coordinates: Coordinates,
}

crate::checked_serde!(Axis, |axis| axis.coordinates.check());

/// How the coordinates of an [`Axis`] are stored.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Coordinates {
    Uniform { start: f64, step: f64, len: usize },
    Explicit(Vec<f64>),
}

impl Coordinates {
    fn check(&self) -> Result<()> {
        match self {
            &Self::Uniform { start, step, len } => check_uniform(start, step, len),
            Self::Explicit(list) => check_explicit(list),
        }
    }
}

fn check_uniform(start: f64, step: f64, len: usize) -> Result<()> {
    check::finite("axis start", start)?;
    if check::finite("axis step", step)? == 0.0 {
        return Err(Error::domain("axis step", step, "a finite number other than 0"));
    }
    check::finite("last coordinate of the axis", start + step * len as f64)?;
    Ok(())
}

fn check_explicit(list: &[f64]) -> Result<()> {
    if let Some(index) = list.iter().position(|x| !x.is_finite()) {
        return Err(Error::NotFinite { name: "axis coordinates".into(), index });
    }
    let rising = list.windows(2).all(|w| w[0] < w[1]);
    let falling = list.windows(2).all(|w| w[0] > w[1]);
    if !(rising || falling) {
        return Err(Error::invalid("axis coordinates", "must be strictly increasing or decreasing"));
    }
    Ok(())
}

impl Axis {
    /// Coordinates `start + index * step`.
    ///
    /// # Errors
    /// [`Error::Domain`] when `start`, `step` or the last coordinate is not finite, or `step` is zero.
    pub fn uniform(
        name: impl Into<Cow<'static, str>>,
        unit: impl Into<Cow<'static, str>>,
        start: f64,
        step: f64,
        len: usize,
    ) -> Result<Self> {
        Self::checked(name.into(), unit.into(), Coordinates::Uniform { start, step, len })
    }

    /// Coordinates as listed, strictly increasing or strictly decreasing.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a coordinate that is NaN or infinite, [`Error::Invalid`] when the list is
    /// not monotone.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::Axis;
    /// let band = Axis::explicit("frequency", "Hz", vec![24e9, 60e9, 77e9])?;
    /// assert_eq!(band.nearest(70e9), 2);
    /// assert!(Axis::explicit("frequency", "Hz", vec![1.0, 3.0, 2.0]).is_err());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn explicit(
        name: impl Into<Cow<'static, str>>,
        unit: impl Into<Cow<'static, str>>,
        coordinates: Vec<f64>,
    ) -> Result<Self> {
        Self::checked(name.into(), unit.into(), Coordinates::Explicit(coordinates))
    }

    fn checked(name: Cow<'static, str>, unit: Cow<'static, str>, coordinates: Coordinates) -> Result<Self> {
        coordinates.check()?;
        Ok(Self { name, unit, coordinates })
    }

    /// A plain counter 0, 1, 2, … without a unit: channels, chirps, frames.
    pub fn index(name: impl Into<Cow<'static, str>>, len: usize) -> Self {
        Self {
            name: name.into(),
            unit: Cow::Borrowed(""),
            coordinates: Coordinates::Uniform { start: 0.0, step: 1.0, len },
        }
    }

    /// The quantity along the axis: "range", "velocity".
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The unit of the coordinates; empty for a counter.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Name and unit as a plot's label: `range (m)`.
    #[must_use]
    pub fn label(&self) -> String {
        if self.unit.is_empty() { self.name.to_string() } else { format!("{} ({})", self.name, self.unit) }
    }

    /// Number of coordinates.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.coordinates {
            Coordinates::Uniform { len, .. } => *len,
            Coordinates::Explicit(list) => list.len(),
        }
    }

    /// Whether the axis has no coordinates.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The coordinate of an index; `None` past the end.
    #[must_use]
    pub fn coordinate(&self, index: usize) -> Option<f64> {
        match &self.coordinates {
            Coordinates::Uniform { start, step, len } => (index < *len).then(|| start + step * index as f64),
            Coordinates::Explicit(list) => list.get(index).copied(),
        }
    }

    /// All coordinates in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        (0..self.len()).map(|i| self.coordinate(i).unwrap_or_default())
    }

    /// All coordinates in order, as a vector.
    #[must_use]
    pub fn to_vec(&self) -> Vec<f64> {
        self.iter().collect()
    }

    /// The constant step of a uniform axis; `None` for an explicit one.
    #[must_use]
    pub fn step(&self) -> Option<f64> {
        match &self.coordinates {
            Coordinates::Uniform { step, .. } => Some(*step),
            Coordinates::Explicit(_) => None,
        }
    }

    /// The coordinate at a fractional index, linear between neighbours and beyond the ends of a uniform
    /// axis; an explicit axis is clamped to its ends. Zero for an empty axis.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::Axis;
    /// let velocity = Axis::uniform("velocity", "m/s", -2.0, 0.5, 8)?;
    /// assert_eq!(velocity.at(4.5), 0.25);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn at(&self, index: f64) -> f64 {
        match &self.coordinates {
            Coordinates::Uniform { start, step, .. } => start + step * index,
            Coordinates::Explicit(list) => {
                let Some(last) = list.len().checked_sub(1) else { return 0.0 };
                let clamped = index.clamp(0.0, last as f64);
                let low = clamped.floor() as usize;
                let high = (low + 1).min(last);
                list[low] + (list[high] - list[low]) * (clamped - low as f64)
            }
        }
    }

    /// The index whose coordinate is nearest to `value`; 0 for an empty axis or NaN.
    #[must_use]
    pub fn nearest(&self, value: f64) -> usize {
        let Some(last) = self.len().checked_sub(1) else { return 0 };
        match &self.coordinates {
            Coordinates::Uniform { start, step, .. } => {
                ((value - start) / step).round().clamp(0.0, last as f64) as usize
            }
            Coordinates::Explicit(list) => {
                let distance = |i: usize| (list[i] - value).abs();
                (0..=last).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap_or_default()
            }
        }
    }
}
