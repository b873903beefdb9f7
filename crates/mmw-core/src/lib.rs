//! The shared vocabulary of the `mmw` workspace: arrays with physical axes, antennas, units, errors,
//! reproducible randomness and Monte Carlo.
//!
//! ```
//! use mmw_core::{AntennaArray, Direction, Result, units::wavelength_m};
//!
//! # fn main() -> Result<()> {
//! let wavelength_m = wavelength_m(77e9)?;
//! let array = AntennaArray::uniform_linear(8, wavelength_m / 2.0)?;
//! let a = array.steering_vector(Direction::new(0.3, 0.0)?, wavelength_m)?;
//! assert_eq!(a.len(), 8);
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//! | module | what is in it |
//! | --- | --- |
//! | [`error`](mod@error), [`check`] | the one [`Error`] and the argument checks that raise it |
//! | [`float`] | [`Real`]: `f32` or `f64` |
//! | [`simd`] | vector instructions: one detection, one way to compile a kernel for each level |
//! | [`math`] | sine, cosine and logarithm for vector loops, powers of two, roots within a bracket |
//! | [`complex`] | [`C32`], [`C64`], split and interleaved views, magnitude, power, phase, dB |
//! | [`axis`], [`data_array`] | [`Axis`] and [`DataArray`]: an array that knows its coordinates and units |
//! | [`npy`] | arrays from `.npy` files |
//! | [`consts`], [`units`] | CODATA constants; dB, dBm, wavelength |
//! | [`geometry`], [`antenna`] | directions, wave vectors; arrays, patterns, steering vectors |
//! | [`special`], [`quadrature`] | gamma functions; Gauss-Legendre rules |
//! | [`linalg`] | Hermitian eigenvalues, singular values, log-determinants, least squares |
//! | [`random`] | reproducible streams of random numbers, normal samples |
//! | [`stats`] | moments, quantiles and proportions with confidence, histograms, Kolmogorov-Smirnov |
//! | [`monte_carlo`] | trials in blocks: the same bits serially, in parallel, or spread over machines |
//! | [`study`] | contenders on a grid of conditions: accuracy, bound and cost, whole or in parts |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | units | SI and radians; every dimensional name carries its unit: `range_m`, `carrier_hz` |
//! | frame | x right, y forward, z up; azimuth from y towards x, elevation from the horizon up |
//! | phase | `exp(+j 2π f t)` in time, `exp(+j k·x)` for a wave from the direction of `k` |
//! | errors | no public function panics on any input or returns NaN for finite input |
//! | bits | the same at every level of [`simd`] and on every machine, but for what a section *Fused* names, and transforms by `rustfft` in crates that use it |
//!
//! # References
//! No one source: constants are those of CODATA 2018, special functions those of the NIST Digital Library of
//! Mathematical Functions; algorithms name theirs as footnotes.
//!
//! # Features
//! `serde`: (de)serialisation of the plain types. `rayon`: Monte Carlo on all cores, with the same bits.
//! `fourier`: what the crates of the workspace that transform share.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod error;

#[doc(hidden)]
pub mod files;

#[cfg(feature = "fourier")]
#[doc(hidden)]
pub mod fourier;

pub mod float;

#[doc(hidden)]
pub mod named;

#[doc(hidden)]
pub mod text;

mod reinterpret;

pub mod check;

#[doc(hidden)]
pub mod checked_serde;

pub mod simd;

pub mod complex;
pub mod math;

pub mod special;

pub mod axis;
pub mod consts;
pub mod data_array;
pub mod units;

pub mod npy;

pub mod geometry;

pub mod antenna;

pub mod quadrature;

pub mod linalg;

pub mod random;

pub mod stats;

pub mod monte_carlo;

pub mod study;

pub use antenna::{AntennaArray, ElementPattern};
pub use axis::Axis;
pub use complex::{C32, C64, ComplexArray1, ComplexArray2, ComplexArray3, ComplexArray4};
pub use data_array::{DataArray, DataArray1, DataArray2, DataArray3, DataArray4};
pub use error::{Error, Result};
pub use float::Real;
pub use geometry::Direction;
pub use monte_carlo::{MonteCarlo, Shard};
pub use random::{Stream, Streams};
pub use stats::{Ecdf, Histogram, Interval, Moments, Proportion};
pub use units::{Db, Dbm};

pub use ndarray;
pub use num_complex;
pub use num_traits;
pub use rand;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
