//! Two transmitters that send together, told apart by their signs.
//!
//! In one chirp of a turn both send alike, in another the second is inverted, so that receivers hear
//!
//! ```text
//! a = S₁ + S₂,   b = S₁ − S₂   ⇒   S₁ = (a + b) / 2,   S₂ = (a − b) / 2
//! ```
//! once the motion between the two chirps is taken out of `b`. So does the demonstration of TI's mmWave SDK
//! 3: `MmwDemo_bpmConfig` in `mss_main.c` inverts the second of the two transmitters in the chirp `chirp1Idx`
//! (`constBpmVal` 0xC or 0x30), and `aoaprocdsp.c` decodes after the Doppler compensation. The low-power
//! devices do the same in each odd chirp (`c_ChirpTxMimoPatSel` 4 in `rl_sensor.h` of the MMWAVE-L-SDK).

use mmw_core::num_complex::Complex;
use mmw_core::{C64, Real, Result, check};

/// From the chirps of a turn, Doppler compensated, to its transmitters.
#[derive(Debug, Clone)]
pub(crate) struct PhaseDecoder {
    pair: [usize; 2],
    receivers: usize,
    /// One per channel, multiplied onto what is decoded.
    weights: Option<Vec<C64>>,
}

impl PhaseDecoder {
    pub(super) fn new(pair: [usize; 2], receivers: usize) -> Self {
        Self { pair, receivers, weights: None }
    }

    /// The same with the channels made alike.
    pub(crate) fn weighted(mut self, weights: &[C64], channels: usize) -> Result<Self> {
        check::same_len("calibration", channels, weights.len())?;
        self.weights = Some(weights.to_vec());
        Ok(self)
    }

    /// Decodes one value per channel; `channels` has them all.
    pub(crate) fn apply<T: Real>(&self, channels: &mut [Complex<T>]) {
        let half = T::lit(0.5);
        let [a, b] = self.pair.map(|place| place * self.receivers);
        for receiver in 0..self.receivers {
            let (sum, difference) = (channels[a + receiver], channels[b + receiver]);
            channels[a + receiver] = (sum + difference) * half;
            channels[b + receiver] = (sum - difference) * half;
        }
        for (x, w) in channels.iter_mut().zip(self.weights.iter().flatten()) {
            *x *= Complex::new(T::lit(w.re), T::lit(w.im));
        }
    }
}
