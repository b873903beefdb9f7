//! Butterworth band-pass filters without delay: second-order sections, run forwards and backwards.

use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::{FRAC_PI_2, PI};

/// Sections that one pass over the samples runs side by side.
const SIDE_BY_SIDE: usize = 4;
/// Steeper filters ring longer than any record here lasts.
const MOST_SECTIONS: usize = 12;
/// What the slowest pole leaves of a start at the inner end of an extension.
const FORGOTTEN: f64 = 1e-3;

/// A pair of poles with zeros at 0 Hz and at half the sample rate.
///
/// ```text
/// y[n] = g (x[n] − x[n−2]) − a₁ y[n−1] − a₂ y[n−2]
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Section {
    gain: f64,
    a1: f64,
    a2: f64,
}

/// A Butterworth band-pass that is run over a record in both directions, so that nothing is delayed.
///
/// ```text
/// |H(f)|² = 1 / (1 + ((Ω² − Ω₁Ω₂) / (Ω (Ω₂ − Ω₁)))^(2n)),   Ω = tan(π f / f_s)
/// ```
/// The bilinear transform of the analogue prototype with both edges prewarped, section 7.2 of [^oppenheim].
/// Both directions together have the gain `|H|²`: one half at the edges.
///
/// **Edges of the record.** Before the filter starts, each end is continued by its own samples turned by
/// half a turn about the end sample (odd extension), as far as the slowest pole takes to forget all but a
/// thousandth, or by the whole record where that is shorter; and each run starts in the steady state of its
/// first sample. An offset therefore passes without a transient. SciPy's `sosfiltfilt` does the same with
/// an extension of `3 (2 n + 1)` samples whatever the band, 27 for `n = 4`; away from the ends the two
/// agree to rounding.
///
/// The sums are not fused and have one order: the same bits on every machine.
///
/// # Examples
/// ```
/// use mmw_dsp::{ndarray::Array1, vitals::BandPass};
/// use std::f64::consts::TAU;
///
/// // Heartbeat at 1.2 Hz on breathing at 0.25 Hz, 20 samples per second.
/// let t = |n: usize| n as f64 / 20.0;
/// let heart = Array1::from_shape_fn(1200, |n| 0.3e-3 * (TAU * 1.2 * t(n)).sin());
/// let chest = Array1::from_shape_fn(1200, |n| heart[n] + 4e-3 * (TAU * 0.25 * t(n)).sin() + 1.0);
/// let band = BandPass::new(4, [0.8, 2.5], 20.0)?.zero_phase(&chest)?;
/// assert!((300..900).all(|n| (band[n] - heart[n]).abs() < 3e-6));
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
///
/// [^oppenheim]: A. V. Oppenheim and R. W. Schafer, "Discrete-Time Signal Processing", 3rd ed., 2010.
#[derive(Debug, Clone, PartialEq)]
pub struct BandPass {
    sections: Vec<Section>,
    extension: usize,
}

impl BandPass {
    /// A filter of `order` sections that passes `band_hz`, its edges at half of the power in each direction.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the order is 1 to 12, the rate is finite and above zero, and the edges
    /// ascend between zero and half the sample rate; [`Error::Invalid`] for a band too narrow for the
    /// precision of `f64`.
    pub fn new(order: usize, band_hz: [f64; 2], sample_rate_hz: f64) -> Result<Self> {
        check::in_range("order", order as f64, 1.0, MOST_SECTIONS as f64)?;
        let rate = check::positive("sample_rate_hz", sample_rate_hz)?;
        let [low, high] = band_hz;
        check::positive("lower edge_hz", low)?;
        if !(high > low && high < 0.5 * rate) {
            let domain = format!("above {low} and below half the sample rate, {} Hz", 0.5 * rate);
            return Err(Error::domain("upper edge_hz", high, domain));
        }
        let [low, high] = [low, high].map(|f| (PI * f / rate).tan());
        let (width, centre) = (high - low, (low * high).sqrt());
        let mut poles = Vec::with_capacity(order);
        for k in 0..order.div_ceil(2) {
            let angle = FRAC_PI_2 * (order - 1 - 2 * k) as f64 / order as f64;
            let half = -C64::cis(angle) * (0.5 * width);
            let root = (half * half - centre * centre).sqrt();
            poles.push((half + root, half - root, 2 * k + 1 == order));
        }
        let digital = |s: C64| (1.0 + s) / (1.0 - s);
        let mut sections = Vec::with_capacity(order);
        let mut gain = 1.0;
        for (first, second, real) in poles {
            // The prototype's real pole makes one pair; a complex one makes two, each with its conjugate.
            let pairs = if real {
                vec![(first, second)]
            } else {
                vec![(first, first.conj()), (second, second.conj())]
            };
            for (p, q) in pairs {
                gain *= width / ((1.0 - p) * (1.0 - q)).re;
                let (p, q) = (digital(p), digital(q));
                sections.push(Section { gain: 0.0, a1: -(p + q).re, a2: (p * q).re });
            }
        }
        let each = gain.powf(1.0 / order as f64);
        sections.iter_mut().for_each(|section| section.gain = each);
        sections.sort_by(|a, b| a.a2.total_cmp(&b.a2));
        let slowest = sections.iter().map(Section::radius).fold(0.0, f64::max);
        let memory = FORGOTTEN.ln() / slowest.ln();
        if !(each.is_normal() && slowest < 1.0 && memory.is_finite()) {
            return Err(Error::invalid(
                "band_hz",
                "is too narrow for the sample rate: the poles round to the unit circle",
            ));
        }
        Ok(Self { sections, extension: memory.ceil() as usize })
    }

