//! Lane-parallel FFT kernels.
