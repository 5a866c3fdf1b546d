//! What is read from a spool for the shard?

use super::histogram::Histogram;
use super::sort_texts::{SortTexts, SortTextsBuilder};
use super::spool::SPOOL;
use super::spool_reader::SpoolReader;
use super::spooled_records::{EncodedDocumentRecords, SpooledRecords};
use super::survey::Survey;
use crate::documents::{DocumentOffsets, DocumentOffsetsBuilder, TextUnitsBuilder};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::section::Section;

/// A spool, read.
pub(super) struct Texts {
    pub sort: SortTexts,
    pub byte_counts: [u64; 256],
    pub offsets: DocumentOffsets,
    /// The section of `offsets`.
    pub offsets_section: Section,
    /// The section `documents.units`.
    pub units: Vec<u8>,
    pub records: EncodedDocumentRecords,
}

impl Texts {
    /// Reads the spool. O(n); memory for the text and the compressed records.
    ///
    /// # Errors
    /// As [`SpoolReader::read_head`] and [`SpoolReader::finish`]; [`Error::Cancelled`].
    pub fn read(
        mut spool: SpoolReader,
        survey: &mut Survey,
        interrupt: Interrupt<'_>,
        progress: &dyn Fn(f64),
    ) -> Result<Self> {
        let trailer = spool.trailer.clone();
        let mut records = SpooledRecords::new(trailer.documents, trailer.stream_bytes(), survey)?;
        let mut offsets = DocumentOffsetsBuilder::new(trailer.documents, trailer.text_bytes)?;
        let mut sort = SortTextsBuilder::new(trailer.documents, trailer.text_bytes)?;
        let mut units = TextUnitsBuilder::default();
        let mut histogram = Histogram::default();
        for document in 0..trailer.documents {
            interrupt.check()?;
            let head = spool.read_head()?.ok_or_else(contradiction)?;
            let text = sort.room(head.text_bytes).ok_or_else(contradiction)?;
            spool.read_text(text)?;
            histogram.add(text);
            units.push(document, text);
            sort.push(head.text_bytes);
            offsets.push(head.text_bytes as u64)?;
            records.push(&head)?;
            if document % 1024 == 0 {
                progress(document as f64 / trailer.documents as f64);
            }
        }
        // No byte of UTF-8: the separator, and what marks sampled places.
        let is_text = histogram.counts()[0xFE..] == [0, 0];
        if histogram.counts() != trailer.byte_counts || !is_text {
            return Err(contradiction());
        }
        spool.finish()?;
        let offsets_section = Section::from_vec(offsets.finish()?);
        let offsets = DocumentOffsets::open(offsets_section.clone())?;
        if offsets.row_count() != trailer.text_bytes + trailer.documents {
            return Err(contradiction());
        }
        Ok(Self {
            sort: sort.finish(),
            byte_counts: trailer.byte_counts,
            offsets,
            offsets_section,
            units: units.finish(),
            records: records.finish()?,
        })
    }
}

pub(super) fn contradiction() -> Error {
    Error::damaged(SPOOL, "its documents are not those that its end tells of")
}
