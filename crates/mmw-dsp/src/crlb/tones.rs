//! The bound of several tones at once, each with an amplitude of its own in every channel.

use mmw_core::linalg::solve;
use mmw_core::ndarray::{Array1, Array2};
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::TAU;

/// One target's echo: a tone in samples and chirps.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct ToneSignal {
    /// Beat frequency in bins of a transform of as many points as there are samples.
    pub range_bin: f64,
    /// Doppler frequency in bins of a transform of as many points as there are chirps.
    pub doppler_bin: f64,
    /// Complex amplitude of each channel at the middle sample of the middle chirp.
    pub amplitudes: Vec<C64>,
}

mmw_core::checked_serde!(ToneSignal { range_bin, doppler_bin, amplitudes });

/// Smallest standard deviations `[range, Doppler]` of each tone's frequencies, in bins without zero padding,
/// for tones of unknown frequencies and amplitudes in white noise of `noise_power` per sample;
/// `len = [samples, chirps]`.
///
/// ```text
/// F_ab = (2 / σ²) Re Σ_c (∂μ_c/∂θ_a)ᴴ (∂μ_c/∂θ_b),   θ = (frequencies; real and imaginary parts of all amplitudes)
/// ```
/// Equation (15.52) of S. M. Kay, "Fundamentals of Statistical Signal Processing: Estimation Theory", for the
/// mean `μ_c` of channel c, the sum of the tones.
///
/// # Errors
/// [`Error::TooFew`] for no tone, no channel or fewer than two samples or chirps; [`Error::Shape`] where the
/// tones differ in channels; [`Error::Domain`] for what is not finite or a noise power that is not positive;
/// [`Error::Singular`] for tones that coincide or have no amplitude.
///
/// # Examples
/// ```
/// use mmw_dsp::crlb::{ToneSignal, tone_bound_hz, tones_bound};
/// use mmw_dsp::mmw_core::C64;
///
/// let tone = |range_bin| ToneSignal { range_bin, doppler_bin: 0.0, amplitudes: vec![C64::new(1.0, 0.0)] };
/// let alone = tones_bound([64, 16], &[tone(20.0)], 1.0)?[0][0];
/// // Alone: the bound of one tone, seen 16 times; beside another, more.
/// assert!((alone / tone_bound_hz(64.0, 64, 16.0)? - 1.0).abs() < 1e-9);
/// assert!(tones_bound([64, 16], &[tone(20.0), tone(21.0)], 1.0)?[0][0] > 1.3 * alone);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn tones_bound(len: [usize; 2], tones: &[ToneSignal], noise_power: f64) -> Result<Vec<[f64; 2]>> {
    let channels = check_tones(len, tones, noise_power)?;
    let parameters = parameters(tones, channels);
    let moments = [
        Moments::new(len[0], &tones.iter().map(|t| t.range_bin).collect::<Vec<_>>()),
        Moments::new(len[1], &tones.iter().map(|t| t.doppler_bin).collect::<Vec<_>>()),
    ];
    let entry = |a: &Parameter, b: &Parameter| -> f64 {
        let inner = moments[0].at(a.tone, a.orders[0], b.tone, b.orders[0])
            * moments[1].at(a.tone, a.orders[1], b.tone, b.orders[1]);
        let weights: C64 = a.weights.iter().zip(&b.weights).map(|(a, b)| a.conj() * b).sum();
        2.0 / noise_power * (weights * inner).re
    };
    let scale: Vec<f64> = parameters.iter().map(|p| entry(p, p).sqrt()).collect();
    if scale.iter().any(|&s| !(s > 0.0 && s.is_finite())) {
        return Err(singular());
    }
    let size = parameters.len();
    let fisher = Array2::from_shape_fn((size, size), |(i, j)| {
        entry(&parameters[i], &parameters[j]) / scale[i] / scale[j]
    });
    let deviation = |i: usize| -> Result<f64> {
        let unit = Array1::from_shape_fn(size, |j| if i == j { 1.0 } else { 0.0 });
        let variance = solve(&fisher, &unit)?[i];
        if variance > 0.0 && variance.is_finite() { Ok(variance.sqrt() / scale[i]) } else { Err(singular()) }
    };
    (0..tones.len()).map(|k| Ok([deviation(2 * k)?, deviation(2 * k + 1)?])).collect()
}

/// Derivative of the mean to one parameter: a tone, derived so many times in range and Doppler, with a weight
/// in each channel.
struct Parameter {
    tone: usize,
    orders: [usize; 2],
    weights: Vec<C64>,
}

fn parameters(tones: &[ToneSignal], channels: usize) -> Vec<Parameter> {
    let frequency = |tone: usize, orders| Parameter { tone, orders, weights: tones[tone].amplitudes.clone() };
    let mut parameters = Vec::new();
    for tone in 0..tones.len() {
        parameters.push(frequency(tone, [1, 0]));
        parameters.push(frequency(tone, [0, 1]));
    }
    for tone in 0..tones.len() {
        for channel in 0..channels {
            for part in [C64::new(1.0, 0.0), C64::new(0.0, 1.0)] {
                let mut weights = vec![C64::default(); channels];
                weights[channel] = part;
                parameters.push(Parameter { tone, orders: [0, 0], weights });
            }
        }
    }
    parameters
}

/// `Σ_n conj((j t_n)^a exp(j κ_i t_n)) (j t_n)^b exp(j κ_k t_n)`, `t_n = 2π (n − n_c) / N`, along one axis.
struct Moments {
    tones: usize,
    /// `[i][k][a + b]`, without the powers of j.
    sums: Vec<[C64; 3]>,
}

impl Moments {
    fn new(len: usize, bins: &[f64]) -> Self {
        let times = (0..len).map(|n| TAU * (n as f64 - (len - 1) as f64 / 2.0) / len as f64);
        let mut sums = vec![[C64::default(); 3]; bins.len() * bins.len()];
        for t in times {
            for (i, from) in bins.iter().enumerate() {
                for (k, to) in bins.iter().enumerate() {
                    let tone = C64::cis((to - from) * t);
                    let sum = &mut sums[i * bins.len() + k];
                    sum[0] += tone;
                    sum[1] += tone * t;
                    sum[2] += tone * (t * t);
                }
            }
        }
        Self { tones: bins.len(), sums }
    }

    fn at(&self, i: usize, a: usize, k: usize, b: usize) -> C64 {
        let turn = C64::i().conj().powu(a as u32) * C64::i().powu(b as u32);
        turn * self.sums[i * self.tones + k][a + b]
    }
}

fn check_tones(len: [usize; 2], tones: &[ToneSignal], noise_power: f64) -> Result<usize> {
    check::positive("noise_power", noise_power)?;
    check::at_least("samples", len[0], 2)?;
    check::at_least("chirps", len[1], 2)?;
    check::at_least("tones", tones.len(), 1)?;
    let channels = check::at_least("channels", tones[0].amplitudes.len(), 1)?;
    for tone in tones {
        check::finite("range_bin", tone.range_bin)?;
        check::finite("doppler_bin", tone.doppler_bin)?;
        check::same_len("amplitudes", channels, tone.amplitudes.len())?;
        for amplitude in &tone.amplitudes {
            check::finite("amplitude", amplitude.re)?;
            check::finite("amplitude", amplitude.im)?;
        }
    }
    Ok(channels)
}

fn singular() -> Error {
    Error::Singular { name: "Fisher information of the tones".into() }
}
