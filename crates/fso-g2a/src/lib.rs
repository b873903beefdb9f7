//! The optical channel from the ground to an aircraft: turbulence, pointing, outage, to full precision.
//!
//! A ground station points a laser at a platform tens of kilometres up. Three things decide how much light
//! arrives: haze takes a constant share, turbulence makes the irradiance flicker, and the beam, wider than
//! the aperture by an order of magnitude, wanders off it. This crate models the link of Safi and Dargahi
//! [^safi] exactly, and says how far off the closed forms of that paper and its rivals are.
//!
//! ```
//! use fso_g2a::{
//!     Attenuation, Beam, BeamConfig, BeamWander, Channel, Cn2Profile, GammaGamma, Link, LinkConfig, Pointing,
//!     PointingConfig, Result, SlantPath, VisibilityModel,
//! };
//!
//! # fn main() -> Result<()> {
//! // A platform 20 km above, a beam of 0.2 mrad, an aperture of 10 cm radius.
//! let path = SlantPath::vertical(20e3)?;
//! let beam = Beam::new(BeamConfig { divergence_rad: 0.2e-3, length_m: path.length_m() })?;
//! let wander = BeamWander { waist_m: 0.01, ..BeamWander::printed(0.2e-3) };
//! let jitter_m = wander.total_jitter_m(&Cn2Profile::hufnagel_valley_5_7(), &path, 0.5)?;
//! let pointing = PointingConfig { beam_radius_m: beam.footprint_radius_m(), aperture_radius_m: 0.1, jitter_m };
//! let pointing = Pointing::new(pointing)?;
//!
//! // Strong turbulence, and haze that dies off with altitude.
//! let ground_per_m = VisibilityModel::Kim.extinction_per_m(10e3, 1550e-9)?;
//! let haze = Attenuation::Exponential { ground_per_m, scale_height_m: 1200.0 };
//! let full_gain = haze.transmission(&path)? * beam.full_collection(0.1)?;
//! let channel = Channel::new(pointing, GammaGamma::new(4.0, 1.7)?).with_full_gain(full_gain)?;
//!
//! // How much power keeps the outage at 1 %?
//! let link = Link::new(LinkConfig { transmit_power_w: 1.0, responsivity_a_w: 0.9, noise_a: 1e-6 })?;
//! let power_w = link.required_power_w(&channel, 10.0, 0.01)?;
//! let link = LinkConfig { transmit_power_w: power_w, responsivity_a_w: 0.9, noise_a: 1e-6 };
//! let outage = Link::new(link)?.outage(&channel, 10.0)?;
//! assert!((outage - 0.01).abs() < 1e-12);
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//! | module | what is in it |
//! | --- | --- |
//! | [`special`] | Bessel K of real order (plain, scaled, logarithm), gamma functions |
//! | [`turbulence`] | Gamma-Gamma for any shapes, log-normal, shapes from the Rytov variance |
//! | [`atmosphere`] | profiles of refractive index and wind, up and down: wander, scintillation behind an aperture, coherence; attenuation |
//! | [`pointing`] | footprint, overlap of two circles, the exact law of the collected share |
//! | [`channel`] | the composite law: outage, density, quantile; error rate, capacity, power; simulation |
//! | [`detection`] | receivers with shot and thermal noise and avalanche gain; error rates of OOK, PPM, BPSK, DPSK, QPSK |
//! | [`rivals`] | straight-edge overlap, Gaussian beam |
//! | [`compare`] | the ways to an outage probability side by side: error and time |
//! | [`paper`] | the formulas of the paper as printed, with what is wrong in each |
//!
//! # How exact
//! | quantity | relative error, against mpmath at 20 digits and more |
//! | --- | --- |
//! | `K_ν(x)` | 1e-14 |
//! | density, distribution, survival of Gamma-Gamma | 1e-12, in both tails |
//! | quantile | 1e-11 |
//! | overlap of two circles | 4e-15, up to tangency |
//! | outage and each of its parts | 1e-10 |
//! | beam wander | 1e-10 |
//! | scintillation behind an aperture, weak | 2e-10 |
//! | Fried's parameter, isoplanatic angle, coherence time | 1e-11 |
//! | error rate of M-PPM | 1e-10 |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | units | SI and radians; every dimensional name carries its unit |
//! | irradiance | `h_t` has mean 1 |
//! | share `g` | collected over the most that can be collected: 1 when the beam covers the aperture |
//! | gain | `h = h_a A₀ g h_t`; *normalised* thresholds are over `h_a A₀` |
//! | jitter | standard deviation in each of two directions, not of the radius |
//! | divergence | full angle of an even cone; the footprint's radius is half of it times the length |
//! | atom at 0 | a beam that misses counts as an outage at every threshold |
//! | errors | no function panics on any input or returns NaN for finite input |
//!
//! # References
//! "The paper" throughout [^safi].
//!
//! # Features
//! `serde`: (de)serialisation of the plain types. `rayon`: simulation on all cores, with the same bits.
//!
//! [^safi]: H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links",
//!     10th International Symposium on Telecommunications (IST), Tehran, December 2020, pp. 62–66;
//!     arXiv 2102.09046.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod special;

pub mod turbulence;

pub mod atmosphere;

pub mod pointing;

pub mod channel;

pub mod detection;

pub mod rivals;

pub mod paper;

pub mod compare;

pub use atmosphere::{
    Attenuation, BeamWander, Cn2Profile, LinkDirection, Scintillation, ScintillationConfig, SlantPath,
    VisibilityModel, WindProfile,
};
pub use channel::{CapacityFormula, Channel, Link, LinkConfig, Outage};
pub use detection::{Detector, DetectorConfig, Receiver, ReceiverConfig, Scheme};
pub use pointing::{Beam, BeamConfig, Pointing, PointingConfig};
pub use turbulence::{Calm, GammaGamma, GammaGammaTable, LogNormal, Turbulence, Wave};

pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
