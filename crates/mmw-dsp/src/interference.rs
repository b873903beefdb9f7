//! Bursts of other radars: where they are, and what is put in their place.
//!
//! The sweep of another radar crosses the band of a receiver within microseconds: some tens of samples of a
//! chirp, in all receivers at once, are louder than all that moves, and other samples in other chirps. A
//! window and two transforms spread them over the whole map, whose noise rises. What stands still is the same
//! in all chirps and is taken out by the median over them; what is then far louder than the rest of its
//! sample's chirps is a burst. Its samples are filled in like lost ones, by [`fill_missing`].

use crate::missing::{MissingSamples, fill, fill_missing};
use mmw_core::ndarray::{ArrayRef3, s};
use mmw_core::num_complex::Complex;
use mmw_core::stats::upper_median;
use mmw_core::{Real, Result, check};
use std::f64::consts::LN_2;
use std::ops::Range;

/// Probability that a sample of Gaussian noise, or of many movers, is taken for a burst.
const FALSE_ALARM: f64 = 1e-7;
/// A burst goes on across so many samples where its beat passes through zero …
const GAP: usize = 8;
/// … and for so many at its ends, where the receiver's filter lets it rise and fall.
const END: usize = 2;
/// Fewest chirps of which a median tells what stands still.
pub(crate) const FEWEST_CHIRPS: usize = 8;

/// The bursts of interference in `cube`, `[channel, chirp, sample]`, whose channels are `receivers` for each
/// transmitter in turn.
///
/// ```text
/// a[m, n] = Σ_r |x[r, m, n] − median over m of x[r, ·, n]|²
/// a[m, n] > max(median over m of a[·, n], median of all a) · ln(1/P) / ln 2,   P = 10⁻⁷
/// ```
/// with the median of each part of the complex samples. The bound is that of a power with an exponential law,
/// 13.7 dB over its median: receivers see movers together, so that their number does not narrow the law.
/// What is weaker stays: in one sample of a hundred it raises the power of what moves, or the noise, by less
/// than a decibel. Of half the chirps or more with a burst at the same sample none is told.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for fewer than 8 chirps or no receivers, [`mmw_core::Error::Invalid`] unless
/// the channels are a multiple of them, [`mmw_core::Error::NotFinite`] for NaN and infinities.
///
/// # Examples
/// ```
/// use mmw_dsp::interference::find_interference;
/// use mmw_dsp::mmw_core::{C32, ComplexArray3};
///
/// let echo = |chirp: usize, sample: usize| {
///     C32::from_polar(300.0, 0.4 * sample as f32) + C32::from_polar(20.0, 0.9 * chirp as f32)
/// };
/// let mut cube = ComplexArray3::from_shape_fn([2, 64, 100], |(_, chirp, sample)| echo(chirp, sample));
/// for sample in 30..50 {
///     for channel in 0..2 {
///         cube[[channel, 17, sample]] += C32::from_polar(500.0, 0.1 * (sample * sample) as f32);
///     }
/// }
/// let found = find_interference(&cube, 2)?;
/// assert_eq!(found.len(), 2);
/// assert_eq!((found[0].chirp, found[0].samples.clone()), (17, 28..52));
/// # Ok::<(), mmw_dsp::Error>(())
/// ```
pub fn find_interference<T: Real>(
    cube: &ArrayRef3<Complex<T>>,
    receivers: usize,
) -> Result<Vec<MissingSamples>> {
    let (channels, chirps, samples) = cube.dim();
    check::at_least("receivers", receivers, 1)?;
    check::at_least("chirps", chirps, FEWEST_CHIRPS)?;
    if !channels.is_multiple_of(receivers) {
        let reason = format!("{channels} are no multiple of {receivers}");
        return Err(mmw_core::Error::invalid("channels of the cube", reason));
    }
    check::all_finite_complex("cube", cube)?;
    let mut found = Vec::new();
    for first in (0..channels).step_by(receivers) {
        let power = moving_power(&cube.slice(s![first..first + receivers, .., ..]));
        let loud = loud(&power, chirps, samples);
        for (chirp, row) in loud.chunks(samples.max(1)).enumerate() {
            for samples in bursts(row) {
                let of = |channel| MissingSamples { channel, chirp, samples: samples.clone() };
                found.extend((first..first + receivers).map(of));
            }
        }
    }
    Ok(found)
}

