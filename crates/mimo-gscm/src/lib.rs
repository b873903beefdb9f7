//! Molisch's generic model of MIMO channels, whole, and the capacity of its draws, exact where exactness
//! exists.
//!
//! The model places scatterers, far clusters, street canyons and roof edges in space and follows the power
//! from one end to the other. A draw is a list of propagation paths (delay, direction of departure, direction
//! of arrival, complex amplitude) and a few matrices of limited rank; any two antenna arrays then turn it
//! into transfer matrices, and these into capacities:
//!
//! ```
//! use mimo_gscm::{
//!     CapacityStudy, ChannelModel, IidOutage, Result, Scenario, Station, Transfer, capacity::capacity_flat,
//!     mmw_core::{MonteCarlo, Streams},
//! };
//!
//! # fn main() -> Result<()> {
//! // One channel of the urban macrocell of the paper's Table 1, seen by two arrays of four antennas.
//! let scenario = Scenario::urban_macrocell();
//! let model = ChannelModel::new(scenario.clone())?;
//! let channel = model.draw_narrowband(&mut Streams::new(1).stream(0));
//! let array = Station::linear(4, 0.5, scenario.carrier_hz)?;
//! let h = Transfer::flat(&array, &array, scenario.carrier_hz)?.matrix(&channel)?;
//! assert!(capacity_flat(&h, 100.0)? > 5.0); // bit/s/Hz at 20 dB
//!
//! // The capacity that nine draws in ten reach, against independent Rayleigh fading, which is known exactly.
//! let study = CapacityStudy { receive: array.clone(), transmit: array, snr: 100.0, band: None };
//! let result = study.run(&model, &MonteCarlo::new(1, 4000))?;
//! let loss = 1.0 - result.capacity.ecdf().quantile(0.1)? / IidOutage::new(4, 4, 100.0)?.capacity(0.1)?;
//! assert!((loss - 0.27).abs() < 0.02); // "on the order of 30%", says the paper
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//! | module | what is in it |
//! | --- | --- |
//! | [`exact`] | capacities known exactly: Telatar's integral, outage by determinant, SIMO, MISO, keyhole |
//! | [`scenario`] | Table 1 as checked data, `urban_macrocell()`, the readings A1 to A21, the power ledger |
//! | [`path`] | the result of a draw: paths and guide terms; exchange of the ends, motion, Doppler |
//! | [`propagation`] | the processes, one per file, and [`propagation::ChannelModel`], which draws them all |
//! | [`transfer`] | arrays: `H(f)`, `H(τ)`, band-limited taps |
//! | [`capacity`] | flat and over a band, equal power and water-filling, outage and ergodic with confidence |
//! | [`statistics`] | correlation, delay and angular spread, rank, eigenvalues, keyhole metrics, Rice factors |
//! | [`rival`] | i.i.d. Rayleigh, Rice, Kronecker, Weichselberger, keyhole, tapped delay line |
//! | [`compare`] | models side by side, by the outage capacity that they promise |
//! | [`study`] | the distribution of capacity by Monte Carlo, the same bits on any number of threads |
//! | [`path_loss`] | absolute power: Okumura-Hata and COST-231-Hata |
//! | [`paper`] | Table 1 to the letter, and what its numbers add up to |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | axes | `[frequency, rx, tx]`, samples `[draw, rx, tx]`; `H[r, t]` leads from transmitter `t` to receiver `r` |
//! | ends | departure at the base station, arrival at the mobile station; [`path::Realisation::swapped`] for the other way |
//! | signs | directions point away from the antennas; `exp(+j⟨k, x⟩)` at both ends; `exp(−j2πfτ)` for a delay |
//! | power | `E|h|² = 1` over the ensemble with the line of sight, unless [`scenario::Normalisation`] says otherwise |
//! | ratios | `snr` is linear, per receive branch; powers of a scenario are in dB, `None` for -∞ |
//! | frame | y from base to mobile station, x right, z up, as in [`mmw_core::geometry`] |
//!
//! # What the paper leaves open
//! Its Table 1 does not add up in places, and carrier, distance, antenna spacing, signal-to-noise ratio and
//! the coupling of guides are not printed. Each choice is a field of [`scenario::Scenario`] or
//! [`scenario::Interpretation`], with the alternatives beside it.
//!
//! # References
//! "The paper" throughout: A. F. Molisch, "A generic model for MIMO wireless propagation channels". The same
//! model by the same author in a journal: "A generic model for MIMO wireless propagation channels in macro-
//! and microcells", IEEE Transactions on Signal Processing, vol. 52, no. 1, pp. 61–71, January 2004,
//! doi:10.1109/TSP.2003.820144.
//!
//! # Features
//! `serde`: (de)serialisation of scenarios, readings, ledgers and channels. `rayon`: studies on all cores,
//! with the same bits.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod exact;

mod phasor;

pub mod scenario;

pub mod path;

pub mod propagation;

mod motion;

pub mod transfer;

pub mod capacity;

pub mod statistics;

pub mod rival;

pub mod study;

pub mod compare;

pub mod path_loss;

pub mod paper;

pub use capacity::CapacitySample;
pub use exact::IidOutage;
pub use path::{Path, Realisation};
pub use propagation::ChannelModel;
pub use scenario::{Interpretation, Scenario};
pub use study::{Band, CapacityResult, CapacityStudy};
pub use transfer::{Station, Transfer};

pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
