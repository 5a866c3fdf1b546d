//! How do many queries wait for memory together?
//!
//! [`LANES`] of them go down the levels side by side: each asks for its lines of the next level and lets the others
//! work until they are there.

use super::alphabet::Alphabet;
use super::index::QuadIndex;
use super::line::Counter;
use super::tree::Code;
use crate::rank::RankQuery;

/// Queries side by side.
const LANES: usize = 32;

/// A query under way.
#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    code: Code,
    node: u64,
    low: u64,
    high: u64,
    is_live: bool,
}

impl QuadIndex {
    /// [`RankIndex::rank_batch`](crate::rank::RankIndex::rank_batch).
    #[inline(always)]
    pub(super) fn rank_batch_with<C: Counter>(&self, counter: C, queries: &mut [RankQuery<u32>]) {
        let mut lanes = [Lane::default(); LANES];
        for queries in queries.chunks_mut(LANES) {
            let mut last_level = 0;
            for (lane, query) in lanes.iter_mut().zip(queries.iter()) {
                *lane = self.start_lane(query);
                last_level = last_level.max(lane.code.level as usize);
            }
            let lanes = &mut lanes[..queries.len()];
            for level in 0..last_level {
                for lane in lanes.iter_mut().filter(|lane| lane.is_live && level < lane.code.level as usize) {
                    self.step_lane(counter, level, lane);
                }
            }
            for (lane, query) in lanes.iter().zip(queries) {
                query.range = match lane.is_live && lane.low < lane.high {
                    true => {
                        let start = self.leaf_start(lane.code.level as usize, lane.node);
                        lane.low.saturating_sub(start)..lane.high.saturating_sub(start)
                    }
                    false => 0..0,
                };
            }
        }
    }

    #[inline(always)]
    fn start_lane(&self, query: &RankQuery<u32>) -> Lane {
        let (low, high) = (query.range.start.min(self.tree.len), query.range.end.min(self.tree.len));
        match self.code_of(query.symbol) {
            Some(code) if low < high => {
                self.matrix.prefetch(0, low);
                self.matrix.prefetch(0, high);
                Lane { code, node: 0, low, high, is_live: true }
            }
            _ => Lane::default(),
        }
    }

    #[inline(always)]
    fn step_lane<C: Counter>(&self, counter: C, level: usize, lane: &mut Lane) {
        let digit = (lane.code.digits >> (2 * level) & 3) as usize;
        (lane.low, lane.high) = self.matrix.step_range(counter, level, digit, lane.low, lane.high);
        lane.node += self.node_step(level, digit);
        lane.is_live = lane.low < lane.high;
        if lane.is_live && level + 1 < lane.code.level as usize {
            self.matrix.prefetch(level + 1, lane.low);
            self.matrix.prefetch(level + 1, lane.high);
        }
    }

    /// [`RankIndex::symbol_rank_batch`](crate::rank::RankIndex::symbol_rank_batch).
    #[inline(always)]
    pub(super) fn symbol_rank_batch_with<C: Counter>(
        &self,
        counter: C,
        rows: &[u64],
        answers: &mut Vec<Option<(u32, u64)>>,
    ) {
        answers.clear();
        answers.resize(rows.len(), None);
        let mut lanes = [(0, 0); LANES];
        for (rows, answers) in rows.chunks(LANES).zip(answers.chunks_mut(LANES)) {
            let mut live = 0u32;
            for (at, &row) in rows.iter().enumerate().filter(|(_, row)| **row < self.tree.len) {
                lanes[at] = (row, 0);
                live |= 1 << at;
                self.matrix.prefetch(0, row);
            }
            for level in 0..self.tree.levels.len() {
                let mut rest = live;
                while rest != 0 {
                    let at = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    let (place, node) = &mut lanes[at];
                    if let Some(leaf) = self.tree.leaf(level, *node) {
                        let symbol = self.tree.symbol_of_leaf(leaf).map(Alphabet::outer);
                        answers[at] = symbol.zip(Some(place.saturating_sub(self.tree.leaf_start(leaf))));
                        live &= !(1 << at);
                    } else {
                        let digit;
                        (digit, *place) = self.matrix.follow(counter, level, *place);
                        *node += self.node_step(level, digit);
                        self.matrix.prefetch(level + 1, *place);
                    }
                }
            }
        }
    }
}
