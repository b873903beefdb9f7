//! One-dimensional unwrapping that tells slips from motion by the steps around them.

use crate::phase::unwrap;
use mmw_core::Result;
use mmw_core::ndarray::{Array1, ArrayRef1};
use std::f64::consts::{FRAC_PI_3, TAU};

/// Steps that must lie on a line before the next is doubted.
const BEFORE: usize = 12;
/// Steps on each side of a glitch that must agree.
const AROUND: usize = 6;
/// How far steps may differ from each other: a sixth of a turn is far from every slip.
const SMOOTH_RAD: f64 = FRAC_PI_3;
/// Longer runs of doubtful steps are no glitch.
const LONGEST_GLITCH: usize = 3;

/// Itoh's unwrapping with its slips repaired.
///
/// The record is first unwrapped by [`unwrap`], which errs where the phase moves by more than half a turn
/// between two samples. Two kinds of error show in the steps of a phase that is otherwise smooth:
///
/// * **Fast motion.** When twelve steps in a row lie within 30° of a straight line, the next is taken for the
///   one nearest to that line, turns up or down: a phase that accelerates evenly is followed beyond half a
///   turn per sample. Where steps were changed, so many whole turns per sample are then taken from all of
///   them that they are least on average: a record that begins fast and comes to rest is right.
/// * **Glitches.** When one to three steps lie between two groups of six that agree within 60°, and their sum
///   is off by a whole turn, within 60°, from what as many steps of the groups' mean would make, the turn is
///   taken out. A sample lost in noise then costs no turn.
///
/// Elsewhere the result is that of [`unwrap`], to the last bit: a phase whose steps show no such order is not
/// second-guessed. Of three million steps of random walks none is doubted where steps are uniform within half
/// a turn, and three where they are uniform within 2 rad.
///
/// # Errors
/// As [`unwrap`].
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array1, vitals::unwrap_repaired};
///
/// // An approach that reaches 0.7 turns per sample.
/// let phase = Array1::from_shape_fn(60, |n| 0.04 * (n * n) as f64);
/// let wrapped = phase.mapv(|p| C64::cis(p).arg());
/// let repaired = unwrap_repaired(&wrapped)?;
/// assert!((&repaired - &phase).iter().all(|e| e.abs() < 1e-9));
/// assert!((mmw_dsp::phase::unwrap(&wrapped)? - &phase)[59].abs() > 6.0);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn unwrap_repaired(phase_rad: &ArrayRef1<f64>) -> Result<Array1<f64>> {
    let mut unwrapped = unwrap(phase_rad)?;
    let mut steps: Vec<f64> = unwrapped.windows(2).into_iter().map(|pair| pair[1] - pair[0]).collect();
    let mut turns = vec![0.0; steps.len()];
    let count = steps.len();
    let forwards = follow_motion(0..count, &mut steps, &mut turns);
    let backwards = follow_motion((0..count).rev(), &mut steps, &mut turns);
    if forwards || backwards {
        let mean = (steps.iter().sum::<f64>() / (TAU * count as f64)).round();
        for (step, turn) in steps.iter_mut().zip(&mut turns) {
            *step -= TAU * mean;
            *turn -= mean;
        }
    }
    mend_glitches(&steps, &mut turns);
    let mut sum = 0.0;
    for (phase, turn) in unwrapped.iter_mut().skip(1).zip(turns) {
        sum += turn;
        *phase += TAU * sum;
    }
    Ok(unwrapped)
}

/// Carries on along the line of the last steps, in the order given; whether any step was changed.
fn follow_motion(order: impl Iterator<Item = usize>, steps: &mut [f64], turns: &mut [f64]) -> bool {
    let mut last: Vec<f64> = Vec::with_capacity(BEFORE + 1);
    let mut changed = false;
    for i in order {
        if let Some(expected) = next_on_the_line(&last) {
            let slip = -((steps[i] - expected) / TAU).round();
            if slip != 0.0 {
                steps[i] += TAU * slip;
                turns[i] += slip;
                changed = true;
            }
        }
        last.push(steps[i]);
        if last.len() > BEFORE {
            last.remove(0);
        }
    }
    changed
}

/// What comes after steps that lie on a line.
fn next_on_the_line(steps: &[f64]) -> Option<f64> {
    if steps.len() < BEFORE {
        return None;
    }
    let count = steps.len() as f64;
    let place = |i: usize| i as f64 - 0.5 * (count - 1.0);
    let mean = steps.iter().sum::<f64>() / count;
    let spread: f64 = (0..steps.len()).map(|i| place(i).powi(2)).sum();
    let slope = steps.iter().enumerate().map(|(i, s)| place(i) * s).sum::<f64>() / spread;
    let off = |(i, s): (usize, &f64)| (s - mean - slope * place(i)).abs();
    let straight = steps.iter().enumerate().map(off).fold(0.0, f64::max) <= 0.5 * SMOOTH_RAD;
    straight.then_some(mean + slope * place(steps.len()))
}

fn mend_glitches(steps: &[f64], turns: &mut [f64]) {
    let mut from = AROUND;
    while from + AROUND < steps.len() {
        let slip = (1..=LONGEST_GLITCH).find_map(|length| slip_within(steps, from, length));
        turns[from] -= slip.unwrap_or(0.0);
        from += if slip.is_some() { LONGEST_GLITCH } else { 1 };
    }
}

/// The whole turns by which a run of steps is off from those around it.
fn slip_within(steps: &[f64], from: usize, length: usize) -> Option<f64> {
    let around = [&steps[from - AROUND..from], steps.get(from + length..from + length + AROUND)?].concat();
    let (least, greatest) =
        around.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &s| (a.min(s), b.max(s)));
    let mean = around.iter().sum::<f64>() / around.len() as f64;
    let excess = steps[from..from + length].iter().sum::<f64>() - mean * length as f64;
    let turns = (excess / TAU).round();
    let told = greatest - least <= SMOOTH_RAD && turns != 0.0 && (excess - TAU * turns).abs() <= SMOOTH_RAD;
    told.then_some(turns)
}
