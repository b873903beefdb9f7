//! An array that knows its axes: what every map, spectrum, cube and curve of the workspace is.

use crate::{Axis, Real, Result, check};
use ndarray::{Array, ArrayRef, Axis as Dim, Dimension, Ix1, Ix2, Ix3, Ix4, RemoveAxis};
use std::borrow::Cow;

/// An `ndarray` array with one [`Axis`] per dimension, a name and a unit for its values.
///
/// # Examples
/// ```
/// use mmw_core::{Axis, DataArray};
/// use ndarray::array;
///
/// let map = DataArray::new(
///     "power",
///     "",
///     array![[0.0, 1.0], [9.0, 2.0]],
///     vec![Axis::uniform("range", "m", 0.0, 0.5, 2)?, Axis::uniform("velocity", "m/s", -1.0, 1.0, 2)?],
/// )?;
/// let peak = map.peak().expect("not empty");
/// assert_eq!((peak.value, peak.coordinates), (9.0, vec![0.5, -1.0]));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct DataArray<A, D: Dimension> {
    name: Cow<'static, str>,
    unit: Cow<'static, str>,
    data: Array<A, D>,
    axes: Vec<Axis>,
}

crate::checked_serde!(<A, D: Dimension> DataArray, |array| check_axes(&array.data, &array.axes));

/// A curve.
pub type DataArray1<A> = DataArray<A, Ix1>;
/// A map.
pub type DataArray2<A> = DataArray<A, Ix2>;
/// A cube.
pub type DataArray3<A> = DataArray<A, Ix3>;
/// A 4-D tensor.
pub type DataArray4<A> = DataArray<A, Ix4>;

/// The greatest element of a [`DataArray`] and where it is.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Peak<A> {
    /// The value.
    pub value: A,
    /// Its index, one number per dimension.
    pub index: Vec<usize>,
    /// Its coordinates, one number per dimension, in the units of the axes.
    pub coordinates: Vec<f64>,
}

crate::checked_serde!(<A> Peak, |peak| {
    crate::checked_serde::finite("coordinates", &peak.coordinates)?;
    check::same_len("coordinates", peak.index.len(), peak.coordinates.len())
});

fn check_axes<A, D: Dimension>(data: &Array<A, D>, axes: &[Axis]) -> Result<()> {
    let lengths: Vec<usize> = axes.iter().map(Axis::len).collect();
    check::same_shape("axes", data.shape(), &lengths)
}

impl<A> DataArray1<A> {
    /// A function at the places of an axis: a curve.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{Axis, DataArray1};
    /// let time = Axis::uniform("time", "s", 0.0, 0.5, 3)?;
    /// let fall = DataArray1::of_axis("distance", "m", time, |t| 4.905 * t * t);
    /// assert_eq!(fall.data()[2], 4.905);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn of_axis(
        name: impl Into<Cow<'static, str>>,
        unit: impl Into<Cow<'static, str>>,
        axis: Axis,
        f: impl FnMut(f64) -> A,
    ) -> Self {
        let data = axis.iter().map(f).collect();
        Self { name: name.into(), unit: unit.into(), data, axes: vec![axis] }
    }
}

