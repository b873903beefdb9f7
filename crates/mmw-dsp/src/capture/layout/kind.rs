//! Whether words are real samples or the parts of complex ones, by the images of lines.
//!
//! In either reading a row is made of the same words, of which every second or fourth begins a period. Of a
//! line all words of a period turn at one rate, that of the line modulo the rate of the periods, so that its
//! power stays within the bins that are equal by that modulus, whichever way it is read. Rightly read it
//! stands in one of them. Wrongly read it has an image in another: of four lanes, whose rows hold I and Q in
//! turn, with the share `(1 − sin θ)/2` of the power, where θ is its angle from one word to the next. Near
//! `θ = π/2` both readings are the same.

use super::LvdsLanes;
use super::spectrum::RangeSpectrum;
use crate::summit::is_summit;

/// Least share of a bin: what a front end leaves of images (-30 dB) says nothing.
const LEAST_SHARE: f64 = 1e-3;

/// Bins at either end of the groups that are left out: there a line and its image meet, or the offset stands.
const ENDS: usize = 3;

/// Power of a group with a line over the lower quartile.
const STRONG: f64 = 10.0;

/// Evidence of all lines that counts, nats, and its least share of what all say on either side: targets whose
/// ranges mirror one another speak for the wrong kind now and then.
const EVIDENCE: f64 = 1.5;
const AGREED: f64 = 0.7;

/// Words of a period of a row.
pub(super) fn period(lanes: LvdsLanes, pairs: bool) -> Option<usize> {
    match (lanes, pairs) {
        (LvdsLanes::Two, false) => Some(4),
        (LvdsLanes::Two, true) | (LvdsLanes::Four, false) => Some(2),
        // Of words in pairs four lanes make rows of two receivers.
        (LvdsLanes::Four, true) => None,
    }
}

/// Whether each line that the `told` kind of samples has in two places has one place with the `other`.
pub(super) fn is_other(told: &RangeSpectrum, other: &RangeSpectrum, period: usize) -> bool {
    // Of real samples the upper half mirrors the lower one.
    let bins = told.power().len().min(other.power().len());
    let modulus = 2 * bins / period;
    let groups = |power: &[f64]| -> Vec<Vec<f64>> {
        let mut groups = vec![Vec::new(); modulus / 2 + 1];
        for (bin, power) in power[..bins].iter().enumerate() {
            let within = bin % modulus;
            groups[within.min(modulus - within)].push(*power);
        }
        groups
    };
    let (told, other) = (groups(told.power()), groups(other.power()));
    let powers: Vec<f64> = told.iter().map(|group| group.iter().sum()).collect();
    let mut sorted = powers.clone();
    sorted.sort_by(f64::total_cmp);
    let floor = sorted[sorted.len() / 4];
    let (mut sum, mut all) = (0.0, 0.0);
    for group in ENDS..powers.len().saturating_sub(ENDS) {
        if powers[group] > STRONG * floor && is_summit(&powers, group) {
            let evidence = spread(&told[group]) - spread(&other[group]);
            sum += evidence;
            all += evidence.abs();
        }
    }
    sum > EVIDENCE && sum > AGREED * all
}

/// The sum of the logarithms of the shares of each bin.
fn spread(group: &[f64]) -> f64 {
    let power = group.iter().sum::<f64>() + f64::MIN_POSITIVE;
    group.iter().map(|bin| (bin / power).max(LEAST_SHARE).ln()).sum()
}
