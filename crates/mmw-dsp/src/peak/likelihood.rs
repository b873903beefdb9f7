//! The white bins around a peak, the likelihood of a target among them, and what the target leaves.

use super::patch::{Patch, Tone};
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};

/// Squares of more would leave the finite numbers.
const MOST: f64 = 1e140;

/// Bins around a peak, `[range, doppler, channel]` with real and imaginary parts apart: the channels stand
/// innermost, so that sums over bins vectorise. White on both axes once [`Bins::whiten`] has run.
#[derive(Debug, Clone)]
pub(super) struct Bins {
    pub(super) channels: usize,
    columns: usize,
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
        let cells = patches[0].offsets.len() * patches[1].offsets.len();
        let mut bins = Self {
            channels,
            columns: patches[1].offsets.len(),
            re: Vec::with_capacity(cells * channels),
            im: Vec::with_capacity(cells * channels),
            largest: 0.0,
        };
        for r in &patches[0].offsets {
            let row = (index[0] as isize + r).rem_euclid(rows as isize) as usize;
            for d in &patches[1].offsets {
                let column = (index[1] as isize + d).rem_euclid(columns as isize) as usize;
                for channel in 0..channels {
                    let z = spectrum[[channel, row, column]];
                    let (x, y) = (z.re.as_f64(), z.im.as_f64());
                    if !(x.is_finite() && y.is_finite()) {
                        let index = (channel * rows + row) * columns + column;
                        return Err(Error::NotFinite { name: "spectrum".into(), index });
                    }
                    bins.largest = bins.largest.max(x.abs()).max(y.abs());
                    bins.re.push(x);
                    bins.im.push(y);
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
        for value in self.re.iter_mut().chain(&mut self.im) {
            *value /= scale;
        }
        let (channels, columns) = (self.channels, self.columns);
        let line = columns * channels;
        let white_columns = patches[1].whitening.len();
        let size = patches[0].whitening.len() * white_columns * channels;
        let mut white = Split::zeros(line);
        let mut result = Split::zeros(size);
        for (row, weights) in patches[0].whitening.iter().enumerate() {
            white.clear();
            for (from, &weight) in weights.iter().enumerate() {
                let span = from * line..(from + 1) * line;
                white.add_product(&self.re[span.clone()], &self.im[span], weight);
            }
            for (column, weights) in patches[1].whitening.iter().enumerate() {
                let start = (row * white_columns + column) * channels;
                let [re, im] = result.part(start, channels);
                for (from, &weight) in weights.iter().enumerate() {
                    let span = from * channels..(from + 1) * channels;
                    add_product(re, im, &white.re[span.clone()], &white.im[span], weight);
                }
            }
        }
        (self.re, self.im, self.columns) = (result.re, result.im, white_columns);
    }

    /// Takes white tones with these amplitudes away.
    pub(super) fn subtract(&mut self, amplitudes: &[C64], tones: [&[C64]; 2]) {
        for (row, sr) in tones[0].iter().enumerate() {
            for (column, sd) in tones[1].iter().enumerate() {
                let start = (row * self.columns + column) * self.channels;
                let span = start..start + self.channels;
                let both = self.re[span.clone()].iter_mut().zip(&mut self.im[span]);
                let cell = sr * sd;
                for ((re, im), a) in both.zip(amplitudes) {
                    *re -= a.re * cell.re - a.im * cell.im;
                    *im -= a.re * cell.im + a.im * cell.re;
                }
            }
        }
    }

    pub(super) fn energy(&self) -> f64 {
        self.re.iter().chain(&self.im).map(|x| x * x).sum()
    }
}

impl Likelihood {
    pub(super) fn at(tones: &[Tone; 2], bins: &Bins) -> Self {
        // (derivative in range, derivative in Doppler) of each response that is needed.
        const ORDERS: [(usize, usize); 6] = [(0, 0), (1, 0), (0, 1), (2, 0), (0, 2), (1, 1)];
        let channels = bins.channels;
        let [range, doppler] = tones;
        let columns = doppler.values[0].len();
        let mut responses: [Split; 6] = std::array::from_fn(|_| Split::zeros(channels));
        let mut partial: [Split; 3] = std::array::from_fn(|_| Split::zeros(channels));
        for row in 0..range.values[0].len() {
            for (order, sum) in partial.iter_mut().enumerate() {
                sum.clear();
                for (column, weight) in doppler.values[order].iter().enumerate() {
                    let start = (row * columns + column) * channels;
                    let cell = start..start + channels;
                    sum.add_product(&bins.re[cell.clone()], &bins.im[cell], weight.conj());
                }
            }
            for (response, (r, d)) in responses.iter_mut().zip(ORDERS) {
                response.add_product(&partial[d].re, &partial[d].im, range.values[r][row].conj());
            }
        }
        let [g, gr, gd, grr, gdd, grd] = &responses;
        let power = g.inner(g).max(f64::MIN_POSITIVE);
        let first = [2.0 * g.inner(gr) / power, 2.0 * g.inner(gd) / power];
        let second = [
            2.0 * (gr.inner(gr) + g.inner(grr)) / power,
            2.0 * (gd.inner(gd) + g.inner(gdd)) / power,
            2.0 * (gr.inner(gd) + g.inner(grd)) / power,
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
            responses: g.re.iter().zip(&g.im).map(|(&re, &im)| C64::new(re, im)).collect(),
            energy,
        }
    }

    pub(super) fn amplitudes(&self) -> Vec<C64> {
        self.responses.iter().map(|g| g / self.energy).collect()
    }
}

/// Complex numbers of all channels, real and imaginary parts apart.
struct Split {
    re: Vec<f64>,
    im: Vec<f64>,
}

impl Split {
    fn zeros(len: usize) -> Self {
        Self { re: vec![0.0; len], im: vec![0.0; len] }
    }

    fn clear(&mut self) {
        self.re.fill(0.0);
        self.im.fill(0.0);
    }

    fn part(&mut self, start: usize, len: usize) -> [&mut [f64]; 2] {
        [&mut self.re[start..start + len], &mut self.im[start..start + len]]
    }

    fn add_product(&mut self, re: &[f64], im: &[f64], weight: C64) {
        add_product(&mut self.re, &mut self.im, re, im, weight);
    }

    /// `Re Σ conj(self) other`.
    fn inner(&self, other: &Self) -> f64 {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        dot(&self.re, &other.re) + dot(&self.im, &other.im)
    }
}

fn add_product(to_re: &mut [f64], to_im: &mut [f64], re: &[f64], im: &[f64], weight: C64) {
    for ((sum_re, sum_im), (&re, &im)) in to_re.iter_mut().zip(to_im).zip(re.iter().zip(im)) {
        *sum_re += re * weight.re - im * weight.im;
        *sum_im += re * weight.im + im * weight.re;
    }
}
