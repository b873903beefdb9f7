//! Eigenvalues and eigenvectors of Hermitian matrices.
//!
//! Householder reflections take the matrix to a real tridiagonal one, implicit QR steps
//! ([`tridiagonal`]) take that to its eigenvalues. Real and imaginary parts are kept in arrays of their
//! own, so that every inner loop runs over contiguous real numbers; and only the eigenvectors that are
//! asked for are carried back.

use super::tridiagonal::{self, NEGLIGIBLE};
use crate::math::power_of_two_below;
use crate::{C64, Error, Result, check};
use ndarray::{Array1, Array2, ArrayRef2};
use std::ops::Range;

/// How far `matrix` may be from Hermitian, relative to its greatest part.
///
/// Products summed in f64 are Hermitian to about `n * 1e-16`; what is off by more than this was not meant to
/// be Hermitian, or was computed in f32 and should be symmetrised by the caller, who knows.
const HERMITIAN_TOLERANCE: f64 = 1e-10;

/// Eigenvalues and eigenvectors, `A = V diag(λ) Vᴴ`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct HermitianEigen {
    /// Eigenvalues, ascending.
    pub values: Array1<f64>,
    /// Orthonormal eigenvectors in columns, in the order of the values: `[component, vector]`.
    pub vectors: Array2<C64>,
}

crate::checked_serde!(HermitianEigen, HermitianEigen::check);

impl HermitianEigen {
    fn check(&self) -> Result<()> {
        let n = check::at_least("values", self.values.len(), 1)?;
        check::same_shape("vectors", &[n, n], self.vectors.shape())?;
        check::all_finite("values", &self.values)?;
        check::all_finite_complex("vectors", &self.vectors)?;
        if !self.values.as_slice().is_some_and(<[f64]>::is_sorted) {
            return Err(Error::invalid("values", "must ascend"));
        }
        let gram = self.vectors.t().mapv(|v| v.conj()).dot(&self.vectors);
        let off = |((i, j), g): ((usize, usize), &C64)| (g - f64::from(u8::from(i == j))).norm();
        if gram.indexed_iter().map(off).all(|off| off <= 1e-9) {
            return Ok(());
        }
        Err(Error::invalid("vectors", "must be orthonormal"))
    }
}

/// All eigenvalues and eigenvectors of a Hermitian matrix.
///
/// ```text
/// A v_k = λ_k v_k,   λ_0 ≤ λ_1 ≤ …,   Vᴴ V = 1
/// ```
/// Householder tridiagonalisation and the implicit QR iteration with Wilkinson's shift, algorithms 8.3.1 to
/// 8.3.3 of [^golub]. Residual and orthogonality are within a small multiple of `n · 2.2e-16` of `‖A‖`. An
/// input that is Hermitian to 1e-10 of its greatest part is replaced by its Hermitian part.
///
/// # Errors
/// [`Error::TooFew`] for an empty matrix, [`Error::Shape`] unless it is square, [`Error::NotFinite`] for NaN
/// and infinities, [`Error::Invalid`] when it is not Hermitian, [`Error::Domain`] when an eigenvalue
/// overflows, [`Error::NoConvergence`] after 40 QR steps per eigenvalue (not seen on any matrix).
///
/// # Examples
/// ```
/// use mmw_core::{C64, linalg::hermitian_eigen};
/// use ndarray::array;
///
/// let i = C64::i();
/// let eigen = hermitian_eigen(&array![[C64::from(2.0), i], [-i, C64::from(2.0)]])?;
/// assert!((eigen.values[0] - 1.0).abs() < 1e-15 && (eigen.values[1] - 3.0).abs() < 1e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^golub]: G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th ed., 2013.
pub fn hermitian_eigen(matrix: &ArrayRef2<C64>) -> Result<HermitianEigen> {
    let n = matrix.nrows();
    let mut solver = HermitianSolver::new(n)?;
    solver.decompose(matrix)?;
    let mut vectors = Array2::zeros((n, n));
    solver.vectors_into(0..n, &mut vectors)?;
    Ok(HermitianEigen { values: solver.values().iter().copied().collect(), vectors })
}

