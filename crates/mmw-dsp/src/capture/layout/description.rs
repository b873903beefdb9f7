//! What the samples of a recording say against a description that fits its size.
//!
//! As many bytes can be told as other numbers of chirps, samples, transmitters and as real or complex words.
//! Three things then differ from a frame that is what it is said to be; the figures are those of ten public
//! recordings and of the same read wrongly.
//!
//! * *Turns.* One turn after another hears the same channels, so that in each range bin the products of a row
//!   and the one a turn later have one phase, that of the Doppler frequency: `γ = Σ|Σ x* y| / ΣΣ|x* y|` is
//!   0.98 and more, and no smaller than after two turns. Told half a turn, the products of two pairs of
//!   transmitters alternate.
//! * *Breaks.* Within a chirp the samples follow from those before: the residual of a linear prediction is
//!   the same everywhere (at most 1.4 times its median in the middle of a chirp). Where another chirp begins
//!   it is 80 to 1000 times the median.
//! * *Parts.* Real samples that are read as pairs have lines at both signs of each frequency and twice
//!   the number of them: their spectrum is less structured by 1.6 to 4.2 nats; complex ones read as real
//!   by 1.1 to 3.9.

use super::spectrum::RangeSpectrum;
use crate::fft::AxisFft;
use crate::window::Window;
use mmw_core::ndarray::{Array2, Axis, s};
use mmw_core::{C64, Result};

/// Turns of chirps that are looked at.
pub(super) const TURNS: usize = 64;
const FEWEST_TURNS: usize = 8;

/// The chirps repeat later than told when they do so much better after several turns.
const COHERENT: f64 = 0.9;
const INCOHERENT: f64 = 0.9;

/// Earlier samples from which one is predicted, and the residual, over its median, that is a break.
const PREDICTORS: usize = 4;
const BREAK: f64 = 30.0;

/// Most parts into which a chirp is seen to fall.
const MOST_PARTS: usize = 16;

/// By how much the other kind of samples must be more structured, nats, and of how many values: ten
/// standard deviations.
const STRUCTURE: f64 = 0.8;
const FEWEST_VALUES: usize = 512;

/// What speaks against the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Description {
    pub(super) turns: Option<usize>,
    pub(super) parts: Option<usize>,
    pub(super) real: Option<bool>,
}

/// Judges the first chirps of a frame, `[receiver, sample]` each as `told` and as samples of the `other`
/// kind; `complex` is the kind told, `turn` the chirps of a turn where transmitters send in turn.
pub(super) fn judge(
    told: &[Array2<C64>],
    other: Option<&[Array2<C64>]>,
    complex: bool,
    turn: Option<usize>,
) -> Result<Description> {
    let parts = parts(told);
    if parts.is_some() {
        return Ok(Description { parts, ..Description::default() });
    }
    let is_other = is_better(&heard(other.unwrap_or_default()), &heard(told), complex)?;
    let turns = turn.map_or(Ok(None), |turn| turns_of(told, turn))?;
    Ok(Description { turns, parts, real: is_other.then_some(complex) })
}

fn heard(chirps: &[Array2<C64>]) -> Vec<&Array2<C64>> {
    chirps.iter().filter(|rows| rows.iter().any(|z| *z != C64::ZERO)).collect()
}

/// After how many of the told turns the channels repeat, if not after one.
fn turns_of(chirps: &[Array2<C64>], transmitters: usize) -> Result<Option<usize>> {
    let Some(first) = chirps.first() else { return Ok(None) };
    if chirps.len() < FEWEST_TURNS * transmitters || first.ncols() < 8 {
        return Ok(None);
    }
    let plan = AxisFft::new(first.ncols(), first.ncols(), Window::Hann, false)?;
    let spectra = chirps.iter().map(|rows| plan.process(rows, Axis(1))).collect::<Result<Vec<_>>>()?;
    let told = coherence(&spectra, transmitters);
    let most = chirps.len() / (4 * transmitters);
    let later = (2..=most.min(4)).find(|&turns| {
        let found = coherence(&spectra, turns * transmitters);
        found > COHERENT && told < INCOHERENT * found
    });
    Ok(later)
}

/// How far the products of chirps `lag` apart, of which each takes part once, have one phase.
fn coherence(spectra: &[Array2<C64>], lag: usize) -> f64 {
    let Some(first) = spectra.first() else { return 0.0 };
    let (mut coherent, mut whole) = (0.0, 0.0);
    let bins = 2..first.ncols().saturating_sub(2);
    for place in 0..lag.min(spectra.len()) {
        let mut sums = Array2::from_elem((first.nrows(), bins.len()), C64::ZERO);
        for (a, b) in
            spectra.iter().skip(place).step_by(lag).zip(spectra.iter().skip(place + lag).step_by(lag))
        {
            let (a, b) = (a.slice(s![.., bins.clone()]), b.slice(s![.., bins.clone()]));
            for ((sum, x), y) in sums.iter_mut().zip(&a).zip(&b) {
                let product = x.conj() * y;
                *sum += product;
                whole += product.norm();
            }
        }
        coherent += sums.iter().map(|sum| sum.norm()).sum::<f64>();
    }
    if whole > 0.0 { coherent / whole } else { 0.0 }
}

