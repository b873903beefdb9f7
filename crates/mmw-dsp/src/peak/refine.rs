//! Sub-bin range, Doppler and complex amplitude of targets: maximum likelihood on complex bins.

use super::joint::{self, Target};
use super::likelihood::Bins;
use super::newton::Fit;
use super::patch::{Patch, PatchAxis};
use super::second::Grid;
use super::start::{guess, signed_bin};
use mmw_core::ndarray::{Array1, ArrayRef3};
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};
use std::borrow::Cow;
use std::f64::consts::TAU;

/// The estimate stays within this many bins of the start.
const MAX_OFFSET_BINS: f64 = 1.0;
/// Nearer to zero velocity than this many cells a filter may have moved the peak: the start is searched for.
pub(super) const CLUTTER_CELLS: f64 = 3.0;

/// What conjugation misses of each channel, `w / w*` for a channel that was weighted by `w`; ones when
/// it is empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Image {
    pub(super) turns: Vec<C64>,
}

/// Finds a target between the bins of a spectrum, with the variance of the Cramér-Rao bound.
///
/// The maximum of a windowed periodogram has 1.53 times the standard deviation of the bound for Hann weights,
/// because the taper throws samples away. But the samples are not lost: the bins around the peak hold them,
/// with noise that the window correlates in a known way. So the likelihood of those bins is maximised, with a
/// complex amplitude of its own for each channel:
///
/// ```text
/// Z_c = A_c s_r(κ_r) s_d(κ_d)ᵀ + noise of covariance C_r ⊗ C_d
/// max over (κ_r, κ_d) of   Σ_c |s_rᴴ C_r⁻¹ Z_c C_d⁻* s_d*|² / (s_rᴴ C_r⁻¹ s_r · s_dᴴ C_d⁻¹ s_d)
/// ```
/// It is the separable least-squares problem of section 8.9 of [^kay] in whitened bins: the amplitudes are
/// linear and drop out. With 5 bins
/// each side it has 1.06 times the standard deviation of the bound for rectangular weights and at most 1.36
/// times for Hann; without noise it is exact.
///
/// # Examples
/// ```
/// use mmw_core::{C64, ndarray::Array3};
/// use mmw_dsp::peak::PeakRefiner;
/// use std::f64::consts::TAU;
///
/// // A tone at range bin 5.3 and Doppler bin -2.25, by a slow DFT of 32 samples and 16 chirps.
/// let dft = |at: f64, bin: f64, len: i32| -> C64 {
///     (0..len).map(|n| C64::cis(TAU * f64::from(n) * (at - bin) / f64::from(len))).sum()
/// };
/// let spectrum = Array3::from_shape_fn((1, 32, 16), |(_, r, d)| {
///     dft(5.3, r as f64, 32) * dft(-2.25, d as f64 - 8.0, 16)
/// });
/// let refiner = PeakRefiner::new(&[1.0; 32], 32, &[1.0; 16], 16, [4, 4])?;
/// let peak = refiner.refine(&spectrum, [5, 6], true)?;
/// assert!(peak.converged);
/// assert!((peak.range_bin - 5.3).abs() < 1e-9 && (peak.doppler_bin + 2.25).abs() < 1e-9);
/// assert!((peak.amplitudes[0].norm() - 1.0).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^kay]: S. M. Kay, "Fundamentals of Statistical Signal Processing: Estimation Theory".
#[derive(Debug, Clone)]
pub struct PeakRefiner {
    pub(super) range: PatchAxis,
    pub(super) doppler: PatchAxis,
    pub(super) range_patch: Patch,
    pub(super) doppler_patch: Patch,
    /// Around zero Doppler and blind to it; only where what stands still is to be ignored.
    pub(super) clutter_patch: Option<Patch>,
    /// Range bins at the near end (and the far end of a whole axis) that alone are blind to what stands
    /// still; `None` for all.
    pub(super) coupling_rows: Option<usize>,
    /// Whether nothing is left at beat frequency zero.
    pub(super) no_offset: bool,
    /// Samples are real.
    pub(super) image: Option<Image>,
    /// White tones at the bins of both patches.
    pub(super) grid: [Grid; 2],
    /// Most energy that a tone at least so many bins away has on a patch, range and Doppler.
    pub(super) leakage: [Vec<f64>; 2],
}

