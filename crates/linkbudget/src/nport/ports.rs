//! Voltages and currents of the ports behind any kind of parameters.
//!
//! Whatever a matrix of parameters is, it says that voltages and currents of the ports are `V = U x` and `I =
//! J x` for any `x`: for impedances `x` is the currents, for S-parameters the incident waves. Each kind is
//! such a pair, and the way from one to another is one division. So no detour by a matrix that does not
//! exist: a through connection has neither `Z` nor `Y`.

use super::linear::divide_right;
use super::references::check_row;
use crate::network::Waves;
use mmw_core::ndarray::{Array2, ArrayRef1, ArrayRef2, Axis, s};
use mmw_core::{C64, Result, check};

/// Voltages and currents into the ports, as linear functions of the same unknowns.
#[derive(Debug, Clone)]
pub(super) struct Ports {
    voltage: Array2<C64>,
    current: Array2<C64>,
}

/// The waves of one port: `a = incident (V + z I)`, `b = incident (V − far I)`.
struct Wave {
    z: C64,
    far: C64,
    scale: C64,
}

impl Wave {
    fn new(z: C64, waves: Waves) -> Self {
        match waves {
            Waves::Power => Self { z, far: z.conj(), scale: C64::new(0.5 / z.re.sqrt(), 0.0) },
            Waves::Pseudo => Self { z, far: z, scale: C64::new(z.re.sqrt() / (2.0 * z.norm()), 0.0) },
            Waves::Travelling => Self { z, far: z, scale: 0.5 / z.sqrt() },
        }
    }
}

fn check_references(ohm: &ArrayRef1<C64>, waves: Waves) -> Result<()> {
    check_row(ohm, waves != Waves::Travelling)
}

impl Ports {
    /// Of S-parameters, `x` the incident waves.
    ///
    /// ```text
    /// (z + z̃) I = (a − b) / α,   (z + z̃) V = (z̃ a + z b) / α
    /// ```
    /// The definitions of the waves `a = α (V + z I)`, `b = α (V − z̃ I)`, solved: Kurokawa, IEEE Trans. MTT
    /// 13(2), 1965, for `z̃ = z*`; Marks and Williams, J. Res. NIST 97(5), 1992, for `z̃ = z`.
    pub(super) fn of_s(s: &ArrayRef2<C64>, ohm: &ArrayRef1<C64>, waves: Waves) -> Result<Self> {
        check_references(ohm, waves)?;
        let n = s.nrows();
        let (mut voltage, mut current) = (s.to_owned(), s.mapv(|b| -b));
        for i in 0..n {
            let wave = Wave::new(ohm[i], waves);
            voltage.row_mut(i).mapv_inplace(|b| b * wave.z);
            voltage[[i, i]] += wave.far;
            current[[i, i]] += 1.0;
            let scale = ((wave.z + wave.far) * wave.scale).inv();
            voltage.row_mut(i).mapv_inplace(|v| v * scale);
            current.row_mut(i).mapv_inplace(|c| c * scale);
        }
        Ok(Self { voltage, current })
    }

    /// The S-parameters.
    pub(super) fn s(&self, ohm: &ArrayRef1<C64>, waves: Waves) -> Result<Array2<C64>> {
        check_references(ohm, waves)?;
        let (mut a, mut b) = (self.voltage.clone(), self.voltage.clone());
        for (i, &z) in ohm.iter().enumerate() {
            let wave = Wave::new(z, waves);
            a.row_mut(i).scaled_add(wave.z, &self.current.row(i));
            b.row_mut(i).scaled_add(-wave.far, &self.current.row(i));
            a.row_mut(i).mapv_inplace(|v| v * wave.scale);
            b.row_mut(i).mapv_inplace(|v| v * wave.scale);
        }
        divide_right(&b, &a, "matrix of incident waves")
    }

    /// Of impedances, ohm.
    pub(super) fn of_z(z: &ArrayRef2<C64>) -> Self {
        Self { voltage: z.to_owned(), current: Array2::eye(z.nrows()) }
    }

    /// The impedances, ohm.
    pub(super) fn z(&self) -> Result<Array2<C64>> {
        divide_right(&self.voltage, &self.current, "matrix of currents (the network has no impedances)")
    }

    /// Of admittances, siemens.
    pub(super) fn of_y(y: &ArrayRef2<C64>) -> Self {
        Self { voltage: Array2::eye(y.nrows()), current: y.to_owned() }
    }

    /// The admittances, siemens.
    pub(super) fn y(&self) -> Result<Array2<C64>> {
        divide_right(&self.current, &self.voltage, "matrix of voltages (the network has no admittances)")
    }

    /// Of hybrid parameters, `(V1, I2)` by `(I1, V2)`; inverse hybrid ones, `(I1, V2)` by `(V1, I2)`, with
    /// `swapped`.
    pub(super) fn of_hybrid(h: &ArrayRef2<C64>, swapped: bool) -> Result<Self> {
        check::same_shape("hybrid parameters", &[2, 2], h.shape())?;
        let unit = |i: usize| Array2::eye(2).row(i).to_owned();
        let rows = |first, second| mmw_core::ndarray::stack![Axis(0), first, second];
        let (one, two) = (h.row(0).to_owned(), h.row(1).to_owned());
        Ok(if swapped {
            Self { voltage: rows(unit(0), two), current: rows(one, unit(1)) }
        } else {
            Self { voltage: rows(one, unit(1)), current: rows(unit(0), two) }
        })
    }

    /// The hybrid parameters, inverse ones with `swapped`.
    pub(super) fn hybrid(&self, swapped: bool) -> Result<Array2<C64>> {
        check::same_shape("a network with hybrid parameters", &[2, 2], self.voltage.shape())?;
        let rows = |first: &Array2<C64>, second: &Array2<C64>| {
            mmw_core::ndarray::stack![Axis(0), first.row(0), second.row(1)]
        };
        let (upper, lower) = (rows(&self.voltage, &self.current), rows(&self.current, &self.voltage));
        let (over, under) = if swapped { (lower, upper) } else { (upper, lower) };
        divide_right(&over, &under, "denominator of the hybrid parameters")
    }

    /// Of a chain matrix, `(V1, I1)` by `(V2, −I2)`, of halves of the ports.
    pub(super) fn of_chain(chain: &ArrayRef2<C64>) -> Self {
        let n = chain.nrows();
        let half = n / 2;
        let (mut voltage, mut current) = (Array2::zeros((n, n)), Array2::zeros((n, n)));
        voltage.slice_mut(s![..half, ..]).assign(&chain.slice(s![..half, ..]));
        current.slice_mut(s![..half, ..]).assign(&chain.slice(s![half.., ..]));
        for i in half..n {
            voltage[[i, i - half]] = C64::new(1.0, 0.0);
            current[[i, i]] = C64::new(-1.0, 0.0);
        }
        Self { voltage, current }
    }

    /// The chain matrix.
    pub(super) fn chain(&self) -> Result<Array2<C64>> {
        let half = self.voltage.nrows() / 2;
        let rows = |range: std::ops::Range<usize>, sign: f64| {
            let (u, j) = (self.voltage.slice(s![range.clone(), ..]), self.current.slice(s![range, ..]));
            mmw_core::ndarray::concatenate![Axis(0), u, j.mapv(|i| i * sign)]
        };
        let n = 2 * half;
        divide_right(&rows(0..half, 1.0), &rows(half..n, -1.0), "transfer from port 2 to port 1")
    }
}
