//! What stands at an offset of a document, and what follows a match?

use std::ops::Range;

use super::steps::StepMeter;
use super::stored_text::read_stored;
use super::view::{Place, ShardView};
use super::walk::{Flow, StepBudget, Walker, walk_all};
use crate::error::{Error, Result};
use crate::hidden::check_visible;
use crate::rank::Symbol;

/// The symbols `offsets` of a document, from the stored text where that is cheaper. Else O(symbols + ISA rate) steps; the
/// pieces between samples are read side by side.
///
/// # Errors
/// [`Error::Argument`] when the offsets are not inside the document, [`Error::Damaged`] when the samples do not
/// agree with the text, and when the caller gave up.
pub fn extract<V: ShardView>(
    view: &V,
    document: u64,
    offsets: Range<u64>,
    meter: &mut StepMeter,
) -> Result<Vec<V::Symbol>> {
    let document_symbols = check_document(view, document)?;
    if offsets.start > offsets.end || offsets.end > document_symbols {
        return Err(Error::Argument(format!(
            "offsets {}..{} are not inside document {document} of {document_symbols} {}",
            offsets.start,
            offsets.end,
            V::Symbol::PLURAL
        )));
    }
    if offsets.is_empty() {
        return Ok(Vec::new());
    }
    // A file that lies about a length lacks the samples for it: look at the last one before allocating.
    sampled_row(view, Place { document, offset: offsets.end - 1 })?;
    let (_, walk_start) = sampled_row(view, Place { document, offset: offsets.start })?;
    let walk_steps = offsets.end - walk_start;
    let mut symbols = Vec::new();
    let wanted = usize::try_from(offsets.end - offsets.start).unwrap_or(usize::MAX);
    if symbols.try_reserve_exact(wanted).is_err() {
        return Err(Error::TooExpensive {
            needed: format!("{wanted} {} at once", V::Symbol::PLURAL),
            budget: "the memory there is".into(),
        });
    }
    if let Some(text) = view.stored_text()
        && text.read_steps(document, offsets.clone()) < walk_steps
    {
        read_stored(text, Place { document, offset: offsets.start }, wanted, &mut symbols, meter)?;
        return Ok(symbols);
    }
    symbols.resize(wanted, V::Symbol::default());
    let mut walker = ExtractWalker { view, document, next: offsets.start, offsets, symbols };
    walk_all(view, &mut walker, StepBudget::UNLIMITED, meter)?;
    Ok(walker.symbols)
}

/// At most `max_symbols` of the text that follows the match which ends at `row`, up to the end of its document. O(symbols)
/// steps, or from the stored text as soon as a step meets a sample and that is cheaper.
///
/// # Errors
/// [`Error::Argument`] for a row past the last one, [`Error::Damaged`], and when the caller gave up.
pub fn follow<V: ShardView>(view: &V, row: u64, max_symbols: usize, meter: &mut StepMeter) -> Result<Vec<V::Symbol>> {
    if row >= view.row_count() {
        return Err(Error::Argument(format!("row {row} is not below {}, the rows of this shard", view.row_count())));
    }
    let mut walker = FollowWalker { view, row: Some(row), max_symbols, symbols: Vec::new(), stored_place: None };
    walk_all(view, &mut walker, StepBudget::UNLIMITED, meter)?;
    let FollowWalker { mut symbols, stored_place, .. } = walker;
    if let Some((text, place)) = view.stored_text().zip(stored_place) {
        read_stored(text, place, max_symbols, &mut symbols, meter)?;
    }
    Ok(symbols)
}

/// Symbols of a document.
///
/// # Errors
/// [`Error::Argument`] when there is no such document.
pub(crate) fn check_document<V: ShardView>(view: &V, document: u64) -> Result<u64> {
    check_visible(view, document)?;
    view.document_symbols(document).ok_or_else(|| {
        Error::Argument(format!(
            "document {document} is not below {}, the documents of this shard",
            view.document_count()
        ))
    })
}

/// The row of the last sample at or before `place`, and its offset.
pub(crate) fn sampled_row<V: ShardView>(view: &V, place: Place) -> Result<(u64, u64)> {
    let rate = view.isa_rate().max(1);
    let sample = view.sampled_row(place).filter(|&(_, at)| at <= place.offset && place.offset - at < rate);
    sample.ok_or_else(|| Error::damaged("isa-samples", format!("no sample before offset {}", place.offset)))
}

/// Reads the pieces of a document between its samples.
struct ExtractWalker<'v, V: ShardView> {
    view: &'v V,
    document: u64,
    /// Where the next piece starts.
    next: u64,
    offsets: Range<u64>,
    symbols: Vec<V::Symbol>,
}

struct Piece {
    /// Offset of the next symbol that the walk reads.
    at: u64,
    /// Where the next sample takes over.
    end: u64,
}

impl<V: ShardView> Walker<V::Symbol> for ExtractWalker<'_, V> {
    type Lane = Piece;

    fn start(&mut self) -> Result<Option<(Piece, u64)>> {
        if self.next >= self.offsets.end {
            return Ok(None);
        }
        let (row, at) = sampled_row(self.view, Place { document: self.document, offset: self.next })?;
        let end = at.saturating_add(self.view.isa_rate().max(1)).min(self.offsets.end);
        self.next = end;
        Ok(Some((Piece { at, end }, row)))
    }

    fn arrive(&mut self, lane: &mut Piece, _row: u64) -> Result<Flow> {
        Ok(if lane.at < lane.end { Flow::Continue } else { Flow::Done })
    }

    fn read(&mut self, lane: &mut Piece, symbol: V::Symbol) -> Result<Flow> {
        if let Some(at) = lane.at.checked_sub(self.offsets.start)
            && let Some(place) = self.symbols.get_mut(at as usize)
        {
            *place = symbol;
        }
        lane.at += 1;
        Ok(if lane.at < lane.end { Flow::Continue } else { Flow::Done })
    }

    fn end(&mut self, lane: &mut Piece) -> Result<()> {
        Err(Error::damaged("isa-samples", format!("document {} ends at offset {}", self.document, lane.at)))
    }
}

struct FollowWalker<'v, V: ShardView> {
    view: &'v V,
    row: Option<u64>,
    max_symbols: usize,
    symbols: Vec<V::Symbol>,
    /// Where the stored text takes over.
    stored_place: Option<Place>,
}

impl<V: ShardView> Walker<V::Symbol> for FollowWalker<'_, V> {
    type Lane = ();

    fn start(&mut self) -> Result<Option<((), u64)>> {
        Ok(self.row.take().map(|row| ((), row)))
    }

    fn arrive(&mut self, _lane: &mut (), row: u64) -> Result<Flow> {
        let rest = (self.max_symbols - self.symbols.len()) as u64;
        self.stored_place = self.view.stored_text().and_then(|text| {
            let end = |place: Place| place.offset.saturating_add(rest);
            let is_cheaper = |place: &Place| text.read_steps(place.document, place.offset..end(*place)) < rest;
            self.view.sampled_place(row).filter(is_cheaper)
        });
        Ok(if rest == 0 || self.stored_place.is_some() { Flow::Done } else { Flow::Continue })
    }

    fn read(&mut self, _lane: &mut (), symbol: V::Symbol) -> Result<Flow> {
        self.symbols.push(symbol);
        Ok(Flow::Continue)
    }

    fn end(&mut self, _lane: &mut ()) -> Result<()> {
        Ok(())
    }
}