/// Targets that were fitted together, with their bins.
pub(crate) struct Fitted<'a> {
    pub(super) plan: &'a PeakRefiner,
    pub(super) targets: Vec<Target<'a>>,
    /// Of the bins and amplitudes.
    pub(super) scale: f64,
}

impl Fitted<'_> {
    pub(crate) fn peaks(&self) -> Vec<RefinedPeak> {
        let Self { plan, targets, scale } = self;
        let report = |i: usize| plan.report(&targets[i], *scale, joint::leakage_power(plan, targets, i));
        (0..targets.len()).map(report).collect()
    }
}

/// A target between the bins.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct RefinedPeak {
    /// Beat frequency in bins of the range FFT.
    pub range_bin: f64,
    /// Doppler frequency in bins of the Doppler FFT, signed, from minus to plus half its length.
    pub doppler_bin: f64,
    /// Complex amplitude of each channel at the middle sample of the middle chirp, in units of a sample of
    /// the cube. There its phase is least uncertain, because it does not move with the frequencies.
    pub amplitudes: Array1<C64>,
    /// Signal-to-noise ratio of a sample of one channel, linear, mean over the channels, not negative.
    pub snr: f64,
    /// Noise power of a sample of one channel, from what the model leaves of the bins around the peak.
    pub noise_power: f64,
    /// Predicted standard deviation of `range_bin`; `None` where one bin alone is known. The neighbours are
    /// taken as known: from 4 bins on that is at most 10 % too little.
    pub range_std_bins: Option<f64>,
    /// Predicted standard deviation of `doppler_bin`, likewise.
    pub doppler_std_bins: Option<f64>,
    /// Power of this target where its spectrum is strongest, summed over channels.
    pub peak_power: f64,
    /// Power that the other targets of the call have in the cell where this one was looked for, summed over
    /// channels; 0 for a target alone. Where it exceeds `peak_power`, the peak was their leakage.
    pub leakage_power: f64,
    /// Which target of the call leaves most of it.
    pub leakage_from: Option<usize>,
    /// False when the iteration left the bins next to the start or did not settle: an undetected target is
    /// near, or there is none.
    pub converged: bool,
}

mmw_core::checked_serde!(RefinedPeak {
    range_bin,
    doppler_bin,
    snr,
    noise_power,
    range_std_bins,
    doppler_std_bins,
    peak_power,
    leakage_power
});

impl PeakRefiner {
    /// Half width that reaches the bound within 8 % for rectangular and 36 % for Hann weights: five bins of
    /// an FFT without zero padding.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(mmw_dsp::peak::PeakRefiner::default_half_width(100, 256), 15);
    /// ```
    #[must_use]
    pub fn default_half_width(weights: usize, fft: usize) -> usize {
        5 * fft.div_ceil(weights.max(1)).clamp(1, 12)
    }

