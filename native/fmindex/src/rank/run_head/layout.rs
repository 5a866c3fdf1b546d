//! Where does each byte of the directories stand?
//!
//! The BWT is cut in superblocks of 64 blocks, blocks of 2^16 rows, and groups of 2^`group_bits` rows.
//!
//! ```text
//! rank.header    fixed part | a superblock and symbol: occurrences up to its end … | the blocks that hold it …
//! rank.records   one a block:  symbols present (256 bits) | entries, groups: byte offsets | a group: u16 offset …
//! rank.entries   one a symbol of a block:  rank in the superblock (24 bits) | bitmap of the groups that hold it
//! rank.groups    see `group.rs`
//!
//! row ──> record of its block ──┬──> entry of the symbol ──> rank at the block's start
//!                               └──> group ──> rank in the block at the group's start, and inside the group
//! ```
//!
//! A step reads two places one after the other: the record, then entry and group side by side. All integers are
//! little-endian and unaligned.

use super::bytes::{u64_at, write_u64};

/// Rows of a block: 2^16, so that a rank inside a block fits 16 bits.
pub(super) const BLOCK_BITS: u32 = 16;
/// Rows of a superblock: 2^22, so that one word maps its blocks and a rank inside it fits 24 bits.
pub(super) const SUPERBLOCK_BITS: u32 = 22;
/// Blocks of a superblock.
pub(super) const SUPERBLOCK_BLOCKS: usize = 1 << (SUPERBLOCK_BITS - BLOCK_BITS);
/// The fixed part of `rank.header`.
pub(super) const HEADER_BYTES: usize = 80;
/// The version of this layout, the first two bytes of `rank.header`.
pub(super) const LAYOUT_VERSION: u16 = 1;
/// Zero bytes after the last entry and the last group, so that a whole word can be read at each.
pub const PADDING_BYTES: usize = 32;
/// Bytes of a record before its group offsets.
const RECORD_HEAD_BYTES: usize = 64;
/// A group's offset in its block counts units of this many bytes.
pub(super) const GROUP_UNIT_BYTES: usize = 2;
/// Bytes of an entry's rank.
pub(super) const ENTRY_RANK_BYTES: usize = 3;

/// The sizes that follow from the number of rows in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Geometry {
    /// Rows of a group: 2^`group_bits`.
    pub group_bits: u32,
}

impl Geometry {
    /// The geometry for groups of 2^10, 2^11 or 2^12 rows; `None` for others.
    pub fn new(group_bits: u32) -> Option<Self> {
        (10..=12).contains(&group_bits).then_some(Self { group_bits })
    }

    /// Rows of a group.
    #[inline(always)]
    pub fn group_rows(self) -> usize {
        1 << self.group_bits
    }

    /// Groups of a block: 64, 32 or 16.
    #[inline(always)]
    pub fn block_groups(self) -> usize {
        1 << (BLOCK_BITS - self.group_bits)
    }

    /// Bytes that reading a group touches at most.
    #[inline(always)]
    pub fn max_group_bytes(self) -> usize {
        // Header, symbols and ranks of all 256, a byte a head, and what a read of a word takes too much.
        8 + 3 * 256 + self.group_rows() + PADDING_BYTES
    }

    /// Whether groups may share a code, which saves 2 % of the bytes for 5 % of the time: not in the smallest groups,
    /// which are there for speed.
    pub fn shares_codes(self) -> bool {
        self.group_bits > 10
    }

    /// Bytes of a block's record: whole cache lines, but for the largest groups.
    #[inline(always)]
    pub fn record_bytes(self) -> usize {
        RECORD_HEAD_BYTES + 2 * self.block_groups()
    }

    /// Bytes of an entry.
    #[inline(always)]
    pub fn entry_bytes(self) -> usize {
        ENTRY_RANK_BYTES + self.block_groups() / 8
    }

