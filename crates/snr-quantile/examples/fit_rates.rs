//! Prints how often records of the model are said not to fit it: `fit_rates TRIALS`.
#![allow(clippy::unwrap_used, reason = "a measurement that meets an error has failed")]

use snr_quantile::compare::bpsk_samples;
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::{Snr, fit};

fn main() {
    let trials: u32 = std::env::args().nth(1).map_or(10_000, |text| text.parse().unwrap());
    println!("false alarms of {trials} records, promised {}", fit::FALSE_ALARM);
    for samples in [200, 1000, 20_000] {
        let trials = if samples > 10_000 { trials / 4 } else { trials };
        for snr_db in [-300.0, -10.0, -4.0, 0.0, 4.0, 10.0, 18.0, 30.0] {
            let mut rng = Streams::new(23).stream(samples as u64);
            let snr = Snr::from_db(snr_db).unwrap();
            let failed = (0..trials)
                .filter(|_| !fit::check(&bpsk_samples(snr, samples, &mut rng).unwrap()).unwrap().is_good())
                .count();
            let share = failed as f64 / f64::from(trials);
            let error = (share * (1.0 - share) / f64::from(trials)).sqrt();
            println!("{samples:>6} {snr_db:>7} dB  {:.3} % ± {:.3}", 100.0 * share, 100.0 * error);
        }
    }
}
