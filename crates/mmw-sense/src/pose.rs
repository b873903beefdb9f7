//! Rotations and rigid motions in space.

use crate::matrix::{Matrix, applied, identity, product, sum, transposed};
use mmw_core::{Error, Result, check};

/// A rotation and a translation: what maps the points of one frame into another.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Pose {
    /// The rotation, row by row.
    pub rotation: [[f64; 3]; 3],
    /// The translation, m.
    pub translation_m: [f64; 3],
}

mmw_core::checked_serde!(Pose, |pose| Pose::new(pose.rotation, pose.translation_m).map(|_| ()));

/// How far a rotation may be from orthogonal: what a file with nine digits leaves.
const ORTHOGONAL: f64 = 1e-8;

impl Pose {
    /// A rotation and a translation, m.
    ///
    /// # Errors
    /// A matrix that is not a rotation, a translation beyond 1e9.
    pub fn new(rotation: [[f64; 3]; 3], translation_m: [f64; 3]) -> Result<Self> {
        translation_m
            .into_iter()
            .try_for_each(|x| check::in_range("translation_m", x, -1e9, 1e9).map(|_| ()))?;
        let square = product(&rotation, &transposed(&rotation));
        let off = (0..9).map(|k| (square[k / 3][k % 3] - f64::from(u8::from(k / 3 == k % 3))).abs());
        let [a, b, c] = rotation;
        let det = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
            + a[2] * (b[0] * c[1] - b[1] * c[0]);
        // Comparisons that NaN does not pass.
        if !off.fold(0.0_f64, |most, x| if x <= most { most } else { x }).lt(&ORTHOGONAL) || !det.gt(&0.0) {
            return Err(Error::invalid("rotation", "is not a rotation: its transpose is not its inverse"));
        }
        Ok(Self { rotation, translation_m })
    }

    /// No motion at all.
    #[must_use]
    pub fn identity() -> Self {
        Self { rotation: identity(), translation_m: [0.0; 3] }
    }

    /// The rigid motion of a twist: the exponential of a rotation vector, rad, and a velocity, m,
    ///
    /// ```text
    /// R = 1 + sin(θ)/θ W + (1 - cos θ)/θ² W²      t = (1 + (1 - cos θ)/θ² W + (θ - sin θ)/θ³ W²) ρ
    /// ```
    ///
    /// with the cross-product matrix `W` of the rotation vector and its length `θ`; by series where `θ` is
    /// small.
    ///
    /// # Errors
    /// A rotation vector beyond 1e6, a translation beyond 1e8.
    ///
    /// # Examples
    /// ```
    /// use mmw_sense::pose::Pose;
    ///
    /// // A quarter of a turn about z, along a quarter of a circle.
    /// let quarter = std::f64::consts::FRAC_PI_2;
    /// let pose = Pose::exp([0.0, 0.0, quarter], [quarter, 0.0, 0.0])?;
    /// assert!((pose.translation_m[0] - 1.0).abs() < 1e-15 && (pose.translation_m[1] - 1.0).abs() < 1e-15);
    /// # Ok::<(), mmw_sense::Error>(())
    /// ```
    pub fn exp(rotation_rad: [f64; 3], translation_m: [f64; 3]) -> Result<Self> {
        rotation_rad
            .into_iter()
            .try_for_each(|x| check::in_range("rotation_rad", x, -1e6, 1e6).map(|_| ()))?;
        translation_m
            .into_iter()
            .try_for_each(|x| check::in_range("translation_m", x, -1e8, 1e8).map(|_| ()))?;
        let rotation = turned(rotation_rad);
        let w = cross_matrix(rotation_rad);
        let [_, b, c] = coefficients(rotation_rad);
        let v = polynomial(&w, b, c);
        Ok(Self { rotation, translation_m: applied(&v, &translation_m) })
    }

    /// The twist whose [`Pose::exp`] this is: a rotation vector of at most half a turn, rad, and a
    /// velocity, m.
    ///
    /// # Examples
    /// ```
    /// use mmw_sense::pose::Pose;
    ///
    /// let (rotation_rad, translation_m) = Pose::exp([0.3, -0.2, 1.0], [1.0, 2.0, 3.0])?.log();
    /// assert!((rotation_rad[1] + 0.2).abs() < 1e-15 && (translation_m[2] - 3.0).abs() < 1e-14);
    /// # Ok::<(), mmw_sense::Error>(())
    /// ```
    #[must_use]
    pub fn log(&self) -> ([f64; 3], [f64; 3]) {
        let rotation_rad = rotation_vector(&self.rotation);
        let inverse = polynomial(&cross_matrix(rotation_rad), -0.5, inverse_coefficient(rotation_rad));
        (rotation_rad, applied(&inverse, &self.translation_m))
    }

    /// This motion after another.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        Self {
            rotation: product(&self.rotation, &first.rotation),
            translation_m: self.of(first.translation_m),
        }
    }

    /// The way back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let rotation = transposed(&self.rotation);
        let translation_m = applied(&rotation, &self.translation_m).map(|x| -x);
        Self { rotation, translation_m }
    }

    /// Where a point goes.
    #[must_use]
    pub fn of(&self, point_m: [f64; 3]) -> [f64; 3] {
        let turned = applied(&self.rotation, &point_m);
        std::array::from_fn(|i| turned[i] + self.translation_m[i])
    }

    /// The rotation as a quaternion `[x, y, z, w]` with `w` not below 0.
    #[must_use]
    pub fn quaternion_xyzw(&self) -> [f64; 4] {
        quaternion(&self.rotation)
    }
}

