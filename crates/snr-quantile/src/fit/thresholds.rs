//! Thresholds by record length and SNR.

use super::statistics::TESTS;
use crate::table::{bracket, numbers, places};
use std::sync::LazyLock;

/// Record lengths of the table; the last line is that of the limit, where all statistics have known laws.
const LENGTHS: [f64; 8] = [50.0, 100.0, 200.0, 400.0, 1000.0, 4000.0, 20_000.0, f64::INFINITY];
const SNRS: usize = 14;
/// After no signal. Above, thresholds stay.
const SNR_DB: [f64; SNRS - 1] = [-8.0, -5.0, -3.0, -1.0, 1.0, 3.0, 5.0, 7.0, 9.0, 12.0, 16.0, 20.0, 30.0];

type Rows = [[f64; TESTS]; SNRS];

static TABLE: LazyLock<[Rows; LENGTHS.len()]> = LazyLock::new(|| {
    let mut numbers = numbers(include_str!("thresholds.txt"));
    LENGTHS.map(|_| [(); SNRS].map(|()| [(); TESTS].map(|()| numbers.next().unwrap_or_default())))
});

static PLACES: LazyLock<[f64; SNRS]> = LazyLock::new(|| places(&SNR_DB));

/// The thresholds for a record, straight between those of the table over `1/√N` and `ln(1 + SNR)`.
pub(super) fn thresholds(samples: f64, snr: f64) -> [f64; TESTS] {
    let (row, across) = bracket(PLACES.as_slice(), snr.ln_1p());
    let (line, down) = bracket(&LENGTHS.map(|length| -length.sqrt().recip()), -samples.sqrt().recip());
    let at = |line: usize, test: usize| {
        let [left, right] = [row, row + 1].map(|row| TABLE[line][row][test]);
        left + across * (right - left)
    };
    let mut thresholds = [0.0; TESTS];
    for (test, threshold) in thresholds.iter_mut().enumerate() {
        *threshold = at(line, test) + down * (at(line + 1, test) - at(line, test));
    }
    thresholds
}
