//! Samples that a recording lacks, filled in from the chirps before and after them.
//!
//! A lost packet leaves zeros in a chirp or two. Windowed and transformed with the rest, the hole spreads
//! every strong echo over all velocities: 1 of 128 chirps lost leaves 42 dB less than the echo in each
//! Doppler cell, which is far above the noise of a near wall. What the lost samples were is known better than
//! that: along slow time a radar signal is a sum of a few lines, so that a chirp is a linear combination of
//! its neighbours. The weights are those of least squares over all whole stretches of the frame (the
//! covariance method of linear prediction [^makhoul], with neighbours on both sides).
//!
//! [^makhoul]: J. Makhoul, "Linear Prediction: A Tutorial Review", Proceedings of the IEEE 63(4),
//!     561–580, 1975.

use mmw_core::linalg::solve_definite;
use mmw_core::ndarray::{Array2, ArrayRef3};
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};
use std::collections::BTreeMap;
use std::ops::Range;

/// Samples of one chirp in one channel that were not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct MissingSamples {
    /// Virtual channel, the first index of a cube.
    pub channel: usize,
    /// Chirp, the second index.
    pub chirp: usize,
    /// Samples, the third index.
    pub samples: Range<usize>,
}

mmw_core::checked_serde!(MissingSamples, |missing| {
    if missing.samples.is_empty() {
        return Err(Error::invalid("samples", "must end after they begin"));
    }
    Ok(())
});

/// Chirps of a window, the one to be filled in among them. Wide windows tell close velocities apart, narrow
/// ones fit between many losses.
const WINDOWS: [usize; 4] = [25, 17, 9, 5];

/// Equations asked for each unknown weight.
const EQUATIONS: usize = 8;

/// Samples of each chirp that the weights are fitted to; more only add time.
const FITTED: usize = 32;

/// What is added to the diagonal, as a share of the mean power: keeps noise-free signals solvable, 90 dB
/// below what 16-bit converters resolve.
const LOADING: f64 = 1e-12;

/// Replaces missing samples by their best linear prediction from the same samples of the chirps around.
///
/// Returns the number of entries of `missing` that were filled in; the others have no recorded chirp
/// within 12, or the frame has too few whole stretches, and keep their samples: such a frame lacks more
/// than can be known.
///
/// # Errors
/// [`Error::Domain`] for an index outside of `cube` or samples that end before they begin;
/// [`Error::NotFinite`] for NaN or infinities in `cube`, whose missing samples may hold anything finite.
///
/// # Examples
/// ```
/// use mmw_dsp::missing::{MissingSamples, fill_missing};
/// use mmw_dsp::mmw_core::{C32, ComplexArray3};
///
/// // Something that stands still and something that moves, in two channels; chirp 40 of channel 1 is lost.
/// let echo = |chirp: usize| C32::new(300.0, 40.0) + C32::from_polar(25.0, 0.9 * chirp as f32);
/// let whole = ComplexArray3::from_shape_fn([2, 64, 16], |(_, chirp, _)| echo(chirp));
/// let mut cube = whole.clone();
/// let missing = MissingSamples { channel: 1, chirp: 40, samples: 3..16 };
/// cube.slice_mut(mmw_dsp::ndarray::s![1, 40, 3..16]).fill(C32::ZERO);
///
/// assert_eq!(fill_missing(&mut cube, &[missing])?, 1);
/// assert!((cube[[1, 40, 7]] - whole[[1, 40, 7]]).norm() < 1e-3);
/// # Ok::<(), mmw_dsp::Error>(())
/// ```
pub fn fill_missing<T: Real>(cube: &mut ArrayRef3<Complex<T>>, missing: &[MissingSamples]) -> Result<usize> {
    Ok(fill(cube, missing)?.len())
}

