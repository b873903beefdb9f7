//! Prints how often the intervals of records that were rounded to a step hold the truth:
//! `quantised_coverage TRIALS`.
#![allow(clippy::unwrap_used, reason = "a measurement that meets an error has failed")]

use snr_quantile::compare::bpsk_samples;
use snr_quantile::fit::{self, Cause};
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::{Estimator, MlBinned, Snr};

fn main() {
    let trials = std::env::args().nth(1).map_or(500, |text| text.parse::<u64>().unwrap());
    println!("noise/step  origin  samples  SNR   told    holds the truth    detected  misfit  coarse");
    for noise in [0.3, 0.5, 0.7, 1.0, 3.0] {
        for (origin, samples) in [(0.0, 50), (0.0, 200), (0.0, 1000), (0.5, 1000), (0.31, 200), (0.31, 1000)]
        {
            for snr_db in [-300.0, 0.0, 5.0, 10.0, 20.0] {
                let snr = Snr::from_db(snr_db).unwrap();
                let mut rng = Streams::new(43).stream(samples as u64);
                let [mut told, mut held, mut detected, mut misfit, mut coarse] = [0_u32; 5];
                for _ in 0..trials {
                    let x = bpsk_samples(snr, samples, &mut rng).unwrap() * (noise / snr.sigma());
                    let x = x.mapv(|x| (x - origin).round() + origin);
                    let Ok(estimate) = MlBinned.estimate(&x) else { continue };
                    let cause = fit::check(&x).unwrap().cause;
                    coarse += u32::from(cause == Some(Cause::CoarseSteps));
                    misfit += u32::from(cause.is_some_and(|cause| cause != Cause::CoarseSteps));
                    if let Ok(interval) = estimate.interval_db(0.95) {
                        told += 1;
                        held += u32::from(interval.contains(snr_db.max(snr_quantile::NO_SIGNAL_DB)));
                        detected += u32::from(estimate.detection(0.01).unwrap().is_detected);
                    }
                }
                let percent = |n: u32| 100.0 * f64::from(n) / trials as f64;
                let share = f64::from(held) / f64::from(told.max(1));
                println!(
                    "{noise:>5} {origin:>10} {samples:>8} {snr_db:>6} {:>7.1} {share:>10.4} +- {:.4} {:>9.1} {:>7.2} {:>7.2}",
                    percent(told),
                    (0.0475 / f64::from(told.max(1))).sqrt(),
                    percent(detected),
                    percent(misfit),
                    percent(coarse),
                );
            }
        }
    }
}
