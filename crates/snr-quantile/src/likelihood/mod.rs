//! The likelihood of BPSK in white noise: its terms over a record, and its greatest point.

mod magnitudes;

mod maximum;

pub(crate) use magnitudes::{Binned, Magnitudes, Raw};
pub(crate) use maximum::{fractions, greatest, polish};
