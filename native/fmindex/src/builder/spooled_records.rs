//! How do ids and metadata get from the spool into their sections?

use super::spool_reader::SpooledHead;
use super::survey::{StreamBytes, Survey};
use crate::documents::{EncodedRecords, RecordsBuilder};
use crate::error::Result;

/// Takes the records of the documents one by one.
pub(crate) struct SpooledRecords {
    metadata: Option<RecordsBuilder>,
    ids: Option<RecordsBuilder>,
}

/// The encoded records of all documents.
pub(crate) struct EncodedDocumentRecords {
    /// `None` when no document has any.
    pub metadata: Option<EncodedRecords>,
    /// `None` when no document has one.
    pub ids: Option<EncodedRecords>,
}

impl SpooledRecords {
    /// For so many documents; takes the dictionaries out of `survey`.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) when memory is short.
    pub fn new(documents: u64, stream_bytes: StreamBytes, survey: &mut Survey) -> Result<Self> {
        let records = |bytes, dictionary: &mut Vec<u8>| match bytes {
            0 => Ok(None),
            _ => RecordsBuilder::new(documents, bytes, std::mem::take(dictionary)).map(Some),
        };
        Ok(Self {
            metadata: records(stream_bytes.metadata, &mut survey.metadata_dictionary)?,
            ids: records(stream_bytes.ids, &mut survey.id_dictionary)?,
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
