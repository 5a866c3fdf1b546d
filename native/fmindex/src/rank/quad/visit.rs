//! Which symbols stand in a range, and which are the most frequent?
//!
//! A range of rows splits at each node by the four digits: two lines a node. Level by level, so that the lines of a
//! whole level are on their way together; by falling count, when only the likeliest are wanted.

use std::collections::BinaryHeap;
use std::ops::Range;

use super::alphabet::Alphabet;
use super::index::QuadIndex;
use super::line::Counter;

/// The part of a range that is in a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct NodeRange {
    /// First, so that the order of these is by it.
    count: u64,
    level: usize,
    node: u64,
    low: u64,
}

impl NodeRange {
    fn high(&self) -> u64 {
        self.low + self.count
    }
}

impl QuadIndex {
    /// [`RankIndex::visit_symbols`](crate::rank::RankIndex::visit_symbols).
    #[inline(always)]
    pub(super) fn visit_symbols_with<C: Counter>(
        &self,
        counter: C,
        range: Range<u64>,
        visit: &mut dyn FnMut(u32, Range<u64>),
    ) {
        let mut here: Vec<NodeRange> = self.root(&range).into_iter().collect();
        let mut below = Vec::new();
        while !here.is_empty() {
            for part in here.drain(..) {
                match self.tree.leaf(part.level, part.node) {
                    Some(leaf) => {
                        self.visit_leaf(leaf, &part, &mut *visit);
                    }
                    None => self.split(counter, &part, |child| {
                        self.prefetch(&child);
                        below.push(child);
                    }),
                }
            }
            std::mem::swap(&mut here, &mut below);
        }
    }

    /// [`RankIndex::visit_likeliest`](crate::rank::RankIndex::visit_likeliest).
    #[inline(always)]
    pub(super) fn visit_likeliest_with<C: Counter>(
        &self,
        counter: C,
        range: Range<u64>,
        visit: &mut dyn FnMut(u32, Range<u64>) -> bool,
    ) {
        let mut parts: BinaryHeap<NodeRange> = self.root(&range).into_iter().collect();
        while let Some(part) = parts.pop() {
            match self.tree.leaf(part.level, part.node) {
                Some(leaf) => {
                    if !self.visit_leaf(leaf, &part, &mut *visit).unwrap_or(true) {
                        return;
                    }
                }
                None => self.split(counter, &part, |child| {
                    self.prefetch(&child);
                    parts.push(child);
                }),
            }
        }
    }

    fn root(&self, range: &Range<u64>) -> Option<NodeRange> {
        let (low, high) = (range.start.min(self.tree.len), range.end.min(self.tree.len));
        (low < high).then(|| NodeRange { count: high - low, level: 0, node: 0, low })
    }

    #[inline(always)]
    fn visit_leaf<T>(&self, leaf: u64, part: &NodeRange, visit: impl FnOnce(u32, Range<u64>) -> T) -> Option<T> {
        let symbol = self.tree.symbol_of_leaf(leaf)?;
        let start = self.tree.leaf_start(leaf);
        let ranks = part.low.saturating_sub(start)..part.high().saturating_sub(start);
        Some(visit(Alphabet::outer(symbol), ranks))
    }

    /// The parts in the children of an inner node.
    #[inline(always)]
    fn split<C: Counter>(&self, counter: C, part: &NodeRange, mut visit: impl FnMut(NodeRange)) {
        let level = part.level + 1;
        if level >= self.tree.levels.len() {
            return;
        }
        let mut child = |digit: usize, low: u64, high: u64| {
            let node = part.node + self.node_step(part.level, digit);
            visit(NodeRange { count: high - low, level, node, low });
        };
        if part.count == 1 {
            let (digit, low) = self.matrix.follow(counter, part.level, part.low);
            // Only a damaged file has so large a place.
            child(digit, low.min(self.tree.len), low.min(self.tree.len) + 1);
            return;
        }
        let (low, high) = (
            self.matrix.step_all(counter, part.level, part.low),
            self.matrix.step_all(counter, part.level, part.high()),
        );
        for digit in 0..4 {
            // A damaged file could make more of a range than there are rows.
            if low[digit] < high[digit] && high[digit] <= self.tree.len {
                child(digit, low[digit], high[digit]);
            }
        }
    }

    #[inline(always)]
    fn prefetch(&self, part: &NodeRange) {
        self.matrix.prefetch(part.level, part.low);
        self.matrix.prefetch(part.level, part.high());
    }
}
