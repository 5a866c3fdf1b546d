//! Which rows are left when a match grows by one symbol on its right?

use std::ops::Range;

use super::view::{ShardView, check_rows};
use crate::error::{Error, Result};
use crate::rank::{RankIndex, Symbol};

/// The rows of all prefixes: where a search starts.
pub fn all_rows<V: ShardView>(view: &V) -> Range<u64> {
    0..view.row_count()
}

/// Rows of the matches in `rows` that go on with `symbol`; empty when there is none. Two ranks.
#[inline]
pub(crate) fn push_symbol<V: ShardView>(view: &V, rows: &Range<u64>, symbol: V::Symbol) -> Range<u64> {
    if symbol == V::Symbol::SEPARATOR {
        return 0..0;
    }
    shift_ranks(view, symbol, view.rank().rank_range(symbol, rows.clone()))
}

/// The rows that `symbol` leads to from where its ranks are `ranks`. A damaged file cannot lead outside the shard.
#[inline]
pub(crate) fn shift_ranks<V: ShardView>(view: &V, symbol: V::Symbol, ranks: Range<u64>) -> Range<u64> {
    let (first, end) = (view.first_row(symbol), view.row_count());
    let lo = first.saturating_add(ranks.start).min(end);
    lo..first.saturating_add(ranks.end).clamp(lo, end)
}

/// Extends `rows` by `symbols` in reading order; ends early when they are empty. O(symbols).
///
/// # Errors
/// [`Error::Argument`] when a symbol is the separator or `rows` is not a range of the view.
pub fn push<V: ShardView>(view: &V, rows: Range<u64>, symbols: &[V::Symbol]) -> Result<Range<u64>> {
    check_symbols(symbols)?;
    check_rows(view, &rows)?;
    let is_start = rows == all_rows(view);
    let (pushed, mut rows) = if is_start { view.start_rows(symbols) } else { (0, rows) };
    for &symbol in &symbols[pushed..] {
        if rows.is_empty() {
            break;
        }
        rows = push_symbol(view, &rows, symbol);
    }
    Ok(rows)
}

/// Any symbols can be counted but the separator, which stands for the end of a document.
///
/// # Errors
/// [`Error::Argument`] with its place.
pub(crate) fn check_symbols<S: Symbol>(symbols: &[S]) -> Result<()> {
    match symbols.iter().position(|&symbol| symbol == S::SEPARATOR) {
        Some(at) => Err(Error::Argument(format!("{} at {at}", S::SEPARATOR_IN_PATTERN))),
        None => Ok(()),
    }
}
