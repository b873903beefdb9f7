//! Prints how often records of the model are said not to fit it: `fit_rates TRIALS [SAMPLES…]`.
#![allow(clippy::unwrap_used, reason = "a measurement that meets an error has failed")]

use snr_quantile::compare::bpsk_samples;
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::{Snr, fit};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>().unwrap());
    let trials = numbers.next().unwrap_or(10_000);
    let mut lengths: Vec<usize> = numbers.collect();
    if lengths.is_empty() {
        lengths.extend([200, 1000, 20_000]);
    }
    println!("false alarms of {trials} records, promised {}", fit::FALSE_ALARM);
    for samples in lengths {
        for snr_db in [-300.0, -10.0, -4.0, 0.0, 4.0, 10.0, 18.0, 30.0] {
            let mut rng = Streams::new(23).stream(samples as u64);
            let snr = Snr::from_db(snr_db).unwrap();
            let failed = (0..trials)
                .filter(|_| !fit::check(&bpsk_samples(snr, samples, &mut rng).unwrap()).unwrap().is_good())
                .count();
            let share = failed as f64 / trials as f64;
            let error = (share * (1.0 - share) / trials as f64).sqrt();
            println!("{samples:>6} {snr_db:>7} dB  {:.3} % ± {:.3}", 100.0 * share, 100.0 * error);
        }
    }
}
