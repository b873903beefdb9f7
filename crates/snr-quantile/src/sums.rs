//! Power sums of samples of any scale, exact and mergeable.

use crate::dispatch;
use crate::kernels::{BLOCK, UNIT};
use mmw_core::stats::Merge;
use mmw_core::{Error, Real, Result, check};

/// Least exponent of the scale, whose inverse is still a number.
const LEAST_EXPONENT: i32 = -1023;

/// Sums of `|x|`, `x²` and `x⁴`, in fixed point below a power of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct PowerSums {
    pub(crate) count: u64,
    /// All samples are below 2^exponent in magnitude; none while all are zero.
    exponent: Option<i32>,
    /// In units of 2⁻⁵¹ and of the first, second and fourth power of 2^exponent.
    sums: [i128; 3],
}

/// What the sums come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PowerMeans {
    pub(crate) count: u64,
    /// The power of two that the sums are scaled by.
    pub(crate) exponent: i32,
    /// Root of the mean square, in units of 2^exponent.
    pub(crate) rms: f64,
    /// `mean |x| / rms`, at most 1.
    pub(crate) m1: f64,
    /// `mean x⁴ / rms⁴`, at least 1.
    pub(crate) kurtosis: f64,
}

impl PowerMeans {
    /// The root of the mean square in the unit of the samples.
    pub(crate) fn rms_in_samples(&self) -> f64 {
        times_power_of_two(self.rms, self.exponent)
    }
}

/// `x · 2^exponent`, in two steps so that neither factor leaves the range of `f64`.
pub(crate) fn times_power_of_two(x: f64, exponent: i32) -> f64 {
    let half = exponent / 2;
    x * 2_f64.powi(half) * 2_f64.powi(exponent - half)
}

/// Exponent `e` of a positive finite number: `2^(e − 1) <= x < 2^e`, at least [`LEAST_EXPONENT`].
fn exponent_above(x: f64) -> i32 {
    let biased = (x.to_bits() >> 52) as i32 & 0x7ff;
    (biased - 1022).max(LEAST_EXPONENT)
}

impl PowerSums {
    pub(crate) const EMPTY: Self = Self { count: 0, exponent: None, sums: [0; 3] };

    /// The factor that brings samples below 1.
    pub(crate) fn scale(&self) -> f64 {
        times_power_of_two(1.0, -self.exponent.unwrap_or(0))
    }

    /// The sums of a whole record, and `visit(block, scale)` for each of its blocks.
    ///
    /// The exponent is a function of the set of samples alone (the least power of two above the greatest
    /// magnitude and, for a record of more than one block, above [`HEADROOM`] times the root mean square), so that the result does not depend on their order.
    /// The first samples give a guess; when the whole record contradicts it, everything is done again, and
    /// `visit` is told to start afresh by `None`.
    pub(crate) fn of_record<T: Real>(
        samples: &[T],
        mut visit: impl FnMut(Option<(&[T], f64)>),
    ) -> Result<Self> {
        let mut guess = first_guess(samples)?;
        for _ in 0..4 {
            let Some(exponent) = guess else {
                return Ok(Self { count: samples.len() as u64, exponent: None, sums: [0; 3] });
            };
            let mut record = Self { exponent: Some(exponent), ..Self::EMPTY };
            visit(None);
            let needed = record.take_record(samples, exponent, &mut visit)?;
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
        visit: &mut impl FnMut(Option<(&[T], f64)>),
    ) -> Result<i32> {
        let scale = self.scale();
        let mut greatest = 0;
        for (index, block) in samples.chunks(BLOCK).enumerate() {
            let (sums, block_greatest) = dispatch::power_sums(block, scale);
            if block_greatest >= 1.0_f64.to_bits() {
                check_finite(samples.get(index * BLOCK..).unwrap_or_default(), index * BLOCK)?;
                return Ok(exponent_above(greatest_magnitude(samples)));
            }
            greatest = greatest.max(block_greatest);
            self.add(block.len(), sums);
            visit(Some((block, scale)));
        }
        let rms = (self.sums[1] as f64 * UNIT / self.count as f64).sqrt();
        let rms = if samples.len() > BLOCK { rms } else { 0.0 };
        Ok(needed_exponent(rms, f64::from_bits(greatest), exponent))
    }

    fn add(&mut self, count: usize, sums: [i64; 3]) {
        self.count += count as u64;
        self.sums.iter_mut().zip(sums).for_each(|(total, sum)| *total += i128::from(sum));
    }

    /// Takes in the samples that follow, and calls `visit(octaves, block, scale)` for each block: the number of
    /// octaves by which the exponent has just grown, the samples and their scale.
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
            // The least exponent above all samples so far: however these are split and merged, it is the same.
            let grown = self.raise(exponent_above(greatest));
            let scale = self.scale();
            let (sums, _) = dispatch::power_sums(block, scale);
            self.add(block.len(), sums);
            visit(grown, block, scale);
        }
        Ok(())
    }

    /// Brings the sums to a greater exponent; returns the number of octaves.
    fn raise(&mut self, exponent: i32) -> u32 {
        let octaves = self.exponent.map_or(0, |old| exponent.saturating_sub(old).max(0)) as u32;
        self.sums = std::array::from_fn(|index| lowered(self.sums[index], [1, 2, 4][index] * octaves));
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
        self.sums.iter_mut().zip(other.sums).for_each(|(a, b)| *a += b);
        raised
    }

    fn raise_to(&mut self, exponent: Option<i32>) -> u32 {
        exponent.map_or(0, |exponent| self.raise(exponent))
    }

    /// The moments, for a record that an estimator can work on.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two samples, [`Error::Invalid`] when all are zero or all have the same
    /// magnitude: there is no noise to measure then, or less than f64 tells from none.
    pub(crate) fn means(&self) -> Result<PowerMeans> {
        let means = self.means_with_any_spread()?;
        if 1.0 - means.m1 < LEAST_SPREAD || means.kurtosis - 1.0 < LEAST_SPREAD {
            return Err(Error::invalid(
                "samples",
                "all have the same magnitude, or nearly: there is no noise to measure (SNR above 110 dB)",
            ));
        }
        Ok(means)
    }

    /// [`PowerSums::means`] without the test for samples of the same magnitude.
    pub(crate) fn means_with_any_spread(&self) -> Result<PowerMeans> {
        check::at_least("samples", self.count as usize, 2)?;
        let Some(exponent) = self.exponent else {
            return Err(Error::invalid("samples", "all are zero"));
        };
        let count = self.count as f64;
        let [m1, m2, m4] = self.sums.map(|sum| sum as f64 * UNIT / count);
        let rms = m2.sqrt();
        let means = PowerMeans { count: self.count, exponent, rms, m1: m1 / rms, kurtosis: m4 / (m2 * m2) };
        match rms > 0.0 && means.m1.is_finite() && means.kurtosis.is_finite() {
            true => Ok(means),
            false => Err(Error::invalid("samples", "their powers exceed the range of f64")),
        }
    }
}

