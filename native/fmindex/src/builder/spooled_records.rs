//! How do ids and metadata get from the spool into their sections?

use super::spool::Trailer;
use super::spool_reader::SpooledHead;
use super::survey::Survey;
use crate::documents::{EncodedRecords, RecordsBuilder};
use crate::error::Result;

/// Takes the records of the documents one by one.
pub(super) struct SpooledRecords {
    metadata: Option<RecordsBuilder>,
    ids: Option<RecordsBuilder>,
}

/// The encoded records of all documents.
pub(super) struct EncodedDocumentRecords {
    /// `None` when no document has any.
    pub metadata: Option<EncodedRecords>,
    /// `None` when no document has one.
    pub ids: Option<EncodedRecords>,
}

impl SpooledRecords {
    /// For the documents of a spool; takes the dictionaries out of `survey`.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) when memory is short.
    pub fn new(trailer: &Trailer, survey: &mut Survey) -> Result<Self> {
        let records = |stream_bytes, dictionary: &mut Vec<u8>| match stream_bytes {
            0 => Ok(None),
            _ => RecordsBuilder::new(trailer.documents, stream_bytes, std::mem::take(dictionary)).map(Some),
        };
        Ok(Self {
            metadata: records(trailer.metadata_stream_bytes, &mut survey.metadata_dictionary)?,
            ids: records(trailer.id_stream_bytes, &mut survey.id_dictionary)?,
        })
    }

    /// Takes those of the next document.
    ///
    /// # Errors
    /// As [`RecordsBuilder::push`].
    pub fn push(&mut self, head: &SpooledHead) -> Result<()> {
        for (records, record) in [(&mut self.metadata, &head.metadata), (&mut self.ids, &head.external_id)] {
            if let Some(records) = records {
                records.push(record.as_deref())?;
            }
        }
        Ok(())
    }

    /// The records of all.
    ///
    /// # Errors
    /// As [`RecordsBuilder::finish`].
    pub fn finish(self) -> Result<EncodedDocumentRecords> {
        Ok(EncodedDocumentRecords {
            metadata: self.metadata.map(RecordsBuilder::finish).transpose()?,
            ids: self.ids.map(RecordsBuilder::finish).transpose()?,
        })
    }
}
