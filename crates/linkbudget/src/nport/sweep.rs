//! The network itself, and what its S-parameters are in other terms.

use super::linear::divide_right;
use super::ports::Ports;
use super::references::References;
use crate::network::Waves;
use mmw_core::ndarray::{Array2, Array3, ArrayRef2, ArrayView2, Axis, s};
use mmw_core::{C64, DataArray3, Error, Result, check};

/// A kind of matrix that describes a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Kind {
    /// Scattering parameters.
    S,
    /// Impedances, ohm.
    Z,
    /// Admittances, siemens.
    Y,
    /// Hybrid parameters of a two-port: `V1, I2` by `I1, V2`.
    H,
    /// Inverse hybrid parameters of a two-port: `I1, V2` by `V1, I2`.
    G,
    /// Chain matrix: `V1, I1` by `V2, −I2`; of 2n ports from the first half to the second.
    Abcd,
    /// Scattering transfer parameters: `b1, a1` by `a2, b2`; of 2n ports as the chain matrix.
    T,
}

mmw_core::named!(Kind, "kind of parameters" {
    S = "s",
    Z = "z",
    Y = "y",
    H = "h",
    G = "g",
    Abcd = "abcd",
    T = "t",
});

impl Kind {
    fn check_ports(self, ports: usize) -> Result<()> {
        let fits = match self {
            Self::S | Self::Z | Self::Y => ports > 0,
            Self::H | Self::G => ports == 2,
            Self::Abcd | Self::T => ports > 0 && ports.is_multiple_of(2),
        };
        if fits {
            Ok(())
        } else {
            Err(Error::invalid("ports", format!("{self} is not defined for {ports} ports")))
        }
    }
}

/// S-parameters `[frequency, to port, from port]` with what they are normalised to.
///
/// # Examples
/// ```
/// use linkbudget::network::{Network, Part, PartKind};
/// use linkbudget::nport::{Kind, NPort};
/// use linkbudget::ndarray::array;
///
/// // A shunt capacitor by its parts, in front of itself: twice the capacitance.
/// let f = array![57e9, 60e9, 64e9];
/// let shunt = |farad| Network::new(vec![Part::new(PartKind::ShuntC, farad)])?.n_port(&f, 50.0, 50.0);
/// let pair = shunt(20e-15)?.cascade(&shunt(20e-15)?)?;
/// let both = shunt(40e-15)?;
/// assert!((pair.s()[[1, 1, 0]] - both.s()[[1, 1, 0]]).norm() < 1e-15);
///
/// // Seen between 50 and 73 ohm, and as admittances: there are none, nothing is in series.
/// let seen = pair.renormalise(&[50.0.into(), 73.0.into()])?;
/// assert!(seen.s()[[1, 0, 0]].norm() != pair.s()[[1, 0, 0]].norm());
/// assert_eq!(seen.to(Kind::Y).unwrap_err().kind(), "singular");
/// # Ok::<(), linkbudget::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NPort {
    frequencies_hz: Vec<f64>,
    s: Array3<C64>,
    references: References,
    waves: Waves,
}

impl NPort {
    /// A network by its S-parameters; frequencies in any order.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a frequency; [`Error::Shape`] unless the matrices are square, as many as
    /// frequencies, and have as many ports as the references; [`Error::NotFinite`]; [`Error::Domain`] for a
    /// negative frequency, or for power and pseudo waves at a reference without resistance.
    pub fn new(
        frequencies_hz: Vec<f64>,
        s: Array3<C64>,
        references: References,
        waves: Waves,
    ) -> Result<Self> {
        check::at_least("frequencies_hz", frequencies_hz.len(), 1)?;
        for &frequency_hz in &frequencies_hz {
            check::non_negative("frequencies_hz", frequency_hz)?;
        }
        let ports = s.dim().1;
        check::same_shape("s", &[frequencies_hz.len(), ports, ports], s.shape())?;
        check::all_finite_complex("s", &s)?;
        references.fit(frequencies_hz.len(), ports)?;
        for row in references.ohm().rows() {
            super::references::check_row(&row, waves != Waves::Travelling)?;
        }
        Ok(Self { frequencies_hz, s, references, waves })
    }

