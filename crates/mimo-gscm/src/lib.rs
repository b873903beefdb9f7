//! A geometry-based stochastic channel model for MIMO radio, after Molisch's generic model.
//!
//! This version is the crate's name and its plan; it exports nothing yet but the vocabulary it will use.
//! What is coming:
//!
//! | part | content |
//! | --- | --- |
//! | scenario | every row of the model's parameter table as validated data, `urban_macrocell()` |
//! | propagation | line of sight, single and double scattering, far clusters, waveguides, roof edges |
//! | transfer | paths and antenna arrays to H(τ) and H(f), `[frequency, rx, tx]` |
//! | capacity | flat and frequency-selective, outage and ergodic, with exact references |
//! | rivals | i.i.d. Rayleigh, Rice, Kronecker, Weichselberger, keyhole |
//!
//! The primary result of a draw will be the list of paths: delay, direction of departure, direction of
//! arrival, complex amplitude.

pub use mmw_core;
