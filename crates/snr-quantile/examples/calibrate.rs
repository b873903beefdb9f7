//! Draws the table of quantiles that the intervals of the crate are taken from: `calibrate TRIALS >
//! quantiles.txt`, or its lines of one length: `calibrate TRIALS LENGTH`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a generator that meets an error has failed"
)]

#[path = "../tests/support/tables.rs"]
mod tables;

use snr_quantile::compare::bpsk_samples;
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::mmw_core::stats::normal_cdf;
use snr_quantile::{Method, Snr};
use tables::{cells, line, of_cells, quantile};

const LENGTHS: [usize; 9] = [12, 25, 50, 100, 200, 500, 1000, 2000, 10_000];
/// In the order of their streams: 1000 came later.
const DRAWN: [usize; 9] = [1000, 12, 25, 50, 100, 200, 500, 2000, 10_000];
const SNR_DB: [f64; 20] = [
    -300.0, -10.0, -7.0, -5.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 16.0,
    20.0, 30.0,
];
const Z: [f64; 11] = [-3.09, -2.326, -1.96, -1.645, -1.0, 0.0, 1.0, 1.645, 1.96, 2.326, 3.09];
const METHODS: [Method; 5] = [Method::MlBinned, Method::LStatistic, Method::M2m4, Method::M1m2, Method::Svr];

/// `−ln(1 − w²)`, `w = SNR/(1 + SNR)`.
fn contrast_of(snr: f64) -> f64 {
    2.0 * snr.ln_1p() - (2.0 * snr).ln_1p()
}

/// The quantiles of each method, in thousandths.
fn cell(samples: usize, snr_db: f64, trials: usize, stream: u64) -> Vec<Vec<i64>> {
    let snr = Snr::from_db(snr_db).unwrap();
    let truth = if snr_db < -200.0 { 0.0 } else { contrast_of(snr.linear()) };
    let mut rng = Streams::new(16).stream(stream);
    let estimators = METHODS.map(|method| method.estimator::<f64>().unwrap());
    let mut found = METHODS.map(|_| Vec::with_capacity(trials));
    for _ in 0..trials {
        let x = bpsk_samples(snr, samples, &mut rng).unwrap();
        for (found, estimator) in found.iter_mut().zip(&estimators) {
            let contrast = estimator.estimate(&x).unwrap().contrast.unwrap();
            found.push((contrast - truth) * (samples as f64).sqrt());
        }
    }
    let quantiles = |found: &mut Vec<f64>| {
        found.sort_unstable_by(f64::total_cmp);
        Z.map(|z| (1e3 * quantile(found, normal_cdf(z))).round() as i64).to_vec()
    };
    found.iter_mut().map(quantiles).collect()
}

fn main() {
    let trials: usize = std::env::args().nth(1).map_or(100_000, |text| text.parse().unwrap());
    let only: Option<usize> = std::env::args().nth(2).map(|text| text.parse().unwrap());
    let is_asked = |length: usize| only.is_none_or(|only| only == length);
    let cells = cells(&DRAWN, &SNR_DB);
    let results = of_cells(&cells, is_asked, trials, cell);
    println!(
        "# Thousandths of the quantiles of √N (contrast − truth), by `calibrate {trials}` (seed 16): a line a"
    );
    println!(
        "# method (ml_binned, l_statistic, m2m4, m1m2, svr) and length (12 to 10000), on it the SNRs (none, −10 to"
    );
    println!(
        "# 30 dB), for each the quantiles at Φ(−3.09 to 3.09). {} records a cell above 1000 samples.",
        trials * 2 / 5
    );
    for (method, _) in METHODS.iter().enumerate() {
        for samples in LENGTHS.into_iter().filter(|length| is_asked(*length)) {
            let place = |db: &f64| cells.iter().position(|cell| *cell == (samples, *db)).unwrap();
            println!("{}", line(SNR_DB.iter().flat_map(|db| results[place(db)][method].iter())));
        }
    }
}