    /// A network by matrices of another kind.
    ///
    /// # Errors
    /// As [`NPort::new`]; [`Error::Invalid`] where the kind is not defined for so many ports;
    /// [`Error::Singular`] for matrices that no passive termination makes S-parameters of.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::network::Waves;
    /// use linkbudget::nport::{Kind, NPort, References};
    /// use linkbudget::num_complex::Complex;
    /// use linkbudget::ndarray::Array3;
    ///
    /// // 100 ohm between two ports and nothing to ground, by admittances.
    /// let entry = |i: usize, j: usize| Complex::from(if i == j { 0.01 } else { -0.01 });
    /// let y = Array3::from_shape_fn((1, 2, 2), |(_, i, j)| entry(i, j));
    /// let series = NPort::of(Kind::Y, vec![60e9], &y, References::uniform(50.0, 2)?, Waves::Power)?;
    /// assert!((series.s()[[0, 1, 0]] - 0.5).norm() < 1e-15);
    /// # Ok::<(), linkbudget::Error>(())
    /// ```
    pub fn of(
        kind: Kind,
        frequencies_hz: Vec<f64>,
        matrices: &Array3<C64>,
        references: References,
        waves: Waves,
    ) -> Result<Self> {
        let (points, ports, _) = matrices.dim();
        kind.check_ports(ports)?;
        check::same_shape("matrices", &[frequencies_hz.len(), ports, ports], matrices.shape())?;
        check::all_finite_complex("matrices", matrices)?;
        references.fit(points, ports)?;
        let s = each(matrices, |index, matrix| {
            let ohm = references.at(index);
            match kind {
                Kind::S => Ok(matrix.to_owned()),
                Kind::Z => Ports::of_z(&matrix).s(&ohm, waves),
                Kind::Y => Ports::of_y(&matrix).s(&ohm, waves),
                Kind::H => Ports::of_hybrid(&matrix, false)?.s(&ohm, waves),
                Kind::G => Ports::of_hybrid(&matrix, true)?.s(&ohm, waves),
                Kind::Abcd => Ports::of_chain(&matrix).s(&ohm, waves),
                Kind::T => s_of_t(&matrix),
            }
        })?;
        Self::new(frequencies_hz, s, references, waves)
    }

    /// The matrices of a kind, `[frequency, row, column]`, in ohm and siemens.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the kind is not defined for so many ports; [`Error::Singular`] where the
    /// network has no such matrix.
    pub fn to(&self, kind: Kind) -> Result<Array3<C64>> {
        kind.check_ports(self.ports())?;
        each(&self.s, |index, matrix| {
            let ports = || Ports::of_s(&matrix, &self.references.at(index), self.waves);
            match kind {
                Kind::S => Ok(matrix.to_owned()),
                Kind::Z => ports()?.z(),
                Kind::Y => ports()?.y(),
                Kind::H => ports()?.hybrid(false),
                Kind::G => ports()?.hybrid(true),
                Kind::Abcd => ports()?.chain(),
                Kind::T => t_of_s(&matrix),
            }
        })
    }

    /// The same network seen from other impedances, one for each port or one for all.
    ///
    /// No impedance matrix is needed on the way, so opens, shorts and throughs are fine.
    ///
    /// # Errors
    /// [`Error::Shape`] for another number of impedances; [`Error::Domain`] for one that waves cannot have;
    /// [`Error::Singular`] where an active network oscillates between them.
    pub fn renormalise(&self, ohm: &[C64]) -> Result<Self> {
        let all = match ohm {
            [one] => vec![*one; self.ports()],
            _ => ohm.to_vec(),
        };
        self.renormalise_to(&References::constant(&all)?, self.waves)
    }

    /// [`NPort::renormalise`] to impedances that may vary with frequency, and to another kind of waves.
    ///
    /// # Errors
    /// As [`NPort::renormalise`].
    pub fn renormalise_to(&self, references: &References, waves: Waves) -> Result<Self> {
        references.fit(self.points(), self.ports())?;
        if *references == self.references && waves == self.waves {
            return Ok(self.clone());
        }
        let s = each(&self.s, |index, matrix| {
            Ports::of_s(&matrix, &self.references.at(index), self.waves)?.s(&references.at(index), waves)
        })?;
        Self::new(self.frequencies_hz.clone(), s, references.clone(), waves)
    }

