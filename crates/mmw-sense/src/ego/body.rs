//! From the radar to the vehicle.

use crate::matrix::{Matrix, applied, sandwich, scaled, sum};
use crate::pose::{cross_matrix, rotation_of};
use mmw_core::{Result, check};

/// How a radar is mounted.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Mounting {
    /// From the axes of the radar to those of the vehicle, as a quaternion `[x, y, z, w]` of any length.
    pub quaternion_xyzw: [f64; 4],
    /// Where the radar is, in the axes of the vehicle, m.
    pub lever_m: [f64; 3],
}

mmw_core::checked_serde!(Mounting, |mounting| mounting.check().map(|_| ()));

impl Mounting {
    /// A rotation as a quaternion `[x, y, z, w]`, and the lever arm, m.
    ///
    /// # Errors
    /// A quaternion without length, a lever beyond 1e6 m.
    pub fn new(quaternion_xyzw: [f64; 4], lever_m: [f64; 3]) -> Result<Self> {
        let mounting = Self { quaternion_xyzw, lever_m };
        mounting.check().map(|_| mounting)
    }

    fn check(&self) -> Result<Matrix<3, 3>> {
        self.lever_m.into_iter().try_for_each(|x| check::in_range("lever_m", x, -1e6, 1e6).map(|_| ()))?;
        rotation_of(self.quaternion_xyzw)
    }
}

impl Default for Mounting {
    /// At the origin of the vehicle, along its axes.
    fn default() -> Self {
        Self { quaternion_xyzw: [0.0, 0.0, 0.0, 1.0], lever_m: [0.0; 3] }
    }
}

/// Velocity of a vehicle, in its own axes, from that of a radar on it and the turn rate:
///
/// ```text
/// v_b = R v_r - ω × l      P_b = R P_r Rᵀ + [l]ₓ W [l]ₓᵀ
/// ```
///
/// `rate_variance` (rad²/s²) is that of each component of the turn rate.
///
/// # Errors
/// A mounting as for [`Mounting::new`]; a number beyond 1e9; a variance that is not from 0 to 1e9.
///
/// # Examples
/// ```
/// use mmw_sense::ego::{Mounting, body_velocity};
///
/// // A radar one metre ahead of the axle is carried to the left when the vehicle turns left.
/// let mounting = Mounting::new([0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0])?;
/// let (velocity, _) = body_velocity(&mounting, [-0.5, 2.0, 0.0], &[[0.0; 3]; 3], [0.0, 0.0, 0.5], 1e-4)?;
/// assert_eq!(velocity, [0.0, 2.0, 0.0]);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn body_velocity(
    mounting: &Mounting,
    velocity_m_s: [f64; 3],
    covariance: &[[f64; 3]; 3],
    rate_rad_s: [f64; 3],
    rate_variance: f64,
) -> Result<([f64; 3], [[f64; 3]; 3])> {
    let rotation = mounting.check()?;
    let numbers = velocity_m_s.iter().chain(&rate_rad_s).chain(covariance.as_flattened());
    numbers.copied().try_for_each(|x| check::in_range("velocity or rate", x, -1e9, 1e9).map(|_| ()))?;
    check::in_range("rate_variance", rate_variance, 0.0, 1e9)?;
    let turned = applied(&rotation, &velocity_m_s);
    let carried = applied(&cross_matrix(rate_rad_s), &mounting.lever_m);
    let lever = cross_matrix(mounting.lever_m);
    let of_rate = scaled(&sandwich(&lever, &crate::matrix::identity()), rate_variance);
    let covariance = sum(&sandwich(&rotation, covariance), &of_rate);
    Ok((std::array::from_fn(|i| turned[i] - carried[i]), covariance))
}
