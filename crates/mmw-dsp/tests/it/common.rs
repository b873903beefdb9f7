//! What several modules share: draws without a generator, the defining sum of the DFT, temporary files.

use mmw_core::C64;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array1, Array2};
use mmw_dsp::doa::snapshot_of;
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

/// The sum, term by term, in `f64`.
pub(crate) fn slow_dft(x: &[C64], n: usize) -> Vec<C64> {
    (0..n)
        .map(|k| {
            let term = |(i, z): (usize, &C64)| z * C64::from_polar(1.0, -TAU * (i * k % n) as f64 / n as f64);
            x.iter().enumerate().map(term).sum()
        })
        .collect()
}

/// Numbers without pattern, both parts in -1 to 1.
pub(crate) fn noise(i: usize) -> C64 {
    let hash = |i: usize| {
        let z = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    C64::new(hash(2 * i), hash(2 * i + 1))
}

/// Normal draws that depend on nothing but the seed: `SplitMix64` and Box-Muller.
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Circular complex normal of unit power.
    pub(crate) fn complex(&mut self) -> C64 {
        let radius = (-(1.0 - self.uniform()).ln()).sqrt();
        C64::from_polar(radius, TAU * self.uniform())
    }

    /// Uncorrelated normal sources in unit noise, `[channel, snapshot]`.
    pub(crate) fn snapshots(
        &mut self,
        array: &AntennaArray,
        wavelength_m: f64,
        azimuths: &[f64],
        snr_db: f64,
        count: usize,
    ) -> Array2<C64> {
        let amplitude = 10.0_f64.powf(snr_db / 20.0);
        let at = |&az: &f64| snapshot_of(array, wavelength_m, Direction::new(az, 0.0).unwrap()).unwrap();
        let responses: Vec<Array1<C64>> = azimuths.iter().map(at).collect();
        let mut x = Array2::from_shape_fn((array.len(), count), |_| self.complex());
        for mut column in x.columns_mut() {
            for response in &responses {
                column.scaled_add(self.complex() * amplitude, response);
            }
        }
        x
    }
}

/// A file in the temporary directory that goes when the test does.
pub(crate) struct TempFile(PathBuf);

impl TempFile {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("mmw-dsp-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}
