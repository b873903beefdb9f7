//! The contrast of a record: what an SNR is called where noise alone and what is less than noise count, too.

/// The contrast of an SNR, `−ln(1 − w²)` with `w = SNR/(1 + SNR)`: as `1 − w² = (1 + 2 SNR)/(1 + SNR)²`.
pub(crate) fn contrast_of(snr: f64) -> f64 {
    if snr < 1e-4 {
        return snr * snr;
    }
    2.0 * snr.ln_1p() - (2.0 * snr).ln_1p()
}

/// The contrast of a record that no signal's share solves, from its kurtosis less 1: that of M2M4, where
/// `k − 1 = 2 (1 − w²)`, goes on below zero.
pub(crate) fn noise_contrast(kurtosis_above_1: f64) -> f64 {
    (2.0 / kurtosis_above_1).ln().min(0.0)
}

/// That of no noise that could be told.
pub(crate) const GREATEST_CONTRAST: f64 = 25.0;