    /// A plan for spectra of FFTs of `range_fft` and `doppler_fft` points over samples weighted by
    /// `range_weights` and chirps weighted by `doppler_weights`, which uses `half_width = [range, doppler]`
    /// bins on each side of a peak (fewer where the axis ends).
    ///
    /// # Errors
    /// [`Error::TooFew`] for no weights or an FFT shorter than its weights; [`Error::Domain`] for weights
    /// that are not finite, all zero or beyond 1e±50, or for a half width above 64.
    pub fn new(
        range_weights: &[f64],
        range_fft: usize,
        doppler_weights: &[f64],
        doppler_fft: usize,
        half_width: [usize; 2],
    ) -> Result<Self> {
        let range = PatchAxis::new("range_weights", range_weights, range_fft, half_width[0])?;
        let doppler = PatchAxis::new("doppler_weights", doppler_weights, doppler_fft, half_width[1])?;
        let range_patch = range.patch(range.half_width, range.half_width).tabulated(&range);
        let doppler_patch = doppler.patch(doppler.half_width, doppler.half_width).tabulated(&doppler);
        let grid = [Grid::new(&range, &range_patch), Grid::new(&doppler, &doppler_patch)];
        let leakage = [joint::leakage(&range, &range_patch), joint::leakage(&doppler, &doppler_patch)];
        Ok(Self {
            range,
            doppler,
            range_patch,
            doppler_patch,
            clutter_patch: None,
            coupling_rows: None,
            no_offset: false,
            image: None,
            grid,
            leakage,
        })
    }

    /// The target at the cell `index = [range, doppler]` of `spectrum`, `[channel, range, doppler]`,
    /// unnormalised transforms of the weighted cube.
    ///
    /// `shifted` says that zero Doppler is at the middle of its axis (index `len / 2`), else at index 0.
    /// The range axis may hold the first bins of the FFT only; then bins beyond its ends are left out, but
    /// for real samples ([`PeakRefiner::with_image`]).
    ///
    /// # Errors
    /// [`Error::Shape`] when the spectrum does not fit the FFTs, [`Error::Domain`] for an index outside it,
    /// [`Error::NotFinite`] for NaN or infinity around the peak, [`Error::Invalid`] when all bins there are
    /// zero, [`Error::TooFew`] when they are too few to tell signal from noise.
    pub fn refine<T: Real>(
        &self,
        spectrum: &ArrayRef3<Complex<T>>,
        index: [usize; 2],
        shifted: bool,
    ) -> Result<RefinedPeak> {
        self.check_shape(spectrum)?;
        if self.image.is_some() {
            let peak = self.refine_all(spectrum, &[index], shifted)?.pop();
            return peak.ok_or_else(|| Error::invalid("index", "one peak was asked for"));
        }
        let mut target = self.target(spectrum, index, shifted)?;
        let scale = target.bins.scale();
        target.whiten(scale);
        target.fit_alone(self);
        Ok(self.report(&target, scale, (0.0, None)))
    }

    /// The targets at the cells `indices`, all at once: one for each, in their order.
    ///
    /// The likelihood of a peak's bins is maximised with the other targets' echoes taken away, leakage
    /// through the windows included, and that in turn for all peaks until nothing moves: alternating maximum
    /// likelihood, the RELAX of [^li] with an amplitude for each channel. Without noise it is exact; in noise
    /// it has at most 1.5 times the standard deviation of the bound for as many targets when they are 4 cells
    /// apart or more in either axis. Targets whose leakage is below the noise are fitted as by
    /// [`PeakRefiner::refine`], at the same cost.
    ///
    /// # Errors
    /// As [`PeakRefiner::refine`].
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{C64, ndarray::Array3};
    /// use mmw_dsp::peak::PeakRefiner;
    /// use std::f64::consts::TAU;
    ///
    /// // Two tones of one Doppler bin, 4.4 range bins apart, by a slow DFT.
    /// let dft = |at: f64, bin: f64, len: i32| -> C64 {
    ///     (0..len).map(|n| C64::cis(TAU * f64::from(n) * (at - bin) / f64::from(len))).sum()
    /// };
    /// let spectrum = Array3::from_shape_fn((1, 32, 16), |(_, r, d)| {
    ///     (dft(8.3, r as f64, 32) + dft(12.7, r as f64, 32)) * dft(-2.25, d as f64 - 8.0, 16)
    /// });
    /// let refiner = PeakRefiner::new(&[1.0; 32], 32, &[1.0; 16], 16, [4, 4])?;
    /// let peaks = refiner.refine_all(&spectrum, &[[8, 6], [13, 6]], true)?;
    /// assert!((peaks[0].range_bin - 8.3).abs() < 1e-6 && (peaks[1].range_bin - 12.7).abs() < 1e-6);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^li]: J. Li, P. Stoica, "Efficient mixed-spectrum estimation with applications to target feature
    ///     extraction", IEEE Transactions on Signal Processing 44(2), 1996.
    pub fn refine_all<T: Real>(
        &self,
        spectrum: &ArrayRef3<Complex<T>>,
        indices: &[[usize; 2]],
        shifted: bool,
    ) -> Result<Vec<RefinedPeak>> {
        Ok(self.fit_all(spectrum, indices, shifted)?.peaks())
    }