    /// The bits of an entry's bitmap of groups.
    #[inline(always)]
    pub fn group_mask(self) -> u64 {
        u64::MAX >> (64 - self.block_groups())
    }

    /// The group of `row` in its block.
    #[inline(always)]
    pub fn group_of(self, row: u64) -> usize {
        (row >> self.group_bits) as usize & (self.block_groups() - 1)
    }

    /// The position of `row` in its group.
    #[inline(always)]
    pub fn position_of(self, row: u64) -> usize {
        row as usize & (self.group_rows() - 1)
    }
}

/// What a block holds, and where.
///
/// ```text
/// symbols present (32) | offsets of entries, groups (8 + 8) | symbols before each word (4) | 0 (12) | a group: u16 …
/// ```
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    head: &'a [u8; RECORD_HEAD_BYTES],
    group_units: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record in `bytes`, which are [`Geometry::record_bytes`] long.
    #[inline(always)]
    pub fn new(bytes: &'a [u8]) -> Self {
        let (head, group_units) = bytes.split_first_chunk().unwrap_or((&[0; RECORD_HEAD_BYTES], &[]));
        Self { head, group_units }
    }

    /// Symbols present in the block that are below `symbol`, or `None` when `symbol` is not present.
    #[inline(always)]
    pub fn symbol_index(self, symbol: u8) -> Option<usize> {
        let (word, bit) = (usize::from(symbol >> 6), symbol & 63);
        let present = u64_at(self.head, 8 * word);
        if present >> bit & 1 == 0 {
            return None;
        }
        let before = usize::from(self.head[48 + word]);
        Some(before + (present & ((1 << bit) - 1)).count_ones() as usize)
    }

    /// The bitmap of the symbols present.
    pub fn symbols(self) -> [u64; 4] {
        std::array::from_fn(|word| u64_at(self.head, 8 * word))
    }

    /// The symbols present before each word of the bitmap.
    pub fn symbols_before(self) -> [u8; 4] {
        std::array::from_fn(|word| self.head[48 + word])
    }

    /// Where the block's entries begin in `rank.entries`.
    #[inline(always)]
    pub fn entries_offset(self) -> usize {
        u64_at(self.head, 32) as usize
    }

    /// Where the block's groups begin in `rank.groups`.
    #[inline(always)]
    pub fn groups_offset(self) -> usize {
        u64_at(self.head, 40) as usize
    }

    /// Where a record keeps the offset of `group`.
    #[inline(always)]
    pub fn group_offset_at(group: usize) -> usize {
        RECORD_HEAD_BYTES + 2 * group
    }

    /// Where group `group` begins, in bytes from the block's first group; 0 for one past the last.
    #[inline(always)]
    pub fn group_offset(self, group: usize) -> usize {
        let units = self.group_units.get(2 * group..2 * group + 2).and_then(|bytes| bytes.first_chunk());
        units.map_or(0, |units| usize::from(u16::from_le_bytes(*units))) * GROUP_UNIT_BYTES
    }
}

/// Writes a block's record.
pub(super) fn write_record(out: &mut Vec<u8>, symbols: [u64; 4], entries: u64, groups: u64, group_units: &[u16]) {
    for word in symbols {
        write_u64(out, word);
    }
    write_u64(out, entries);
    write_u64(out, groups);
    let mut before = 0;
    for word in symbols {
        out.push(before);
        before = before.wrapping_add(word.count_ones() as u8);
    }
    out.extend([0; 12]);
    for units in group_units {
        out.extend(units.to_le_bytes());
    }
}

/// Moves the offsets of `records`, which count from the start of their superblock, to where it was put.
pub(super) fn move_records(records: &mut [u8], geometry: Geometry, entries_base: u64, groups_base: u64) {
    for record in records.chunks_exact_mut(geometry.record_bytes()) {
        for (at, base) in [(32, entries_base), (40, groups_base)] {
            let moved = u64_at(record, at) + base;
            record[at..at + 8].copy_from_slice(&moved.to_le_bytes());
        }
    }
}
