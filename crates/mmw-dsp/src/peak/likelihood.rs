//! The white bins around a peak, the likelihood of a target among them, and what the target leaves.

use super::patch::{Patch, Row, Tone};
use super::sums::{FEW, LANES, add_lanes, add_product, weighted};
use crate::wide::{Work, widest};
use mmw_core::check::zero_if_finite;
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};

/// Squares of more would leave the finite numbers.
const MOST: f64 = 1e140;

/// Bins around a peak, `[Doppler, range, channel]` with real and imaginary parts apart: the bins of one
/// Doppler bin and all channels stand side by side, so that sums over Doppler bins vectorise. White on both
/// axes once [`Bins::whiten`] has run.
#[derive(Debug, Clone)]
pub(super) struct Bins {
    pub(super) channels: usize,
    /// Length of one range bin: the channels, filled with zeros to a multiple of [`FEW`].
    pub(super) width: usize,
    /// Length of one Doppler bin: a multiple of [`LANES`], filled with zeros.
    pub(super) line: usize,
    pub(super) re: Vec<f64>,
    pub(super) im: Vec<f64>,
    pub(super) largest: f64,
}

/// Logarithm of the concentrated likelihood with its gradient and its second derivatives (rr, dd, rd).
#[derive(Debug, Clone, Default)]
pub(super) struct Likelihood {
    pub(super) value: f64,
    pub(super) gradient: [f64; 2],
    pub(super) hessian: [f64; 3],
    /// `s_rᴴ C_r⁻¹ Z_c C_d⁻* s_d*` of each channel.
    pub(super) responses: Vec<C64>,
    /// `q_r q_d`.
    pub(super) energy: f64,
}

/// Bins as they stand in the spectrum, `[channel, range, Doppler]`, Doppler bins without gaps.
struct Cells<T> {
    values: Vec<Complex<T>>,
    span: usize,
    /// Where each Doppler bin that is wanted stands.
    at: Vec<usize>,
}

impl<T: Real> Cells<T> {
    fn copied(
        spectrum: &ArrayRef3<Complex<T>>,
        rows: &[Row],
        patch: &Patch,
        [zero, column]: [usize; 2],
    ) -> Self {
        let columns = spectrum.dim().2;
        let (first, last) =
            patch.offsets.iter().fold((0, 0), |(first, last), &o| (o.min(first), o.max(last)));
        let span = (last - first) as usize + 1;
        let start = (column as isize + first).rem_euclid(columns as isize) as usize;
        let mut values = Vec::with_capacity(spectrum.dim().0 * rows.len() * span);
        for plane in spectrum.outer_iter() {
            for row in rows {
                let cells = plane.row(row.index);
                match cells.as_slice() {
                    _ if row.mirrored => {
                        let mirror = |at: usize| (2 * (zero + columns) - at % columns) % columns;
                        values.extend((start..start + span).map(|at| cells[mirror(at)].conj()));
                    }
                    Some(cells) if start + span <= columns => {
                        values.extend_from_slice(&cells[start..start + span])
                    }
                    _ => values.extend((start..start + span).map(|at| cells[at % columns])),
                }
            }
        }
        Self { values, span, at: patch.offsets.iter().map(|&o| (o - first) as usize).collect() }
    }
}

impl Bins {
    /// The bins of these rows, one for each offset of the patch in range; `columns` are those of zero Doppler
    /// and of the peak.
    pub(super) fn gather<T: Real>(
        spectrum: &ArrayRef3<Complex<T>>,
        patches: [&Patch; 2],
        places: &[Row],
        columns: [usize; 2],
    ) -> Result<Self> {
        let channels = spectrum.dim().0;
        let width = channels.next_multiple_of(FEW);
        let line = (patches[0].offsets.len() * width).next_multiple_of(LANES);
        let zeros = vec![0.0; line * patches[1].offsets.len()];
        let mut bins = Self { channels, width, line, re: zeros.clone(), im: zeros, largest: 0.0 };
        // Copied first, row by row: what is not in the caches is then fetched many lines at a time.
        let cells = Cells::copied(spectrum, places, patches[1], columns);
        let lines = bins.re.chunks_exact_mut(line).zip(bins.im.chunks_exact_mut(line));
        for ((re, im), at) in lines.zip(&cells.at) {
            for (row, (re, im)) in
                re.chunks_exact_mut(width).zip(im.chunks_exact_mut(width)).take(places.len()).enumerate()
            {
                let of_row = cells.values.chunks_exact(cells.span).skip(row).step_by(places.len());
                for ((re, im), cells) in re.iter_mut().zip(im).zip(of_row) {
                    (*re, *im) = (cells[*at].re.as_f64(), cells[*at].im.as_f64());
                }
            }
        }
        bins.largest = match widest(Largest(&bins)) {
            Some(largest) => largest,
            None => return Err(not_finite(spectrum, places)),
        };
        if bins.largest == 0.0 {
            return Err(Error::invalid("spectrum", "all bins around the index are zero"));
        }
        check::in_range("largest part of a bin around the peak", bins.largest, 0.0, MOST)?;
        Ok(bins)
    }

