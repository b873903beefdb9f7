//! Matrices of complex numbers in split real and imaginary parts.

/// Entries of a matrix worked on at once: one 512-bit register of `f64`.
pub(super) const LANES: usize = 8;

/// A matrix of complex numbers in two planes, rows of `width`.
#[derive(Debug, Clone, Default)]
pub(super) struct Planes {
    pub(super) width: usize,
    pub(super) re: Vec<f64>,
    pub(super) im: Vec<f64>,
}

impl Planes {
    pub(super) fn reset(&mut self, rows: usize, width: usize) {
        self.width = width;
        self.re.resize(rows * width, 0.0);
        self.im.resize(rows * width, 0.0);
    }

    #[inline(always)]
    pub(super) fn row(&self, row: usize) -> (&[f64], &[f64]) {
        let range = row * self.width..(row + 1) * self.width;
        (&self.re[range.clone()], &self.im[range])
    }

    pub(super) fn row_mut(&mut self, row: usize) -> (&mut [f64], &mut [f64]) {
        let range = row * self.width..(row + 1) * self.width;
        (&mut self.re[range.clone()], &mut self.im[range])
    }
}
