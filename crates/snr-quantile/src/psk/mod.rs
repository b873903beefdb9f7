//! Complex samples of M-PSK, as receivers record them: phase, amplitude and noise unknown.
//!
//! ```text
//! y = S exp(jθ) s + w,   s = exp(2πik/M),   E|w|² = N₀ = 2 σ²,   Es/N0 = S²/N₀
//! ```
//! One sample per symbol, at the output of a matched filter, without a carrier left over. [`Record`] takes in
//! the samples, any number of them, and gives the estimates; [`Likelihood`] their interval and the detection;
//! [`crlb_db2`] is what no unbiased estimate goes below. [`Snr`](crate::Snr) is `S²/σ²` as everywhere in this
//! crate, twice `Es/N0`.

mod modulation;

mod soft;

mod cells;

mod sums;

mod maximum;

mod estimate;

mod law;

mod likelihood;

mod record;

mod bound;

mod study;

pub mod fit;

pub use bound::{crlb_db2, data_aided_crlb_db2};
pub use estimate::PskEstimate;
pub use likelihood::Likelihood;
pub use modulation::Modulation;
pub use record::{Record, data_aided};
pub use study::{PskInput, PskRecords, es_n0_grid, modulation_of, samples};
