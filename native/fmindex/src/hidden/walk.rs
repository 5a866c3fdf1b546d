//! Which rows are those of a document?

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::rank::{RankIndex, Symbol};

/// Documents that are read side by side.
const LANES: usize = 64;

/// Calls `visit` with each row of `documents` and the symbol after it: the separator at their ends. O(their symbols).
///
/// # Errors
/// [`Error::Damaged`] when a document has no end; [`Error::Cancelled`]; what `visit` says.
pub(crate) fn walk_documents<R: RankIndex>(
    rank: &R,
    first_row: impl Fn(R::Symbol) -> u64,
    documents: &[u64],
    interrupt: Interrupt<'_>,
    mut visit: impl FnMut(u64, R::Symbol) -> Result<()>,
) -> Result<()> {
    let damaged = |detail: &str| Error::damaged("rank", detail);
    let mut waiting = documents.iter().copied();
    // Row `d` is the start of document `d`.
    let mut rows: Vec<u64> = waiting.by_ref().take(LANES).collect();
    let mut answers = Vec::new();
    let mut steps = 0u64;
    while !rows.is_empty() {
        interrupt.check()?;
        rank.symbol_rank_batch(&rows, &mut answers);
        steps += rows.len() as u64;
        if steps > rank.len() {
            return Err(damaged("a document has no end"));
        }
        let mut next = Vec::with_capacity(rows.len());
        for (&row, answer) in rows.iter().zip(&answers) {
            let &Some((symbol, rank)) = answer else { return Err(damaged("a document leads past the last row")) };
            visit(row, symbol)?;
            if symbol == R::Symbol::SEPARATOR {
                next.extend(waiting.next());
            } else {
                next.push(first_row(symbol).saturating_add(rank));
            }
        }
        rows = next;
    }
    Ok(())
}
