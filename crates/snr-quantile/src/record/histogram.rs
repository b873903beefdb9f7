//! A histogram of magnitudes whose bins follow the floating-point format: 128 per octave, at any scale.

use crate::kernels::{self, BINS, OCTAVE_BINS, bin_centre};
use mmw_core::Real;
use mmw_core::simd::Level;

/// Samples whose bins are worked out at once.
const CHUNK: usize = 256;

/// Counts of `u = |x| / 2^exponent` in bins of 1/128 of an octave's lower end: a relative width of 0.4 to 0.8
/// %.
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
        let mut bins = [0; CHUNK];
        for chunk in block.chunks(CHUNK) {
            kernels::bin_indices(Level::current(), chunk, scale, &mut bins);
            self.count(bins.get(..chunk.len()).unwrap_or_default());
        }
    }

    /// Counts samples, and returns what [`kernels::power_sums`] does; counts are nonsense where it returns
    /// infinity.
    pub(crate) fn add_with_sums<T: Real>(&mut self, block: &[T], scale: f64) -> ([i64; 3], f64) {
        let mut bins = [0; CHUNK];
        let (mut sums, mut greatest) = ([0_i64; 3], 0.0_f64);
        for chunk in block.chunks(CHUNK) {
            let (more, chunk_greatest) =
                kernels::power_sums_and_bins(Level::current(), chunk, scale, &mut bins);
            self.count(bins.get(..chunk.len()).unwrap_or_default());
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum = sum.wrapping_add(more));
            greatest = greatest.max(chunk_greatest);
        }
        (sums, greatest)
    }

    fn count(&mut self, bins: &[u32]) {
        let Some(counts) = self.counts.first_chunk_mut::<BINS>() else { return };
        for bin in bins {
            counts[*bin as usize % BINS] += 1;
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
    fn counting_with_sums_is_both() {
        let x: Vec<f64> = (1..1500).map(|i| (f64::from(i) * 0.7).sin()).collect();
        let (mut with_sums, mut alone) = (Histogram::new(), Histogram::new());
        alone.add(&x, 0.5);
        let (sums, greatest) = with_sums.add_with_sums(&x, 0.5);
        assert!(with_sums == alone);
        assert_eq!(sums, kernels::power_sums(Level::current(), &x, 0.5).0);
        assert!((0.25..0.5).contains(&greatest));
        // Samples above the scale, anywhere, spoil the counts and are reported.
        for wrong in [1e300, f64::NAN, f64::NEG_INFINITY] {
            let spoilt: Vec<f64> = x.iter().map(|x| if *x > 0.5 { wrong } else { *x }).collect();
            assert_eq!(with_sums.add_with_sums(&spoilt, 0.5).1, f64::INFINITY);
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
