//! FMCW millimetre-wave radar: from a raw capture to maps and a 4-D point cloud.
//!
//! ```text
//! capture ──► cube ──► clutter ──► range-Doppler ──► CFAR ──► peaks ──► refine ──► angles ──► points
//!             [channel, filter      [channel,        (exact    (one per  (below a   (FFT or
//!              chirp,               range,            false-    target)   cell)      MUSIC)
//!              sample]              doppler]          alarm rate)
//! ```
//!
//! A frame of a simulated walker, detected and located:
//!
//! ```
//! use mmw_dsp::{
//!     Board, PointTarget, Processor, ProcessorConfig, Result, Scene, Simulator, mmw_core::Streams,
//! };
//!
//! # fn main() -> Result<()> {
//! let walker = PointTarget::polar(3.0, 0.3, 0.0, -0.8, 1.0); // m, rad, rad, m/s, m²
//! let scene = Scene { targets: vec![walker], ..Scene::preset(Board::Iwr1843) };
//! let simulator = Simulator::new(scene)?;
//! let cube = simulator.frame(0, &mut Streams::new(7).stream(0))?;
//!
//! let mut radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default())?;
//! let frame = radar.process(&cube)?;
//! let point = frame.points()?[0];
//! let (velocity_m_s, azimuth_rad) = (point.velocity_m_s.unwrap(), point.azimuth_rad.unwrap());
//! assert!((velocity_m_s + 0.8).abs() < 0.01 && (azimuth_rad - 0.3).abs() < 0.01);
//!
//! let map = frame.range_doppler(); // with axes in m and m/s, like every map
//! assert_eq!(map.axes()[1].label(), "velocity (m/s)");
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//! | module | what is in it |
//! | --- | --- |
//! | [`board`], [`fmcw`] | antenna layouts; [`FmcwConfig`] and what follows from it: resolutions, maxima, axes |
//! | [`capture`] | DCA1000 `.bin` and `.npy` frame by frame; mmWave Studio, TI SDK and TOML configurations |
//! | [`window`](mod@window), [`fft`], [`range_doppler`] | windows; FFT along an axis; the fused range-Doppler plan |
//! | [`mti`] | the three clutter filters |
//! | [`phase`], [`slow_time`] | demodulation, unwrapping, displacement and its spectrum |
//! | [`tdm`] | Doppler compensation between transmitters, velocities unfolded, channel calibration |
//! | [`cfar`], [`peak`] | detection with an exact false-alarm rate; grouping; refinement to the Cramér-Rao bound |
//! | [`covariance`], [`doa`] | covariances, source counting; angles of arrival behind one trait |
//! | [`sar`] | images of an aperture scan: back-projection, range migration |
//! | [`vitals`] | respiration, heartbeat and vibration from slow-time phase |
//! | [`crlb`], [`simulate`] | bounds; scenes of moving point targets, sampled as the radar would |
//! | [`forms`], [`point_cloud`], [`processor`] | the seven data forms; points; the whole chain |
//! | [`paper`] | what the source slides print and physics does not support |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | cube | `[channel, chirp, sample]`, channel = transmitter · receivers + receiver |
//! | spectrum | `[channel, range, doppler]`, zero velocity at `doppler / 2` |
//! | DFT | forward `Σ x[n] exp(−j 2π k n / N)`, not normalised |
//! | frame | x right, y forward, z up; azimuth from y towards x, elevation from the horizon up |
//! | signs | positive range is positive beat frequency; receding is positive velocity |
//! | array phase | `exp(−j k·p)`: the mixer conjugates, an element nearer to the target has less phase |
//! | carrier | the centre of the sampled sweep |
//!
//! # References
//! "The slides" throughout: "Millimetre-wave radar sensing", lecture slides in Chinese on TI's IWR1843,
//! without an author or a date. Formats, signs and places of antennas are those of the makers' documents and
//! programs, named where they are used; so are the papers behind each estimator, as footnotes.
//!
//! # Features
//! `serde`: configurations and results that can be written and read. `config-files`: the files of mmWave
//! Studio, Infineon and our own, in JSON and TOML. `rayon`: channels in parallel, with the same bits. No
//! compiler flags are needed: the range-Doppler plan finds AVX-512 at run time; elsewhere rustfft's own AVX
//! kernels run.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod board;
pub mod fmcw;

mod cache_line;

mod lanes;
mod wide;

mod summit;
pub mod window;

pub mod fft;

pub mod missing;

pub mod interference;

pub mod capture;

pub mod range_doppler;

pub mod mti;

pub mod phase;
pub mod slow_time;

pub mod tdm;

pub mod cfar;
pub mod peak;

pub mod covariance;
pub mod doa;

#[doc(hidden)]
pub mod serial_frames;

pub mod vitals;

pub mod sar;

pub mod crlb;
pub mod simulate;

pub mod compare;

pub mod forms;
pub mod point_cloud;
pub mod processor;

pub mod paper;

pub use board::{AntennaLayout, Board};
pub use doa::DirectionFinder;
pub use fmcw::{Firing, Fmcw, FmcwConfig, Sampling};
pub use mti::MtiKind;
pub use point_cloud::{Bearing, Point};
pub use processor::{Findings, Frame, Processor, ProcessorConfig};
pub use simulate::{PointTarget, Scene, Simulator};
pub use window::Window;

pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
