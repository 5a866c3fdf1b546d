//! How does a BWT of tokens get smaller when its runs are kept once?
//!
//! The heads of the runs are a quad wavelet matrix. Two bit vectors over the rows say where runs start: in the order of
//! the BWT, and in that of their symbols, where all runs of a symbol stand together. A rank counts the runs of the symbol
//! before the row and finds where the next one starts among the rows of the symbol. (Mäkinen, Navarro: Succinct suffix
//! arrays based on run-length encoding, 2005.)
//!
//! ```text
//! tokens.runs         bytes of the first vector u64 | runs by row | runs by symbol: see `bits/ranked_bits.rs`
//! ```

use std::ops::Range;

use super::alphabet::Alphabet;
use super::dispatch::{Processor, choose_counter};
use super::encoder::{QuadSections, encode};
use super::index::QuadIndex;
use super::line::Counter;
use crate::bits::RankedBits;
use crate::error::{Error, Result};
use crate::rank::{RankIndex, RankQuery};
use crate::section::Section;

const RUNS: &str = "tokens.runs";

/// A BWT of token ids as the heads of its runs: smaller than a [`QuadIndex`], and slower.
#[derive(Debug, Clone)]
pub struct RunQuadIndex {
    pub(super) heads: QuadIndex,
    /// Where each run starts in the BWT.
    pub(super) starts: RankedBits,
    /// Where each run starts among the rows of its symbol, symbol by symbol.
    pub(super) sorted: RankedBits,
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "elsewhere there is but one"))]
    pub(super) processor: Processor,
}

/// The sections of an index of runs.
#[derive(Debug, Clone)]
pub struct RunSections {
    pub heads: QuadSections,
    /// `tokens.runs`
    pub runs: Section,
}

/// Where a row lies among the runs: the run of the row before it, and whether that counts as the symbol asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RunPlace {
    /// Place among the heads, level by level.
    pub place: u64,
    /// Whether the head there has the digits of the symbol so far.
    pub is_symbol: bool,
}

/// Encodes a BWT in which each symbol occurs `row_counts` times, as [`encode`] has them. O(n + runs · levels).
///
/// # Errors
/// As [`encode`].
pub fn encode_runs(bwt: &[u32], row_counts: &[u64]) -> Result<RunSections> {
    let runs = || bwt.chunk_by(|left, right| left == right).map(|run| (run[0], run.len() as u64));
    let heads: Vec<u32> = runs().map(|(symbol, _)| symbol).collect();
    let by_row = RankedBits::encode(bwt.len() as u64, starts_of(runs().map(|(_, len)| len)));
    // Runs come by row; their starts among the rows of their symbols are then not rising, so the bits are set by place.
    let mut next: Vec<u64> =
        row_counts.iter().scan(0, |next, count| Some(std::mem::replace(next, *next + count))).collect();
    let by_symbol = runs().filter_map(|(symbol, len)| {
        let next = next.get_mut(symbol as usize)?;
        Some(std::mem::replace(next, *next + len))
    });
    let by_symbol = RankedBits::encode(bwt.len() as u64, by_symbol);
    let sections = [(by_row.len() as u64).to_le_bytes().to_vec(), by_row, by_symbol];
    let run_count = heads.len() as u64;
    Ok(RunSections { heads: encode(heads, row_counts, run_count)?, runs: Section::from_vec(sections.concat()) })
}

fn starts_of(lengths: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    lengths.scan(0, |next, len| Some(std::mem::replace(next, *next + len)))
}

impl RunQuadIndex {
    /// Opens the sections that [`encode_runs`] made. O(levels).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not fit together.
    pub fn open(sections: RunSections) -> Result<Self> {
        let heads = QuadIndex::open(sections.heads)?;
        let parts = || {
            let first = usize::try_from(sections.runs.u64_at(0)?).ok()?.checked_add(8)?;
            Some((sections.runs.slice(8..first)?, sections.runs.slice(first..sections.runs.len())?))
        };
        let (starts, sorted) = parts().ok_or_else(|| Error::damaged(RUNS, "cut short"))?;
        let (starts, sorted) = (RankedBits::open(starts, RUNS)?, RankedBits::open(sorted, RUNS)?);
        let rows = heads.tree.alphabet.row_count();
        if [starts.ones(), sorted.ones()] != [heads.len(); 2] || [starts.len(), sorted.len()] != [rows; 2] {
            return Err(Error::damaged(RUNS, format!("{} runs of {} rows", starts.ones(), starts.len())));
        }
        let processor = heads.processor;
        Ok(Self { heads, starts, sorted, processor })
    }

