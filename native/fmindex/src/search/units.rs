//! How many characters stand before a byte of a document?

use super::extract::{check_document, extract};
use super::steps::StepMeter;
use super::view::{Place, ShardView};
use crate::documents::UnitCounts;
use crate::error::{Error, Result};

/// Code points and UTF-16 units of the characters that begin before byte `offset` of a document.
/// O(64 Ki) steps at most: long documents are sampled.
///
/// # Errors
/// [`Error::Argument`] when the offset is past the document's end, [`Error::Damaged`], and when the caller gave up.
pub fn count_units<V: ShardView<Symbol = u8>>(
    view: &V,
    document: u64,
    offset: u64,
    meter: &mut StepMeter,
) -> Result<UnitCounts> {
    let document_bytes = check_document(view, document)?;
    if offset > document_bytes {
        return Err(Error::Argument(format!(
            "offset {offset} is past the end of document {document} of {document_bytes} bytes"
        )));
    }
    let (mut units, from) = view.sampled_units(Place { document, offset });
    if from > offset {
        return Err(Error::damaged("text-units", format!("the sample of offset {offset} stands at {from}")));
    }
    let mut rest = UnitCounts::default();
    rest.add_text(&extract(view, document, from..offset, meter)?);
    units.code_points = units.code_points.saturating_add(rest.code_points);
    units.utf16_units = units.utf16_units.saturating_add(rest.utf16_units);
    Ok(units)
}
