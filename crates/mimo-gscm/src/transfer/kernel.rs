//! The portable kernels: `H(f) = Σ_c w_c(f) M_c` and the products that go into it, in split real and
//! imaginary parts and in blocks that stay in registers.

use super::spread::Spread;
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

/// `m[p][rt] = (R[a_p][rt] · T[d_p][rt]) · gain[p]`: the matrices of paths whose responses at both ends stand
/// in rows of their own, already spread over the entries `rt` of a matrix.
///
/// The product of the two responses comes first: it commutes to the last bit, so exchanging the ends gives
/// the transpose exactly.
#[inline(always)]
pub(super) fn products(ends: [&Spread; 2], gain: (&[f64], &[f64]), out: &mut Planes) {
    let width = out.width;
    let gains = gain.0.iter().zip(gain.1);
    let rows = out.re.chunks_exact_mut(width).zip(out.im.chunks_exact_mut(width));
    for ((&r, &t), ((&gr, &gi), (or, oi))) in ends[0].rows.iter().zip(&ends[1].rows).zip(gains.zip(rows)) {
        let (receive, transmit) = (ends[0].responses.row(r), ends[1].responses.row(t));
        for lane in (0..width).step_by(LANES) {
            let Some((re, im)) = product(receive, transmit, [gr, gi], lane) else { return };
            let (Some(or), Some(oi)) =
                (or[lane..].first_chunk_mut::<LANES>(), oi[lane..].first_chunk_mut::<LANES>())
            else {
                return;
            };
            (*or, *oi) = (re, im);
        }
    }
}

/// `sums[rt] = Σ_p m[p][rt]` of [`products`], in the order of the paths, with nothing stored between.
#[inline(always)]
pub(super) fn sum_of_products(ends: [&Spread; 2], gain: (&[f64], &[f64]), sums: &mut Planes) {
    for lane in (0..sums.width).step_by(LANES) {
        let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
        let gains = gain.0.iter().zip(gain.1);
        for ((&r, &t), (&gr, &gi)) in ends[0].rows.iter().zip(&ends[1].rows).zip(gains) {
            let (receive, transmit) = (ends[0].responses.row(r), ends[1].responses.row(t));
            let Some((pr, pi)) = product(receive, transmit, [gr, gi], lane) else { return };
            for l in 0..LANES {
                re[l] += pr[l];
                im[l] += pi[l];
            }
        }
        sums.re[lane..lane + LANES].copy_from_slice(&re);
        sums.im[lane..lane + LANES].copy_from_slice(&im);
    }
}

/// `(R · T) · gain` of [`LANES`] entries.
#[inline(always)]
fn product(
    receive: (&[f64], &[f64]),
    transmit: (&[f64], &[f64]),
    [gr, gi]: [f64; 2],
    lane: usize,
) -> Option<([f64; LANES], [f64; LANES])> {
    let (rr, ri) = (receive.0[lane..].first_chunk::<LANES>()?, receive.1[lane..].first_chunk::<LANES>()?);
    let (tr, ti) = (transmit.0[lane..].first_chunk::<LANES>()?, transmit.1[lane..].first_chunk::<LANES>()?);
    let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
    for l in 0..LANES {
        let (a, b) = (rr[l] * tr[l] - ri[l] * ti[l], rr[l] * ti[l] + ri[l] * tr[l]);
        re[l] = a * gr - b * gi;
        im[l] = a * gi + b * gr;
    }
    Some((re, im))
}

/// The sum of the lanes by halves.
#[inline(always)]
fn sum(lanes: &[f64; LANES]) -> f64 {
    let pairs = [lanes[0] + lanes[4], lanes[1] + lanes[5], lanes[2] + lanes[6], lanes[3] + lanes[7]];
    (pairs[0] + pairs[2]) + (pairs[1] + pairs[3])
}

/// `sums[r·T + t] = Σ_m (R[r][m] · T[t][m]) · strength[m]` for all pairs of rows, in an order that fills the
/// registers.
#[inline(always)]
pub(super) fn pair_sums(
    receive: &Planes,
    transmit: &Planes,
    strengths: &[f64],
    sums: (&mut [f64], &mut [f64]),
) {
    let width = strengths.len();
    let columns = transmit.re.len() / width.max(1);
    for (rt, (re, im)) in sums.0.iter_mut().zip(sums.1).enumerate() {
        let ((rr, ri), (tr, ti)) = (receive.row(rt / columns), transmit.row(rt % columns));
        let (rr, ri, tr, ti) = (&rr[..width], &ri[..width], &tr[..width], &ti[..width]);
        let term = |m: usize| {
            let (a, b) = (rr[m] * tr[m] - ri[m] * ti[m], rr[m] * ti[m] + ri[m] * tr[m]);
            (a * strengths[m], b * strengths[m])
        };
        let (mut lanes_re, mut lanes_im) = ([0.0; LANES], [0.0; LANES]);
        let whole = width - width % LANES;
        for start in (0..whole).step_by(LANES) {
            for l in 0..LANES {
                let (a, b) = term(start + l);
                lanes_re[l] += a;
                lanes_im[l] += b;
            }
        }
        let rest = (whole..width).map(term).fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d));
        (*re, *im) = (sum(&lanes_re) + rest.0, sum(&lanes_im) + rest.1);
    }
}

/// `row[m] = weight[m] · row[m]`.
#[inline(always)]
pub(super) fn weigh(weights: &[C64], row: (&mut [f64], &mut [f64])) {
    for (weight, (re, im)) in weights.iter().zip(row.0.iter_mut().zip(row.1)) {
        let (a, b) = (weight.re * *re - weight.im * *im, weight.re * *im + weight.im * *re);
        (*re, *im) = (a, b);
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
