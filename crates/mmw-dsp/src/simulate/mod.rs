//! Scenes of moving point targets, sampled as a radar would: the cube of a frame, with the truth beside it.
//!
//! # The signal
//! A target at `p(t)` delays the wave from transmitter `m` to receiver `r` by
//!
//! ```text
//! τ(t) = (|p(t) − x_m| + |p(t) − x_r|) / c
//! ```
//! with exact distances, so that near fields, range migration and the motion from chirp to chirp and from
//! transmitter to transmitter come out as they are. Dechirping leaves
//!
//! ```text
//! s = A exp(j 2π (f₀ τ + S t' τ − S τ²/2)),   t = frame · T_f + (l M + m) T_c + t'
//! ```
//! at time `t'` after the start of the ramp of chirp `l`: the phase of the transmitted chirp
//! `f₀ t' + S t'²/2` minus that of its echo. Targets are at positive frequencies; the array turns as the
//! conjugate of [`steering_vector`](mmw_core::antenna::AntennaArray::steering_vector). `A` follows from the
//! radar equation with the range at the middle of the chirp, `R⁴ = |p − x_m|² |p − x_r|²`.
//!
//! The ramp starts with its interval: an idle time before it would shift all times by a constant. What a
//! target moves while the wave flies is neglected, `v/c` of the range.
//!
//! # What is filtered
//! An echo whose beat frequency at the centre of a frame lies outside the band of the sampled spectrum
//! (0 to the sample rate for [`Complex1x`](crate::Sampling::Complex1x), within half of it for the others)
//! is removed from that frame as an ideal filter would: targets beyond the greatest range vanish and do
//! not fold back. Velocities beyond the unambiguous one do fold, as they do in the world.
//!
//! # Randomness
//! One stream of random numbers per frame: any frame can be made alone, in any order and on any thread, with
//! the same bits.
//!
//! # Examples
//! ```
//! use mmw_core::rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
//! use mmw_dsp::{Board, FmcwConfig, simulate::{PointTarget, Scene, Simulator}};
//!
//! let scene = Scene {
//!     fmcw: FmcwConfig { chirps: 16, ..FmcwConfig::iwr1843() },
//!     targets: vec![PointTarget::polar(3.0, 0.2, 0.0, -0.5, 1.0)],
//!     ..Scene::preset(Board::Iwr1843)
//! };
//! let simulator = Simulator::new(scene)?;
//! let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
//! let cube = simulator.frame(0, &mut rng)?;
//! assert_eq!(cube.dim(), (12, 16, 256));
//! let truth = simulator.truth(0)?;
//! assert!((truth[0].range_m - 3.0).abs() < 0.01 && (truth[0].velocity_m_s + 0.5).abs() < 1e-4);
//! # Ok::<(), mmw_core::Error>(())
//! ```

mod frame;
mod motion;
mod noise;
mod radio;
mod row;
mod scene;
#[cfg(feature = "config-files")]
mod scene_file;
mod simulator;
#[cfg(feature = "serde")]
mod target_file;
mod tone;
mod truth;
mod vector;

pub use radio::RadioFrontEnd;
pub use scene::{PointTarget, Scene, Strength, Vibration};
pub use simulator::Simulator;
pub use truth::Truth;
