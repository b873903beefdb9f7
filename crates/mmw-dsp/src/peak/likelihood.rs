//! The bins around a peak, the likelihood of a target among them, and what the target leaves.

use super::patch::{Matched, Patch};
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};

/// Bins around a peak, `[range, doppler, channel]` with real and imaginary parts apart: the channels stand
/// innermost, so that sums over bins vectorise.
pub(super) struct Bins {
    pub(super) channels: usize,
    pub(super) re: Vec<f64>,
    pub(super) im: Vec<f64>,
    /// The bins were divided by this.
    pub(super) scale: f64,
}

/// Logarithm of the concentrated likelihood with its gradient and its second derivatives (rr, dd, rd).
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
        /// Squares of more would leave the finite numbers.
        const MOST: f64 = 1e140;
        let (channels, rows, columns) = spectrum.dim();
        let cells = patches[0].offsets.len() * patches[1].offsets.len();
        let (mut re, mut im) = (Vec::with_capacity(cells * channels), Vec::with_capacity(cells * channels));
        let mut largest = 0.0_f64;
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
                    largest = largest.max(x.abs()).max(y.abs());
                    re.push(x);
                    im.push(y);
                }
            }
        }
        if largest == 0.0 {
            return Err(Error::invalid("spectrum", "all bins around the index are zero"));
        }
        check::in_range("largest part of a bin around the peak", largest, 0.0, MOST)?;
        // Scaling by a power of two is exact.
        let scale = largest.log2().floor().exp2().max(f64::MIN_POSITIVE);
        for value in re.iter_mut().chain(&mut im) {
            *value /= scale;
        }
        Ok(Self { channels, re, im, scale })
    }
}

impl Likelihood {
    pub(super) fn at(matched: &[Matched; 2], bins: &Bins) -> Self {
        // (derivative in range, derivative in Doppler) of each response that is needed.
        const ORDERS: [(usize, usize); 6] = [(0, 0), (1, 0), (0, 1), (2, 0), (0, 2), (1, 1)];
        let channels = bins.channels;
        let [range, doppler] = matched;
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
        let power = g.inner(g);
        let first = [2.0 * g.inner(gr) / power, 2.0 * g.inner(gd) / power];
        let second = [
            2.0 * (gr.inner(gr) + g.inner(grr)) / power,
            2.0 * (gd.inner(gd) + g.inner(gdd)) / power,
            2.0 * (gr.inner(gd) + g.inner(grd)) / power,
        ];
        let log_slope = |m: &Matched| m.energy[1] / m.energy[0];
        let log_curvature = |m: &Matched| m.energy[2] / m.energy[0] - log_slope(m) * log_slope(m);
        let energy = range.energy[0] * doppler.energy[0];
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
}

/// Complex numbers, one a channel, parts apart.
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

    fn add_product(&mut self, re: &[f64], im: &[f64], weight: C64) {
        let own = self.re.iter_mut().zip(&mut self.im);
        for ((sum_re, sum_im), (&re, &im)) in own.zip(re.iter().zip(im)) {
            *sum_re += re * weight.re - im * weight.im;
            *sum_im += re * weight.im + im * weight.re;
        }
    }

    /// `Re Σ conj(self) other`.
    fn inner(&self, other: &Self) -> f64 {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        dot(&self.re, &other.re) + dot(&self.im, &other.im)
    }
}

/// Power of what the model leaves, whitened on both axes, a degree of freedom.
pub(super) fn residual_power(
    patches: [&Patch; 2],
    offsets: [f64; 2],
    amplitudes: &[C64],
    bins: &Bins,
) -> f64 {
    let signals = [patches[0].signal_at(offsets[0]), patches[1].signal_at(offsets[1])];
    let (channels, columns) = (bins.channels, signals[1].len());
    let [mut re, mut im] = [bins.re.clone(), bins.im.clone()];
    for (row, sr) in signals[0].iter().enumerate() {
        for (column, sd) in signals[1].iter().enumerate() {
            let start = (row * columns + column) * channels;
            for (channel, amplitude) in amplitudes.iter().enumerate() {
                let model = amplitude * sr * sd;
                re[start + channel] -= model.re;
                im[start + channel] -= model.im;
            }
        }
    }
    let mut white = Split::zeros(columns * channels);
    let mut cell = Split::zeros(channels);
    let mut energy = 0.0;
    for weights in &patches[0].whitening {
        white.clear();
        for (row, &weight) in weights.iter().enumerate() {
            let span = row * columns * channels..(row + 1) * columns * channels;
            white.add_product(&re[span.clone()], &im[span], weight);
        }
        for weights in &patches[1].whitening {
            cell.clear();
            for (column, &weight) in weights.iter().enumerate() {
                let span = column * channels..(column + 1) * channels;
                cell.add_product(&white.re[span.clone()], &white.im[span], weight);
            }
            energy += cell.inner(&cell);
        }
    }
    // One complex number a channel went into the amplitudes and one in all into the two frequencies.
    let cells = signals[0].len() * columns;
    energy / (channels * (cells - 1) - 1) as f64
}