impl<A, D: Dimension> DataArray<A, D> {
    /// Joins values and axes. `unit` is that of the values: `"dB"`, `""` for a pure number.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] when the axes do not fit the shape of `data`.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        unit: impl Into<Cow<'static, str>>,
        data: Array<A, D>,
        axes: Vec<Axis>,
    ) -> Result<Self> {
        check_axes(&data, &axes)?;
        Ok(Self { name: name.into(), unit: unit.into(), data, axes })
    }

    /// What the values are.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The unit of the values; empty for a pure number.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The values.
    #[must_use]
    pub fn data(&self) -> &Array<A, D> {
        &self.data
    }

    /// The values, to be changed in place; the shape stays.
    pub fn data_mut(&mut self) -> &mut ArrayRef<A, D> {
        &mut self.data
    }

    /// The axes, one per dimension.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The axis of that name.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{Axis, DataArray};
    /// let axis = Axis::uniform("delay", "s", 0.0, 1e-9, 2)?;
    /// let curve = DataArray::new("power", "W", ndarray::array![1.0, 2.0], vec![axis])?;
    /// assert_eq!(curve.axis("delay").and_then(Axis::step), Some(1e-9));
    /// assert!(curve.axis("range").is_none());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn axis(&self, name: &str) -> Option<&Axis> {
        self.axes.iter().find(|axis| axis.name() == name)
    }

    /// The values and the axes, apart.
    #[must_use]
    pub fn into_parts(self) -> (Array<A, D>, Vec<Axis>) {
        (self.data, self.axes)
    }

    /// The same axes with each value passed through `f`.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{Axis, DataArray};
    /// let curve = DataArray::new("x", "m", ndarray::array![1.0_f64, 4.0], vec![Axis::index("i", 2)])?;
    /// let root = curve.map("root of x", "m^0.5", |x| x.sqrt());
    /// assert_eq!(root.data(), &ndarray::array![1.0, 2.0]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn map<B>(
        &self,
        name: impl Into<Cow<'static, str>>,
        unit: impl Into<Cow<'static, str>>,
        f: impl FnMut(&A) -> B,
    ) -> DataArray<B, D> {
        DataArray { name: name.into(), unit: unit.into(), data: self.data.map(f), axes: self.axes.clone() }
    }
}

impl<A: Clone, D: RemoveAxis> DataArray<A, D> {
    /// One slice at `index` of dimension `axis`, with that axis removed.
    ///
    /// # Errors
    /// [`crate::Error::Domain`] when there is no such axis or index.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{Axis, DataArray};
    /// let map = DataArray::new(
    ///     "map", "", ndarray::array![[1, 2], [3, 4]], vec![Axis::index("row", 2), Axis::index("column", 2)],
    /// )?;
    /// assert_eq!(map.slice_at(1, 0)?.data(), &ndarray::array![1, 3]);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn slice_at(&self, axis: usize, index: usize) -> Result<DataArray<A, D::Smaller>> {
        let mut axes = self.axes.clone();
        let len = axes.get(axis).map_or(0, Axis::len);
        if index >= len {
            let domain = format!("below {len}, the length of axis {axis}");
            return Err(crate::Error::domain("index", index as f64, domain));
        }
        axes.remove(axis);
        Ok(DataArray {
            name: self.name.clone(),
            unit: self.unit.clone(),
            data: self.data.index_axis(Dim(axis), index).to_owned(),
            axes,
        })
    }
}

impl<T: Real, D: Dimension> DataArray<T, D> {
    /// The greatest value and where it is, NaN left out; `None` for an array of none or NaN only.
    #[must_use]
    pub fn peak(&self) -> Option<Peak<T>> {
        let numbers = self.data.indexed_iter().filter(|(_, value)| !value.is_nan());
        let (index, &value) = numbers.reduce(|best, next| if *next.1 > *best.1 { next } else { best })?;
        let index: Vec<usize> = ndarray::IntoDimension::into_dimension(index).slice().to_vec();
        let coordinates = index.iter().zip(&self.axes).filter_map(|(&i, axis)| axis.coordinate(i)).collect();
        Some(Peak { value, index, coordinates })
    }

    /// Powers in decibels over `reference`, none below `floor_db`.
    ///
    /// # Errors
    /// As [`crate::complex::power_to_db`].
    pub fn to_db(&self, reference: f64, floor_db: f64) -> Result<Self> {
        Ok(Self {
            name: self.name.clone(),
            unit: Cow::Borrowed("dB"),
            data: crate::complex::power_to_db(&self.data, reference, floor_db)?,
            axes: self.axes.clone(),
        })
    }
}
