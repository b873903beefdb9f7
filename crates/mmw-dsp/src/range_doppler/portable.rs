//! Any type, length and machine: `rustfft` in batches and a blocked transpose.

use super::RangeDopplerConfig;
use crate::cache_line::{aligned, aligned_len};
use mmw_core::Real;
use mmw_core::check::slice_is_finite;
use mmw_core::complex::interleaved;
use mmw_core::fourier::Transform;
use mmw_core::num_complex::Complex;
use std::fmt;

/// Side of the squares that are transposed at once, and range bins that pass through the Doppler transform
/// together: 16 `Complex<f32>` fill two cache lines, and 16 spectra of 128 bins fit the first cache.
const BLOCK: usize = 16;

pub(super) struct PortablePlan<T> {
    samples: usize,
    chirps: usize,
    /// By how much each spectrum is turned: an odd number of bins cannot be shifted by signs.
    rotation: usize,
    range_weights: Vec<T>,
    doppler_weights: Vec<T>,
    range: Transform<T>,
    doppler: Transform<T>,
}

#[derive(Debug)]
pub(super) struct PortableBuffers<T> {
    /// `[chirp][range]` from a cache line on.
    rows: Vec<Complex<T>>,
    /// [`BLOCK`] spectra from a cache line on.
    spectra: Vec<Complex<T>>,
    fft: Vec<Complex<T>>,
}

impl<T> PortableBuffers<T> {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), spectra: Vec::new(), fft: Vec::new() }
    }
}

impl<T> fmt::Debug for PortablePlan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortablePlan")
            .field("range_fft", &self.range.len())
            .field("doppler_fft", &self.doppler.len())
            .finish_non_exhaustive()
    }
}

impl<T: Real> PortablePlan<T> {
    pub(super) fn new(config: &RangeDopplerConfig, range_weights: &[f64], doppler_weights: &[f64]) -> Self {
        let odd = config.doppler_fft % 2 == 1;
        Self {
            samples: config.samples,
            chirps: config.chirps,
            rotation: if config.shift && odd { config.doppler_fft / 2 } else { 0 },
            range_weights: range_weights.iter().map(|&w| T::lit(w)).collect(),
            doppler_weights: doppler_weights.iter().map(|&w| T::lit(w)).collect(),
            range: Transform::forward(config.range_fft),
            doppler: Transform::forward(config.doppler_fft),
        }
    }

    /// Makes the buffers as long as this plan needs them; nothing when they are.
    pub(super) fn fit(&self, buffers: &mut PortableBuffers<T>) {
        let zero = Complex::new(T::zero(), T::zero());
        let needed = self.range.scratch_len().max(self.doppler.scratch_len());
        buffers.rows.resize(aligned_len::<Complex<T>>(self.chirps * self.range.len()), zero);
        buffers.spectra.resize(aligned_len::<Complex<T>>(BLOCK * self.doppler.len()), zero);
        buffers.fft.resize(needed, zero);
    }

    /// Transforms one channel, `[chirp][sample]` to `[range][doppler]`; whether all that came out is finite.
    pub(super) fn process(
        &self,
        channel: &[Complex<T>],
        buffers: &mut PortableBuffers<T>,
        output: &mut [Complex<T>],
    ) -> bool {
        let (range_len, doppler_len) = (self.range.len(), self.doppler.len());
        let PortableBuffers { rows, spectra, fft } = buffers;
        let rows = &mut aligned(rows)[..self.chirps * range_len];
        let block_of = &mut aligned(spectra)[..BLOCK * doppler_len];
        for (row, chirp) in rows.chunks_exact_mut(range_len).zip(channel.chunks_exact(self.samples)) {
            for ((to, &z), &w) in row.iter_mut().zip(chirp).zip(&self.range_weights) {
                *to = z * w;
            }
            row[self.samples..].fill(Complex::new(T::zero(), T::zero()));
        }
        self.range.process(rows, fft);
        let mut finite = true;
        for (block, output) in output.chunks_mut(BLOCK * doppler_len).enumerate() {
            let spectra = &mut block_of[..output.len()];
            self.transpose(rows, block * BLOCK, spectra);
            self.doppler.process(spectra, fft);
            finite &= slice_is_finite(interleaved(spectra));
            if self.rotation > 0 {
                spectra.chunks_exact_mut(doppler_len).for_each(|s| s.rotate_right(self.rotation));
            }
            output.copy_from_slice(spectra);
        }
        finite
    }

    /// Range bins from `first` on, all chirps, windowed: `[chirp][range]` to `[range][chirp, then zeros]`.
    fn transpose(&self, rows: &[Complex<T>], first: usize, spectra: &mut [Complex<T>]) {
        let (range_len, doppler_len) = (self.range.len(), self.doppler.len());
        let blocks = rows.chunks(BLOCK * range_len).zip(self.doppler_weights.chunks(BLOCK));
        for (block, (rows, weights)) in blocks.enumerate() {
            for (bin, spectrum) in spectra.chunks_exact_mut(doppler_len).enumerate() {
                let to = &mut spectrum[block * BLOCK..];
                for ((to, row), &w) in to.iter_mut().zip(rows.chunks_exact(range_len)).zip(weights) {
                    *to = row[first + bin] * w;
                }
            }
        }
        for spectrum in spectra.chunks_exact_mut(doppler_len) {
            spectrum[self.chirps..].fill(Complex::new(T::zero(), T::zero()));
        }
    }
}
