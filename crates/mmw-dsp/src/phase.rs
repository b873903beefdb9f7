//! Slow-time phase: demodulation, unwrapping, displacement.
