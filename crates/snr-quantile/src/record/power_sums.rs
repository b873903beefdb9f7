//! Power sums of samples of any scale, exact and mergeable.

use super::power_means::PowerMeans;
use crate::kernels;
use crate::precise::{BLOCK, DoubleDouble, FixedSum, UNIT};
use mmw_core::math::times_power_of_two;
use mmw_core::simd::Level;
use mmw_core::stats::Merge;
use mmw_core::{Error, Real, Result, check};

/// Least exponent of the scale, whose inverse is still a number.
const LEAST_EXPONENT: i32 = -1023;

/// Sums of `|x|`, `x²` and `x⁴`, in fixed point below a power of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PowerSums {
    pub(crate) count: u64,
    /// All samples are below 2^exponent in magnitude; none while all are zero.
    exponent: Option<i32>,
    /// In units of the first, second and fourth power of 2^exponent.
    sums: [FixedSum; 3],
}

/// Exponent `e` of a positive finite number: `2^(e − 1) <= x < 2^e`, at least [`LEAST_EXPONENT`].
fn exponent_above(x: f64) -> i32 {
    let biased = (x.to_bits() >> 52) as i32 & 0x7ff;
    (biased - 1022).max(LEAST_EXPONENT)
}

impl PowerSums {
    /// The factor that brings samples below 1.
    pub(crate) fn scale(&self) -> f64 {
        times_power_of_two(1.0, -i64::from(self.exponent.unwrap_or(0)))
    }

    /// The sums of a whole record.
    ///
    /// The exponent is a function of the set of samples alone (the least power of two above the greatest
    /// magnitude and, for a record of more than one block, above [`HEADROOM`] times the root mean square), so
    /// that the result does not depend on their order. The first samples give a guess; when the whole record
    /// contradicts it, everything is done again.
    pub(crate) fn of_record<T: Real>(samples: &[T]) -> Result<Self> {
        Self::of_record_by(samples, |_, block, scale| kernels::power_sums(Level::current(), block, scale))
    }

    /// The same without the sum of magnitudes, which stays zero.
    pub(crate) fn even_of_record<T: Real>(samples: &[T]) -> Result<Self> {
        Self::of_record_by(samples, |_, block, scale| {
            kernels::even_power_sums(Level::current(), block, scale)
        })
    }

    /// [`PowerSums::of_record`] by another kernel, which is called for one block after the other with where
    /// the block starts, its samples and their scale; it is called from 0 again when the scale turns out to
    /// be wrong. It returns the sums over the block, and a number between the same powers of two as the
    /// greatest magnitude, infinite unless that is below 1.
    pub(crate) fn of_record_by<T: Real>(
        samples: &[T],
        mut kernel: impl FnMut(usize, &[T], f64) -> ([i64; 3], f64),
    ) -> Result<Self> {
        let mut guess = first_guess(samples)?;
        for _ in 0..4 {
            let Some(exponent) = guess else {
                return Ok(Self { count: samples.len() as u64, exponent: None, sums: Default::default() });
            };
            let mut record = Self { exponent: Some(exponent), ..Self::default() };
            let needed = record.take_record(samples, exponent, &mut kernel)?;
            if needed == exponent {
                return Ok(record);
            }
            guess = Some(needed);
        }
        Err(Error::NoConvergence { what: "scale of the samples".into(), iterations: 4 })
    }

    /// One attempt at the whole record; the exponent that it turns out to need.
    fn take_record<T: Real>(
        &mut self,
        samples: &[T],
        exponent: i32,
        kernel: &mut impl FnMut(usize, &[T], f64) -> ([i64; 3], f64),
    ) -> Result<i32> {
        let scale = self.scale();
        let mut greatest = 0.0_f64;
        for (index, block) in samples.chunks(BLOCK).enumerate() {
            let start = index * BLOCK;
            let (sums, block_greatest) = kernel(start, block, scale);
            if block_greatest >= 1.0 {
                check_finite(samples.get(start..).unwrap_or_default(), start)?;
                return Ok(exponent_above(greatest_magnitude(samples)));
            }
            greatest = greatest.max(block_greatest);
            self.add(block.len(), sums);
        }
        let rms = (self.sums[1].value() / self.count as f64).sqrt();
        let rms = if samples.len() > BLOCK { rms } else { 0.0 };
        Ok(needed_exponent(rms, greatest, exponent))
    }

    fn add(&mut self, count: usize, sums: [i64; 3]) {
        self.count += count as u64;
        self.sums.iter_mut().zip(sums).for_each(|(total, sum)| total.add(sum));
    }