    /// The same network at other frequencies, by straight lines between the neighbours of real and imaginary
    /// parts.
    ///
    /// # Errors
    /// [`Error::Domain`] for a frequency outside of those that are known; [`Error::Invalid`] where two of
    /// these are the same.
    pub fn interpolate(&self, frequencies_hz: &[f64]) -> Result<Self> {
        if frequencies_hz == self.frequencies_hz {
            return Ok(self.clone());
        }
        let sorted = self.sorted();
        let known = &sorted.frequencies_hz;
        if let Some(pair) = known.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::invalid("frequencies_hz", format!("{:e} Hz stands twice", pair[0])));
        }
        let (low, high) = (known[0], known[known.len() - 1]);
        let mut places = Vec::with_capacity(frequencies_hz.len());
        for &frequency_hz in frequencies_hz {
            check::in_range("frequency_hz", frequency_hz, low, high)?;
            let after = known.partition_point(|f| *f < frequency_hz).max(1).min(known.len() - 1);
            let before = after.saturating_sub(1);
            let width = known[after] - known[before];
            let share = if width > 0.0 { (frequency_hz - known[before]) / width } else { 0.0 };
            places.push((before, after, share));
        }
        // The rounding of a share of 1 would leave the last bit of a value that is there to differ.
        let between = |a: C64, b: C64, share: f64| if share == 1.0 { b } else { a + (b - a) * share };
        let n = self.ports();
        let s = Array3::from_shape_fn((places.len(), n, n), |(point, i, j)| {
            let (before, after, share) = places[point];
            between(sorted.s[[before, i, j]], sorted.s[[after, i, j]], share)
        });
        let references = if self.references.is_constant() {
            self.references.clone()
        } else {
            References::varying(Array2::from_shape_fn((places.len(), n), |(point, i)| {
                let (before, after, share) = places[point];
                between(sorted.references.at(before)[i], sorted.references.at(after)[i], share)
            }))?
        };
        Self::new(frequencies_hz.to_vec(), s, references, self.waves)
    }

    /// The same network with its frequencies in rising order.
    #[must_use]
    pub fn sorted(&self) -> Self {
        if self.frequencies_hz.is_sorted() {
            return self.clone();
        }
        let mut order: Vec<usize> = (0..self.points()).collect();
        order.sort_by(|&i, &j| self.frequencies_hz[i].total_cmp(&self.frequencies_hz[j]));
        Self {
            frequencies_hz: order.iter().map(|&i| self.frequencies_hz[i]).collect(),
            s: self.s.select(Axis(0), &order),
            references: self.references.select(&order),
            waves: self.waves,
        }
    }

    /// Frequencies, Hz, in the order of the matrices.
    #[must_use]
    pub fn frequencies_hz(&self) -> &[f64] {
        &self.frequencies_hz
    }

    /// How many frequencies there are.
    #[must_use]
    pub fn points(&self) -> usize {
        self.frequencies_hz.len()
    }

    /// How many ports there are.
    #[must_use]
    pub fn ports(&self) -> usize {
        self.s.dim().1
    }

    /// S-parameters, `[frequency, to port, from port]`.
    #[must_use]
    pub fn s(&self) -> &Array3<C64> {
        &self.s
    }

    /// What the ports are normalised to.
    #[must_use]
    pub fn references(&self) -> &References {
        &self.references
    }

    /// Which waves the S-parameters are ratios of.
    #[must_use]
    pub fn waves(&self) -> Waves {
        self.waves
    }

    /// The S-parameters with their axes.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the frequencies rise or fall strictly.
    pub fn data(&self) -> Result<DataArray3<C64>> {
        crate::network::s_array(self.frequencies_hz.clone(), self.s.clone())
    }
}

/// A matrix for each frequency.
fn each(
    matrices: &Array3<C64>,
    change: impl Fn(usize, ArrayView2<'_, C64>) -> Result<Array2<C64>>,
) -> Result<Array3<C64>> {
    let mut changed = matrices.clone();
    for (index, mut matrix) in changed.outer_iter_mut().enumerate() {
        let new = change(index, matrix.view())?;
        matrix.assign(&new);
    }
    Ok(changed)
}

/// `T11 = S12 − S11 S21⁻¹ S22, T12 = S11 S21⁻¹, T21 = −S21⁻¹ S22, T22 = S21⁻¹`: the definition, solved.
fn t_of_s(matrix: &ArrayRef2<C64>) -> Result<Array2<C64>> {
    // [b1; a1] = P [a1; a2] and [a2; b2] = Q [a1; a2], so T = P Q⁻¹.
    transfer(matrix, "transmission from port 1 to port 2", |s, half, p, q| {
        p.slice_mut(s![..half, ..]).assign(&s.slice(s![..half, ..]));
        q.slice_mut(s![half.., ..]).assign(&s.slice(s![half.., ..]));
        for i in 0..half {
            p[[half + i, i]] = C64::new(1.0, 0.0);
            q[[i, half + i]] = C64::new(1.0, 0.0);
        }
    })
}

/// The inverse of [`t_of_s`].
fn s_of_t(matrix: &ArrayRef2<C64>) -> Result<Array2<C64>> {
    // [b1; b2] = P [a2; b2] and [a1; a2] = Q [a2; b2], so S = P Q⁻¹.
    transfer(matrix, "transmission from port 2 to port 1", |t, half, p, q| {
        p.slice_mut(s![..half, ..]).assign(&t.slice(s![..half, ..]));
        q.slice_mut(s![..half, ..]).assign(&t.slice(s![half.., ..]));
        for i in 0..half {
            p[[half + i, half + i]] = C64::new(1.0, 0.0);
            q[[half + i, i]] = C64::new(1.0, 0.0);
        }
    })
}

fn transfer(
    matrix: &ArrayRef2<C64>,
    name: &'static str,
    fill: impl Fn(&ArrayRef2<C64>, usize, &mut Array2<C64>, &mut Array2<C64>),
) -> Result<Array2<C64>> {
    let n = matrix.nrows();
    let (mut over, mut under) = (Array2::zeros((n, n)), Array2::zeros((n, n)));
    fill(matrix, n / 2, &mut over, &mut under);
    divide_right(&over, &under, name)
}
