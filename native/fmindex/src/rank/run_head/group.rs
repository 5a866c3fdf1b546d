//! What does a group of rows look like in bytes?
//!
//! A group holds the runs of equal symbols of its rows as *heads* (the symbol of each run) and *run starts* (the rows
//! where a run begins):
//!
//! ```text
//! header (8) | symbols (D) | ranks, low bytes (D) | ranks, high bytes (H) | head planes | run starts
//! ```
//!
//! The D distinct symbols stand by falling number of heads; the *place* of a symbol is its index there, and its rank
//! counts from the block's start. A head is coded by its symbol's place, in up to three levels of bit planes: a level
//! of width w codes its 2^w − 1 first places, all ones pass on to the next level, and the last level codes 2^w.
//! Each plane of a level with h heads takes ⌈h/8⌉ bytes.
//!
//! A head differs from the one before, so after the symbol at place 0 the code 0 is free. In a group that *shares* it,
//! it then stands for place 1, which would otherwise take a longer code.

use super::bytes::{u8_at, u64_at};
use super::layout::Geometry;

/// Levels of head planes at most.
pub(super) const LEVELS: usize = 3;
/// Bytes of a group's header.
pub(super) const GROUP_HEADER_BYTES: usize = 8;
/// The widest level, by its number.
pub(super) const MAX_WIDTHS: [u32; LEVELS] = [8, 7, 7];
/// A high-rank count that means: all symbols.
const ALL_HIGH: usize = 255;

/// How the rows that begin a run are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunStarts {
    /// One bit a row.
    Raw,
    /// A bitmap of the nonzero bytes of `Raw`, then those bytes.
    NonzeroBytes,
    /// Not at all: each row is coded as a head of its own.
    EveryRow,
}

/// The first eight bytes of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GroupHeader {
    /// Distinct symbols, 1..=256.
    pub symbol_count: usize,
    /// Symbols whose rank has a high byte: those with the first places.
    pub high_count: usize,
    /// Planes of each level.
    pub widths: [u32; LEVELS],
    /// Heads coded in each level; 0 from the level that is not there.
    pub head_counts: [usize; LEVELS],
    pub run_starts: RunStarts,
    /// Whether code 0 stands for place 1 after place 0.
    pub shares_code: bool,
}

impl GroupHeader {
    /// Packs the header: `D−1:8 | w0−1:3 shares:1 w1:3 w2:3 | run starts:2 | heads−1:12 | n1:12 | n2:12 | high:8`.
    pub fn pack(&self) -> u64 {
        let [w0, w1, w2] = self.widths.map(u64::from);
        let [n0, n1, n2] = self.head_counts.map(|count| count as u64);
        let high = if self.high_count >= ALL_HIGH { ALL_HIGH } else { self.high_count } as u64;
        let starts = match self.run_starts {
            RunStarts::Raw => 0,
            RunStarts::NonzeroBytes => 1,
            RunStarts::EveryRow => 2,
        };
        let widths = w0.saturating_sub(1) << 8 | u64::from(self.shares_code) << 11 | w1 << 12 | w2 << 15;
        (self.symbol_count as u64 - 1) | widths | starts << 18 | (n0 - 1) << 20 | n1 << 32 | n2 << 44 | high << 56
    }

    /// Reads a header; any word gives one whose numbers are within their bounds.
    #[inline(always)]
    pub fn unpack(word: u64) -> Self {
        let bits = |shift: u32, count: u32| (word >> shift & ((1 << count) - 1)) as usize;
        let symbol_count = bits(0, 8) + 1;
        let high = bits(56, 8);
        Self {
            symbol_count,
            high_count: if high == ALL_HIGH { symbol_count } else { high.min(symbol_count) },
            // One symbol needs no plane.
            widths: [if symbol_count == 1 { 0 } else { bits(8, 3) as u32 + 1 }, bits(12, 3) as u32, bits(15, 3) as u32],
            head_counts: [bits(20, 12) + 1, bits(32, 12), bits(44, 12)],
            run_starts: match bits(18, 2) {
                0 => RunStarts::Raw,
                1 => RunStarts::NonzeroBytes,
                _ => RunStarts::EveryRow,
            },
            shares_code: bits(11, 1) == 1,
        }
    }
}

