//! Receivers with the noise that they have, and the error rates of the usual modulations.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Receiver`], [`ReceiverConfig`] | photodiode and amplifier: shot and thermal noise, avalanche gain |
//! | [`Scheme`], [`Keying`], [`Mixing`] | on-off keying, pulse position, and phase keying with a local oscillator |
//! | [`Detector`], [`DetectorConfig`] | error rates at a power and over a channel, sensitivity |
//! | [`counted_on_off_error_rate`] | the limit of a counter of photons |

mod receiver;

mod rates;

mod counting;

mod detector;

pub use counting::counted_on_off_error_rate;
pub use detector::{Detector, DetectorConfig, Keying, Mixing, Scheme};
pub use receiver::{Receiver, ReceiverConfig};