    /// Gain of both directions together at a frequency.
    ///
    /// # Errors
    /// [`Error::NotFinite`] unless the arguments are finite, [`Error::Domain`] unless the rate is above zero.
    pub fn gain(&self, frequency_hz: f64, sample_rate_hz: f64) -> Result<f64> {
        let turn = 2.0 * PI * check::finite("frequency_hz", frequency_hz)?
            / check::positive("sample_rate_hz", sample_rate_hz)?;
        let (z1, z2) = (C64::cis(-turn), C64::cis(-2.0 * turn));
        let one = |s: &Section| (s.gain * (1.0 - z2) / (1.0 + s.a1 * z1 + s.a2 * z2)).norm_sqr();
        Ok(self.sections.iter().map(one).product())
    }

    /// The samples that pass, without delay.
    ///
    /// # Errors
    /// [`Error::TooFew`] below two samples, [`Error::NotFinite`] for NaN and infinities, [`Error::Invalid`]
    /// when a sum overflows.
    pub fn zero_phase(&self, signal: &ArrayRef1<f64>) -> Result<Array1<f64>> {
        let n = check::at_least("signal", signal.len(), 2)?;
        check::all_finite("signal", signal)?;
        let edge = self.extension.min(n - 1);
        let mut work = Vec::with_capacity(n + 2 * edge);
        work.extend((1..=edge).rev().map(|i| 2.0 * signal[0] - signal[i]));
        work.extend(signal.iter());
        work.extend((1..=edge).map(|i| 2.0 * signal[n - 1] - signal[n - 1 - i]));
        self.run(work.iter_mut());
        self.run(work.iter_mut().rev());
        let passed: Array1<f64> = work[edge..edge + n].iter().copied().collect();
        match passed.iter().all(|x| x.is_finite()) {
            true => Ok(passed),
            false => Err(Error::invalid("signal", "its values are so large that sums overflow")),
        }
    }

    /// All sections in one direction, in place, from the steady state of the first sample.
    fn run<'a>(&self, samples: impl Iterator<Item = &'a mut f64>) {
        // One pass for up to four sections; steeper filters take more through a copy.
        let mut rest = self.sections.chunks(SIDE_BY_SIDE);
        let Some(first) = rest.next() else { return };
        if self.sections.len() <= SIDE_BY_SIDE {
            return by_count(first, samples, None);
        }
        let mut places: Vec<&mut f64> = samples.collect();
        by_count(first, places.iter_mut().map(|x| &mut **x), None);
        for group in rest {
            // What comes out of a section is zero in the steady state.
            by_count(group, places.iter_mut().map(|x| &mut **x), Some(0.0));
        }
    }
}

impl Section {
    /// Of the outer pole.
    fn radius(&self) -> f64 {
        let discriminant = 0.25 * self.a1 * self.a1 - self.a2;
        if discriminant > 0.0 { 0.5 * self.a1.abs() + discriminant.sqrt() } else { self.a2.sqrt() }
    }
}

fn by_count<'a>(sections: &[Section], samples: impl Iterator<Item = &'a mut f64>, start: Option<f64>) {
    match *sections {
        [a] => side_by_side([a], samples, start),
        [a, b] => side_by_side([a, b], samples, start),
        [a, b, c] => side_by_side([a, b, c], samples, start),
        [a, b, c, d] => side_by_side([a, b, c, d], samples, start),
        _ => {}
    }
}

/// The sections one after the other on each sample: each waits for its own past only, so that a processor
/// works on several at a time. Past outputs of a section are past inputs of the next.
#[inline]
fn side_by_side<'a, const N: usize>(
    sections: [Section; N],
    samples: impl Iterator<Item = &'a mut f64>,
    start: Option<f64>,
) {
    let mut input: Option<[f64; 2]> = start.map(|x| [x; 2]);
    let mut past = [[0.0_f64; 2]; N];
    for sample in samples {
        let [x1, x2] = input.unwrap_or([*sample; 2]);
        input = Some([*sample, x1]);
        let (mut value, mut before) = (*sample, x2);
        for (section, past) in sections.iter().zip(&mut past) {
            let driven = section.gain * (value - before) - section.a2 * past[1];
            before = past[1];
            value = driven - section.a1 * past[0];
            *past = [value, past[0]];
        }
        *sample = value;
    }
}
