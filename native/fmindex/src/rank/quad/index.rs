//! How is a BWT of token ids ranked?
//!
//! Each operation is compiled twice: in plain Rust, and inside a function where the processor counts bits.

use std::ops::Range;

use super::encoder::QuadSections;
use super::line::{Counter, Words};
use super::matrix::QuadMatrix;
use super::tree::{Code, Tree};
use crate::error::Result;
use crate::rank::{RankIndex, RankQuery, Symbol};

/// A BWT of token ids as a quad Huffman wavelet matrix: about the entropy of a token and a fifth in space; a rank reads
/// a cache line a level, of which frequent tokens have few.
///
/// Inside, symbol 0 is the separator and `id + 1` a token.
#[derive(Debug)]
pub struct QuadIndex {
    pub(super) tree: Tree,
    pub(super) matrix: QuadMatrix,
    has_popcnt: bool,
}

impl QuadIndex {
    /// Opens the sections that `encode` made. O(levels).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not fit together.
    pub fn open(sections: QuadSections) -> Result<Self> {
        let tree = Tree::open(sections.tree)?;
        let matrix = QuadMatrix::open(&tree.levels, sections.lines, sections.blocks)?;
        Ok(Self { tree, matrix, has_popcnt: has_popcnt() })
    }

    /// The same index without the processor's extras: it gives the same answers.
    #[must_use]
    pub fn portable(self) -> Self {
        Self { has_popcnt: false, ..self }
    }

    /// Ids are below it.
    pub fn vocabulary(&self) -> u64 {
        self.tree.alphabet().saturating_sub(1)
    }

    /// Distinct symbols, the separator among them.
    pub fn symbol_count(&self) -> u64 {
        self.tree.symbol_count()
    }

    /// Distinct symbols below `symbol`; the separator is below all.
    #[inline]
    pub fn symbols_below(&self, symbol: u32) -> u64 {
        self.tree.numbers_below(Self::inner_symbol(symbol))
    }

    /// Calls `visit` for each symbol that occurs, with its number: the separator, then by id.
    ///
    /// # Errors
    /// The first that `visit` returns.
    pub fn each_symbol(&self, mut visit: impl FnMut(u64, u32) -> Result<()>) -> Result<()> {
        (0..self.symbol_count()).try_for_each(|number| visit(number, Self::outer_symbol(self.tree.symbol(number))))
    }

    /// Compares the tables, the counters and the digits with each other. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn verify(&self) -> Result<()> {
        self.tree.verify()?;
        self.matrix.verify(Words)
    }

    /// The number of `symbol` inside.
    #[inline(always)]
    pub(super) fn inner_symbol(symbol: u32) -> u64 {
        if symbol == u32::SEPARATOR { 0 } else { u64::from(symbol) + 1 }
    }

    #[inline(always)]
    pub(super) fn outer_symbol(symbol: u64) -> u32 {
        u32::try_from(symbol).ok().and_then(|symbol| symbol.checked_sub(1)).unwrap_or(u32::SEPARATOR)
    }

    #[inline(always)]
    pub(super) fn code_of(&self, symbol: u32) -> Option<Code> {
        self.tree.code_of(Self::inner_symbol(symbol))
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
        let (mut place, mut node) = (row.min(self.tree.rows), 0);
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
        let (mut low, mut high, mut node) = (range.start.min(self.tree.rows), range.end.min(self.tree.rows), 0);
        for level in 0..code.level as usize {
            if low >= high {
                return 0..0;
            }
            let digit = (code.digits >> (2 * level) & 3) as usize;
            (low, high) = (self.matrix.step(counter, level, digit, low), self.matrix.step(counter, level, digit, high));
            node += self.node_step(level, digit);
        }
        let start = self.leaf_start(code.level as usize, node);
        low.saturating_sub(start)..high.saturating_sub(start)
    }

    #[inline(always)]
    fn symbol_rank_with<C: Counter>(&self, counter: C, row: u64) -> Option<(u32, u64)> {
        if row >= self.tree.rows {
            return None;
        }
        let (mut place, mut node, mut level) = (row, 0, 0);
        loop {
            if let Some(leaf) = self.tree.leaf(level, node) {
                let symbol = self.tree.symbol_of_leaf(leaf)?;
                return Some((Self::outer_symbol(symbol), place.saturating_sub(self.tree.leaf_start(leaf))));
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

#[cfg(target_arch = "x86_64")]
fn has_popcnt() -> bool {
    is_x86_feature_detected!("popcnt") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_popcnt() -> bool {
    false
}

/// `$name` compiled for the processor.
macro_rules! choose_counter {
    ($self:ident.$name:ident($($argument:ident: $type:ty),*) -> $result:ty) => {{
        #[cfg(target_arch = "x86_64")]
        if $self.has_popcnt {
            #[target_feature(enable = "popcnt,bmi1,bmi2")]
            fn with_popcnt(index: &QuadIndex, $($argument: $type),*) -> $result {
                index.$name(Words, $($argument),*)
            }
            // SAFETY: the field says that the processor has these features.
            return unsafe { with_popcnt($self, $($argument),*) };
        }
        $self.$name(Words, $($argument),*)
    }};
}

impl RankIndex for QuadIndex {
    type Symbol = u32;

    fn len(&self) -> u64 {
        self.tree.rows
    }

    fn rank(&self, symbol: u32, row: u64) -> u64 {
        choose_counter!(self.rank_with(symbol: u32, row: u64) -> u64)
    }

    fn rank_range(&self, symbol: u32, range: Range<u64>) -> Range<u64> {
        choose_counter!(self.rank_range_with(symbol: u32, range: Range<u64>) -> Range<u64>)
    }

    fn symbol_rank(&self, row: u64) -> Option<(u32, u64)> {
        choose_counter!(self.symbol_rank_with(row: u64) -> Option<(u32, u64)>)
    }

    fn visit_symbols(&self, range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>)) {
        choose_counter!(self.visit_symbols_with(range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>)) -> ())
    }

    fn visit_likeliest(&self, range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>) -> bool) {
        choose_counter!(
            self.visit_likeliest_with(range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>) -> bool) -> ()
        )
    }

    fn rank_batch(&self, queries: &mut [RankQuery<u32>]) {
        choose_counter!(self.rank_batch_with(queries: &mut [RankQuery<u32>]) -> ())
    }

    fn symbol_rank_batch(&self, rows: &[u64], answers: &mut Vec<Option<(u32, u64)>>) {
        choose_counter!(self.symbol_rank_batch_with(rows: &[u64], answers: &mut Vec<Option<(u32, u64)>>) -> ())
    }

    fn runs(&self) -> u64 {
        self.tree.runs
    }
}
