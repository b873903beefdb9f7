//! Recordings that are no whole number of frames, and what may be done about it.

use super::bytes::{ByteOptions, ByteSource};
use super::layout::FrameCodec;
use super::numbers::Numbers;
use super::packets::PAYLOAD_BYTES;
use mmw_core::{Error, Result};

/// Bytes that are looked at.
const HEAD_BYTES: u64 = 1 << 16;

/// The whole frames of a recording.
///
/// # Errors
/// [`Error::Format`] for one that ends within a frame, unless that is allowed, with what its size and its
/// bytes say about the remedy.
pub(super) fn whole_frames(
    source: &mut ByteSource,
    codec: &FrameCodec,
    options: &ByteOptions,
    allow_partial: bool,
) -> Result<u64> {
    let frame_bytes = codec.frame_bytes() as u64;
    let len = source.len();
    let (frames, rest) = (len / frame_bytes, len % frame_bytes);
    if frames > 0 && (rest == 0 || allow_partial) {
        return Ok(frames);
    }
    Err(Error::Format {
        path: source.name(),
        offset: frames * frame_bytes,
        expected: format!("a frame of {}", codec.description()),
        found: size_trouble(source, codec, options)?,
    })
}

/// What is wrong with the size, and what the bytes say about the remedy.
fn size_trouble(source: &mut ByteSource, codec: &FrameCodec, options: &ByteOptions) -> Result<String> {
    let frame_bytes = codec.frame_bytes() as u64;
    let len = source.len();
    let (frames, rest) = (len / frame_bytes, len % frame_bytes);
    if len == 0 {
        return Ok(match options.skip_bytes {
            0 => "an empty file".to_owned(),
            skip => format!("nothing after the {skip} bytes that `skip_bytes` leaves out"),
        });
    }
    let mut head = vec![0; len.min(HEAD_BYTES) as usize];
    source.read_at(0, &mut head)?;
    if let Some(numbers) = Numbers::of(&head) {
        return Ok(numbers.advice());
    }
    let mut found = format!("{rest} bytes more than {frames} whole frames");
    if let Some(packets) = source.packets().filter(|packets| packets.truncated > 0) {
        let cut = packets.truncated;
        return Ok(format!(
            "{found}; {cut} packets are cut short: record the network with a longer snap length"
        ));
    }
    if let Some(packets) = missing_packets(frame_bytes - rest) {
        found += &format!(
            ", {} bytes short of {}, which is what {packets} bring: packets were lost and not replaced by zeros. \
             After the loss, whose place is unknown, all samples are displaced: record anew, with the packets' \
             headers or zeros for those that are lost",
            frame_bytes - rest,
            frames + 1
        );
        return Ok(found);
    }
    let zeros = leading_zeros(source, frame_bytes)?;
    if frames > 0 && zeros >= rest && zeros < rest + 64 {
        found += &format!(
            "; the file begins with {zeros} zero bytes: try `skip_bytes = {}`",
            options.skip_bytes + rest
        );
    } else if let Some((lanes, bytes)) = codec.other_lanes_bytes()
        && len.is_multiple_of(bytes as u64)
    {
        let count = lanes.count();
        found += &format!(
            "; with {count} lanes it would be {} whole frames: `lanes = {count}`, if the board has them",
            len / bytes as u64
        );
    } else if frames > 0 {
        found += &format!(
            "; if the recording was cut short at its end, `allow_partial_last_frame = true` leaves them out; if they stand before the first frame, `skip_bytes = {}` does; if another file continues this one, name both",
            options.skip_bytes + rest
        );
    } else {
        found += ": the configuration is of another recording, or further files belong to this one";
    }
    Ok(found)
}

/// The packets that would bring so many bytes, if a whole number does: of samples, or with their headers (10
/// bytes, of which the sequence number is 4 and the byte count 6).
fn missing_packets(bytes: u64) -> Option<String> {
    const PAYLOAD: u64 = PAYLOAD_BYTES as u64;
    let size = [PAYLOAD, PAYLOAD + 6, PAYLOAD + 10].into_iter().find(|size| bytes.is_multiple_of(*size))?;
    match bytes / size {
        1 => Some(format!("one packet of {size} bytes")),
        count => Some(format!("{count} packets of {size} bytes")),
    }
}

fn leading_zeros(source: &mut ByteSource, limit: u64) -> Result<u64> {
    let mut block = [0; 4096];
    let mut at = 0;
    while at < limit.min(source.len()) {
        source.read_at(at, &mut block)?;
        match block.iter().position(|&byte| byte != 0) {
            Some(first) => return Ok(at + first as u64),
            None => at += block.len() as u64,
        }
    }
    Ok(at)
}
