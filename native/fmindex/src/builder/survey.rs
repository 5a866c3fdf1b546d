//! What must be known of all documents before the first of them is encoded?

use super::spool_reader::SpoolReader;
use crate::bits::PackedIntsBuilder;
use crate::documents::{DictionarySampler, FacetsBuilder, sort_ids};
use crate::error::Result;
use crate::interrupt::Interrupt;

/// What a first reading of the spool, without its texts, has found.
#[derive(Debug, Default)]
pub(super) struct Survey {
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
    pub fn take(mut spool: SpoolReader, interrupt: Interrupt<'_>) -> Result<Self> {
        let mut metadata = DictionarySampler::new(spool.trailer.metadata_stream_bytes);
        let mut ids = DictionarySampler::new(spool.trailer.id_stream_bytes);
        let mut facets = FacetsBuilder::new(&spool.facet_fields);
        let mut id_bytes = Vec::new();
        let mut id_ends = Vec::new();
        for document in 0.. {
            interrupt.check()?;
            let Some(head) = spool.read_head()? else { break };
            spool.skip_text(head.text_bytes)?;
            metadata.push(head.metadata.as_deref());
            ids.push(head.external_id.as_deref());
            if let Some(id) = &head.external_id {
                id_bytes.extend_from_slice(id);
                id_ends.push((document, id_bytes.len()));
            }
            facets.push(&head.facets.iter().map(Option::as_deref).collect::<Vec<_>>())?;
        }
        let starts = std::iter::once(0).chain(id_ends.iter().map(|&(_, end)| end));
        let slices = starts.zip(&id_ends).map(|(start, &(document, end))| (document, &id_bytes[start..end]));
        let id_order = PackedIntsBuilder::pack(&sort_ids(slices))?;
        let facets = if spool.facet_fields.is_empty() { None } else { Some(facets.finish()?) };
        Ok(Self { metadata_dictionary: metadata.train(), id_dictionary: ids.train(), id_order, facets })
    }
}