/// How far a magnitude may lie above the root mean square before the scale must follow it. Not a power of two
/// times a common ratio of rms and unit: records of unit power or unit amplitude stand far from the border
/// between two scales, and the guess from the first block holds.
const HEADROOM: f64 = 9.5;

/// Half of `σ²/S²` below which the moments hold nothing but rounding.
const LEAST_SPREAD: f64 = 5e-12;

/// A sum in fixed point, brought down by so many octaves and rounded.
pub(crate) fn lowered(sum: i128, octaves: u32) -> i128 {
    match octaves {
        0 => sum,
        _ => (sum + (1 << (octaves.min(126) - 1))) >> octaves.min(126),
    }
}

impl Merge for PowerSums {
    fn merge(&mut self, other: Self) {
        self.merge_counting(other);
    }
}

/// The least exponent above [`HEADROOM`] times the root mean square and above the greatest, both given in units of
/// 2^exponent.
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
        if greatest != 0.0 {
            check_finite(few, index * size)?;
            let short = samples.len() <= BLOCK;
            return Ok(Some(if short { exponent_above(greatest) } else { exponent_of_block(few, greatest) }));
        }
    }
    Ok(None)
}

/// NaN counts as the greatest.
fn greatest_magnitude<T: Real>(samples: &[T]) -> f64 {
    f64::from_bits(dispatch::greatest_bits(samples))
}

pub(crate) fn check_finite<T: Real>(samples: &[T], start: usize) -> Result<()> {
    match samples.iter().position(|x| !x.is_finite()) {
        Some(index) => Err(Error::NotFinite { name: "samples".into(), index: start + index }),
        None => Ok(()),
    }
}

/// The exponent that a block of finite samples needs by itself.
fn exponent_of_block<T: Real>(block: &[T], greatest: f64) -> i32 {
    let own = exponent_above(greatest);
    let (sums, _) = dispatch::power_sums(block, times_power_of_two(1.0, -own));
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
        let sums = PowerSums::of_record(&x, |_| ()).unwrap();
        x.reverse();
        assert_eq!(PowerSums::of_record(&x, |_| ()).unwrap(), sums);
        x.rotate_left(777);
        x.swap(3, 19_000);
        x.iter_mut().for_each(|x| *x = -*x);
        assert_eq!(PowerSums::of_record(&x, |_| ()).unwrap(), sums);
    }

    #[test]
    fn a_late_outlier_or_a_growing_signal_finds_its_scale() {
        let mut x = samples(50_000);
        let expected = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
        x[49_000] = 1e5;
        let means = PowerSums::of_record(&x, |_| ()).unwrap().means().unwrap();
        assert!((means.rms_in_samples().powi(2) / expected(&x) - 1.0).abs() < 1e-11);
        let growing: Vec<f64> = x.iter().enumerate().map(|(i, x)| x * (i as f64 * 4e-4).exp()).collect();
        let means = PowerSums::of_record(&growing, |_| ()).unwrap().means().unwrap();
        assert!((means.rms_in_samples().powi(2) / expected(&growing) - 1.0).abs() < 1e-11);
    }

    #[test]
    fn pushing_gives_the_moments_of_the_record() {
        let x = samples(30_000);
        let whole = PowerSums::of_record(&x, |_| ()).unwrap().means().unwrap();
        for size in [1, 7, 1000, 30_000] {
            let mut sums = PowerSums::EMPTY;
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
            PowerSums::of_record(&x, |_| ()).unwrap().means().unwrap()
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
