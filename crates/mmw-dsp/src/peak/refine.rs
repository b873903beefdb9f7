//! Sub-bin range, Doppler and complex amplitude of a target: local maximum likelihood on complex bins.

use super::likelihood::{Bins, Likelihood, residual_power};
use super::patch::{Matched, Patch, PatchAxis};
use mmw_core::ndarray::{Array1, ArrayRef3};
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};
use std::borrow::Cow;
use std::f64::consts::TAU;

/// Steps of Newton's method before giving up; 4 to 6 are usual.
const ITERATIONS: usize = 30;
/// A step below this many bins ends the iteration: far below any Cramér-Rao bound.
const TOLERANCE_BINS: f64 = 1e-9;
/// The estimate stays within this many bins of the start.
const MAX_OFFSET_BINS: f64 = 1.0;

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
    range: PatchAxis,
    doppler: PatchAxis,
    range_patch: Patch,
    doppler_patch: Patch,
}

/// A target between the bins.
#[derive(Debug, Clone, PartialEq)]
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
    /// Predicted standard deviation of `range_bin`; `None` where one bin alone is known.
    pub range_std_bins: Option<f64>,
    /// Predicted standard deviation of `doppler_bin`; `None` where one bin alone is known.
    pub doppler_std_bins: Option<f64>,
    /// False when the iteration left the bins next to the start or did not settle: another target is near,
    /// or there is none.
    pub converged: bool,
}

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
    /// [`Error::TooFew`] for no weights or an FFT shorter than its weights; [`Error::Domain`] for weights that
    /// are not finite, all zero or beyond 1e±50, or for a half width above 64.
    pub fn new(
        range_weights: &[f64],
        range_fft: usize,
        doppler_weights: &[f64],
        doppler_fft: usize,
        half_width: [usize; 2],
    ) -> Result<Self> {
        let range = PatchAxis::new("range_weights", range_weights, range_fft, half_width[0])?;
        let doppler = PatchAxis::new("doppler_weights", doppler_weights, doppler_fft, half_width[1])?;
        let range_patch = range.patch(range.half_width, range.half_width);
        let doppler_patch = doppler.patch(doppler.half_width, doppler.half_width);
        Ok(Self { range, doppler, range_patch, doppler_patch })
    }

    /// The target at the cell `index = [range, doppler]` of `spectrum`, `[channel, range, doppler]`,
    /// unnormalised transforms of the weighted cube.
    ///
    /// `shifted` says that zero Doppler stands at the middle of its axis (index `len / 2`), else at index 0.
    /// The range axis may hold the first bins of the FFT only; then bins beyond its ends are left out.
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
        let (channels, rows, columns) = spectrum.dim();
        check::at_least("channels of the spectrum", channels, 1)?;
        if rows > self.range.fft || columns != self.doppler.fft {
            let expected = [channels, self.range.fft, self.doppler.fft];
            return Err(Error::shape("spectrum", &expected, spectrum.shape()));
        }
        for (axis, len) in [rows, columns].into_iter().enumerate() {
            if index[axis] >= len {
                let domain = format!("below {len}, the length of axis {}", axis + 1);
                return Err(Error::domain("index", index[axis] as f64, domain));
            }
        }
        let range_patch = self.clipped_range(index[0], rows);
        let patches = [&*range_patch, &self.doppler_patch];
        let cells = patches[0].offsets.len() * patches[1].offsets.len();
        check::at_least("independent bins around the peak, less the amplitudes", channels * (cells - 1), 2)?;
        let bins = Bins::gather(spectrum, patches, index)?;
        let (offsets, likelihood, converged) = maximise(patches, &bins);
        let zero = if shifted { columns / 2 } else { 0 };
        let start = [index[0] as f64, signed_bin(index[1], zero, columns)];
        let estimate = Estimate { patches, offsets, likelihood, converged };
        self.report(&estimate, &bins, start)
    }

    /// The patch as far as the range axis goes; it wraps when all bins of the FFT are there.
    fn clipped_range(&self, row: usize, rows: usize) -> Cow<'_, Patch> {
        let half_width = self.range.half_width;
        let (below, above) = (row.min(half_width), (rows - 1 - row).min(half_width));
        if rows == self.range.fft || (below == half_width && above == half_width) {
            return Cow::Borrowed(&self.range_patch);
        }
        Cow::Owned(self.range.patch(below, above))
    }

    fn report(&self, estimate: &Estimate<'_>, bins: &Bins, start: [f64; 2]) -> Result<RefinedPeak> {
        let Estimate { patches, offsets, likelihood, converged } = estimate;
        // A half-integer centre turns by half a cycle when the Doppler bin goes once round, so that the phase
        // belongs to the bin that is reported.
        let len = self.doppler.fft as f64;
        let doppler_bin = (start[1] + offsets[1] + 0.5 * len).rem_euclid(len) - 0.5 * len;
        let turns = start[0] * self.range.centre / self.range.fft as f64
            + (doppler_bin - offsets[1]) * self.doppler.centre / len;
        let amplitudes: Vec<C64> = likelihood.responses.iter().map(|g| g / likelihood.energy).collect();
        let noise = residual_power(*patches, *offsets, &amplitudes, bins);
        let channels = bins.channels as f64;
        let power = amplitudes.iter().map(|a| a.norm_sqr()).sum::<f64>() / channels;
        // The estimated amplitudes hold noise too: σ² / q of it in each channel.
        let signal = (power - noise / likelihood.energy).max(0.0);
        let integrated = (channels * signal * likelihood.energy).max(noise);
        let deviation = |axis: usize| {
            let patch: &Patch = patches[axis];
            let information = 2.0 * integrated * patch.information(offsets[axis]);
            patch.is_resolving().then(|| (noise / information.max(f64::MIN_POSITIVE)).sqrt())
        };
        Ok(RefinedPeak {
            range_bin: start[0] + offsets[0],
            doppler_bin,
            amplitudes: amplitudes.iter().map(|a| a * C64::cis(TAU * turns) * bins.scale).collect(),
            snr: if noise > 0.0 { (signal / noise).min(f64::MAX) } else { f64::MAX },
            noise_power: noise * bins.scale * bins.scale,
            range_std_bins: deviation(0),
            doppler_std_bins: deviation(1),
            converged: *converged,
        })
    }
}