    /// The same index without the processor's extras: it gives the same answers.
    #[must_use]
    pub fn portable(self) -> Self {
        Self { processor: Processor::Portable, heads: self.heads.portable(), ..self }
    }

    /// Compares the heads, the runs and their counts with each other. O(n).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn verify(&self) -> Result<()> {
        self.heads.verify()?;
        self.starts.verify(RUNS)?;
        self.sorted.verify(RUNS)?;
        // Each run is as long by row as it is by symbol.
        for run in 0..self.heads.len() {
            let (symbol, rank) =
                self.heads.symbol_rank(run).ok_or_else(|| Error::damaged(RUNS, "a run has no head"))?;
            let sorted = self.first_run(symbol).saturating_add(rank);
            let by_row = self.starts.select(run + 1).wrapping_sub(self.starts.select(run));
            if self.sorted.select(sorted.saturating_add(1)).wrapping_sub(self.sorted.select(sorted)) != by_row {
                return Err(Error::damaged(RUNS, format!("run {run} has two lengths")));
            }
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn first_row(&self, symbol: u32) -> u64 {
        self.heads.tree.alphabet.first_row(Alphabet::inner(symbol))
    }

    /// Runs of smaller symbols.
    #[inline(always)]
    pub(super) fn first_run(&self, symbol: u32) -> u64 {
        self.sorted.rank(self.first_row(symbol))
    }

    /// Rows of `symbol` in its first `runs` runs.
    #[inline(always)]
    fn start_of(&self, symbol: u32, runs: u64) -> u64 {
        self.sorted.select(self.first_run(symbol).saturating_add(runs)).saturating_sub(self.first_row(symbol))
    }

    /// The run of the row before `row`.
    #[inline(always)]
    pub(super) fn enter(&self, row: u64) -> RunPlace {
        match self.starts.rank(row).checked_sub(1) {
            Some(run) => RunPlace { place: run, is_symbol: true },
            None => RunPlace { place: 0, is_symbol: false },
        }
    }

    #[inline(always)]
    pub(super) fn step<C: Counter>(&self, counter: C, level: usize, digit: usize, at: RunPlace) -> RunPlace {
        let is_symbol = at.is_symbol && self.heads.matrix.digit(level, at.place) == digit;
        RunPlace { place: self.heads.matrix.step(counter, level, digit, at.place), is_symbol }
    }

    /// Occurrences of `symbol` before `row`, once its place among the heads is known to be after so many of its runs.
    #[inline(always)]
    pub(super) fn leave(&self, symbol: u32, row: u64, runs_before: u64, is_symbol: bool) -> u64 {
        let whole = self.start_of(symbol, runs_before);
        match is_symbol {
            true => whole.saturating_add(row.saturating_sub(self.starts.predecessor(row.saturating_sub(1)))),
            false => whole,
        }
    }

    #[inline(always)]
    fn rank_with<C: Counter>(&self, counter: C, symbol: u32, row: u64) -> u64 {
        let row = row.min(self.starts.len());
        let Some(code) = self.heads.code_of(symbol) else { return 0 };
        let (mut at, mut node) = (self.enter(row), 0);
        for level in 0..code.level as usize {
            let digit = (code.digits >> (2 * level) & 3) as usize;
            at = self.step(counter, level, digit, at);
            node += self.heads.node_step(level, digit);
        }
        let before = at.place.saturating_sub(self.heads.leaf_start(code.level as usize, node));
        self.leave(symbol, row, before, at.is_symbol)
    }

    #[inline(always)]
    fn rank_range_with<C: Counter>(&self, counter: C, symbol: u32, range: Range<u64>) -> Range<u64> {
        let (start, end) = (range.start.min(self.starts.len()), range.end.min(self.starts.len()));
        let Some(code) = self.heads.code_of(symbol).filter(|_| start < end) else { return 0..0 };
        let (mut low, mut high, mut node) = (self.enter(start), self.enter(end), 0);
        for level in 0..code.level as usize {
            if low.place == high.place && !high.is_symbol {
                return 0..0;
            }
            let digit = (code.digits >> (2 * level) & 3) as usize;
            (low, high) = (self.step(counter, level, digit, low), self.step(counter, level, digit, high));
            node += self.heads.node_step(level, digit);
        }
        let first = self.heads.leaf_start(code.level as usize, node);
        let (low_runs, high_runs) = (low.place.saturating_sub(first), high.place.saturating_sub(first));
        self.leave(symbol, start, low_runs, low.is_symbol)..self.leave(symbol, end, high_runs, high.is_symbol)
    }

    /// The run of `row` and its head, with the head's rank among the runs.
    #[inline(always)]
    pub(super) fn leave_run(&self, row: u64, symbol: u32, runs_before: u64) -> u64 {
        let whole = self.start_of(symbol, runs_before);
        whole.saturating_add(row.saturating_sub(self.starts.predecessor(row)))
    }

    #[inline(always)]
    fn symbol_rank_with<C: Counter>(&self, counter: C, row: u64) -> Option<(u32, u64)> {
        if row >= self.starts.len() {
            return None;
        }
        let run = self.starts.rank(row + 1).checked_sub(1)?;
        let (symbol, runs_before) = self.heads.symbol_rank_with(counter, run)?;
        Some((symbol, self.leave_run(row, symbol, runs_before)))
    }

    #[inline(always)]
    fn visit_symbols_with<C: Counter>(&self, counter: C, range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>)) {
        let (start, end) = (range.start.min(self.starts.len()), range.end.min(self.starts.len()));
        if start >= end {
            return;
        }
        let (Some(first), Some(last)) =
            (self.starts.rank(start + 1).checked_sub(1), self.starts.rank(end).checked_sub(1))
        else {
            return;
        };
        let head = |run| self.heads.symbol_rank_with(counter, run).map(|(symbol, _)| symbol);
        let (first_symbol, last_symbol) = (head(first), head(last));
        // What the first and the last run have outside the range.
        let before = start.saturating_sub(self.starts.predecessor(start));
        let after = self.starts.select(last.saturating_add(1)).saturating_sub(end);
        self.heads.visit_symbols_with(counter, first..last.saturating_add(1), &mut |symbol, runs| {
            let (mut low, mut high) = (self.start_of(symbol, runs.start), self.start_of(symbol, runs.end));
            if Some(symbol) == first_symbol {
                low = low.saturating_add(before);
            }
            if Some(symbol) == last_symbol {
                high = high.saturating_sub(after);
            }
            visit(symbol, low..high.max(low));
        });
    }
}

