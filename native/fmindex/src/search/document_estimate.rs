//! About how many documents hold a match, when there is no time to look at all occurrences?
//!
//! Where occurrences are more than documents, documents are drawn and read up to their first match.
//!
//! Where they are fewer, occurrences are drawn. Each document with a match has exactly one *last* occurrence, so the
//! documents are as many as the occurrences that are the last of theirs: walk from an occurrence until another one (it
//! was not the last) or the end of the document (it was). No locating is needed.
//!
//! Either way what is drawn is a yes or a no, drawn without repeats, and each yes is another document certainly found.

use super::document_sweep::SweepWalker;
use super::interval::wilson_interval;
use super::range_set::RangeSet;
use super::shuffle::Shuffle;
use super::steps::StepMeter;
use super::view::ShardView;
use super::walk::{Flow, StepBudget, Walker, walk_all};
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
    let sample = match ranges.count() < view.document_count() {
        true => draw_occurrences(view, ranges, max_steps, seed, meter)?,
        false => draw_documents(view, ranges, max_steps, seed, meter)?,
    };
    Ok(sample.to_count(known, ranges.count().min(view.document_count())))
}

/// What was drawn of a population.
struct Sample {
    population: u64,
    hits: u64,
    misses: u64,
    /// Drawn, but the steps ran out before it was known what it is.
    undecided: u64,
}

impl Sample {
    /// The hits in the population, at least `known` and at most `limit`.
    fn to_count(&self, known: u64, limit: u64) -> DocumentCount {
        let decided = self.hits + self.misses;
        if decided == self.population {
            return DocumentCount::exact(self.hits);
        }
        let lower_bound = self.hits.max(known);
        let scale =
            |share: f64| ((share * self.population as f64).round() as u64).clamp(lower_bound, limit.max(lower_bound));
        let share = if decided == 0 { 0.0 } else { self.hits as f64 / decided as f64 };
        // What is undecided may be either, so the interval allows for both.
        let drawn = decided + self.undecided;
        DocumentCount {
            count: scale(share),
            is_exact: false,
            lower_bound,
            interval_low: scale(wilson_interval(self.hits, drawn).0),
            interval_high: scale(wilson_interval(self.hits + self.undecided, drawn).1),
        }
    }
}

fn draw_documents<V: ShardView>(
    view: &V,
    ranges: &RangeSet,
    max_steps: u64,
    seed: u64,
    meter: &mut StepMeter,
) -> Result<Sample> {
    let population = view.document_count();
    let shuffle = Shuffle::new(population, seed);
    let (mut drawn, mut hits) = (0, 0);
    let documents = (0..population).map(|index| shuffle.at(index)).inspect(|_| drawn += 1);
    let deliver = |_| hits += 1;
    let mut walker = SweepWalker { view, ranges, documents, stops_at_first: true, deliver };
    let undecided = walk_all(view, &mut walker, StepBudget::for_sample(max_steps), meter)?.unfinished as u64;
    Ok(Sample { population, hits, misses: drawn - hits - undecided, undecided })
}

fn draw_occurrences<V: ShardView>(
    view: &V,
    ranges: &RangeSet,
    max_steps: u64,
    seed: u64,
    meter: &mut StepMeter,
) -> Result<Sample> {
    let population = ranges.count();
    let shuffle = Shuffle::new(population, seed);
    let rows = (0..population).filter_map(|index| ranges.row_at(shuffle.at(index)));
    let mut walker = LastWalker { view, ranges, rows, lasts: 0, others: 0 };
    let undecided = walk_all(view, &mut walker, StepBudget::for_sample(max_steps), meter)?.unfinished as u64;
    Ok(Sample { population, hits: walker.lasts, misses: walker.others, undecided })
}

struct LastWalker<'a, V, I> {
    view: &'a V,
    ranges: &'a RangeSet,
    rows: I,
    /// Occurrences seen to be the last of their document.
    lasts: u64,
    others: u64,
}

impl<V: ShardView, I: Iterator<Item = u64>> Walker<V::Symbol> for LastWalker<'_, V, I> {
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

    fn read(&mut self, steps: &mut u64, _symbol: V::Symbol) -> Result<Flow> {
        *steps += 1;
        Ok(Flow::Continue)
    }

    fn end(&mut self, _steps: &mut u64) -> Result<()> {
        self.lasts += 1;
        Ok(())
    }
}
