//! What a graph is made of: poses in the plane and in space, and how far an edge is off.

use crate::Pose;
use crate::matrix::{Matrix, applied, product, transposed};
use crate::pose::{cross_matrix, rotation_vector, turned, vector_change};
use mmw_core::math::wrapped_angle;
use mmw_core::{Result, check};

/// A pose in the plane: a place and the direction in which something looks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct PlanePose {
    /// To the right, m.
    pub x_m: f64,
    /// Ahead, m.
    pub y_m: f64,
    /// From x counter-clockwise, rad, from −π to π.
    pub heading_rad: f64,
}

mmw_core::checked_serde!(PlanePose, |pose| PlanePose::new(pose.x_m, pose.y_m, pose.heading_rad).map(|_| ()));

impl PlanePose {
    /// A place, m, and a heading, rad, of which whole turns are taken off.
    ///
    /// # Errors
    /// A coordinate or an angle beyond 1e9.
    pub fn new(x_m: f64, y_m: f64, heading_rad: f64) -> Result<Self> {
        check::in_range("x_m", x_m, -1e9, 1e9)?;
        check::in_range("y_m", y_m, -1e9, 1e9)?;
        check::in_range("heading_rad", heading_rad, -1e9, 1e9)?;
        Ok(Self { x_m, y_m, heading_rad: wrapped_angle(heading_rad) })
    }

    /// `v` in the axes of this pose.
    fn inward(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (sin, cos) = self.heading_rad.sin_cos();
        [cos * x + sin * y, cos * y - sin * x]
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::PlanePose {}
    impl Sealed for crate::Pose {}
}

/// A pose with `N` degrees of freedom that edges tie to others: [`PlanePose`] with 3, [`Pose`] with 6.
pub trait GraphPose<const N: usize>: Copy + sealed::Sealed {
    /// The pose `to` as `from` sees it.
    #[must_use]
    fn between(from: &Self, to: &Self) -> Self;

    /// How far two poses are from what was measured between them, in the axes of the pose that was measured.
    #[must_use]
    fn error(from: &Self, to: &Self, measured: &Self) -> [f64; N];

    /// [`GraphPose::error`] with its derivatives by steps of `from` and `to`.
    #[doc(hidden)]
    fn linear(from: &Self, to: &Self, measured: &Self) -> ([f64; N], [[f64; N]; N], [[f64; N]; N]);

    /// The pose after a step.
    #[doc(hidden)]
    #[must_use]
    fn stepped(&self, step: &[f64; N]) -> Self;

    /// Whether the constructor would take it.
    #[doc(hidden)]
    fn check(&self) -> Result<()>;
}

impl GraphPose<3> for PlanePose {
    fn between(from: &Self, to: &Self) -> Self {
        let [x_m, y_m] = from.inward([to.x_m - from.x_m, to.y_m - from.y_m]);
        Self { x_m, y_m, heading_rad: wrapped_angle(to.heading_rad - from.heading_rad) }
    }

    fn error(from: &Self, to: &Self, measured: &Self) -> [f64; 3] {
        let seen = Self::between(from, to);
        let [x, y] = measured.inward([seen.x_m - measured.x_m, seen.y_m - measured.y_m]);
        [x, y, wrapped_angle(seen.heading_rad - measured.heading_rad)]
    }

    fn linear(from: &Self, to: &Self, measured: &Self) -> ([f64; 3], [[f64; 3]; 3], [[f64; 3]; 3]) {
        let error = Self::error(from, to, measured);
        let both = wrapped_angle(from.heading_rad + measured.heading_rad);
        let (sin, cos) = both.sin_cos();
        // By the heading of `from`: what it sees turns the other way.
        let (dx, dy) = (to.x_m - from.x_m, to.y_m - from.y_m);
        let by_heading = [cos * dy - sin * dx, -cos * dx - sin * dy];
        let by_from = [[-cos, -sin, by_heading[0]], [sin, -cos, by_heading[1]], [0.0, 0.0, -1.0]];
        let by_to = [[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]];
        (error, by_from, by_to)
    }

    fn stepped(&self, [x, y, turn]: &[f64; 3]) -> Self {
        Self { x_m: self.x_m + x, y_m: self.y_m + y, heading_rad: wrapped_angle(self.heading_rad + turn) }
    }

    fn check(&self) -> Result<()> {
        Self::new(self.x_m, self.y_m, self.heading_rad).map(|_| ())
    }
}

impl GraphPose<6> for Pose {
    fn between(from: &Self, to: &Self) -> Self {
        from.inverse().after(to)
    }

