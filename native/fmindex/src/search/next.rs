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
/// last among equals. The counts sum to the rows of the ranges. O(distinct symbols) ranks a range.
///
/// # Errors
/// [`Error::Argument`](crate::error::Error::Argument) for ranges that are not of this view or overlap, and when the
/// caller gave up.
pub fn next_symbols<V: ShardView>(
    view: &V,
    ranges: &[FoundRange],
    meter: &mut StepMeter,
) -> Result<Vec<NextEntry<V::Symbol>>> {
    check_ranges(view, ranges)?;
    let mut counts: HashMap<V::Symbol, u64> = HashMap::new();
    for range in ranges {
        meter.take(1)?;
        view.rank().visit_symbols(range.rows(), &mut |symbol, ranks| {
            if ranks.start < ranks.end {
                let sum = counts.entry(symbol).or_default();
                *sum = sum.saturating_add(ranks.end - ranks.start);
            }
        });
    }
    let unit = |symbol| (symbol != V::Symbol::SEPARATOR).then_some(symbol);
    let mut entries: Vec<_> =
        counts.into_iter().map(|(symbol, count)| NextEntry { unit: unit(symbol), count }).collect();
    sort_entries(&mut entries);
    Ok(entries)
}

/// Most frequent first, then by what they stand for, the end of a document last among equals.
pub(super) fn sort_entries<T: Ord>(entries: &mut [NextEntry<T>]) {
    let order = |entry: &NextEntry<T>| (Reverse(entry.count), entry.unit.is_none());
    entries.sort_unstable_by(|left, right| order(left).cmp(&order(right)).then_with(|| left.unit.cmp(&right.unit)));
}
