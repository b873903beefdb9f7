//! Draws the thresholds of the tests of fit: `calibrate_fit TRIALS > thresholds.txt`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a generator that meets an error has failed"
)]

#[path = "../tests/support/tables.rs"]
mod tables;

use snr_quantile::compare::bpsk_samples;
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::mmw_core::stats::normal_quantile;
use snr_quantile::{Snr, fit};
use tables::{cells, line, of_cells, quantile};

const LENGTHS: [usize; 7] = [50, 100, 200, 400, 1000, 4000, 20_000];
const SNR_DB: [f64; 14] = [-300.0, -8.0, -5.0, -3.0, -1.0, 1.0, 3.0, 5.0, 7.0, 9.0, 12.0, 16.0, 20.0, 30.0];
/// Of real samples, without that of a line, whose law is known.
const TESTS: usize = 6;

/// Thresholds of one level that any statistic exceeds in [`fit::FALSE_ALARM`] of the records, in thousandths.
fn cell(samples: usize, snr_db: f64, trials: usize, stream: u64) -> [i64; TESTS] {
    let snr = Snr::from_db(snr_db).unwrap();
    let mut rng = Streams::new(17).stream(stream);
    let records: Vec<[f64; TESTS]> = (0..trials)
        .map(|_| {
            let x = bpsk_samples(snr, samples, &mut rng).unwrap();
            let readings = fit::check(&x).unwrap().readings;
            std::array::from_fn(|test| readings[test].statistic)
        })
        .collect();
    let sorted: Vec<Vec<f64>> = (0..TESTS)
        .map(|test| {
            let mut column: Vec<f64> = records.iter().map(|record| record[test]).collect();
            column.sort_unstable_by(f64::total_cmp);
            column
        })
        .collect();
    let thresholds =
        |level: f64| -> Vec<f64> { sorted.iter().map(|column| quantile(column, 1.0 - level)).collect() };
    let failing = |limits: &[f64]| {
        records.iter().filter(|record| record.iter().zip(limits).any(|(x, limit)| x > limit)).count()
    };
    let (mut low, mut high) = (fit::FALSE_ALARM / TESTS as f64 * 0.5, fit::FALSE_ALARM);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        let share = failing(&thresholds(middle)) as f64 / trials as f64;
        if share > fit::FALSE_ALARM { high = middle } else { low = middle }
    }
    let limits = thresholds(low);
    [0, 1, 2, 3, 4, 5].map(|test| (1e3 * limits[test]).round() as i64)
}

/// Independent tests in the limit: normal, one-sided normal, Gumbel and exponential laws at Šidák's level.
fn limit() -> [i64; TESTS] {
    let level = 1.0 - (1.0 - fit::FALSE_ALARM).powf(1.0 / TESTS as f64);
    let two_sided = normal_quantile(1.0 - 0.5 * level).unwrap();
    let one_sided = normal_quantile(1.0 - level).unwrap();
    let greatest = -(-(1.0 - level).ln()).ln();
    let least = -level.ln();
    [two_sided, one_sided, one_sided, greatest, least, one_sided].map(|x| (1e3 * x).round() as i64)
}

fn main() {
    let trials: usize = std::env::args().nth(1).map_or(100_000, |text| text.parse().unwrap());
    let cells = cells(&LENGTHS, &SNR_DB);
    let results = of_cells(&cells, |_| true, trials, cell);
    println!(
        "# Thresholds in thousandths, by `calibrate_fit {trials}` (seed 17): a line a length (50 to 20000, infinity),"
    );
    println!(
        "# on it the SNRs (none, −8 to 30 dB), for each those of the tests in the order of `Test::ALL`."
    );
    println!("# {} records a cell above 1000 samples.", trials * 2 / 5);
    for samples in LENGTHS {
        let of = |db: f64| results[cells.iter().position(|cell| *cell == (samples, db)).unwrap()];
        println!("{}", line(SNR_DB.map(of).as_flattened()));
    }
    println!("{}", line(SNR_DB.map(|_| limit()).as_flattened()));
}
