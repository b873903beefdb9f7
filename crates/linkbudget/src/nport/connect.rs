//! Two-ports one behind the other, and what is left of a chain without its fixtures.

use super::references::References;
use super::sweep::NPort;
use crate::network::Waves;
use mmw_core::ndarray::{Array2, Array3};
use mmw_core::{C64, Error, Result};

impl NPort {
    /// Port 2 of this two-port connected to port 1 of the next.
    ///
    /// ```text
    /// S11 = A11 + A12 B11 A21 / D,  S12 = A12 B12 / D,  S21 = B21 A21 / D,  S22 = B22 + B21 A22 B12 / D
    /// D = 1 − A22 B11
    /// ```
    /// The sum over all reflections between the two, with the second seen from the impedance of the first;
    /// that of outer ports stays. Isolators and shorts are fine: nothing is divided by a transmission.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless both are two-ports on the same frequencies ([`NPort::interpolate`] makes
    /// them so) with the same waves; [`Error::Singular`] where the joint is a resonator without loss.
    pub fn cascade(&self, next: &Self) -> Result<Self> {
        self.check_pair(next)?;
        let next = next.matched_to(self, 1, 0)?;
        let join = |a: [C64; 4], b: [C64; 4]| {
            let unit = (1.0 - a[3] * b[0]).inv();
            let s11 = a[0] + a[1] * b[0] * a[2] * unit;
            let s22 = b[3] + b[2] * a[3] * b[1] * unit;
            [s11, a[1] * b[1] * unit, b[2] * a[2] * unit, s22]
        };
        let references = References::joined(self.points(), (self.references(), 0), (next.references(), 1))?;
        self.combined(&next, references, "joint of the two networks", join)
    }

    /// What stands behind a fixture: the two-port `X` of which this is `fixture · X`.
    ///
    /// ```text
    /// X11 = (M11 − F11) / (F12 F21 + F22 (M11 − F11)),  X21 = M21 (1 − F22 X11) / F21,
    /// X12 = M12 (1 − F22 X11) / F12,  X22 = M22 − X21 F22 X12 / (1 − F22 X11)
    /// ```
    /// [`NPort::cascade`], solved for its second factor.
    ///
    /// # Errors
    /// As [`NPort::cascade`]; [`Error::Singular`] for a fixture that does not transmit both ways.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::network::{Network, Part, PartKind};
    /// use linkbudget::ndarray::array;
    ///
    /// let f = array![57e9, 60e9];
    /// let part = |kind, value| Network::new(vec![Part::new(kind, value)])?.n_port(&f, 50.0, 50.0);
    /// let (fixture, device) = (part(PartKind::ShuntC, 30e-15)?, part(PartKind::SeriesL, 0.1e-9)?);
    /// let found = fixture.cascade(&device)?.without_first(&fixture)?;
    /// assert!((found.s()[[1, 1, 0]] - device.s()[[1, 1, 0]]).norm() < 1e-15);
    /// # Ok::<(), linkbudget::Error>(())
    /// ```
    pub fn without_first(&self, fixture: &Self) -> Result<Self> {
        self.check_pair(fixture)?;
        let measured = self.same_reference(fixture, 0)?;
        let solve = |m: [C64; 4], f: [C64; 4]| {
            let seen = m[0] - f[0];
            let x11 = seen / (f[1] * f[2] + f[3] * seen);
            let left = 1.0 - f[3] * x11;
            let (x12, x21) = (m[1] * left / f[1], m[2] * left / f[2]);
            [x11, x12, x21, m[3] - x21 * f[3] * x12 / left]
        };
        let inner = fixture.facing(1)?;
        let references = References::joined(self.points(), (&inner, 0), (measured.references(), 1))?;
        measured.combined(fixture, references, "transmission of the fixture", solve)
    }

    /// What stands before a fixture: the two-port `X` of which this is `X · fixture`.
    ///
    /// # Errors
    /// As [`NPort::without_first`].
    pub fn without_last(&self, fixture: &Self) -> Result<Self> {
        self.turned()?.without_first(&fixture.turned()?)?.turned()
    }

