//! How strong is the signal in a burst of BPSK symbols? The same records through four estimators: the
//! paper's, the two of common receivers, and maximum likelihood, beside the bound that none can beat.
//!
//! ```text
//! cargo run --release -p mmw-examples --example snr_of_a_burst
//! ```

use mmw_core::{Result, random::Streams};
use snr_quantile::{Method, Outcome, Snr, bound, compare};

const SAMPLES: usize = 400;
const METHODS: [Method; 4] = [Method::Quartic, Method::M2m4, Method::M1m2, Method::MlBinned];

fn main() -> Result<()> {
    println!("{SAMPLES} samples a burst; SNR is S²/σ², Es/N0 is 3.01 dB less");
    println!("truth (dB)     quartic      m2m4      m1m2  ml_binned    95 % interval   bound (dB)");
    for (index, truth_db) in [-15.0, -5.0, 0.0, 5.0, 10.0, 20.0].into_iter().enumerate() {
        let truth = Snr::from_db(truth_db)?;
        let burst = compare::bpsk_samples(truth, SAMPLES, &mut Streams::new(6).stream(index as u64))?;
        print!("{truth_db:10.1}");
        let mut interval = "none".to_owned();
        for method in METHODS {
            let estimate = method.estimator()?.estimate(&burst)?;
            match estimate.outcome {
                Outcome::Identifiable { snr, .. } => print!("  {:9.2}", snr.db()),
                Outcome::NotIdentifiable { .. } => print!("  {:>9}", "-"),
            }
            if method == Method::MlBinned && estimate.is_identifiable() {
                let ends_db = estimate.interval_db(0.95)?;
                interval = format!("{:.1} to {:.1}", ends_db.lower, ends_db.upper);
            }
        }
        println!("  {interval:>15}  {:11.2}", bound::crlb_db2(truth, SAMPLES)?.sqrt());
    }
    println!("-: no trace of a signal in the record, as far as that estimator sees");
    Ok(())
}
