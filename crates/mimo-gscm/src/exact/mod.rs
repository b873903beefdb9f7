//! Capacities that are known exactly: the yardsticks of every simulation.
//!
//! | item | what it is | how |
//! | --- | --- | --- |
//! | [`ergodic_capacity`] | mean for i.i.d. Rayleigh fading, any size | Telatar's integral |
//! | [`IidOutage`] | distribution for i.i.d. Rayleigh fading, any size | determinant, Fourier inversion |
//! | [`simo_outage_probability`], [`miso_outage_probability`] | one antenna at one end | incomplete gamma function |
//! | [`keyhole_outage_probability`], [`keyhole_outage_capacity`] | one path between rich ends | one integral |
//!
//! `snr` is the mean signal-to-noise ratio per receive branch (linear), transmit power is shared equally, and
//! capacities are in bit/s/Hz:
//!
//! ```text
//! C = log2 det(I + snr/Nt · H Hᴴ),   E|h|² = 1
//! ```

mod basics;

mod laguerre;

mod ergodic;
mod single;

mod keyhole;
mod outage;

pub use ergodic::ergodic_capacity;
pub use keyhole::{keyhole_outage_capacity, keyhole_outage_probability};
pub use outage::IidOutage;
pub use single::{
    miso_outage_capacity, miso_outage_probability, simo_outage_capacity, simo_outage_probability,
};
