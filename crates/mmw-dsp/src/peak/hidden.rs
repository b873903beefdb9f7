//! Targets that make no maximum of their own: what the fitted ones leave of the spectrum around them.

use super::joint::NEGLIGIBLE;
use super::patch::PatchAxis;
use super::refine::{Fitted, PeakRefiner, RefinedPeak};
use super::start::signed_bin;
use super::sums::{LANES, add_product};
use crate::wide::{Work, widest};
use mmw_core::ndarray::{Array2, ArrayRef3};
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Real, Result};
use std::f64::consts::TAU;

/// A second target must leave at most this share of what the first leaves beside noise. One that is there
/// leaves at most 0.04 of it; of what motion through cells, phase noise and unequal channels leave, one more
/// tone takes at most 0.40 and leaves 0.60 (both by the figures of [`super::second`]). A quarter stands
/// between: as amplitudes 0.2, 0.5 and 0.77.
const BETTER: f64 = 0.25;
/// Nearer than this many cells two targets and one that is spread look alike: half the main lobe of a Hann
/// window, whose zeros are 2 cells off.
const LEAST_CELLS: f64 = 2.0;
/// Share of its energy that a second target leaves of the patch at least. A tone and its derivative by
/// frequency, all that the fit of the first can bend, hold `sinc²δ + 12 |∫x e^(2πjδx)dx|²` of a tone δ cells
/// off: at most `12/(4π)²` = 0.08 from 2 cells on. On both axes and with the noise of the threshold that
/// stays below half.
const UNTAKEN: f64 = 0.5;

/// What a target hidden beside another has to pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HiddenTest {
    /// Beside which of the targets it is looked for.
    pub beside: usize,
    /// Power that it must leave in a cell, summed over channels, once the others are taken away: the
    /// detector's threshold, so that noise passes in one cell of so many as there.
    pub threshold: f64,
    /// Noise power of a sample of one channel.
    pub noise_power: f64,
}

