//! How do the documents become one text to sort?
//!
//! Back to front, each followed by a separator; every byte is raised by one, so that the separator, the byte 0xFF,
//! becomes 0 and comes first. Empty documents are left out, as the sort takes none: the row of document `i` before its
//! first byte is row `i` for all of them, and an empty one has no other.

use super::large_buffer::LargeBuffer;
use crate::error::Result;
use crate::rank::SEPARATOR;

/// What is sorted, and what the BWT is gathered from.
pub(super) struct SortTexts {
    /// rev(d) SEP for each document that is not empty, each byte raised by one.
    pub text: LargeBuffer,
    /// The first byte of each document, or the separator: the BWT of the first rows.
    pub first_bytes: Vec<u8>,
    /// Documents without text.
    pub empty_count: usize,
}

/// Takes the texts one by one.
pub(super) struct SortTextsBuilder {
    text: LargeBuffer,
    used: usize,
    first_bytes: Vec<u8>,
    empty_count: usize,
}

impl SortTextsBuilder {
    /// For so many documents of so many bytes together.
    ///
    /// # Errors
    /// [`crate::error::Error::Input`] when memory can't hold them.
    pub fn new(documents: u64, text_bytes: u64) -> Result<Self> {
        let symbols = usize::try_from(text_bytes.saturating_add(documents)).unwrap_or(usize::MAX);
        Ok(Self { text: LargeBuffer::new(symbols)?, used: 0, first_bytes: Vec::new(), empty_count: 0 })
    }

    /// Where the text of the next document goes; `None` when it is longer than the room that is left.
    pub fn room(&mut self, text_bytes: usize) -> Option<&mut [u8]> {
        self.text.get_mut(self.used..self.used.checked_add(text_bytes)?)
    }

    /// Takes the document whose text was put into the room of as many bytes.
    pub fn push(&mut self, text_bytes: usize) {
        let Some(text) = self.text.get_mut(self.used..self.used + text_bytes) else { return };
        self.first_bytes.push(text.first().copied().unwrap_or(SEPARATOR));
        text.reverse();
        text.iter_mut().for_each(|byte| *byte = byte.wrapping_add(1));
        // The byte after it is zero, which ends it.
        self.used += text_bytes + usize::from(text_bytes > 0);
        self.empty_count += usize::from(text_bytes == 0);
    }

    /// The text to sort.
    pub fn finish(mut self) -> SortTexts {
        self.text.truncate(self.used);
        SortTexts { text: self.text, first_bytes: self.first_bytes, empty_count: self.empty_count }
    }
}