/// [`find_interference`], and [`fill_missing`] of what it found, which comes back with the number of entries
/// that could be filled in.
///
/// # Errors
/// As [`find_interference`].
pub fn repair_interference<T: Real>(
    cube: &mut ArrayRef3<Complex<T>>,
    receivers: usize,
) -> Result<(Vec<MissingSamples>, usize)> {
    let found = find_interference(cube, receivers)?;
    let filled = fill_missing(cube, &found)?;
    Ok((found, filled))
}

/// Samples of all channels that bursts took, and how many of them were replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Repaired {
    pub(crate) found: usize,
    pub(crate) replaced: usize,
}

/// [`repair_interference`], told by its samples.
pub(crate) fn repair<T: Real>(cube: &mut ArrayRef3<Complex<T>>, receivers: usize) -> Result<Repaired> {
    let found = find_interference(cube, receivers)?;
    let filled = fill(cube, &found)?;
    Ok(Repaired {
        found: found.iter().map(|burst| burst.samples.len()).sum(),
        replaced: filled.into_iter().map(|entry| found[entry].samples.len()).sum(),
    })
}

/// Powers of what changes from chirp to chirp, summed over receivers, `[chirp, sample]`.
fn moving_power<T: Real>(cells: &ArrayRef3<Complex<T>>) -> Vec<f64> {
    let (receivers, chirps, samples) = cells.dim();
    let mut power = vec![0.0; chirps * samples];
    let mut parts = [vec![0.0; chirps], vec![0.0; chirps]];
    for receiver in 0..receivers {
        for sample in 0..samples {
            for (chirp, z) in cells.slice(s![receiver, .., sample]).iter().enumerate() {
                (parts[0][chirp], parts[1][chirp]) = (z.re.as_f64(), z.im.as_f64());
            }
            let [re, im] = parts.each_mut().map(|part| upper_median(part).unwrap_or_default());
            for (chirp, z) in cells.slice(s![receiver, .., sample]).iter().enumerate() {
                power[chirp * samples + sample] +=
                    (z.re.as_f64() - re).powi(2) + (z.im.as_f64() - im).powi(2);
            }
        }
    }
    power
}

/// Which samples are louder than what moves.
fn loud(power: &[f64], chirps: usize, samples: usize) -> Vec<bool> {
    let factor = FALSE_ALARM.recip().ln() / LN_2;
    let everywhere = upper_median(&mut power.to_vec()).unwrap_or_default();
    let mut loud = vec![false; power.len()];
    for sample in 0..samples {
        let mut column: Vec<f64> = (0..chirps).map(|chirp| power[chirp * samples + sample]).collect();
        let level = factor * upper_median(&mut column).unwrap_or_default().max(everywhere);
        for chirp in 0..chirps {
            loud[chirp * samples + sample] = power[chirp * samples + sample] > level;
        }
    }
    loud
}

/// The runs of a chirp, across gaps, with their ends.
fn bursts(loud: &[bool]) -> Vec<Range<usize>> {
    let mut bursts: Vec<Range<usize>> = Vec::new();
    for (sample, _) in loud.iter().enumerate().filter(|(_, loud)| **loud) {
        let own = sample.saturating_sub(END)..(sample + 1 + END).min(loud.len());
        match bursts.last_mut() {
            Some(burst) if own.start <= burst.end + GAP => burst.end = own.end,
            _ => bursts.push(own),
        }
    }
    bursts
}