    fn error(from: &Self, to: &Self, measured: &Self) -> [f64; 6] {
        let off = measured.inverse().after(&Self::between(from, to));
        let ([x, y, z], [a, b, c]) = (off.translation_m, rotation_vector(&off.rotation));
        [x, y, z, a, b, c]
    }

    fn linear(from: &Self, to: &Self, measured: &Self) -> ([f64; 6], [[f64; 6]; 6], [[f64; 6]; 6]) {
        let seen = Self::between(from, to);
        let back = transposed(&measured.rotation);
        let off = product(&back, &seen.rotation);
        let vector = rotation_vector(&off);
        let moved: [f64; 3] = std::array::from_fn(|i| seen.translation_m[i] - measured.translation_m[i]);
        let [x, y, z] = applied(&back, &moved);
        let change = vector_change(vector);
        let turned_from = product(&change, &transposed(&seen.rotation));
        let swing = product(&back, &cross_matrix(seen.translation_m));
        let by_from =
            blocks(&back.map(|row| row.map(|v| -v)), &swing, &turned_from.map(|row| row.map(|v| -v)));
        let by_to = blocks(&off, &[[0.0; 3]; 3], &change);
        ([x, y, z, vector[0], vector[1], vector[2]], by_from, by_to)
    }

    fn stepped(&self, step: &[f64; 6]) -> Self {
        let [x, y, z, a, b, c] = *step;
        let moved = applied(&self.rotation, &[x, y, z]);
        Self {
            rotation: orthogonal(&product(&self.rotation, &turned([a, b, c]))),
            translation_m: std::array::from_fn(|i| self.translation_m[i] + moved[i]),
        }
    }

    fn check(&self) -> Result<()> {
        Self::new(self.rotation, self.translation_m).map(|_| ())
    }
}

/// Two blocks above, and one below on the right.
fn blocks(left: &Matrix<3, 3>, right: &Matrix<3, 3>, below: &Matrix<3, 3>) -> Matrix<6, 6> {
    let zero = [0.0; 3];
    std::array::from_fn(|i| {
        let (left, right) = if i < 3 { (&left[i], &right[i]) } else { (&zero, &below[i - 3]) };
        std::array::from_fn(|k| if k < 3 { left[k] } else { right[k - 3] })
    })
}

/// A rotation freed from what rounding leaves, by a step of Newton: `R (3 - Rᵀ R)/2`.
fn orthogonal(r: &Matrix<3, 3>) -> Matrix<3, 3> {
    let square = product(&transposed(r), r);
    let by = std::array::from_fn(|i| {
        std::array::from_fn(|k| 0.5 * (f64::from(u8::from(i == k)) * 3.0 - square[i][k]))
    });
    product(r, &by)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Derivatives by differences of 1e-6 are good to some 1e-9.
    fn check_derivatives<P: GraphPose<N>, const N: usize>(from: &P, to: &P, measured: &P) {
        let (error, by_from, by_to) = P::linear(from, to, measured);
        assert!(P::error(from, to, measured).iter().zip(&error).all(|(a, b)| (a - b).abs() < 1e-14));
        for k in 0..N {
            let step = |size: f64| std::array::from_fn(|i| if i == k { size } else { 0.0 });
            let slope = |ends: [[f64; N]; 2]| -> [f64; N] {
                std::array::from_fn(|i| (ends[1][i] - ends[0][i]) / 2e-6)
            };
            let ends = [-1e-6, 1e-6];
            let a = slope(ends.map(|size| P::error(&from.stepped(&step(size)), to, measured)));
            let b = slope(ends.map(|size| P::error(from, &to.stepped(&step(size)), measured)));
            for i in 0..N {
                assert!((a[i] - by_from[i][k]).abs() < 2e-9, "from {i} {k}");
                assert!((b[i] - by_to[i][k]).abs() < 2e-9, "to {i} {k}");
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_differences() {
        let plane = |x, y, a| PlanePose::new(x, y, a).unwrap();
        check_derivatives(&plane(1.0, -2.0, 0.7), &plane(2.5, 0.3, -2.9), &plane(1.0, 1.0, 2.8));
        let space = |w, t| Pose::exp(w, t).unwrap();
        let (from, to) =
            (space([0.3, -0.8, 1.1], [1.0, 2.0, -0.5]), space([-1.0, 0.4, 0.2], [0.2, -1.0, 3.0]));
        check_derivatives(&from, &to, &space([0.1, 0.7, -1.4], [0.4, 0.1, 0.9]));
        check_derivatives(&from, &to, &Pose::between(&from, &to));
    }
}
