//! What does a shard hold of its documents besides the order of their rows?

use super::container::Container;
use super::section_id::SectionId;
use crate::documents::{DocumentOffsets, ExternalIds, Facets, RecordSections, Records};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::samples::{IsaSamples, SaSamples};

/// What is known of a document besides its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRecord {
    /// Bytes or tokens.
    pub symbols: u64,
    pub external_id: Option<String>,
    /// Raw JSON object.
    pub metadata: Option<String>,
    /// Values of the facet fields, in their order.
    pub facets: Vec<Option<String>>,
}

/// Borders, samples and records: the same for texts and for tokens.
pub struct DocumentParts {
    pub offsets: DocumentOffsets,
    pub sa: SaSamples,
    pub isa: IsaSamples,
    /// Raw JSON objects; `None` when no document has any.
    pub metadata: Option<Records>,
    /// `None` when no document has one.
    pub ids: Option<ExternalIds>,
    /// `None` without facet fields.
    pub facets: Option<Facets>,
}

impl DocumentParts {
    /// Opens the sections of so many documents with so many rows. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they are of others.
    pub fn open(container: &Container, documents: u64, row_count: u64, sa_rate: u32, isa_rate: u32) -> Result<Self> {
        let section = |id| container.section(id);
        let offsets = DocumentOffsets::open(section(SectionId::DocumentOffsets)?)?;
        if offsets.len() != documents || offsets.row_count() != row_count {
            return Err(Error::damaged("documents.offsets", format!("{} documents, not {documents}", offsets.len())));
        }
        let marks = section(SectionId::SaMarks)?;
        let (ordinals, starts) = (section(SectionId::SaOrdinals)?, section(SectionId::SaStarts)?);
        let sa = SaSamples::open(sa_rate, offsets.clone(), marks, ordinals, starts)?;
        let (rows, starts) = (section(SectionId::IsaRows)?, section(SectionId::IsaStarts)?);
        let isa = IsaSamples::open(isa_rate, documents, rows, starts)?;
        let metadata = open_metadata(container, documents)?;
        let ids = open_ids(container, documents)?;
        let facets = container.optional_section(SectionId::Facets).map(|section| Facets::open(documents, section));
        Ok(Self { offsets, sa, isa, metadata, ids, facets: facets.transpose()? })
    }

    /// What is known of a document. O(1): at most two blocks of 16 KiB are decoded.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such document; [`Error::Damaged`].
    pub fn record(&self, document: u64) -> Result<DocumentRecord> {
        let symbols = self.offsets.text_bytes(document).ok_or_else(|| {
            let documents = self.offsets.len();
            Error::Argument(format!("document {document} is not below {documents}, the documents of this shard"))
        })?;
        let external_id = self.ids.as_ref().map_or(Ok(None), |ids| ids.get(document))?;
        let metadata = self.metadata.as_ref().map_or(Ok(None), |metadata| metadata.get(document))?;
        let fields = self.facets.iter().flat_map(|facets| (0..facets.fields().len()).map(move |field| (facets, field)));
        Ok(DocumentRecord {
            symbols,
            external_id: external_id.map(|bytes| decode_utf8("ids", bytes)).transpose()?,
            metadata: metadata.map(|bytes| decode_utf8("metadata", bytes)).transpose()?,
            facets: fields.map(|(facets, field)| facets.value(field, document).map(str::to_owned)).collect(),
        })
    }

    /// The documents with that external id, in order. O(log documents + these).
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn list_external_id(&self, external_id: &str) -> Result<Vec<u64>> {
        self.ids.as_ref().map_or(Ok(Vec::new()), |ids| ids.list(external_id.as_bytes()))
    }

    /// The facets, when there are fields.
    ///
    /// # Errors
    /// [`Error::UnknownFacet`] for `field` when there are none.
    pub fn facets_with(&self, field: &str) -> Result<&Facets> {
        self.facets.as_ref().ok_or_else(|| Error::UnknownFacet { field: field.to_owned(), known: Vec::new() })
    }

    /// Names of the facet fields.
    pub fn facet_fields(&self) -> Vec<String> {
        self.facets.as_ref().map_or_else(Vec::new, |facets| facets.fields().to_vec())
    }

    /// Compares all samples' numbers and reads all records. O(documents + samples).
    ///
    /// # Errors
    /// [`Error::Damaged`] with the section; [`Error::Cancelled`].
    pub fn verify(&self, interrupt: Interrupt<'_>) -> Result<()> {
        self.offsets.verify()?;
        self.sa.verify()?;
        self.isa.verify(self.offsets.row_count())?;
        interrupt.check()?;
        self.metadata.as_ref().map_or(Ok(()), Records::verify)?;
        interrupt.check()?;
        self.ids.as_ref().map_or(Ok(()), ExternalIds::verify)?;
        self.facets.as_ref().map_or(Ok(()), Facets::verify)
    }
}

fn open_metadata(container: &Container, documents: u64) -> Result<Option<Records>> {
    use SectionId::{MetadataBlockEnds, MetadataBlocks, MetadataDictionary, MetadataRecordEnds};
    let ids = [MetadataDictionary, MetadataBlocks, MetadataBlockEnds, MetadataRecordEnds];
    let sections = record_sections(container, ids)?;
    sections.map(|sections| Records::open("metadata", documents, sections)).transpose()
}

fn open_ids(container: &Container, documents: u64) -> Result<Option<ExternalIds>> {
    use SectionId::{IdBlockEnds, IdBlocks, IdDictionary, IdOrder, IdRecordEnds};
    let Some(ids) = record_sections(container, [IdDictionary, IdBlocks, IdBlockEnds, IdRecordEnds])? else {
        return Ok(None);
    };
    Ok(Some(ExternalIds::open(documents, ids, container.section(IdOrder)?)?))
}

/// All four, or none of them.
fn record_sections(container: &Container, ids: [SectionId; 4]) -> Result<Option<RecordSections>> {
    if !container.holds_any(&ids) {
        return Ok(None);
    }
    let [dictionary, blocks, block_ends, record_ends] = ids;
    Ok(Some(RecordSections {
        dictionary: container.section(dictionary)?,
        blocks: container.piece_section(blocks)?,
        block_ends: container.section(block_ends)?,
        record_ends: container.section(record_ends)?,
    }))
}

fn decode_utf8(section: &'static str, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Error::damaged(section, "a record is not UTF-8"))
}