    /// Multiplies the channels of some rows by a number each.
    pub(super) fn turn(&mut self, rows: impl Iterator<Item = bool>, turns: &[C64]) {
        for row in rows.enumerate().filter(|row| row.1).map(|row| row.0) {
            let (width, line) = (self.width, self.line);
            let lines = self.re.chunks_exact_mut(line).zip(self.im.chunks_exact_mut(line));
            for (re, im) in lines {
                let cells = re[row * width..].iter_mut().zip(&mut im[row * width..]);
                for ((re, im), turn) in cells.zip(turns) {
                    let z = C64::new(*re, *im) * turn;
                    (*re, *im) = (z.re, z.im);
                }
            }
        }
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
        let line = (range.whitening.len() * self.width).next_multiple_of(LANES);
        let size = line * doppler.whitening.len();
        let white = widest(Whiten { bins: self, patches, white: [vec![0.0; size], vec![0.0; size]], line });
        ([self.re, self.im], self.line) = (white, line);
    }

    /// Takes white tones with these amplitudes away.
    pub(super) fn subtract(&mut self, amplitudes: &[C64], [range, doppler]: [&[C64]; 2]) {
        let line = self.line_of(amplitudes, range);
        widest(Subtract { bins: self, line: &line, tone: doppler });
    }

    /// What would be left without white tones with these amplitudes.
    pub(super) fn energy_without(&self, amplitudes: &[C64], [range, doppler]: [&[C64]; 2]) -> f64 {
        let line = self.line_of(amplitudes, range);
        widest(EnergyWithout { bins: self, line: &line, tone: doppler })
    }

    /// The tones in a Doppler bin where they are one.
    fn line_of(&self, amplitudes: &[C64], range: &[C64]) -> [Vec<f64>; 2] {
        let mut line = [vec![0.0; self.line], vec![0.0; self.line]];
        let [re, im] = &mut line;
        let cells = re.chunks_exact_mut(self.width).zip(im.chunks_exact_mut(self.width));
        for ((re, im), s) in cells.zip(range) {
            for ((re, im), a) in re.iter_mut().zip(im).zip(amplitudes) {
                let z = a * s;
                (*re, *im) = (z.re, z.im);
            }
        }
        line
    }
}

impl Likelihood {
    pub(super) fn at(tones: &[Tone; 2], bins: &Bins) -> Self {
        let (channels, width) = (bins.channels, bins.width);
        let [range, doppler] = tones;
        let responses = widest(Contract { tones, bins });
        let inner = |i: usize, j: usize| {
            let [a, b] = [i, j].map(|i| &responses[2 * i * width..2 * (i + 1) * width]);
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
            responses: (0..channels).map(|c| C64::new(responses[c], responses[width + c])).collect(),
            energy,
        }
    }

    pub(super) fn amplitudes(&self) -> Vec<C64> {
        self.responses.iter().map(|g| g / self.energy).collect()
    }
}

/// The greatest magnitude of all parts; `None` unless all are finite.
struct Largest<'a>(&'a Bins);