    /// The same two-port with its ports exchanged.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless it is a two-port.
    pub fn turned(&self) -> Result<Self> {
        self.check_two()?;
        let mut s = self.s().clone();
        s.invert_axis(mmw_core::ndarray::Axis(1));
        s.invert_axis(mmw_core::ndarray::Axis(2));
        let mut ohm = self.references().ohm().clone();
        ohm.invert_axis(mmw_core::ndarray::Axis(1));
        // An owned copy in the usual order of memory.
        let s = Array3::from_shape_fn(s.dim(), |index| s[index]);
        let ohm = Array2::from_shape_fn(ohm.dim(), |index| ohm[index]);
        Self::new(self.frequencies_hz().to_vec(), s, References::varying(ohm)?, self.waves())
    }

    fn check_two(&self) -> Result<()> {
        match self.ports() {
            2 => Ok(()),
            ports => Err(Error::invalid(
                "ports",
                format!("two-ports are connected, not networks of {ports} ports"),
            )),
        }
    }

    fn check_pair(&self, other: &Self) -> Result<()> {
        self.check_two()?;
        other.check_two()?;
        if self.waves() != other.waves() {
            let same = self.references().resistances_ohm().is_some()
                && other.references().resistances_ohm().is_some();
            if !same {
                let reason = format!("{} and {}: renormalise to one kind first", self.waves(), other.waves());
                return Err(Error::invalid("waves", reason));
            }
        }
        if self.frequencies_hz() == other.frequencies_hz() {
            return Ok(());
        }
        let range = |network: &Self| {
            let (low, high) = network
                .frequencies_hz()
                .iter()
                .fold((f64::INFINITY, 0.0_f64), |(low, high), &f| (low.min(f), high.max(f)));
            format!("{} points from {low:e} to {high:e} Hz", network.points())
        };
        let reason =
            format!("differ ({}, and {}): interpolate one to those of the other", range(self), range(other));
        Err(Error::invalid("frequencies_hz", reason))
    }

    /// The impedance that a wave out of a port is a wave into: the same, or for power waves the conjugate.
    fn facing(&self, port: usize) -> Result<References> {
        let conjugate = self.waves() == Waves::Power;
        let turn = |z: C64| if conjugate { z.conj() } else { z };
        let ohm = self.references().ohm();
        References::varying(Array2::from_shape_fn((ohm.nrows(), 1), |(row, _)| turn(ohm[[row, port]])))
    }

    /// The same network with `port` seen from what faces `other`'s port `theirs`.
    fn matched_to(&self, other: &Self, theirs: usize, port: usize) -> Result<Self> {
        let facing = other.facing(theirs)?;
        self.with_port(&facing, port, other.waves())
    }

    fn same_reference(&self, other: &Self, port: usize) -> Result<Self> {
        let ohm = other.references().ohm().select(mmw_core::ndarray::Axis(1), &[port]);
        self.with_port(&References::varying(ohm)?, port, self.waves())
    }

    fn with_port(&self, one: &References, port: usize, waves: Waves) -> Result<Self> {
        let pick = |own: usize| if own == port { (one, 0) } else { (self.references(), own) };
        self.renormalise_to(&References::joined(self.points(), pick(0), pick(1))?, waves)
    }

    fn combined(
        &self,
        other: &Self,
        references: References,
        name: &'static str,
        rule: impl Fn([C64; 4], [C64; 4]) -> [C64; 4],
    ) -> Result<Self> {
        let mut s = Array3::zeros(self.s().dim());
        let pairs = self.s().outer_iter().zip(other.s().outer_iter());
        for ((mut matrix, (a, b)), frequency_hz) in s.outer_iter_mut().zip(pairs).zip(self.frequencies_hz()) {
            let four = |m: &mmw_core::ndarray::ArrayRef2<C64>| [m[[0, 0]], m[[0, 1]], m[[1, 0]], m[[1, 1]]];
            let entries = rule(four(&a), four(&b));
            if entries.iter().any(|z| !(z.re.is_finite() && z.im.is_finite())) {
                return Err(Error::Singular { name: format!("{name} at {frequency_hz:e} Hz").into() });
            }
            matrix.iter_mut().zip(entries).for_each(|(slot, entry)| *slot = entry);
        }
        Self::new(self.frequencies_hz().to_vec(), s, references, self.waves())
    }
}
