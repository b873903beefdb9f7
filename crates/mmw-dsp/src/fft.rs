//! FFT along one axis: zero padding, shift, stated normalisation.
