//! How often does a symbol occur in the BWT of the documents that are not hidden?

use std::ops::Range;

use super::hidden_documents::HiddenDocuments;
use crate::rank::{RankIndex, RankQuery, Symbol, sort_by_count};

/// The first row of a symbol in the whole shard.
type FirstRow<S> = Box<dyn Fn(S) -> u64 + Send + Sync>;

/// A rank structure of which some rows may be left out: its rows are those that are visible. Where nothing is hidden it
/// costs a branch, else two look-ups in short lists at each end.
pub struct VisibleRank<R: RankIndex> {
    rank: R,
    hidden: Option<Hiding<R::Symbol>>,
}

struct Hiding<S> {
    documents: HiddenDocuments,
    first_row: FirstRow<S>,
}

impl<R: RankIndex> VisibleRank<R> {
    /// All rows.
    pub fn whole(rank: R) -> Self {
        Self { rank, hidden: None }
    }

    /// Leaves out the rows of `documents`.
    pub fn hide(&mut self, documents: HiddenDocuments, first_row: FirstRow<R::Symbol>) {
        self.hidden = Some(Hiding { documents, first_row });
    }

    /// Hidden documents, when there are any.
    pub fn hidden(&self) -> Option<&HiddenDocuments> {
        self.hidden.as_ref().map(|hiding| &hiding.documents)
    }

    /// The structure with all rows.
    pub fn all_mut(&mut self) -> &mut R {
        &mut self.rank
    }

    /// Visible rows before `row` of the shard.
    #[inline]
    pub fn visible_before(&self, row: u64) -> u64 {
        self.hidden.as_ref().map_or(row, |hiding| hiding.documents.visible_before(row))
    }

    /// The row of the start of a document; `None` for one that is hidden.
    #[inline]
    pub fn start_row(&self, document: u64) -> Option<u64> {
        match &self.hidden {
            None => Some(document),
            Some(hiding) if hiding.documents.hides_document(document) => None,
            Some(hiding) => Some(hiding.documents.visible_before(document)),
        }
    }

    /// The row of the shard of a visible row.
    #[inline]
    pub fn row_of(&self, visible: u64) -> u64 {
        self.hidden.as_ref().map_or(visible, |hiding| hiding.documents.row_of(visible))
    }
}

impl<S: Symbol> Hiding<S> {
    fn rows_of(&self, visible: &Range<u64>) -> Range<u64> {
        let start = self.documents.row_of(visible.start);
        start..self.documents.row_of(visible.end).max(start)
    }

    /// The rank among the visible rows, from the one among all rows before `row`.
    fn visible_rank(&self, symbol: S, row: u64, rank: u64) -> u64 {
        if symbol == S::SEPARATOR {
            return rank.saturating_sub(self.documents.ends_before(row));
        }
        let first = (self.first_row)(symbol);
        let before = self.documents.visible_before(first);
        self.documents.visible_before(first.saturating_add(rank)).saturating_sub(before)
    }

    fn visible_ranks(&self, symbol: S, rows: &Range<u64>, ranks: Range<u64>) -> Range<u64> {
        if ranks.start >= ranks.end {
            return 0..0;
        }
        let start = self.visible_rank(symbol, rows.start, ranks.start);
        start..self.visible_rank(symbol, rows.end, ranks.end).max(start)
    }
}

impl<R: RankIndex> RankIndex for VisibleRank<R> {
    type Symbol = R::Symbol;

    fn len(&self) -> u64 {
        self.hidden.as_ref().map_or(self.rank.len(), |hiding| hiding.documents.visible_row_count())
    }

    #[inline]
    fn rank(&self, symbol: R::Symbol, row: u64) -> u64 {
        let Some(hiding) = &self.hidden else { return self.rank.rank(symbol, row) };
        let row = hiding.documents.row_of(row);
        hiding.visible_rank(symbol, row, self.rank.rank(symbol, row))
    }

    #[inline]
    fn rank_range(&self, symbol: R::Symbol, range: Range<u64>) -> Range<u64> {
        let Some(hiding) = &self.hidden else { return self.rank.rank_range(symbol, range) };
        let rows = hiding.rows_of(&range);
        let ranks = self.rank.rank_range(symbol, rows.clone());
        hiding.visible_ranks(symbol, &rows, ranks)
    }

    #[inline]
    fn symbol_rank(&self, row: u64) -> Option<(R::Symbol, u64)> {
        let Some(hiding) = &self.hidden else { return self.rank.symbol_rank(row) };
        let row = hiding.documents.row_of(row);
        let (symbol, rank) = self.rank.symbol_rank(row)?;
        Some((symbol, hiding.visible_rank(symbol, row, rank)))
    }

    fn visit_symbols(&self, range: Range<u64>, visit: &mut dyn FnMut(R::Symbol, Range<u64>)) {
        let Some(hiding) = &self.hidden else { return self.rank.visit_symbols(range, visit) };
        let rows = hiding.rows_of(&range);
        self.rank.visit_symbols(rows.clone(), &mut |symbol, ranks| {
            let ranks = hiding.visible_ranks(symbol, &rows, ranks);
            if ranks.start < ranks.end {
                visit(symbol, ranks);
            }
        });
    }

    fn visit_likeliest(&self, range: Range<u64>, visit: &mut dyn FnMut(R::Symbol, Range<u64>) -> bool) {
        if self.hidden.is_none() {
            return self.rank.visit_likeliest(range, visit);
        }
        // What is likeliest among all rows need not be so among the visible ones.
        let mut symbols = Vec::new();
        self.visit_symbols(range, &mut |symbol, ranks| symbols.push((symbol, ranks)));
        sort_by_count(&mut symbols);
        symbols.into_iter().all(|(symbol, ranks)| visit(symbol, ranks));
    }

    fn rank_batch(&self, queries: &mut [RankQuery<R::Symbol>]) {
        let Some(hiding) = &self.hidden else { return self.rank.rank_batch(queries) };
        let rows: Vec<Range<u64>> = queries.iter().map(|query| hiding.rows_of(&query.range)).collect();
        for (query, rows) in queries.iter_mut().zip(&rows) {
            query.range = rows.clone();
        }
        self.rank.rank_batch(queries);
        for (query, rows) in queries.iter_mut().zip(&rows) {
            query.range = hiding.visible_ranks(query.symbol, rows, query.range.clone());
        }
    }

    fn symbol_rank_batch(&self, rows: &[u64], answers: &mut Vec<Option<(R::Symbol, u64)>>) {
        let Some(hiding) = &self.hidden else { return self.rank.symbol_rank_batch(rows, answers) };
        let rows: Vec<u64> = rows.iter().map(|&row| hiding.documents.row_of(row)).collect();
        self.rank.symbol_rank_batch(&rows, answers);
        for (answer, &row) in answers.iter_mut().zip(&rows) {
            *answer = answer.map(|(symbol, rank)| (symbol, hiding.visible_rank(symbol, row, rank)));
        }
    }

    fn runs(&self) -> u64 {
        self.rank.runs()
    }
}
