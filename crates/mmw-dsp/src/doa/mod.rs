//! Directions of arrival: one trait for the whole family.
//!
//! # Sign of the phase
//! The mixer of an FMCW radar makes beat signals of phase `+2π f_c τ`: an element *nearer* to the target sees
//! a shorter delay and *less* phase. A snapshot of the virtual array is therefore
//!
//! ```text
//! x_n = s · exp(−j k · p_n),   k = 2π/λ · u(azimuth, elevation)
//! ```
//! with `p_n` from [`crate::Fmcw::virtual_array`]: the conjugate of
//! [`mmw_core::antenna::AntennaArray::steering_vector`]. All of this module follows that sign.
//!
//! # Direction cosines
//! The phase is linear in `u = cos el · sin az` (along x) and `w = sin el` (along z), not in the angles. FFT
//! bins, refinement and resolution are uniform in `(u, w)`; [`direction_of_cosines`] turns them into angles,
//! exactly. The pattern that all elements share scales a whole snapshot and cancels everywhere.

mod estimator;

mod layout;

mod grid;
mod scan;
mod manifold;
mod fft;
mod lobes;
mod pairs;
mod lags;
mod projection;
mod refine;
mod phases;
mod two;
mod lines;

pub(crate) mod basis;

mod front;
mod music;
mod scanned;

mod bartlett;
mod capon;
mod fft_beamformer;

mod fit;
mod likelihood;

mod sparse;

mod iaa;
mod sbl;

mod uniform;

mod esprit;
mod root_music;

mod finder;

pub use bartlett::{Bartlett, BartlettConfig};
pub use capon::{Capon, CaponConfig};
pub use esprit::{Esprit, EspritConfig, EspritKind};
pub use estimator::{AngleEstimate, AngleEstimator, AnglePeak};
pub use fft::{AngleFft, AngleFftScratch};
pub use fft_beamformer::{FftBeamformer, FftBeamformerConfig};
pub use finder::DirectionFinder;
pub use grid::AngleGrid;
pub use iaa::{Iaa, IaaConfig};
pub use likelihood::{LikelihoodConfig, LikelihoodKind, MaximumLikelihood};
pub use manifold::{Resolvable, direction_of_cosines, resolvable, snapshot_of};
pub use music::{Music, MusicConfig, MusicScratch};
pub use refine::{SingleFit, SingleTarget};
pub use root_music::{RootMusic, RootMusicConfig};
pub use sbl::{Sbl, SblConfig};
pub use two::{TwoFit, TwoTargets};
