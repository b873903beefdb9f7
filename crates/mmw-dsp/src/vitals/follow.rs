//! A person followed from range bin to range bin.

use super::receivers::maximum_ratio;
use crate::slow_time::still_echo_within;
use mmw_core::ndarray::{Array1, Array2, ArrayRef3, Axis, s};
use mmw_core::{C64, Result};
use std::ops::Range;

/// Bins on each side of the first that are looked at.
const REACH: usize = 12;
/// Motion is compared over so long, s …
const BLOCK_S: f64 = 4.0;
/// … and the bin may change so often, s.
const HOP_S: f64 = 1.0;
/// What a change costs: four times the power, for one block. A person between two bins stays in one of them.
const CHANGE: f64 = 1.386;
/// Limits of the circle about a still echo, as in demodulation.
const CIRCLE: (f64, f64) = (0.2, 1.5);

/// One person's samples, and the range bin of each.
#[derive(Debug, Clone)]
pub(super) struct Followed {
    pub(super) samples: Array1<C64>,
    pub(super) bins: Vec<usize>,
}

/// The samples of `profiles` `[channel, frame, bin]` along the path of greatest moving power from block to
/// block, at most one bin at a time; where the path changes bins, the phases of both meet.
pub(super) fn follow(profiles: &ArrayRef3<C64>, start: usize, rate_hz: f64) -> Result<Followed> {
    let (_, frames, bins) = profiles.dim();
    let near = start.saturating_sub(REACH)..(start + REACH + 1).min(bins);
    let mut rows = Array2::zeros((near.len(), frames));
    for (mut row, bin) in rows.rows_mut().into_iter().zip(near.clone()) {
        row.assign(&maximum_ratio(&profiles.index_axis(Axis(2), bin))?);
    }
    let path = path(&rows, start - near.start, rate_hz);
    let hop = path.hop;
    let mut samples = Array1::zeros(frames);
    let mut turn = C64::from(1.0);
    let mut before: Option<(Range<usize>, Array1<C64>)> = None;
    let bin_of = |n: usize| path.bins[(n / hop).min(path.bins.len() - 1)];
    let mut from = 0;
    while from < frames {
        let bin = bin_of(from);
        let end = (from..frames).find(|&n| bin_of(n) != bin).unwrap_or(frames);
        // Half a hop beyond each end, so that neighbours overlap.
        let span = from.saturating_sub(hop / 2)..(end + hop / 2).min(frames);
        let mut own = rows.slice(s![bin, span.clone()]).to_owned();
        if before.is_some() || end < frames {
            let still =
                still_echo_within(&own, CIRCLE.0, CIRCLE.1)?.map_or(C64::default(), |circle| circle.centre);
            own.mapv_inplace(|z| z - still);
        }
        if let Some((earlier, last)) = &before {
            let shared = span.start..earlier.end.min(span.end);
            let meet: C64 = shared.map(|n| last[n - earlier.start] * own[n - span.start].conj()).sum();
            if meet.norm() > 0.0 {
                turn = meet / meet.norm();
            }
        }
        own.mapv_inplace(|z| z * turn);
        samples.slice_mut(s![from..end]).assign(&own.slice(s![from - span.start..end - span.start]));
        before = Some((span, own));
        turn = C64::from(1.0);
        from = end;
    }
    let bins = (0..frames).map(|n| near.start + bin_of(n)).collect();
    Ok(Followed { samples, bins })
}

struct Path {
    hop: usize,
    /// One a hop.
    bins: Vec<usize>,
}

/// Viterbi's path through the logarithms of the moving power, by way of `start` where that moves most: other
/// people move nearby.
fn path(rows: &Array2<C64>, start: usize, rate_hz: f64) -> Path {
    let (bins, frames) = rows.dim();
    let hop = ((HOP_S * rate_hz).round() as usize).clamp(1, frames);
    let block = ((BLOCK_S * rate_hz).round() as usize).clamp(2, frames.max(2));
    let hops = frames.div_ceil(hop);
    let level = |bin: usize, at: usize| -> f64 {
        let middle = at * hop + hop / 2;
        let first = middle.saturating_sub(block / 2).min(frames.saturating_sub(block));
        let part = rows.slice(s![bin, first..(first + block).min(frames)]);
        let mean = part.sum() / part.len() as f64;
        let lag: C64 =
            part.windows(2).into_iter().map(|pair| (pair[1] - mean) * (pair[0] - mean).conj()).sum();
        lag.norm().max(f64::MIN_POSITIVE).ln()
    };
    let anchor = (0..hops).max_by(|&a, &b| level(start, a).total_cmp(&level(start, b))).unwrap_or_default();
    let level =
        |bin: usize, at: usize| if at == anchor && bin != start { f64::NEG_INFINITY } else { level(bin, at) };
    let mut sums: Vec<f64> = (0..bins).map(|bin| level(bin, 0)).collect();
    let mut back: Vec<Vec<usize>> = Vec::with_capacity(hops);
    for at in 1..hops {
        let mut from = vec![0; bins];
        let mut next = vec![0.0; bins];
        for bin in 0..bins {
            let candidates = bin.saturating_sub(1)..(bin + 2).min(bins);
            let value = |b: usize| sums[b] - if b == bin { 0.0 } else { CHANGE };
            from[bin] = candidates.max_by(|&a, &b| value(a).total_cmp(&value(b))).unwrap_or(bin);
            next[bin] = value(from[bin]) + level(bin, at);
        }
        sums = next;
        back.push(from);
    }
    let mut bin = (0..bins).max_by(|&a, &b| sums[a].total_cmp(&sums[b])).unwrap_or_default();
    let mut path = vec![bin];
    for from in back.iter().rev() {
        bin = from[bin];
        path.push(bin);
    }
    path.reverse();
    Path { hop, bins: path }
}
