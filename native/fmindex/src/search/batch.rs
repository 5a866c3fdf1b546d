//! How are many patterns searched at the price of few cache misses?
//!
//! A rank waits on memory most of its time, so [`find_batch`] keeps [`LANES`] searches in flight and refills a slot as
//! soon as its pattern is found or lost.

use std::ops::Range;

use super::cursor::{all_rows, check_symbols, shift_ranks};
use super::lone_match::{LoneMatches, Wanted};
use super::steps::StepMeter;
use super::view::ShardView;
use crate::error::Result;
use crate::rank::{RankIndex, RankQuery};

/// Searches in flight: enough to hide memory, measured; twice as many gain nothing.
pub(crate) const LANES: usize = 16;

/// A pattern on its way: which one, and how many of its symbols are pushed.
struct Lane {
    pattern: usize,
    pushed: usize,
}

/// The rows of each pattern; an empty range when it does not occur, all rows for the empty pattern.
/// O(sum of the patterns' symbols).
///
/// # Errors
/// [`Error::Argument`](crate::error::Error::Argument) when a pattern holds the separator, and when the caller gave up.
pub fn find_batch<V: ShardView>(view: &V, patterns: &[&[V::Symbol]], meter: &mut StepMeter) -> Result<Vec<Range<u64>>> {
    search_batch(view, patterns, Wanted::Rows, meter)
}

fn search_batch<V: ShardView>(
    view: &V,
    patterns: &[&[V::Symbol]],
    wanted: Wanted,
    meter: &mut StepMeter,
) -> Result<Vec<Range<u64>>> {
    for pattern in patterns {
        check_symbols(pattern)?;
    }
    let mut found = vec![all_rows(view); patterns.len()];
    let mut waiting = patterns.iter().enumerate().filter(|(_, pattern)| !pattern.is_empty());
    let mut lone_matches = LoneMatches::new(view, wanted);
    let mut lanes: Vec<Lane> = Vec::with_capacity(LANES);
    let mut queries: Vec<RankQuery<V::Symbol>> = Vec::with_capacity(LANES);
    loop {
        while lanes.len() < LANES {
            let Some((pattern, symbols)) = waiting.next() else { break };
            let (pushed, rows) = view.start_rows(symbols);
            if rows.is_empty() || pushed == symbols.len() {
                meter.take(1)?;
                found[pattern] = rows;
                continue;
            }
            lanes.push(Lane { pattern, pushed });
            queries.push(RankQuery { symbol: symbols[pushed], range: rows });
        }
        if lanes.is_empty() {
            lone_matches.finish(patterns, &mut found, meter)?;
            return Ok(found);
        }
        meter.take(lanes.len())?;
        view.rank().rank_batch(&mut queries);
        let mut at = 0;
        while at < lanes.len() {
            let (lane, query) = (&mut lanes[at], &mut queries[at]);
            let symbols = patterns[lane.pattern];
            let rows = shift_ranks(view, query.symbol, query.range.clone());
            lane.pushed += 1;
            if rows.is_empty() || lane.pushed == symbols.len() {
                found[lane.pattern] = rows;
                lanes.swap_remove(at);
                queries.swap_remove(at);
            } else if lone_matches.take(lane.pattern, symbols.len(), lane.pushed, &rows) {
                lanes.swap_remove(at);
                queries.swap_remove(at);
            } else {
                *query = RankQuery { symbol: symbols[lane.pushed], range: rows };
                at += 1;
            }
        }
    }
}

/// Overlapping occurrences of each pattern; for the empty pattern the symbols of all documents.
///
/// # Errors
/// As [`find_batch`].
pub fn count_batch<V: ShardView>(view: &V, patterns: &[&[V::Symbol]], meter: &mut StepMeter) -> Result<Vec<u64>> {
    let found = search_batch(view, patterns, Wanted::Count, meter)?;
    let count = |(rows, pattern): (Range<u64>, &&[V::Symbol])| match pattern.is_empty() {
        true => view.symbol_count(),
        false => rows.end - rows.start,
    };
    Ok(found.into_iter().zip(patterns).map(count).collect())
}
