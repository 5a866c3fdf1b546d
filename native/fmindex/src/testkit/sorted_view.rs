//! What is the least that the search needs? Rows sorted by comparing, ranks by scanning, every k-th place sampled.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::documents::UnitCounts;
use crate::rank::{RankIndex, Symbol};
use crate::search::{Place, ShardView};

/// Sampled places: small, so that small corpora meet rows with and without a sample.
const SA_RATE: u64 = 4;
const ISA_RATE: u64 = 8;

/// A view of documents for tests; everything costs O(text).
pub struct SortedView<S> {
    documents: Vec<Vec<S>>,
    rows: Vec<Place>,
    rank: ScannedRank<S>,
}

impl<S: Symbol> SortedView<S> {
    pub fn new(documents: &[Vec<S>]) -> Self {
        let mut rows: Vec<Place> = Vec::new();
        for (document, text) in documents.iter().enumerate() {
            rows.extend((0..=text.len() as u64).map(|offset| Place { document: document as u64, offset }));
        }
        rows.sort_by(|left, right| compare_rows(documents, left, right));
        let symbol = |row: &Place| documents[row.document as usize].get(row.offset as usize).copied();
        let bwt = rows.iter().map(|row| symbol(row).unwrap_or(S::SEPARATOR)).collect();
        Self { documents: documents.to_vec(), rows, rank: ScannedRank { bwt } }
    }
}

/// Prefixes read from right to left; the start of a document is below every symbol, and ordered by the document.
fn compare_rows<S: Symbol>(documents: &[Vec<S>], left: &Place, right: &Place) -> Ordering {
    let prefix = |place: &Place| documents[place.document as usize][..place.offset as usize].iter().rev();
    prefix(left).cmp(prefix(right)).then(left.document.cmp(&right.document))
}

impl<S: Symbol> ShardView for SortedView<S> {
    type Symbol = S;
    type Rank = ScannedRank<S>;

    fn rank(&self) -> &ScannedRank<S> {
        &self.rank
    }

    fn first_row(&self, symbol: S) -> u64 {
        let below = self.rank.bwt.iter().filter(|&&other| other < symbol && other != S::SEPARATOR).count();
        if symbol == S::SEPARATOR { 0 } else { (self.documents.len() + below) as u64 }
    }

    fn document_count(&self) -> u64 {
        self.documents.len() as u64
    }

    fn document_symbols(&self, document: u64) -> Option<u64> {
        self.documents.get(document as usize).map(|text| text.len() as u64)
    }

    fn sampled_place(&self, row: u64) -> Option<Place> {
        let place = *self.rows.get(row as usize)?;
        let is_end = Some(place.offset) == self.document_symbols(place.document);
        (place.offset.is_multiple_of(SA_RATE) || is_end).then_some(place)
    }

    fn sampled_row(&self, place: Place) -> Option<(u64, u64)> {
        let offset = place.offset - place.offset % ISA_RATE;
        let row = self.rows.iter().position(|row| *row == Place { offset, ..place })?;
        Some((row as u64, offset))
    }

    fn sa_rate(&self) -> u64 {
        SA_RATE
    }

    fn isa_rate(&self) -> u64 {
        ISA_RATE
    }

    fn sampled_units(&self, _place: Place) -> (UnitCounts, u64) {
        (UnitCounts::default(), 0)
    }
}

/// A BWT and nothing else.
pub struct ScannedRank<S> {
    bwt: Vec<S>,
}

impl<S: Symbol> RankIndex for ScannedRank<S> {
    type Symbol = S;

    fn len(&self) -> u64 {
        self.bwt.len() as u64
    }

    fn rank(&self, symbol: S, row: u64) -> u64 {
        self.bwt.iter().take(row as usize).filter(|&&other| other == symbol).count() as u64
    }

    fn symbol_rank(&self, row: u64) -> Option<(S, u64)> {
        let symbol = *self.bwt.get(row as usize)?;
        Some((symbol, self.rank(symbol, row)))
    }

    fn visit_symbols(&self, range: Range<u64>, visit: &mut dyn FnMut(S, Range<u64>)) {
        let rows = range.start as usize..(range.end as usize).min(self.bwt.len());
        for symbol in self.bwt[rows].iter().copied().collect::<BTreeSet<S>>() {
            let ranks = self.rank_range(symbol, range.clone());
            if !ranks.is_empty() {
                visit(symbol, ranks);
            }
        }
    }

    fn runs(&self) -> u64 {
        self.bwt.chunk_by(|left, right| left == right).count() as u64
    }
}