/// [`fill_missing`]; the indices of the entries that were filled in.
pub(crate) fn fill<T: Real>(
    cube: &mut ArrayRef3<Complex<T>>,
    missing: &[MissingSamples],
) -> Result<Vec<usize>> {
    let [channels, chirps, samples] = [cube.dim().0, cube.dim().1, cube.dim().2];
    for place in missing {
        inside("channel", place.channel, channels)?;
        inside("chirp", place.chirp, chirps)?;
        inside("sample", place.samples.end, samples + 1)?;
        inside("first sample", place.samples.start, place.samples.end + 1)?;
    }
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    check::all_finite_complex("cube", cube)?;
    let mut recorded = vec![vec![true; chirps]; channels];
    missing.iter().for_each(|place| recorded[place.channel][place.chirp] = false);
    let step = samples.div_ceil(FITTED).max(1);
    let Some(window) = WINDOWS.into_iter().find(|&window| {
        let stretches: usize = recorded.iter().map(|known| stretches(known, window)).sum();
        stretches * samples.div_ceil(step) >= EQUATIONS * window
    }) else {
        return Ok(Vec::new());
    };
    let gram = gram(cube, &recorded, window, step);
    let mut weights = BTreeMap::new();
    let mut filled = Vec::new();
    for (entry, MissingSamples { channel, chirp, samples }) in missing.iter().enumerate() {
        let start = chirp.saturating_sub(window / 2).min(chirps - window);
        let known = &recorded[*channel][start..start + window];
        let solve = || predictor(&gram, known, chirp - start);
        let Some(weights) = weights.entry((chirp - start, known.to_vec())).or_insert_with(solve) else {
            continue;
        };
        for sample in samples.clone() {
            let terms = weights
                .iter()
                .map(|&(offset, weight)| weight * as_f64(cube[[*channel, start + offset, sample]]));
            let value: C64 = terms.sum();
            cube[[*channel, *chirp, sample]] = Complex::new(T::lit(value.re), T::lit(value.im));
        }
        filled.push(entry);
    }
    Ok(filled)
}

fn inside(name: &'static str, index: usize, end: usize) -> Result<()> {
    if index < end { Ok(()) } else { Err(Error::domain(name, index as f64, format!("below {end}"))) }
}

fn as_f64<T: Real>(z: Complex<T>) -> C64 {
    C64::new(z.re.as_f64(), z.im.as_f64())
}

/// The runs of recorded chirps.
fn runs(recorded: &[bool]) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    recorded.chunk_by(|a, b| a == b).filter_map(move |run| {
        end += run.len();
        run[0].then_some(end - run.len()..end)
    })
}

/// Places of a window within the runs.
fn stretches(recorded: &[bool], window: usize) -> usize {
    runs(recorded).map(|run| (run.len() + 1).saturating_sub(window)).sum()
}

/// `G[a, b] = Σ conj(x[k + a]) x[k + b]` over all places `k` of the window in whole stretches of all channels
/// and every `step`-th sample.
///
/// A window slides by one chirp at a time, so all entries of one difference `b − a` are sums of the same
/// products: their running sums along slow time give each entry by one subtraction.
fn gram<T: Real>(
    cube: &ArrayRef3<Complex<T>>,
    recorded: &[Vec<bool>],
    window: usize,
    step: usize,
) -> Array2<C64> {
    let mut gram = Array2::from_elem([window, window], C64::ZERO);
    for (channel, known) in cube.outer_iter().zip(recorded) {
        let rows: Vec<Vec<C64>> = channel
            .outer_iter()
            .map(|chirp| chirp.iter().step_by(step).map(|&z| as_f64(z)).collect())
            .collect();
        for run in runs(known).filter(|run| run.len() >= window) {
            let places = run.len() + 1 - window;
            for difference in 0..window {
                let mut sum = C64::ZERO;
                let sums: Vec<C64> = std::iter::once(C64::ZERO)
                    .chain((run.start..run.end - difference).map(|k| {
                        sum += product(&rows[k], &rows[k + difference]);
                        sum
                    }))
                    .collect();
                for a in 0..window - difference {
                    let term = sums[a + places] - sums[a];
                    gram[[a, a + difference]] += term;
                    if difference > 0 {
                        gram[[a + difference, a]] += term.conj();
                    }
                }
            }
        }
    }
    gram
}

fn product(a: &[C64], b: &[C64]) -> C64 {
    a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
}

/// The offsets and weights that predict the chirp at `target` of a window from those recorded, by least
/// squares: `G w = g` with the rows and columns of the recorded chirps. `None` where there is none.
fn predictor(gram: &Array2<C64>, recorded: &[bool], target: usize) -> Option<Vec<(usize, C64)>> {
    let taps: Vec<usize> =
        (0..recorded.len()).filter(|&offset| offset != target && recorded[offset]).collect();
    let power = taps.iter().map(|&tap| gram[[tap, tap]].re).sum::<f64>() / taps.len().max(1) as f64;
    if taps.is_empty() || power <= 0.0 {
        return None;
    }
    let loaded = |a: usize, b: usize| if a == b { gram[[a, b]] + LOADING * power } else { gram[[a, b]] };
    let mut matrix: Vec<C64> = taps.iter().flat_map(|&a| taps.iter().map(move |&b| loaded(a, b))).collect();
    let mut weights: Vec<C64> = taps.iter().map(|&tap| gram[[tap, target]]).collect();
    solve_definite(&mut matrix, &mut weights, 0.0).ok()?;
    Some(taps.into_iter().zip(weights).collect())
}
