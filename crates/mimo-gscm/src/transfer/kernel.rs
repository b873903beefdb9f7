//! The kernels: `H(f) = Σ_c w_c(f) M_c` and the products that go into it, in split real and
//! imaginary parts and in blocks that stay in registers.

use super::planes::{LANES, Planes};
use super::spread::Spread;
use mmw_core::{C64, by_level};

by_level! {
    /// `m[p][rt] = (R[a_p][rt] · T[d_p][rt]) · gain[p]`: the matrices of paths whose responses at both ends
    /// stand in rows of their own, already spread over the entries `rt` of a matrix.
    ///
    /// The product of the two responses comes first: it commutes to the last bit, so exchanging the ends
    /// gives the transpose exactly.
    pub(super) fn products(level: Level, ends: [&Spread; 2], gain: (&[f64], &[f64]), out: &mut Planes) {
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
}

by_level! {
    /// `sums[rt] = Σ_p m[p][rt]` of [`products`], in the order of the paths, with nothing stored between.
    pub(super) fn sum_of_products(level: Level, ends: [&Spread; 2], gain: (&[f64], &[f64]), sums: &mut Planes) {
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

by_level! {
    /// `sums[r·T + t] = Σ_m (R[r][m] · T[t][m]) · strength[m]` for all pairs of rows, in an order that fills
    /// the registers.
    pub(super) fn pair_sums(
        level: Level,
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
}

by_level! {
    /// `row[m] = weight[m] · row[m]`.
    pub(super) fn weigh(level: Level, weights: &[C64], row: (&mut [f64], &mut [f64])) {
        for (weight, (re, im)) in weights.iter().zip(row.0.iter_mut().zip(row.1)) {
            let (a, b) = (weight.re * *re - weight.im * *im, weight.re * *im + weight.im * *re);
            (*re, *im) = (a, b);
        }
    }
}

by_level! {
    /// `out[t][m] += Σ_s A[t][s] · W[s][m]`, `W` in rows of modes; [`MODES`] sums at a time stay
    /// in registers.
    pub(super) fn accumulate(level: Level, a: &Planes, weights: (&[f64], &[f64]), out: &mut Planes) {
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

by_level! {
    /// `out[k][rt] = Σ_c w[k][c] · M[c][rt]`, in rows of as many entries as `out` has for each of `w`. The
    /// order of each sum is that of `c`, whatever the blocks.
    pub(super) fn combine(level: Level, w: &Planes, m: &Planes, out: &mut [C64]) {
        Avx512 => combine_by::<8>(w, m, out),
        Avx2 => combine_by::<2>(w, m, out),
        Portable => combine_by::<2>(w, m, out),
    }
}

/// `FREQUENCIES` rows of `w` at a time, [`LANES`] entries at a time.
#[inline(always)]
fn combine_by<const FREQUENCIES: usize>(w: &Planes, m: &Planes, out: &mut [C64]) {
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
fn combine_block<const F: usize>(w: &Planes, m: &Planes, out: &mut [C64], k: usize) {
    let components = w.width;
    let size = out.len() / (w.re.len() / components);
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
            let row = &mut out[(k + f) * size + lane..(k + f + 1) * size];
            let sums: [C64; LANES] = std::array::from_fn(|l| C64::new(re[f][l], im[f][l]));
            if let Some(row) = row.first_chunk_mut::<LANES>() {
                *row = sums;
            } else {
                row.copy_from_slice(&sums[..row.len()]);
            }
        }
    }
}

by_level! {
    /// `w[k] = w[k−1] · z` for all but the first of `rows` rows, element by element.
    pub(super) fn advance(level: Level, w: &mut Planes, from: usize, to: usize, z: (&[f64], &[f64])) {
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
}

by_level! {
    /// `w = w · z`, element by element.
    pub(super) fn turn(level: Level, z: &Planes, w: &mut Planes) {
        let parts = w.re.iter_mut().zip(&mut w.im).zip(z.re.iter().zip(&z.im));
        for ((re, im), (zr, zi)) in parts {
            (*re, *im) = (*re * zr - *im * zi, *re * zi + *im * zr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::simd::Level;

    fn planes(rows: usize, width: usize, seed: usize) -> Planes {
        let part = |i: usize| ((i + seed).wrapping_mul(2_654_435_761) % 65_537) as f64 / 32_768.5 - 1.0;
        let size = rows * width;
        Planes { width, re: (0..size).map(part).collect(), im: (size..2 * size).map(part).collect() }
    }

    fn spread(seed: usize) -> Spread {
        let rows = (0..21).map(|p| (p * seed) % 5).collect();
        Spread { rows, responses: planes(5, 16, seed), ..Spread::default() }
    }

    /// What `kernel` makes of `planes(rows, width, 9)` at each level is what it makes at the portable one.
    fn same_at_every_level(rows: usize, width: usize, kernel: impl Fn(Level, &mut Planes)) -> Planes {
        let of = |level: Level| {
            let mut out = planes(rows, width, 9);
            kernel(level, &mut out);
            out
        };
        let portable = of(Level::Portable);
        for level in Level::available() {
            let found = of(level);
            assert_eq!((found.re, found.im), (portable.re.clone(), portable.im.clone()), "{level}");
        }
        portable
    }

    #[test]
    fn every_block_size_and_level_gives_the_same_bits() {
        // Entries 13 to 15 of a row of `m` are padding.
        let (w, m) = (planes(11, 30, 1), planes(30, 16, 2));
        let mut by_eight = vec![C64::default(); 11 * 13];
        combine_by::<8>(&w, &m, &mut by_eight);
        for level in Level::available() {
            let mut combined = vec![C64::default(); 11 * 13];
            combine(level, &w, &m, &mut combined);
            assert_eq!(combined, by_eight, "{level}");
        }
        same_at_every_level(9, 30, |level, out| advance(level, out, 1, 9, w.row(0)));

        let (a, b, gain) = (planes(3, 21, 1), planes(2, 21, 2), planes(1, 21, 3));
        same_at_every_level(1, 6, |level, out| pair_sums(level, &a, &b, gain.row(0).0, out.row_mut(0)));
        let factors: Vec<C64> = (0..21).map(|i| C64::new(gain.re[i], gain.im[i])).collect();
        same_at_every_level(1, 21, |level, out| weigh(level, &factors, out.row_mut(0)));
        let turns = planes(3, 16, 4);
        same_at_every_level(3, 16, |level, out| turn(level, &turns, out));

        let weights = planes(21, 32, 6);
        same_at_every_level(3, 32, |level, out| accumulate(level, &a, (&weights.re, &weights.im), out));

        let ends = [&spread(2), &spread(3)];
        let rows = same_at_every_level(21, 16, |level, out| products(level, ends, gain.row(0), out));
        let sums = same_at_every_level(1, 16, |level, out| sum_of_products(level, ends, gain.row(0), out));
        let total: f64 = (0..21).map(|p| rows.row(p).0[3]).sum();
        assert!((total - sums.re[3]).abs() < 1e-13);
    }
}
