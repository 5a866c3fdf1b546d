//! Where are the parts of an Elias–Fano section?
//!
//! ```text
//! len u64 | max u64 | low bits, 7 bytes of zero | high bits | ones before each block of 512 high bits | hints
//! ```
//!
//! The hints name the block of every 1024th one and zero.

const HEADER_BYTES: usize = 16;
/// So that a low part is read by one unaligned load.
const LOW_PADDING_BYTES: u64 = 7;
const WORD_BYTES: u64 = 8;
pub(super) const BLOCK_BITS: u64 = 512;
const BLOCK_BYTES: usize = (BLOCK_BITS / 8) as usize;
pub(super) const HINT_SPACING: u64 = 1024;

/// The offsets; all of them follow from the length and the largest value.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub len: u64,
    pub max_value: u64,
    pub low_width: u32,
    pub low_offset: usize,
    pub high_offset: usize,
    /// Zeros in the high bits: one for each high part up to that of the largest value.
    pub zero_count: u64,
    pub block_count: u64,
    pub blocks_offset: usize,
    pub one_hints_offset: usize,
    pub zero_hints_offset: usize,
    pub section_bytes: usize,
}

impl Layout {
    /// `None` when there can be no such section.
    pub fn new(len: u64, max_value: u64) -> Option<Self> {
        let low_width = max_value.checked_div(len).map_or(0, |gap| gap.max(1).ilog2());
        if low_width > 56 {
            return None;
        }
        let zero_count = (max_value >> low_width).checked_add(1)?;
        let block_count = len.checked_add(zero_count)?.div_ceil(BLOCK_BITS);
        let low_bytes = len.checked_mul(u64::from(low_width))?.div_ceil(8);
        let low_offset = HEADER_BYTES;
        let high_offset = add(low_offset, low_bytes.checked_add(LOW_PADDING_BYTES)?.checked_next_multiple_of(8)?)?;
        let blocks_offset = add(high_offset, block_count.checked_mul(BLOCK_BYTES as u64)?)?;
        let one_hints_offset = add(blocks_offset, block_count.checked_add(1)?.checked_mul(WORD_BYTES)?)?;
        let zero_hints_offset = add(one_hints_offset, len.div_ceil(HINT_SPACING) * WORD_BYTES)?;
        let section_bytes = add(zero_hints_offset, zero_count.div_ceil(HINT_SPACING) * WORD_BYTES)?;
        Some(Self {
            len,
            max_value,
            low_width,
            low_offset,
            high_offset,
            zero_count,
            block_count,
            blocks_offset,
            one_hints_offset,
            zero_hints_offset,
            section_bytes,
        })
    }

    /// Fills in what follows from the high bits.
    pub fn write_directories(&self, section: &mut [u8]) {
        let (values, directories) = section.split_at_mut(self.blocks_offset);
        let mut put = |offset: usize, index: u64, value: u64| {
            let at = offset - self.blocks_offset + index as usize * 8;
            directories[at..at + 8].copy_from_slice(&value.to_le_bytes());
        };
        let hint_count = |values: u64| values.div_ceil(HINT_SPACING);
        let (mut ones, mut one_hints, mut zero_hints) = (0, 0, 0);
        for (block, bits) in (0..).zip(values[self.high_offset..].chunks(BLOCK_BYTES)) {
            put(self.blocks_offset, block, ones);
            ones += bits.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>();
            while one_hints < hint_count(self.len) && one_hints * HINT_SPACING < ones {
                put(self.one_hints_offset, one_hints, block);
                one_hints += 1;
            }
            while zero_hints < hint_count(self.zero_count)
                && zero_hints * HINT_SPACING < (block + 1) * BLOCK_BITS - ones
            {
                put(self.zero_hints_offset, zero_hints, block);
                zero_hints += 1;
            }
        }
        put(self.blocks_offset, self.block_count, ones);
    }
}

fn add(offset: usize, bytes: u64) -> Option<usize> {
    offset.checked_add(usize::try_from(bytes).ok()?)
}
