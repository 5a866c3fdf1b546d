//! What does the search need to know of a shard?

use std::ops::Range;

use super::stored_text::StoredText;
use crate::documents::UnitCounts;
use crate::error::{Error, Result};
use crate::rank::{RankIndex, Symbol};

/// An offset in a document, in symbols: where a match ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub document: u64,
    pub offset: u64,
}

/// A collection of documents, indexed back to front.
///
/// Row `(d, k)` stands for the first `k` symbols of document `d` read from right to left; rows are sorted by that
/// reading, the start of a document before every symbol and by its number. The BWT holds `d[k]` there, or the separator
/// when `k` is the length. The first rows are `(d, 0)`, a row a document that is not hidden.
///
/// What a view answers may come from a damaged file, so the search checks each row that it steps to.
pub trait ShardView: Send + Sync {
    /// What is indexed: bytes or token ids.
    type Symbol: Symbol;
    type Rank: RankIndex<Symbol = Self::Symbol>;

    fn rank(&self) -> &Self::Rank;

    /// The first row whose prefix ends with `symbol`; the separator's is 0. O(1).
    fn first_row(&self, symbol: Self::Symbol) -> u64;

    /// The rows of the first symbols of `pattern`, and how many these are: as many as the view knows without a step of
    /// the search. The rows are empty when they do not occur.
    fn start_rows(&self, _pattern: &[Self::Symbol]) -> (usize, Range<u64>) {
        (0, 0..self.row_count())
    }

    /// Documents, the hidden ones included: their numbers are below it.
    fn document_count(&self) -> u64;

    /// Symbols of a document, or `None` past the last one.
    fn document_symbols(&self, document: u64) -> Option<u64>;

    /// Documents that are not in the rows, though they have a number.
    fn hidden_document_count(&self) -> u64 {
        0
    }

    /// The row that stands for the start of a document; `None` for one that is hidden.
    #[inline]
    fn start_row(&self, document: u64) -> Option<u64> {
        Some(document)
    }

    /// The place of `row` when it was sampled. Starts and ends of documents always are.
    fn sampled_place(&self, row: u64) -> Option<Place>;

    /// The row of the last sampled place of the document at or before `offset`, and the offset of that place.
    fn sampled_row(&self, place: Place) -> Option<(u64, u64)>;

    /// LF steps that lead from any row to a sampled one, at most.
    fn sa_rate(&self) -> u64;

    /// Symbols between two sampled places of a document.
    fn isa_rate(&self) -> u64;

    /// The characters before the last sampled offset of the document at or before `offset`, and that offset. Only
    /// of bytes.
    fn sampled_units(&self, place: Place) -> (UnitCounts, u64);

    /// The text, when the shard keeps it. Answers are the same without, but later.
    fn stored_text(&self) -> Option<&dyn StoredText<Self::Symbol>> {
        None
    }

    /// Rows: symbols of text and one separator a document.
    fn row_count(&self) -> u64 {
        self.rank().len()
    }

    /// Symbols of all documents, separators not counted.
    fn symbol_count(&self) -> u64 {
        let documents = self.document_count().saturating_sub(self.hidden_document_count());
        self.row_count().saturating_sub(documents)
    }
}

/// Rows in which a match of `length` symbols ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FoundRange {
    pub lo: u64,
    pub hi: u64,
    /// Symbols matched.
    pub length: u64,
}

impl FoundRange {
    /// Rows in the range.
    pub fn count(&self) -> u64 {
        self.hi.saturating_sub(self.lo)
    }

    pub fn rows(&self) -> Range<u64> {
        self.lo..self.hi
    }
}

/// # Errors
/// [`Error::Argument`] when the rows are not a range of the view.
pub(crate) fn check_rows<V: ShardView>(view: &V, rows: &Range<u64>) -> Result<()> {
    let row_count = view.row_count();
    if rows.start > rows.end || rows.end > row_count {
        return Err(Error::Argument(format!(
            "rows {}..{} are not a range of the {row_count} rows of this shard",
            rows.start, rows.end
        )));
    }
    Ok(())
}

/// # Errors
/// [`Error::Argument`] when a range is not one of the view, or two ranges overlap.
pub(crate) fn check_ranges<V: ShardView>(view: &V, ranges: &[FoundRange]) -> Result<()> {
    let mut by_row: Vec<Range<u64>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        check_rows(view, &range.rows())?;
        if range.lo < range.hi {
            by_row.push(range.rows());
        }
    }
    by_row.sort_unstable_by_key(|rows| rows.start);
    match by_row.windows(2).find(|pair| pair[0].end > pair[1].start) {
        Some(pair) => Err(Error::Argument(format!(
            "rows {}..{} and {}..{} overlap: give each row once",
            pair[0].start, pair[0].end, pair[1].start, pair[1].end
        ))),
        None => Ok(()),
    }
}
