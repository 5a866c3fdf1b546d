//! Do walks through documents meet the samples that they should?

use super::document_parts::DocumentParts;
use crate::error::{Error, Result};
use crate::interrupt::{Interrupt, STEPS_A_POLL};
use crate::rank::{RankIndex, Symbol};

/// LF steps that are walked at most; 2^24 take a few seconds.
const MAX_WALK_STEPS: u64 = 1 << 24;
/// Documents that are walked, spread over the shard.
const MAX_WALKS: u64 = 1 << 12;
const WALK: &str = "structure";

/// Walks through up to 4,096 documents from end to end and compares each sample on the way. `first_row` is that of a
/// symbol.
///
/// # Errors
/// [`Error::Damaged`]; [`Error::Cancelled`].
pub(super) fn verify_walks<R: RankIndex>(
    parts: &DocumentParts,
    rank: &R,
    first_row: impl Fn(R::Symbol) -> u64,
    interrupt: Interrupt<'_>,
) -> Result<()> {
    let documents = parts.offsets.len();
    let stride = (documents / MAX_WALKS.min(documents).max(1)).max(1);
    let mut steps = 0;
    for document in (0..documents).step_by(usize::try_from(stride).unwrap_or(usize::MAX)) {
        steps += verify_walk(parts, rank, &first_row, document, interrupt)?;
        if steps > MAX_WALK_STEPS {
            break;
        }
    }
    Ok(())
}

/// Walks through `document`. Returns the steps.
fn verify_walk<R: RankIndex>(
    parts: &DocumentParts,
    rank: &R,
    first_row: impl Fn(R::Symbol) -> u64,
    document: u64,
    interrupt: Interrupt<'_>,
) -> Result<u64> {
    let damaged =
        |offset: u64, what: &str| Error::damaged(WALK, format!("document {document}, offset {offset}: {what}"));
    let symbols = parts.offsets.text_bytes(document).ok_or_else(|| damaged(0, "no length"))?;
    let (sa_rate, isa_rate) = (u64::from(parts.sa.rate()), u64::from(parts.isa.rate()));
    let mut row = document;
    for offset in 0..=symbols {
        if offset % STEPS_A_POLL as u64 == 0 {
            interrupt.check()?;
        }
        let is_sampled = offset.is_multiple_of(sa_rate) || offset == symbols;
        if parts.sa.get(row) != is_sampled.then_some((document, offset)) {
            return Err(damaged(offset, "the SA sample is of another place"));
        }
        let is_isa_sampled = offset.is_multiple_of(isa_rate) && offset < symbols;
        if is_isa_sampled && parts.isa.at_or_before(document, offset) != Some((row, offset)) {
            return Err(damaged(offset, "the ISA sample is of another row"));
        }
        match rank.symbol_rank(row) {
            Some((symbol, _)) if symbol == R::Symbol::SEPARATOR && offset == symbols => return Ok(offset + 1),
            Some((symbol, rank)) if symbol != R::Symbol::SEPARATOR && offset < symbols => {
                row = first_row(symbol).saturating_add(rank);
            }
            _ => return Err(damaged(offset, "the walk ends elsewhere than the document")),
        }
    }
    Ok(symbols + 1)
}
