//! The whole channel: attenuation, turbulence and pointing together.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Channel`] | law of the gain `h = h_a h_t h_p`: outage, density, quantile |
//! | [`Outage`] | an outage probability and its three parts |
//! | [`Link`], [`CapacityFormula`] | signal-to-noise ratio, error rate, capacity, required power |
//! | [`draw_gains`] | samples; outages are simulated by methods of [`Channel`] |

mod composite;

mod transition;

mod outage;

mod link;
mod monte_carlo;

pub use composite::Channel;
pub use link::{CapacityFormula, Link, LinkConfig};
pub use monte_carlo::draw_gains;
pub use outage::Outage;

pub(crate) use transition::Known;
