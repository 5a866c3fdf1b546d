//! Which of the two structures has a shard of tokens?

use std::ops::Range;

use super::alphabet::Alphabet;
use super::index::QuadIndex;
use super::runs::RunQuadIndex;
use crate::error::Result;
use crate::rank::{RankIndex, RankQuery};

/// A BWT of tokens, whole or by its runs.
#[derive(Debug, Clone)]
pub enum TokenRank {
    Quad(QuadIndex),
    Runs(RunQuadIndex),
}

/// The same call on either.
macro_rules! on_either {
    ($self:ident, $index:ident => $call:expr) => {
        match $self {
            TokenRank::Quad($index) => $call,
            TokenRank::Runs($index) => $call,
        }
    };
}

impl TokenRank {
    fn alphabet(&self) -> &Alphabet {
        match self {
            Self::Quad(index) => &index.tree.alphabet,
            Self::Runs(index) => &index.heads.tree.alphabet,
        }
    }

    /// Ids are below it.
    pub fn vocabulary(&self) -> u64 {
        self.alphabet().len().saturating_sub(1)
    }

    /// Rows that the symbols have together.
    pub fn alphabet_rows(&self) -> u64 {
        self.alphabet().row_count()
    }

    /// The first row of `symbol`, which is that of the next symbol when it does not occur. O(1).
    #[inline]
    pub fn first_row(&self, symbol: u32) -> u64 {
        self.alphabet().first_row(Alphabet::inner(symbol))
    }

    /// Each symbol that occurs, with its occurrences: the separator, then by id.
    pub fn symbol_counts(&self) -> impl Iterator<Item = (u32, u64)> {
        let alphabet = self.alphabet();
        (0..alphabet.occurring()).map(|number| (Alphabet::outer(alphabet.symbol(number)), alphabet.count(number)))
    }

    /// Compares all that is kept with each other. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::error::Error::Damaged).
    pub fn verify(&self) -> Result<()> {
        on_either!(self, index => index.verify())
    }
}

impl RankIndex for TokenRank {
    type Symbol = u32;

    fn len(&self) -> u64 {
        on_either!(self, index => index.len())
    }

    fn rank(&self, symbol: u32, row: u64) -> u64 {
        on_either!(self, index => index.rank(symbol, row))
    }

    fn rank_range(&self, symbol: u32, range: Range<u64>) -> Range<u64> {
        on_either!(self, index => index.rank_range(symbol, range))
    }

    fn symbol_rank(&self, row: u64) -> Option<(u32, u64)> {
        on_either!(self, index => index.symbol_rank(row))
    }

    fn visit_symbols(&self, range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>)) {
        on_either!(self, index => index.visit_symbols(range, visit))
    }

    fn visit_likeliest(&self, range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>) -> bool) {
        on_either!(self, index => index.visit_likeliest(range, visit))
    }

    fn rank_batch(&self, queries: &mut [RankQuery<u32>]) {
        on_either!(self, index => index.rank_batch(queries))
    }

    fn symbol_rank_batch(&self, rows: &[u64], answers: &mut Vec<Option<(u32, u64)>>) {
        on_either!(self, index => index.symbol_rank_batch(rows, answers))
    }

    fn runs(&self) -> u64 {
        on_either!(self, index => index.runs())
    }
}
