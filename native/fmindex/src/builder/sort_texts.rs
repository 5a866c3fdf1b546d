//! How do the documents become one text to sort?
//!
//! Back to front, each followed by a separator; every byte is raised by one, so that the separator, the byte 0xFF,
//! becomes 0 and comes first. Empty documents are left out, as the sort takes none: the row of document `i` before its
//! first byte is row `i` for all of them, and an empty one has no other.

use std::sync::Arc;

use crate::bits::{PackedInts, PackedIntsBuilder};
use crate::documents::{DocumentOffsets, DocumentOffsetsBuilder};
use crate::error::{Error, Result};
use crate::rank::SEPARATOR;
use crate::section::Section;

/// What is sorted, and what the BWT is gathered from.
pub(super) struct SortTexts {
    /// rev(d) SEP for each document that is not empty, each byte raised by one. Shared with the thread of the sort.
    pub sort_text: Arc<Vec<u8>>,
    /// The first byte of each document, or the separator: the BWT of the first rows.
    pub first_bytes: Vec<u8>,
    /// Borders in `sort_text`.
    places: DocumentOffsets,
    /// The documents that are not empty; `None` when all are.
    documents: Option<PackedInts>,
}

impl SortTexts {
    /// Empty documents.
    pub fn empty_count(&self) -> usize {
        self.first_bytes.len() - self.places.len() as usize
    }

    /// Documents that are not empty, with their first place and their length.
    pub fn places(&self) -> impl Iterator<Item = (u64, u64)> {
        (0..self.places.len()).filter_map(|index| Some((self.places.start(index)?, self.places.text_bytes(index)?)))
    }

    /// The document of a place in `sort_text`, its length, and the `k` of the row that begins there.
    pub fn locate(&self, place: u64) -> Option<(u64, u64, u64)> {
        let (index, from_end) = self.places.locate(place)?;
        let text_bytes = self.places.text_bytes(index)?;
        let document = match &self.documents {
            Some(documents) => documents.get(index)?,
            None => index,
        };
        Some((document, text_bytes, text_bytes.checked_sub(from_end)?))
    }
}

/// Takes the texts one by one.
pub(super) struct SortTextsBuilder {
    sort_text: Vec<u8>,
    used: usize,
    first_bytes: Vec<u8>,
}

impl SortTextsBuilder {
    /// For so many documents of so many bytes together.
    ///
    /// # Errors
    /// [`Error::Input`] when memory can't hold them.
    pub fn new(documents: u64, text_bytes: u64) -> Result<Self> {
        let symbols = usize::try_from(text_bytes.saturating_add(documents)).unwrap_or(usize::MAX);
        let mut sort_text = Vec::new();
        let no_memory = |_| Error::Input(format!("no memory for {text_bytes} bytes of text"));
        sort_text.try_reserve_exact(symbols).map_err(no_memory)?;
        sort_text.resize(symbols, 0);
        Ok(Self { sort_text, used: 0, first_bytes: Vec::new() })
    }

    /// Where the text of the next document goes; `None` when it is longer than the room that is left.
    pub fn room(&mut self, text_bytes: usize) -> Option<&mut [u8]> {
        self.sort_text.get_mut(self.used..self.used.checked_add(text_bytes)?)
    }

    /// Takes the document whose text was put into the room of as many bytes.
    pub fn push(&mut self, text_bytes: usize) {
        let Some(text) = self.sort_text.get_mut(self.used..self.used + text_bytes) else { return };
        self.first_bytes.push(text.first().copied().unwrap_or(SEPARATOR));
        text.reverse();
        text.iter_mut().for_each(|byte| *byte = byte.wrapping_add(1));
        // The byte after it is zero, which ends it.
        self.used += text_bytes + usize::from(text_bytes > 0);
    }

    /// The text to sort of the documents with these borders.
    ///
    /// # Errors
    /// [`Error::Argument`] when they have others.
    pub fn finish(self, offsets: &DocumentOffsets) -> Result<SortTexts> {
        let Self { mut sort_text, used, first_bytes } = self;
        sort_text.truncate(used);
        let sort_text = Arc::new(sort_text);
        let is_full = |document: &u64| offsets.text_bytes(*document).is_some_and(|bytes| bytes > 0);
        let full = || (0..offsets.len()).filter(is_full);
        let full_count = full().count() as u64;
        if full_count == offsets.len() {
            return Ok(SortTexts { sort_text, first_bytes, places: offsets.clone(), documents: None });
        }
        let mut places = DocumentOffsetsBuilder::new(full_count, offsets.row_count() - offsets.len())?;
        let mut documents = PackedIntsBuilder::new(full_count, offsets.len())?;
        for (index, document) in (0..).zip(full()) {
            places.push(offsets.text_bytes(document).unwrap_or(0))?;
            documents.set(index, document)?;
        }
        let places = DocumentOffsets::open(Section::from_vec(places.finish()?))?;
        let documents = PackedInts::open(Section::from_vec(documents.finish()), "documents")?;
        Ok(SortTexts { sort_text, first_bytes, places, documents: Some(documents) })
    }
}