struct Estimate<'a> {
    patches: [&'a Patch; 2],
    offsets: [f64; 2],
    likelihood: Likelihood,
    converged: bool,
}

fn signed_bin(index: usize, zero: usize, len: usize) -> f64 {
    let bin = (index + len - zero) % len;
    if 2 * bin >= len { bin as f64 - len as f64 } else { bin as f64 }
}

/// Newton's method on the logarithm of the likelihood, which is concave over the main lobe; a step that
/// lowers it is halved. Returns the offsets in bins and whether the iteration settled inside its bounds.
fn maximise(patches: [&Patch; 2], bins: &Bins) -> ([f64; 2], Likelihood, bool) {
    let mut matched = [Matched::default(), Matched::default()];
    let mut evaluate = |offsets: [f64; 2]| {
        patches[0].matched_at(offsets[0], &mut matched[0]);
        patches[1].matched_at(offsets[1], &mut matched[1]);
        Likelihood::at(&matched, bins)
    };
    let mut offsets = [0.0; 2];
    let mut current = evaluate(offsets);
    let free = patches.map(Patch::is_resolving);
    for _ in 0..ITERATIONS {
        let mut step = newton_step(&current, free);
        let mut next = moved(offsets, step);
        let mut trial = evaluate(next);
        for _ in 0..ITERATIONS {
            // Near the maximum the likelihood is flat to rounding; a step there is as good as any.
            if trial.value >= current.value - 1e-12 {
                break;
            }
            step = step.map(|s| 0.5 * s);
            next = moved(offsets, step);
            trial = evaluate(next);
        }
        let moved_by = (next[0] - offsets[0]).abs().max((next[1] - offsets[1]).abs());
        (offsets, current) = (next, trial);
        if moved_by < TOLERANCE_BINS {
            let inside = offsets.iter().all(|o| o.abs() < MAX_OFFSET_BINS);
            return (offsets, current, inside);
        }
    }
    (offsets, current, false)
}

fn moved(offsets: [f64; 2], step: [f64; 2]) -> [f64; 2] {
    std::array::from_fn(|i| (offsets[i] + step[i]).clamp(-MAX_OFFSET_BINS, MAX_OFFSET_BINS))
}

/// Towards the maximum of the quadratic model; where that has none, a quarter of a bin uphill.
fn newton_step(at: &Likelihood, free: [bool; 2]) -> [f64; 2] {
    const UPHILL_BINS: f64 = 0.25;
    let [gr, gd] = at.gradient;
    let [rr, dd, rd] = at.hessian;
    let determinant = rr * dd - rd * rd;
    let step = match free {
        [true, true] if rr < 0.0 && determinant > 0.0 => {
            [(rd * gd - dd * gr) / determinant, (rd * gr - rr * gd) / determinant]
        }
        [range, doppler] => {
            let alone = |free: bool, g: f64, curvature: f64| match free {
                false => 0.0,
                true if curvature < 0.0 => -g / curvature,
                true => UPHILL_BINS * g.signum(),
            };
            [alone(range, gr, rr), alone(doppler, gd, dd)]
        }
    };
    step.map(|s| if s.is_finite() { s.clamp(-0.5, 0.5) } else { 0.0 })
}
