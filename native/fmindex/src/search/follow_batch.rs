//! What follows each of many matches?

use super::steps::StepMeter;
use super::view::ShardView;
use super::walk::{Flow, StepBudget, Walker, walk_all};
use crate::error::{Error, Result};
use crate::rank::Symbol;

/// For each row at most `max_symbols` of the text that follows the match which ends there, up to the end of its document.
/// O(symbols), many walks in flight.
///
/// # Errors
/// [`Error::Argument`] for a row past the last one, [`Error::Damaged`], and when the caller gave up.
pub fn follow_batch<V: ShardView>(
    view: &V,
    rows: &[u64],
    max_symbols: usize,
    meter: &mut StepMeter,
) -> Result<Vec<Vec<V::Symbol>>> {
    let row_count = view.row_count();
    if let Some(row) = rows.iter().find(|&&row| row >= row_count) {
        return Err(Error::Argument(format!("row {row} is not below {row_count}, the rows of this shard")));
    }
    let texts = vec![Vec::new(); rows.len()];
    let mut walker = FollowWalker { rows: rows.iter().copied().enumerate(), max_symbols, texts };
    walk_all(view, &mut walker, StepBudget::UNLIMITED, meter)?;
    Ok(walker.texts)
}

struct FollowWalker<I, S> {
    rows: I,
    max_symbols: usize,
    /// By the number of the row.
    texts: Vec<Vec<S>>,
}

impl<S: Symbol, I: Iterator<Item = (usize, u64)>> Walker<S> for FollowWalker<I, S> {
    /// The number of the row.
    type Lane = usize;

    fn start(&mut self) -> Result<Option<(usize, u64)>> {
        Ok(self.rows.next())
    }

    fn arrive(&mut self, lane: &mut usize, _row: u64) -> Result<Flow> {
        Ok(if self.texts[*lane].len() < self.max_symbols { Flow::Continue } else { Flow::Done })
    }

    fn read(&mut self, lane: &mut usize, symbol: S) -> Result<Flow> {
        self.texts[*lane].push(symbol);
        Ok(Flow::Continue)
    }

    fn end(&mut self, _lane: &mut usize) -> Result<()> {
        Ok(())
    }
}
