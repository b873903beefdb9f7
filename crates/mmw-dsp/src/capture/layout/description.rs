//! What the samples of a recording say against a description that fits its size.
//!
//! As many bytes can be told as other numbers of chirps, samples, transmitters and as real or complex words.
//! Three things then differ from a frame that is what it is said to be; the figures are those of ten public
//! recordings and of the same read wrongly.
//!
//! * *Turns.* One turn after another hears the same channels, so that in each range bin the products of a row
//!   and the one a turn later have one phase, that of the Doppler frequency: `γ = Σ|Σ x* y| / ΣΣ|x* y|` is
//!   0.98 and more, and no smaller than after two turns. Told half a turn, the products of two pairs of
//!   transmitters alternate, each as strong.
//! * *Breaks.* Within a chirp the samples follow from those before: the residual of a linear prediction is
//!   the same everywhere (at most 1.4 times its median in the middle of a chirp). Where another chirp begins
//!   it is 80 to 1000 times the median.
//! * *Parts.* Real samples that are read as pairs have lines at both signs of each frequency and twice
//!   the number of them: their spectrum is less structured by 1.6 to 4.2 nats; complex ones read as real
//!   by 1.1 to 3.9. Of a few targets the images themselves tell it (`kind`).

use super::borders::BREAK;
use super::kind;
use super::prediction::{Prediction, predictors};
use super::spectrum::RangeSpectrum;
use crate::fft::AxisFft;
use crate::window::Window;
use mmw_core::ndarray::{Array2, Axis};
use mmw_core::stats::upper_median;
use mmw_core::{C64, Result};

/// Turns of chirps that are looked at.
pub(super) const TURNS: usize = 64;
const FEWEST_TURNS: usize = 8;

/// Least coherence of the products after several turns, and of those after one turn at each place among the
/// several, where the chirps repeat later than told; and the most of all products after one turn, over the
/// latter. The second pair is of lone targets.
const COHERENT: [(f64, f64); 2] = [(0.93, 0.97), (0.97, 0.98)];

/// The same where several range bins say it, whatever adds up in them.
const COHERENT_APART: (f64, f64) = (0.9, 0.9);

/// Bins on each side over which a Hann window spreads what two movers of one range do.
const SPREAD: usize = 3;

/// Least ratio of the powers of the places in a cell, and least share of the power that such cells have: the
/// channels of an array hear targets alike, while of two movers in one range bin, a half or a third of the
/// velocity interval apart, what adds up in one turn cancels in the next.
const BALANCED: f64 = 0.6;
const BALANCED_SHARE: f64 = 0.85;

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

/// What else is known of the chirps that are judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// The kind of samples.
    pub(super) complex: bool,
    /// Words of a period of a row, see [`kind`].
    pub(super) period: Option<usize>,
    /// Chirps of a turn where transmitters send in turn.
    pub(super) turn: Option<usize>,
}

/// Judges the first chirps of a frame, `[receiver, sample]` each as `told` and as samples of the `other`
/// kind.
pub(super) fn judge(
    told: &[Array2<C64>],
    other: Option<&[Array2<C64>]>,
    Told { complex, period, turn }: Told,
) -> Result<Description> {
    let parts = parts(told);
    if parts.is_some() {
        return Ok(Description { parts, ..Description::default() });
    }
    let is_other = is_better(&heard(other.unwrap_or_default()), &heard(told), complex, period)?;
    let turns = turn.map_or(Ok(None), |turn| turns_of(told, turn, complex))?;
    Ok(Description { turns, parts, real: is_other.then_some(complex) })
}

/// The chirps with samples, without those that interference makes much louder than the others.
fn heard(chirps: &[Array2<C64>]) -> Vec<&Array2<C64>> {
    let power = |rows: &Array2<C64>| rows.iter().map(|z| z.norm_sqr()).sum::<f64>();
    undisturbed(chirps.iter().collect(), |rows| power(rows))
}

/// A chirp with this many times the power of the median is disturbed.
const DISTURBED: f64 = 10.0;

/// The chirps that have power, but not much more of it than the median.
pub(super) fn undisturbed<T>(chirps: Vec<T>, power: impl Fn(&T) -> f64) -> Vec<T> {
    let mut with: Vec<(f64, T)> = chirps.into_iter().map(|chirp| (power(&chirp), chirp)).collect();
    with.retain(|(power, _)| *power > 0.0);
    let mut powers: Vec<f64> = with.iter().map(|(power, _)| *power).collect();
    let limit = upper_median(&mut powers).map_or(0.0, |median| DISTURBED * median);
    with.into_iter().filter(|(power, _)| *power <= limit).map(|(_, chirp)| chirp).collect()
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
    let most = chirps.len() / (4 * transmitters);
    Ok((2..=most.min(4)).find(|&turns| {
        let patterns: Vec<Pattern> =
            bins.iter().map(|&bin| Pattern::of(&spectra, bin, transmitters, turns)).collect();
        repeat_later(&bins, &patterns)
    }))
}