impl RankIndex for RunQuadIndex {
    type Symbol = u32;

    fn len(&self) -> u64 {
        self.starts.len()
    }

    fn rank(&self, symbol: u32, row: u64) -> u64 {
        choose_counter!(RunQuadIndex: self.rank_with(symbol: u32, row: u64) -> u64)
    }

    fn rank_range(&self, symbol: u32, range: Range<u64>) -> Range<u64> {
        choose_counter!(RunQuadIndex: self.rank_range_with(symbol: u32, range: Range<u64>) -> Range<u64>)
    }

    fn symbol_rank(&self, row: u64) -> Option<(u32, u64)> {
        choose_counter!(RunQuadIndex: self.symbol_rank_with(row: u64) -> Option<(u32, u64)>)
    }

    fn visit_symbols(&self, range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>)) {
        choose_counter!(
            RunQuadIndex: self.visit_symbols_with(range: Range<u64>, visit: &mut dyn FnMut(u32, Range<u64>)) -> ()
        )
    }

    fn rank_batch(&self, queries: &mut [RankQuery<u32>]) {
        choose_counter!(RunQuadIndex: self.rank_batch_with(queries: &mut [RankQuery<u32>]) -> ())
    }

    fn symbol_rank_batch(&self, rows: &[u64], answers: &mut Vec<Option<(u32, u64)>>) {
        choose_counter!(
            RunQuadIndex: self.symbol_rank_batch_with(rows: &[u64], answers: &mut Vec<Option<(u32, u64)>>) -> ()
        )
    }

    fn runs(&self) -> u64 {
        self.heads.len()
    }
}
