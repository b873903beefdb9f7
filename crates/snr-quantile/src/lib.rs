//! SNR estimation of BPSK signals in white noise: the quantile method, made exact, and the estimators that
//! reach the bound.
//!
//! A paper [^moazzeni] proposes to read the noise off a quartic polynomial fitted to the sorted squares of
//! the samples. This crate makes that method exact, measures it, documents what its formulas get wrong, and
//! ships what works: maximum likelihood on a histogram, in one to two nanoseconds per sample.
//!
//! ```
//! use snr_quantile::{Estimator, MlBinned, Result, Snr, bound, compare, mmw_core::Streams};
//!
//! # fn main() -> Result<()> {
//! let truth = Snr::from_db(7.0)?;
//! let x = compare::bpsk_samples(truth, 1000, &mut Streams::new(1).stream(0))?;
//!
//! let estimate = MlBinned.estimate(&x)?;
//! let interval_db = estimate.interval_db(0.95)?;
//! assert!(interval_db.contains(7.0));
//! // The standard deviation that no unbiased estimator beats: 0.24 dB.
//! assert!((bound::crlb_db2(truth, 1000)?.sqrt() - 0.244).abs() < 5e-3);
//! # Ok(())
//! # }
//! ```
//!
//! # Which estimator
//! | estimator | use it | efficiency (CRLB over variance), −10 / 0 / 10 dB |
//! | --- | --- | --- |
//! | [`MlBinned`] | always, unless there is a reason not to; streams, merges | 1 |
//! | [`Ml`] | to the last digit | 1 |
//! | [`Robust`] | there are outliers: clicks, glitches | 1 |
//! | [`LStatistic`] | the sorted samples are at hand | 1 from 3 dB on |
//! | [`M1m2`] | two sums are all there is room for, 0 dB and up | 0.70 / 0.95 / 0.9997 |
//! | [`M2m4`] | the same below −4 dB | 0.98 / 0.75 / 0.77 |
//! | [`Svr`] | the gain drifts from sample to sample | below 0.65 |
//! | [`DecisionDirected`] | above 10 dB: biased below | – |
//! | [`DataAided`] | the symbols are known | 1 of its own, lower, bound |
//! | [`Quartic`] | to see what the paper does | 0.038 / 0.012 / 0.0033 |
//!
//! Efficiencies are asymptotic ([`efficiency`]). At 200 samples maximum likelihood is within 10 % of the
//! bound from 6 dB on, at 1000 from 0 dB, at 10000 from −2 dB; below that, part of the records hold no trace
//! of the signal, and the estimators say so: [`Outcome::NotIdentifiable`] instead of a number.
//!
//! # Modules
//! | module | what is in it |
//! | --- | --- |
//! | [`theory`] | density, distribution, quantile of the squares; `C0..C4(σ)`, the inverse of `C4` |
//! | [`bound`] | the Cramér-Rao bounds, blind and data-aided; NMSE |
//! | [`efficiency`](mod@efficiency) | asymptotic variance of each estimator |
//! | [`Snr`], [`Estimate`], [`Outcome`], [`Method`] | what goes in and comes out |
//! | [`Estimator`], [`estimators`] | the trait and its implementations |
//! | [`Streaming`] | the estimators that need no record: fixed memory, [`Merge`](mmw_core::stats::Merge) |
//! | [`fit`] | does the record fit the model, and what is likely to be wrong |
//! | [`psk`] | complex samples of BPSK, QPSK, 8-PSK and 16-PSK, their phase unknown |
//! | [`compare`] | accuracy, coverage of intervals and detection by Monte Carlo, on the same records for all |
//! | [`paper`] | equations (9), (10), (27), (28) as printed and as repaired, tables I to III |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | samples | real, one per symbol: `x = S a + w`, `a = ±1`, `w` normal of deviation σ |
//! | SNR | `S²/σ²`; `Es/N0` and the `α` of the bound are half of it ([`Snr`] converts) |
//! | `C4` | abscissa `p = l/K`, as in equations (9) and (10) |
//! | invariance | to order and signs of the samples to the last bit: sums are taken in integers |
//! | scale | no effect above 1e-12 from −25 to 80 dB, on bins above their error |
//! | scale: SVR, quartic | no effect above that of rounding the samples: 1e-16, 5e-15 times the SNR |
//! | errors | NaN, infinities, fewer than two samples, no noise: [`mmw_core::Error`]; no result is NaN |
//!
//! # References
//! "The paper" throughout [^moazzeni]; nothing is known here of where and when it was printed. Bounds and
//! rivals: D. R. Pauluzzi, N. C. Beaulieu, "A comparison of SNR estimation techniques for the AWGN channel",
//! IEEE Transactions on Communications, vol. 48, no. 10, pp. 1681–1691, October 2000, and N. S. Alagha,
//! "Cramer-Rao bounds of SNR estimates for BPSK and QPSK modulated signals", IEEE Communications Letters,
//! vol. 5, no. 1, pp. 10–12, January 2001. Other sources stand as footnotes where they are used.
//!
//! # Features
//! `serde`: (de)serialisation of results. `rayon`: comparisons on all cores, with the same bits.
//!
//! [^moazzeni]: T. Moazzeni, A. Amei, J. Ma, Y. Jiang, "On a new approach to SNR estimation of BPSK signals".
#![cfg_attr(docsrs, feature(doc_cfg))]

mod snr;

mod method;

mod precise;

mod kernels;

mod record;

mod sort;

mod likelihood;

pub mod theory;

pub mod bound;

pub mod efficiency;

mod contrast;

mod table;

mod inversion;

mod calibration;

mod estimate;

mod estimator;

pub mod estimators;

pub mod fit;

pub mod compare;

pub mod psk;

pub mod paper;

pub use estimate::{Detection, Estimate, NO_SIGNAL_DB, Outcome};
pub use estimator::Estimator;
pub use estimators::{
    DataAided, DecisionDirected, LStatistic, M1m2, M2m4, Ml, MlBinned, Quartic, Robust, Streaming, Svr,
};
pub use method::Method;
pub use snr::Snr;

pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
