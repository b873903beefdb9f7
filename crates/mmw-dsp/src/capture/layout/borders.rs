//! Whether rows of samples begin where the configuration says.
//!
//! Read some words too early or too late, each row ends with samples of the next one, or begins with some of
//! the one before; with complex samples I and Q come from two samples besides, and nothing follows from
//! anything. Read rightly, neither is so: the reading whose ends and whose middle follow is the right one, if
//! there is one. What a chip does at the beginning of a chirp spoils its ends in every reading.

use super::FrameCodec;
use super::prediction::{Prediction, predictors};
use mmw_core::C64;

/// Chirps that are looked at.
pub(in crate::capture) const CHIRPS: usize = 16;
const FEWEST_CHIRPS: usize = 6;

/// Words by which another reading may begin earlier or later.
const MOST_WORDS: isize = 4;

/// Ends of a reading that are looked at more closely, those of one that is right, and by how much one has to
/// be better than that of the configuration, in nats of the residual.
const SUSPICIOUS: f64 = 0.5;
const FOLLOWS: f64 = 2.0;
const BETTER: f64 = 2.0;

/// Residual of the first samples of a chirp, over the median, from which on they are not like the others.
const UNLIKE: f64 = 1.0;

/// First samples of a row that do not count where it must be without a break: what a chip does there is none.
const SETTLED: usize = 4;

/// Residual, over what is usual, at a sample that begins another row: ten times.
pub(super) const BREAK: f64 = std::f64::consts::LN_10;

/// The rows of each receiver, without those that are one sample again and again.
fn rows_of(codec: &FrameCodec, bytes: &[u8], pairs: bool) -> Vec<Vec<Vec<C64>>> {
    let mut receivers = vec![Vec::new(); codec.receivers.len()];
    for block in bytes.chunks_exact(codec.chirp_bytes()) {
        for (row, receiver) in codec.rows(block, pairs).rows().into_iter().zip(&mut receivers) {
            if row.iter().any(|z| *z != row[0]) {
                receiver.push(row.to_vec());
            }
        }
    }
    receivers
}

/// By how many bytes the rows begin later than told (earlier, if negative), if they do; `frame`
/// begins as told.
pub(super) fn shift(codec: &FrameCodec, frame: &[u8], pairs: bool) -> Option<isize> {
    shift_of_few(codec, frame, pairs).or_else(|| shift_of_groups(codec, frame, pairs))
}

/// As [`shift`], by whole groups of samples.
fn shift_of_groups(codec: &FrameCodec, frame: &[u8], pairs: bool) -> Option<isize> {
    let chirps = (frame.len() / codec.chirp_bytes()).saturating_sub(1).min(CHIRPS);
    let border = border(codec, frame.get(..(chirps + 1) * codec.chirp_bytes())?, pairs)?;
    let first = frame.get(..fewest_chirps(codec) * codec.chirp_bytes())?;
    let (row, later) = (codec.row_bytes() as isize, border.bytes as isize);
    // A gap behind the first chirps is not one before them.
    border.breaks(codec, first, pairs).then_some(if 2 * later > row { later - row } else { later })
}

/// Chirps whose rows are enough for a prediction.
pub(in crate::capture) fn fewest_chirps(codec: &FrameCodec) -> usize {
    FEWEST_CHIRPS.div_ceil(codec.receivers.len())
}

/// A place within rows at which other rows begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::capture) struct Border {
    sample: usize,
    /// From the beginning of a row.
    bytes: usize,
}

impl Border {
    /// Whether samples of other chirps break off there, too.
    pub(in crate::capture) fn breaks(self, codec: &FrameCodec, bytes: &[u8], pairs: bool) -> bool {
        let residual = borders(codec, bytes, pairs, usize::MAX);
        residual.is_some_and(|residual| {
            residual.iter().skip(self.sample.saturating_sub(1)).take(3).any(|r| *r > BREAK)
        })
    }
}

