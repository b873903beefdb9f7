//! Scenes of moving point targets, sampled as a radar would.