impl PeakRefiner {
    /// The cell of one more target near one of `peaks`, the fits of `indices`, when the spectrum holds one
    /// that makes no maximum of its own there; for another call of [`PeakRefiner::refine_all`].
    ///
    /// First one more tone must take at least half of what the fit of the target leaves beside noise, which
    /// takes little work to find out. What the fitted targets leave of the cells around is then compared with
    /// the detector's threshold. Where it is above, the pair is fitted jointly, and the second target counts
    /// when it takes three quarters of what the first one alone left unexplained: the gain in likelihood of a
    /// target that is there against that of a model which is not quite right.
    ///
    /// # Errors
    /// As [`PeakRefiner::refine_all`]; [`mmw_core::Error::Shape`] unless there is a peak for each index.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{C64, ndarray::Array3};
    /// use mmw_dsp::Window;
    /// use mmw_dsp::peak::{HiddenTest, PeakRefiner};
    /// use std::f64::consts::TAU;
    ///
    /// // Two tones of one Doppler bin, 2.5 range bins apart, the second a tenth of the first, behind Hann windows.
    /// let (range, doppler) = (Window::Hann.weights::<f64>(32)?.to_vec(), Window::Hann.weights::<f64>(16)?.to_vec());
    /// let dft = |at: f64, bin: f64, weights: &[f64]| -> C64 {
    ///     let turn = |n: usize| TAU * n as f64 * (at - bin) / weights.len() as f64;
    ///     weights.iter().enumerate().map(|(n, w)| C64::cis(turn(n)) * w).sum()
    /// };
    /// let spectrum = Array3::from_shape_fn((1, 32, 16), |(_, r, d)| {
    ///     (dft(8.0, r as f64, &range) + 0.1 * dft(10.5, r as f64, &range)) * dft(-2.25, d as f64 - 8.0, &doppler)
    /// });
    /// let refiner = PeakRefiner::new(&range, 32, &doppler, 16, [5, 5])?;
    /// let mut cells = vec![[8, 6]];
    /// let peaks = refiner.refine_all(&spectrum, &cells, true)?;
    /// let test = HiddenTest { beside: 0, threshold: 1e-3, noise_power: 1e-9 };
    /// cells.extend(refiner.hidden(&spectrum, &cells, &peaks, test, true)?);
    /// let peaks = refiner.refine_all(&spectrum, &cells, true)?;
    /// assert!((peaks[0].range_bin - 8.0).abs() < 1e-4 && (peaks[1].range_bin - 10.5).abs() < 1e-4);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn hidden<T: Real>(
        &self,
        spectrum: &ArrayRef3<Complex<T>>,
        indices: &[[usize; 2]],
        peaks: &[RefinedPeak],
        test: HiddenTest,
        shifted: bool,
    ) -> Result<Option<[usize; 2]>> {
        self.check_shape(spectrum)?;
        mmw_core::check::same_len("peaks", indices.len(), peaks.len())?;
        if !peaks.get(test.beside).is_some_and(|before| self.leaves_room(before, &test)) {
            return Ok(None);
        }
        let fitted = self.fit_all(spectrum, indices, shifted)?;
        self.hidden_in(&fitted, spectrum, indices, peaks, test, shifted)
    }

    /// As [`PeakRefiner::hidden`], for those who have the fits of `indices`.
    pub(crate) fn hidden_in<T: Real>(
        &self,
        fitted: &Fitted<'_>,
        spectrum: &ArrayRef3<Complex<T>>,
        indices: &[[usize; 2]],
        peaks: &[RefinedPeak],
        test: HiddenTest,
        shifted: bool,
    ) -> Result<Option<[usize; 2]>> {
        let Some((&of, before)) = indices.get(test.beside).zip(peaks.get(test.beside)) else {
            return Ok(None);
        };
        if !(self.leaves_room(before, &test) && self.takes_enough(fitted, test.beside, test.noise_power)) {
            return Ok(None);
        }
        let near = self.near(indices, of);
        let Some((cell, power)) = self.most_left(spectrum, of, peaks, indices, shifted) else {
            return Ok(None);
        };
        if power <= test.threshold {
            return Ok(None);
        }
        let mut trial: Vec<[usize; 2]> = vec![of];
        trial.extend(near.into_iter().filter(|&i| i != test.beside).map(|i| indices[i]));
        trial.push(cell);
        let after = self.refine_all(spectrum, &trial, shifted)?;
        let (Some(first), Some(second)) = (after.first(), after.last()) else { return Ok(None) };
        let excess = |peak: &RefinedPeak| (peak.noise_power - test.noise_power).max(0.0);
        let explained = excess(first) <= BETTER * excess(before);
        let cells = [first.range_bin - second.range_bin, first.doppler_bin - second.doppler_bin];
        let apart = [&self.range, &self.doppler].iter().zip(cells).any(|(axis, bins)| {
            let around = bins - (bins / axis.fft as f64).round() * axis.fft as f64;
            around.abs() >= LEAST_CELLS * axis.bins_a_cell()
        });
        let explained = explained && !self.is_image(second.range_bin);
        Ok((apart && explained && second.converged && second.peak_power > test.threshold).then_some(cell))
    }

    /// Whether the fit leaves more than noise by what a target at the threshold would.
    fn leaves_room(&self, peak: &RefinedPeak, test: &HiddenTest) -> bool {
        let axes = [&self.range, &self.doppler];
        let energy =
            axes.map(|axis| axis.energy / axis.response.value(0.0).norm_sqr().max(f64::MIN_POSITIVE));
        let bins = axes.map(|axis| (2 * axis.half_width + 1).min(axis.weights) as f64);
        let freedom = bins[0] * bins[1] * peak.amplitudes.len() as f64;
        (peak.noise_power - test.noise_power) * freedom > UNTAKEN * test.threshold * energy[0] * energy[1]
    }

    /// Targets whose patches overlap with that of a cell.
    fn near(&self, indices: &[[usize; 2]], of: [usize; 2]) -> Vec<usize> {
        let axes = [&self.range, &self.doppler];
        let overlaps = |index: &[usize; 2]| {
            (0..2).all(|axis| {
                let apart = index[axis].abs_diff(of[axis]);
                apart.min(axes[axis].fft.saturating_sub(apart)) <= 2 * axes[axis].half_width
            })
        };
        (0..indices.len()).filter(|&i| overlaps(&indices[i])).collect()
    }

    /// The cell around `of` where the peaks leave most, and the power there, summed over channels. Their own
    /// cells and those beside them do not count.
    fn most_left<T: Real>(
        &self,
        spectrum: &ArrayRef3<Complex<T>>,
        of: [usize; 2],
        peaks: &[RefinedPeak],
        indices: &[[usize; 2]],
        shifted: bool,
    ) -> Option<([usize; 2], f64)> {
        let (_, rows, columns) = spectrum.dim();
        let zero = if shifted { columns / 2 } else { 0 };
        let whole = rows == self.range.fft;
        let cells = [around(of[0], rows, &self.range, whole), around(of[1], columns, &self.doppler, true)];
        let bins = [
            cells[0].iter().map(|&row| row as f64).collect::<Vec<_>>(),
            cells[1].iter().map(|&column| signed_bin(column, zero, columns)).collect(),
        ];
        let middle = [of[0] as f64, signed_bin(of[1], zero, columns)];
        let line = cells[1].len().next_multiple_of(LANES);
        let direct =
            peaks.iter().map(|peak| (peak, [peak.range_bin, peak.doppler_bin], peak.amplitudes.to_vec()));
        let image = self.image.iter().flat_map(|image| {
            peaks.iter().map(|peak| {
                let amplitudes = image.of(peak.amplitudes.iter()).collect();
                (peak, [-peak.range_bin, -peak.doppler_bin], amplitudes)
            })
        });
        let near = direct.chain(image).filter(|(peak, at, _)| self.reaches(peak, *at, middle));
        let echoes = near.map(|(_, at, amplitudes)| {
            let turn = |axis: &PatchAxis, bin: f64| C64::cis(-TAU * bin * axis.centre / axis.fft as f64);
            let of_doppler = |&bin: &f64| self.doppler.response.value(at[1] - bin) * turn(&self.doppler, bin);
            let doppler: Vec<C64> = bins[1].iter().map(of_doppler).collect();
            let part = |of: fn(&C64) -> f64| {
                doppler.iter().map(of).chain(std::iter::repeat(0.0)).take(line).collect()
            };
            let of_range = |&bin: &f64| self.range_response(at[0], bin) * turn(&self.range, bin);
            let range: Vec<C64> = bins[0].iter().map(of_range).collect();
            let lines = amplitudes.iter().flat_map(|a| range.iter().map(move |r| -(a * r)));
            Echo { weights: lines.collect(), doppler: [part(|z| z.re), part(|z| z.im)] }
        });
        let echoes: Vec<Echo> = echoes.collect();
        let mut left = [Vec::new(), Vec::new()];
        for plane in spectrum.outer_iter() {
            for &row in &cells[0] {
                for &column in &cells[1] {
                    let z = plane[[row, column]];
                    left[0].push(z.re.as_f64());
                    left[1].push(z.im.as_f64());
                }
                left.iter_mut().for_each(|part| part.resize(part.len().next_multiple_of(line), 0.0));
            }
        }
        let power = widest(Left { left, echoes: &echoes, line, rows: cells[0].len() });
        let own = |cell: [usize; 2]| {
            indices.iter().any(|index| {
                let apart = [0, 1].map(|axis| index[axis].abs_diff(cell[axis]));
                apart[0].min(self.range.fft - apart[0]) <= 1 && apart[1].min(columns - apart[1]) <= 1
            })
        };
        let powers = power.chunks_exact(line).zip(&cells[0]);
        let places = powers.flat_map(|(power, &row)| {
            cells[1].iter().zip(power).map(move |(&column, &power)| ([row, column], power))
        });
        places.filter(|&(cell, _)| !own(cell)).max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// What a peak leaves in the bins `[range, doppler]`, a value per channel; of real samples its image
    /// too. Nothing where it does not matter on the patch around `middle`.
    pub(crate) fn echo(
        &self,
        peak: &RefinedPeak,
        bins: &[[f64; 2]],
        middle: [f64; 2],
    ) -> Option<Array2<C64>> {
        let turn = |axis: &PatchAxis, bin: f64| C64::cis(-TAU * bin * axis.centre / axis.fft as f64);
        let response = |at: [f64; 2], [range, doppler]: [f64; 2]| {
            self.range_response(at[0], range)
                * self.doppler.response.value(at[1] - doppler)
                * turn(&self.range, range)
                * turn(&self.doppler, doppler)
        };
        let direct = ([peak.range_bin, peak.doppler_bin], peak.amplitudes.to_vec());
        let image = self.image.as_ref().map(|image| {
            ([-peak.range_bin, -peak.doppler_bin], image.of(peak.amplitudes.iter()).collect::<Vec<C64>>())
        });
        let mut sum: Option<Array2<C64>> = None;
        for (at, amplitudes) in std::iter::once(direct).chain(image) {
            if !self.reaches(peak, at, middle) {
                continue;
            }
            let sum = sum.get_or_insert_with(|| Array2::zeros((amplitudes.len(), bins.len())));
            for (mut column, &bin) in sum.columns_mut().into_iter().zip(bins) {
                let response = response(at, bin);
                column.iter_mut().zip(&amplitudes).for_each(|(sum, a)| *sum += a * response);
            }
        }
        sum
    }

    /// Whether an echo of a peak, here or at its image, matters on the patch around `middle`.
    fn reaches(&self, peak: &RefinedPeak, at: [f64; 2], middle: [f64; 2]) -> bool {
        let axes = [&self.range, &self.doppler];
        let energy = [0, 1].map(|axis| {
            let apart = at[axis] - middle[axis];
            let fft = axes[axis].fft as f64;
            let apart = (apart - (apart / fft).round() * fft).abs();
            let table = &self.leakage[axis];
            table[((apart - 1.0).max(0.0) as usize).min(table.len() - 1)]
        });
        let power: f64 = peak.amplitudes.iter().map(|a| a.norm_sqr()).sum();
        power * energy[0] * energy[1] > NEGLIGIBLE * peak.noise_power
    }
}