impl Default for Pose {
    fn default() -> Self {
        Self::identity()
    }
}

/// The rotation of a quaternion `[x, y, z, w]`, which may have any length but none.
///
/// # Errors
/// A length that is not from 1e-100 to 1e100.
pub fn rotation_of([x, y, z, w]: [f64; 4]) -> Result<[[f64; 3]; 3]> {
    let length = (x.hypot(y)).hypot(z.hypot(w));
    check::in_range("length of the quaternion", length, 1e-100, 1e100)?;
    let [x, y, z, w] = [x, y, z, w].map(|q| q / length);
    Ok([
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
        [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
        [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
    ])
}

/// By the greatest of the four squares, so that no digits are lost.
fn quaternion(r: &Matrix<3, 3>) -> [f64; 4] {
    let trace = r[0][0] + r[1][1] + r[2][2];
    let squares = [2.0 * r[0][0] - trace, 2.0 * r[1][1] - trace, 2.0 * r[2][2] - trace, trace];
    let most = (0..4).max_by(|&a, &b| squares[a].total_cmp(&squares[b])).unwrap_or(3);
    let q = if most == 3 {
        [r[2][1] - r[1][2], r[0][2] - r[2][0], r[1][0] - r[0][1], 1.0 + trace]
    } else {
        let (i, j, k) = (most, (most + 1) % 3, (most + 2) % 3);
        let mut q = [0.0; 4];
        q[i] = 1.0 + squares[i];
        q[j] = r[j][i] + r[i][j];
        q[k] = r[k][i] + r[i][k];
        q[3] = r[k][j] - r[j][k];
        q
    };
    let length = q.iter().map(|x| x * x).sum::<f64>().sqrt();
    let sign = if q[3] < 0.0 { -length } else { length };
    q.map(|x| x / sign)
}

/// The rotation about a vector by its length.
pub(crate) fn turned(rotation_rad: [f64; 3]) -> Matrix<3, 3> {
    let [a, b, _] = coefficients(rotation_rad);
    polynomial(&cross_matrix(rotation_rad), a, b)
}

/// The vector that [`turned`] makes a rotation of.
pub(crate) fn rotation_vector(rotation: &Matrix<3, 3>) -> [f64; 3] {
    let [x, y, z, w] = quaternion(rotation);
    let sin = (x * x + y * y + z * z).sqrt();
    // Half the angle over its sine: 1 where there is none.
    let by = if sin > 0.0 { 2.0 * sin.atan2(w) / sin } else { 2.0 };
    [by * x, by * y, by * z]
}

/// `(1 - θ/2 cot(θ/2))/θ²`, the coefficient of `W²` where steps of a rotation are turned into those of its
/// vector.
fn inverse_coefficient([x, y, z]: [f64; 3]) -> f64 {
    let square = x * x + y * y + z * z;
    if square < 0.01 {
        // The next term is 5e-20 here.
        return 1.0 / 12.0
            + square
                * (1.0 / 720.0
                    + square * (1.0 / 30_240.0 + square * (1.0 / 1_209_600.0 + square / 47_900_160.0)));
    }
    let half = 0.5 * square.sqrt();
    (1.0 - half / half.tan()) / square
}

/// What a small turn on the right of a rotation does to its vector: `1 + W/2 + (…) W²`.
pub(crate) fn vector_change(rotation_rad: [f64; 3]) -> Matrix<3, 3> {
    polynomial(&cross_matrix(rotation_rad), 0.5, inverse_coefficient(rotation_rad))
}

/// `sin(θ)/θ`, `(1 - cos θ)/θ²` and `(θ - sin θ)/θ³`, which lose digits as they stand for small angles.
fn coefficients([x, y, z]: [f64; 3]) -> [f64; 3] {
    let square = x * x + y * y + z * z;
    let theta = square.sqrt();
    let half = (0.5 * theta).sin();
    // Six terms leave 1e-17 at half a radian.
    let series = |first: f64| {
        let (mut term, mut all) = (1.0 / (first * (first - 1.0)), 0.0);
        for k in 0..8 {
            all += term;
            let n = first + 2.0 * f64::from(k);
            term *= -square / ((n + 1.0) * (n + 2.0));
        }
        all
    };
    if theta < 0.5 {
        return [1.0 - square * series(3.0), series(2.0), series(3.0)];
    }
    [theta.sin() / theta, 2.0 * half * half / square, (theta - theta.sin()) / (theta * square)]
}

/// `1 + a W + b W²`.
fn polynomial(w: &Matrix<3, 3>, a: f64, b: f64) -> Matrix<3, 3> {
    let first = crate::matrix::scaled(w, a);
    let second = crate::matrix::scaled(&product(w, w), b);
    sum(&identity(), &sum(&first, &second))
}

/// The matrix that multiplies crosswise from the left.
pub(crate) fn cross_matrix([x, y, z]: [f64; 3]) -> Matrix<3, 3> {
    [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]]
}
