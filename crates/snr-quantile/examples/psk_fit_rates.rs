//! Prints how often records of M-PSK are said not to fit it, test by test: `psk_fit_rates TRIALS [SAMPLES…]`.
#![allow(clippy::unwrap_used, reason = "a measurement that meets an error has failed")]

use snr_quantile::mmw_core::random::Streams;
use snr_quantile::psk::{self, Modulation};
use snr_quantile::{Snr, fit};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>().unwrap());
    let trials = numbers.next().unwrap_or(2000);
    let mut lengths: Vec<usize> = numbers.collect();
    if lengths.is_empty() {
        lengths.extend([50, 200, 1000]);
    }
    println!("false alarms of {trials} records, promised {}; of each test, %", fit::FALSE_ALARM);
    for modulation in Modulation::ALL {
        for &samples in &lengths {
            for es_n0_db in [-10.0, -3.0, 0.0, 3.0, 6.0, 10.0, 20.0, 30.0] {
                let mut rng = Streams::new(29).stream(samples as u64);
                let snr = Snr::from_es_n0(10_f64.powf(0.1 * es_n0_db)).unwrap();
                let (mut failed, mut each) = (0, [0; 5]);
                for _ in 0..trials {
                    let y = psk::samples(*modulation, snr, samples, &mut rng).unwrap();
                    let fit = psk::fit::check(*modulation, &y).unwrap();
                    failed += u32::from(!fit.is_good());
                    each.iter_mut()
                        .zip(fit.readings)
                        .for_each(|(n, reading)| *n += u32::from(reading.fails()));
                }
                let percent = |n: u32| 100.0 * f64::from(n) / trials as f64;
                let share = percent(failed) / 100.0;
                let error = 100.0 * (share * (1.0 - share) / trials as f64).sqrt();
                println!(
                    "{modulation:>6} {samples:>6} {es_n0_db:>5} dB  {:.2} ± {error:.2}   {:.2?}",
                    percent(failed),
                    each.map(percent)
                );
            }
        }
    }
}