/// The plan and the memory of [`hermitian_eigen`] for matrices of one size: nothing is allocated by its
/// methods, and eigenvectors cost only as much as are asked for.
///
/// # Examples
/// ```
/// use mmw_core::{C64, linalg::HermitianSolver};
/// use ndarray::{Array2, array};
///
/// let mut solver = HermitianSolver::new(2)?;
/// solver.decompose(&array![[C64::from(1.0), C64::from(0.0)], [C64::from(0.0), C64::from(5.0)]])?;
/// assert_eq!(solver.values(), [1.0, 5.0]);
/// let mut strongest = Array2::zeros((2, 1));
/// solver.vectors_into(1..2, &mut strongest)?;
/// assert_eq!(strongest[[1, 0]].norm(), 1.0);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HermitianSolver {
    n: usize,
    /// The matrix, row-major; row `k` right of the diagonal holds reflector `k` once that is made.
    re: Vec<f64>,
    im: Vec<f64>,
    /// `2 / |v|²` of each reflector; zero for none.
    taus: Vec<f64>,
    /// Diagonal unitary that turns the off-diagonal real.
    phases: Vec<C64>,
    diagonal: Vec<f64>,
    off_diagonal: Vec<f64>,
    /// Eigenvectors of the tridiagonal matrix in rows.
    rotations: Vec<f64>,
    order: Vec<usize>,
    values: Vec<f64>,
    w_re: Vec<f64>,
    w_im: Vec<f64>,
    back_re: Vec<f64>,
    back_im: Vec<f64>,
}

impl HermitianSolver {
    /// Memory for `n` by `n` matrices.
    ///
    /// # Errors
    /// [`Error::TooFew`] for `n = 0`, [`Error::Domain`] above 4,096.
    pub fn new(n: usize) -> Result<Self> {
        check::at_least("matrix", n, 1)?;
        check::in_range("rows of the matrix", n as f64, 1.0, 4_096.0)?;
        let (line, square) = (|| vec![0.0; n], || vec![0.0; n * n]);
        Ok(Self {
            n,
            re: square(),
            im: square(),
            taus: line(),
            phases: vec![C64::default(); n],
            diagonal: line(),
            off_diagonal: line(),
            rotations: square(),
            order: (0..n).collect(),
            values: line(),
            w_re: line(),
            w_im: line(),
            back_re: square(),
            back_im: square(),
        })
    }

    /// Decomposes `matrix`, `[n, n]`; the results stand in [`HermitianSolver::values`] and
    /// [`HermitianSolver::vectors_into`] until the next call. After an error they are without meaning.
    ///
    /// # Errors
    /// As [`hermitian_eigen`].
    pub fn decompose(&mut self, matrix: &ArrayRef2<C64>) -> Result<()> {
        check::same_shape("matrix", &[self.n, self.n], matrix.shape())?;
        let scale = self.load(matrix)?;
        self.tridiagonalise();
        let Self { diagonal, off_diagonal, rotations, .. } = self;
        tridiagonal::diagonalise(diagonal, off_diagonal, rotations)?;
        let diagonal = &self.diagonal;
        self.order.sort_unstable_by(|&a, &b| diagonal[a].total_cmp(&diagonal[b]));
        for (value, &k) in self.values.iter_mut().zip(&self.order) {
            *value = check::finite("eigenvalue", diagonal[k] / scale)?;
        }
        Ok(())
    }

    /// Eigenvalues of the last matrix, ascending.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Eigenvectors `range` (0 belongs to the least eigenvalue) into the columns of `vectors`,
    /// `[n, range.len()]`.
    ///
    /// # Errors
    /// [`Error::Domain`] for a range past the end, [`Error::Shape`] when `vectors` does not fit it.
    pub fn vectors_into(&mut self, range: Range<usize>, vectors: &mut ArrayRef2<C64>) -> Result<()> {
        let n = self.n;
        let picked = self.order.get(range.clone()).ok_or_else(|| {
            Error::domain("end of the range of eigenvectors", range.end as f64, format!("at most {n}"))
        })?;
        let count = picked.len();
        check::same_shape("vectors", &[n, count], vectors.shape())?;
        if count == 0 {
            return Ok(());
        }
        for i in 0..n {
            let phase = self.phases[i];
            for (m, &k) in picked.iter().enumerate() {
                let z = self.rotations[k * n + i];
                self.back_re[i * count + m] = phase.re * z;
                self.back_im[i * count + m] = phase.im * z;
            }
        }
        for k in (0..n).rev().filter(|&k| self.taus[k] != 0.0) {
            let v = (&self.re[k * n + k + 1..(k + 1) * n], &self.im[k * n + k + 1..(k + 1) * n]);
            let rows = (k + 1) * count..n * count;
            let y = (&mut self.back_re[rows.clone()], &mut self.back_im[rows]);
            let s = (&mut self.w_re[..count], &mut self.w_im[..count]);
            reflect(self.taus[k], v, y, s);
        }
        for (mut row, i) in vectors.rows_mut().into_iter().zip(0..n) {
            for (m, x) in row.iter_mut().enumerate() {
                *x = C64::new(self.back_re[i * count + m], self.back_im[i * count + m]);
            }
        }
        Ok(())
    }

