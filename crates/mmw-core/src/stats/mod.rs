//! Empirical distributions, quantiles with confidence, running moments, Kolmogorov-Smirnov.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Merge`] | accumulators of two parts of the data become one of the whole |
//! | [`Moments`] | count, mean, variance, extremes, in one pass |
//! | [`Histogram`] | counts in bins of equal width |
//! | [`Proportion`], [`Interval`] | hits among trials, and Wilson's confidence interval |
//! | [`standard_error_of_share`] | how far a share of so many trials is off |
//! | [`median`], [`upper_median`], [`quantile_of_sorted`] | order statistics of a slice |
//! | [`Ecdf`] | sorted sample: probabilities, quantiles and their confidence intervals |
//! | [`KolmogorovSmirnov`] | does a sample follow a distribution? |
//! | [`normal_cdf`], [`normal_quantile`] | the normal distribution |

mod merge;
mod normal;

mod interval;
mod order;

mod ecdf;
mod histogram;
mod kolmogorov;
mod moments;
mod proportion;

pub use ecdf::Ecdf;
pub use histogram::Histogram;
pub use interval::Interval;
pub use kolmogorov::KolmogorovSmirnov;
pub use merge::Merge;
pub use moments::Moments;
pub use normal::{normal_cdf, normal_quantile};
pub use order::{median, quantile_of_sorted, upper_median};
pub use proportion::{Proportion, standard_error_of_share};
