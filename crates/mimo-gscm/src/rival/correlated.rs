//! Correlated Rayleigh channels: separable and joint.

use super::IidRayleigh;
use super::size::check_size;
use crate::statistics::{receive_correlation, transmit_correlation};
use mmw_core::linalg::hermitian_eigen;
use mmw_core::ndarray::{Array2, ArrayRef2, ArrayRef3};
use mmw_core::rand::Rng;
use mmw_core::rand::distr::Distribution;
use mmw_core::{C64, Error, Result, check};

/// Eigenvalues may be this far below zero, relative to the greatest: rounding.
const NEGATIVE: f64 = -1e-9;

/// Correlation at both ends, independent of each other.
///
/// ```text
/// H = R_R^{1/2} G (R_T^{1/2})ᵀ
/// ```
/// Equation (2) of [^kermoal]; `E H Hᴴ = R_R tr R_T`, so matrices with a diagonal of 1 give
/// entries of power 1.
///
/// # Examples
/// ```
/// use mimo_gscm::rival::{Distribution, Kronecker};
/// use mmw_core::{C64, ndarray::{Array2, array}, random::Streams};
/// let one = C64::new(1.0, 0.0);
/// let full = Array2::from_elem((2, 2), one); // antennas that see the same
/// let h = Kronecker::new(&full, &Array2::eye(3))?.sample(&mut Streams::new(1).stream(0));
/// assert!((h[[0, 2]] - h[[1, 2]]).norm() < 1e-12);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^kermoal]: J. P. Kermoal, L. Schumacher, K. I. Pedersen, P. E. Mogensen, F. Frederiksen, "A stochastic
///     MIMO radio channel model with experimental validation", IEEE Journal on Selected Areas in
///     Communications 20 (2002).
#[derive(Debug, Clone, PartialEq)]
pub struct Kronecker {
    receive_root: Array2<C64>,
    transmit_root: Array2<C64>,
    source: IidRayleigh,
}

impl Kronecker {
    /// From correlation matrices of the receive and of the transmit antennas.
    ///
    /// # Errors
    /// [`Error::Shape`] unless they are square; [`Error::Invalid`] unless they are Hermitian and positive
    /// semidefinite; [`Error::NotFinite`].
    pub fn new(receive: &ArrayRef2<C64>, transmit: &ArrayRef2<C64>) -> Result<Self> {
        let source = IidRayleigh::new(receive.nrows(), transmit.nrows())?;
        Ok(Self { receive_root: root(receive)?, transmit_root: root(transmit)?.reversed_axes(), source })
    }

    /// With the correlations of a sample `[draw, rx, tx]`.
    ///
    /// # Errors
    /// As [`receive_correlation`] and [`Kronecker::new`].
    pub fn from_sample(h: &ArrayRef3<C64>) -> Result<Self> {
        let power = mean_power(h)?;
        let receive = receive_correlation(h)?.mapv(|z| z * power);
        Self::new(&receive, &transmit_correlation(h)?)
    }
}

impl Distribution<Array2<C64>> for Kronecker {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Array2<C64> {
        self.receive_root.dot(&self.source.sample(rng)).dot(&self.transmit_root)
    }
}

fn mean_power(h: &ArrayRef3<C64>) -> Result<f64> {
    check::at_least("h", h.len(), 1)?;
    check::positive("mean power of h", h.iter().map(|z| z.norm_sqr()).sum::<f64>() / h.len() as f64)
}

/// Eigenvectors in columns, and eigenvalues that are not negative.
fn positive_eigen(matrix: &ArrayRef2<C64>) -> Result<(Array2<C64>, Vec<f64>)> {
    check::same_shape("correlation", &[matrix.nrows(), matrix.nrows()], matrix.shape())?;
    check_size(matrix.nrows(), matrix.ncols())?;
    let eigen = hermitian_eigen(matrix)?;
    let greatest = eigen.values.iter().copied().fold(0.0, f64::max);
    if let Some(value) = eigen.values.iter().find(|&&value| value < NEGATIVE * greatest) {
        return Err(Error::invalid(
            "correlation",
            format!("an eigenvalue is {value}: not positive semidefinite"),
        ));
    }
    // What rounding leaves of a zero would show as its root, 1e-8.
    let clean = |&value: &f64| if value > 1e-14 * greatest { value } else { 0.0 };
    Ok((eigen.vectors, eigen.values.iter().map(clean).collect()))
}

