//! Do walks through documents meet the samples that they should?

use crate::error::{Error, Result};
use crate::interrupt::{Interrupt, STEPS_A_POLL};
use crate::rank::{RankIndex, Symbol};
use crate::search::{Place, ShardView};

/// LF steps that are walked at most; 2^24 take a few seconds.
const MAX_WALK_STEPS: u64 = 1 << 24;
/// Documents that are walked, spread over the shard.
const MAX_WALKS: u64 = 1 << 12;
const WALK: &str = "structure";

/// Walks through up to 4,096 documents from end to end and compares each sample on the way.
///
/// # Errors
/// [`Error::Damaged`]; [`Error::Cancelled`].
pub(crate) fn verify_walks<V: ShardView>(view: &V, interrupt: Interrupt<'_>) -> Result<()> {
    let documents = view.document_count();
    let stride = (documents / MAX_WALKS.min(documents).max(1)).max(1);
    let mut steps = 0;
    for document in (0..documents).step_by(usize::try_from(stride).unwrap_or(usize::MAX)) {
        steps += verify_walk(view, document, interrupt)?;
        if steps > MAX_WALK_STEPS {
            break;
        }
    }
    Ok(())
}

/// Walks through `document`. Returns the steps.
fn verify_walk<V: ShardView>(view: &V, document: u64, interrupt: Interrupt<'_>) -> Result<u64> {
    let damaged =
        |offset: u64, what: &str| Error::damaged(WALK, format!("document {document}, offset {offset}: {what}"));
    let symbols = view.document_symbols(document).ok_or_else(|| damaged(0, "no length"))?;
    let (sa_rate, isa_rate) = (view.sa_rate(), view.isa_rate());
    let mut row = document;
    for offset in 0..=symbols {
        if offset % STEPS_A_POLL as u64 == 0 {
            interrupt.check()?;
        }
        let place = Place { document, offset };
        let is_sampled = offset.is_multiple_of(sa_rate) || offset == symbols;
        if view.sampled_place(row) != is_sampled.then_some(place) {
            return Err(damaged(offset, "the SA sample is of another place"));
        }
        let is_isa_sampled = offset.is_multiple_of(isa_rate) && offset < symbols;
        if is_isa_sampled && view.sampled_row(place) != Some((row, offset)) {
            return Err(damaged(offset, "the ISA sample is of another row"));
        }
        match view.rank().symbol_rank(row) {
            Some((symbol, _)) if symbol == V::Symbol::SEPARATOR && offset == symbols => return Ok(offset + 1),
            Some((symbol, rank)) if symbol != V::Symbol::SEPARATOR && offset < symbols => {
                row = view.first_row(symbol).saturating_add(rank);
            }
            _ => return Err(damaged(offset, "the walk ends elsewhere than the document")),
        }
    }
    Ok(symbols + 1)
}
