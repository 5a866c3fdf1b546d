//! How do many queries wait for memory together?
//!
//! Each query passes three stages, [`LANES`] queries apart: ask for its record, ask for its entry and group, answer. So
//! two waits for memory are shared by all queries in flight.

use std::ops::Range;

use super::kernel::Kernel;
use super::layout::{BLOCK_BITS, Record};
use super::reader::RunHeadIndex;
use crate::rank::{RankIndex, RankQuery};

/// Queries between two stages. 16 hide what memory takes; 32 gain nothing.
const LANES: usize = 16;
const CACHE_LINE_BYTES: usize = 64;
/// Cache lines of a group that are asked for; few groups have more.
const GROUP_LINES: usize = 12;

/// Whether a processor can be asked for memory before it is read: see [`prefetch`].
const CAN_PREFETCH: bool = cfg!(target_arch = "x86_64");

/// A symbol and a row, which is replaced by what is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowQuery {
    pub symbol: u8,
    pub row: u64,
}

impl RunHeadIndex {
    /// Replaces each row by the rank of its symbol there, as [`RankIndex::rank`](crate::rank::RankIndex::rank) does.
    #[inline(always)]
    pub(super) fn rank_rows_with<K: Kernel>(&self, kernel: K, queries: &mut [RowQuery]) {
        if !CAN_PREFETCH {
            return queries.iter_mut().for_each(|query| query.row = self.rank(query.symbol, query.row));
        }
        for step in 0..queries.len() + 2 * LANES {
            if let Some(query) = queries.get(step) {
                self.prefetch_record(query.row);
            }
            if let Some(query) = step.checked_sub(LANES).and_then(|at| queries.get(at)) {
                self.prefetch_rows(query.row, Some(query.symbol));
            }
            if let Some(query) = step.checked_sub(2 * LANES).and_then(|at| queries.get_mut(at)) {
                query.row = self.rank_with(kernel, query.symbol, query.row);
            }
        }
    }

    /// [`RankIndex::rank_batch`](crate::rank::RankIndex::rank_batch).
    #[inline(always)]
    pub(super) fn rank_batch_with<K: Kernel>(&self, kernel: K, queries: &mut [RankQuery<u8>]) {
        if !CAN_PREFETCH {
            return queries
                .iter_mut()
                .for_each(|query| query.range = self.rank_range(query.symbol, query.range.clone()));
        }
        let is_wide = |range: &Range<u64>| (range.start ^ range.end) >> self.geometry.group_bits != 0;
        for step in 0..queries.len() + 2 * LANES {
            if let Some(query) = queries.get(step) {
                self.prefetch_record(query.range.start);
                if is_wide(&query.range) {
                    self.prefetch_record(query.range.end);
                }
            }
            if let Some(query) = step.checked_sub(LANES).and_then(|at| queries.get(at)) {
                self.prefetch_rows(query.range.start, Some(query.symbol));
                if is_wide(&query.range) {
                    self.prefetch_rows(query.range.end, Some(query.symbol));
                }
            }
            if let Some(query) = step.checked_sub(2 * LANES).and_then(|at| queries.get_mut(at)) {
                query.range = self.rank_range_with::<K, false>(kernel, query.symbol, query.range.clone());
            }
        }
    }

    /// [`RankIndex::symbol_rank_batch`](crate::rank::RankIndex::symbol_rank_batch).
    #[inline(always)]
    pub(super) fn symbol_rank_batch_with<K: Kernel>(
        &self,
        kernel: K,
        rows: &[u64],
        answers: &mut Vec<Option<(u8, u64)>>,
    ) {
        answers.clear();
        if !CAN_PREFETCH {
            return answers.extend(rows.iter().map(|&row| self.symbol_rank(row)));
        }
        answers.reserve(rows.len());
        for step in 0..rows.len() + 2 * LANES {
            if let Some(&row) = rows.get(step) {
                self.prefetch_record(row);
            }
            if let Some(&row) = step.checked_sub(LANES).and_then(|at| rows.get(at)) {
                self.prefetch_rows(row, None);
            }
            if let Some(&row) = step.checked_sub(2 * LANES).and_then(|at| rows.get(at)) {
                answers.push(self.symbol_rank_with::<K, false>(kernel, row));
            }
        }
    }

    #[inline(always)]
    pub(super) fn prefetch_record(&self, row: u64) {
        if !CAN_PREFETCH {
            return;
        }
        let size = self.geometry.record_bytes();
        let record = ((row >> BLOCK_BITS) as usize).wrapping_mul(size);
        prefetch(self.sections.records.unnoted(), record);
        let offset = Record::group_offset_at(self.geometry.group_of(row));
        prefetch(self.sections.records.unnoted(), record.wrapping_add(offset));
    }

    /// Asks for the group of `row`, and for the entry of `symbol` in its block.
    #[inline(always)]
    pub(super) fn prefetch_rows(&self, row: u64, symbol: Option<u8>) {
        if row >= self.length || !CAN_PREFETCH {
            return;
        }
        let record = self.record((row >> BLOCK_BITS) as usize);
        if let Some(index) = symbol.and_then(|symbol| record.symbol_index(symbol)) {
            self.prefetch_entry(self.entry_offset(record, index));
        }
        self.prefetch_group(record, self.geometry.group_of(row));
    }

    #[inline(always)]
    pub(super) fn prefetch_entry(&self, offset: usize) {
        prefetch(self.sections.entries.unnoted(), offset);
    }

    /// Asks for a whole group; its end is the start of the next.
    #[inline(always)]
    pub(super) fn prefetch_group(&self, record: Record, group: usize) {
        if !CAN_PREFETCH {
            return;
        }
        let start = self.group_offset(record, group);
        let last = self.group_offset(record, group + 1).wrapping_sub(start).saturating_sub(1);
        // Asking twice costs less than a loop of a length that is hard to foresee.
        for line in 0..GROUP_LINES {
            prefetch(self.sections.groups.unnoted(), start.wrapping_add(last.min(line * CACHE_LINE_BYTES)));
        }
    }
}

/// Asks for the cache line at `offset`, on processors where Rust has a way to.
#[inline(always)]
pub(crate) fn prefetch<T>(bytes: &[T], offset: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing, whatever its address.
        unsafe { _mm_prefetch(bytes.as_ptr().wrapping_add(offset).cast(), _MM_HINT_T0) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, offset);
}
