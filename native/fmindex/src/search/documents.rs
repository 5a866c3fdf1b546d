//! Which documents hold a match, how many are they, and how often does each hold it?
//!
//! Two exact ways: locate every occurrence (at most the sample rate in steps each), or read all documents once (a step
//! a row, and a document may be left at its first match when only counting). The one whose predicted steps are fewer
//! is taken.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::document_estimate::{DocumentCount, estimate_documents};
use super::document_sweep::{DocumentMatches, SweepWalker};
use super::locate::LocateWalker;
use super::range_set::RangeSet;
use super::steps::StepMeter;
use super::view::{FoundRange, Place, ShardView, check_ranges};
use super::walk::{StepBudget, walk_all};
use crate::error::Result;

/// Documents that hold a match, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentList {
    pub documents: Vec<DocumentMatches>,
    /// False when the steps ran out: each document listed is right and whole, but there may be more.
    pub is_complete: bool,
}

/// Number of documents that hold one of `ranges`, exact within `max_steps` LF steps, otherwise estimated on a
/// sample that `seed` chooses.
///
/// # Errors
/// [`Error::Argument`](crate::error::Error::Argument) for ranges that are not of this view or overlap; damage; and
/// when the caller gave up.
pub fn count_documents<V: ShardView>(
    view: &V,
    ranges: &[FoundRange],
    max_steps: u64,
    seed: u64,
    meter: &mut StepMeter,
) -> Result<DocumentCount> {
    check_ranges(view, ranges)?;
    let ranges = RangeSet::new(ranges);
    if ranges.count() == 0 {
        return Ok(DocumentCount::exact(0));
    }
    let plan = Plan::new(view, &ranges, true);
    // What is kept back pays for an estimate should the prediction be too low.
    let (exact_steps, reserve) = (max_steps - max_steps / 4, max_steps / 4);
    if plan.steps() > exact_steps {
        return estimate_documents(view, &ranges, 0, max_steps, seed, meter);
    }
    let (count, is_complete) = match plan.locates() {
        true => count_located(view, &ranges, exact_steps, meter)?,
        false => count_swept(view, &ranges, exact_steps, meter)?,
    };
    match is_complete {
        true => Ok(DocumentCount::exact(count)),
        false => estimate_documents(view, &ranges, count, reserve, seed, meter),
    }
}

/// Documents that hold one of `ranges`, with the occurrences in each and the first one's place, within `max_steps` LF
/// steps.
///
/// # Errors
/// As [`count_documents`].
pub fn list_documents<V: ShardView>(
    view: &V,
    ranges: &[FoundRange],
    max_steps: u64,
    meter: &mut StepMeter,
) -> Result<DocumentList> {
    check_ranges(view, ranges)?;
    let ranges = RangeSet::new(ranges);
    let plan = Plan::new(view, &ranges, false);
    if !plan.locates() {
        return list_swept(view, &ranges, 0..view.document_count(), max_steps, meter);
    }
    let all_fit = ranges.count().saturating_mul(view.sa_rate()) <= max_steps;
    let (located, is_complete) = list_located(view, &ranges, if all_fit { max_steps } else { max_steps / 2 }, meter)?;
    if is_complete {
        return Ok(DocumentList { documents: located, is_complete });
    }
    // Occurrences come in row order, so none of the documents found is surely whole: read those.
    let found = located.into_iter().map(|matches| matches.document);
    let whole = list_swept(view, &ranges, found, max_steps / 2, meter)?;
    Ok(DocumentList { is_complete: false, ..whole })
}

/// The first `limit` documents from `first_document` on that hold one of `ranges`, by reading documents one after the
/// other: soon done for a match that many documents hold, whatever its count.
///
/// # Errors
/// As [`count_documents`].
pub fn list_documents_from<V: ShardView>(
    view: &V,
    ranges: &[FoundRange],
    first_document: u64,
    limit: usize,
    max_steps: u64,
    meter: &mut StepMeter,
) -> Result<DocumentList> {
    check_ranges(view, ranges)?;
    let ranges = RangeSet::new(ranges);
    let found_count = Cell::new(0);
    let mut found = Vec::new();
    let deliver = |matches: DocumentMatches| {
        found_count.set(found_count.get() + 1);
        found.push(matches);
    };
    // Walks begin in the order of the documents and all end: what comes before the first that is not begun is known.
    let documents = (first_document..view.document_count()).take_while(|_| found_count.get() < limit);
    let mut walker = SweepWalker { view, ranges: &ranges, documents, stops_at_first: false, deliver };
    let outcome = walk_all(view, &mut walker, StepBudget::new(max_steps), meter)?;
    sort_by_document(&mut found);
    found.truncate(limit);
    Ok(DocumentList { documents: found, is_complete: outcome.is_complete })
}

