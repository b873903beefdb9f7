//! What reading a capture shows of it beyond its size.

use crate::error::Result;
use crate::output::Interrupt;
use mmw_dsp::capture::{Capture, DamageKind};
use mmw_dsp::ndarray::Array3;
use serde::Serialize;

/// Most bytes of samples that are read for damage.
const MOST_BYTES: u64 = 1 << 30;

/// Stretches of one kind that hold no samples.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Damage {
    pub(super) kind: DamageKind,
    pub(super) bytes: u64,
    /// Frames that have such, the first and the last of them.
    pub(super) frames: u64,
    pub(super) first_frame: u64,
    pub(super) last_frame: u64,
}

/// What was read of a capture.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Frames that were looked at, if not all.
    pub(super) looked_at: Option<u64>,
    pub(super) damage: Vec<Damage>,
}

impl Seen {
    /// Reads the frames of a capture, of a large one the first gigabyte.
    ///
    /// # Errors
    /// Those of [`Capture::read_frame_into`].
    pub(super) fn of(capture: &mut Capture) -> Result<Self> {
        let [channels, chirps, samples] = capture.shape();
        let frame_bytes = 4 * (channels * chirps * samples) as u64;
        let most = (MOST_BYTES / frame_bytes.max(1)).max(1);
        let mut seen =
            Self { looked_at: Some(most).filter(|&most| most < capture.frames()), ..Self::default() };
        let mut cube = Array3::<mmw_core::C32>::zeros((0, 0, 0));
        for frame in 0..capture.frames().min(most) {
            Interrupt::check()?;
            if !capture.read_words(frame)? {
                if cube.is_empty() {
                    cube = Array3::zeros(capture.shape());
                }
                capture.read_frame_into(frame, &mut cube)?;
            }
            for span in capture.damage() {
                seen.add(frame, span.kind, span.bytes.len() as u64);
            }
        }
        Ok(seen)
    }

    fn add(&mut self, frame: u64, kind: DamageKind, bytes: u64) {
        let Some(known) = self.damage.iter_mut().find(|damage| damage.kind == kind) else {
            self.damage.push(Damage { kind, bytes, frames: 1, first_frame: frame, last_frame: frame });
            return;
        };
        known.bytes += bytes;
        known.frames += u64::from(known.last_frame != frame);
        known.last_frame = frame;
    }
}
