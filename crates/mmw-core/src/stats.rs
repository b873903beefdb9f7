//! Empirical distributions, quantiles with confidence, running moments, Kolmogorov-Smirnov.