/// Into how many parts the chirps fall, if they do.
fn parts(chirps: &[Array2<C64>]) -> Option<usize> {
    let chirps = &heard(chirps);
    let samples = chirps.first()?.ncols();
    if samples < 8 * PREDICTORS {
        return None;
    }
    let residual = residual(chirps, samples);
    let mut sorted = residual[PREDICTORS..].to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    let is_break = |at: usize| residual[at] - median > BREAK.ln();
    // The largest number of which all borders are breaks.
    let counts =
        (2..=MOST_PARTS).filter(|parts| samples.is_multiple_of(*parts) && samples / parts > 2 * PREDICTORS);
    counts.filter(|parts| (1..*parts).all(|border| is_break(border * samples / parts))).max()
}

/// Mean logarithm of the squared residual at each sample of its prediction from those before, with the
/// weights of least squares: a lost packet in one chirp does not weigh more than another.
fn residual(chirps: &[&Array2<C64>], samples: usize) -> Vec<f64> {
    let mut gram = [[C64::ZERO; PREDICTORS]; PREDICTORS];
    let mut right = [C64::ZERO; PREDICTORS];
    let windows = || chirps.iter().flat_map(|rows| rows.rows()).collect::<Vec<_>>();
    for row in windows() {
        for at in PREDICTORS..samples {
            for i in 0..PREDICTORS {
                let earlier = row[at - 1 - i].conj();
                right[i] += earlier * row[at];
                for j in 0..PREDICTORS {
                    gram[i][j] += earlier * row[at - 1 - j];
                }
            }
        }
    }
    let weights = solved(gram, right);
    let floor = 1e-9 * gram[0][0].re / (windows().len() * samples) as f64 + f64::MIN_POSITIVE;
    let mut sums = vec![0.0; samples];
    let share = 1.0 / windows().len() as f64;
    for row in windows() {
        for at in PREDICTORS..samples {
            let predicted: C64 = (0..PREDICTORS).map(|i| weights[i] * row[at - 1 - i]).sum();
            sums[at] += share * ((row[at] - predicted).norm_sqr() + floor).ln();
        }
    }
    sums
}

/// Solves `A x = b` for a positive definite matrix by elimination, its diagonal raised by the
/// rounding of 16 bits.
fn solved(mut a: [[C64; PREDICTORS]; PREDICTORS], mut b: [C64; PREDICTORS]) -> [C64; PREDICTORS] {
    let trace: f64 = (0..PREDICTORS).map(|i| a[i][i].re).sum();
    for (i, row) in a.iter_mut().enumerate() {
        row[i] += 1e-9 * trace / PREDICTORS as f64 + f64::MIN_POSITIVE;
    }
    for i in 0..PREDICTORS {
        let (pivot, value) = (a[i], b[i]);
        for below in i + 1..PREDICTORS {
            let factor = a[below][i] / pivot[i];
            a[below].iter_mut().zip(pivot).for_each(|(entry, above)| *entry -= factor * above);
            b[below] -= factor * value;
        }
    }
    for i in (0..PREDICTORS).rev() {
        let known: C64 = (i + 1..PREDICTORS).map(|j| a[i][j] * b[j]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    b
}

/// Whether the rows of the other kind are more structured than those told, of which `complex` is the kind.
fn is_better(other: &[&Array2<C64>], told: &[&Array2<C64>], complex: bool) -> Result<bool> {
    let spectrum = |rows: &[&Array2<C64>], real: bool| {
        let mut spectrum = RangeSpectrum::new(rows.first().map_or(1, |row| row.ncols()), real)?;
        rows.iter().try_for_each(|rows| spectrum.add(rows))?;
        Ok(spectrum)
    };
    if other.is_empty() || told.is_empty() {
        return Ok(false);
    }
    let (other, told): (RangeSpectrum, RangeSpectrum) =
        (spectrum(other, complex)?, spectrum(told, !complex)?);
    // What stands beside frequency zero alone, an offset or the nearest of echoes, is regular in either kind.
    let enough = told.rows * told.bins().len() >= FEWEST_VALUES && told.judged_share() > 0.5;
    Ok(enough && other.entropy().1 > told.entropy().1 + STRUCTURE)
}
