//! Where frames begin, by the pauses between them.
//!
//! From one turn of the transmitters to the next a mover turns the phase of each channel by one angle; over
//! the pause between two frames by another one. What is left of a row when the one a turn before it, turned
//! by that angle, is taken away stands out at the rows of the first turn of a frame, and nowhere else.
//! Without a mover, or without a pause, nothing does.

use super::FrameCodec;
use crate::fft::AxisFft;
use crate::window::Window;
use mmw_core::ndarray::Axis;
use mmw_core::stats::upper_median;
use mmw_core::{C64, Result};

/// Frames that are looked at: with fewer borders a burst of interference may look like one.
pub(in crate::capture) const FRAMES: std::ops::RangeInclusive<u64> = 4..=12;

/// Fewest borders times channels, over which what is left is averaged.
const FEWEST_VALUES: usize = 12;

/// Fewest turns of a frame.
const FEWEST_TURNS: usize = 8;

/// Range bins that show it best and are averaged.
const BINS: usize = 4;

/// What is left at the border over the median, and the most that may be left where none is, as a share of
/// the former and over the median.
const BORDER: f64 = 8.0;
const SHARE: f64 = 0.5;
const NO_BORDER: f64 = 2.5;

/// By how many bytes a frame begins behind the first byte of some frames, which begin with a row; `None`
/// where nothing shows it.
pub(in crate::capture) fn frame_start(
    codec: &FrameCodec,
    bytes: &[u8],
    pairs: bool,
) -> Result<Option<usize>> {
    let (turn, in_frame) = (codec.units(), codec.frame_bytes() / codec.row_bytes());
    let frames = bytes.len() / codec.frame_bytes();
    let borders = frames.saturating_sub(1);
    let in_row = codec.receivers.len() * codec.row_bytes() / codec.chirp_bytes();
    let values = borders * turn * in_row;
    if codec.blocks || in_frame < FEWEST_TURNS * turn || codec.shape[2] < 8 || values < FEWEST_VALUES {
        return Ok(None);
    }
    let lines = lines(codec, bytes, pairs, in_row)?;
    let mut profiles: Vec<Vec<f64>> =
        lines.iter().filter_map(|line| profile(line, turn, in_frame, frames)).collect();
    let most = |profile: &[f64]| profile.iter().copied().fold(0.0, f64::max);
    profiles.sort_by(|a, b| most(b).total_cmp(&most(a)));
    profiles.truncate(BINS);
    if profiles.is_empty() {
        return Ok(None);
    }
    let mean = |row: usize| profiles.iter().map(|p| p[row]).sum::<f64>() / profiles.len() as f64;
    let left: Vec<f64> = (0..in_frame).map(mean).collect();
    Ok(border(&left, turn).map(|row| row * codec.row_bytes()))
}

/// The row before which a frame begins: what is left of the turn behind it stands out alone, but for the turn
/// after that, when a device begins a frame otherwise than it goes on.
fn border(left: &[f64], turn: usize) -> Option<usize> {
    let rows = left.len();
    let of_turn = |first: usize| (0..turn).map(|i| left[(first + i) % rows]).sum::<f64>() / turn as f64;
    let turns: Vec<f64> = (0..rows).map(of_turn).collect();
    let strongest = (0..rows).max_by(|&a, &b| turns[a].total_cmp(&turns[b]))?;
    // Rows of the turn before the strongest one stand out when the device begins so.
    let level = turns[strongest].sqrt();
    let first = (0..=turn).map(|i| (strongest + rows - turn + i) % rows).find(|&row| left[row] > level)?;
    let behind = |row: usize| (row + rows - first) % rows;
    let is_apart = |row: &usize| (2 * turn..=rows - turn).contains(&behind(*row));
    let most = (0..rows).filter(is_apart).map(|row| turns[row]).fold(0.0, f64::max);
    (turns[strongest] > BORDER && most < SHARE * turns[strongest] && most < NO_BORDER).then_some(first)
}

/// The samples of each range bin, row by row; over four lanes those of all receivers of a row side by side.
fn lines(codec: &FrameCodec, bytes: &[u8], pairs: bool, in_row: usize) -> Result<Vec<Vec<Vec<C64>>>> {
    let samples = codec.shape[2];
    let plan = AxisFft::new(samples, samples, Window::Hann, false)?;
    let bins = if codec.complex { samples } else { samples / 2 };
    let mut lines = vec![Vec::new(); bins];
    for block in bytes.chunks_exact(codec.chirp_bytes()) {
        let spectra = plan.process(&codec.rows(block, pairs), Axis(1))?;
        for receivers in spectra.axis_chunks_iter(Axis(0), in_row) {
            for (line, values) in lines.iter_mut().zip(receivers.axis_iter(Axis(1))) {
                line.push(values.to_vec());
            }
        }
    }
    Ok(lines)
}

/// What is left of each row of a frame when the one a turn before, turned on, is taken away, over the median
/// of all: the median over the frames.
fn profile(line: &[Vec<C64>], turn: usize, in_frame: usize, frames: usize) -> Option<Vec<f64>> {
    let pairs = || line.iter().zip(&line[turn..]);
    let product = |(a, b): (&Vec<C64>, &Vec<C64>)| a.iter().zip(b).map(|(a, b)| a.conj() * b).sum::<C64>();
    let sum: C64 = pairs().map(product).sum();
    let on = if sum.norm() > 0.0 { sum / sum.norm() } else { C64::ONE };
    let left: Vec<f64> =
        pairs().map(|(a, b)| a.iter().zip(b).map(|(a, b)| (b - on * a).norm_sqr()).sum()).collect();
    // The first turn of all has none before it.
    let of_row = |row: usize| {
        let firsts = (row + in_frame - turn) % in_frame;
        let values = (0..frames).filter_map(|frame| left.get(frame * in_frame + firsts).copied());
        upper_median(&mut values.collect::<Vec<f64>>())
    };
    let profile: Vec<f64> = (0..in_frame).map(of_row).collect::<Option<_>>()?;
    let usual = upper_median(&mut profile.clone()).filter(|usual| *usual > 0.0)?;
    Some(profile.iter().map(|left| left / usual).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_turn_that_stands_out_is_a_border_and_two_are_not() {
        let with = |turns: &[usize]| -> Vec<f64> {
            (0..64).map(|row| if turns.contains(&(row / 4)) { 40.0 } else { 1.0 }).collect()
        };
        assert_eq!(border(&with(&[0]), 4), Some(0));
        assert_eq!(border(&with(&[7]), 4), Some(28));
        assert_eq!(border(&with(&[15]), 4), Some(60));
        // A frame that begins otherwise than it goes on.
        assert_eq!(border(&with(&[7, 8]), 4), Some(28));
        assert_eq!(border(&with(&[3, 9]), 4), None);
        assert_eq!(border(&with(&[]), 4), None);
    }
}
