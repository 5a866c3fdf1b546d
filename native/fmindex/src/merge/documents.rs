//! What is known of the documents of several shards, as a build of all of them would write it?

use super::source::Source;
use crate::builder::{DocumentSections, SpooledHead, SpooledRecords, StreamBytes, Survey, SurveyBuilder};
use crate::documents::{DocumentOffsets, DocumentOffsetsBuilder, ExternalIds, RecordReader, Records, TextUnitsBuilder};
use crate::error::{Error, Result};
use crate::format::{Counts, SectionId};
use crate::interrupt::Interrupt;
use crate::section::Section;
use crate::text_store::EncodedText;

/// Documents between two looks at the flag.
const DOCUMENTS_A_POLL: u64 = 1024;

/// The documents that are kept, with all but their text.
pub(super) struct MergedDocuments {
    pub counts: Counts,
    pub offsets: DocumentOffsets,
    sections: DocumentSections,
}

impl MergedDocuments {
    /// Reads ids, metadata and facets of all shards twice, as a build reads its spool. O(documents).
    ///
    /// # Errors
    /// [`Error::Argument`] when the shards were made with different options; [`Error::Damaged`]; [`Error::Input`];
    /// [`Error::Cancelled`].
    pub fn read(sources: &[Source], interrupt: Interrupt<'_>) -> Result<Self> {
        let counts = merge_counts(sources)?;
        let fields = facet_fields(sources)?;
        let stream_bytes = StreamBytes {
            ids: total_bytes(sources, |source| source.file.documents.ids.as_ref().map(ExternalIds::records))?,
            metadata: total_bytes(sources, |source| source.file.documents.metadata.as_ref())?,
        };
        let mut survey = SurveyBuilder::new(stream_bytes, &fields);
        visit_heads(sources, interrupt, |head| survey.push(&head))?;
        let mut survey: Survey = survey.finish()?;
        let mut records = SpooledRecords::new(counts.documents, stream_bytes, &mut survey)?;
        let mut offsets = DocumentOffsetsBuilder::new(counts.documents, counts.text_bytes)?;
        visit_heads(sources, interrupt, |head| {
            offsets.push(head.text_bytes as u64)?;
            records.push(&head)
        })?;
        let records = records.finish()?;
        let offsets_section = Section::from_vec(offsets.finish()?);
        let offsets = DocumentOffsets::open(offsets_section.clone())?;
        let sections = DocumentSections {
            counts: (SectionId::Counts, counts.encode()),
            offsets: offsets_section,
            units: Some(merge_units(sources)),
            metadata: records.metadata,
            ids: records.ids.map(|ids| (ids, std::mem::take(&mut survey.id_order))),
            facets: survey.facets.take(),
            text: None,
        };
        Ok(Self { counts, offsets, sections })
    }

    /// The sections, with the text when it is kept; and the rest.
    pub fn into_sections(mut self, text: Option<EncodedText>) -> (DocumentSections, Counts, DocumentOffsets) {
        self.sections.text = text;
        (self.sections, self.counts, self.offsets)
    }
}

fn merge_counts(sources: &[Source]) -> Result<Counts> {
    let Some(first) = sources.first().map(|source| &source.file.counts) else {
        return Err(Error::Argument("there are no shards to merge".into()));
    };
    let mut merged = Counts { documents: 0, text_bytes: 0, byte_counts: [0; 256], ..first.clone() };
    for source in sources {
        let counts = &source.file.counts;
        let options = |counts: &Counts| (counts.sa_rate, counts.isa_rate, counts.profile);
        if options(counts) != options(first) || source.file.text.is_some() != sources[0].file.text.is_some() {
            return Err(Error::Argument("the shards were made with different options".into()));
        }
        merged.documents += source.document_count();
        for (merged, count) in merged.byte_counts.iter_mut().zip(source.byte_counts) {
            *merged += count;
        }
    }
    merged.text_bytes = merged.byte_counts.iter().sum();
    Ok(merged)
}

fn facet_fields(sources: &[Source]) -> Result<Vec<String>> {
    let fields = sources.first().map(|source| source.file.documents.facet_fields()).unwrap_or_default();
    match sources.iter().all(|source| source.file.documents.facet_fields() == fields) {
        true => Ok(fields),
        false => Err(Error::Argument("the shards have different facet fields".into())),
    }
}

/// Bytes of the records of the documents that are kept, each with its terminator.
fn total_bytes<'a>(sources: &'a [Source], records: impl Fn(&'a Source) -> Option<&'a Records>) -> Result<u64> {
    let mut total = 0;
    for source in sources {
        let Some(records) = records(source) else { continue };
        for document in source.documents() {
            total += records.stored_bytes(document)?;
        }
    }
    Ok(total)
}

/// Calls `visit` with what is known of each document that is kept, in order.
fn visit_heads(
    sources: &[Source],
    interrupt: Interrupt<'_>,
    mut visit: impl FnMut(SpooledHead) -> Result<()>,
) -> Result<()> {
    for source in sources {
        let parts = &source.file.documents;
        let mut ids = parts.ids.as_ref().map(|ids| ids.records().reader()).transpose()?;
        let mut metadata = parts.metadata.as_ref().map(Records::reader).transpose()?;
        let fields = parts.facets.as_ref().map_or(0, |facets| facets.fields().len());
        let read = |reader: &mut Option<RecordReader<'_>>, document| match reader {
            Some(reader) => reader.read(document),
            None => Ok(None),
        };
        for document in source.documents() {
            if document % DOCUMENTS_A_POLL == 0 {
                interrupt.check()?;
            }
            let facet = |field| parts.facets.as_ref().and_then(|facets| facets.value(field, document));
            visit(SpooledHead {
                text_bytes: source.text_bytes(document) as usize,
                external_id: read(&mut ids, document)?,
                metadata: read(&mut metadata, document)?,
                facets: (0..fields).map(|field| facet(field).map(str::to_owned)).collect(),
            })?;
        }
    }
    Ok(())
}

fn merge_units(sources: &[Source]) -> Vec<u8> {
    let mut units = TextUnitsBuilder::default();
    let mut first_document = 0;
    for source in sources {
        for (document, counts) in source.file.units.long_documents() {
            if source.keeps_document(document) {
                units.push_counted(first_document + source.documents_before(document), counts);
            }
        }
        first_document += source.document_count();
    }
    units.finish()
}
