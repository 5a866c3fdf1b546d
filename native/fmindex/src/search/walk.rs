//! How are many walks through the text done at the price of few cache misses?
//!
//! A walk goes from row to row by LF, one symbol of its document a step, in reading order. [`walk_all`] keeps
//! [`LANES`] walks in flight and starts the next one as soon as one ends.

use super::batch::LANES;
use super::steps::StepMeter;
use super::view::ShardView;
use crate::error::{Error, Result};
use crate::rank::{RankIndex, Symbol};

/// Whether a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    Continue,
    Done,
}

/// What is done on the walks.
pub(crate) trait Walker<S> {
    /// What one walk remembers.
    type Lane;

    /// The next walk and the row it starts from.
    fn start(&mut self) -> Result<Option<(Self::Lane, u64)>>;

    /// The walk stands at `row`, before reading its symbol.
    fn arrive(&mut self, lane: &mut Self::Lane, row: u64) -> Result<Flow>;

    /// The walk read a symbol of its document.
    fn read(&mut self, lane: &mut Self::Lane, symbol: S) -> Result<Flow>;

    /// The walk came to the end of its document.
    fn end(&mut self, lane: &mut Self::Lane) -> Result<()>;
}

/// How the walks went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WalkOutcome {
    /// False when the steps ran out before all walks were started and done.
    pub is_complete: bool,
    /// Walks that were under way when the steps ran out.
    pub unfinished: usize,
}

/// How many steps the walks may take together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepBudget {
    pub max_steps: u64,
    /// Steps after which no walk starts any more, so that those under way can end.
    pub start_steps: u64,
}

impl StepBudget {
    pub const UNLIMITED: Self = Self::new(u64::MAX);

    pub const fn new(max_steps: u64) -> Self {
        Self { max_steps, start_steps: max_steps }
    }

    /// Leaves a tenth to the walks under way. A random sample needs it: walks cut short are the long ones, and without
    /// them it would not be random.
    pub const fn for_sample(max_steps: u64) -> Self {
        Self { max_steps, start_steps: max_steps - max_steps / 10 }
    }
}

/// Does all walks that `walker` starts, within `budget`.
///
/// # Errors
/// [`Error::Damaged`] when a step leaves the shard, what `walker` returns, and when the caller gave up.
pub(crate) fn walk_all<V: ShardView, W: Walker<V::Symbol>>(
    view: &V,
    walker: &mut W,
    budget: StepBudget,
    meter: &mut StepMeter,
) -> Result<WalkOutcome> {
    let mut lanes: Vec<W::Lane> = Vec::with_capacity(LANES);
    let mut rows: Vec<u64> = Vec::with_capacity(LANES);
    let mut steps: Vec<Option<(V::Symbol, u64)>> = Vec::with_capacity(LANES);
    let mut taken = 0;
    let (mut has_more, mut is_complete) = (true, true);
    loop {
        if has_more && taken >= budget.start_steps && budget.start_steps < budget.max_steps {
            (has_more, is_complete) = (false, false);
        }
        while has_more && lanes.len() < LANES {
            let Some((mut lane, row)) = walker.start()? else {
                has_more = false;
                break;
            };
            // A walk may end where it starts, so the starts count as work too.
            meter.take(1)?;
            if walker.arrive(&mut lane, check_row(view, row)?)? == Flow::Continue {
                lanes.push(lane);
                rows.push(row);
            }
        }
        if lanes.is_empty() {
            return Ok(WalkOutcome { is_complete, unfinished: 0 });
        }
        if budget.max_steps - taken < lanes.len() as u64 {
            return Ok(WalkOutcome { is_complete: false, unfinished: lanes.len() });
        }
        taken += lanes.len() as u64;
        meter.take(lanes.len())?;
        view.rank().symbol_rank_batch(&rows, &mut steps);
        let mut kept = 0;
        for at in 0..lanes.len() {
            let flow = match steps.get(at).copied().flatten() {
                None => return Err(past_the_end(rows[at])),
                Some((symbol, _)) if symbol == V::Symbol::SEPARATOR => {
                    walker.end(&mut lanes[at])?;
                    Flow::Done
                }
                Some((symbol, rank)) => match walker.read(&mut lanes[at], symbol)? {
                    Flow::Done => Flow::Done,
                    Flow::Continue => {
                        rows[at] = check_row(view, view.first_row(symbol).saturating_add(rank))?;
                        walker.arrive(&mut lanes[at], rows[at])?
                    }
                },
            };
            if flow == Flow::Continue {
                lanes.swap(kept, at);
                rows.swap(kept, at);
                kept += 1;
            }
        }
        lanes.truncate(kept);
        rows.truncate(kept);
    }
}

fn check_row<V: ShardView>(view: &V, row: u64) -> Result<u64> {
    if row < view.row_count() { Ok(row) } else { Err(past_the_end(row)) }
}

fn past_the_end(row: u64) -> Error {
    Error::damaged("rank", format!("a step leads to row {row}, past the last one"))
}
