//! The beat signal of one echo over a stretch of samples: a complex exponential with quadratic phase.
//!
//! The exact phase is computed at three places of a stretch and a parabola put through them; the samples
//! follow by recurrence. Two errors arise. The parabola misses a phase with third derivative `M` over a
//! stretch of `T` seconds by at most `M T³ / (72 √3)` (interpolation at both ends and the middle), and
//! [`longest_stretch`] keeps that below [`PHASE_ERROR_RAD`]. The recurrence runs in double precision: its
//! innermost factor, a 64th power, is off by up to 64 roundings of 1e-16, and `K` steps of two nested
//! products turn that into `K²/2` as much: 1e-9 for the longest stretch.

use std::f64::consts::TAU;

/// Samples that run side by side, enough to hide the latency of a complex multiplication.
pub(super) const LANES: usize = 8;

/// Longest stretch of one recurrence, samples.
const MAX_STRETCH: usize = 4096;

/// What the parabola may miss, rad: about the resolution of the single-precision output.
const PHASE_ERROR_RAD: f64 = 1e-7;

/// Samples of the longest stretch, a multiple of [`LANES`], over which a parabola follows a phase whose
/// third derivative is at most `third_rad_s3`; `None` when not even [`LANES`] samples can be followed.
pub(super) fn longest_stretch(third_rad_s3: f64, sample_rate_hz: f64) -> Option<usize> {
    if third_rad_s3.is_nan() {
        return None;
    }
    let seconds = (72.0 * 3_f64.sqrt() * PHASE_ERROR_RAD / third_rad_s3).cbrt();
    // A phase without third derivative divides by zero and gets the longest stretch.
    let samples = (seconds * sample_rate_hz).min(MAX_STRETCH as f64) as usize / LANES * LANES;
    (samples > 0).then_some(samples)
}

/// State of the recurrence: [`LANES`] neighbouring samples, the factor that takes each to the sample
/// [`LANES`] further on, and the factor of those factors.
#[derive(Debug, Clone)]
pub(super) struct Tone {
    z_re: [f64; LANES],
    z_im: [f64; LANES],
    w_re: [f64; LANES],
    w_im: [f64; LANES],
    d_re: f64,
    d_im: f64,
}

impl Tone {
    /// `amplitude exp(j 2π φ(n))`, where the parabola φ, in cycles, takes the three values at samples 0,
    /// `len / 2` and `len`.
    ///
    /// With `φ(n) = a + b n + c n²` and L lanes: `φ(n + L) − φ(n) = L b + L² c + 2 L c n`, which itself
    /// grows by `2 L² c` every L samples.
    pub(super) fn new(amplitude: f64, cycles: [f64; 3], len: f64) -> Self {
        const L: f64 = LANES as f64;
        let half = 0.5 * len;
        let c = (cycles[0] - 2.0 * cycles[1] + cycles[2]) / (2.0 * half * half);
        let b = (cycles[1] - cycles[0]) / half - c * half;
        let bend = cis(2.0 * c);
        let bend_lanes = power_of_two(bend, 3);
        let start = cis(cycles[0]);
        let mut z = (amplitude * start.0, amplitude * start.1);
        let mut step = cis(b + c);
        let mut w = cis(L * b + L * L * c);
        let (d_re, d_im) = power_of_two(bend_lanes, 3);
        let zero = [0.0; LANES];
        let mut tone = Self { z_re: zero, z_im: zero, w_re: zero, w_im: zero, d_re, d_im };
        for lane in 0..LANES {
            (tone.z_re[lane], tone.z_im[lane]) = z;
            (tone.w_re[lane], tone.w_im[lane]) = w;
            z = times(z, step);
            step = times(step, bend);
            w = times(w, bend_lanes);
        }
        tone
    }

    /// Adds the tone to the real and imaginary parts of its stretch, whose length is a multiple of
    /// [`LANES`].
    ///
    /// Without fused operations, so that every machine computes the same bits.
    #[inline(always)]
    pub(super) fn add_to(self, re: &mut [f64], im: &mut [f64]) {
        let Self { mut z_re, mut z_im, mut w_re, mut w_im, d_re, d_im } = self;
        let re = re.as_chunks_mut::<LANES>().0;
        let im = im.as_chunks_mut::<LANES>().0;
        for (re, im) in re.iter_mut().zip(im) {
            for l in 0..LANES {
                re[l] += z_re[l];
                im[l] += z_im[l];
                (z_re[l], z_im[l]) = times((z_re[l], z_im[l]), (w_re[l], w_im[l]));
                (w_re[l], w_im[l]) = times((w_re[l], w_im[l]), (d_re, d_im));
            }
        }
    }
}

/// `exp(j 2π x)` of a phase in cycles, reduced first so that large phases keep their precision.
fn cis(cycles: f64) -> (f64, f64) {
    let (sin, cos) = (TAU * (cycles - cycles.round())).sin_cos();
    (cos, sin)
}

#[inline(always)]
fn times(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// `z^(2^squarings)`.
fn power_of_two(z: (f64, f64), squarings: u32) -> (f64, f64) {
    (0..squarings).fold(z, |z, _| times(z, z))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recurrence_follows_its_parabola_over_the_longest_stretch() {
        let len = MAX_STRETCH as f64;
        let phase = |n: f64| 1234.567 + 0.2371 * n - 3.1e-7 * n * n;
        let tone = Tone::new(2.0, [phase(0.0), phase(len / 2.0), phase(len)], len);
        let (mut re, mut im) = (vec![0.0; MAX_STRETCH], vec![0.0; MAX_STRETCH]);
        tone.add_to(&mut re, &mut im);
        for n in 0..MAX_STRETCH {
            let (cos, sin) = cis(phase(n as f64));
            // Amplitude 2 times the 1e-9 of the module's header.
            assert!((re[n] - 2.0 * cos).abs() < 2e-9 && (im[n] - 2.0 * sin).abs() < 2e-9, "sample {n}");
        }
    }

    #[test]
    fn a_phase_that_bends_too_fast_has_no_stretch() {
        assert_eq!(longest_stretch(0.0, 5e6), Some(MAX_STRETCH));
        assert_eq!(longest_stretch(f64::INFINITY, 5e6), None);
        assert_eq!(longest_stretch(f64::NAN, 5e6), None);
        let some = longest_stretch(1e9, 5e6).unwrap();
        let seconds = some as f64 / 5e6;
        assert!(1e9 * seconds.powi(3) / (72.0 * 3_f64.sqrt()) <= PHASE_ERROR_RAD);
    }
}