    fn add_fine(&mut self, count: usize, sums: [[i64; 2]; 3]) {
        self.count += count as u64;
        self.sums.iter_mut().zip(sums).for_each(|(total, sum)| total.add_fine(sum));
    }

    /// Takes in the samples that follow, and calls `visit(octaves, block, scale)` for each block: the number
    /// of octaves by which the exponent has just grown, the samples and their scale.
    pub(crate) fn push<T: Real>(
        &mut self,
        samples: &[T],
        mut visit: impl FnMut(u32, &[T], f64),
    ) -> Result<()> {
        // All or nothing: a bad sample leaves the state as it was.
        if !greatest_magnitude(samples).is_finite() {
            check_finite(samples, 0)?;
        }
        for block in samples.chunks(BLOCK) {
            let greatest = greatest_magnitude(block);
            if greatest == 0.0 {
                self.count += block.len() as u64;
                visit(0, block, self.scale());
                continue;
            }
            // The least exponent above all samples so far: however these are split and merged, it is the
            // same.
            let grown = self.raise(exponent_above(greatest));
            let scale = self.scale();
            self.add_fine(block.len(), kernels::fine_power_sums(Level::current(), block, scale));
            visit(grown, block, scale);
        }
        Ok(())
    }

    /// Brings the sums to a greater exponent; returns the number of octaves.
    fn raise(&mut self, exponent: i32) -> u32 {
        let octaves = self.exponent.map_or(0, |old| exponent.saturating_sub(old).max(0)) as u32;
        self.sums.iter_mut().zip([1, 2, 4]).for_each(|(sum, power)| sum.lower(power * octaves));
        self.exponent = Some(self.exponent.map_or(exponent, |old| old.max(exponent)));
        octaves
    }

    /// Takes in another state; returns the octaves by which this one and the other one were raised.
    pub(crate) fn merge_counting(&mut self, mut other: Self) -> [u32; 2] {
        let raised = match (self.exponent, other.exponent) {
            (None, Some(_)) => [self.raise_to(other.exponent), 0],
            (Some(here), Some(there)) if there > here => [self.raise(there), 0],
            (Some(here), Some(_)) => [0, other.raise(here)],
            (_, None) => [0, 0],
        };
        self.count += other.count;
        self.sums.iter_mut().zip(other.sums).for_each(|(a, b)| a.merge(b));
        raised
    }

    fn raise_to(&mut self, exponent: Option<i32>) -> u32 {
        exponent.map_or(0, |exponent| self.raise(exponent))
    }

    /// The moments, for a record that an estimator can work on.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two samples, [`Error::Invalid`] when all are zero or all have the
    /// same magnitude: there is no noise to measure then, or less than f64 tells from none.
    pub(crate) fn means(&self) -> Result<PowerMeans> {
        self.means_with_any_spread()?.check_spread()
    }

    /// The moments of the record that these sums were taken of, summed again on two levels where one is too
    /// coarse.
    pub(crate) fn means_of<T: Real>(&self, samples: &[T]) -> Result<PowerMeans> {
        let means = self.means_with_any_spread()?;
        if !means.are_coarse() {
            return means.check_spread();
        }
        self.refined(samples).means()
    }

    /// The sums of the record that these were taken of, on two levels.
    pub(crate) fn refined<T: Real>(&self, samples: &[T]) -> Self {
        let mut fine = Self { exponent: self.exponent, ..Self::default() };
        let scale = self.scale();
        for block in samples.chunks(BLOCK) {
            fine.add_fine(block.len(), kernels::fine_power_sums(Level::current(), block, scale));
        }
        fine
    }

    /// Sum of the fourth powers.
    pub(crate) fn fourth(&self) -> DoubleDouble {
        let [.., fourth] = self.sums;
        fourth.precise()
    }

    /// [`PowerSums::means`] without the test for samples of the same magnitude.
    pub(crate) fn means_with_any_spread(&self) -> Result<PowerMeans> {
        check::at_least("samples", self.count as usize, 2)?;
        match self.exponent {
            Some(exponent) => PowerMeans::new(self.count, exponent, self.sums.map(FixedSum::precise)),
            None => Err(Error::invalid("samples", "all are zero")),
        }
    }
}

/// How far a magnitude may lie above the root mean square before the scale must follow it. Not a power of two
/// times a common ratio of rms and unit: records of unit power or unit amplitude stand far from the border
/// between two scales, and the guess from the first block holds.
const HEADROOM: f64 = 5.2;

impl Merge for PowerSums {
    fn merge(&mut self, other: Self) {
        self.merge_counting(other);
    }
}

