//! Which symbols stand in a range of rows, and how often?

use std::ops::Range;

use super::kernel::{Kernel, rank_in_group};
use super::layout::BLOCK_BITS;
use super::reader::RunHeadIndex;
use crate::rank::RankIndex;

impl RunHeadIndex {
    /// [`RankIndex::visit_symbols`](crate::rank::RankIndex::visit_symbols). Inside one group only its symbols are
    /// ranked, inside one block only those of the groups that the range meets; otherwise the whole alphabet is.
    #[inline(always)]
    pub(super) fn visit_symbols_with<K: Kernel>(
        &self,
        kernel: K,
        range: Range<u64>,
        visit: &mut dyn FnMut(u8, Range<u64>),
    ) {
        let range = range.start..range.end.min(self.length);
        if range.start >= range.end {
            return;
        }
        let last = range.end - 1;
        if range.start >> BLOCK_BITS != last >> BLOCK_BITS {
            for symbol in 0..=255 {
                if self.column(symbol).is_some() {
                    let ranks = self.rank_range(symbol, range.clone());
                    if ranks.start < ranks.end {
                        visit(symbol, ranks);
                    }
                }
            }
            return;
        }
        let block = (last >> BLOCK_BITS) as usize;
        let record = self.record(block);
        let (first_group, last_group) = (self.geometry.group_of(range.start), self.geometry.group_of(last));
        let met = (u64::MAX >> (63 - (last_group - first_group))) << first_group;
        let group = self.group(record, first_group);
        for symbol in 0..=255 {
            let Some(column) = self.column(symbol) else { continue };
            let Some(entry) = self.entry(record, symbol) else { continue };
            if entry.groups & met == 0 {
                continue;
            }
            let ranks = if first_group == last_group && self.geometry.position_of(range.end) != 0 {
                let positions = self.geometry.position_of(range.start)..self.geometry.position_of(range.end);
                let before = self.block_rank(block, column, entry);
                let inside = rank_in_group(kernel, &group, symbol, positions).unwrap_or(0..0);
                let at = |rank: u64| before.saturating_add(rank).min(self.length);
                at(inside.start)..at(inside.end)
            } else {
                self.rank_range(symbol, range.clone())
            };
            if ranks.start < ranks.end {
                visit(symbol, ranks);
            }
        }
    }
}
