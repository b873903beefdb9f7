//! I.i.d. Rayleigh, Rice and keyhole channels.

use super::size::check_size;
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::rand::Rng;
use mmw_core::rand::distr::Distribution;
use mmw_core::random::standard_complex_normal;
use mmw_core::{C64, Result, check};

/// Independent complex normal entries with `E|h|² = 1`.
///
/// # Examples
/// ```
/// use mimo_gscm::rival::{Distribution, IidRayleigh};
/// use mmw_core::random::Streams;
/// let h = IidRayleigh::new(4, 2)?.sample(&mut Streams::new(1).stream(0));
/// assert_eq!(h.dim(), (4, 2));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IidRayleigh {
    receive: usize,
    transmit: usize,
}

impl IidRayleigh {
    /// Of this many antennas.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] for none, [`mmw_core::Error::Domain`] for more than 4096 at an end.
    pub fn new(receive: usize, transmit: usize) -> Result<Self> {
        check_size(receive, transmit)?;
        Ok(Self { receive, transmit })
    }
}

impl Distribution<Array2<C64>> for IidRayleigh {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Array2<C64> {
        Array2::from_shape_simple_fn((self.receive, self.transmit), || standard_complex_normal(rng))
    }
}

/// A constant matrix and independent fading.
///
/// ```text
/// H = √(K/(1 + K)) H₀ + √(1/(1 + K)) G
/// ```
/// Equation (2) of [^farrokhi], with `G` as [`IidRayleigh`].
///
/// # Examples
/// ```
/// use mimo_gscm::rival::{Distribution, Rice};
/// use mmw_core::{C64, ndarray::Array2, random::Streams};
/// let los = Array2::from_elem((2, 2), C64::new(1.0, 0.0));
/// let h = Rice::new(1e12, &los)?.sample(&mut Streams::new(1).stream(0));
/// assert!((h[[0, 1]] - 1.0).norm() < 1e-5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^farrokhi]: F. R. Farrokhi, G. J. Foschini, A. Lozano, R. A. Valenzuela, "Link-optimal space-time
///     processing with multiple transmit and receive antennas", IEEE Communications Letters 5 (2001).
#[derive(Debug, Clone, PartialEq)]
pub struct Rice {
    constant: Array2<C64>,
    fading: f64,
}

impl Rice {
    /// Rice factor `k` (linear) and constant part `H₀`, `[rx, tx]`, usually with entries of magnitude 1.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless `k` is finite and not below 0; [`mmw_core::Error::NotFinite`],
    /// [`mmw_core::Error::TooFew`] for the matrix.
    pub fn new(k: f64, constant: &ArrayRef2<C64>) -> Result<Self> {
        check::in_range("k", k, 0.0, 1e300)?;
        check_size(constant.nrows(), constant.ncols())?;
        check::all_finite_complex("constant", constant)?;
        let direct = (k / (1.0 + k)).sqrt();
        Ok(Self { constant: constant.mapv(|z| z * direct), fading: (1.0 / (1.0 + k)).sqrt() })
    }
}

impl Distribution<Array2<C64>> for Rice {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Array2<C64> {
        self.constant.mapv(|z| z + standard_complex_normal(rng) * self.fading)
    }
}

/// A keyhole: both ends scatter richly, one path joins them.
///
/// ```text
/// H = g_R g_Tᵀ
/// ```
/// Equation (3) of [^chizhik]: rank one, uncorrelated entries, double Rayleigh amplitudes. Its outage is
/// known exactly: [`crate::exact::keyhole_outage_probability`].
///
/// # Examples
/// ```
/// use mimo_gscm::rival::{Distribution, Keyhole};
/// use mmw_core::random::Streams;
/// let h = Keyhole::new(2, 2)?.sample(&mut Streams::new(1).stream(0));
/// assert!((h[[0, 0]] * h[[1, 1]] - h[[0, 1]] * h[[1, 0]]).norm() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^chizhik]: D. Chizhik, G. J. Foschini, R. A. Valenzuela, "Capacities of multi-element transmit and
///     receive antennas: correlations and keyholes", Electronics Letters 36 (2000).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyhole {
    receive: usize,
    transmit: usize,
}

impl Keyhole {
    /// Of this many antennas.
    ///
    /// # Errors
    /// As [`IidRayleigh::new`].
    pub fn new(receive: usize, transmit: usize) -> Result<Self> {
        check_size(receive, transmit)?;
        Ok(Self { receive, transmit })
    }
}

impl Distribution<Array2<C64>> for Keyhole {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Array2<C64> {
        let mut vector = |n: usize| -> Vec<C64> { (0..n).map(|_| standard_complex_normal(rng)).collect() };
        let (receive, transmit) = (vector(self.receive), vector(self.transmit));
        Array2::from_shape_fn((self.receive, self.transmit), |(r, t)| receive[r] * transmit[t])
    }
}
