//! Path loss at 60 GHz from first principles, and the LC ladders that emulate it on a chip.
//!
//! This version is the crate's name and its plan; it exports nothing yet but the vocabulary it will use.
//! What is coming:
//!
//! | part | content |
//! | --- | --- |
//! | propagation | free space, gases (ITU-R P.676), rain (P.838), reflection (P.2040), knife edges |
//! | budget | margins, noise, sensitivity, range; each loss by mechanism, all losses at least 0 dB |
//! | ladders | Butterworth and Chebyshev, any order, any terminations, typed refusals |
//! | networks | ABCD and S-parameters, group delay, Touchstone and SPICE export |
//!
//! The package is `mmw-linkbudget`, the library `linkbudget`.

pub use mmw_core;
