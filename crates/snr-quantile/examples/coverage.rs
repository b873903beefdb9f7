//! Prints how often intervals hold the truth: `coverage TRIALS SAMPLES…`; `mmw snr coverage` is the same with
//! options.
#![allow(clippy::unwrap_used, reason = "a measurement that meets an error has failed")]

use snr_quantile::coverage::Coverage;
use snr_quantile::{Method, Snr};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>().unwrap());
    let trials = arguments.next().unwrap_or(10_000) as u64;
    let methods = [Method::MlBinned, Method::LStatistic, Method::M2m4, Method::M1m2, Method::Svr];
    println!(
        "{trials} records a cell; covered, of 0.95, by {methods:?}; detected by the first, false alarms 0.01"
    );
    for samples in arguments {
        for snr_db in [
            None,
            Some(-20.0),
            Some(-10.0),
            Some(-5.0),
            Some(0.0),
            Some(2.0),
            Some(5.0),
            Some(10.0),
            Some(20.0),
            Some(30.0),
        ] {
            let snr = snr_db.map(|db| Snr::from_db(db).unwrap());
            let scores = Coverage { trials, ..Coverage::new(snr, samples) }.run(&methods).unwrap();
            let covered: Vec<String> = scores.iter().map(|score| format!("{:.4}", score.covered)).collect();
            let truth = snr_db.map_or("none".to_owned(), |db: f64| db.to_string());
            println!("{samples:>6} {truth:>5}  {}  {:.4}", covered.join(" "), scores[0].detected);
        }
    }
}
