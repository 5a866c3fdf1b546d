//! How does a search end when a long pattern has one occurrence left?
//!
//! Each further symbol would be a step that only says whether the occurrence goes on with it. Once such a step meets a
//! row whose place is known, the rest of the pattern is compared with the stored text instead.

use std::ops::Range;

use super::extract::sampled_row;
use super::steps::StepMeter;
use super::stored_text::{StoredText, count_common};
use super::view::{Place, ShardView};
use super::walk::{Flow, StepBudget, Walker, walk_all};
use crate::error::{Error, Result};

/// Symbols that must be left for it to be worth looking whether a row was sampled.
const MIN_REST: usize = 128;

/// What is wanted of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The rows.
    Rows,
    /// As many rows, whichever.
    Count,
}

/// A pattern whose rest is to be compared.
struct LoneMatch {
    pattern: usize,
    /// Symbols that are found.
    pushed: usize,
    /// Where they end.
    place: Place,
}

/// Patterns of a batch that have one occurrence left.
pub(crate) struct LoneMatches<'v, V: ShardView> {
    view: &'v V,
    text: Option<&'v dyn StoredText<V::Symbol>>,
    wanted: Wanted,
    matches: Vec<LoneMatch>,
}

impl<'v, V: ShardView> LoneMatches<'v, V> {
    pub fn new(view: &'v V, wanted: Wanted) -> Self {
        Self { view, text: view.stored_text(), wanted, matches: Vec::new() }
    }

    /// Takes a pattern over, `length` symbols long of which `pushed` led to `rows`, when comparing is cheaper than going
    /// on. Returns whether it did.
    #[inline]
    pub fn take(&mut self, pattern: usize, length: usize, pushed: usize, rows: &Range<u64>) -> bool {
        let rest = length - pushed;
        match self.text {
            Some(text) if rest >= MIN_REST && rows.end - rows.start == 1 => {
                let place = self.view.sampled_place(rows.start);
                let cheaper = place.filter(|&place| self.is_cheaper(text, place, rest as u64));
                self.matches.extend(cheaper.map(|place| LoneMatch { pattern, pushed, place }));
                cheaper.is_some()
            }
            _ => false,
        }
    }

    /// Whether comparing `rest` symbols from `place` on takes less time than as many steps.
    fn is_cheaper(&self, text: &dyn StoredText<V::Symbol>, place: Place, rest: u64) -> bool {
        let end = place.offset.saturating_add(rest);
        let row_steps = match self.wanted {
            Wanted::Rows => end % self.view.isa_rate().max(1),
            Wanted::Count => 0,
        };
        text.read_steps(place.document, place.offset..end).saturating_add(row_steps) < rest
    }

    /// Compares the patterns that were taken over, and puts into `found` the row at which each ends, or none.
    ///
    /// # Errors
    /// Damage, and when the caller gave up.
    pub fn finish(mut self, patterns: &[&[V::Symbol]], found: &mut [Range<u64>], meter: &mut StepMeter) -> Result<()> {
        let Some(text) = self.text else { return Ok(()) };
        // Those that stand in the same frame come together.
        self.matches.sort_unstable_by_key(|lone| lone.place);
        let mut ends = Vec::new();
        for lone in self.matches {
            let rest = &patterns[lone.pattern][lone.pushed..];
            let is_found = count_common(text, lone.place, rest, meter)? == rest.len();
            found[lone.pattern] = 0..u64::from(is_found);
            if is_found && self.wanted == Wanted::Rows {
                let offset = lone.place.offset.saturating_add(rest.len() as u64);
                ends.push((lone.pattern, Place { offset, ..lone.place }));
            }
        }
        let mut walker = RowWalker { view: self.view, ends: ends.into_iter(), found };
        walk_all(self.view, &mut walker, StepBudget::UNLIMITED, meter)?;
        Ok(())
    }
}

/// Walks from samples to the rows of places.
struct RowWalker<'a, V> {
    view: &'a V,
    /// A pattern and where it ends.
    ends: std::vec::IntoIter<(usize, Place)>,
    found: &'a mut [Range<u64>],
}

struct RowLane {
    pattern: usize,
    steps_left: u64,
}

impl<V: ShardView> Walker<V::Symbol> for RowWalker<'_, V> {
    type Lane = RowLane;

    fn start(&mut self) -> Result<Option<(RowLane, u64)>> {
        let Some((pattern, end)) = self.ends.next() else { return Ok(None) };
        // The end of a document has no sample of its own.
        let (row, offset) = sampled_row(self.view, Place { offset: end.offset.saturating_sub(1), ..end })?;
        Ok(Some((RowLane { pattern, steps_left: end.offset - offset }, row)))
    }

    fn arrive(&mut self, lane: &mut RowLane, row: u64) -> Result<Flow> {
        if lane.steps_left > 0 {
            return Ok(Flow::Continue);
        }
        self.found[lane.pattern] = row..row + 1;
        Ok(Flow::Done)
    }

    fn read(&mut self, lane: &mut RowLane, _symbol: V::Symbol) -> Result<Flow> {
        lane.steps_left -= 1;
        Ok(Flow::Continue)
    }

    fn end(&mut self, _lane: &mut RowLane) -> Result<()> {
        Err(Error::damaged("isa-samples", "a document ends before a match in its stored text does"))
    }
}