/// The Hermitian square root.
fn root(matrix: &ArrayRef2<C64>) -> Result<Array2<C64>> {
    let (vectors, values) = positive_eigen(matrix)?;
    let mut scaled = vectors.clone();
    for (mut column, value) in scaled.columns_mut().into_iter().zip(&values) {
        column.mapv_inplace(|z| z * value.sqrt());
    }
    Ok(scaled.dot(&vectors.t().mapv(|z| z.conj())))
}

/// Joint correlation of both ends.
///
/// ```text
/// H = U_R (Ω̃ ⊙ G) U_Tᵀ,   Ω̃² = power that couples each receive eigenmode to each transmit eigenmode
/// ```
/// Equation (19) of [^weichselberger].
///
/// # Examples
/// ```
/// use mimo_gscm::rival::{Distribution, Weichselberger};
/// use mmw_core::{ndarray::{Array2, array}, random::Streams};
/// // Two modes, each coupled to one only: the channel is diagonal.
/// let coupling = array![[1.0, 0.0], [0.0, 1.0]];
/// let model = Weichselberger::new(&Array2::eye(2), &Array2::eye(2), &coupling)?;
/// let h = model.sample(&mut Streams::new(1).stream(0));
/// assert!(h[[0, 1]].norm() == 0.0 && h[[0, 0]].norm() > 0.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^weichselberger]: W. Weichselberger, M. Herdin, H. Özcelik, E. Bonek, "A stochastic MIMO channel model
///     with joint correlation of both link ends", IEEE Transactions on Wireless Communications 5 (2006).
#[derive(Debug, Clone, PartialEq)]
pub struct Weichselberger {
    receive_basis: Array2<C64>,
    transmit_basis: Array2<C64>,
    amplitudes: Array2<f64>,
    source: IidRayleigh,
}

impl Weichselberger {
    /// From eigenbases (vectors in columns) and the coupling powers, `[receive mode, transmit mode]`.
    ///
    /// # Errors
    /// [`Error::Shape`] when they do not fit, [`Error::NotFinite`], [`Error::Domain`] for a negative power.
    pub fn new(
        receive_basis: &ArrayRef2<C64>,
        transmit_basis: &ArrayRef2<C64>,
        coupling: &ArrayRef2<f64>,
    ) -> Result<Self> {
        let (receive, transmit) = (receive_basis.nrows(), transmit_basis.nrows());
        let source = IidRayleigh::new(receive, transmit)?;
        check::same_shape("receive basis", &[receive, receive], receive_basis.shape())?;
        check::same_shape("transmit basis", &[transmit, transmit], transmit_basis.shape())?;
        check::same_shape("coupling", &[receive, transmit], coupling.shape())?;
        check::all_finite_complex("receive basis", receive_basis)?;
        check::all_finite_complex("transmit basis", transmit_basis)?;
        for &power in coupling {
            check::non_negative("coupling power", power)?;
        }
        Ok(Self {
            receive_basis: receive_basis.to_owned(),
            transmit_basis: transmit_basis.t().to_owned(),
            amplitudes: coupling.mapv(f64::sqrt),
            source,
        })
    }

    /// With the eigenbases and couplings of a sample `[draw, rx, tx]`.
    ///
    /// ```text
    /// Ω = E[(U_Rᴴ H U_T*) ⊙ (U_Rᴴ H U_T*)*]
    /// ```
    /// The coupling matrix of [^weichselberger], with the mean over the sample for the expectation.
    ///
    /// # Errors
    /// As [`receive_correlation`].
    ///
    /// [^weichselberger]: W. Weichselberger, M. Herdin, H. Özcelik, E. Bonek, "A stochastic MIMO channel
    ///     model with joint correlation of both link ends", IEEE Transactions on Wireless Communications 5
    ///     (2006).
    pub fn from_sample(h: &ArrayRef3<C64>) -> Result<Self> {
        let (receive, _) = positive_eigen(&receive_correlation(h)?)?;
        let (transmit, _) = positive_eigen(&transmit_correlation(h)?)?;
        let (left, right) = (receive.t().mapv(|z| z.conj()), transmit.mapv(|z| z.conj()));
        let (draws, rows, columns) = h.dim();
        let mut coupling = Array2::zeros((rows, columns));
        for matrix in h.outer_iter() {
            coupling += &left.dot(&matrix).dot(&right).mapv(|z| z.norm_sqr() / draws as f64);
        }
        Self::new(&receive, &transmit, &coupling)
    }
}

impl Distribution<Array2<C64>> for Weichselberger {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Array2<C64> {
        let modes = self.source.sample(rng) * self.amplitudes.mapv(C64::from);
        self.receive_basis.dot(&modes).dot(&self.transmit_basis)
    }
}