    /// As [`PeakRefiner::refine_all`], with what was fitted to.
    pub(crate) fn fit_all<T: Real>(
        &self,
        spectrum: &ArrayRef3<Complex<T>>,
        indices: &[[usize; 2]],
        shifted: bool,
    ) -> Result<Fitted<'_>> {
        self.check_shape(spectrum)?;
        let targets = indices.iter().map(|&index| self.target(spectrum, index, shifted));
        let mut targets = targets.collect::<Result<Vec<_>>>()?;
        let scale = targets.iter().map(|t| t.bins.scale()).fold(f64::MIN_POSITIVE, f64::max);
        for target in &mut targets {
            target.whiten(scale);
        }
        joint::fit(self, &mut targets);
        Ok(Fitted { plan: self, targets, scale })
    }

    pub(super) fn check_shape<T: Real>(&self, spectrum: &ArrayRef3<Complex<T>>) -> Result<()> {
        let (channels, rows, columns) = spectrum.dim();
        check::at_least("channels of the spectrum", channels, 1)?;
        if rows > self.range.fft || columns != self.doppler.fft {
            let expected = [channels, self.range.fft, self.doppler.fft];
            return Err(Error::shape("spectrum", &expected, spectrum.shape()));
        }
        Ok(())
    }

    fn target<T: Real>(
        &self,
        spectrum: &ArrayRef3<Complex<T>>,
        index: [usize; 2],
        shifted: bool,
    ) -> Result<Target<'_>> {
        let (channels, rows, columns) = spectrum.dim();
        for (axis, len) in [rows, columns].into_iter().enumerate() {
            if index[axis] >= len {
                let domain = format!("below {len}, the length of axis {}", axis + 1);
                return Err(Error::domain("index", index[axis] as f64, domain));
            }
        }
        let zero = if shifted { columns / 2 } else { 0 };
        let cell = [index[0] as f64, signed_bin(index[1], zero, columns)];
        let range_patch = self.range_patch_at(index[0], rows);
        let reach = CLUTTER_CELLS * self.doppler.bins_a_cell();
        let (doppler_patch, middle, slow) = match self.clutter_patch_at(index[0], rows) {
            Some(patch) if cell[1].abs() <= reach => (Cow::Borrowed(patch), [index[0], zero], true),
            Some(_) => {
                let blind = self.doppler.blind(&self.doppler_patch, -cell[1]);
                (blind.map_or(Cow::Borrowed(&self.doppler_patch), Cow::Owned), index, false)
            }
            None => (Cow::Borrowed(&self.doppler_patch), index, false),
        };
        let patches = [&*range_patch, &*doppler_patch];
        let cells = patches[0].freedom * patches[1].freedom;
        let name = "independent bins around the peak, less the amplitudes";
        check::at_least(name, channels * cells.saturating_sub(1), 2)?;
        let places = patches[0].offsets.iter().filter_map(|o| self.row(middle[0] as isize + o, rows));
        let places: Vec<_> = places.collect();
        let mut bins = Bins::gather(spectrum, patches, &places, [zero, middle[1]])?;
        if let Some(image) = &self.image {
            bins.turn(places.iter().map(|row| row.mirrored), &image.turns);
        }
        let beside_image = self.is_beside_image(index[0], rows);
        let guesses = [0, 1].map(|axis| guess(spectrum, index, axis, axis == 0 && rows < self.range.fft));
        let guess = guesses.map(|guess| guess.unwrap_or(0.0));
        let responses = [self.range.response.value(guess[0]), self.doppler.response.value(guess[1])];
        let cells = (0..channels).map(|c| {
            let z = spectrum[[c, index[0], index[1]]];
            C64::new(z.re.as_f64(), z.im.as_f64())
        });
        let response = responses[0] * responses[1];
        let amplitudes =
            cells.map(|z| if response.norm() > 0.0 { z / response } else { C64::default() }).collect();
        // A peak in the last cell that counts as slow may stand beyond it, as far as any other from its cell.
        let far = (reach + MAX_OFFSET_BINS).min(self.doppler.fft as f64 / 2.0);
        Ok(Target {
            bounds: [[-MAX_OFFSET_BINS, MAX_OFFSET_BINS], if slow { [-far, far] } else { [-1.0, 1.0] }],
            middle: [cell[0], if slow { 0.0 } else { cell[1] }],
            cell,
            slow,
            late: guesses.contains(&None) && !beside_image,
            beside_image,
            offsets: guess,
            amplitudes,
            patches: [range_patch, doppler_patch],
            bins,
            fit: Fit::default(),
            residual: None,
        })
    }

    fn report(&self, target: &Target<'_>, scale: f64, leakage: (f64, Option<usize>)) -> RefinedPeak {
        // A half-integer centre turns by half a cycle when the Doppler bin goes once round, so that the phase
        // belongs to the bin that is reported.
        let len = self.doppler.fft as f64;
        let offsets = target.offsets;
        let doppler_bin = (target.middle[1] + offsets[1] + 0.5 * len).rem_euclid(len) - 0.5 * len;
        let turns = target.middle[0] * self.range.centre / self.range.fft as f64
            + (doppler_bin - offsets[1]) * self.doppler.centre / len;
        let tones = &target.fit.tones;
        let energy = (tones[0].energy[0] * tones[1].energy[0]).max(f64::MIN_POSITIVE);
        let amplitudes = &target.amplitudes;
        let channels = amplitudes.len() as f64;
        // One complex number per channel went into the amplitudes and one in all into the two frequencies.
        let freedom = channels * ((target.patches[0].freedom * target.patches[1].freedom - 1) as f64) - 1.0;
        let noise = target.fit.left(target.residual.as_ref().unwrap_or(&target.bins)) / freedom;
        let total = amplitudes.iter().map(|a| a.norm_sqr()).sum::<f64>();
        // The estimated amplitudes hold noise too: σ² / q of it in each channel.
        let signal = (total / channels - noise / energy).max(0.0);
        let integrated = (channels * signal * energy).max(noise);
        let deviation = |axis: usize| {
            let information = 2.0 * integrated * tones[axis].information();
            let deviation = (noise / information.max(f64::MIN_POSITIVE)).sqrt();
            target.patches[axis].is_resolving().then(|| deviation.min(f64::MAX))
        };
        let gain = [self.summit(target.middle[0] + offsets[0]), self.doppler.response.value(0.0).norm_sqr()];
        RefinedPeak {
            range_bin: target.middle[0] + offsets[0],
            doppler_bin,
            amplitudes: amplitudes.iter().map(|a| a * C64::cis(TAU * turns) * scale).collect(),
            snr: if noise > 0.0 { (signal / noise).min(f64::MAX) } else { f64::MAX },
            noise_power: noise * scale * scale,
            range_std_bins: deviation(0),
            doppler_std_bins: deviation(1),
            peak_power: total * gain[0] * gain[1] * scale * scale,
            leakage_power: leakage.0 * scale * scale,
            leakage_from: leakage.1,
            converged: target.fit.converged,
        }
    }
}
