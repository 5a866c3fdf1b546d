//! Which repeated strings are the longest, and which are repeated most?
//!
//! Only *maximal* ones are offered: none can be made longer, on either side, without losing occurrences.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::nodes::Node;

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
}

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

    /// How many were offered, the longest and the most repeated, best first.
    pub fn finish(self) -> (u64, Vec<RepeatedString>, Vec<RepeatedString>) {
        (self.offered, self.longest.into_values().rev().collect(), self.most_repeated.into_values().rev().collect())
    }
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
