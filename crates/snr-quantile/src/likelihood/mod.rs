//! The likelihood of BPSK in white noise: its terms over a record, and its greatest point.

mod magnitudes;

mod intervals;

mod maximum;

pub(crate) use intervals::{Point, Rounding, information, maximum_of_intervals};
pub(crate) use magnitudes::{Binned, Magnitudes, Raw, log_cosh_with};
pub(crate) use maximum::{Greatest, fractions, greatest, polish};