/// Where within the rows of some chirps, of which one follows, other rows begin: what stands out in a
/// prediction, if nothing does read from there. Interference at one place of all chirps stands out in both.
pub(in crate::capture) fn border(codec: &FrameCodec, bytes: &[u8], pairs: bool) -> Option<Border> {
    let samples = codec.shape[2];
    let order = predictors(samples)?;
    let chirps = (bytes.len() / codec.chirp_bytes()).checked_sub(1)?;
    let read = |first: usize| {
        let bytes = bytes.get(first..first + chirps * codec.chirp_bytes())?;
        let rows: Vec<_> = rows_of(codec, bytes, pairs).into_iter().flatten().collect();
        (rows.len() >= FEWEST_CHIRPS).then(|| Prediction::of(&rows, order)).flatten()
    };
    let told = read(0)?;
    let most = (0..samples).max_by(|&a, &b| told.residual[a].total_cmp(&told.residual[b]))?;
    if told.residual[most] < told.upper + BREAK {
        return None;
    }
    // Predicted from behind, the last samples of a row stand out, not the first of the next.
    let found = (most.max(1)..samples.min(most + SETTLED)).filter_map(|sample| {
        let bytes = codec.bytes_of(sample)?;
        let found = read(bytes)?;
        let most_from = |first: usize| found.residual[first..].iter().copied().fold(f64::MIN, f64::max);
        let highest = most_from(SETTLED);
        (highest < found.upper + BREAK && told.residual[most] - highest > BETTER)
            .then(|| (Border { sample, bytes }, most_from(0)))
    });
    found.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(border, _)| border)
}

/// As [`shift`], of few words.
fn shift_of_few(codec: &FrameCodec, frame: &[u8], pairs: bool) -> Option<isize> {
    let chirp = codec.chirp_bytes();
    let chirps = (frame.len() / chirp).saturating_sub(2).min(CHIRPS);
    let order = predictors(codec.shape[2])?;
    if chirps < FEWEST_CHIRPS {
        return None;
    }
    // Two lanes begin a row every few samples, four per chirp: at least one receiver shows it.
    let read = |words: isize| {
        let first = chirp.checked_add_signed(2 * words)?;
        let receivers = rows_of(codec, frame.get(first..first + chirps * chirp)?, pairs);
        let heard = receivers.iter().filter(|rows| rows.len() >= FEWEST_CHIRPS);
        let found = heard.map(|rows| Prediction::of(rows, order)).collect::<Option<Vec<_>>>()?;
        let ends = found.iter().map(|found| found.ends).fold(f64::MIN, f64::max);
        let level = found.iter().map(|found| found.level).sum::<f64>() / found.len().max(1) as f64;
        (!found.is_empty()).then_some((ends, level))
    };
    let (told_ends, told_level) = read(0).filter(|(ends, _)| *ends > SUSPICIOUS)?;
    let gain = |(ends, level): (f64, f64)| told_ends - ends.max(0.0) + told_level - level;
    let others = (-MOST_WORDS..=MOST_WORDS).filter_map(|words| Some((words, read(words)?)));
    let best = others.max_by(|a, b| gain(a.1).total_cmp(&gain(b.1)))?;
    let (words, (ends, level)) = best;
    (gain((ends, level)) > BETTER && ends < FOLLOWS && level < told_level + 0.3).then_some(2 * words)
}

/// What the rows of some chirps, of the first `receivers`, leave of a prediction; `None` where there
/// are too few.
pub(in crate::capture) fn borders(
    codec: &FrameCodec,
    bytes: &[u8],
    pairs: bool,
    receivers: usize,
) -> Option<Vec<f64>> {
    let rows = rows_of(codec, bytes, pairs).into_iter().take(receivers).flatten().collect::<Vec<_>>();
    if rows.len() < FEWEST_CHIRPS {
        return None;
    }
    Prediction::of(&rows, predictors(codec.shape[2])?).map(|found| found.residual)
}

/// Whether rows begin where those of `told` do, of which `moved` are read from the sample in the `middle` on:
/// nothing breaks off within the former, and the latter do where the next row begins.
pub(in crate::capture) fn begins(told: &[f64], moved: &[f64], middle: usize) -> bool {
    let order = predictors(told.len()).unwrap_or_default();
    let most = |rows: &[f64], from: usize, to: usize| {
        rows.get(from..to).unwrap_or_default().iter().copied().fold(f64::MIN, f64::max)
    };
    let border = told.len() - middle;
    most(told, order, told.len()) < UNLIKE && most(moved, border.saturating_sub(1), border + 2) > BREAK
}

/// Whether rows begin within those of `found`, where none begin in those of the `reference`. What the first
/// samples of a chirp do may change with the scene, if they do anything.
pub(in crate::capture) fn is_displaced(found: &[f64], reference: &[f64]) -> bool {
    let order = predictors(reference.len()).unwrap_or_default();
    let regular = reference[..order].iter().all(|residual| *residual < UNLIKE);
    let judged = found.iter().zip(reference).skip(if regular { 0 } else { order });
    judged.into_iter().any(|(found, usual)| found - usual.max(0.0) > BREAK)
}
