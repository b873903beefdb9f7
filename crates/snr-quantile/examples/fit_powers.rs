//! Prints how often each misuse of the model is found and named, at 10 dB and 1000 samples:
//! `fit_powers RECORDS`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement that meets an error has failed"
)]

#[path = "../tests/support/misuse.rs"]
mod misuse;

use misuse::{MISUSES, misuse};
use snr_quantile::fit;
use snr_quantile::mmw_core::random::Streams;

fn main() {
    let records: u32 = std::env::args().nth(1).map_or(1000, |text| text.parse().unwrap());
    println!("{records} records of 1000 samples at 10 dB; ± one standard error");
    let mut rng = Streams::new(21).stream(0);
    for cause in MISUSES {
        let (mut found, mut named) = (0, 0);
        for _ in 0..records {
            let fit = fit::check(&misuse(cause, &mut rng)).unwrap();
            found += u32::from(!fit.is_good());
            named += u32::from(fit.cause == Some(cause));
        }
        let [found, named] = [found, named].map(|count| f64::from(count) / f64::from(records));
        let error = |share: f64| (share * (1.0 - share) / f64::from(records)).sqrt();
        let what = cause.name();
        println!("{what:<18} found {found:.4} ± {:.4}  named {named:.4} ± {:.4}", error(found), error(named));
    }
}
