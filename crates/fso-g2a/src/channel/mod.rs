//! The whole channel: attenuation, turbulence and pointing together.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Channel`] | law of the gain `h = h_a h_t h_p`: outage, density, quantile |
//! | [`Outage`] | an outage probability and its three parts |

mod outage;

pub use outage::{Channel, Outage};
