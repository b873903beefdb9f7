//! What damaged stretches of a frame are to its words and its samples.

use super::bytes::ByteOptions;
use super::health::DamagedSpan;
use super::layout::FrameCodec;
use super::word_code::to_twos_complement;
use crate::missing::MissingSamples;

/// The samples in damaged stretches.
pub(super) fn missing(codec: &FrameCodec, damage: &[DamagedSpan]) -> Vec<MissingSamples> {
    let spans = damage.iter().filter(|span| span.kind.is_missing());
    spans.flat_map(|span| codec.samples_within(&span.bytes)).collect()
}

/// Makes the words of a frame what the decoder expects, and of damaged ones zeros.
pub(super) fn prepare(frame: &mut [u8], damage: &[DamagedSpan], options: &ByteOptions) {
    to_twos_complement(frame, options);
    for span in damage.iter().filter(|span| span.kind.is_missing()) {
        frame[span.bytes.clone()].fill(0);
    }
}
