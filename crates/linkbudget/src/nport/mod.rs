//! Networks of any number of ports over frequency: conversions, other references, cascades and what is
//! between fixtures.
//!
//! An [`NPort`] is S-parameters with the impedances and the kind of waves that they hold for; lumped parts
//! ([`crate::network::Network`]) and files ([`crate::touchstone::Touchstone`]) both give one. Waves at
//! complex impedances are power waves (Kurokawa) unless a file says otherwise; at real ones all kinds agree.

mod linear;
mod references;

mod ports;

pub use references::References;

mod sweep;

mod connect;
mod parts;
mod health;

pub use health::Health;
pub use sweep::{Kind, NPort};