impl Work for Largest<'_> {
    type Output = Option<f64>;

    #[inline(always)]
    fn run(self) -> Option<f64> {
        let (mut most, mut zeros) = ([0.0_f64; LANES], [0.0; LANES]);
        let (re, im) = (self.0.re.as_chunks::<LANES>().0, self.0.im.as_chunks::<LANES>().0);
        for x in re.iter().chain(im) {
            for l in 0..LANES {
                zeros[l] += zero_if_finite(x[l]);
                most[l] = if x[l].abs() > most[l] { x[l].abs() } else { most[l] };
            }
        }
        (zeros == [0.0; LANES]).then(|| most.into_iter().fold(0.0, f64::max))
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
        let mut half = [vec![0.0; bins.line], vec![0.0; bins.line]];
        let columns = re.chunks_exact_mut(line).zip(im.chunks_exact_mut(line));
        for ((re, im), weights) in columns.zip(&doppler.whitening) {
            let [half_re, half_im] = &mut half;
            for start in (0..bins.line).step_by(LANES) {
                let sums = weighted::<LANES>([&bins.re, &bins.im], bins.line, start, conjugate(weights));
                half_re[start..start + LANES].copy_from_slice(&sums[0]);
                half_im[start..start + LANES].copy_from_slice(&sums[1]);
            }
            for (row, weights) in range.whitening.iter().enumerate() {
                for start in (0..bins.width).step_by(FEW) {
                    let sums = weighted::<FEW>([half_re, half_im], bins.width, start, conjugate(weights));
                    let to = row * bins.width + start;
                    re[to..to + FEW].copy_from_slice(&sums[0]);
                    im[to..to + FEW].copy_from_slice(&sums[1]);
                }
            }
        }
        [re, im]
    }
}

/// A line for all range bins and channels, times the tone in each Doppler bin, taken away.
struct Subtract<'a> {
    bins: &'a mut Bins,
    line: &'a [Vec<f64>; 2],
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

/// The energy that [`Subtract`] would leave.
struct EnergyWithout<'a> {
    bins: &'a Bins,
    line: &'a [Vec<f64>; 2],
    tone: &'a [C64],
}

impl Work for EnergyWithout<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let Bins { re, im, line, .. } = self.bins;
        let mut sums = [0.0; LANES];
        let lines = re.chunks_exact(*line).zip(im.chunks_exact(*line));
        for ((re, im), s) in lines.zip(self.tone) {
            let own = re.as_chunks::<LANES>().0.iter().zip(im.as_chunks::<LANES>().0);
            let tone = self.line[0].as_chunks::<LANES>().0.iter().zip(self.line[1].as_chunks::<LANES>().0);
            for ((re, im), (tone_re, tone_im)) in own.zip(tone) {
                let mut left = [*re, *im];
                add_lanes(&mut left, tone_re, tone_im, -s.conj());
                for l in 0..LANES {
                    sums[l] += left[0][l] * left[0][l] + left[1][l] * left[1][l];
                }
            }
        }
        sums.iter().sum()
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
        let (width, line) = (self.bins.width, self.bins.line);
        let partial = self.over_doppler();
        let mut responses = vec![0.0; 2 * ORDERS.len() * width];
        for (response, (r, d)) in responses.chunks_exact_mut(2 * width).zip(ORDERS) {
            let (re, im) = partial[2 * d * line..2 * (d + 1) * line].split_at(line);
            for start in (0..width).step_by(FEW) {
                let weights = self.tones[0].values[r].iter().copied();
                let sums = weighted::<FEW>([re, im], width, start, weights);
                response[start..start + FEW].copy_from_slice(&sums[0]);
                response[width + start..width + start + FEW].copy_from_slice(&sums[1]);
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

#[inline(always)]
fn conjugate(weights: &[C64]) -> impl Iterator<Item = C64> {
    weights.iter().map(C64::conj)
}

/// The first value that is not finite in these rows: the patch may be told from its row alone.
fn not_finite<T: Real>(spectrum: &ArrayRef3<Complex<T>>, rows: &[Row]) -> Error {
    let (channels, ranges, dopplers) = spectrum.dim();
    let mut indices = (0..channels)
        .flat_map(|channel| rows.iter().map(move |row| channel * ranges + row.index))
        .flat_map(|line| (0..dopplers).map(move |column| line * dopplers + column));
    let bad = |&i: &usize| {
        let z = spectrum[[i / dopplers / ranges, i / dopplers % ranges, i % dopplers]];
        !(z.re.is_finite() && z.im.is_finite())
    };
    Error::NotFinite { name: "spectrum".into(), index: indices.find(bad).unwrap_or_default() }
}
