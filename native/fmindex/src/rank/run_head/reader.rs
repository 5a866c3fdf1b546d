//! How are the sections opened, and how is a row looked up in them?

use std::ops::Range;

use super::bytes::{u8_at, u64_at};
use super::group::Group;
use super::kernel::{Kernel, rank_in_group, symbol_rank_in_group};
use super::layout::{
    BLOCK_BITS, ENTRY_RANK_BYTES, Geometry, HEADER_BYTES, LAYOUT_VERSION, PADDING_BYTES, Record, SUPERBLOCK_BITS,
    SUPERBLOCK_BLOCKS,
};
use crate::error::{Error, Result};
use crate::rank::RankIndex;
use crate::section::Section;

/// The sections of a run-head structure, as `encode` made them.
#[derive(Debug, Clone)]
pub struct RankSections {
    /// `rank.header`
    pub header: Section,
    /// `rank.records`
    pub records: Section,
    /// `rank.entries`
    pub entries: Section,
    /// `rank.groups`
    pub groups: Section,
}

/// A BWT as run-head groups: rank, access and enumeration in two dependent memory accesses.
///
/// Space: about a quarter of prose. Time: O(rows of a group), 64 at once. Works on memory and on mappings.
#[derive(Debug, Clone)]
pub struct RunHeadIndex {
    pub(super) sections: RankSections,
    pub(super) geometry: Geometry,
    pub(super) length: u64,
    pub(super) runs: u64,
    /// Distinct symbols of the BWT.
    pub(super) symbol_count: usize,
    /// The symbol's number among them, or `ABSENT`.
    columns: [u16; 256],
    pub(super) processor: Processor,
}

/// How much of a processor may be used, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// What Rust makes of plain code.
    Plain,
    /// SSSE3 and POPCNT of x86.
    Ssse3,
    /// BMI2 and AVX2 of x86.
    Bmi2,
}

/// The kernel chosen for this processor.
#[derive(Debug, Clone, Copy)]
pub(super) enum Processor {
    #[cfg(target_arch = "x86_64")]
    Bmi2(super::bmi2::Bmi2),
    #[cfg(target_arch = "x86_64")]
    Ssse3(super::ssse3::Ssse3),
    Portable,
}

const ABSENT: u16 = u16::MAX;

/// What a block says of a symbol that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Occurrences in the superblock before the block.
    pub rank: u64,
    /// The groups that hold the symbol.
    pub groups: u64,
}

impl RunHeadIndex {
    /// Opens the sections that `encode` made. O(1): lengths are checked, no group is read.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the sections do not fit together.
    pub fn open(sections: RankSections) -> Result<Self> {
        Self::open_for(sections, Processor::detect(Instructions::Bmi2))
    }

    pub(super) fn open_for(sections: RankSections, processor: Processor) -> Result<Self> {
        let header = &sections.header;
        if header.len() < HEADER_BYTES {
            return Err(Error::damaged("rank.header", format!("{} bytes, {HEADER_BYTES} needed", header.len())));
        }
        let version = u16::from_le_bytes([u8_at(header, 0), u8_at(header, 1)]);
        if version != LAYOUT_VERSION {
            return Err(Error::damaged("rank.header", format!("layout {version}, {LAYOUT_VERSION} expected")));
        }
        let Some(geometry) = Geometry::new(u32::from(u8_at(header, 2))) else {
            return Err(Error::damaged("rank.header", format!("group bits {}: not 10, 11 or 12", u8_at(header, 2))));
        };
        let (length, runs) = (u64_at(header, 8), u64_at(header, 16));
        let alphabet: [u64; 4] = std::array::from_fn(|word| u64_at(header, 48 + 8 * word));
        let mut columns = [ABSENT; 256];
        let mut symbol_count = 0;
        for symbol in (0..256).filter(|&symbol| alphabet[symbol >> 6] >> (symbol & 63) & 1 == 1) {
            columns[symbol] = symbol_count;
            symbol_count += 1;
        }
        let symbol_count = usize::from(symbol_count);
        if (length == 0) != (symbol_count == 0) || runs > length {
            let detail = format!("{length} rows, {symbol_count} symbols and {runs} runs do not go together");
            return Err(Error::damaged("rank.header", detail));
        }
        let index = Self { geometry, length, runs, symbol_count, columns, processor, sections };
        index.check_lengths()?;
        Ok(index)
    }

    /// Gives up what the processor has beyond `most`.
    pub(crate) fn limit_instructions(&mut self, most: Instructions) {
        self.processor = Processor::detect(most);
    }

