//! How often does a digit stand among the first of a line of 224?
//!
//! ```text
//! four counters u16: each digit's occurrences before the line, since the last absolute counters
//! low bits of the digits, 28 bytes | high bits, 28 bytes
//! ```
//!
//! A line is 64 bytes: one cache line, whatever is asked of it.

use crate::bits::low_mask;

pub(super) const LINE_BYTES: usize = 64;
/// Digits of a line.
pub(super) const LINE_DIGITS: u64 = 224;
pub(super) const COUNTER_BYTES: usize = 8;
pub(super) const PLANE_BYTES: usize = 28;
const WORDS: usize = 4;

pub(super) type Line = [u8; LINE_BYTES];

/// A processor's way to count.
pub(super) trait Counter: Copy {
    /// Ones of two planes and of both together, among the first `count` digits, up to 224.
    fn count_planes(self, line: &Line, count: u32) -> [u32; 3];

    /// Occurrences of `digit` among the first `count` digits.
    fn count_digit(self, line: &Line, digit: usize, count: u32) -> u32;
}

/// Counts with what Rust offers on every processor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words;

impl Counter for Words {
    #[inline(always)]
    fn count_planes(self, line: &Line, count: u32) -> [u32; 3] {
        let (low, high) = (plane(line, COUNTER_BYTES), plane(line, COUNTER_BYTES + PLANE_BYTES));
        let mut counts = [0; 3];
        for word in 0..WORDS {
            let kept = kept_bits(word, count);
            let (low, high) = (low[word] & kept, high[word] & kept);
            counts[0] += low.count_ones();
            counts[1] += high.count_ones();
            counts[2] += (low & high).count_ones();
        }
        counts
    }

    #[inline(always)]
    fn count_digit(self, line: &Line, digit: usize, count: u32) -> u32 {
        let (low, high) = (plane(line, COUNTER_BYTES), plane(line, COUNTER_BYTES + PLANE_BYTES));
        // Turned over where the digit's bit is 0, so that its places are ones in both.
        let (flip_low, flip_high) = ((digit as u64 & 1).wrapping_sub(1), (digit as u64 >> 1).wrapping_sub(1));
        let ones = |word: usize| (low[word] ^ flip_low) & (high[word] ^ flip_high) & kept_bits(word, count);
        (0..WORDS).map(|word| ones(word).count_ones()).sum()
    }
}

/// The counter of a digit before the line.
#[inline(always)]
pub(super) fn before_line(line: &Line, digit: usize) -> u64 {
    u64::from(u16::from_le_bytes([line[2 * digit], line[2 * digit + 1]]))
}

/// The digit at `place`, which is below [`LINE_DIGITS`].
#[inline(always)]
pub(super) fn digit_at(line: &Line, place: usize) -> usize {
    let bit = |plane: usize| usize::from(line[plane + place / 8] >> (place % 8) & 1);
    bit(COUNTER_BYTES) | bit(COUNTER_BYTES + PLANE_BYTES) << 1
}

/// Makes the line of up to 224 `digits`.
pub(super) fn make_line(before: [u16; 4], digits: impl Iterator<Item = usize>) -> Line {
    let mut line = [0; LINE_BYTES];
    for (target, counter) in line.as_chunks_mut::<2>().0.iter_mut().zip(before) {
        *target = counter.to_le_bytes();
    }
    for (place, digit) in digits.enumerate() {
        line[COUNTER_BYTES + place / 8] |= (digit as u8 & 1) << (place % 8);
        line[COUNTER_BYTES + PLANE_BYTES + place / 8] |= (digit as u8 >> 1) << (place % 8);
    }
    line
}

/// The words of the plane at byte `start`; the last holds 32 bits.
#[inline(always)]
fn plane(line: &Line, start: usize) -> [u64; WORDS] {
    let (words, last) = line[start..start + PLANE_BYTES].as_chunks::<8>();
    let last = last.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    std::array::from_fn(|word| words.get(word).map_or(u64::from(last), |bytes| u64::from_le_bytes(*bytes)))
}

/// Which bits of `word` are among the first `count` of the plane.
#[inline(always)]
fn kept_bits(word: usize, count: u32) -> u64 {
    low_mask(count.saturating_sub(64 * word as u32))
}
