//! The mean phasor taken from a cube.

use criterion::Criterion;

/// The source's frame, 12 x 128 x 256.
pub(crate) fn mean_phasor(_criterion: &mut Criterion) {}