/// What one target adds to lines of Doppler bins.
struct Echo {
    /// Of each line, with a minus.
    weights: Vec<C64>,
    doppler: [Vec<f64>; 2],
}

/// Lines of Doppler bins, `[channel, range]`, without echoes: their power summed over channels.
struct Left<'a> {
    left: [Vec<f64>; 2],
    echoes: &'a [Echo],
    line: usize,
    rows: usize,
}

impl Work for Left<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run(self) -> Vec<f64> {
        let Self { left: [mut re, mut im], echoes, line, rows } = self;
        let mut power = vec![0.0; rows * line];
        let lines = re.chunks_exact_mut(line).zip(im.chunks_exact_mut(line));
        for (i, (re, im)) in lines.enumerate() {
            for Echo { weights, doppler } in echoes {
                add_product([re, im], doppler, weights[i]);
            }
            let of_row = &mut power[i % rows * line..][..line];
            for ((power, re), im) in of_row.iter_mut().zip(re).zip(im) {
                *power += *re * *re + *im * *im;
            }
        }
        power
    }
}

/// The bins of the patch around one, each once.
fn around(index: usize, len: usize, axis: &PatchAxis, wraps: bool) -> Vec<usize> {
    let reach = axis.half_width.min((len - 1) / 2);
    if wraps {
        return (0..=2 * reach).map(|i| (index + len + i - reach) % len).collect();
    }
    (index.saturating_sub(reach)..=(index + reach).min(len - 1)).collect()
}
