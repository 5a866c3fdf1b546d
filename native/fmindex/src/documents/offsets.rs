//! Where does each document begin among all the symbols of a shard, and whose is a position?
//!
//! Documents are counted with the separator that follows them: `D_i` = Σ (|d_j| + 1) over j < i. The `m + 1` values
//! `D_0 = 0 … D_m = n` are kept as Elias–Fano code.

use crate::bits::{EliasFano, EliasFanoBuilder};
use crate::error::{Error, Result};
use crate::section::Section;

const SECTION: &str = "documents.offsets";

/// The borders of the documents.
#[derive(Debug, Clone)]
pub struct DocumentOffsets {
    starts: EliasFano,
}

impl DocumentOffsets {
    /// Opens the section. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when it is not rising from 0.
    pub fn open(section: Section) -> Result<Self> {
        let starts = EliasFano::open(section, SECTION)?;
        if starts.get(0) != Some(0) {
            return Err(Error::damaged(SECTION, "the first document does not start at 0"));
        }
        Ok(Self { starts })
    }

    /// Number of documents.
    pub fn len(&self) -> u64 {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Symbols of all documents, separators included: the rows of the shard.
    pub fn row_count(&self) -> u64 {
        self.starts.get(self.len()).unwrap_or(0)
    }

    /// Symbols before document `document`, separators included; `None` past the last one.
    #[inline]
    pub fn start(&self, document: u64) -> Option<u64> {
        if document >= self.len() { None } else { self.starts.get(document) }
    }

    /// Bytes of the text of `document`.
    #[inline]
    pub fn text_bytes(&self, document: u64) -> Option<u64> {
        let start = self.start(document)?;
        self.starts.get(document + 1)?.checked_sub(start)?.checked_sub(1)
    }

    /// Bytes of the text of each document, in order. O(1) each.
    pub fn lengths(&self) -> impl Iterator<Item = u64> {
        let mut start = 0;
        self.starts.values().skip(1).map(move |end| {
            let bytes = end.saturating_sub(start).saturating_sub(1);
            start = end;
            bytes
        })
    }

    /// The document of a position in reading order, and the offset there, `0..=|d|` (`|d|` is the separator).
    #[inline]
    pub fn locate(&self, position: u64) -> Option<(u64, u64)> {
        let document = self.starts.predecessor(position).filter(|&document| document < self.len())?;
        Some((document, position.checked_sub(self.starts.get(document)?)?))
    }

    /// Compares all values with each other. O(m).
    ///
    /// # Errors
    /// [`Error::Damaged`] when a document has less than no bytes.
    pub fn verify(&self) -> Result<()> {
        self.starts.verify(SECTION)?;
        match (0..self.len()).find(|&document| self.text_bytes(document).is_none()) {
            Some(document) => Err(Error::damaged(SECTION, format!("document {document} ends before it starts"))),
            None => Ok(()),
        }
    }
}

/// Takes the lengths of the documents one by one.
#[derive(Debug)]
pub struct DocumentOffsetsBuilder {
    starts: EliasFanoBuilder,
    next: u64,
}

impl DocumentOffsetsBuilder {
    /// For so many documents of so many bytes together.
    ///
    /// # Errors
    /// [`Error::Input`] when that is more than memory can hold.
    pub fn new(documents: u64, text_bytes: u64) -> Result<Self> {
        let row_count = text_bytes.checked_add(documents).ok_or_else(|| Error::Input("too many bytes".into()))?;
        let mut starts = EliasFanoBuilder::new(documents + 1, row_count)?;
        starts.push(0)?;
        Ok(Self { starts, next: 0 })
    }

    /// Adds the next document.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is more than was announced.
    pub fn push(&mut self, text_bytes: u64) -> Result<()> {
        self.next = self.next.saturating_add(text_bytes).saturating_add(1);
        self.starts.push(self.next)
    }

    /// The section.
    ///
    /// # Errors
    /// [`Error::Argument`] when documents are missing.
    pub fn finish(self) -> Result<Vec<u8>> {
        self.starts.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn build(lengths: &[u64]) -> DocumentOffsets {
        let mut builder = DocumentOffsetsBuilder::new(lengths.len() as u64, lengths.iter().sum()).unwrap();
        lengths.iter().for_each(|&length| builder.push(length).unwrap());
        DocumentOffsets::open(Section::from_vec(builder.finish().unwrap())).unwrap()
    }

    #[test]
    fn no_documents_have_no_positions() {
        let offsets = build(&[]);
        assert_eq!((offsets.len(), offsets.row_count(), offsets.start(0), offsets.locate(0)), (0, 0, None, None));
    }

    proptest! {
        #[test]
        fn every_position_finds_its_document(lengths in proptest::collection::vec(0u64..40, 0..60)) {
            let offsets = build(&lengths);
            offsets.verify().unwrap();
            let mut position = 0;
            for (document, &length) in (0..).zip(&lengths) {
                prop_assert_eq!(offsets.start(document), Some(position));
                prop_assert_eq!(offsets.text_bytes(document), Some(length));
                for offset in 0..=length {
                    prop_assert_eq!(offsets.locate(position + offset), Some((document, offset)));
                }
                position += length + 1;
            }
            prop_assert_eq!(offsets.row_count(), position);
            prop_assert_eq!(offsets.lengths().collect::<Vec<_>>(), lengths.clone());
            prop_assert_eq!(offsets.locate(position), None);
            prop_assert_eq!(offsets.text_bytes(lengths.len() as u64), None);
        }
    }
}
