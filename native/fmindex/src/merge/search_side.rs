//! What does a walk need of the side that it goes through?

use super::source::Source;
use crate::rank::RankIndex;
use crate::rank::run_head::{RowQuery, RunHeadIndex};

/// A rank structure with the first row of each byte.
pub(super) struct SearchSide<'a> {
    rank: &'a RunHeadIndex,
    first_rows: [u64; 256],
    /// Documents: the first rows are their starts.
    documents: u64,
}

impl<'a> SearchSide<'a> {
    /// A shard as it is, the documents included that will be left out: what stands before a row stays before it.
    pub fn of_shard(source: &'a Source) -> Self {
        let documents = source.file.counts.documents;
        Self { rank: &source.file.rank, first_rows: source.file.first_rows, documents }
    }

    /// Shards that were merged.
    pub fn of_merged(rank: &'a RunHeadIndex, first_rows: [u64; 256], documents: u64) -> Self {
        Self { rank, first_rows, documents }
    }

    pub fn row_count(&self) -> u64 {
        self.rank.len()
    }

    /// The row of the start of a document that stands before all of these documents, or after.
    pub fn start_row(&self, is_after: bool) -> u64 {
        if is_after { self.documents } else { 0 }
    }

    /// Replaces each row by the one after its symbol.
    #[inline(always)]
    pub fn step(&self, queries: &mut [RowQuery]) {
        self.rank.rank_rows(queries);
        for query in queries {
            query.row += self.first_rows[usize::from(query.symbol)];
        }
    }

    /// The row of a place in a document, found by the text before it alone: known as soon as that occurs nowhere in these
    /// documents. `None` where it does.
    pub fn find_row(&self, text_before: &[u8]) -> Option<u64> {
        let mut range = 0..self.row_count();
        for &symbol in text_before {
            let first = self.first_rows[usize::from(symbol)];
            range = first + self.rank.rank(symbol, range.start)..first + self.rank.rank(symbol, range.end);
        }
        (range.start == range.end).then_some(range.start)
    }
}
