//! How do many queries of an index of runs wait for memory together?
//!
//! As in `batch.rs`, with the bit vectors before and after the levels.

use super::line::Counter;
use super::runs::{RunPlace, RunQuadIndex};
use super::tree::Code;
use crate::rank::RankQuery;

/// Queries side by side.
const LANES: usize = 32;

/// A query under way.
#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    code: Code,
    node: u64,
    low: RunPlace,
    high: RunPlace,
    is_live: bool,
}

impl RunQuadIndex {
    /// [`RankIndex::rank_batch`](crate::rank::RankIndex::rank_batch).
    #[inline(always)]
    pub(super) fn rank_batch_with<C: Counter>(&self, counter: C, queries: &mut [RankQuery<u32>]) {
        let mut lanes = [Lane::default(); LANES];
        for queries in queries.chunks_mut(LANES) {
            for query in queries.iter_mut() {
                let rows = self.starts.len();
                query.range = query.range.start.min(rows)..query.range.end.min(rows);
                self.starts.prefetch(query.range.start);
                self.starts.prefetch(query.range.end);
            }
            let lanes = &mut lanes[..queries.len()];
            for (lane, query) in lanes.iter_mut().zip(queries.iter()) {
                *lane = self.start_lane(query);
            }
            let last_level = lanes.iter().map(|lane| lane.code.level as usize).max().unwrap_or(0);
            for level in 0..last_level {
                for lane in lanes.iter_mut().filter(|lane| lane.is_live && level < lane.code.level as usize) {
                    self.step_lane(counter, level, lane);
                }
            }
            for (lane, query) in lanes.iter().zip(queries) {
                query.range = match lane.is_live {
                    true => {
                        let first = self.heads.leaf_start(lane.code.level as usize, lane.node);
                        let leave = |row, at: RunPlace| {
                            self.leave(query.symbol, row, at.place.saturating_sub(first), at.is_symbol)
                        };
                        leave(query.range.start, lane.low)..leave(query.range.end, lane.high)
                    }
                    false => 0..0,
                };
            }
        }
    }

    #[inline(always)]
    fn start_lane(&self, query: &RankQuery<u32>) -> Lane {
        match self.heads.code_of(query.symbol) {
            Some(code) if query.range.start < query.range.end => {
                let (low, high) = (self.enter(query.range.start), self.enter(query.range.end));
                self.heads.matrix.prefetch(0, low.place);
                self.heads.matrix.prefetch(0, high.place);
                Lane { code, node: 0, low, high, is_live: true }
            }
            _ => Lane::default(),
        }
    }

    #[inline(always)]
    fn step_lane<C: Counter>(&self, counter: C, level: usize, lane: &mut Lane) {
        let digit = (lane.code.digits >> (2 * level) & 3) as usize;
        lane.low = self.step(counter, level, digit, lane.low);
        lane.high = self.step(counter, level, digit, lane.high);
        lane.node += self.heads.node_step(level, digit);
        lane.is_live = lane.low.place != lane.high.place || lane.high.is_symbol;
        if lane.is_live && level + 1 < lane.code.level as usize {
            self.heads.matrix.prefetch(level + 1, lane.low.place);
            self.heads.matrix.prefetch(level + 1, lane.high.place);
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
        rows.iter().for_each(|&row| self.starts.prefetch(row));
        // A row past the end has a run past the end, and so no answer.
        let run = |row: u64| match row < self.starts.len() {
            true => self.starts.rank(row + 1).saturating_sub(1),
            false => u64::MAX,
        };
        let runs: Vec<u64> = rows.iter().map(|&row| run(row)).collect();
        self.heads.symbol_rank_batch_with(counter, &runs, answers);
        for (answer, &row) in answers.iter_mut().zip(rows) {
            *answer = answer.map(|(symbol, runs_before)| (symbol, self.leave_run(row, symbol, runs_before)));
        }
    }
}