/// A group and where its parts stand.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    /// From the group's first byte to the end of the section.
    pub bytes: &'a [u8],
    pub header: GroupHeader,
    /// Where the planes of each level begin.
    pub planes: [usize; LEVELS],
    /// Where the run starts begin.
    pub starts: usize,
    /// Bytes of the bitmap of nonzero bytes.
    pub start_map_bytes: usize,
}

impl<'a> Group<'a> {
    /// The group that begins with `bytes`.
    #[inline(always)]
    pub fn new(bytes: &'a [u8], geometry: Geometry) -> Self {
        let header = GroupHeader::unpack(u64_at(bytes, 0));
        let first = GROUP_HEADER_BYTES + 2 * header.symbol_count + header.high_count;
        let level_bytes = |level: usize| header.widths[level] as usize * header.head_counts[level].div_ceil(8);
        let second = first + level_bytes(0);
        let third = second + level_bytes(1);
        let starts = third + level_bytes(2);
        Self { bytes, header, planes: [first, second, third], starts, start_map_bytes: geometry.group_rows() / 64 }
    }

    /// Whether every byte that a look-up may touch, and 32 past it, is inside the section.
    #[inline(always)]
    pub fn is_whole(&self) -> bool {
        self.bytes.len() >= self.whole_bytes()
    }

    #[inline(always)]
    fn whole_bytes(&self) -> usize {
        self.starts + 9 * self.start_map_bytes + 32
    }

    /// The bytes of a group that is not whole, and zeros, so that it is.
    pub fn padded(&self) -> Vec<u8> {
        let mut bytes = self.bytes.to_vec();
        bytes.resize(self.whole_bytes(), 0);
        bytes
    }

    /// The symbol at `place`.
    #[inline(always)]
    pub fn symbol(&self, place: usize) -> u8 {
        u8_at(self.bytes, GROUP_HEADER_BYTES + place)
    }

    /// Occurrences of the symbol at `place` in the block before this group.
    #[inline(always)]
    pub fn rank_before(&self, place: usize) -> u64 {
        let low = GROUP_HEADER_BYTES + self.header.symbol_count + place;
        let high = if place < self.header.high_count { u8_at(self.bytes, low + self.header.symbol_count) } else { 0 };
        u64::from(high) << 8 | u64::from(u8_at(self.bytes, low))
    }

    /// The places that `level` codes itself, when heads escape from it.
    #[inline(always)]
    pub fn own_places(&self, level: usize) -> usize {
        (1 << self.header.widths[level]) - 1
    }

    /// Whether no head escapes from `level`.
    #[inline(always)]
    pub fn is_last(&self, level: usize) -> bool {
        level + 1 == LEVELS || self.header.head_counts[level + 1] == 0
    }

    /// The code of head `head` of `level`.
    #[inline(always)]
    pub fn code_at(&self, level: usize, head: usize) -> usize {
        let (stride, first) = (self.plane_bytes(level), self.planes[level] + head / 8);
        (0..self.header.widths[level] as usize).fold(0, |code, plane| {
            code | usize::from(u8_at(self.bytes, first + plane * stride) >> (head & 7) & 1) << plane
        })
    }

    /// Bytes of one plane of `level`.
    #[inline(always)]
    pub fn plane_bytes(&self, level: usize) -> usize {
        self.header.head_counts[level].div_ceil(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_comes_back() {
        let header = GroupHeader {
            symbol_count: 256,
            high_count: 256,
            widths: [8, 7, 7],
            head_counts: [4096, 4095, 4095],
            run_starts: RunStarts::NonzeroBytes,
            shares_code: true,
        };
        assert_eq!(GroupHeader::unpack(header.pack()), header);
        let small = GroupHeader {
            symbol_count: 1,
            high_count: 0,
            widths: [0; 3],
            head_counts: [1, 0, 0],
            run_starts: RunStarts::EveryRow,
            shares_code: false,
        };
        assert_eq!(GroupHeader::unpack(small.pack()), small);
    }
}
