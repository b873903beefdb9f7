//! What was measured between two poses.

use super::poses::GraphPose;
#[cfg(feature = "serde")]
use crate::matrix::array;
use crate::matrix::{Cholesky, symmetric};
use mmw_core::{Error, Result, check};

/// How one pose sees another.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        into = "Form<P>",
        try_from = "Form<P>",
        bound(
            serialize = "P: GraphPose<N> + serde::Serialize",
            deserialize = "P: GraphPose<N> + serde::Deserialize<'de>"
        )
    )
)]
#[non_exhaustive]
pub struct Edge<P, const N: usize> {
    /// The pose that looks, by its place.
    pub from: usize,
    /// The pose that is seen.
    pub to: usize,
    /// What is seen: `to` in the axes of `from`.
    pub measured: P,
    /// The inverse of its covariance: place first, then rotation, m and rad.
    pub information: [[f64; N]; N],
    /// Whether it may be false, as a loop that was closed at the wrong place: its weight falls when it
    /// disagrees with the others.
    pub doubtful: bool,
}

impl<P: GraphPose<N>, const N: usize> Edge<P, N> {
    /// An edge that is surely true.
    ///
    /// # Errors
    /// An information that is not symmetric (to 1e-9) and positive definite, or beyond 1e30; a pose that is
    /// none; an edge from a pose to itself.
    pub fn new(from: usize, to: usize, measured: P, information: [[f64; N]; N]) -> Result<Self> {
        measured.check()?;
        if from == to {
            return Err(Error::invalid("edge", format!("ties pose {from} to itself")));
        }
        for i in 0..N {
            for k in 0..N {
                check::in_range("information", information[i][k], -1e30, 1e30)?;
                let size = (information[i][i] * information[k][k]).abs().sqrt();
                if (information[i][k] - information[k][i]).abs() > 1e-9 * size {
                    return Err(Error::invalid("information", "is not symmetric"));
                }
            }
        }
        let information = symmetric(&information);
        if Cholesky::new(&information).is_none() {
            return Err(Error::invalid("information", "is not positive definite"));
        }
        Ok(Self { from, to, measured, information, doubtful: false })
    }

    /// The same edge, marked as one that may be false.
    #[must_use]
    pub fn doubtful(self) -> Self {
        Self { doubtful: true, ..self }
    }
}

/// An [`Edge`] in a file, where lists have any length.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form<P> {
    from: usize,
    to: usize,
    measured: P,
    information: Vec<Vec<f64>>,
    #[serde(default)]
    doubtful: bool,
}

#[cfg(feature = "serde")]
impl<P, const N: usize> From<Edge<P, N>> for Form<P> {
    fn from(edge: Edge<P, N>) -> Self {
        let Edge { from, to, measured, information, doubtful } = edge;
        Self { from, to, measured, information: information.map(Vec::from).into(), doubtful }
    }
}

#[cfg(feature = "serde")]
impl<P: GraphPose<N>, const N: usize> TryFrom<Form<P>> for Edge<P, N> {
    type Error = Error;

    fn try_from(form: Form<P>) -> Result<Self> {
        let rows: [Vec<f64>; N] = array("information", form.information)?;
        let mut information = [[0.0; N]; N];
        for (row, numbers) in information.iter_mut().zip(rows) {
            *row = array("information", numbers)?;
        }
        let edge = Self::new(form.from, form.to, form.measured, information)?;
        Ok(Self { doubtful: form.doubtful, ..edge })
    }
}
