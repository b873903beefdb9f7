//! The white bins around a peak, the likelihood of a target among them, and what the target leaves.

use super::patch::{Patch, Tone};
use super::wide::{LANES, Work, add, add_product, widest};
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};

/// Squares of more would leave the finite numbers.
const MOST: f64 = 1e140;

/// Bins around a peak, `[Doppler, range, channel]` with real and imaginary parts apart: the bins of one Doppler
/// bin and all channels stand side by side, so that sums over Doppler bins vectorise. White on both axes once
/// [`Bins::whiten`] has run.
#[derive(Debug, Clone)]
pub(super) struct Bins {
    pub(super) channels: usize,
    /// Length of one Doppler bin: a multiple of [`LANES`], filled with zeros.
    line: usize,
    pub(super) re: Vec<f64>,
    pub(super) im: Vec<f64>,
    largest: f64,
}

/// Logarithm of the concentrated likelihood with its gradient and its second derivatives (rr, dd, rd).
#[derive(Debug, Clone)]
pub(super) struct Likelihood {
    pub(super) value: f64,
    pub(super) gradient: [f64; 2],
    pub(super) hessian: [f64; 3],
    /// `s_rᴴ C_r⁻¹ Z_c C_d⁻* s_d*` of each channel.
    pub(super) responses: Vec<C64>,
    /// `q_r q_d`.
    pub(super) energy: f64,
}

impl Bins {
    pub(super) fn gather<T: Real>(
        spectrum: &ArrayRef3<Complex<T>>,
        patches: [&Patch; 2],
        index: [usize; 2],
    ) -> Result<Self> {
        let (channels, rows, columns) = spectrum.dim();
        let line = (patches[0].offsets.len() * channels).next_multiple_of(LANES);
        let zeros = vec![0.0; line * patches[1].offsets.len()];
        let mut bins = Self { channels, line, re: zeros.clone(), im: zeros, largest: 0.0 };
        let place = |middle: usize, offset: isize, len: usize| {
            (middle as isize + offset).rem_euclid(len as isize) as usize
        };
        for (channel, plane) in spectrum.outer_iter().enumerate() {
            for (r, &offset) in patches[0].offsets.iter().enumerate() {
                let row = place(index[0], offset, rows);
                let cells = plane.row(row);
                for (d, &offset) in patches[1].offsets.iter().enumerate() {
                    let column = place(index[1], offset, columns);
                    let z = cells[column];
                    let (x, y) = (z.re.as_f64(), z.im.as_f64());
                    if !(x.is_finite() && y.is_finite()) {
                        let index = (channel * rows + row) * columns + column;
                        return Err(Error::NotFinite { name: "spectrum".into(), index });
                    }
                    bins.largest = bins.largest.max(x.abs()).max(y.abs());
                    let at = d * line + r * channels + channel;
                    (bins.re[at], bins.im[at]) = (x, y);
                }
            }
        }
        if bins.largest == 0.0 {
            return Err(Error::invalid("spectrum", "all bins around the index are zero"));
        }
        check::in_range("largest part of a bin around the peak", bins.largest, 0.0, MOST)?;
        Ok(bins)
    }

    /// A power of two near the largest part, by which to divide: that is exact.
    pub(super) fn scale(&self) -> f64 {
        self.largest.log2().floor().exp2().max(f64::MIN_POSITIVE)
    }

    /// Divides by `scale` and makes the noise white along both axes.
    pub(super) fn whiten(&mut self, patches: [&Patch; 2], scale: f64) {
        let factor = scale.recip();
        for part in [&mut self.re, &mut self.im] {
            part.iter_mut().for_each(|x| *x *= factor);
        }
        let [range, doppler] = patches;
        let line = (range.whitening.len() * self.channels).next_multiple_of(LANES);
        let size = line * doppler.whitening.len();
        let white = widest(Whiten { bins: self, patches, white: [vec![0.0; size], vec![0.0; size]], line });
        ([self.re, self.im], self.line) = (white, line);
    }

