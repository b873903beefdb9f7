//! The portable kernels: `H(f) = Σ_c w_c(f) M_c` and the products that go into it, in split real and
//! imaginary parts and in blocks that stay in registers.

use mmw_core::C64;

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

/// `out[r·T + t][p] = (R[r][p] · T[t][p]) · gain[p]` for all pairs of rows.
///
/// The product of the two responses comes first: it commutes to the last bit, so exchanging the ends gives
/// the transpose exactly.
#[inline(always)]
pub(super) fn outer(receive: &Planes, transmit: &Planes, gain: (&[f64], &[f64]), out: &mut Planes) {
    let width = gain.0.len();
    let (rows, columns) = (receive.re.len() / width, transmit.re.len() / width);
    for r in 0..rows {
        let (rr, ri) = receive.row(r);
        for t in 0..columns {
            let (tr, ti) = transmit.row(t);
            let range = (r * columns + t) * width..(r * columns + t + 1) * width;
            let (or, oi) = (&mut out.re[range.clone()], &mut out.im[range]);
            let (gr, gi) = (&gain.0[..width], &gain.1[..width]);
            for p in 0..width {
                let re = rr[p] * tr[p] - ri[p] * ti[p];
                let im = rr[p] * ti[p] + ri[p] * tr[p];
                or[p] = re * gr[p] - im * gi[p];
                oi[p] = re * gi[p] + im * gr[p];
            }
        }
    }
}

/// `Σ_p x[p]` in a fixed order that fills the registers.
#[inline(always)]
fn sum(x: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let chunks = x.chunks_exact(LANES);
    let rest: f64 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    let pairs = [lanes[0] + lanes[4], lanes[1] + lanes[5], lanes[2] + lanes[6], lanes[3] + lanes[7]];
    ((pairs[0] + pairs[2]) + (pairs[1] + pairs[3])) + rest
}

/// `sums[row] = Σ_p x[row][p]`, as [`sum`].
#[inline(always)]
pub(super) fn row_sums(x: &Planes, sums: &mut [C64]) {
    for (row, place) in sums.iter_mut().enumerate() {
        let (re, im) = x.row(row);
        *place = C64::new(sum(re), sum(im));
    }
}

/// `out[t][m] += Σ_s A[t][s] · W[s][m]`, `W` in rows of modes; [`MODES`] sums at a time stay in registers.
#[inline(always)]
pub(super) fn accumulate(a: &Planes, weights: (&[f64], &[f64]), out: &mut Planes) {
    let modes = out.width;
    for t in 0..a.re.len() / a.width.max(1) {
        let mut m = 0;
        while m + MODES <= modes {
            accumulate_block::<MODES>(a, weights, out, t, m);
            m += MODES;
        }
        while m < modes {
            accumulate_block::<1>(a, weights, out, t, m);
            m += 1;
        }
    }
}

/// Modes of [`accumulate`] in registers at once: two registers of 512 bits for each part.
const MODES: usize = 16;

#[inline(always)]
fn accumulate_block<const M: usize>(
    a: &Planes,
    weights: (&[f64], &[f64]),
    out: &mut Planes,
    t: usize,
    m: usize,
) {
    let modes = out.width;
    let (ar, ai) = a.row(t);
    let at = t * modes + m;
    let (mut re, mut im) = ([0.0; M], [0.0; M]);
    re.copy_from_slice(&out.re[at..at + M]);
    im.copy_from_slice(&out.im[at..at + M]);
    for s in 0..a.width {
        let from = s * modes + m;
        let (wr, wi) = (&weights.0[from..from + M], &weights.1[from..from + M]);
        let (ar, ai) = (ar[s], ai[s]);
        for l in 0..M {
            re[l] += ar * wr[l] - ai * wi[l];
            im[l] += ar * wi[l] + ai * wr[l];
        }
    }
    out.re[at..at + M].copy_from_slice(&re);
    out.im[at..at + M].copy_from_slice(&im);
}

/// `out[k][rt] = Σ_c w[k][c] · M[c][rt]`: `FREQUENCIES` rows of `w` at a time, [`LANES`] entries at a time.
/// The order of each sum is that of `c`, whatever the blocks.
#[inline(always)]
pub(super) fn combine<const FREQUENCIES: usize>(w: &Planes, m: &Planes, out: &mut Planes) {
    let rows = w.re.len() / w.width.max(1);
    let mut k = 0;
    while k + FREQUENCIES <= rows {
        combine_block::<FREQUENCIES>(w, m, out, k);
        k += FREQUENCIES;
    }
    while k < rows {
        combine_block::<1>(w, m, out, k);
        k += 1;
    }
}

#[inline(always)]
fn combine_block<const F: usize>(w: &Planes, m: &Planes, out: &mut Planes, k: usize) {
    let components = w.width;
    let (wr, wi) = (&w.re[k * components..(k + F) * components], &w.im[k * components..(k + F) * components]);
    for lane in (0..m.width).step_by(LANES) {
        let mut re = [[0.0; LANES]; F];
        let mut im = [[0.0; LANES]; F];
        for c in 0..components {
            let at = c * m.width + lane;
            let (Some(mr), Some(mi)) = (m.re[at..].first_chunk::<LANES>(), m.im[at..].first_chunk::<LANES>())
            else {
                return;
            };
            for f in 0..F {
                let (a, b) = (wr[f * components + c], wi[f * components + c]);
                for l in 0..LANES {
                    re[f][l] += a * mr[l] - b * mi[l];
                    im[f][l] += a * mi[l] + b * mr[l];
                }
            }
        }
        for f in 0..F {
            let at = (k + f) * m.width + lane;
            out.re[at..at + LANES].copy_from_slice(&re[f]);
            out.im[at..at + LANES].copy_from_slice(&im[f]);
        }
    }
}

/// `w[k] = w[k−1] · z` for all but the first of `rows` rows, element by element.
#[inline(always)]
pub(super) fn advance(w: &mut Planes, from: usize, to: usize, z: (&[f64], &[f64])) {
    let width = w.width;
    for k in from..to {
        let (before_re, after_re) = w.re.split_at_mut(k * width);
        let (before_im, after_im) = w.im.split_at_mut(k * width);
        let start = (k - 1) * width;
        let (br, bi) = (&before_re[start..], &before_im[start..]);
        let (ar, ai) = (&mut after_re[..width], &mut after_im[..width]);
        let (zr, zi) = (&z.0[..width], &z.1[..width]);
        for c in 0..width {
            ar[c] = br[c] * zr[c] - bi[c] * zi[c];
            ai[c] = br[c] * zi[c] + bi[c] * zr[c];
        }
    }
}
