//! Path loss at 60 GHz from first principles, and the LC ladders that emulate it on a chip.
//!
//! A short millimetre-wave link loses power to distance, oxygen, water vapour, rain, walls and edges; a
//! low-pass filter of inductors and capacitors can stand in for that loss in the laboratory. This crate
//! computes both sides: each mechanism apart and added up, and filters of any order between any terminations,
//! exact to the last digit.
//!
//! The package is `mmw-linkbudget`, the library `linkbudget`.
//!
//! ```
//! use linkbudget::{
//!     Cutoff, Field, LadderSpec, Link, LinkConfig, Network, PathLoss, Response, Result, Scenario, ndarray::array,
//! };
//!
//! # fn main() -> Result<()> {
//! // What 30 m of the paper's second scenario cost, and of what.
//! let path = PathLoss::new(Scenario::TWO.path(Field::Te)?)?;
//! let loss = path.breakdown(30.0)?;
//! assert!((loss.total_db() - 105.709).abs() < 1e-3);
//! assert!((loss.distance_db - 29.542).abs() < 1e-3 && (loss.rain_db - 0.516).abs() < 1e-3);
//!
//! // How far 10 dBm reach with 3 dB to spare.
//! let link = Link::new(LinkConfig::dipoles_at_60_ghz())?;
//! assert!((link.max_range_m(&path, 3.0)? - 1.0654).abs() < 1e-3);
//!
//! // A filter with that loss at 60 GHz: the order, the parts, and what they do between 50 and 73 ohm.
//! let chebyshev = Response::Chebyshev { ripple_db: 0.01 };
//! let order = chebyshev.order(loss.total_db(), 5.0, Cutoff::ThreeDb)?.order;
//! let ladder = LadderSpec::chebyshev(order, 0.01, Cutoff::ThreeDb, 50.0, 73.0).synthesise()?;
//! let network = Network::from_ladder(&ladder, 12e9)?;
//! let s = network.s_parameters(&array![5e9, 12e9, 60e9], 50.0, 73.0)?;
//! assert_eq!((order, s.data().dim()), (7, (3, 2, 2)));
//! assert!(-20.0 * s.data()[[2, 1, 0]].norm().log10() > loss.total_db());
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//! | module | what is in it |
//! | --- | --- |
//! | [`free_space`] | Friis with gains and system loss; the log-distance law |
//! | [`atmosphere`], [`gas`] | the standard atmosphere by altitude; oxygen and vapour line by line (ITU-R P.676-12) |
//! | [`slant`] | paths that rise: length, gases layer by layer (ITU-R P.676-12, Annex 1) |
//! | [`rain`] | ITU-R P.838-3, any polarisation and elevation; the paper's three climates |
//! | [`rain_statistics`] | how often it rains how hard: ITU-R P.530-17 and P.618-13; availability |
//! | [`cloud`] | clouds and fog: ITU-R P.840-8 |
//! | [`reflection`] | Fresnel coefficients, the materials of ITU-R P.2040, slabs |
//! | [`fresnel_integral`], [`knife_edge`] | C and S to 1e-15; diffraction: exact, P.526, Lee, the paper's |
//! | [`path_loss`], [`scenario`] | equation (3) of the paper, corrected, by mechanism; the three scenarios of Table 1 |
//! | [`budget`] | noise, sensitivity, margin, range |
//! | [`hop`] | a whole link: its steps from power to margin, fading, availability, range |
//! | [`response`] | Butterworth and Chebyshev attenuation; the order for a specification |
//! | [`ladder`] | element values in closed form, and of elliptic, inverse Chebyshev and Bessel; all bands; why some requests have none |
//! | [`network`] | parts in cascade: ABCD, S-parameters between any impedances, loss, group delay |
//! | [`nport`] | S-parameters of any number of ports: other references, Z, Y, ABCD and T, cascades, fixtures taken off |
//! | [`spice`], [`touchstone`] | netlists that ngspice runs; Touchstone files of any version read and written |
//! | [`e_series`], [`tolerance`] | preferred values; the yield of parts with tolerances |
//! | [`attenuator`] | the common-base stage that varies the loss |
//! | [`mismatch`], [`dipole`], [`one_port`] | S11 and VSWR; the dipole by induced EMF; its equivalent circuit |
//! | [`paper`] | what the paper prints and gets wrong, as named data |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | losses | decibels, positive for a loss; a gain is negative |
//! | units | SI and radians inside; GHz only in the Recommendations' own formulas; air in hPa, K and g/m^3 |
//! | time | `exp(+jωt)`: a lossy permittivity and a capacitive reactance are negative imaginary |
//! | angles | of incidence from the normal; of elevation from the horizon |
//! | pressure | that of *dry* air, as P.676 counts it; [`atmosphere::Atmosphere::from_total_pressure`] converts |
//! | ladders | elements from the generator, normalised to the load and to 1 rad/s at the cut-off |
//! | cut-off | always an explicit [`response::Cutoff`]: the ripple edge or the 3 dB point |
//! | ports | port 1 the generator, port 2 the load, each normalised to its own termination |
//! | axes | `[frequency, to port, from port]`; breakdowns `[mechanism, distance]` |
//! | arrays | a function of one number has a twin that ends in `_array` |
//! | errors | typed; a ladder that cannot exist says why ([`ladder::Unrealisable`]) |
//!
//! # References
//! "The paper" throughout: J. W. Lambrechts, S. Sinha, "Estimation of signal attenuation in the 60 GHz band
//! with an analog BiCMOS passive filter", International Journal of Microwave and Wireless Technologies,
//! vol. 7, no. 6, pp. 645–653, December 2015. "The generator" is what feeds a filter.
//!
//! # Features
//! `serde`: (de)serialisation of the plain types.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod map;

pub mod free_space;

pub mod atmosphere;

pub mod gas;

pub mod slant;

pub mod rain;

pub mod rain_statistics;

pub mod cloud;

pub mod fresnel_integral;

pub mod reflection;

pub mod knife_edge;

pub mod path_loss;

pub mod scenario;

pub mod budget;

pub mod hop;

pub mod response;

pub mod network;

pub mod ladder;

pub mod nport;

pub mod spice;
pub mod touchstone;

pub mod e_series;

pub mod tolerance;

pub mod attenuator;

pub mod mismatch;

mod sine_integral;

pub mod dipole;

pub mod one_port;

pub mod paper;

pub use atmosphere::Atmosphere;
pub use budget::{Link, LinkConfig};
pub use ladder::{Ladder, LadderSpec, SynthesisError, Unrealisable};
pub use network::Network;
pub use nport::NPort;
pub use path_loss::{Breakdown, Path, PathLoss};
pub use reflection::{Field, Material};
pub use response::{Cutoff, Response};
pub use scenario::Scenario;
pub use tolerance::{Tolerances, YieldConfig, YieldStudy};
pub use touchstone::Touchstone;

pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
