//! How often does a symbol occur in the BWT before a row, and which symbol stands there?
//!
//! [`RankIndex`] is all that the search knows of the structure behind it. The BWT is a sequence of [`Symbol`]s; the
//! separator between documents is an ordinary one here.

pub mod quad;
pub mod run_head;
mod symbol;

use std::cmp::Reverse;
use std::ops::Range;

pub use symbol::{SEPARATOR, Symbol, SymbolKind};

/// One step of a search: the rows before the step, the symbol to add, and, once ranked, its ranks at the two ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RankQuery<S> {
    pub symbol: S,
    /// Rows when asked; ranks of `symbol` at both ends when answered.
    pub range: Range<u64>,
}

/// Rank, access and enumeration over a BWT.
///
/// The bytes behind an implementation may come from a stranger's file: a method may then answer wrongly, but it never
/// panics, reads outside its sections, loops without end or allocates without bound.
pub trait RankIndex: Send + Sync {
    type Symbol: Symbol;

    /// Symbols in the BWT, separators included.
    fn len(&self) -> u64;

    /// Whether the BWT is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Occurrences of `symbol` in the rows `0..row`. A row past the end counts as the end.
    fn rank(&self, symbol: Self::Symbol, row: u64) -> u64;

    /// [`RankIndex::rank`] at both ends of `range`, which share their work when they are close. When `symbol` does not
    /// occur in between, any empty range.
    fn rank_range(&self, symbol: Self::Symbol, range: Range<u64>) -> Range<u64> {
        self.rank(symbol, range.start)..self.rank(symbol, range.end)
    }

    /// The symbol at `row` and its rank there, in one pass; `None` past the end.
    fn symbol_rank(&self, row: u64) -> Option<(Self::Symbol, u64)>;

    /// Calls `visit` once for each distinct symbol in the rows of `range`, in any order, with its ranks at both ends. Costs
    /// a directory and a block at each end for each symbol at most, however long the range is.
    fn visit_symbols(&self, range: Range<u64>, visit: &mut dyn FnMut(Self::Symbol, Range<u64>));

    /// [`RankIndex::visit_symbols`] by falling count, until `visit` returns false.
    fn visit_likeliest(&self, range: Range<u64>, visit: &mut dyn FnMut(Self::Symbol, Range<u64>) -> bool) {
        let mut symbols = Vec::new();
        self.visit_symbols(range, &mut |symbol, ranks| symbols.push((symbol, ranks)));
        sort_by_count(&mut symbols);
        symbols.into_iter().all(|(symbol, ranks)| visit(symbol, ranks));
    }

    /// Answers many independent queries in place, overlapping their cache misses.
    fn rank_batch(&self, queries: &mut [RankQuery<Self::Symbol>]) {
        for query in queries {
            query.range = self.rank_range(query.symbol, query.range.clone());
        }
    }

    /// [`RankIndex::symbol_rank`] of many rows, overlapping their cache misses. `answers` is cleared and refilled.
    fn symbol_rank_batch(&self, rows: &[u64], answers: &mut Vec<Option<(Self::Symbol, u64)>>) {
        answers.clear();
        answers.extend(rows.iter().map(|&row| self.symbol_rank(row)));
    }

    /// Runs of equal symbols in the BWT (the `r` of n/r).
    fn runs(&self) -> u64;
}

/// Sorts symbols and their ranks by falling count, then by symbol.
pub(crate) fn sort_by_count<S: Symbol>(symbols: &mut [(S, Range<u64>)]) {
    symbols.sort_unstable_by_key(|(symbol, ranks)| (Reverse(ranks.end.saturating_sub(ranks.start)), *symbol));
}