/// The least exponent above [`HEADROOM`] times the root mean square and above the greatest, both given in
/// units of 2^exponent.
fn needed_exponent(rms: f64, greatest: f64, exponent: i32) -> i32 {
    let above = |x: f64| if x > 0.0 { exponent_above(x) } else { LEAST_EXPONENT };
    (exponent + above(HEADROOM * rms).max(above(greatest))).max(LEAST_EXPONENT)
}

/// Samples that the first guess of the exponent looks at: their rms is good to 3 % or better.
const FEW: usize = 512;

/// An exponent that suits the first samples that are not all zero; none when the whole record is zero.
fn first_guess<T: Real>(samples: &[T]) -> Result<Option<i32>> {
    let size = if samples.len() <= BLOCK { BLOCK } else { FEW };
    for (index, few) in samples.chunks(size).enumerate() {
        let greatest = greatest_magnitude(few);
        if !greatest.is_finite() {
            check_finite(few, index * size)?;
        }
        if greatest != 0.0 {
            let short = samples.len() <= BLOCK;
            return Ok(Some(if short { exponent_above(greatest) } else { exponent_of_block(few, greatest) }));
        }
    }
    Ok(None)
}

fn greatest_magnitude<T: Real>(samples: &[T]) -> f64 {
    kernels::greatest_magnitude(Level::current(), samples)
}

fn check_finite<T: Real>(samples: &[T], start: usize) -> Result<()> {
    match samples.iter().position(|x| !x.is_finite()) {
        Some(index) => Err(Error::NotFinite { name: "samples".into(), index: start + index }),
        None => Ok(()),
    }
}

/// The exponent that a block of finite samples needs by itself.
fn exponent_of_block<T: Real>(block: &[T], greatest: f64) -> i32 {
    let own = exponent_above(greatest);
    let (sums, _) = kernels::power_sums(Level::current(), block, times_power_of_two(1.0, -i64::from(own)));
    let rms = (sums[1] as f64 * UNIT / block.len() as f64).sqrt();
    needed_exponent(rms, 0.5, own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(n: usize) -> Vec<f64> {
        (0..n).map(|i| (i as f64 * 0.7).sin() + 0.3 * (i as f64 * 2.3).cos()).collect()
    }

    #[test]
    fn sums_do_not_depend_on_the_order_of_the_samples() {
        let mut x = samples(20_000);
        let sums = PowerSums::of_record(&x).unwrap();
        x.reverse();
        assert_eq!(PowerSums::of_record(&x).unwrap(), sums);
        x.rotate_left(777);
        x.swap(3, 19_000);
        x.iter_mut().for_each(|x| *x = -*x);
        assert_eq!(PowerSums::of_record(&x).unwrap(), sums);
    }

    #[test]
    fn a_late_outlier_or_a_growing_signal_finds_its_scale() {
        let mut x = samples(50_000);
        let expected = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
        x[49_000] = 1e5;
        let means = PowerSums::of_record(&x).unwrap().means().unwrap();
        assert!((means.rms_in_samples().powi(2) / expected(&x) - 1.0).abs() < 1e-11);
        let growing: Vec<f64> = x.iter().enumerate().map(|(i, x)| x * (i as f64 * 4e-4).exp()).collect();
        let means = PowerSums::of_record(&growing).unwrap().means().unwrap();
        assert!((means.rms_in_samples().powi(2) / expected(&growing) - 1.0).abs() < 1e-11);
    }

    #[test]
    fn pushing_gives_the_moments_of_the_record() {
        let x = samples(30_000);
        let whole = PowerSums::of_record(&x).unwrap().means().unwrap();
        for size in [1, 7, 1000, 30_000] {
            let mut sums = PowerSums::default();
            x.chunks(size).for_each(|chunk| sums.push(chunk, |_, _, _| ()).unwrap());
            let means = sums.means().unwrap();
            assert!((means.m1 / whole.m1 - 1.0).abs() < 1e-14, "{size}");
            assert!((means.kurtosis / whole.kurtosis - 1.0).abs() < 1e-13, "{size}");
        }
    }

    #[test]
    fn any_scale_gives_the_same_moments() {
        let x = samples(500);
        let at = |scale: f64| {
            let x: Vec<f64> = x.iter().map(|x| x * scale).collect();
            PowerSums::of_record(&x).unwrap().means().unwrap()
        };
        let whole = at(1.0);
        for scale in [1e-290, 3.7e-5, 1e150, 1.1e308 / 1.4] {
            let means = at(scale);
            assert!((means.m1 / whole.m1 - 1.0).abs() < 1e-14, "{scale}");
            assert!((means.kurtosis / whole.kurtosis - 1.0).abs() < 1e-13, "{scale}");
            assert!((means.rms_in_samples() / scale / whole.rms_in_samples() - 1.0).abs() < 1e-14, "{scale}");
        }
    }
}