/// The steps that the two ways are predicted to take.
struct Plan {
    locate_steps: u64,
    sweep_steps: u64,
}

impl Plan {
    fn new<V: ShardView>(view: &V, ranges: &RangeSet, stops_at_first: bool) -> Self {
        let (rows, documents) = (view.row_count(), view.document_count().max(1));
        let occurrences = ranges.count().max(1);
        // The next sample is half a rate away on average; ends of documents are sampled too.
        let steps_a_row = (view.sa_rate() / 2).min(rows / documents).max(1);
        let steps_to_first = (rows / documents).min(rows / occurrences).max(1);
        Self {
            locate_steps: occurrences.saturating_mul(steps_a_row),
            sweep_steps: if stops_at_first { documents.saturating_mul(steps_to_first) } else { rows },
        }
    }

    fn locates(&self) -> bool {
        self.locate_steps <= self.sweep_steps
    }

    fn steps(&self) -> u64 {
        self.locate_steps.min(self.sweep_steps)
    }
}

fn count_located<V: ShardView>(
    view: &V,
    ranges: &RangeSet,
    max_steps: u64,
    meter: &mut StepMeter,
) -> Result<(u64, bool)> {
    let mut documents = HashSet::new();
    let deliver = |_length, place: Place| {
        documents.insert(place.document);
    };
    let outcome =
        walk_all(view, &mut LocateWalker { view, rows: ranges.rows(), deliver }, StepBudget::new(max_steps), meter)?;
    Ok((documents.len() as u64, outcome.is_complete))
}

fn count_swept<V: ShardView>(
    view: &V,
    ranges: &RangeSet,
    max_steps: u64,
    meter: &mut StepMeter,
) -> Result<(u64, bool)> {
    let mut count = 0;
    let deliver = |_matches| count += 1;
    let documents = 0..view.document_count();
    let mut walker = SweepWalker { view, ranges, documents, stops_at_first: true, deliver };
    let outcome = walk_all(view, &mut walker, StepBudget::new(max_steps), meter)?;
    Ok((count, outcome.is_complete))
}

fn list_located<V: ShardView>(
    view: &V,
    ranges: &RangeSet,
    max_steps: u64,
    meter: &mut StepMeter,
) -> Result<(Vec<DocumentMatches>, bool)> {
    let mut documents: HashMap<u64, DocumentMatches> = HashMap::new();
    let deliver = |length, place: Place| {
        let found = DocumentMatches::first(place.document, place.offset, length);
        documents.entry(place.document).and_modify(|matches| matches.merge(&found)).or_insert(found);
    };
    let outcome =
        walk_all(view, &mut LocateWalker { view, rows: ranges.rows(), deliver }, StepBudget::new(max_steps), meter)?;
    let mut documents: Vec<DocumentMatches> = documents.into_values().collect();
    sort_by_document(&mut documents);
    Ok((documents, outcome.is_complete))
}

fn list_swept<V: ShardView>(
    view: &V,
    ranges: &RangeSet,
    documents: impl Iterator<Item = u64>,
    max_steps: u64,
    meter: &mut StepMeter,
) -> Result<DocumentList> {
    let mut found = Vec::new();
    let deliver = |matches: DocumentMatches| found.push(matches);
    let mut walker = SweepWalker { view, ranges, documents, stops_at_first: false, deliver };
    let outcome = walk_all(view, &mut walker, StepBudget::new(max_steps), meter)?;
    sort_by_document(&mut found);
    Ok(DocumentList { documents: found, is_complete: outcome.is_complete })
}

/// In one place, for a sort is a kilobyte of the browser module.
fn sort_by_document(found: &mut [DocumentMatches]) {
    found.sort_unstable_by_key(|matches| matches.document);
}
