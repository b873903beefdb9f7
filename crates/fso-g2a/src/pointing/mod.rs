//! The beam's footprint, what the aperture collects of it, and the law of that under jitter.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Beam`] | divergence and length: footprint, collected power |
//! | [`overlap_area`], [`overlap_fraction`], [`overlap_slope`] | two circles, accurate for any ratio |
//! | [`Pointing`] | the exact law of the collected share: both atoms and the transition between |

mod beam;
mod overlap;

mod law;

pub use beam::{Beam, BeamConfig};
pub use law::{Pointing, PointingConfig};
pub use overlap::{overlap_area, overlap_fraction, overlap_slope};

pub(crate) use overlap::{Lens, PartialOverlap};