    /// Takes white tones with these amplitudes away.
    pub(super) fn subtract(&mut self, amplitudes: &[C64], [range, doppler]: [&[C64]; 2]) {
        let cells = range.iter().flat_map(|s| amplitudes.iter().map(move |a| a * s));
        let (re, im): (Vec<f64>, Vec<f64>) = cells.map(|z| (z.re, z.im)).unzip();
        widest(Subtract { bins: self, line: [&re, &im], tone: doppler });
    }

    pub(super) fn energy(&self) -> f64 {
        self.re.iter().chain(&self.im).map(|x| x * x).sum()
    }
}

impl Likelihood {
    pub(super) fn at(tones: &[Tone; 2], bins: &Bins) -> Self {
        let channels = bins.channels;
        let [range, doppler] = tones;
        let responses = widest(Contract { tones, bins });
        let inner = |i: usize, j: usize| {
            let [a, b] = [i, j].map(|i| &responses[2 * i * channels..2 * (i + 1) * channels]);
            a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()
        };
        let [g, gr, gd, grr, gdd, grd] = [0, 1, 2, 3, 4, 5];
        let power = inner(g, g).max(f64::MIN_POSITIVE);
        let first = [2.0 * inner(g, gr) / power, 2.0 * inner(g, gd) / power];
        let second = [
            2.0 * (inner(gr, gr) + inner(g, grr)) / power,
            2.0 * (inner(gd, gd) + inner(g, gdd)) / power,
            2.0 * (inner(gr, gd) + inner(g, grd)) / power,
        ];
        let own = |t: &Tone| t.energy[0].max(f64::MIN_POSITIVE);
        let log_slope = |t: &Tone| t.energy[1] / own(t);
        let log_curvature = |t: &Tone| t.energy[2] / own(t) - log_slope(t) * log_slope(t);
        let energy = (range.energy[0] * doppler.energy[0]).max(f64::MIN_POSITIVE);
        Self {
            value: (power / energy).max(f64::MIN_POSITIVE).ln(),
            gradient: [first[0] - log_slope(range), first[1] - log_slope(doppler)],
            hessian: [
                second[0] - first[0] * first[0] - log_curvature(range),
                second[1] - first[1] * first[1] - log_curvature(doppler),
                second[2] - first[0] * first[1],
            ],
            responses: (0..channels).map(|c| C64::new(responses[c], responses[channels + c])).collect(),
            energy,
        }
    }

    pub(super) fn amplitudes(&self) -> Vec<C64> {
        self.responses.iter().map(|g| g / self.energy).collect()
    }
}

/// The triangular products on both axes, Doppler first.
struct Whiten<'a> {
    bins: &'a Bins,
    patches: [&'a Patch; 2],
    white: [Vec<f64>; 2],
    line: usize,
}

impl Work for Whiten<'_> {
    type Output = [Vec<f64>; 2];

    #[inline(always)]
    fn run(self) -> [Vec<f64>; 2] {
        let Self { bins, patches: [range, doppler], white: [mut re, mut im], line } = self;
        let channels = bins.channels;
        let mut half = [vec![0.0; bins.line], vec![0.0; bins.line]];
        for (column, weights) in doppler.whitening.iter().enumerate() {
            let [half_re, half_im] = &mut half;
            half_re.fill(0.0);
            half_im.fill(0.0);
            let lines = bins.re.chunks_exact(bins.line).zip(bins.im.chunks_exact(bins.line));
            for ((re, im), &weight) in lines.zip(weights) {
                add_product([half_re, half_im], [re, im], weight);
            }
            for (row, weights) in range.whitening.iter().enumerate() {
                let start = column * line + row * channels;
                let span = start..start + channels;
                let (to_re, to_im) = (&mut re[span.clone()], &mut im[span]);
                let cells = half_re.chunks_exact(channels).zip(half_im.chunks_exact(channels));
                for ((re, im), &weight) in cells.zip(weights) {
                    add_product([to_re, to_im], [re, im], weight);
                }
            }
        }
        [re, im]
    }
}

