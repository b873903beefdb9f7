//! Prints how often records of M-PSK are said not to fit it, test by test: `psk_fit_rates TRIALS SAMPLES
//! [MODULATION [ES_N0_DB…]]`.
#![allow(clippy::unwrap_used, reason = "a measurement that meets an error has failed")]

use snr_quantile::mmw_core::random::Streams;
use snr_quantile::psk::{self, Modulation};
use snr_quantile::{Snr, fit};

fn main() {
    let mut words = std::env::args().skip(1);
    let trials = words.next().map_or(2000, |text| text.parse::<usize>().unwrap());
    let lengths = words.next().map_or(vec![50, 200, 1000], |text| vec![text.parse().unwrap()]);
    let modulations =
        words.next().map_or(Modulation::ALL.to_vec(), |text| vec![text.parse::<Modulation>().unwrap()]);
    let mut es_n0_dbs: Vec<f64> = words.map(|text| text.parse().unwrap()).collect();
    if es_n0_dbs.is_empty() {
        es_n0_dbs.extend([-10.0, -3.0, 0.0, 3.0, 6.0, 10.0, 20.0, 30.0]);
    }
    println!("false alarms of {trials} records, promised {}; of each test, %", fit::FALSE_ALARM);
    for modulation in modulations {
        for &samples in &lengths {
            for &es_n0_db in &es_n0_dbs {
                let mut rng = Streams::new(29).stream(samples as u64);
                let snr = Snr::from_es_n0(10_f64.powf(0.1 * es_n0_db)).unwrap();
                let (mut failed, mut each) = (0, [0; 6]);
                for _ in 0..trials {
                    let y = psk::samples(modulation, snr, samples, &mut rng).unwrap();
                    let fit = psk::fit::check(modulation, &y).unwrap();
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
