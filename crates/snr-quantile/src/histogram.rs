//! A histogram of magnitudes whose bins follow the floating-point format: 128 an octave, at any scale.

use crate::dispatch;
use crate::kernels::{BINS, OCTAVE_BINS, bin_centre};
use mmw_core::Real;

/// Counts of `u = |x| / 2^exponent` in bins of 1/128 of an octave's lower end: a relative width of 0.4 to 0.8 %.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    used: bool,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; BINS], used: false }
    }

    pub(crate) fn clear(&mut self) {
        if self.used {
            self.counts.fill(0);
        }
    }

    /// Counts samples, all below 1 in magnitude once scaled.
    pub(crate) fn add<T: Real>(&mut self, block: &[T], scale: f64) {
        let mut indices = [0_u32; 256];
        let Some(counts) = self.counts.first_chunk_mut::<BINS>() else { return };
        for chunk in block.chunks(indices.len()) {
            dispatch::bin_indices(chunk, scale, &mut indices);
            for index in indices.iter().take(chunk.len()) {
                counts[*index as usize % BINS] += 1;
            }
        }
        self.used = true;
    }

    /// Moves all counts down, for an exponent that has grown by so many octaves.
    pub(crate) fn lower(&mut self, octaves: u32) {
        if octaves == 0 {
            return;
        }
        // Bin 0 is what lies below the octaves that are resolved; bin 1 starts the first of them.
        let shift = (octaves as usize).saturating_mul(OCTAVE_BINS).min(BINS - 1);
        let lost: u64 = self.counts.iter().take(shift + 1).sum();
        self.counts.copy_within(shift.., 0);
        self.counts.iter_mut().skip(BINS - shift).for_each(|count| *count = 0);
        if let Some(rest) = self.counts.first_mut() {
            *rest = lost;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.used |= other.used;
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, b)| *a += b);
    }

    /// Centre, and count times `share`, of each bin that is not empty, in ascending order.
    pub(crate) fn points(&self, share: f64) -> (Vec<f64>, Vec<f64>) {
        const FEW: usize = 8;
        let (mut points, mut weights) = (Vec::with_capacity(256), Vec::with_capacity(256));
        for (index, group) in self.counts.as_chunks::<FEW>().0.iter().enumerate() {
            if group.iter().fold(0, |any, count| any | count) == 0 {
                continue;
            }
            // Every bin is written, and the next one over it if it was empty: no branch to guess wrong.
            let (mut centres, mut shares, mut used) = ([0.0; FEW], [0.0; FEW], 0);
            for (k, count) in group.iter().enumerate() {
                centres[used % FEW] = bin_centre(FEW * index + k);
                shares[used % FEW] = *count as f64 * share;
                used += usize::from(*count > 0);
            }
            points.extend_from_slice(centres.get(..used).unwrap_or_default());
            weights.extend_from_slice(shares.get(..used).unwrap_or_default());
        }
        (points, weights)
    }
}

impl std::fmt::Debug for Histogram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Histogram").field("total", &self.counts.iter().sum::<u64>()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowering_by_an_octave_is_counting_at_half_the_scale() {
        let x: Vec<f64> = (1..4000).map(|i| f64::from(i) / 4000.0).collect();
        for octaves in [0, 1, 3, 14, 40] {
            let mut lowered = Histogram::new();
            lowered.add(&x, 1.0);
            lowered.lower(octaves);
            let mut direct = Histogram::new();
            direct.add(&x, 0.5_f64.powi(octaves as i32));
            assert!(lowered == direct, "{octaves}");
        }
    }

    #[test]
    fn the_points_hold_every_sample_near_its_place() {
        let x: Vec<f64> = (1..4000).map(|i| f64::from(i) / 4000.0).collect();
        let mut histogram = Histogram::new();
        histogram.add(&x, 1.0);
        let (points, weights) = histogram.points(1.0);
        assert!(
            weights.iter().all(|weight| *weight > 0.0) && points.windows(2).all(|pair| pair[0] < pair[1])
        );
        let sum: f64 = points.iter().zip(&weights).map(|(u, w)| w * u).sum();
        assert_eq!(weights.iter().sum::<f64>(), 3999.0);
        assert!((sum / x.iter().sum::<f64>() - 1.0).abs() < 1e-4);
    }
}
