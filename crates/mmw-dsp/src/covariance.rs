//! Sample covariance, forward-backward averaging, spatial smoothing, number of sources.
