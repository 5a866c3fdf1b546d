//! What must be known of all documents before the first of them is encoded?

use super::spool_reader::{SpoolReader, SpooledHead};
use crate::bits::PackedIntsBuilder;
use crate::documents::{DictionarySampler, FacetsBuilder, sort_ids};
use crate::error::Result;
use crate::interrupt::Interrupt;

/// Bytes of all records of a kind, each with a terminator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct StreamBytes {
    pub ids: u64,
    pub metadata: u64,
}

/// What a first reading of the documents, without their texts, has found.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// zstd dictionaries; empty for none.
    pub metadata_dictionary: Vec<u8>,
    pub id_dictionary: Vec<u8>,
    /// The section `ids.order`.
    pub id_order: Vec<u8>,
    /// The section `facets`; `None` without fields.
    pub facets: Option<Vec<u8>>,
}

impl Survey {
    /// Reads all but the texts. O(documents log documents).
    ///
    /// # Errors
    /// As [`SpoolReader::read_head`]; [`crate::error::Error::Cancelled`].
    pub(super) fn take(mut spool: SpoolReader, interrupt: Interrupt<'_>) -> Result<Self> {
        let mut survey = SurveyBuilder::new(spool.trailer.stream_bytes(), &spool.facet_fields);
        loop {
            interrupt.check()?;
            let Some(head) = spool.read_head()? else { return survey.finish() };
            spool.skip_text(head.text_bytes)?;
            survey.push(&head)?;
        }
    }
}

/// Takes the documents one by one.
pub(crate) struct SurveyBuilder {
    metadata: DictionarySampler,
    ids: DictionarySampler,
    /// `None` without fields.
    facets: Option<FacetsBuilder>,
    documents: u64,
    id_bytes: Vec<u8>,
    /// The documents that have an id, and where it ends in `id_bytes`.
    id_ends: Vec<(u64, usize)>,
}

impl SurveyBuilder {
    pub fn new(stream_bytes: StreamBytes, facet_fields: &[String]) -> Self {
        Self {
            metadata: DictionarySampler::new(stream_bytes.metadata),
            ids: DictionarySampler::new(stream_bytes.ids),
            facets: (!facet_fields.is_empty()).then(|| FacetsBuilder::new(facet_fields)),
            documents: 0,
            id_bytes: Vec::new(),
            id_ends: Vec::new(),
        }
    }

    /// Takes the next document.
    ///
    /// # Errors
    /// As [`FacetsBuilder::push`].
    pub fn push(&mut self, head: &SpooledHead) -> Result<()> {
        self.metadata.push(head.metadata.as_deref());
        self.ids.push(head.external_id.as_deref());
        if let Some(id) = &head.external_id {
            self.id_bytes.extend_from_slice(id);
            self.id_ends.push((self.documents, self.id_bytes.len()));
        }
        self.documents += 1;
        let values = || head.facets.iter().map(Option::as_deref).collect::<Vec<_>>();
        self.facets.as_mut().map_or(Ok(()), |facets| facets.push(&values()))
    }

    /// O(documents log documents).
    ///
    /// # Errors
    /// As [`FacetsBuilder::finish`].
    pub fn finish(self) -> Result<Survey> {
        let Self { metadata, ids, facets, id_bytes, id_ends, .. } = self;
        let starts = std::iter::once(0).chain(id_ends.iter().map(|&(_, end)| end));
        let slices = starts.zip(&id_ends).map(|(start, &(document, end))| (document, &id_bytes[start..end]));
        let id_order = PackedIntsBuilder::pack(&sort_ids(slices))?;
        let facets = facets.map(FacetsBuilder::finish).transpose()?;
        Ok(Survey { metadata_dictionary: metadata.train(), id_dictionary: ids.train(), id_order, facets })
    }
}
