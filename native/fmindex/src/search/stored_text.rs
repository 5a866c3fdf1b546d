//! What does a search do with the text that a shard keeps?
//!
//! Reading it takes a fixed time for each frame that this thread has not decoded yet, an LF walk a step a symbol. Whoever
//! could do either compares [`StoredText::read_steps`] with the steps of the walk; the answers are the same.

use std::ops::Range;

use super::steps::StepMeter;
use super::view::Place;
use crate::error::Result;
use crate::text_store::TextStore;

/// Bytes of text that are decoded in the time of an LF step: 0.5 GB/s against a quarter of a microsecond.
const BYTES_A_STEP: u64 = 128;

/// The symbols of all documents, beside the index.
pub trait StoredText<S>: Send + Sync {
    /// LF steps that take as long as reading the symbols `offsets` of a document.
    fn read_steps(&self, document: u64, offsets: Range<u64>) -> u64;

    /// Gives `visit` the symbols from `place` on that can be had at once; none only at the end of the document.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::error::Error::Damaged) when they can't be read.
    fn visit(&self, place: Place, visit: &mut dyn FnMut(&[S])) -> Result<()>;
}

impl StoredText<u8> for TextStore {
    fn read_steps(&self, document: u64, offsets: Range<u64>) -> u64 {
        self.count_undecoded(document, offsets).saturating_mul(self.frame_bytes() / BYTES_A_STEP)
    }

    fn visit(&self, place: Place, visit: &mut dyn FnMut(&[u8])) -> Result<()> {
        self.read(place.document, place.offset, visit)
    }
}

/// Appends symbols of a document from `place` on until there are `wanted` in all, or the document ends.
///
/// # Errors
/// As [`StoredText::visit`], and when the caller gave up.
pub(crate) fn read_stored<S: Copy>(
    text: &dyn StoredText<S>,
    place: Place,
    wanted: usize,
    symbols: &mut Vec<S>,
    meter: &mut StepMeter,
) -> Result<()> {
    let mut at = place;
    while symbols.len() < wanted {
        take_read_steps(text, at, meter)?;
        let before = symbols.len();
        text.visit(at, &mut |piece| symbols.extend_from_slice(&piece[..piece.len().min(wanted - before)]))?;
        if symbols.len() == before {
            break;
        }
        at.offset += (symbols.len() - before) as u64;
    }
    Ok(())
}

/// Symbols that `with` and the document from `place` on have in common.
///
/// # Errors
/// As [`StoredText::visit`], and when the caller gave up.
pub(crate) fn count_common<S: Copy + PartialEq>(
    text: &dyn StoredText<S>,
    place: Place,
    with: &[S],
    meter: &mut StepMeter,
) -> Result<usize> {
    let mut common = 0;
    while common < with.len() {
        let at = Place { offset: place.offset.saturating_add(common as u64), ..place };
        take_read_steps(text, at, meter)?;
        let rest = &with[common..];
        let (mut length, mut same) = (0, 0);
        text.visit(at, &mut |piece| {
            length = piece.len().min(rest.len());
            same = match piece[..length] == rest[..length] {
                true => length,
                false => piece.iter().zip(rest).take_while(|(stored, wanted)| stored == wanted).count(),
            };
        })?;
        common += same;
        if same < length || length == 0 {
            break;
        }
    }
    Ok(common)
}

fn take_read_steps<S>(text: &dyn StoredText<S>, place: Place, meter: &mut StepMeter) -> Result<()> {
    let steps = text.read_steps(place.document, place.offset..place.offset.saturating_add(1));
    meter.take(usize::try_from(steps).unwrap_or(usize::MAX).max(1))
}