/// A line for all range bins and channels, times the tone in each Doppler bin, taken away.
struct Subtract<'a> {
    bins: &'a mut Bins,
    line: [&'a [f64]; 2],
    tone: &'a [C64],
}

impl Work for Subtract<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Bins { re, im, line, .. } = self.bins;
        let lines = re.chunks_exact_mut(*line).zip(im.chunks_exact_mut(*line));
        for ((re, im), &s) in lines.zip(self.tone) {
            add_product([re, im], self.line, -s);
        }
    }
}

/// `s_rᴴ Z s_d*` and its derivatives, each first the real parts of all channels and then the imaginary ones.
struct Contract<'a> {
    tones: &'a [Tone; 2],
    bins: &'a Bins,
}

impl Work for Contract<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run(self) -> Vec<f64> {
        // (derivative in range, derivative in Doppler) of each response that is needed.
        const ORDERS: [(usize, usize); 6] = [(0, 0), (1, 0), (0, 1), (2, 0), (0, 2), (1, 1)];
        let (channels, line) = (self.bins.channels, self.bins.line);
        let partial = self.over_doppler();
        let mut responses = vec![0.0; 2 * ORDERS.len() * channels];
        for (response, (r, d)) in responses.chunks_exact_mut(2 * channels).zip(ORDERS) {
            let (to_re, to_im) = response.split_at_mut(channels);
            let (re, im) = partial[2 * d * line..2 * (d + 1) * line].split_at(line);
            let cells = re.chunks_exact(channels).zip(im.chunks_exact(channels));
            for ((re, im), weight) in cells.zip(&self.tones[0].values[r]) {
                add_product([to_re, to_im], [re, im], weight.conj());
            }
        }
        responses
    }
}

impl Contract<'_> {
    /// `Z s_d*` for `s_d` and its two derivatives; the sums of a few lanes stay in registers.
    #[inline(always)]
    fn over_doppler(&self) -> Vec<f64> {
        let Bins { line, re, im, .. } = self.bins;
        let [s, ds, dds] = &self.tones[1].values;
        let mut partial = vec![0.0; 6 * line];
        for start in (0..*line).step_by(LANES) {
            let mut sums = ([[0.0; LANES]; 2], [[0.0; LANES]; 2], [[0.0; LANES]; 2]);
            let lines = re.chunks_exact(*line).zip(im.chunks_exact(*line));
            for ((re, im), ((s, ds), dds)) in lines.zip(s.iter().zip(ds).zip(dds)) {
                let lanes = re[start..].first_chunk::<LANES>().zip(im[start..].first_chunk::<LANES>());
                let Some((re, im)) = lanes else { break };
                add_lanes(&mut sums.0, re, im, *s);
                add_lanes(&mut sums.1, re, im, *ds);
                add_lanes(&mut sums.2, re, im, *dds);
            }
            let sums = [sums.0, sums.1, sums.2];
            for (part, sums) in partial.chunks_exact_mut(*line).zip(sums.as_flattened()) {
                part[start..start + LANES].copy_from_slice(sums);
            }
        }
        partial
    }
}

/// `sums + z · conj(weight)`, real and imaginary parts apart.
#[inline(always)]
fn add_lanes(sums: &mut [[f64; LANES]; 2], re: &[f64; LANES], im: &[f64; LANES], weight: C64) {
    let [mut sum_re, mut sum_im] = *sums;
    for l in 0..LANES {
        sum_re[l] = add(sum_re[l], re[l], weight.re);
        sum_im[l] = add(sum_im[l], im[l], weight.re);
    }
    for l in 0..LANES {
        sum_re[l] = add(sum_re[l], im[l], weight.im);
        sum_im[l] = add(sum_im[l], -re[l], weight.im);
    }
    *sums = [sum_re, sum_im];
}
