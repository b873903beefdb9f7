//! Sums that do not depend on their order, and numbers of twice the precision.

mod double_double;
mod fixed_point;
mod fixed_sum;

pub(crate) use double_double::DoubleDouble;
pub(crate) use fixed_point::{BLOCK, OFFSET, UNIT, fixed, fixed_twice, total};
pub(crate) use fixed_sum::FixedSum;
