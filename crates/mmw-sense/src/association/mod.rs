//! Which measurement is of which track, one for each.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`gate`], [`likelihood`] | how far a measurement may be off, and how likely it is |
//! | [`nearest`] | global nearest neighbour: the most likely assignment |
//! | [`joint_probabilities`] | JPDA: the probability of every pair, over all joint events |

mod detection;
mod gate;

mod nearest;

mod joint;

pub use detection::Detection;
pub use gate::{gate, likelihood};
pub use joint::joint_probabilities;
pub use nearest::nearest;
