//! How is a BWT of token ids ranked?

use std::ops::Range;

use super::alphabet::Alphabet;
use super::dispatch::{Processor, choose_counter};
use super::encoder::QuadSections;
use super::line::{Counter, Words};
use super::matrix::QuadMatrix;
use super::tree::{Code, Tree};
use crate::error::Result;
use crate::rank::{RankIndex, RankQuery};

/// A BWT of token ids as a quad Huffman wavelet matrix: about the entropy of a token and a fifth in space; a rank reads
/// a cache line a level, of which frequent tokens have few.
#[derive(Debug, Clone)]
pub struct QuadIndex {
    pub(super) tree: Tree,
    pub(super) matrix: QuadMatrix,
    pub(super) processor: Processor,
}

impl QuadIndex {
    /// Opens the sections that `encode` made. O(levels).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not fit together.
    pub fn open(sections: QuadSections) -> Result<Self> {
        let tree = Tree::open(sections.tree)?;
        let matrix = QuadMatrix::open(&tree.levels, sections.lines, sections.blocks)?;
        Ok(Self { tree, matrix, processor: Processor::detect() })
    }

    /// The same index without the processor's extras: it gives the same answers.
    #[must_use]
    pub fn portable(self) -> Self {
        Self { processor: Processor::Portable, ..self }
    }

    /// Compares the tables, the counters and the digits with each other. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn verify(&self) -> Result<()> {
        self.tree.verify()?;
        self.matrix.verify(Words)
    }

    #[inline(always)]
    pub(super) fn code_of(&self, symbol: u32) -> Option<Code> {
        self.tree.code_of(Alphabet::inner(symbol))
    }

    #[inline(always)]
    pub(super) fn node_step(&self, level: usize, digit: usize) -> u64 {
        self.tree.levels.get(level).map_or(0, |level| level.inner * digit as u64)
    }

    /// Where the occurrences of the leaf `node` of `level` begin there.
    #[inline(always)]
    pub(super) fn leaf_start(&self, level: usize, node: u64) -> u64 {
        self.tree.leaf(level, node).map_or(0, |leaf| self.tree.leaf_start(leaf))
    }

    #[inline(always)]
    fn rank_with<C: Counter>(&self, counter: C, symbol: u32, row: u64) -> u64 {
        let Some(code) = self.code_of(symbol) else { return 0 };
        let (mut place, mut node) = (row.min(self.tree.len), 0);
        for level in 0..code.level as usize {
            let digit = (code.digits >> (2 * level) & 3) as usize;
            place = self.matrix.step(counter, level, digit, place);
            node += self.node_step(level, digit);
        }
        place.saturating_sub(self.leaf_start(code.level as usize, node))
    }

    #[inline(always)]
    fn rank_range_with<C: Counter>(&self, counter: C, symbol: u32, range: Range<u64>) -> Range<u64> {
        let Some(code) = self.code_of(symbol) else { return 0..0 };
        let (mut low, mut high, mut node) = (range.start.min(self.tree.len), range.end.min(self.tree.len), 0);
        for level in 0..code.level as usize {
            if low >= high {
                return 0..0;
            }
            let digit = (code.digits >> (2 * level) & 3) as usize;
            (low, high) = self.matrix.step_range(counter, level, digit, low, high);
            node += self.node_step(level, digit);
        }
        let start = self.leaf_start(code.level as usize, node);
        low.saturating_sub(start)..high.saturating_sub(start)
    }

    #[inline(always)]
    pub(super) fn symbol_rank_with<C: Counter>(&self, counter: C, row: u64) -> Option<(u32, u64)> {
        if row >= self.tree.len {
            return None;
        }
        let (mut place, mut node, mut level) = (row, 0, 0);
        loop {
            if let Some(leaf) = self.tree.leaf(level, node) {
                let symbol = self.tree.symbol_of_leaf(leaf)?;
                return Some((Alphabet::outer(symbol), place.saturating_sub(self.tree.leaf_start(leaf))));
            }
            if level + 1 >= self.tree.levels.len() {
                return None;
            }
            let digit;
            (digit, place) = self.matrix.follow(counter, level, place);
            node += self.node_step(level, digit);
            level += 1;
        }
    }
}

impl RankIndex for QuadIndex {
    type Symbol = u32;

    fn len(&self) -> u64 {
        self.tree.len
    }

    fn rank(&self, symbol: u32, row: u64) -> u64 {
        choose_counter!(QuadIndex: self.rank_with(symbol: u32, row: u64) -> u64)
    }

    fn rank_range(&self, symbol: u32, range: Range<u64>) -> Range<u64> {
        choose_counter!(QuadIndex: self.rank_range_with(symbol: u32, range: Range<u64>) -> Range<u64>)
    }

    fn symbol_rank(&self, row: u64) -> Option<(u32, u64)> {
        choose_counter!(QuadIndex: self.symbol_rank_with(row: u64) -> Option<(u32, u64)>)
    }

    fn visit_symbols(&self, range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>)) {
        choose_counter!(QuadIndex: self.visit_symbols_with(range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>)) -> ())
    }

    fn visit_likeliest(&self, range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>) -> bool) {
        choose_counter!(
            QuadIndex: self.visit_likeliest_with(range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>) -> bool) -> ()
        )
    }

    fn rank_batch(&self, queries: &mut [RankQuery<u32>]) {
        choose_counter!(QuadIndex: self.rank_batch_with(queries: &mut [RankQuery<u32>]) -> ())
    }

    fn symbol_rank_batch(&self, rows: &[u64], answers: &mut Vec<Option<(u32, u64)>>) {
        choose_counter!(QuadIndex: self.symbol_rank_batch_with(rows: &[u64], answers: &mut Vec<Option<(u32, u64)>>) -> ())
    }

    fn runs(&self) -> u64 {
        self.tree.runs
    }
}
