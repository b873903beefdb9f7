//! Order statistics of a slice.

use crate::Real;

/// The median: the middle value, or the mean of the middle two; `None` of nothing. NaN counts as greatest.
/// The values are left in another order.
///
/// # Examples
/// ```
/// use mmw_core::stats::median;
/// assert_eq!(median(&mut [4.0, 1.0, 3.0]), Some(3.0));
/// assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), Some(2.5));
/// assert_eq!(median(&mut []), None);
/// ```
pub fn median(values: &mut [f64]) -> Option<f64> {
    let (is_even, middle) = (values.len().is_multiple_of(2), values.len() / 2);
    let upper = upper_median(values)?;
    let below = values.iter().take(middle).copied().max_by(f64::total_cmp);
    Some(below.filter(|_| is_even).map_or(upper, |below| f64::midpoint(below, upper)))
}

/// The middle value, of an even number the upper of the middle two, hence one of the values; `None` of
/// nothing. NaN counts as greatest. The values are left in another order, none below the middle one above it.
///
/// # Examples
/// ```
/// use mmw_core::stats::upper_median;
/// assert_eq!(upper_median(&mut [4.0_f32, 1.0, 3.0, 2.0]), Some(3.0));
/// assert_eq!(upper_median::<f64>(&mut []), None);
/// ```
pub fn upper_median<T: Real>(values: &mut [T]) -> Option<T> {
    if values.is_empty() {
        return None;
    }
    let by_value = |a: &T, b: &T| a.as_f64().total_cmp(&b.as_f64());
    let (_, middle, _) = values.select_nth_unstable_by(values.len() / 2, by_value);
    Some(*middle)
}

/// The quantile of ascending values, linear between the order statistics (type 7, the default of R and
/// NumPy);
/// `None` of nothing, and unless `probability` is from 0 to 1.
///
/// ```text
/// Q(p) = x₍ₖ₎ + (h − k)(x₍ₖ₊₁₎ − x₍ₖ₎),   h = (n − 1) p + 1,   k = ⌊h⌋
/// ```
/// Definition 7 of [^hyndman].
///
/// # Examples
/// ```
/// use mmw_core::stats::quantile_of_sorted;
/// assert_eq!(quantile_of_sorted(&[1.0, 2.0, 3.0, 4.0], 0.25), Some(1.75));
/// assert_eq!(quantile_of_sorted(&[], 0.5), None);
/// ```
///
/// [^hyndman]: R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American
///     Statistician 50 (1996).
#[must_use]
pub fn quantile_of_sorted(sorted: &[f64], probability: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let last = sorted.len().checked_sub(1)?;
    let place = last as f64 * probability;
    let below = (place.floor() as usize).min(last);
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let fraction = place - below as f64;
    // Each factor is at most 1: no overflow, even from one end of f64 to the other.
    Some(if low == high { low } else { low * (1.0 - fraction) + high * fraction })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_that_of_the_sorted_values() {
        for n in 1..40_usize {
            // A permutation: 17 has no factor with 41.
            let mut values: Vec<f64> = (1..=n).map(|i| (17 * i % 41) as f64).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            assert_eq!(upper_median(&mut values), Some(sorted[n / 2]));
            assert_eq!(median(&mut values), quantile_of_sorted(&sorted, 0.5));
        }
    }

    #[test]
    fn the_greatest_numbers_have_a_median() {
        assert_eq!(median(&mut [f64::MAX, f64::MAX]), Some(f64::MAX));
        assert_eq!(median(&mut [f64::MIN, f64::MAX]), Some(0.0));
    }
}
