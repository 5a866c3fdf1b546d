//! Which symbol follows a match, and how often?
//!
//! The answer is exact and costs no walk over the occurrences: the distinct symbols of a range of the BWT come from
//! the rank vectors at its two ends.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::steps::StepMeter;
use super::view::{FoundRange, ShardView, check_ranges};
use crate::error::Result;
use crate::rank::{RankIndex, Symbol};

/// What follows, and how many matches it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextEntry<T> {
    /// `None` for the end of a document.
    pub unit: Option<T>,
    pub count: u64,
}

/// The symbols that follow the matches which end in `ranges`: most frequent first, then by symbol, the end of a document
/// last among equals; at most `limit` of them. Without a limit the counts sum to the rows of the ranges.
///
/// # Complexity
/// O(distinct symbols) ranks a range; with a limit and one range only down to the count of the last that is wanted.
///
/// # Errors
/// [`Error::Argument`](crate::error::Error::Argument) for ranges that are not of this view or overlap, and when the
/// caller gave up.
pub fn next_symbols<V: ShardView>(
    view: &V,
    ranges: &[FoundRange],
    limit: Option<usize>,
    meter: &mut StepMeter,
) -> Result<Vec<NextEntry<V::Symbol>>> {
    check_ranges(view, ranges)?;
    meter.take(ranges.len().max(1))?;
    let mut entries = match (ranges, limit) {
        ([range], Some(limit)) => likeliest_in(view, range, limit),
        ([range], None) => all_in(view, range),
        _ => sum_of(view, ranges),
    };
    sort_entries(&mut entries);
    entries.truncate(limit.unwrap_or(usize::MAX));
    Ok(entries)
}

fn entry<S: Symbol>(symbol: S, count: u64) -> NextEntry<S> {
    NextEntry { unit: (symbol != S::SEPARATOR).then_some(symbol), count }
}

fn all_in<V: ShardView>(view: &V, range: &FoundRange) -> Vec<NextEntry<V::Symbol>> {
    let mut entries = Vec::new();
    view.rank().visit_symbols(range.rows(), &mut |symbol, ranks| {
        if ranks.start < ranks.end {
            entries.push(entry(symbol, ranks.end - ranks.start));
        }
    });
    entries
}

/// The `limit` most frequent, and all that are as frequent as the last of them: symbols decide between these.
fn likeliest_in<V: ShardView>(view: &V, range: &FoundRange, limit: usize) -> Vec<NextEntry<V::Symbol>> {
    let Some(last) = limit.checked_sub(1) else { return Vec::new() };
    let mut entries: Vec<NextEntry<V::Symbol>> = Vec::new();
    view.rank().visit_likeliest(range.rows(), &mut |symbol, ranks| {
        let count = ranks.end.saturating_sub(ranks.start);
        if count == 0 || entries.get(last).is_some_and(|last| count < last.count) {
            return false;
        }
        entries.push(entry(symbol, count));
        true
    });
    entries
}

fn sum_of<V: ShardView>(view: &V, ranges: &[FoundRange]) -> Vec<NextEntry<V::Symbol>> {
    let mut counts: HashMap<V::Symbol, u64> = HashMap::new();
    for range in ranges {
        view.rank().visit_symbols(range.rows(), &mut |symbol, ranks| {
            if ranks.start < ranks.end {
                let sum = counts.entry(symbol).or_default();
                *sum = sum.saturating_add(ranks.end - ranks.start);
            }
        });
    }
    counts.into_iter().map(|(symbol, count)| entry(symbol, count)).collect()
}

/// Most frequent first, then by what they stand for, the end of a document last among equals.
pub(super) fn sort_entries<T: Ord>(entries: &mut [NextEntry<T>]) {
    let order = |entry: &NextEntry<T>| (Reverse(entry.count), entry.unit.is_none());
    entries.sort_unstable_by(|left, right| order(left).cmp(&order(right)).then_with(|| left.unit.cmp(&right.unit)));
}
