//! Where are the matches in whole documents, when these are read from their first symbol to their last?

use super::range_set::RangeSet;
use super::view::ShardView;
use super::walk::{Flow, Walker};
use crate::error::Result;

/// What a document holds of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentMatches {
    pub document: u64,
    /// Occurrences in the document.
    pub count: u64,
    /// End offset of the first occurrence: of that which starts first.
    pub first_end: u64,
    /// Symbols of the first occurrence.
    pub first_length: u64,
}

impl DocumentMatches {
    pub fn first(document: u64, end: u64, length: u64) -> Self {
        Self { document, count: 1, first_end: end, first_length: length }
    }

    /// Adds the matches of another part of the same document.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        let start = |matches: &Self| (matches.first_end.saturating_sub(matches.first_length), matches.first_end);
        if start(other) < start(self) {
            (self.first_end, self.first_length) = (other.first_end, other.first_length);
        }
    }
}

/// Reads whole documents side by side and hands over each that holds a match, once it is read. LF steps only.
pub(crate) struct SweepWalker<'a, V, I, F> {
    pub view: &'a V,
    pub ranges: &'a RangeSet,
    pub documents: I,
    /// Leave a document at its first match: enough to count documents.
    pub stops_at_first: bool,
    pub deliver: F,
}

pub(crate) struct SweepLane {
    document: u64,
    offset: u64,
    matches: Option<DocumentMatches>,
}

impl<V, I, F> Walker<V::Symbol> for SweepWalker<'_, V, I, F>
where
    V: ShardView,
    I: Iterator<Item = u64>,
    F: FnMut(DocumentMatches),
{
    type Lane = SweepLane;

    fn start(&mut self) -> Result<Option<(SweepLane, u64)>> {
        let next = self.documents.find_map(|document| Some((document, self.view.start_row(document)?)));
        Ok(next.map(|(document, row)| (SweepLane { document, offset: 0, matches: None }, row)))
    }

    fn arrive(&mut self, lane: &mut SweepLane, row: u64) -> Result<Flow> {
        if lane.offset > self.view.row_count() {
            // Only a damaged file walks in a circle.
            return Err(crate::error::Error::damaged("rank", format!("document {} has no end", lane.document)));
        }
        if let Some(length) = self.ranges.match_length(row) {
            let found = DocumentMatches::first(lane.document, lane.offset, length);
            match &mut lane.matches {
                Some(matches) => matches.merge(&found),
                None => lane.matches = Some(found),
            }
            if self.stops_at_first {
                (self.deliver)(found);
                return Ok(Flow::Done);
            }
        }
        Ok(Flow::Continue)
    }

    fn read(&mut self, lane: &mut SweepLane, _symbol: V::Symbol) -> Result<Flow> {
        lane.offset += 1;
        Ok(Flow::Continue)
    }

    fn end(&mut self, lane: &mut SweepLane) -> Result<()> {
        if let Some(matches) = lane.matches {
            (self.deliver)(matches);
        }
        Ok(())
    }
}
