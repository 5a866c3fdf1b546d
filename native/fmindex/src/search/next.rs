//! Which symbol follows a match, and how often?
//!
//! The answer is exact and costs no walk over the occurrences: the distinct symbols of a range of the BWT come from
//! the rank vectors at its two ends.

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
    let mut keys = match (ranges, limit) {
        ([range], Some(limit)) => likeliest_in(view, range, limit),
        ([range], None) => all_in(view, range),
        _ => sum_of(view, ranges),
    };
    keys.sort_unstable();
    keys.truncate(limit.unwrap_or(usize::MAX));
    Ok(keys.into_iter().map(Key::entry).collect())
}

/// A symbol and its count as one number, which sorts as the entries do: numbers sort several times faster than pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    fn new<S: Symbol>(symbol: S, count: u64) -> Self {
        Self((u128::from(u64::MAX - count) << u32::BITS) | u128::from(symbol.to_number()))
    }

    fn count(self) -> u64 {
        u64::MAX - (self.0 >> u32::BITS) as u64
    }

    fn entry<S: Symbol>(self) -> NextEntry<S> {
        let symbol = S::from_number(self.0 as u32);
        NextEntry { unit: (symbol != S::SEPARATOR).then_some(symbol), count: self.count() }
    }
}

fn all_in<V: ShardView>(view: &V, range: &FoundRange) -> Vec<Key> {
    let mut keys = Vec::new();
    view.rank().visit_symbols(range.rows(), &mut |symbol, ranks| {
        if ranks.start < ranks.end {
            keys.push(Key::new(symbol, ranks.end - ranks.start));
        }
    });
    keys
}

/// The `limit` most frequent, and all that are as frequent as the last of them: symbols decide between these.
fn likeliest_in<V: ShardView>(view: &V, range: &FoundRange, limit: usize) -> Vec<Key> {
    let Some(last) = limit.checked_sub(1) else { return Vec::new() };
    let mut keys: Vec<Key> = Vec::new();
    view.rank().visit_likeliest(range.rows(), &mut |symbol, ranks| {
        let count = ranks.end.saturating_sub(ranks.start);
        if count == 0 || keys.get(last).is_some_and(|last| count < last.count()) {
            return false;
        }
        keys.push(Key::new(symbol, count));
        true
    });
    keys
}

fn sum_of<V: ShardView>(view: &V, ranges: &[FoundRange]) -> Vec<Key> {
    let mut counts: HashMap<V::Symbol, u64> = HashMap::new();
    for range in ranges {
        view.rank().visit_symbols(range.rows(), &mut |symbol, ranks| {
            if ranks.start < ranks.end {
                let sum = counts.entry(symbol).or_default();
                *sum = sum.saturating_add(ranks.end - ranks.start);
            }
        });
    }
    counts.into_iter().map(|(symbol, count)| Key::new(symbol, count)).collect()
}
