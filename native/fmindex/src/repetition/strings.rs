//! Which repeated strings are the longest, and which are repeated most?
//!
//! Only *maximal* ones are offered: none can be made longer, on either side, without losing occurrences.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::collection::Collection;
use super::nodes::Node;
use crate::error::Result;
use crate::search::{ShardView, StepMeter, locate};

/// Rows of one shard in which a string ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringRows {
    pub shard: usize,
    pub lo: u64,
    pub hi: u64,
}

/// A maximal string of a gram or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatedString {
    /// Symbols.
    pub length: u64,
    /// Occurrences in all shards.
    pub count: u64,
    /// Non-empty, by shard.
    pub rows: Vec<StringRows>,
    /// Some of its occurrences: those of the first rows.
    pub places: Vec<StringPlace>,
}

/// An occurrence: the document by its number in the collection, and the offset at which it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StringPlace {
    pub document: u64,
    pub end: u64,
}

/// Occurrences that are located of each string.
const PLACES: u64 = 5;

/// What strings are ordered by: the larger the better, the earlier in the order of rows among equals.
type Order = (u64, u64, Reverse<u64>);

/// Keeps the best of the strings that are offered to it, by length and by count: the same ones in whatever order they come.
#[derive(Default)]
pub(crate) struct StringPicker {
    limit: usize,
    /// How many were offered.
    offered: u64,
    longest: BTreeMap<Order, RepeatedString>,
    most_repeated: BTreeMap<Order, RepeatedString>,
}

impl StringPicker {
    pub fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    pub fn offer(&mut self, node: &Node, shards: usize) {
        self.offered += 1;
        let (count, first) = (node.row_count(), Reverse(node.merged_border(0)));
        let make = || RepeatedString {
            length: node.length,
            count,
            rows: (0..shards)
                .map(|shard| StringRows { shard, lo: node.border(0, shard), hi: node.border(node.slots(), shard) })
                .filter(|rows| rows.lo < rows.hi)
                .collect(),
            places: Vec::new(),
        };
        keep(&mut self.longest, self.limit, (node.length, count, first), make);
        keep(&mut self.most_repeated, self.limit, (count, node.length, first), make);
    }

    /// Takes over what another one kept.
    pub fn merge(&mut self, other: Self) {
        self.offered += other.offered;
        for (order, string) in other.longest {
            keep(&mut self.longest, self.limit, order, || string);
        }
        for (order, string) in other.most_repeated {
            keep(&mut self.most_repeated, self.limit, order, || string);
        }
    }

    /// How many were offered.
    pub fn offered(&self) -> u64 {
        self.offered
    }

    /// The longest and the most repeated, best first.
    ///
    /// # Errors
    /// Damage, and when the caller gave up.
    pub fn finish<V: ShardView>(
        self,
        collection: &Collection<V>,
        meter: &mut StepMeter,
    ) -> Result<(Vec<RepeatedString>, Vec<RepeatedString>)> {
        let mut finish = |best: BTreeMap<Order, RepeatedString>| {
            let mut strings: Vec<RepeatedString> = best.into_values().rev().collect();
            strings.iter_mut().try_for_each(|string| find_places(collection, string, meter))?;
            Ok(strings)
        };
        Ok((finish(self.longest)?, finish(self.most_repeated)?))
    }
}

fn find_places<V: ShardView>(
    collection: &Collection<V>,
    string: &mut RepeatedString,
    meter: &mut StepMeter,
) -> Result<()> {
    for &StringRows { shard, lo, hi } in &string.rows {
        let wanted = PLACES - string.places.len() as u64;
        let rows: Vec<u64> = (lo..hi.min(lo + wanted)).collect();
        let first = collection.first_document(shard);
        let places = locate(collection.views()[shard], &rows, meter)?;
        string
            .places
            .extend(places.iter().map(|place| StringPlace { document: first + place.document, end: place.offset }));
    }
    Ok(())
}

fn keep(best: &mut BTreeMap<Order, RepeatedString>, limit: usize, order: Order, make: impl FnOnce() -> RepeatedString) {
    let is_full = best.len() >= limit;
    if is_full && best.first_key_value().is_none_or(|(least, _)| order <= *least) {
        return;
    }
    best.insert(order, make());
    if is_full {
        best.pop_first();
    }
}
