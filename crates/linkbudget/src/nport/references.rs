//! The impedances that the ports of a network are normalised to.

use mmw_core::ndarray::{Array2, ArrayRef1, ArrayView1};
use mmw_core::{C64, Error, Result, check};

/// One impedance for each port, the same at all frequencies or one set for each of them, ohm.
///
/// # Examples
/// ```
/// use linkbudget::nport::References;
/// use linkbudget::num_complex::Complex;
///
/// let references = References::constant(&[Complex::new(50.0, 0.0), Complex::new(73.0, 42.5)])?;
/// assert_eq!((references.ports(), references.resistance_ohm()), (2, None));
/// assert_eq!(references.at(1000)[1].im, 42.5);
/// # Ok::<(), linkbudget::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct References {
    /// `[frequency, port]`, or one row for all frequencies.
    ohm: Array2<C64>,
}

impl References {
    /// The same resistance at every port.
    ///
    /// # Errors
    /// [`Error::Domain`] unless it is finite and above zero; [`Error::TooFew`] without a port.
    pub fn uniform(ohm: f64, ports: usize) -> Result<Self> {
        check::positive("reference_ohm", ohm)?;
        Self::constant(&vec![C64::new(ohm, 0.0); ports])
    }

    /// One impedance for each port, at all frequencies.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a port; [`Error::Domain`] for an impedance that is not finite, or zero.
    pub fn constant(ohm: &[C64]) -> Result<Self> {
        Self::of_rows(ohm.len(), ohm.to_vec())
    }

    /// Impedances `[frequency, port]`.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a frequency or a port; [`Error::Domain`] as [`References::constant`].
    pub fn varying(ohm: Array2<C64>) -> Result<Self> {
        check::at_least("reference_ohm", ohm.len(), 1)?;
        for z in &ohm {
            check::finite("reference_ohm", z.re)?;
            check::finite("reference_ohm", z.im)?;
            check::positive("|reference_ohm|", z.norm())?;
        }
        let first = ohm.row(0);
        let constant = ohm.rows().into_iter().all(|row| row == first);
        let ohm = if constant { first.to_owned().insert_axis(mmw_core::ndarray::Axis(0)) } else { ohm };
        Ok(Self { ohm })
    }

    fn of_rows(ports: usize, ohm: Vec<C64>) -> Result<Self> {
        check::at_least("reference_ohm", ports, 1)?;
        let rows = ohm.len() / ports;
        let ohm = Array2::from_shape_vec((rows, ports), ohm)
            .map_err(|error| Error::invalid("reference_ohm", error.to_string()))?;
        Self::varying(ohm)
    }

    /// How many ports there are.
    #[must_use]
    pub fn ports(&self) -> usize {
        self.ohm.ncols()
    }

    /// The impedances at a frequency, by its index.
    #[must_use]
    pub fn at(&self, index: usize) -> ArrayView1<'_, C64> {
        self.ohm.row(if self.is_constant() { 0 } else { index.min(self.ohm.nrows() - 1) })
    }

    /// Whether they are the same at all frequencies.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.ohm.nrows() == 1
    }

    /// The impedances of the ports, if they are resistances that do not vary with frequency.
    #[must_use]
    pub fn resistances_ohm(&self) -> Option<Vec<f64>> {
        let real = self.is_constant() && self.ohm.iter().all(|z| z.im == 0.0 && z.re > 0.0);
        real.then(|| self.ohm.iter().map(|z| z.re).collect())
    }

    /// The one resistance of all ports at all frequencies, if there is one.
    #[must_use]
    pub fn resistance_ohm(&self) -> Option<f64> {
        let all = self.resistances_ohm()?;
        let first = *all.first()?;
        all.iter().all(|ohm| *ohm == first).then_some(first)
    }

    /// Refuses sets of another number than that of the frequencies.
    pub(crate) fn fit(&self, points: usize, ports: usize) -> Result<()> {
        let rows = if self.is_constant() { 1 } else { points };
        check::same_shape("reference_ohm", &[rows, ports], self.ohm.shape())
    }

    /// Those of chosen frequencies.
    pub(super) fn select(&self, indices: &[usize]) -> Self {
        if self.is_constant() {
            return self.clone();
        }
        Self { ohm: self.ohm.select(mmw_core::ndarray::Axis(0), indices) }
    }

    /// Two ports, the first of one set and the second of another.
    pub(super) fn joined(points: usize, first: (&Self, usize), second: (&Self, usize)) -> Result<Self> {
        let rows = if first.0.is_constant() && second.0.is_constant() { 1 } else { points };
        let pick = |(set, port): (&Self, usize), row: usize| set.at(row)[port];
        Self::varying(Array2::from_shape_fn((rows, 2), |(row, port)| {
            pick(if port == 0 { first } else { second }, row)
        }))
    }

    /// All impedances, `[frequency, port]` or `[1, port]`.
    #[must_use]
    pub fn ohm(&self) -> &Array2<C64> {
        &self.ohm
    }
}

/// An impedance that stands before the waves of a port can be made of it.
pub(super) fn check_row(ohm: &ArrayRef1<C64>, needs_resistance: bool) -> Result<()> {
    for z in ohm {
        if needs_resistance {
            check::positive("resistance of reference_ohm", z.re)?;
        }
    }
    Ok(())
}