    fn check_lengths(&self) -> Result<()> {
        let check = |section: &'static str, got: usize, expected: u128| match u128::try_from(got) {
            Ok(got) if got == expected => Ok(()),
            _ => Err(Error::damaged(section, format!("{got} bytes, {expected} expected"))),
        };
        let superblocks = u128::from(self.length.div_ceil(1 << SUPERBLOCK_BITS));
        let blocks = u128::from(self.length.div_ceil(1 << BLOCK_BITS));
        let header_bytes = HEADER_BYTES as u128 + superblocks * self.symbol_count as u128 * 16;
        check("rank.header", self.sections.header.len(), header_bytes)?;
        check("rank.records", self.sections.records.len(), blocks * self.geometry.record_bytes() as u128)?;
        for (name, section) in [("rank.entries", &self.sections.entries), ("rank.groups", &self.sections.groups)] {
            if section.len() < PADDING_BYTES {
                return Err(Error::damaged(name, format!("{} bytes, {PADDING_BYTES} needed", section.len())));
            }
        }
        Ok(())
    }

    /// The symbol's number among those of the BWT.
    #[inline(always)]
    pub(super) fn column(&self, symbol: u8) -> Option<usize> {
        let column = self.columns[usize::from(symbol)];
        (column != ABSENT).then_some(usize::from(column))
    }

    /// Superblocks of the BWT.
    pub(super) fn superblocks(&self) -> usize {
        self.length.div_ceil(1 << SUPERBLOCK_BITS) as usize
    }

    /// Blocks of the BWT.
    pub(super) fn blocks(&self) -> usize {
        self.length.div_ceil(1 << BLOCK_BITS) as usize
    }

    /// Occurrences of the symbol in `column` before `superblock`.
    #[inline(always)]
    pub(super) fn superblock_rank(&self, superblock: usize, column: usize) -> u64 {
        match superblock.checked_sub(1) {
            None => 0,
            Some(last) => u64_at(&self.sections.header, HEADER_BYTES + 8 * (last * self.symbol_count + column)),
        }
    }

    /// The blocks of `superblock` that hold the symbol in `column`.
    pub(super) fn superblock_blocks(&self, superblock: usize, column: usize) -> u64 {
        let row = self.superblocks() + superblock;
        u64_at(&self.sections.header, HEADER_BYTES + 8 * (row * self.symbol_count + column))
    }

    /// Occurrences of the symbol in `column` in the whole BWT.
    pub(super) fn total(&self, column: usize) -> u64 {
        self.superblock_rank(self.superblocks(), column)
    }

    #[inline(always)]
    pub(super) fn record(&self, block: usize) -> Record<'_> {
        let size = self.geometry.record_bytes();
        let start = block * size;
        Record::new(self.sections.records.get(start..start + size).unwrap_or_default())
    }

    /// The entry of `symbol` in the block of `record`, or `None` when the block does not hold it.
    #[inline(always)]
    pub(super) fn entry(&self, record: Record, symbol: u8) -> Option<Entry> {
        Some(self.entry_at(self.entry_offset(record, record.symbol_index(symbol)?)))
    }

    #[inline(always)]
    fn entry_at(&self, offset: usize) -> Entry {
        let bytes = self.sections.entries.get(offset..).and_then(|tail| tail.first_chunk()).unwrap_or(&[0; 16]);
        Entry {
            rank: u64_at(bytes, 0) & ((1 << (8 * ENTRY_RANK_BYTES)) - 1),
            groups: u64_at(bytes, ENTRY_RANK_BYTES) & self.geometry.group_mask(),
        }
    }

    /// Where the `index`-th entry of a block stands in `rank.entries`; anywhere for a damaged record.
    #[inline(always)]
    pub(super) fn entry_offset(&self, record: Record, index: usize) -> usize {
        record.entries_offset().wrapping_add(index * self.geometry.entry_bytes())
    }

    /// Where a group begins in `rank.groups`; anywhere for a damaged record.
    #[inline(always)]
    pub(super) fn group_offset(&self, record: Record, group: usize) -> usize {
        record.groups_offset().wrapping_add(record.group_offset(group))
    }

    #[inline(always)]
    pub(super) fn group(&self, record: Record, group: usize) -> Group<'_> {
        let start = self.group_offset(record, group);
        let groups = &self.sections.groups;
        // The next group begins where this one ends, but for the last of a block.
        let most = start.saturating_add(self.geometry.max_group_bytes());
        let end = self.group_offset(record, group + 1);
        groups.touch(start..if end > start { most.min(end.saturating_add(PADDING_BYTES)) } else { most });
        Group::new(groups.unnoted().get(start..).unwrap_or_default(), self.geometry)
    }

    /// Occurrences of the symbol in `column` before `block`, which has this `entry` for it.
    #[inline(always)]
    pub(super) fn block_rank(&self, block: usize, column: usize, entry: Entry) -> u64 {
        self.superblock_rank(block / SUPERBLOCK_BLOCKS, column).wrapping_add(entry.rank)
    }

    /// [`RankIndex::rank`](crate::rank::RankIndex::rank).
    #[inline(always)]
    pub(super) fn rank_with<K: Kernel>(&self, kernel: K, symbol: u8, row: u64) -> u64 {
        let Some(column) = self.column(symbol) else { return 0 };
        if row >= self.length {
            return self.total(column).min(self.length);
        }
        let block = (row >> BLOCK_BITS) as usize;
        let record = self.record(block);
        let Some(entry) = self.entry(record, symbol) else { return self.rank_at_next(symbol, column, block) };
        let group = self.geometry.group_of(row);
        let later = entry.groups >> group;
        if later == 0 {
            return self.rank_at_next(symbol, column, block + 1);
        }
        let ahead = later.trailing_zeros() as usize;
        // A later group holds the symbol first: its rank at that group's start.
        let position = if ahead == 0 { self.geometry.position_of(row) } else { 0 };
        let before = self.block_rank(block, column, entry);
        let group = self.group(record, group + ahead);
        let inside = rank_in_group(kernel, &group, symbol, position..position).map_or(0, |ranks| ranks.start);
        before.wrapping_add(inside).min(self.length)
    }

    /// [`RankIndex::rank_range`] when nothing is in the cache: asks for entry and group together.
    #[inline(always)]
    pub(super) fn rank_range_cold_with<K: Kernel>(&self, kernel: K, symbol: u8, range: Range<u64>) -> Range<u64> {
        self.rank_range_with::<K, true>(kernel, symbol, range)
    }

    /// [`RankIndex::rank_range`]: both ends in one pass when they are in one group.
    #[inline(always)]
    pub(super) fn rank_range_with<K: Kernel, const IS_COLD: bool>(
        &self,
        kernel: K,
        symbol: u8,
        range: Range<u64>,
    ) -> Range<u64> {
        let Range { start, end } = range;
        if start >> self.geometry.group_bits != end >> self.geometry.group_bits || end >= self.length || start > end {
            if IS_COLD {
                self.prefetch_record(end);
                self.prefetch_rows(start, Some(symbol));
                self.prefetch_rows(end, Some(symbol));
            }
            let (at_start, at_end) = (self.rank(symbol, start), self.rank(symbol, end));
            return at_start..if start <= end { at_end.max(at_start) } else { at_end };
        }
        let block = (start >> BLOCK_BITS) as usize;
        let record = self.record(block);
        let group = self.geometry.group_of(start);
        if let (Some(column), Some(index)) = (self.column(symbol), record.symbol_index(symbol)) {
            let entry_offset = self.entry_offset(record, index);
            if IS_COLD {
                self.prefetch_group(record, group);
                self.prefetch_entry(entry_offset);
            }
            let entry = self.entry_at(entry_offset);
            if entry.groups >> group & 1 == 1 {
                let positions = self.geometry.position_of(start)..self.geometry.position_of(end);
                if let Some(inside) = rank_in_group(kernel, &self.group(record, group), symbol, positions) {
                    let before = self.block_rank(block, column, entry);
                    let at = |rank: u64| before.saturating_add(rank).min(self.length);
                    return at(inside.start)..at(inside.end);
                }
            }
        }
        let rank = self.rank(symbol, start);
        rank..rank
    }

    /// The rank of a symbol at the start of `block`, which holds it no sooner than a later block: its rank at the start
    /// of the next block that does.
    #[cold]
    #[inline(never)]
    fn rank_at_next(&self, symbol: u8, column: usize, block: usize) -> u64 {
        let superblock = block / SUPERBLOCK_BLOCKS;
        let rank = if superblock >= self.superblocks() {
            self.total(column)
        } else {
            let first = block % SUPERBLOCK_BLOCKS;
            let later = self.superblock_blocks(superblock, column) >> first;
            let next = block + later.trailing_zeros() as usize;
            match (later != 0 && next < self.blocks()).then(|| self.entry(self.record(next), symbol)).flatten() {
                Some(entry) => self.block_rank(next, column, entry),
                None => self.superblock_rank(superblock + 1, column),
            }
        };
        rank.min(self.length)
    }

    /// [`RankIndex::symbol_rank`] when nothing is in the cache.
    #[inline(always)]
    pub(super) fn symbol_rank_cold_with<K: Kernel>(&self, kernel: K, row: u64) -> Option<(u8, u64)> {
        self.symbol_rank_with::<K, true>(kernel, row)
    }

    /// [`RankIndex::symbol_rank`].
    #[inline(always)]
    pub(super) fn symbol_rank_with<K: Kernel, const IS_COLD: bool>(&self, kernel: K, row: u64) -> Option<(u8, u64)> {
        if row >= self.length {
            return None;
        }
        let block = (row >> BLOCK_BITS) as usize;
        let record = self.record(block);
        if IS_COLD {
            self.prefetch_group(record, self.geometry.group_of(row));
        }
        let group = self.group(record, self.geometry.group_of(row));
        let (symbol, inside) = symbol_rank_in_group(kernel, &group, self.geometry.position_of(row));
        let before = match (self.column(symbol), self.entry(record, symbol)) {
            (Some(column), Some(entry)) => self.block_rank(block, column, entry),
            _ => 0,
        };
        Some((symbol, before.wrapping_add(inside).min(self.length)))
    }
}

impl Processor {
    /// The best kernel for this processor that needs no more than `most`.
    pub fn detect(most: Instructions) -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(bmi2) = super::bmi2::Bmi2::detect().filter(|_| most >= Instructions::Bmi2) {
                return Self::Bmi2(bmi2);
            }
            if let Some(ssse3) = super::ssse3::Ssse3::detect().filter(|_| most >= Instructions::Ssse3) {
                return Self::Ssse3(ssse3);
            }
        }
        let _ = most;
        Self::Portable
    }
}