    /// Takes in the Hermitian part, scaled by a power of two to about one; returns that power.
    fn load(&mut self, matrix: &ArrayRef2<C64>) -> Result<f64> {
        let n = self.n;
        for (i, row) in matrix.rows().into_iter().enumerate() {
            for ((re, im), z) in self.re[i * n..].iter_mut().zip(&mut self.im[i * n..]).zip(row) {
                (*re, *im) = (z.re, z.im);
            }
        }
        let greatest = self.re.iter().chain(&self.im).fold(0.0_f64, |m, x| m.max(x.abs()));
        // `max` ignores NaN.
        if !(check::slice_is_finite(&self.re) && check::slice_is_finite(&self.im)) {
            check::all_finite_complex("matrix", matrix)?;
        }
        let scale = power_of_two_below(greatest).recip();
        let mut defect = 0.0_f64;
        for i in 0..n {
            for j in 0..=i {
                let (low, high) = (i * n + j, j * n + i);
                let (re_low, re_high) = (self.re[low] * scale, self.re[high] * scale);
                let (im_low, im_high) = (self.im[low] * scale, self.im[high] * scale);
                defect = defect.max((re_low - re_high).abs()).max((im_low + im_high).abs());
                let (re, im) = (0.5 * (re_low + re_high), 0.5 * (im_low - im_high));
                (self.re[low], self.im[low]) = (re, im);
                (self.re[high], self.im[high]) = (re, -im);
            }
        }
        if defect > HERMITIAN_TOLERANCE * greatest * scale {
            return Err(Error::invalid("matrix", "is not Hermitian to 1e-10 of its greatest part"));
        }
        Ok(scale)
    }

    /// `H_{n-3} … H_0 A H_0 … H_{n-3}` with `H = 1 - τ v vᴴ`, each clearing one column.
    #[inline(always)]
    fn tridiagonalise(&mut self) {
        let n = self.n;
        let mut phase = C64::from(1.0);
        for k in 0..n {
            self.diagonal[k] = self.re[k * n + k];
            self.phases[k] = phase;
            self.taus[k] = 0.0;
            self.off_diagonal[k] = 0.0;
            if k + 1 == n {
                break;
            }
            let beta = self.make_reflector(k);
            let length = tridiagonal::length(beta.re, beta.im);
            self.off_diagonal[k] = length;
            if length > NEGLIGIBLE {
                phase *= beta / length;
                // The phases would drift off the unit circle by rounding, one step at a time.
                phase /= phase.norm_sqr().sqrt();
            }
            if self.taus[k] != 0.0 {
                self.apply_reflector(k);
            }
        }
    }

    /// Puts reflector `k` into row `k` and returns the off-diagonal element that it leaves.
    #[inline(always)]
    fn make_reflector(&mut self, k: usize) -> C64 {
        let n = self.n;
        let (re, im) = (&mut self.re[k * n + k + 1..(k + 1) * n], &mut self.im[k * n + k + 1..(k + 1) * n]);
        // Row k is the conjugate of column k.
        im.iter_mut().for_each(|x| *x = -*x);
        let first = C64::new(re[0], im[0]);
        let rest: f64 = re[1..].iter().zip(&im[1..]).map(|(a, b)| a * a + b * b).sum();
        if rest < NEGLIGIBLE * NEGLIGIBLE {
            return first;
        }
        let head = tridiagonal::length(first.re, first.im);
        let length = (head * head + rest).sqrt();
        let direction = if head > NEGLIGIBLE { first / head } else { C64::from(1.0) };
        // v = x + |x| e^{j arg x_0} e_0: the sign that adds, so nothing cancels.
        let grown = direction * (head + length);
        (re[0], im[0]) = (grown.re, grown.im);
        self.taus[k] = (length * (length + head)).recip();
        -direction * length
    }

