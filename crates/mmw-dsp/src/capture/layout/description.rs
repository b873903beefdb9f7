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

use super::borders::BREAK;
use super::prediction::{Prediction, predictors};
use super::spectrum::RangeSpectrum;
use crate::fft::AxisFft;
use crate::window::Window;
use mmw_core::ndarray::{Array2, Axis};
use mmw_core::{C64, Result};

/// Turns of chirps that are looked at.
pub(super) const TURNS: usize = 64;
const FEWEST_TURNS: usize = 8;

/// The chirps repeat later than told when they do so much better after several turns.
const COHERENT: f64 = 0.9;
const INCOHERENT: f64 = 0.9;

/// Power in a bin over what images leave there: with less, lines turn both ways.
const IMAGES: f64 = 100.0;

/// Earlier samples from which one is predicted where the parts may be short, and the logarithm of the
/// residual, over its median, that is a break then.
const FEW_PREDICTORS: usize = 4;
const BREAK_OF_FEW: f64 = 3.4;

/// Most chirps that are predicted, with all their receivers.
const PREDICTED_CHIRPS: usize = 32;

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
    let turns = turn.map_or(Ok(None), |turn| turns_of(told, turn, complex))?;
    Ok(Description { turns, parts, real: is_other.then_some(complex) })
}

fn heard(chirps: &[Array2<C64>]) -> Vec<&Array2<C64>> {
    chirps.iter().filter(|rows| rows.iter().any(|z| *z != C64::ZERO)).collect()
}

/// After how many of the told turns the channels repeat, if not after one.
fn turns_of(chirps: &[Array2<C64>], transmitters: usize, complex: bool) -> Result<Option<usize>> {
    let Some(first) = chirps.first() else { return Ok(None) };
    if chirps.len() < FEWEST_TURNS * transmitters || first.ncols() < 8 {
        return Ok(None);
    }
    let plan = AxisFft::new(first.ncols(), first.ncols(), Window::Hann, false)?;
    let spectra = chirps.iter().map(|rows| plan.process(rows, Axis(1))).collect::<Result<Vec<_>>>()?;
    let bins: Vec<usize> = match complex {
        true => (2..first.ncols() - 2).collect(),
        false => without_images(&spectra),
    };
    let told = coherence(&spectra, &bins, transmitters);
    let most = chirps.len() / (4 * transmitters);
    let later = (2..=most.min(4)).find(|&turns| {
        let found = coherence(&spectra, &bins, turns * transmitters);
        found > COHERENT && told < INCOHERENT * found
    });
    Ok(later)
}

/// The bins of real samples in which no image of a line matters: near either end of the axis lines meet those
/// at the other sign of their frequency, which turn the other way from chirp to chirp. A Hann window leaves
/// at most `1/(π d (d² − 1))` of an amplitude `d ≥ 2` bins away.
fn without_images(spectra: &[Array2<C64>]) -> Vec<usize> {
    let samples = spectra.first().map_or(0, |rows| rows.ncols());
    let power: Vec<f64> = (0..=samples / 2)
        .map(|bin| spectra.iter().flat_map(|rows| rows.column(bin).to_vec()).map(|z| z.norm_sqr()).sum())
        .collect();
    let leaks = |bin: usize| {
        let from = |(line, power): (usize, &f64)| {
            let distance = (bin + line).min(samples - bin - line).max(2) as f64;
            power / (std::f64::consts::PI * distance * (distance * distance - 1.0)).powi(2)
        };
        power.iter().enumerate().map(from).sum::<f64>()
    };
    (2..samples / 2).filter(|&bin| power[bin] > IMAGES * leaks(bin)).collect()
}

/// How far the products of chirps `lag` apart, of which each takes part once, have one phase in some bins.
fn coherence(spectra: &[Array2<C64>], bins: &[usize], lag: usize) -> f64 {
    let Some(first) = spectra.first() else { return 0.0 };
    let (mut coherent, mut whole) = (0.0, 0.0);
    for place in 0..lag.min(spectra.len()) {
        let mut sums = Array2::from_elem((first.nrows(), bins.len()), C64::ZERO);
        for (a, b) in
            spectra.iter().skip(place).step_by(lag).zip(spectra.iter().skip(place + lag).step_by(lag))
        {
            for ((row, at), sum) in sums.indexed_iter_mut() {
                let bin = bins[at];
                let product = a[[row, bin]].conj() * b[[row, bin]];
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
    let chirps = heard(chirps);
    let samples = chirps.first()?.ncols();
    let looked = chirps.iter().step_by(chirps.len().div_ceil(PREDICTED_CHIRPS));
    let rows: Vec<Vec<C64>> =
        looked.flat_map(|rows| rows.rows().into_iter().map(|row| row.to_vec())).collect();
    let of = |(predictors, least): (usize, f64)| {
        if samples < 8 * FEW_PREDICTORS {
            return None;
        }
        let Prediction { residual, upper, .. } = Prediction::of(&rows, predictors)?;
        let is_break = |at: usize| residual[at] > upper + least;
        // The largest number of which all borders are breaks.
        let counts = (2..=MOST_PARTS)
            .filter(|parts| samples.is_multiple_of(*parts) && samples / parts > 2 * predictors.min(8));
        counts.filter(|parts| (1..*parts).all(|border| is_break(border * samples / parts))).max()
    };
    let many = predictors(samples).map(|predictors| (predictors, BREAK));
    [Some((FEW_PREDICTORS, BREAK_OF_FEW)), many].into_iter().flatten().filter_map(of).max()
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
