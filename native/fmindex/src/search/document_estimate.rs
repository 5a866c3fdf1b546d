//! About how many documents hold a match, when there is no time to look at all occurrences?
//!
//! Each document with a match has exactly one *last* occurrence. So the documents are as many as the occurrences that
//! are the last of their document, and the share of those is measured on a random sample: walk from an occurrence until another one
//! (it was not the last) or the end of the document (it was). No locating is needed, and each last occurrence
//! seen is a document certainly found.

use super::interval::wilson_interval;
use super::range_set::RangeSet;
use super::shuffle::Shuffle;
use super::steps::StepMeter;
use super::view::ShardView;
use super::walk::{Flow, Walker, walk_all};
use crate::error::{Error, Result};

/// Number of documents that hold a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentCount {
    pub count: u64,
    pub is_exact: bool,
    /// Documents certainly found.
    pub lower_bound: u64,
    /// 95 % interval; both ends are `count` when exact.
    pub interval_low: u64,
    pub interval_high: u64,
}

impl DocumentCount {
    pub fn exact(count: u64) -> Self {
        Self { count, is_exact: true, lower_bound: count, interval_low: count, interval_high: count }
    }
}

/// Estimates within `max_steps`. At least `known` documents are there.
pub(crate) fn estimate_documents<V: ShardView>(
    view: &V,
    ranges: &RangeSet,
    known: u64,
    max_steps: u64,
    seed: u64,
    meter: &mut StepMeter,
) -> Result<DocumentCount> {
    let occurrences = ranges.count();
    let shuffle = Shuffle::new(occurrences, seed);
    let rows = (0..occurrences).filter_map(|index| ranges.row_at(shuffle.at(index)));
    let mut walker = LastWalker { view, ranges, rows, lasts: 0, others: 0 };
    let outcome = walk_all(view, &mut walker, max_steps, meter)?;
    let (lasts, decided) = (walker.lasts, walker.lasts + walker.others);
    if outcome.is_complete {
        return Ok(DocumentCount::exact(lasts));
    }
    let lower_bound = lasts.max(known);
    let upper_bound = occurrences.min(view.document_count()).max(lower_bound);
    let scale = |share: f64| ((share * occurrences as f64).round() as u64).clamp(lower_bound, upper_bound);
    // A walk cut short may have ended either way, so the interval allows for both.
    let drawn = decided + outcome.unfinished as u64;
    let share = if decided == 0 { 0.0 } else { lasts as f64 / decided as f64 };
    Ok(DocumentCount {
        count: scale(share),
        is_exact: false,
        lower_bound,
        interval_low: scale(wilson_interval(lasts, drawn).0),
        interval_high: scale(wilson_interval(lasts + outcome.unfinished as u64, drawn).1),
    })
}

struct LastWalker<'a, V, I> {
    view: &'a V,
    ranges: &'a RangeSet,
    rows: I,
    /// Occurrences seen to be the last of their document.
    lasts: u64,
    others: u64,
}

impl<V: ShardView, I: Iterator<Item = u64>> Walker for LastWalker<'_, V, I> {
    /// Steps from the occurrence.
    type Lane = u64;

    fn start(&mut self) -> Result<Option<(u64, u64)>> {
        Ok(self.rows.next().map(|row| (0, row)))
    }

    fn arrive(&mut self, steps: &mut u64, row: u64) -> Result<Flow> {
        if *steps > self.view.row_count() {
            return Err(Error::damaged("rank", "a document has no end"));
        }
        if *steps > 0 && self.ranges.match_length(row).is_some() {
            self.others += 1;
            return Ok(Flow::Done);
        }
        Ok(Flow::Continue)
    }

    fn read(&mut self, steps: &mut u64, _symbol: u8) -> Result<Flow> {
        *steps += 1;
        Ok(Flow::Continue)
    }

    fn end(&mut self, _steps: &mut u64) -> Result<()> {
        self.lasts += 1;
        Ok(())
    }
}