    /// The rank-two update `A ← A - v wᴴ - w vᴴ` of the block below and right of `k`.
    #[inline(always)]
    fn apply_reflector(&mut self, k: usize) {
        let n = self.n;
        let size = n - k - 1;
        let tau = self.taus[k];
        let (done_re, block_re) = self.re.split_at_mut((k + 1) * n);
        let (done_im, block_im) = self.im.split_at_mut((k + 1) * n);
        let (vr, vi) = (&done_re[k * n + k + 1..], &done_im[k * n + k + 1..]);
        let (wr, wi) = (&mut self.w_re[..size], &mut self.w_im[..size]);
        wr.fill(0.0);
        wi.fill(0.0);
        // p = τ A v by rows: A is Hermitian, so column i of A is the conjugate of row i.
        for (i, (a_re, a_im)) in block_re.chunks_exact(n).zip(block_im.chunks_exact(n)).enumerate() {
            let (sr, si) = (tau * vr[i], tau * vi[i]);
            let (a_re, a_im) = (&a_re[k + 1..], &a_im[k + 1..]);
            for j in 0..size {
                wr[j] += a_re[j] * sr + a_im[j] * si;
                wi[j] += a_re[j] * si - a_im[j] * sr;
            }
        }
        // w = p − (τ/2)(vᴴ p) v; vᴴ A v is real for Hermitian A.
        let inner: f64 = (0..size).map(|j| vr[j] * wr[j] + vi[j] * wi[j]).sum();
        let half = 0.5 * tau * inner;
        for j in 0..size {
            wr[j] -= half * vr[j];
            wi[j] -= half * vi[j];
        }
        for (i, (a_re, a_im)) in block_re.chunks_exact_mut(n).zip(block_im.chunks_exact_mut(n)).enumerate() {
            let (v, w) = (C64::new(vr[i], vi[i]), C64::new(wr[i], wi[i]));
            let (a_re, a_im) = (&mut a_re[k + 1..], &mut a_im[k + 1..]);
            for j in 0..size {
                a_re[j] -= v.re * wr[j] + v.im * wi[j] + w.re * vr[j] + w.im * vi[j];
                a_im[j] -= v.im * wr[j] - v.re * wi[j] + w.im * vr[j] - w.re * vi[j];
            }
        }
    }
}

/// `Y ← (1 - τ v vᴴ) Y` for `Y` in rows, `[component, vector]`, with `s` as memory for `vᴴ Y`.
fn reflect(tau: f64, v: (&[f64], &[f64]), y: (&mut [f64], &mut [f64]), s: (&mut [f64], &mut [f64])) {
    let count = s.0.len();
    s.0.fill(0.0);
    s.1.fill(0.0);
    let rows = y.0.chunks_exact(count).zip(y.1.chunks_exact(count));
    for ((&vr, &vi), (yr, yi)) in v.0.iter().zip(v.1).zip(rows) {
        for m in 0..count {
            s.0[m] += vr * yr[m] + vi * yi[m];
            s.1[m] += vr * yi[m] - vi * yr[m];
        }
    }
    let rows = y.0.chunks_exact_mut(count).zip(y.1.chunks_exact_mut(count));
    for ((&vr, &vi), (yr, yi)) in v.0.iter().zip(v.1).zip(rows) {
        let (tr, ti) = (tau * vr, tau * vi);
        for m in 0..count {
            yr[m] -= tr * s.0[m] - ti * s.1[m];
            yi[m] -= tr * s.1[m] + ti * s.0[m];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ranges_that_do_not_exist_are_errors() {
        assert!(matches!(HermitianSolver::new(0), Err(Error::TooFew { .. })));
        assert!(matches!(HermitianSolver::new(1 << 40), Err(Error::Domain { .. })));
        let mut solver = HermitianSolver::new(2).unwrap();
        assert!(solver.decompose(&Array2::zeros((3, 3))).is_err());
        solver.decompose(&Array2::zeros((2, 2))).unwrap();
        assert!(solver.vectors_into(1..3, &mut Array2::zeros((2, 2))).is_err());
        assert!(solver.vectors_into(0..2, &mut Array2::zeros((2, 1))).is_err());
        assert!(solver.vectors_into(1..1, &mut Array2::zeros((2, 0))).is_ok());
    }
}
