//! Plain statistics of short lists.

use mmw_core::stats::quantile_of_sorted;

/// The mean, 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// Mean product of what `a` and `b` are off their means.
fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    if a.is_empty() { 0.0 } else { sum / a.len() as f64 }
}

/// Root of the mean square off the mean.
pub(super) fn deviation(values: &[f64]) -> f64 {
    covariance(values, values).sqrt()
}

/// Deviation of the steps from one value to the next.
pub(super) fn step_deviation(values: &[f64]) -> f64 {
    let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    deviation(&steps)
}

/// Correlation, drawn to 0 where deviations are small beside `floor`, their product.
pub(super) fn correlation(a: &[f64], b: &[f64], floor: f64) -> f64 {
    covariance(a, b) / (deviation(a) * deviation(b) + floor)
}

/// Third moment over the third power of the deviation, drawn to 0 where that is small beside `floor`.
pub(super) fn skewness(values: &[f64], floor: f64) -> f64 {
    let centre = mean(values);
    let cubes: Vec<f64> = values.iter().map(|x| (x - centre) * (x - centre) * (x - centre)).collect();
    let s = deviation(values);
    mean(&cubes) / (s * s * s + floor)
}

/// Quantiles by linear interpolation of the order statistics; 0 of nothing.
pub(super) fn quantiles<const N: usize>(values: &[f64], probabilities: [f64; N]) -> [f64; N] {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    probabilities.map(|p| quantile_of_sorted(&sorted, p).unwrap_or_default())
}

/// The median, 0 of nothing.
pub(super) fn median(values: &[f64]) -> f64 {
    quantiles(values, [0.5])[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_numpy() {
        // numpy.percentile([3, 1, 7, 4], [10, 50, 90]) and scipy.stats.skew([3, 1, 7, 4]).
        let values = [3.0, 1.0, 7.0, 4.0];
        let expected = [1.6, 3.5, 6.1];
        let got = quantiles(&values, [0.1, 0.5, 0.9]);
        assert!(got.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{got:?}");
        assert!((deviation(&values) - 2.165_063_509_461_096_6).abs() < 1e-12);
        assert!((skewness(&values, 0.0) - 0.323_316_150_746_190_4).abs() < 1e-12);
        assert_eq!((mean(&[]), median(&[]), deviation(&[])), (0.0, 0.0, 0.0));
    }
}