/// Whether the patterns of range bins are those of chirps that repeat later.
fn repeat_later(bins: &[usize], patterns: &[Pattern]) -> bool {
    let whole = Pattern::sum(patterns.iter());
    if whole.balanced.power > BALANCED_SHARE * whole.all.power
        && COHERENT.iter().any(|&limits| whole.balanced.is_later(limits))
    {
        return true;
    }
    // One range bin alone may be that of two movers.
    let least = |pattern: &Pattern| pattern.all.placed.coherent - pattern.all.one.coherent;
    let most = bins.iter().zip(patterns).max_by(|a, b| least(a.1).total_cmp(&least(b.1)));
    let Some((&alone, _)) = most else { return false };
    let rest =
        bins.iter().zip(patterns).filter(|(bin, _)| bin.abs_diff(alone) > SPREAD).map(|(_, found)| found);
    whole.all.is_later(COHERENT_APART) && Pattern::sum(rest).all.is_later(COHERENT_APART)
}

/// What the products of chirps say of the turn after which they repeat: in all cells of a range bin, and in
/// those that are as strong at each place.
#[derive(Debug, Clone, Copy, Default)]
struct Pattern {
    all: Repetition,
    balanced: Repetition,
}

/// Products after one turn, after several, and after one at each place among the several.
#[derive(Debug, Clone, Copy, Default)]
struct Repetition {
    power: f64,
    one: Products,
    several: Products,
    placed: Products,
}

impl Repetition {
    fn is_later(&self, (least, most): (f64, f64)) -> bool {
        let placed = self.placed.coherence();
        self.several.coherence().min(placed) > least && self.one.coherence() < most * placed
    }

    fn add(&mut self, other: &Self) {
        self.power += other.power;
        for (sum, more) in
            [(&mut self.one, other.one), (&mut self.several, other.several), (&mut self.placed, other.placed)]
        {
            sum.coherent += more.coherent;
            sum.whole += more.whole;
        }
    }
}

impl Pattern {
    /// Of a range bin.
    fn of(spectra: &[Array2<C64>], bin: usize, transmitters: usize, turns: usize) -> Self {
        let period = turns * transmitters;
        let mut pattern = Self::default();
        for row in 0..spectra.first().map_or(0, |rows| rows.nrows()) {
            let line: Vec<C64> = spectra.iter().map(|rows| rows[[row, bin]]).collect();
            for transmitter in 0..transmitters {
                let mut found = Repetition::default();
                let (mut least, mut greatest) = (f64::MAX, 0.0_f64);
                found.one.add(&line, transmitter, transmitters, transmitters);
                for place in (transmitter..period).step_by(transmitters) {
                    let at_place = || line.iter().skip(place).step_by(period);
                    let power =
                        at_place().map(|z| z.norm_sqr()).sum::<f64>() / at_place().count().max(1) as f64;
                    (least, greatest) = (least.min(power), greatest.max(power));
                    found.power += power;
                    found.several.add(&line, place, period, period);
                    found.placed.add(&line, place, transmitters, period);
                }
                pattern.all.add(&found);
                if least > BALANCED * greatest {
                    pattern.balanced.add(&found);
                }
            }
        }
        pattern
    }

    fn sum<'a>(patterns: impl Iterator<Item = &'a Self>) -> Self {
        patterns.fold(Self::default(), |mut sum, pattern| {
            sum.all.add(&pattern.all);
            sum.balanced.add(&pattern.balanced);
            sum
        })
    }
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

/// How far products of chirps have one phase.
#[derive(Debug, Clone, Copy, Default)]
struct Products {
    coherent: f64,
    whole: f64,
}

impl Products {
    /// Adds those of every `period`-th chirp from `first` on and the one `lag` later.
    fn add(&mut self, chirps: &[C64], first: usize, lag: usize, period: usize) {
        let later = chirps.iter().skip(first + lag).step_by(period);
        let products = chirps.iter().skip(first).step_by(period).zip(later).map(|(a, b)| a.conj() * b);
        // Not `norm`: its `hypot` guards against overflow and takes several times as long.
        let magnitude = |z: C64| z.norm_sqr().sqrt();
        let (sum, whole) = products
            .fold((C64::ZERO, 0.0), |(sum, whole), product| (sum + product, whole + magnitude(product)));
        self.coherent += magnitude(sum);
        self.whole += whole;
    }

    fn coherence(self) -> f64 {
        if self.whole > 0.0 { self.coherent / self.whole } else { 0.0 }
    }
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
fn is_better(
    other: &[&Array2<C64>],
    told: &[&Array2<C64>],
    complex: bool,
    period: Option<usize>,
) -> Result<bool> {
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
    let enough = told.rows * told.bins().len() >= FEWEST_VALUES;
    let structured = told.judged_share() > 0.5 && other.entropy().1 > told.entropy().1 + STRUCTURE;
    Ok(enough && (structured || period.is_some_and(|period| kind::is_other(&told, &other, period))))
}
