//! LZ4 frames, as ROS bags hold them.
//!
//! Formats: "LZ4 Frame Format Description" 1.6.1 and "LZ4 Block Format Description", both by Y. Collet.
//! Checksums are passed over: what a bag holds has lengths of its own that must fit.

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

/// The bytes of a frame, which are `size` in all; `None` for what is no such frame.
pub(super) fn frame(bytes: &[u8], size: usize) -> Option<Vec<u8>> {
    let rest = bytes.strip_prefix(&MAGIC)?;
    let flags = *rest.first()?;
    // The version, whether blocks and the whole have checksums, a size, a dictionary.
    let (version, block_sum, has_size, dictionary) =
        (flags >> 6, flags & 0x10 != 0, flags & 0x08 != 0, flags & 1 != 0);
    if version != 1 || dictionary {
        return None;
    }
    // Flags, largest block, size, checksum of the header.
    let mut rest = rest.get(3 + if has_size { 8 } else { 0 }..)?;
    // A byte of LZ4 makes at most 255: a greater size is a wrong one, and no memory is asked for it.
    let mut out = Vec::with_capacity(size.min(bytes.len().saturating_mul(255)));
    loop {
        let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
        rest = &rest[4..];
        if length == 0 {
            return (out.len() == size).then_some(out);
        }
        let (plain, length) = (length >> 31 == 1, (length & 0x7fff_ffff) as usize);
        let block = rest.get(..length)?;
        if plain {
            out.extend_from_slice(block);
        } else {
            unpack(block, &mut out, size)?;
        }
        if out.len() > size {
            return None;
        }
        rest = rest.get(length + if block_sum { 4 } else { 0 }..)?;
    }
}

/// The bytes of a block, one piece after another.
struct Pieces<'a>(&'a [u8]);

impl<'a> Pieces<'a> {
    fn next(&mut self, count: usize) -> Option<&'a [u8]> {
        let (piece, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(piece)
    }

    /// A length of which a token holds the first four bits: 15 goes on in bytes, as long as they are 255.
    fn length(&mut self, short: u8) -> Option<usize> {
        let mut all = usize::from(short);
        let mut last = if short == 15 { 255 } else { 0 };
        while last == 255 {
            last = self.next(1)?[0];
            all += usize::from(last);
        }
        Some(all)
    }
}

/// Appends what a block holds: literals, then a copy of what came before, again and again.
fn unpack(block: &[u8], out: &mut Vec<u8>, most: usize) -> Option<()> {
    let mut pieces = Pieces(block);
    loop {
        let token = pieces.next(1)?[0];
        let literals = pieces.length(token >> 4)?;
        out.extend_from_slice(pieces.next(literals)?);
        if pieces.0.is_empty() {
            return Some(());
        }
        let offset = pieces.next(2)?;
        let back = usize::from(u16::from_le_bytes([offset[0], offset[1]]));
        let count = pieces.length(token & 15)? + 4;
        let start = out.len().checked_sub(back).filter(|_| back > 0)?;
        if out.len() + count > most {
            return None;
        }
        // The copy may run into what it writes.
        (start..start + count).for_each(|i| out.push(out[i]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_may_run_into_what_they_write_and_damage_is_refused() {
        let text = b"abcabcabcabcabcabcabcabc, and so on";
        // Three literals, 21 bytes from three before; then eleven literals.
        let block = [&[0x3f, b'a', b'b', b'c', 3, 0, 2][..], &[0xb0], b", and so on"].concat();
        let head = [&MAGIC[..], &[0x60, 0x40, 0x82], &(block.len() as u32).to_le_bytes()].concat();
        let whole = [&head[..], &block, &[0; 4]].concat();
        assert_eq!(frame(&whole, text.len()).unwrap(), text);
        assert_eq!(frame(&whole, text.len() + 1), None);
        // Cut or changed anywhere: an answer or none, never a panic.
        for i in 0..whole.len() {
            assert_eq!(frame(&whole[..i], text.len()), None);
            for bit in 0..8 {
                let mut hurt = whole.clone();
                hurt[i] ^= 1 << bit;
                let _ = frame(&hurt, text.len());
            }
        }
    }
}
