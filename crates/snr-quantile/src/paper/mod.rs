//! What the paper prints, kept as printed and as repaired, so that the difference can be measured.
//!
//! Nothing in the rest of the crate uses this module. The paper is T. Moazzeni, A. Amei, J. Ma, Y. Jiang, "On
//! a new approach to SNR estimation of BPSK signals"; the errata are listed in `docs/ERRATA.md`.

mod tables;

mod equations;

mod printed_quartic;

pub use equations::{
    EQUATION_9, EQUATION_10, REPAIRED_SEVENTH, convolution_cdf, convolution_pdf, leading_coefficient_printed,
    leading_coefficient_repaired, leading_coefficient_reversed, literal_window_factor,
    noise_square_pdf_printed, sigma_printed, sigma_repaired,
};
pub use printed_quartic::{Abscissa, PrintedQuartic};
pub use tables::{
    PolynomialFit, TABLE_1, TABLE_1_SIGMAS, TABLE_2, TABLE_3, calibration_fit, inverse_fit,
    sample_quantile_spread, sample_quantiles,
};
