//! Which rows are left of many matches when each grows by a symbol of its own?

use std::ops::Range;

use super::cursor::{check_symbols, shift_ranks};
use super::steps::StepMeter;
use super::view::{ShardView, check_rows};
use crate::error::{Error, Result};
use crate::rank::{RankIndex, RankQuery};

/// Queries of one look at the interrupt.
const PIECE: usize = 256;

/// Extends each of `ranges` by the symbol at its place, as [`push`](super::push) does, at the price of few cache misses.
///
/// # Errors
/// [`Error::Argument`] for a range that is not of the view, a separator, or when there are more of one than of the
/// other; and when the caller gave up.
pub fn push_batch<V: ShardView>(
    view: &V,
    ranges: &[Range<u64>],
    symbols: &[V::Symbol],
    meter: &mut StepMeter,
) -> Result<Vec<Range<u64>>> {
    if ranges.len() != symbols.len() {
        return Err(Error::Argument(format!("{} symbols for {} ranges", symbols.len(), ranges.len())));
    }
    check_symbols(symbols)?;
    let mut queries = Vec::with_capacity(ranges.len());
    for (range, &symbol) in ranges.iter().zip(symbols) {
        check_rows(view, range)?;
        queries.push(RankQuery { symbol, range: range.clone() });
    }
    for piece in queries.chunks_mut(PIECE) {
        meter.take(piece.len())?;
        view.rank().rank_batch(piece);
    }
    Ok(queries.into_iter().map(|query| shift_ranks(view, query.symbol, query.range)).collect())
}
