//! How is a word read from bytes that may end too early?

/// The little-endian word at byte `offset`; bytes past the end read as zero.
#[inline(always)]
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    match bytes.get(offset..).and_then(|tail| tail.first_chunk()) {
        Some(word) => u64::from_le_bytes(*word),
        None => tail_at(bytes, offset),
    }
}

#[cold]
#[inline(never)]
fn tail_at(bytes: &[u8], offset: usize) -> u64 {
    let mut word = [0; 8];
    let tail = bytes.get(offset..).unwrap_or_default();
    for (to, from) in word.iter_mut().zip(tail) {
        *to = *from;
    }
    u64::from_le_bytes(word)
}

/// Appends a little-endian word.
pub(super) fn write_u64(out: &mut Vec<u8>, word: u64) {
    out.extend(word.to_le_bytes());
}

/// The byte at `offset`; a byte past the end reads as zero.
#[inline(always)]
pub(super) fn u8_at(bytes: &[u8], offset: usize) -> u8 {
    bytes.get(offset).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_past_the_end_read_as_zero() {
        let bytes = [1, 2, 3];
        assert_eq!(u64_at(&bytes, 1), 0x0302);
        assert_eq!(u64_at(&bytes, 3), 0);
        assert_eq!(u64_at(&bytes, usize::MAX), 0);
        assert_eq!(u8_at(&bytes, 3), 0);
    }
}
